"""Which issues a round may draw from: the corpus or a frame, on wish without those that somebody has coded."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from annotator.models import Coding
from corpus.frames import chain_of, issues_in
from corpus.models import Frame, Issue
from corpus.services.frames import record_draw
from studies.errors import Invalid
from studies.models import Study, User


@dataclass(frozen=True)
class Candidates:
    """Ids by `owner/name#number` (the repository in lower case), and what the round keeps of where they come from."""

    issues: dict[str, int]
    kept: dict[str, Any]
    source: str


def candidates(*, study: Study, frame: Frame | None, without_coded: bool, draw: str, size: int, by: User) -> Candidates:
    """Of the corpus, or of the frame, which is frozen by it. `draw` names what is drawn, such as Round 3.

    Invalid, by field, when fewer than `size` are left.
    """
    if size < 1:
        raise Invalid({"size": "A round needs at least one issue."})
    source, kept = "The corpus", dict[str, Any]()
    rows = Issue.objects.filter(repository__study=study)
    if frame:
        if frame.study_id != study.pk:
            raise Invalid({"frame": "This frame belongs to another study."})
        frame = record_draw(frame=frame, name=draw, issues=size, by=by)
        source, kept, rows = f"The frame {frame}", {"frame": facts(frame)}, issues_in(frame)
    if without_coded:
        rows, every = rows.exclude(is_coded()), rows.count()
        kept = kept | {"left_out_coded": every - rows.count()}
    found = Candidates(keyed(rows), kept, source)
    check_size(size, found)
    return found


def check_size(size: int, found: Candidates) -> None:
    available, coded = len(found.issues), found.kept.get("left_out_coded", 0)
    if available >= size:
        return
    if not available:
        none = (
            f"{found.source} has {coded:,} issues, and all are coded."
            if coded
            else f"{found.source} has no issues yet."
        )
        raise Invalid({"size": f"{none} Import some first."})
    having = f"has {available:,} issues" + (f" that nobody has coded ({coded:,} are coded)" if coded else "")
    raise Invalid({"size": f"{found.source} {having}; draw {available:,} or fewer."})


def is_coded() -> Exists:
    return Exists(Coding.objects.filter(assignment__round_issue__issue=OuterRef("pk")))


def facts(frame: Frame) -> dict[str, Any]:
    """What a round keeps of its frame: the criteria of every step, from the corpus on."""
    criteria = [step.criteria for step in chain_of(frame)]
    return {"id": frame.pk, "name": frame.name, "criteria": criteria, "issues": frame.counted}


def keyed(issues: QuerySet[Issue]) -> dict[str, int]:
    rows = issues.values_list("repository__owner", "repository__name", "number", "pk")
    return {f"{owner}/{name}".lower() + f"#{number}": pk for owner, name, number, pk in rows.order_by().iterator()}
