"""A rater's own codings, to look up how something alike was coded before, and the codes used last. Never another's."""

from django.db.models import F, Q, QuerySet

from annotator.models import AppliedCode, Coding, Round
from annotator.queries.codings import SAID, last_codings
from annotator.states import Outcome, Phase
from annotator.visibility import issues_coded_now_by
from corpus.models import Issue
from corpus.queries import search
from studies.models import Membership

RECENT = 6


def own_past(member: Membership, words: str) -> QuerySet[Coding]:
    """The member's last codings whose issue has all these words, or whose memo has; the latest first. An issue that is
    given to them again is left out as coded before: the second answer is to be one of its own."""
    again = issues_coded_now_by(member)
    issues = search(Issue.objects.filter(repository__study=member.study_id), words)
    in_memo = Q()
    for word in words.split():
        in_memo &= Q(memo__icontains=word)
    return (
        last_codings()
        .filter(assignment__member=member)
        .filter(Q(assignment__round_issue__issue__in=issues.order_by().values("pk")) | in_memo)
        .exclude(~Q(assignment__round_issue__round__phase=Phase.INDEPENDENT), assignment__round_issue__issue__in=again)
        .select_related("assignment__round_issue__round", "assignment__round_issue__issue__repository")
        .prefetch_related(*SAID)
        .order_by("-submitted_at", "-pk")
    )


def recent_codes(round: Round, member: Membership) -> list[int]:
    """Ids of the codes that the member used last in this round, the latest first."""
    mine = {"coding__assignment__member": member, "coding__assignment__round_issue__round": round}
    used = AppliedCode.objects.filter(**mine, coding__outcome=Outcome.CODED).order_by(F("coding").desc(), "pk")
    return list(dict.fromkeys(used.values_list("code", flat=True)[:60]))[:RECENT]
