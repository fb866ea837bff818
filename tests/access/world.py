"""A study with one of everything, for the permission table and for pages that must show all they can."""

from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile

from annotator.services.rounds import draft_round
from annotator.states import Phase
from corpus.services.frames import create_frame
from corpus.services.uploads import keep
from studies.models import Membership, Study
from studies.services.invitations import invite
from tests import factories


def build(study: Study, members: dict[str, Membership]) -> Any:
    lead, a, b = (members[name] for name in ("lead", "rater_a", "rater_b"))
    repository = factories.repository(study)
    issues = [factories.issue(repository, days=days) for days in (1, 2, 3, None)]
    comment = factories.comment(issues[0])
    version = factories.taxonomy(study, by=lead.user)
    draft = factories.taxonomy(study)
    closed = factories.round_of(version, issues[:3], [a, b], phase=Phase.DISCUSSION)
    factories.answers(closed, {a.alias: ["Loading", "Output", "Memory"], b.alias: ["Loading", "Memory", "Memory"]})
    running = factories.round_of(version, issues, [a, b])
    resolved = factories.round_of(version, issues[:1], [a, b], phase=Phase.RESOLVED)
    drafted = factories.round_of(version, issues[:2], [a, b], phase=Phase.DRAFTED)
    drawn = draft_round(study=study, version=version, raters=[a], size=2, seed=1, by=lead.user)
    running.allows_proposals = True
    running.save()
    proposal = factories.proposal(running.round_issues.first(), a, "Prompt format")
    to_sort = factories.proposal(closed.round_issues.first(), a, "Prompt format")
    invitation, token = invite(study=study, role="rater", by=lead.user)
    run = factories.import_run(study, lead.user)
    coding_import = factories.coding_import(study, lead.user)
    kept_codings = keep(ContentFile(b"issue,rater,code\n#1,Ada,Loading\n", "a.csv"))
    frame = create_frame(study=study, name="Closed", params={"state": ["closed"]}, by=lead.user)
    return SimpleNamespace(
        study=study, members=members, repository=repository, issues=issues, comment=comment, version=version,
        draft=draft, closed=closed, running=running, drafted=drafted, drawn=drawn, resolved=resolved,
        invitation=invitation, token=token, import_run=run, job=run.job, frame=frame, proposal=proposal, sorted=to_sort,
        coding_import=coding_import, kept_codings=kept_codings,
    )  # fmt: skip
