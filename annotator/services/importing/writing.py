"""A plan written down: a closed round of its own, whole or not at all.

The codings stand as their raters' independent answers, final labels as imported decisions. Times are those of the
import: when somebody coded is not known.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from annotator.files import Found, Mapping, Problem, Said
from annotator.models import (
    AppliedCode,
    AppliedProposal,
    Assignment,
    Coding,
    CodingImport,
    CodingImportProblem,
    ImportedIssue,
    Proposal,
    Resolution,
    ResolvedCode,
    Round,
    RoundIssue,
    RoundRater,
)
from annotator.queries.disagreements import undecided_in
from annotator.services.importing.planning import Plan, names_of, plan_import, target_of
from annotator.services.importing.versions import version_for
from annotator.services.rounds import next_number
from annotator.states import IMPORTED, How, Kind, Outcome, Phase, UnknownCodes
from corpus.elsewhere import Reference
from corpus.models import Issue
from corpus.services.elsewhere import Item, keep_items
from jobs.errors import Failed
from jobs.services import Run
from studies.errors import Invalid
from studies.models import Membership, Study
from studies.services.events import record_event
from studies.services.placeholders import add_placeholder
from taxonomy.models import Code, Version

CHUNK = 500
PROPOSED = "The final label holds “{name}”, which is proposed and no code yet; {issue} stays undecided."


@transaction.atomic
def write_trial(*, run: Run, asked: CodingImport, found: Found) -> None:
    """What would come of it. Nothing else is written."""
    run.hold()
    keep_report(asked, planned(asked, found))


@transaction.atomic
def write_import(*, run: Run, asked: CodingImport, found: Found) -> None:
    """The round with all that belongs to it, under the job's fence. Nothing where the study has it already."""
    run.hold()
    Study.objects.select_for_update().only("pk").get(pk=asked.study_id)
    plan = planned(asked, found)
    if plan.same is None and plan.places:
        try:
            Writer(asked, plan, timezone.now()).write()
        except Invalid as problem:
            raise Failed(f"{' '.join(problem.messages)} Nothing was imported.") from problem
    keep_report(asked, plan)
    run.check()


def planned(asked: CodingImport, found: Found) -> Plan:
    """Failed, with the remedy, where what was chosen does not hold any more."""
    mapping = Mapping.of_json(asked.mapping)
    try:
        target = target_of(asked.study, asked.target)
        return plan_import(asked.study, found, target, repository=mapping.repository, items=mapping.items)
    except Invalid as problem:
        raise Failed(f"{' '.join(problem.messages)} Nothing was imported.") from problem


def keep_report(asked: CodingImport, plan: Plan) -> None:
    asked.problems.all().delete()
    CodingImportProblem.objects.bulk_create(
        [
            CodingImportProblem(run=asked, place=each.place, sentence=each.sentence, skipped=each.skipped)
            for each in plan.problems
        ],
        batch_size=CHUNK,
    )
    asked.report, asked.digest = plan.report | asked.report, plan.digest
    asked.save(update_fields=["report", "digest", "round"])


