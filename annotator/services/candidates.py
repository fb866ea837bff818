"""Which issues a round may draw from: the corpus or a frame, on wish without those that somebody has coded."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from annotator.models import Coding, StratifiedBy
from annotator.queries.populations import Listed
from annotator.queries.screening import was_screened
from annotator.services.strata import by_commonness, label_stratum
from annotator.states import CODED_KINDS, Kind
from corpus.frames import chain_of, get_frame, issues_in
from corpus.models import Frame, Issue
from corpus.told import SCREENED_IN
from studies.errors import Invalid
from studies.models import Study


@dataclass(frozen=True)
class Candidates:
    """What can be drawn, what the round keeps of where it comes from, and the source in words."""

    listed: Listed
    kept: dict[str, Any]
    source: str

    @property
    def issues(self) -> dict[str, int]:
        return self.listed.issues


@dataclass(frozen=True)
class Narrow:
    """What is left out on wish: issues that somebody has coded (in a screening round: has screened), and those that
    were not screened in."""

    without_coded: bool = False
    screened_in: bool = False
    screening: bool = False


def candidates(*, study: Study, frame: Frame | None, narrow: Narrow, by: str = "") -> Candidates:
    """Of the corpus, or of the frame as it is now; `by` says what the strata are of."""
    source, kept = "The corpus", dict[str, Any]()
    rows = Issue.objects.filter(repository__study=study)
    if frame:
        if frame.study_id != study.pk:
            raise Invalid({"frame": "This frame belongs to another study."})
        frame = get_frame(study, frame.pk)
        source, rows = f"The frame {frame}", issues_in(frame)
        kept = {"frame": facts(frame, rows.count())}
    if narrow.screened_in:
        rows, every = rows.filter(was_screened([SCREENED_IN])), rows.count()
        kept = kept | {"left_out_screening": every - rows.count()}
    if narrow.without_coded:
        rows, every = rows.exclude(is_coded(screening=narrow.screening)), rows.count()
        kept = kept | {"left_out_coded": every - rows.count()}
    return Candidates(in_strata(rows, by), kept, source)


def check_size(size: int | None, found: Candidates) -> None:
    """Invalid, by field, when none or fewer than `size` are left."""
    if size is not None and size < 1:
        raise Invalid({"size": "A round needs at least one issue."})
    available, coded = len(found.issues), found.kept.get("left_out_coded", 0)
    if available >= (size or 1):
        return
    if not available and found.kept.get("left_out_screening"):
        raise Invalid({"size": f"Of {found.source.replace('The', 'the', 1)} no issue was screened in that is left."})
    if not available:
        none = (
            f"{found.source} has {coded:,} issues, and all are coded."
            if coded
            else f"{found.source} has no issues yet."
        )
        raise Invalid({"size": f"{none} Import some first."})
    having = f"has {available:,} issues{' screened in' * ('left_out_screening' in found.kept)}" + (
        f" that nobody has coded ({coded:,} are coded)" if coded else ""
    )
    raise Invalid({"size": f"{found.source} {having}; draw {available:,} or fewer."})


def is_coded(*, screening: bool) -> Exists:
    """By somebody, in whichever round; that an issue was screened does not make it a coded one."""
    kinds = [Kind.SCREENING] if screening else CODED_KINDS
    here = Coding.objects.filter(assignment__round_issue__issue=OuterRef("pk"))
    return Exists(here.filter(assignment__round_issue__round__kind__in=kinds))


def facts(frame: Frame, issues: int) -> dict[str, Any]:
    """What a round keeps of its frame: the criteria of every step, from the corpus on."""
    criteria = [step.criteria for step in chain_of(frame)]
    return {"id": frame.pk, "name": frame.name, "criteria": criteria, "issues": issues}


def keyed(issues: QuerySet[Issue]) -> dict[str, int]:
    return in_strata(issues, "").issues


def in_strata(issues: QuerySet[Issue], by: str) -> Listed:
    told_by = (
        {StratifiedBy.LABEL: "labels", StratifiedBy.YEAR: "created_at__year"}.get(StratifiedBy(by)) if by else None
    )
    rows = issues.values_list("repository__owner", "repository__name", "number", "pk", told_by or "number")
    found, told = dict[str, int](), dict[str, Any]()
    for owner, name, number, pk, said in rows.order_by().iterator():
        repository = f"{owner}/{name}".lower()
        found[f"{repository}#{number}"] = pk
        told[f"{repository}#{number}"] = said if told_by else repository if by else ""
    if by == StratifiedBy.LABEL:
        order = by_commonness(told.values())
        told = {key: label_stratum(labels, order) for key, labels in told.items()}
    return Listed(found, {key: " ".join(str(stratum).split()) for key, stratum in told.items()})
