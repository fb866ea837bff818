"""Findings in a browser: figures drawn under the strict policy, in both themes, and tests that arrive by themselves."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import expect

from annotator.states import Phase
from jobs.models import Job
from jobs.services import run
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def labelled(study, members, lead):
    version = factories.taxonomy(study, ("Loading", "Output", "Memory"), by=lead)
    repository = factories.repository(study)
    issues = [factories.issue(repository, days=days) for days in (0.1, 1, 3, 9, 20, 70, 5, 400, 900, None)]
    round = factories.round_of(version, issues, [members["rater_a"]], phase=Phase.DISCUSSION)
    for at, drawn in enumerate(round.round_issues.order_by("position")):
        factories.resolution(drawn, [("Loading", "Output", "Memory")[at % 3]], by=lead)
    return study


@pytest.fixture
def findings(labelled, lead, sign_in):
    call_command("build_chart_library", verbosity=0)
    page = sign_in(lead, viewport={"width": 1200, "height": 900}, color_scheme="light").new_page()
    page.goto(f"/studies/{labelled.slug}/findings/")
    return page


def test_figures_are_drawn_with_the_colours_of_the_theme_and_for_the_width(findings):
    bars = findings.locator(".chart").first
    expect(bars.locator("svg")).to_be_visible()
    expect(bars.get_by_text("Loading")).to_be_visible()
    expect(findings.locator(".chart").nth(2).get_by_text("Memory (n = 3)")).to_be_visible()
    label = bars.get_by_text("Loading")
    light, wide = label.get_attribute("fill"), bars.locator("svg").get_attribute("width")
    findings.emulate_media(color_scheme="dark")
    expect(bars.get_by_text("Loading")).not_to_have_attribute("fill", light)
    findings.set_viewport_size({"width": 420, "height": 900})
    expect(bars.locator("svg")).not_to_have_attribute("width", wide)


def test_the_tests_arrive_by_themselves(findings):
    status = findings.locator("#tests [role=status]")
    expect(status).to_contain_text("being computed")
    expect(findings.locator("#tests[hx-get]")).to_be_attached()
    run(Job.objects.get().pk)
    expect(status).to_contain_text("from the labels as they are now")
    expect(findings.locator("#tests")).to_contain_text("Kruskal–Wallis over all: H(2) =")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_is_accessible(findings, theme):
    findings.emulate_media(color_scheme=theme)
    expect(findings.locator(".chart svg").nth(1)).to_be_visible()
    found = Axe().run(findings).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
