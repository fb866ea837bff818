"""Screening in Chromium, by single keys that submit at once and go on."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, expect

from annotator.models import Coding
from annotator.states import Phase
from studies.models import Membership, Study
from tests import factories
from tests.screening import criteria, screening_round

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_round_is_screened_by_one_key_an_issue(
    study: Study, members: dict[str, Membership], lead: Any, rater_a: Any, sign_in: Callable[..., BrowserContext]
) -> None:
    repository = factories.repository(study)
    issues = [factories.issue(repository, number=number, title=f"Problem {number}") for number in range(1, 5)]
    round = screening_round(criteria(study, lead), issues, [members["rater_a"]], phase=Phase.INDEPENDENT)
    page = sign_in(rater_a).new_page()
    page.goto(f"/studies/{study.slug}/code/{round.number}/")
    expect(page.locator("html[data-ready=coding]")).to_be_attached()
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Say whether it belongs: y, n or u. Nothing was submitted.")
    page.keyboard.press("y")
    expect(page.locator("#title")).to_have_text("Problem 2")
    page.keyboard.press("3")
    page.keyboard.press("n")
    expect(page.locator("#title")).to_have_text("Problem 3")
    page.keyboard.press("u")
    expect(page.locator("#title")).to_have_text("Problem 4")
    page.keyboard.press("Backspace")
    expect(page.locator("#title")).to_have_text("Problem 3")
    expect(page.locator("[data-answer=unclear]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("m")
    page.keyboard.type("no")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("#title")).to_have_text("Problem 4")
    page.get_by_role("button", name="Belongs").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You have coded all 4 issues")
    rows = Coding.objects.order_by("assignment__position", "revision")
    assert [(row.outcome, [code.name for code in row.codes.all()], row.memo) for row in rows] == [
        ("in", [], ""), ("out", ["Spam"], ""), ("unclear", [], ""), ("unclear", [], "no"), ("in", [], ""),
    ]  # fmt: skip
