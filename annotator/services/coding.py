"""A rater's answers: drafts as they type, codings as they submit. Nothing is overwritten without being named."""

import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator.errors import Late, Stale
from annotator.models import AppliedCode, AppliedProposal, Assignment, Coding, Draft, Evidence, Proposal, Round
from annotator.queries.codings import answer_of, last_coding
from annotator.queries.proposals import own_proposals
from annotator.services.choosing import check_choice
from annotator.services.marks import Mark, check_marks, marks_in, write_marks
from annotator.services.pool import keep_place
from annotator.services.running import check_is_running as check_is_running
from annotator.services.shown import check_was_not_told
from annotator.services.timing import believable
from annotator.states import SCREENED, Confidence, Outcome
from studies.errors import Conflict, Invalid, NotThere, Refused
from studies.models import User
from studies.permissions import Permission, check_may
from studies.services.events import record_event
from taxonomy.models import Code

ASKED_IN_SCREENING = (*SCREENED, Outcome.UNCLEAR, Outcome.SKIPPED)


def check_is_own(user: User, assignment: Assignment) -> None:
    """Raises NotThere for another's assignment: that it exists is not told."""
    if assignment.member.user_id != user.pk or assignment.member.left_at is not None:
        raise NotThere("There is no such assignment of yours.")


def check_can_submit(user: User, assignment: Assignment) -> None:
    """Raises NotThere for another's assignment, Refused with the reason when its round does not run, or when
    they have seen the gold answer."""
    check_is_own(user, assignment)
    check_may(assignment.member, Permission.CODE_ISSUES)
    check_is_running(assignment.round_issue.round)
    if assignment.round_issue.round.target:
        check_was_not_told(assignment.round_issue, has_coding=assignment.codings.exists())


def can_submit(user: User, assignment: Assignment) -> bool:
    try:
        check_can_submit(user, assignment)
    except (NotThere, Refused):
        return False
    return True


def locked(assignment: Assignment) -> Assignment:
    """The assignment and its round, locked: a round that is being closed waits for the submit, or the submit for it."""
    return (
        Assignment.objects.select_for_update(of=("self", "round_issue__round"))
        .select_related(
            "member", "round_issue__round__study", "round_issue__round__version", "round_issue__issue__repository"
        )
        .get(pk=assignment.pk)
    )


@transaction.atomic
def save_draft(*, assignment: Assignment, payload: dict[str, Any], version: int, seen: int = 0, by: User) -> Draft:
    """Keep what is typed. `version` is the draft it replaces (0: none), `seen` the last revision that was submitted.

    Raises Stale when another tab has kept a later draft or has submitted; nothing is written then. The same text
    again is no conflict: a page that goes away cannot know that it was kept.
    """
    row = locked(assignment)
    check_can_submit(by, row)
    if row.reserved_until:
        with suppress(Late):  # a draft is kept all the same
            keep_place(row)
    draft = Draft.objects.filter(assignment=row).first()
    check_seen(row, seen, draft)
    payload = clean(payload)
    if draft and draft.payload == payload:
        return draft
    if draft and draft.version != version:
        raise Stale(sentence(row, "kept a draft", draft.saved_at), kept=draft.payload, seen=seen, version=draft.version)
    draft = draft or Draft(assignment=row)
    draft.payload, draft.version, draft.saved_at = payload, version + 1, timezone.now()
    draft.save()
    return draft


def check_seen(assignment: Assignment, seen: int, draft: Draft | None) -> None:
    last = last_coding(assignment)
    if last and last.revision != seen:
        told = sentence(assignment, "submitted it", last.submitted_at)
        raise Stale(told, kept=answer_of(last), seen=last.revision, version=draft.version if draft else 0)


def sentence(assignment: Assignment, did: str, at: datetime) -> str:
    issue = assignment.round_issue.issue
    return f"{issue} was not saved: another tab {did} at {at:%H:%M} UTC. Your text is kept; compare the two."


def clean(payload: dict[str, Any]) -> dict[str, Any]:
    """What a draft may hold, in its shape; PostgreSQL takes no NUL."""
    proposals, evidence = ids(payload.get("proposals")), marks_in(payload.get("evidence"))
    return {
        "outcome": str(payload.get("outcome", ""))[:10],
        "codes": ids(payload.get("codes")),
        **({"proposals": proposals} if proposals else {}),
        "memo": without_nul(str(payload.get("memo", ""))),
        "confidence": str(payload.get("confidence", ""))[:10],
        "flagged": payload.get("flagged") is True,
        **({"evidence": evidence} if evidence else {}),
    }


def ids(given: Any) -> list[int]:
    return [each for each in given if isinstance(each, int)] if isinstance(given, list) else []


def without_nul(text: str) -> str:
    return text.replace("\x00", "")


