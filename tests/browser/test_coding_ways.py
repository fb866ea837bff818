"""Ways through a round in Chromium: the list of issues, the browser's back and forward, back through the submits."""

from typing import Any

import pytest
from playwright.sync_api import expect

from annotator.models import Coding
from tests.browser.screen import SAVED, SignIn, press, said, screen, status, title, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_list_leads_to_any_issue_by_keys(make_round: Any, sign_in: SignIn, rater_a: Any) -> None:
    round = make_round(60)
    page = screen(sign_in(rater_a), round)
    press(page, "1", "Enter")
    title(page, "Problem 2")
    status(page, SAVED)
    press(page, "G")
    dialog = page.get_by_role("dialog", name="Your issues of round 1")
    expect(dialog.locator("tbody tr")).to_have_count(50)
    expect(dialog.locator("tr[aria-current=true]")).to_contain_text("you are here, open")
    expect(page.locator("#list-q")).to_be_focused()
    assert violations(page) == []
    dialog.get_by_label("Show", exact=True).select_option("done")
    expect(dialog.locator("tbody tr")).to_have_count(1)
    expect(dialog.locator("tbody tr")).to_contain_text("Problem 1")
    dialog.get_by_label("Show", exact=True).select_option("open")
    expect(dialog.locator("tbody tr")).to_have_count(50)
    dialog.get_by_role("link", name="Next").click()
    expect(dialog.locator("tbody tr")).to_have_count(9)
    page.locator("#list-q").fill("Problem 57")
    press(page, "Enter")
    expect(dialog.locator("tbody tr")).to_have_count(1)
    press(page, "Enter")
    title(page, "Problem 57")
    expect(dialog).not_to_be_visible()
    press(page, "2", "Enter")
    title(page, "Problem 58")
    status(page, SAVED)
    assert said(round) == [("Problem 1", "coded", {"Model usage"}), ("Problem 57", "coded", {"Output quality"})]
    expect(page.locator(".coded")).to_contain_text("2 of 60")


def test_back_and_forward_walk_the_issues(make_round: Any, sign_in: SignIn, rater_a: Any) -> None:
    round = make_round(4)
    page = screen(sign_in(rater_a), round)
    press(page, "1", "Enter")
    title(page, "Problem 2")
    press(page, "m")
    page.keyboard.type("half a thought")
    page.go_back()
    title(page, "Problem 1")
    expect(page.get_by_label("Model usage")).to_be_checked()
    page.go_forward()
    title(page, "Problem 2")
    expect(page.get_by_label("Memo")).to_have_value("half a thought")
    press(page, "Escape", "2", "Enter")
    title(page, "Problem 3")
    status(page, SAVED)
    page.reload()
    title(page, "Problem 3")
    assert said(round) == [("Problem 1", "coded", {"Model usage"}), ("Problem 2", "coded", {"Output quality"})]


def test_back_through_all_that_was_submitted_also_after_a_restart(
    make_round: Any, sign_in: SignIn, rater_a: Any
) -> None:
    round = make_round(5)
    context = sign_in(rater_a)
    page = screen(context, round)
    for number in (1, 2, 3):
        title(page, f"Problem {number}")
        press(page, "1", "Enter")
    title(page, "Problem 4")
    status(page, SAVED)
    page.close()
    page = screen(context, round)
    title(page, "Problem 4")
    for number in (3, 2, 1):
        press(page, "Backspace")
        title(page, f"Problem {number}")
    status(page, "Submitted before; submit again to replace it")
    press(page, "Backspace")
    status(page, "Nothing was submitted before this")
    press(page, "1", "3", "Enter")
    title(page, "Problem 4")
    status(page, SAVED)
    expect(page.locator(".coded")).to_contain_text("3 of 5")
    assert said(round)[0] == ("Problem 1", "coded", {"Environment"})
    assert list(Coding.objects.order_by("pk").values_list("assignment__position", "revision")) == [
        (0, 1), (1, 1), (2, 1), (0, 2),
    ]  # fmt: skip


def test_own_codings_are_looked_up_by_what_is_selected(make_round: Any, sign_in: SignIn, rater_a: Any) -> None:
    round = make_round(3)
    page = screen(sign_in(rater_a), round)
    press(page, "2", "m")
    page.keyboard.type("blurry on old cards")
    press(page, "Escape", "Enter")
    title(page, "Problem 2")
    status(page, SAVED)
    press(page, "O")
    dialog = page.get_by_role("dialog", name="How did I code something like this?")
    expect(page.locator("#past-q")).to_be_focused()
    page.keyboard.type("blurry cards")
    press(page, "Enter")
    expect(dialog.locator("tbody tr")).to_contain_text("Output quality")
    assert violations(page) == []
    press(page, "Enter")
    title(page, "Problem 1")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#issue .prose strong'))")
    press(page, "O")
    expect(page.locator("#past-q")).to_have_value("fails")
    expect(dialog.locator("tbody tr")).to_have_count(1)
