"""What this room tells the corpus of its issues: whether they are coded, as what, and where the text changed since.

Closed rounds alone are told of. Who codes an issue in a running round is told nothing of that issue, so that neither
a filter nor a count nor an order says what it was coded as before.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from annotator.models import Coding, Resolution, Round, RoundIssue
from annotator.queries.codings import last_codings
from annotator.queries.labels import latest_labels
from annotator.queries.screening import screening_results, was_screened
from annotator.states import ANSWERS, CODED_KINDS, FROZEN, SCREENED, Outcome
from annotator.visibility import issues_coded_now_by, issues_pooled_for
from corpus.models import Issue, Revision
from corpus.told import CODED, DRAWN, LABELLED
from studies.models import Membership, Study

NONE_OF_THESE = Outcome.NONE.label
# Labels without codes, by the name under which issues are found.
WITHOUT_CODES = {outcome.label: outcome for outcome in (Outcome.NONE, Outcome.OFF_TOPIC)}
CHANGED, UNCHANGED = "yes", "no"


def stamp(study: Study) -> Any:
    """Answers change when a round is closed or a decision is added: closed rounds are frozen, decisions only grow."""
    closed = Round.objects.filter(study=study, phase__in=FROZEN).count()
    return closed, Resolution.objects.aggregate(last=Max("pk"))["last"]


def values(study: Study) -> Mapping[str, Iterable[tuple[int, str]]]:
    here = Issue.objects.filter(repository__study=study)
    standing = {
        issue: state for state in (DRAWN, CODED, LABELLED) for issue in ids(here.filter(Exists(rows_that_say(state))))
    }
    changed = ids(here.filter(Exists(codings_of_other_texts())))
    return {
        "screened": screening_results(study).items(),
        "coded": standing.items(),
        "coded_as": labels_in(study),
        "changed": ((issue, CHANGED) for issue in changed),
    }


def labels_in(study: Study) -> list[tuple[int, str]]:
    """Each issue with the name of each code of its label, with none of these, or with not about our topic."""
    rows = latest_labels().filter(round_issue__round__study=study)
    coded = rows.filter(outcome=Outcome.CODED, codes__isnull=False)
    found = set(coded.values_list("round_issue__issue", "codes__name"))
    without = rows.filter(outcome__in=WITHOUT_CODES.values()).values_list("round_issue__issue", "outcome")
    return sorted(found | {(issue, Outcome(outcome).label) for issue, outcome in without})


def condition(facet: str, values: Collection[str]) -> Q:
    conditions = {"screened": was_screened, "coded": stands_at, "coded_as": is_labelled, "changed": has_changed}
    return conditions[facet](values)


def stands_at(values: Collection[str]) -> Q:
    drawn, coded, labelled = (Q(Exists(rows_that_say(state))) for state in (DRAWN, CODED, LABELLED))
    states = {"": ~drawn, DRAWN: drawn & ~coded & ~labelled, CODED: coded & ~labelled, LABELLED: labelled}
    return any_of(states[value] for value in values if value in states)


def is_labelled(values: Collection[str]) -> Q:
    rows = latest_labels().filter(round_issue__issue=OuterRef("pk")).exclude(outcome__in=SCREENED)
    found = [Q(Exists(rows.filter(outcome=Outcome.CODED, codes__name__in=list(values))))]
    without = [outcome for label, outcome in WITHOUT_CODES.items() if label in values]
    found += [Q(Exists(rows.filter(outcome__in=without)))] if without else []
    found += [~Q(Exists(rows))] if "" in values else []
    return any_of(found)


def has_changed(values: Collection[str]) -> Q:
    changed = Q(Exists(codings_of_other_texts()))
    return any_of({CHANGED: changed, UNCHANGED: ~changed}[value] for value in values)


def any_of(conditions: Iterable[Q]) -> Q:
    found = Q(pk__in=[])
    for one in conditions:
        found |= one
    return found


def rows_that_say(state: str) -> QuerySet[Any]:
    """Rows of closed rounds about the issue of the outer query. Screening is told of apart from them."""
    if state == DRAWN:
        return RoundIssue.objects.filter(issue=OuterRef("pk"), round__phase__in=FROZEN, round__kind__in=CODED_KINDS)
    if state == CODED:
        answers = last_codings().filter(outcome__in=ANSWERS).exclude(outcome__in=SCREENED)
        return answers.filter(about_outer_issue())
    decisions = Resolution.objects.exclude(outcome__in=SCREENED)
    return decisions.filter(round_issue__issue=OuterRef("pk"), round_issue__round__phase__in=FROZEN)


def codings_of_other_texts() -> QuerySet[Coding]:
    """Codings of closed rounds that saw another title, body or comment than the outer query's issue has now."""
    later = Revision.objects.filter(
        issue=OuterRef("assignment__round_issue__issue"), replaced_at__gt=OuterRef("submitted_at")
    )
    other = ~Q(body_seen=F("assignment__round_issue__issue__body")) | Q(Exists(later))
    # Which text was read for a coding that was made elsewhere is not known.
    here = Q(assignment__round_issue__imported__isnull=True)
    return last_codings().filter(about_outer_issue(), here).filter(other)


def about_outer_issue() -> Q:
    return Q(assignment__round_issue__issue=OuterRef("pk"), assignment__round_issue__round__phase__in=FROZEN)


def ids(issues: QuerySet[Issue]) -> Iterable[int]:
    return issues.order_by().values_list("pk", flat=True)


def hidden_from(viewer: Membership) -> Iterable[int]:
    return {*issues_coded_now_by(viewer), *issues_pooled_for(viewer)}


def text_has_changed(round_issue: RoundIssue) -> bool:
    """Since somebody coded it, in whichever closed round."""
    return Issue.objects.filter(has_changed([CHANGED]), pk=round_issue.issue_id).exists()
