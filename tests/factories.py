"""Dull makers of rows. They write rows as the services would leave them, without walking the whole path."""

import hashlib
import itertools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from annotator.models import (
    AppliedCode,
    AppliedProposal,
    Assignment,
    BrokenBlind,
    Coding,
    CodingImport,
    Evidence,
    Proposal,
    Resolution,
    ResolvedCode,
    Round,
    RoundIssue,
)
from annotator.states import FROZEN, How, Kind, Outcome, Phase
from corpus.anchors import quoted
from corpus.markdown import RENDERER, render
from corpus.models import Comment, ImportRun, Issue, IssueState, Part, Repository, Source, Text
from corpus.services.indexing import index_issues
from jobs.models import Job, State
from studies.models import Membership, Role, Study, User
from taxonomy.models import Code, Taxonomy, Version

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
numbers = itertools.count(1)


def user(name: str, **fields: Any) -> User:
    person = User(email=f"{name.replace('_', '-')}@example.org", name=name, joined_at=NOW, **fields)
    person.set_password(PASSWORD)
    person.save()
    return person


def study(title: str = "Model reuse", slug: str = "model-reuse") -> Study:
    return Study.objects.create(title=title, slug=slug, created_at=NOW)


def member(study: Study, user: User, role: str = Role.RATER) -> Membership:
    number = study.memberships.filter(role=role).count() + 1
    return Membership.objects.create(study=study, user=user, role=role, alias=f"{role}-{number}", joined_at=NOW)


def text(markdown: str) -> Text:
    sha256 = hashlib.sha256(markdown.encode()).hexdigest()
    return Text.objects.get_or_create(sha256=sha256, defaults={"markdown": markdown})[0]


def repository(study: Study, full_name: str = "tidewater/captioner") -> Repository:
    owner, name = full_name.split("/")
    return Repository.objects.get_or_create(study=study, owner=owner, name=name)[0]


def issue(repository: Repository, *, body: str = "It **fails**.", days: float | None = 3, **fields: Any) -> Issue:
    """An issue that was closed after `days`, or is open when that is None."""
    number = fields.pop("number", None) or next(numbers)
    created = fields.pop("created_at", NOW - timedelta(days=200))
    closed = created + timedelta(days=days) if days is not None else None
    fields.setdefault("title", f"Issue {number}")
    made = Issue.objects.create(
        repository=repository,
        number=number,
        body=text(body),
        author="someone",
        state=IssueState.CLOSED if closed else IssueState.OPEN,
        created_at=created,
        closed_at=closed,
        url=f"https://github.example/{repository}/issues/{number}",
        first_seen_at=NOW,
        last_seen_at=NOW,
        **fields,
    )
    index_issues([made.pk])
    return made


def comment(issue: Issue, markdown: str = "Same here.", **fields: Any) -> Comment:
    number = next(numbers)
    fields.setdefault("created_at", issue.created_at + timedelta(hours=number))
    made = Comment.objects.create(issue=issue, github_id=number, author="other", text=text(markdown), **fields)
    index_issues([issue.pk])
    return made


def taxonomy(
    study: Study, names: Iterable[str] = ("Loading", "Output", "Memory"), *, by: User | None = None
) -> Version:
    """A published version 1 with top codes of these names; a draft when `by` is not given."""
    tree = Taxonomy.objects.create(study=study, name=f"Taxonomy {next(numbers)}")
    published = {"number": 1, "published_by": by, "published_at": NOW, "content_hash": "0" * 64} if by else {}
    version = Version.objects.create(taxonomy=tree, **published)
    for position, name in enumerate(names):
        Code.objects.create(version=version, name=name, position=position, definition=f"What {name} means.")
    return version


def round_of(
    version: Version,
    issues: Sequence[Issue],
    raters: Sequence[Membership],
    *,
    phase: str = Phase.INDEPENDENT,
    **fields: Any,
) -> Round:
    """A round in which every rater codes every issue, in the order given."""
    study = version.taxonomy.study
    started = NOW if phase != Phase.DRAFTED else None
    closed = NOW if phase in FROZEN else None
    made = Round.objects.create(
        study=study,
        number=study.rounds.count() + 1,
        kind=fields.pop("kind", Kind.CODING),
        version=version,
        sample={"method": "random", "size": len(issues), "seed": 1},
        phase=phase,
        drafted_at=NOW,
        started_at=started,
        closed_at=closed,
        resolved_at=NOW if phase == Phase.RESOLVED else None,
        **fields,
    )
    for position, item in enumerate(issues):
        drawn = RoundIssue.objects.create(round=made, issue=item, position=position)
        for rater in raters:
            Assignment.objects.create(round_issue=drawn, member=rater, position=position)
    return made


