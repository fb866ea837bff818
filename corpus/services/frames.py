"""Frames: saved filters that build on each other, counted at a date, and frozen by the first draw from them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from corpus.criteria import in_words
from corpus.filters import IssueFilter
from corpus.frames import chain_of, corpus_size, frames_of, issues_in, left_out_by_screening
from corpus.models import Draw, Frame, FrameIssue
from studies.errors import Invalid, Refused
from studies.models import Study, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event

CHUNK = 1000
LONGEST_NAME = 100


def check_name(study: Study, name: str, *, but: Frame | None = None) -> str:
    """The name without spaces around it. Invalid when it is empty, too long, or another frame's."""
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": "A frame needs a name."})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": f"A name has at most {LONGEST_NAME} characters; this one has {len(name)}."})
    others = Frame.objects.filter(study=study, name__iexact=name)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise Invalid({"name": f"There is a frame {name} already. Choose another name."})
    return name


def check_is_live(frame: Frame) -> None:
    """Raises Refused when a round has drawn from the frame or from one that builds on it."""
    if frame.is_frozen:
        raise Refused(f"A round was drawn from {frame}, so it stays as it is. Make a new frame instead.")


def check_can_delete(frame: Frame) -> None:
    check_is_live(frame)
    if step := frame.steps.order_by("pk").first():
        raise Refused(f"{step} builds on {frame}. Remove {step} first.")


@transaction.atomic
def create_frame(
    *, study: Study, name: str, params: Mapping[str, Sequence[str]], parent: Frame | None = None, by: User
) -> Frame:
    """A frame of the issues of `parent`, or of the corpus, that fit the filter (`params` as IssueFilter reads them).

    All live frames are counted with it, so that the numbers of a chain are of one moment.
    """
    check_is_member(by, study, Permission.MANAGE_ROUNDS)
    lock(study)
    name = check_name(study, name)
    if parent and parent.study_id != study.pk:
        raise Invalid({"parent": "This frame belongs to another study."})
    chosen = IssueFilter.from_params(params)
    if not chosen.to_params():
        raise Invalid("This list has no filter yet. Choose words or filters first, then save it as a frame.")
    now = timezone.now()
    frame = Frame(
        study=study, name=name, parent=parent, filter=chosen.to_params(), criteria=in_words(chosen),
        counted=0, counted_at=now, of_issues=0, of_repositories=0, made_by=by, made_at=now,
    )  # fmt: skip
    frame.save()
    count_live(study)
    frame.refresh_from_db()
    record_event(study=study, by=by, verb="made", target=f"frame {frame}", data=facts(frame))
    return frame


@transaction.atomic
def rename_frame(*, frame: Frame, name: str, by: User) -> Frame:
    check_is_member(by, frame.study, Permission.MANAGE_ROUNDS)
    frame = locked(frame)
    check_is_live(frame)
    before, frame.name = frame.name, check_name(frame.study, name, but=frame)
    frame.save(update_fields=["name"])
    record_event(study=frame.study, by=by, verb="renamed", target=f"frame {before}", data={"name": frame.name})
    return frame


@transaction.atomic
def count_again(*, study: Study, by: User) -> None:
    """Count every frame that is not frozen as the corpus is now."""
    check_is_member(by, study, Permission.MANAGE_ROUNDS)
    lock(study)
    counts = {frame.name: frame.counted for frame in count_live(study)}
    record_event(study=study, by=by, verb="counted", target="the frames", data=counts)


@transaction.atomic
def delete_frame(*, frame: Frame, by: User) -> None:
    """Refused while a round or another frame rests on it."""
    check_is_member(by, frame.study, Permission.MANAGE_ROUNDS)
    frame = locked(frame)
    check_can_delete(frame)
    record_event(study=frame.study, by=by, verb="removed", target=f"frame {frame}", data=facts(frame))
    frame.delete()


@transaction.atomic
def record_draw(*, frame: Frame, name: str, issues: int, by: User) -> Frame:
    """Freeze the frame and those that it builds on, each with the list of its issues, and note what was drawn."""
    check_is_member(by, frame.study, Permission.MANAGE_ROUNDS)
    frame = locked(frame)
    now = timezone.now()
    count_live(frame.study)
    frozen = [step for step in chain_of(locked(frame)) if not step.is_frozen]
    for step in frozen:
        freeze(step, now)
    Draw(frame=frame, name=name, issues=issues, drawn_at=now).save()
    if frozen:
        names = ", ".join(str(step) for step in frozen)
        record_event(study=frame.study, by=by, verb="froze", target=f"frame {names}", data={"for": name})
    return frozen[-1] if frozen else frame


def freeze(frame: Frame, now: datetime) -> None:
    """Keep the list of the issues that the frame has now. The frame before it is frozen already."""
    ids = list(issues_in(frame).order_by("pk").values_list("pk", flat=True))
    FrameIssue.objects.bulk_create([FrameIssue(frame=frame, issue_id=pk) for pk in ids], batch_size=CHUNK)
    frame.counted, frame.frozen_at = len(ids), now
    frame.save(update_fields=["counted", "frozen_at"])


def count_live(study: Study) -> list[Frame]:
    """Count the frames that are not frozen, all at one moment."""
    now, size = timezone.now(), corpus_size(study)
    live = [frame for frame in frames_of(study) if not frame.is_frozen]
    for frame in live:
        frame.counted, frame.counted_at = issues_in(frame).count(), now
        frame.of_issues, frame.of_repositories = size
        frame.left_out = left_out_by_screening(frame)
    Frame.objects.bulk_update(live, ["counted", "counted_at", "left_out", "of_issues", "of_repositories"])
    return live


def lock(study: Study) -> None:
    Study.objects.select_for_update().only("pk").get(pk=study.pk)


def locked(frame: Frame) -> Frame:
    """The frame as it is once nobody else changes the frames of its study."""
    lock(frame.study)
    return Frame.objects.select_related("study", "parent").get(pk=frame.pk)


def facts(frame: Frame) -> dict[str, Any]:
    return {
        "after": frame.parent.name if frame.parent else "",
        "filter": frame.filter,
        "criteria": frame.criteria,
        "issues": frame.counted,
    }
