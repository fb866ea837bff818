"""Reads of frames: their issues, their chains, and the numbers that pages and figures show."""

from django.db.models import QuerySet

from corpus import told
from corpus.criteria import SCREENED
from corpus.filters import IssueFilter
from corpus.funnel import Drawn, Funnel, Step
from corpus.models import Frame, Issue
from corpus.queries import issues_of
from studies.errors import NotThere
from studies.models import Membership, Study


def frames_of(study: Study) -> QuerySet[Frame]:
    """In the order they were made, so that a frame comes after the one it builds on."""
    return Frame.objects.filter(study=study).select_related("study", "made_by").order_by("pk")


def get_frame(study: Study, frame_id: int) -> Frame:
    found = frames_of(study).filter(pk=frame_id).first()
    if found is None:
        raise NotThere("There is no such frame in this study.")
    return found


def issues_in(frame: Frame) -> QuerySet[Issue]:
    """The issues of the frame: its kept list when it is frozen, else what fits now. Costs a query a step above it."""
    if frame.is_frozen:
        return issues_of(frame.study).filter(in_frames__frame=frame)
    return IssueFilter.from_params(frame.filter).apply(issues_before(frame))


def issues_before(frame: Frame) -> QuerySet[Issue]:
    """What the frame chooses from."""
    return issues_in(frame.parent) if frame.parent else issues_of(frame.study)


def left_out_by_screening(frame: Frame) -> dict[str, int]:
    """How many issues of each result of screening a live frame leaves out; none where it does not choose by it."""
    if not frame.filter.get("screened"):
        return {}
    rest = issues_before(frame).exclude(pk__in=issues_in(frame).order_by().values("pk"))
    counts = {value: rest.filter(told.teller().condition("screened", [value])).count() for value in told.SCREENINGS}
    return {value: number for value, number in counts.items() if number}


def is_hidden_from(frame: Frame, viewer: Membership) -> bool:
    """Whether the list would tell what issues were coded as to somebody who codes such issues now."""
    tells = any(step.filter.get(facet) for step in chain_of(frame) for facet in told.FACETS)
    return tells and any(True for _ in told.teller().hidden_from(viewer))


def corpus_size(study: Study) -> tuple[int, int]:
    """How many issues the study has, and in how many repositories they are."""
    issues = Issue.objects.filter(repository__study=study)
    return issues.count(), issues.values("repository").distinct().count()


def chain_of(frame: Frame) -> list[Frame]:
    """From the first step to this frame."""
    return [*(chain_of(frame.parent) if frame.parent else []), frame]


def funnel_of(frame: Frame) -> Funnel:
    """The chain with the numbers that were counted last, and what was drawn from the frame."""
    chain = chain_of(frame)
    first = chain[0]
    steps, before = [], first.of_issues
    for step in chain:
        left_out = before - step.counted
        why = tuple((SCREENED[value], step.left_out[value]) for value in told.SCREENINGS if value in step.left_out)
        steps.append(
            Step(step.pk, step.name, step.criteria, step.counted, left_out, step.counted_at, step.is_frozen, why)
        )
        before = step.counted
    drawn = [
        Drawn(draw.name, draw.issues, draw.drawn_at) for draw in sorted(frame.draws.all(), key=lambda draw: draw.pk)
    ]
    return Funnel(first.of_issues, first.of_repositories, first.counted_at, steps, drawn)


def chains_of(study: Study) -> list[Funnel]:
    """A funnel for each frame on which no other builds, and for each from which a round has drawn."""
    frames = {frame.pk: frame for frame in frames_of(study).prefetch_related("draws")}
    for frame in frames.values():
        frame.parent = frames[frame.parent_id] if frame.parent_id else None
    above = {frame.parent_id for frame in frames.values()}
    return [funnel_of(frame) for frame in frames.values() if frame.pk not in above or frame.draws.all()]
