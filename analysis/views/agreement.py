"""Agreement of closed rounds, and the issues behind a cell of a confusion table."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analysis.datasets import Rating, ratings, ratings_as_of
from analysis.datasets.twice import coded_twice, consistency_of
from analysis.queries import as_of_version, names_by_alias, readable_as
from analysis.reports.agreement import AgreementReport, ConfusionCell, ConfusionTable, sentence
from analysis.reports.consistency import consistency_report
from analysis.reports.consistency import sentence as same_rater_sentence
from analysis.services.agreement import agreement_of
from annotator.models import Round
from annotator.queries.blind import breaks_of
from annotator.queries.rounds import rounds_of
from annotator.states import FROZEN, Kind, Phase
from annotator.visibility import issues_again_of, sees_all_codings
from studies.errors import NotThere
from studies.permissions import open_study


@require_safe
def agreement(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    begun = rounds_of(access.study).exclude(phase=Phase.DRAFTED).exclude(kind=Kind.CONSISTENCY)
    rounds = list(begun)
    round = chosen(rounds, request.GET.get("round", ""))
    context: dict[str, Any] = {"rounds": rounds, "round": round, "broken": breaks_of(round) if round else []}
    if round and sees_all_codings(round, access.membership):
        as_of = as_of_version(round, request.GET.get("as_of", ""))
        report = agreement_of(round, as_of, access.membership)
        context |= {
            "as_of": as_of,
            "later": readable_as(round)[1:],
            "report": report,
            "sentence": sentence(report),
            "confusion": confusion_of(report, request.GET.get("level", "")),
            "names": names_by_alias(access.study),
        }
        context |= again_in(round, context["names"])
    return render(request, "analysis/agreement.html", context)


@require_safe
def agreement_issues(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_study(request, slug)
    round = numbered(list(rounds_of(access.study)), request.GET.get("round", ""))
    as_of = as_of_version(round, request.GET.get("as_of", ""))
    viewer = access.membership
    cell = cell_of(agreement_of(round, as_of, viewer), request.GET)
    given = ratings_as_of(round, as_of, viewer) if as_of else ratings([round], viewer)
    behind = issues_behind(given, cell, set(issues_again_of(viewer)))
    context = {"round": round, "as_of": as_of, "cell": cell, "issues": behind, "names": names_by_alias(access.study)}
    return render(request, "analysis/agreement_issues.html", context)


def chosen(rounds: list[Round], number: str) -> Round | None:
    """The round of this number; without a number the latest closed one, else the latest; None where there is none."""
    if number:
        return numbered(rounds, number)
    return next((round for round in rounds if round.phase in FROZEN), rounds[0] if rounds else None)


def numbered(rounds: list[Round], number: str) -> Round:
    found = [round for round in rounds if str(round.number) == number]
    if not found:
        raise NotThere("There is no such round in this study.")
    return found[0]


def confusion_of(report: AgreementReport, level: str) -> ConfusionTable | None:
    """The table of this level, else the first one; None where fewer than two raters rated."""
    return next((table for table in report.confusions if table.level == level), next(iter(report.confusions), None))


def cell_of(report: AgreementReport, asked: QueryDict) -> ConfusionCell:
    table = confusion_of(report, asked.get("level", ""))
    for row in table.cells if table else ():
        for cell in row:
            if (cell.row, cell.column) == (asked.get("row"), asked.get("column")):
                return cell
    raise NotThere("This table has no such cell.")


@dataclass(frozen=True)
class IssueBehind:
    issue_id: int
    issue: str
    ratings: tuple[Rating, ...]


def again_in(round: Round, names: dict[str, str]) -> dict[str, Any]:
    """How far raters agree with themselves on what was hidden in this round, and a sentence a rater."""
    apart = consistency_of(round)
    if apart is None:
        return {}
    report = consistency_report(coded_twice(apart))
    told = [same_rater_sentence(report, row, names.get(row.rater, row.rater)) for row in report.raters]
    return {"again": report, "again_told": told}


def issues_behind(given: Iterable[Rating], cell: ConfusionCell, hidden: set[int]) -> list[IssueBehind]:
    """The issues of a cell with what each rater said, in the order of the round."""
    wanted = set(cell.issues) - hidden
    rows = (rating for rating in given if rating.issue_id in wanted)
    grouped = groupby(rows, key=lambda rating: (rating.issue_id, rating.issue))
    return [IssueBehind(issue_id, issue, tuple(group)) for (issue_id, issue), group in grouped]
