"""Agreement on screening: the two answers are compared, unsure is told apart; no coding figure counts it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analysis.datasets import round_ratings
from analysis.queries import as_of_version, taxonomies_to_code_with, versions_with_findings
from analysis.reports.agreement import agreement_report, headline, sentence
from annotator.models import Round
from annotator.queries.told import values
from annotator.services.resolution import resolve_unanimous
from annotator.states import Phase
from studies.errors import NotThere
from studies.models import Membership, Study
from tests import factories
from tests.screening import IN, OUT, criteria, screened_study, screening_round


@pytest.fixture
def closed(study: Study, members: dict[str, Membership], lead: Any) -> Round:
    return screened_study(study, members, lead)


def test_the_answers_are_compared_and_not_the_criteria(closed: Round) -> None:
    for number, coding in enumerate(closed.round_issues.first().assignments.first().codings.all()):
        coding.codes.add(closed.version.codes.all()[number])
    report = agreement_report(round_ratings(closed))
    assert (report.screening, report.codes, report.codings) == (True, (), 8)
    assert (report.unclear, report.skipped, report.off_topic, report.absent) == (1, 0, 0, 3)
    name, found = headline(report)
    assert (name, found.n_units, found.observed) == ("Cohen’s κ", 3, pytest.approx(2 / 3))
    # Two of three agree; by chance 2/3 · 1/3 + 1/3 · 2/3 do: κ = (2/3 − 4/9) / (5/9).
    assert found.value == pytest.approx(0.4)
    assert sentence(report).startswith("Cohen’s κ = 0.40 [")
    assert "belongs or does not, 2 raters, 3 issues, 6 codings, round 1, version 1." in sentence(report)
    table = report.confusions[0]
    assert [table.values, [[cell.count for cell in row] for row in table.cells]] == [
        ("Belongs", "Does not belong"), [[1, 1], [0, 1]],
    ]  # fmt: skip


def test_screening_by_three_is_told_by_alpha(study: Study, members: Any, lead: Any) -> None:
    issues = [factories.issue(factories.repository(study)) for _ in range(2)]
    raters = [members[name] for name in ("rater_a", "rater_b", "lead")]
    round = screening_round(criteria(study, lead), issues, raters, [(IN, IN, IN), (OUT, OUT, IN)])
    name, found = headline(agreement_report(round_ratings(round)))
    assert (name, found.n_raters) == ("Krippendorff’s α", 3)


def test_it_is_read_under_its_own_criteria_only(closed: Round) -> None:
    later = factories.Version.objects.create(
        taxonomy=closed.version.taxonomy, number=2, published_by=closed.version.published_by,
        published_at=factories.NOW, content_hash="1" * 64,
    )  # fmt: skip
    assert as_of_version(closed, str(closed.version_id)) is None
    with pytest.raises(NotThere):
        as_of_version(closed, str(later.pk))


def test_the_page_says_what_is_compared(closed: Round, study: Study, lead: Any) -> None:
    client = Client()
    client.force_login(lead)
    text = client.get(f"{reverse('agreement', args=[study.slug])}?round=1").content.decode()
    for said in ("the criteria behind an answer are not compared", "1 unsure, 0 skipped, 3 not coded", "Who said what"):
        assert said in text
    assert 'id="by-code"' not in text
    cell = "?round=1&level=codes&row=Belongs&column=Does+not+belong"
    behind = client.get(reverse("agreement_issues", args=[study.slug]) + cell).content.decode()
    assert ["#3</a>" in behind, "<td>belongs</td>" in behind, "<td>does not belong</td>" in behind] == [True] * 3


def test_screening_is_no_coding(closed: Round, study: Study, lead: Any) -> None:
    resolve_unanimous(round=closed, by=lead)
    told = values(study)
    assert {facet: sorted(told[facet]) for facet in ("coded", "coded_as")} == {"coded": [], "coded_as": []}
    assert (versions_with_findings(study), taxonomies_to_code_with(study)) == ([], [])


def test_a_running_screening_round_has_no_agreement(study: Study, members: Any, lead: Any) -> None:
    issue = factories.issue(factories.repository(study))
    screening_round(criteria(study, lead), [issue], [members["rater_a"]], [(IN,)], phase=Phase.INDEPENDENT)
    client = Client()
    client.force_login(lead)
    text = client.get(f"{reverse('agreement', args=[study.slug])}?round=1").content.decode()
    assert "Round 1 is running" in text
    assert "Cohen" not in text
