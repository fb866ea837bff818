"""A calibration round in Chromium that shows the gold answer as soon as one's own is in."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, expect

from annotator.models import Coding
from annotator.services.calibration import set_gold
from annotator.states import Kind
from studies.models import Membership, Study
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_gold_answer_comes_up_after_each_submit(
    study: Study, members: dict[str, Membership], lead: Any, rater_a: Any, sign_in: Callable[..., BrowserContext]
) -> None:
    version = factories.taxonomy(study, ["Loading", "Output"], by=lead)
    issues = [factories.issue(factories.repository(study), title=f"Problem {number}") for number in (1, 2)]
    target = {"against": "gold", "measure": "share", "threshold": 80, "at_once": True}
    round = factories.round_of(version, issues, [members["rater_a"]], kind=Kind.CALIBRATION, target=target)
    codes = factories.codes_of(version, ["Loading"])
    for drawn in round.round_issues.all():
        set_gold(round_issue=drawn, outcome="coded", codes=[codes[0].pk], reason="The log names it.", by=lead)
    page = sign_in(rater_a).new_page()
    page.goto(f"/studies/{study.slug}/code/{round.number}/")
    expect(page.locator("html[data-ready=coding]")).to_be_attached()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    told = page.get_by_role("dialog")
    expect(told).to_contain_text("Not the gold answer.")
    expect(told).to_contain_text("What Loading means.")
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Enter")
    expect(page.locator("#title")).to_have_text("Problem 2")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("Right.")
    told.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You have coded all 2 issues")
    assert [[code.name for code in coding.codes.all()] for coding in Coding.objects.order_by("pk")] == [
        ["Output"], ["Loading"],
    ]  # fmt: skip
