"""Long issues in Chromium: light at first, the rest on demand, words found where they are not shown yet."""

from typing import Any

import pytest
from playwright.sync_api import expect

from studies.models import Membership, Study
from tests import factories
from tests.browser.screen import NAMES, SignIn, press, screen, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOG = "a line of a log that says nothing\n" * 20_000


def test_the_rest_comes_on_demand_and_is_found(
    study: Study, members: dict[str, Membership], lead: Any, rater_a: Any, sign_in: SignIn
) -> None:
    issue = factories.issue(factories.repository(study), body=f"🙂\n{LOG}The needle.", title="Long")
    for number in range(1, 60):
        factories.comment(issue, f"Comment {number}" if number != 55 else f"{LOG[:90_000]}\n\nThe needle 🙂 again.")
    round = factories.round_of(factories.taxonomy(study, NAMES, by=lead), [issue], [members["rater_a"]])
    page = screen(sign_in(rater_a), round)
    body = page.locator("[data-part=body]")
    assert len(body.inner_text()) < 100_000
    before = len(body.inner_text())
    page.locator("#issue").get_by_role("link", name="Show more of it").first.click()
    expect(page.locator("[data-rest][data-of='']")).not_to_have_attribute("data-rest", "60000")
    page.wait_for_load_state("networkidle")
    assert len(body.inner_text()) > before + 250_000

    press(page, "T")
    dialog = page.get_by_role("dialog", name="Find in this issue")
    page.keyboard.type("needle")
    press(page, "Enter")
    expect(dialog.get_by_role("status")).to_have_text("“needle” stands there 2 times.")
    expect(dialog.get_by_role("button", name="comment 55")).to_be_visible()
    assert violations(page) == []
    press(page, "ArrowDown", "Enter")
    expect(dialog).not_to_be_visible()
    expect(page.locator("#issue").get_by_text("The needle 🙂 again.")).to_be_in_viewport()
    assert page.evaluate("[...CSS.highlights.get('found')].map(String)") == ["needle"]
    for _ in range(42):
        press(page, "j")
    expect(page.locator(".comment.current")).to_contain_text("Comment 42")
    assert violations(page) == []
