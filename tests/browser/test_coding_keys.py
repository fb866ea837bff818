"""Own keys in Chromium: changed by pressing them, shown on the screen, and they alone act."""

from typing import Any

import pytest
from playwright.sync_api import expect

from annotator.services.keys import keep_keys
from tests.browser.screen import SAVED, SignIn, press, said, screen, status, title, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_changed_key_acts_and_is_shown(make_round: Any, sign_in: SignIn, rater_a: Any) -> None:
    round = make_round(3)
    page = screen(sign_in(rater_a), round)
    press(page, "1", "Enter")
    title(page, "Problem 2")
    status(page, SAVED)
    press(page, "?")
    page.get_by_role("link", name="Change keys").click()
    field = page.get_by_label("Submit and go to the next issue")
    field.focus()
    press(page, "Delete")
    expect(field).to_have_value("Delete")
    page.get_by_label("Write the memo").focus()
    press(page, "M")
    assert violations(page) == []
    page.get_by_role("button", name="Keep these keys").click()
    title(page, "Problem 2")
    expect(page.locator("html[data-ready=coding]")).to_be_attached()
    expect(page.locator(".palette-foot .primary kbd")).to_have_text("Delete")
    press(page, "2", "m", "Enter")
    title(page, "Problem 2")
    press(page, "M")
    page.keyboard.type("Mm")
    press(page, "Escape", "Delete")
    title(page, "Problem 3")
    status(page, SAVED)
    assert said(round)[1] == ("Problem 2", "coded", {"Output quality"})
    press(page, "?")
    expect(page.locator("#keys dt").filter(has_text="Delete")).to_have_count(1)


def test_single_keys_can_be_turned_off(make_round: Any, sign_in: SignIn, rater_a: Any) -> None:
    keep_keys(chosen={}, off=True, by=rater_a)
    page = screen(sign_in(rater_a), make_round(2))
    expect(page.locator(".palette kbd").first).to_be_hidden()
    press(page, "1", "u", "m", "?")
    expect(page.locator("[data-chosen] li")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_label("Output quality").focus()
    press(page, "Space", "Enter")
    title(page, "Problem 2")
