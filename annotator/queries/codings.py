"""Codings: the last revision of each assignment, and what a coding says in the shape of a draft."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from annotator.models import AppliedProposal, Assignment, Coding, Evidence, Proposal, Round
from annotator.visibility import visible_codings
from studies.models import Membership
from taxonomy.models import Code

# What a coding was given with: two queries for any number of codings.
SAID = ("codes", Prefetch("applied_proposals", AppliedProposal.objects.select_related("proposal")))
# The same and the passages that were marked: at most three queries more.
SAID_AND_MARKED = (*SAID, Prefetch("evidence", Evidence.objects.order_by("pk").prefetch_related("codes", "proposals")))


def last_coding(assignment: Assignment) -> Coding | None:
    return assignment.codings.order_by("-revision").first()


def last_codings() -> QuerySet[Coding]:
    """The last revision of every assignment. Not filtered by who may see them: `visibility.visible_codings` is."""
    later = Coding.objects.filter(assignment=OuterRef("assignment"), revision__gt=OuterRef("revision"))
    return Coding.objects.filter(~Exists(later))


def independent_codings(round: Round) -> QuerySet[Coding]:
    """Each rater's independent coding of each issue. Submits end with the running phase, so the last revision is it."""
    return (
        last_codings()
        .filter(assignment__round_issue__round=round)
        .select_related("assignment__member__user", "assignment__round_issue__issue__repository")
        .prefetch_related(*SAID)
        .order_by("assignment__round_issue__position", "assignment__member__alias")
    )


def proposals_in(coding: Coding) -> list[Proposal]:
    """The proposals that the coding was given with, beside its codes."""
    return [applied.proposal for applied in coding.applied_proposals.all()]


def marks_of(coding: Coding) -> list[dict[str, Any]]:
    """The evidence of the coding in the shape of a draft, in the order it was given."""
    rows = Evidence.objects.filter(coding=coding).prefetch_related("codes", "proposals").order_by("pk")
    return [
        {
            "part": row.part,
            "comment": row.comment_id,
            "text": row.text_id,
            "start": row.start,
            "end": row.end,
            "exact": row.exact,
            "codes": sorted(code.pk for code in row.codes.all()),
            "proposals": sorted(each.pk for each in row.proposals.all()),
        }
        for row in rows
    ]


def evidence_of(codings: Collection[Coding]) -> dict[int, list[Evidence]]:
    """By coding, in the order it was given. At most three queries. Ask for codings that may be seen only."""
    found: dict[int, list[Evidence]] = {coding.pk: [] for coding in codings}
    for row in Evidence.objects.filter(coding__in=found).prefetch_related("codes", "proposals").order_by("pk"):
        found[row.coding_id].append(row)
    return found


def answer_of(coding: Coding) -> dict[str, Any]:
    proposals = sorted(applied.proposal_id for applied in coding.applied_proposals.all())
    evidence = marks_of(coding)
    return {
        "outcome": coding.outcome,
        "codes": sorted(code.pk for code in coding.codes.all()),
        **({"proposals": proposals} if proposals else {}),
        "memo": coding.memo,
        "confidence": coding.confidence,
        "flagged": coding.flagged,
        **({"evidence": evidence} if evidence else {}),
    }


def codings_with(code: Code, member: Membership) -> int:
    """How many codings hold this code, under any version of its taxonomy; without those the member may not see yet,
    and without what raters coded a second time."""
    held = {"codes__uid": code.uid, "codes__version__taxonomy": code.version.taxonomy_id}
    seen = last_codings().filter(visible_codings(member), **held)
    return seen.exclude(assignment__repeats__isnull=False).count()
