"""Six real rounds of labelling, imported as their authors kept them, against what was published and the sheets.

Each artefact is a post, an issue, a pull request or a commit; up to four evaluators a row, in pairs of columns.
Counts and conflicts: README of the real data. κ is computed here from the cells of the sheets, by its definition.
"""

import json
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse

from analysis.services.agreement import agreement_of
from annotator.models import ImportedIssue, Resolution, ResolvedCode
from annotator.queries.rounds import get_round
from annotator.states import How, UnknownCodes
from corpus.models import Issue
from tests.annotator.importing.brought import bring

pytestmark = pytest.mark.shared_data

ARTEFACTS = (29, 110, 134, 126, 345, 315)
GOLDEN = Path(__file__).parents[2] / "golden" / "saturation.json"
NO_FAULT = ("false positive", "generic", "unclear")
CONFLICTS = (3, 11, 8, 11, 31, 47)


def first_sheet(path):
    """The rows as the sheet has them, by header in lower case."""
    rows = list(openpyxl.load_workbook(path, data_only=True).worksheets[0].iter_rows(values_only=True))
    names = [str(name or "").lower() for name in rows[0]]
    return [dict(zip(names, row, strict=True)) for row in rows[1:] if any(row)]


def plain(cell):
    """A tag as the tags are compared: without case and doubled spaces; None where there is none."""
    text = " ".join(str(cell or "").split()).casefold()
    return None if text in ("", "-") else text


def tags_of(row):
    """Tag by evaluator."""
    pairs = ((row.get(f"evaluator{n}"), plain(row.get(f"tag{n}"))) for n in range(1, 5))
    return {rater: tag for rater, tag in pairs if rater and tag}


def kappa(rows, one, other):
    """Cohen's κ over the rows that both tagged; None where it is undefined."""
    pairs = [(tags[one], tags[other]) for row in rows for tags in [tags_of(row)] if one in tags and other in tags]
    if not pairs:
        return None
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    expected = sum(first[tag] * second[tag] for tag in first) / n**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def target_for(study, number):
    if number == 1:
        return {"unknown": UnknownCodes.NEW, "name": "Faults of deep learning"}
    version = get_round(study, number - 1).version
    return {"unknown": UnknownCodes.ADD, "version": version.pk}


@pytest.fixture
def imported(study, lead, shared_data):
    """The sheets of the rounds, imported one after the other into one taxonomy, with the columns as guessed."""

    def take(upto):
        sheets = []
        for number in range(1, upto + 1):
            path = shared_data / "dl_faults" / f"round_{number}.xlsx"
            made = bring(study, lead, path.read_bytes(), path.name, target=target_for(study, number), outcomes={})
            assert (made.job.error, made.round.number) == ("", number)
            sheets.append(first_sheet(path))
        return sheets

    return take


def check_round(study, number, rows):
    round = get_round(study, number)
    kept = ImportedIssue.objects.filter(round_issue__round=round)
    assert (len(rows), kept.count(), kept.filter(conflict=True).count()) == (
        ARTEFACTS[number - 1], ARTEFACTS[number - 1], CONFLICTS[number - 1],
    )  # fmt: skip
    decided = Resolution.objects.filter(round_issue__round=round).prefetch_related("codes")
    assert {row.how for row in decided} == {How.IMPORTED}
    finals = Counter(" + ".join(code.name.casefold() for code in row.codes.all()) for row in decided)
    assert finals == Counter(tag for row in rows if (tag := plain(row["final tag"])))
    return round


def check_kappa(study, round, rows):
    names = {member.alias: str(member.user) for member in study.memberships.select_related("user")}
    pairs = {frozenset((names[pair.first], names[pair.second])): pair.kappa for pair in agreement_of(round).pairs}
    assert pairs
    for both, found in pairs.items():
        expected = kappa(rows, *sorted(both))
        assert found.value == (None if expected is None else pytest.approx(expected, abs=1e-12)), both


def check_pages(client, study, round, rows):
    agreement = client.get(reverse("agreement", args=[study.slug]), {"round": round.number}).content.decode()
    assert f"Codings imported from round_{round.number}.xlsx" in agreement
    assert f"{CONFLICTS[round.number - 1]} of {ARTEFACTS[round.number - 1]} issues are marked as conflicts" in agreement
    page = client.get(reverse("disagreements", args=[study.slug]), {"round": round.number}).content.decode()
    assert page.count("conflict in the file") == CONFLICTS[round.number - 1]
    for row in rows:
        if int(row.get("conflict", row.get("conflicts")) or 0) and (tag := plain(row["final tag"])):
            assert tag in " ".join(page.casefold().split()).replace("&gt;", ">").replace("&#x27;", "'")


def test_the_first_round_stands_as_it_was_kept(client, study, lead, imported):
    (rows,) = imported(1)
    round = check_round(study, 1, rows)
    check_kappa(study, round, rows)
    client.force_login(lead)
    check_pages(client, study, round, rows)
    assert set(Issue.objects.values_list("state", flat=True)) == {"unknown"}
    assert set(Issue.objects.values_list("url", flat=True)) == {row["link"] for row in rows}


def new_labels_by_round(study):
    """How many codes each round's final labels use for the first time, without those that say that there is none."""
    used = ResolvedCode.objects.filter(resolution__round_issue__round__study=study)
    rows = used.order_by("resolution__round_issue__round__number").values_list(
        "resolution__round_issue__round__number", "code__name"
    )
    first = {}
    for number, name in rows:
        first.setdefault(name.casefold(), number)
    new = Counter(number for name, number in first.items() if name not in NO_FAULT)
    return [new[number] for number in range(1, 7)]


@pytest.mark.slow
def test_all_six_rounds_stand_as_they_were_kept(client, study, lead, imported):
    client.force_login(lead)
    for number, rows in enumerate(imported(6), start=1):
        round = check_round(study, number, rows)
        check_kappa(study, round, rows)
        check_pages(client, study, round, rows)
    assert new_labels_by_round(study) == json.loads(GOLDEN.read_text(encoding="utf-8"))["dl_faults"]["new_by_round"]
    assert set(study.memberships.filter(role="placeholder").values_list("user__name", flat=True)) == {
        "E1", "E2", "E3", "E4", "E5", "E6",
    }  # fmt: skip