def proposal(round_issue: RoundIssue, member: Membership, name: str, **fields: Any) -> Proposal:
    return Proposal.objects.create(
        round_issue=round_issue, member=member, name=name, made_at=NOW, client_id=uuid.uuid4(), **fields
    )


def coding(
    assignment: Assignment, names: Iterable[str] = (), proposals: Iterable[Proposal] = (), **fields: Any
) -> Coding:
    """A submit with codes of these names and these proposals; without any the outcome is "none of these" unless
    another is given."""
    names, proposals = list(names), list(proposals)
    fields.setdefault("outcome", Outcome.CODED if names or proposals else Outcome.NONE)
    fields.setdefault("submitted_at", NOW)
    made = Coding.objects.create(
        assignment=assignment,
        revision=assignment.codings.count() + 1,
        body_seen=assignment.round_issue.issue.body,
        client_id=uuid.uuid4(),
        **fields,
    )
    for code in codes_of(assignment.round_issue.round.version, names):
        AppliedCode.objects.create(coding=made, code=code)
    for each in proposals:
        AppliedProposal.objects.create(coding=made, proposal=each)
    return made


def evidence(coding: Coding, exact: str, names: Iterable[str] = (), **fields: Any) -> Evidence:
    """The first passage of these words in the body, or in the title or comment that is named."""
    issue, comment = coding.assignment.round_issue.issue, fields.pop("comment", None)
    part = Part.COMMENT if comment else fields.pop("part", Part.BODY)
    source = text(issue.title) if part == Part.TITLE else comment.text if comment else issue.body
    plain = issue.title if part == Part.TITLE else render(source.markdown).plain
    start = plain.index(exact)
    quote = quoted(plain, start, start + len(exact))
    renderer = "" if part == Part.TITLE else RENDERER
    place = {"part": part, "comment": comment, "text": source, "renderer": renderer}
    made = Evidence.objects.create(coding=coding, **place, **vars(quote), **fields)
    made.codes.set(codes_of(coding.assignment.round_issue.round.version, names))
    return made


def answers(round: Round, table: Mapping[str, Sequence[str | None]]) -> None:
    """Codings by rater alias, one code name an issue in the round's order; None leaves an issue missing."""
    for alias, names in table.items():
        assignments = Assignment.objects.filter(round_issue__round=round, member__alias=alias).order_by("position")
        for assignment, name in zip(assignments, names, strict=True):
            if name is not None:
                coding(assignment, [name] if name else [])


def broken_blind(round: Round, member: Membership, *, at: datetime = NOW, **fields: Any) -> BrokenBlind:
    told = {"reason": "A definition may be misread.", "codings": 0, "given": 0} | fields
    return BrokenBlind.objects.create(round=round, member=member, at=at, **told)


def resolution(round_issue: RoundIssue, names: Iterable[str], *, by: User, how: str = How.LEAD) -> Resolution:
    names = list(names)
    made = Resolution.objects.create(
        round_issue=round_issue,
        revision=round_issue.resolutions.count() + 1,
        how=how,
        outcome=Outcome.CODED if names else Outcome.NONE,
        reason="It is so.",
        decided_by=by,
        decided_at=NOW,
    )
    for code in codes_of(round_issue.round.version, names):
        ResolvedCode.objects.create(resolution=made, code=code)
    return made


def codes_of(version: Version, names: Iterable[str]) -> list[Code]:
    found = {code.name: code for code in version.codes.all()}
    return [found[name] for name in names]


def job(study: Study, by: User, kind: str = "corpus.import_file", state: str = State.WAITING, **fields: Any) -> Job:
    return Job.objects.create(study=study, kind=kind, state=state, made_by=by, made_at=NOW, **fields)


def import_run(study: Study, by: User, state: str = State.DONE, **fields: Any) -> ImportRun:
    return ImportRun.objects.create(job=job(study, by, state=state), source=Source.FILE, **fields)


def coding_import(study: Study, by: User, state: str = State.DONE, **fields: Any) -> CodingImport:
    made = job(study, by, kind="annotator.import_codings", state=state)
    told: dict[str, Any] = {"name": "codings.csv", "kept": "", "sha256": "0" * 64, "mapping": {}, "target": {}}
    return CodingImport.objects.create(study=study, job=made, **told | fields)