class Writer:
    """`report` of the import gets what was made, for who wants to undo it."""

    def __init__(self, asked: CodingImport, plan: Plan, now: datetime) -> None:
        self.asked, self.plan, self.now = asked, plan, now
        self.study, self.by = asked.study, asked.job.made_by
        self.proposals: dict[tuple[int, str], Proposal] = {}

    def write(self) -> None:
        version = version_for(self.plan, study=self.study, name=self.asked.name, by=self.by)
        self.codes = names_of(version)
        members = self.members()
        issues = self.issues()
        self.round = self.make_round(version)
        drawn = self.draw(issues)
        self.code(drawn, members)
        self.decide(drawn)
        self.settle()
        self.asked.round = self.round
        self.tell(version)

    def members(self) -> dict[str, Membership]:
        """By the name in the file, with a new placeholder for who is nobody yet."""
        missing = [rater for rater in self.plan.raters if rater not in self.plan.members]
        made = {rater: add_placeholder(study=self.study, name=rater, by=self.by) for rater in missing}
        self.asked.report["placeholders"] = [member.pk for member in made.values()]
        return {**self.plan.members, **made}

    def issues(self) -> dict[Reference, Issue]:
        items = [Item(reference, issue.title, issue.text) for reference, issue in self.plan.places.items()]
        ids = keep_items(study=self.study, items=items, at=self.now)
        rows = Issue.objects.only("pk", "body_id").in_bulk(list(ids.values()))
        return {reference: rows[pk] for reference, pk in ids.items()}

    def make_round(self, version: Version) -> Round:
        proposing = self.plan.target.unknown == UnknownCodes.PROPOSE and bool(self.plan.unknown)
        made = Round(
            study=self.study,
            number=next_number(self.study),
            kind=Kind.OPEN if proposing else Kind.CODING,
            version=version,
            several_codes=version.several_codes or any(len(answer.codes) > 1 for answer in self.plan.answers),
            allows_proposals=proposing,
            sample=self.provenance(),
            phase=Phase.DISCUSSION,
            drafted_at=self.now,
            started_at=self.now,
            closed_at=self.now,
        )
        made.save()
        return made

    def provenance(self) -> dict[str, object]:
        mapping = {name: value for name, value in self.asked.mapping.items() if value}
        return {
            "method": IMPORTED, "size": len(self.plan.places), "file": self.asked.name, "sha256": self.asked.sha256,
            "mapping": mapping, "by": str(self.by), "at": self.now.isoformat(timespec="seconds"),
            "import": self.asked.pk, "conflicts": self.plan.report["conflicts"],
        }  # fmt: skip

    def draw(self, issues: dict[Reference, Issue]) -> dict[Reference, RoundIssue]:
        rows = {
            reference: RoundIssue(round=self.round, issue=issues[reference], position=position)
            for position, reference in enumerate(self.plan.places, start=1)
        }
        RoundIssue.objects.bulk_create(rows.values(), batch_size=CHUNK)
        ImportedIssue.objects.bulk_create(
            [
                ImportedIssue(
                    round_issue=rows[reference],
                    place=issue.place,
                    final=issue.told,
                    conflict=issue.conflict,
                    made=reference not in self.plan.known,
                )
                for reference, issue in self.plan.places.items()
            ],
            batch_size=CHUNK,
        )
        return rows

    def code(self, drawn: dict[Reference, RoundIssue], members: dict[str, Membership]) -> None:
        RoundRater.objects.bulk_create(
            [RoundRater(round=self.round, member=members[rater], added_at=self.now) for rater in self.plan.raters]
        )
        given = [
            (Assignment(round_issue=drawn[reference], member=members[rater], position=drawn[reference].position), said)
            for reference, issue in self.plan.places.items()
            for rater, said in issue.said.items()
        ]
        Assignment.objects.bulk_create([assignment for assignment, _ in given], batch_size=CHUNK)
        codings = [(self.coding(assignment, said), said) for assignment, said in given if said.outcome]
        Coding.objects.bulk_create([coding for coding, _ in codings], batch_size=CHUNK)
        AppliedCode.objects.bulk_create(
            [AppliedCode(coding=coding, code=code) for coding, said in codings for code in self.known(said)],
            batch_size=CHUNK,
        )
        self.propose(codings)

    def coding(self, assignment: Assignment, said: Said) -> Coding:
        return Coding(
            assignment=assignment,
            revision=1,
            outcome=said.outcome,
            memo=said.memo,
            body_seen_id=assignment.round_issue.issue.body_id,
            submitted_at=self.now,
            client_id=uuid.uuid4(),
        )

    def known(self, said: Said) -> list[Code]:
        """Two names may lead to one code, by its name and by its path."""
        found = (self.codes.get(name.casefold()) for name in said.codes)
        return list({code.pk: code for code in found if code}.values())

    def propose(self, codings: Iterable[tuple[Coding, Said]]) -> None:
        """Each rater proposes a name once, at the issue where it is used first."""
        used = []
        for coding, said in codings:
            for name in said.codes:
                if name.casefold() not in self.codes:
                    used.append((coding, self.proposal(coding.assignment, name)))
        Proposal.objects.bulk_create(self.proposals.values(), batch_size=CHUNK)
        AppliedProposal.objects.bulk_create(
            [AppliedProposal(coding=coding, proposal=proposal) for coding, proposal in used], batch_size=CHUNK
        )

    def proposal(self, assignment: Assignment, name: str) -> Proposal:
        row = Proposal(
            round_issue=assignment.round_issue,
            member=assignment.member,
            name=name,
            made_at=self.now,
            client_id=uuid.uuid4(),
        )
        return self.proposals.setdefault((assignment.member_id, name.casefold()), row)

    def decide(self, drawn: dict[Reference, RoundIssue]) -> None:
        made = []
        for reference, issue in self.plan.places.items():
            if issue.final is None:
                continue
            waits = next((name for name in issue.final.codes if name.casefold() not in self.codes), None)
            if waits:
                sentence = PROPOSED.format(name=waits, issue=issue.reference)
                self.plan.problems.append(Problem(issue.place, sentence, False))
                continue
            made.append((self.resolution(drawn[reference], issue.final), issue.final))
        Resolution.objects.bulk_create([resolution for resolution, _ in made], batch_size=CHUNK)
        ResolvedCode.objects.bulk_create(
            [ResolvedCode(resolution=row, code=code) for row, final in made for code in self.known(final)],
            batch_size=CHUNK,
        )

    def resolution(self, round_issue: RoundIssue, final: Said) -> Resolution:
        return Resolution(
            round_issue=round_issue,
            revision=1,
            how=How.IMPORTED,
            outcome=Outcome(final.outcome),
            reason=final.memo,
            decided_by=self.by,
            decided_at=self.now,
        )

    def settle(self) -> None:
        """Resolved when nothing that somebody coded is left to decide."""
        if undecided_in(self.round) == 0:
            self.round.phase, self.round.resolved_at = Phase.RESOLVED, self.now
            self.round.save(update_fields=["phase", "resolved_at"])

    def tell(self, version: Version) -> None:
        report = self.plan.report
        record_event(
            study=self.study,
            by=self.by,
            verb="imported codings as",
            target=f"{str(self.round).lower()} from {self.asked.name}",
            data={
                "sha256": self.asked.sha256, "version": str(version), "issues": report["issues"],
                "codings": report["codings"], "final_labels": report["finals"], "conflicts": report["conflicts"],
            },
        )  # fmt: skip