@transaction.atomic
def submit_coding(
    *,
    assignment: Assignment,
    outcome: str,
    codes: Iterable[int] = (),
    proposals: Iterable[int] = (),
    memo: str = "",
    confidence: str = "",
    flagged: bool = False,
    evidence: Sequence[Mark] = (),
    client_id: uuid.UUID,
    active_seconds: int | None = None,
    seen: int | None = None,
    by: User,
) -> Coding:
    """One submit, as a new revision; the last one before the round closes is the rater's independent coding.

    The same `client_id` again gives the coding that it made before, so a lost answer can be asked for again.
    `seen` is the last revision the rater saw: another one in between raises Stale, and nothing is written.
    """
    row = locked(assignment)
    check_is_own(by, row)
    if made := sent_before(row, client_id):
        return made
    check_can_submit(by, row)
    memo = without_nul(memo).strip()
    proposed = check_proposals(row, set(proposals))
    round = row.round_issue.round
    chosen = check_answer(round, outcome, set(codes), proposed=len(proposed), memo=memo, confidence=confidence)
    marked = check_marks(row, evidence, chosen, proposed)
    if seen is not None:
        check_seen(row, seen, Draft.objects.filter(assignment=row).first())
    keep_place(row)
    coding = Coding(
        assignment=row,
        revision=row.codings.count() + 1,
        outcome=outcome,
        memo=memo,
        confidence=confidence,
        flagged=flagged,
        body_seen_id=row.round_issue.issue.body_id,
        submitted_at=timezone.now(),
        client_id=client_id,
        active_seconds=believable(row, active_seconds),
    )
    coding.save()
    write_answer(coding, chosen, proposed, marked)
    Draft.objects.filter(assignment=row).delete()
    tell(row, coding, by)
    return coding


def write_answer(
    coding: Coding, codes: Sequence[Code], proposals: Sequence[Proposal], marked: Sequence[tuple[Evidence, Mark]]
) -> None:
    AppliedCode.objects.bulk_create([AppliedCode(coding=coding, code=code) for code in codes])
    AppliedProposal.objects.bulk_create([AppliedProposal(coding=coding, proposal=each) for each in proposals])
    write_marks(coding, marked)


def submit_or_keep(*, assignment: Assignment, by: User, **answer: Any) -> Coding:
    """A submit of which nothing is lost: when others have the issue's places by now, the answer is kept as a draft,
    and Late says so."""
    try:
        return submit_coding(assignment=assignment, by=by, **answer)
    except Late:
        kept = Draft.objects.filter(assignment=assignment).first()
        save_draft(assignment=assignment, payload=answer, version=kept.version if kept else 0, by=by)
        raise


def sent_before(assignment: Assignment, client_id: uuid.UUID) -> Coding | None:
    made = Coding.objects.filter(client_id=client_id).first()
    if made and made.assignment_id != assignment.pk:
        raise Conflict("This submit was sent before, for another issue. Nothing was changed.")
    return made


def check_proposals(assignment: Assignment, chosen: set[int]) -> list[Proposal]:
    """Raises Invalid when one is not the rater's own, of this round, and still there."""
    if not chosen:
        return []
    found = list(own_proposals(assignment.round_issue.round, assignment.member).filter(pk__in=chosen))
    if len(found) != len(chosen):
        raise Invalid({"codes": "A proposal that you ticked is not there any more. Untick it, or propose it again."})
    return found


def check_answer(
    round: Round, outcome: str, codes: set[int], *, proposed: int, memo: str, confidence: str
) -> list[Code]:
    """The chosen codes. Raises Invalid, by field, when the answer does not fit itself or the round."""
    check_outcome(round, outcome)
    if confidence not in ("", *Confidence.values):
        raise Invalid({"confidence": f"{confidence} is not a confidence. It is low, medium or high."})
    if outcome == Outcome.SKIPPED and not memo:
        raise Invalid({"memo": "Say in the memo why you skip this issue."})
    return check_codes(round, outcome, codes, proposed=proposed)


def check_outcome(round: Round, outcome: str) -> None:
    """Raises Invalid when a round of this kind does not ask for it."""
    if round.is_screening and outcome not in ASKED_IN_SCREENING:
        raise Invalid({"outcome": f"{outcome} does not say whether it belongs: in, out, unclear or skipped does."})
    if not round.is_screening and (outcome not in Outcome.values or outcome in SCREENED):
        raise Invalid({"outcome": f"{outcome} is not an answer. It is coded, none, unclear, skipped or off_topic."})


def check_codes(round: Round, outcome: str, codes: set[int], *, proposed: int = 0) -> list[Code]:
    """The codes of a coding or a decision, beside which so many proposals stand. Raises Invalid when they do not fit
    the outcome or the round."""
    if round.is_screening and outcome != Outcome.SKIPPED:
        return codes_chosen(round, codes)
    if outcome != Outcome.CODED:
        if codes or proposed:
            raise Invalid({"codes": f"“{Outcome(outcome).label}” takes no codes. Untick them, or choose coded."})
        return []
    if not codes and not proposed:
        raise Invalid({"codes": "Choose at least one code, or “none of these”."})
    return codes_chosen(round, codes, proposed=proposed)


def codes_chosen(round: Round, codes: set[int], *, proposed: int = 0) -> list[Code]:
    """Those of the round's version that go together. In screening they are the criteria behind an answer, or none."""
    if len(codes) + proposed > 1 and not round.several_codes:
        raise Invalid({"codes": f"{round} takes one code an issue."})
    found = list(Code.objects.filter(version=round.version_id, pk__in=codes).order_by("position", "pk"))
    if len(found) != len(codes):
        raise Invalid({"codes": f"{round} knows only the codes of {round.version}."})
    check_choice(round.version, found)
    return found


def tell(assignment: Assignment, coding: Coding, by: User) -> None:
    """The event names the issue and never the answer: members read events while the round runs."""
    drawn = assignment.round_issue
    record_event(
        study=drawn.round.study,
        by=by,
        verb="submitted" if coding.revision == 1 else "submitted again",
        target=f"{drawn.issue} in {drawn.round}".replace("Round", "round"),
        data={"revision": coding.revision},
    )
