"""Undoing an import of codings: the round and all it brought goes again, as long as nobody has built on it."""

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from annotator.models import (
    AppliedCode,
    AppliedProposal,
    Assignment,
    Coding,
    CodingImport,
    ImportedIssue,
    Proposal,
    Resolution,
    ResolvedCode,
    Round,
    RoundIssue,
    RoundRater,
)
from annotator.states import How, Kind
from corpus.services.elsewhere import forget_items
from corpus.services.indexing import stamp_corpora
from studies.errors import Conflict
from studies.models import Membership, Role, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event
from studies.services.placeholders import remove_placeholder

BUILT_ON = "Something in this study builds on {round}. Nothing was removed."


@transaction.atomic
def undo_coding_import(*, run: CodingImport, by: User) -> None:
    """Remove the round, its codings and decisions, and the issues and placeholders that came with it and serve nothing
    else. The taxonomy that was made of the file stays: what is published is never removed. Conflict, with nothing
    removed, where somebody has built on it."""
    check_is_member(by, run.study, Permission.MANAGE_ROUNDS)
    row = CodingImport.objects.select_for_update(of=("self",)).select_related("study", "round").get(pk=run.pk)
    check_can_undo(row)
    round: Round = row.round  # type: ignore[assignment]  # checked
    rows = ImportedIssue.objects.filter(round_issue__round=round, made=True)
    made = list(rows.values_list("round_issue__issue", flat=True))
    row.round, row.undone_at = None, timezone.now()
    row.save(update_fields=["round", "undone_at"])
    try:
        with transaction.atomic():
            remove(round)
    except ProtectedError as error:
        raise Conflict(BUILT_ON.format(round=round)) from error
    gone = forget_items(study=row.study, issue_ids=made)
    people = Membership.objects.filter(pk__in=row.report.get("placeholders", []))
    removed = sum(remove_placeholder(placeholder=member, by=by) for member in people)
    stamp_corpora({row.study_id})
    data = {"issues": gone, "placeholders": removed, "sha256": row.sha256}
    target = f"{str(round).lower()} from {row.name}"
    record_event(study=row.study, by=by, verb="undid the import of codings as", target=target, data=data)


def remove(round: Round) -> None:
    """From the leaves to the root: what a row of another kind still holds on to stops it."""
    issues = {"round_issue__round": round}
    codings = {"coding__assignment__round_issue__round": round}
    ImportedIssue.objects.filter(**issues).delete()
    ResolvedCode.objects.filter(resolution__round_issue__round=round).delete()
    Resolution.objects.filter(**issues).delete()
    AppliedProposal.objects.filter(**codings).delete()
    Proposal.objects.filter(**issues).delete()
    AppliedCode.objects.filter(**codings).delete()
    Coding.objects.filter(assignment__round_issue__round=round).delete()
    Assignment.objects.filter(**issues).delete()
    RoundRater.objects.filter(round=round).delete()
    RoundIssue.objects.filter(round=round).delete()
    Round.objects.filter(pk=round.pk).delete()


def check_can_undo(run: CodingImport) -> None:
    if run.round is None:
        raise Conflict("There is nothing to undo: no round came of this import, or it was undone.")
    if Resolution.objects.filter(round_issue__round=run.round).exclude(how=How.IMPORTED, revision=1).exists():
        raise Conflict(f"Decisions were made in {run.round} since. Nothing was removed.")
    if Proposal.objects.filter(round_issue__round=run.round, steps__gt=0).exists():
        raise Conflict(f"The board of {run.round} was worked with. Nothing was removed.")
    made = run.report.get("placeholders", [])
    if Membership.objects.filter(pk__in=made, role=Role.PLACEHOLDER).count() < len(made):
        raise Conflict(f"A person took over codings of {run.round}. Nothing was removed.")
    later = Round.objects.filter(study=run.study, number__gt=run.round.number)
    if later.filter(kind=Kind.RECODING, version__taxonomy=run.round.version.taxonomy_id).exists():
        raise Conflict(BUILT_ON.format(round=run.round))


def why_not_undo(run: CodingImport) -> str:
    """The sentence that says why it cannot be undone; empty when it can."""
    try:
        check_can_undo(run)
    except Conflict as refusal:
        return str(refusal)
    return ""
