"""A session that ends while somebody codes, in Chromium: signing in over the page, and nothing is lost."""

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from annotator.models import Coding, Draft
from tests import factories
from tests.browser.screen import SAVED, SignIn, press, said, screen, status, title, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def dialog(page: Page) -> Any:
    return page.get_by_role("dialog", name="You are signed out")


def enter(page: Page, password: str) -> None:
    dialog(page).get_by_label("Password").fill(password)
    press(page, "Enter")


def test_sign_in_over_the_page_and_go_on(make_round: Any, sign_in: SignIn, rater_a: Any, complaints: list[str]) -> None:
    round = make_round(9)
    page = screen(sign_in(rater_a), round)
    page.wait_for_timeout(1500)
    page.wait_for_load_state("networkidle")
    Session.objects.all().delete()
    press(page, "2", "Enter")
    title(page, "Problem 2")
    expect(dialog(page)).to_contain_text("1 kept on this computer.")
    expect(dialog(page).get_by_label("E-mail")).to_have_value(rater_a.email)
    expect(dialog(page).get_by_label("Password")).to_be_focused()
    assert violations(page) == []
    enter(page, "not the password")
    expect(dialog(page).get_by_role("alert")).to_be_visible()
    assert not Coding.objects.exists()
    enter(page, factories.PASSWORD)
    expect(dialog(page)).not_to_be_visible()
    status(page, SAVED)
    press(page, "0", "Enter")
    title(page, "Problem 3")
    status(page, SAVED)
    assert said(round) == [("Problem 1", "coded", {"Output quality"}), ("Problem 2", "none", set())]
    complaints.clear()


def test_nobody_is_interrupted_in_the_middle_of_a_word(make_round: Any, sign_in: SignIn, rater_a: Any) -> None:
    round = make_round(9)
    page = screen(sign_in(rater_a), round)
    page.wait_for_load_state("networkidle")
    Session.objects.all().delete()
    press(page, "m")
    page.keyboard.type("a thought that")
    status(page, re.compile("You are signed out; .*kept"))
    page.keyboard.type(" goes on")
    expect(dialog(page)).not_to_be_visible()
    press(page, "Escape")
    expect(dialog(page)).to_be_visible()
    dialog(page).get_by_role("button", name="Later").click()
    page.get_by_role("button", name="Sign in again").click()
    enter(page, factories.PASSWORD)
    status(page, SAVED)
    assert Draft.objects.get().payload["memo"] == "a thought that goes on"


def test_issue_that_could_not_be_had_comes_once_one_is_signed_in(
    make_round: Any, sign_in: SignIn, rater_a: Any
) -> None:
    round = make_round(9)
    page = screen(sign_in(rater_a), round)
    page.wait_for_timeout(1500)
    page.wait_for_load_state("networkidle")
    press(page, "G")
    link = page.get_by_role("dialog", name="Your issues").get_by_role("link", name="Problem 9")
    expect(link).to_be_visible()
    Session.objects.all().delete()
    link.click()
    enter(page, factories.PASSWORD)
    title(page, "Problem 9")


def test_another_person_who_signed_in_meanwhile_gets_nothing(
    make_round: Any, sign_in: SignIn, rater_a: Any, rater_b: Any, complaints: list[str]
) -> None:
    round = make_round(9)
    context = sign_in(rater_a)
    page = screen(context, round)
    page.wait_for_load_state("networkidle")
    Session.objects.all().delete()
    press(page, "2", "Enter")
    expect(dialog(page)).to_be_visible()
    other = context.new_page()
    other.goto("/sign-in/")
    other.locator("[name=username]").fill(rater_b.email)
    other.locator("[name=password]").fill(factories.PASSWORD)
    page.route("**/submit/", lambda route: route.abort())
    other.get_by_role("button", name="Sign in").click()
    enter(page, factories.PASSWORD)
    expect(dialog(page).get_by_role("alert")).to_contain_text("Somebody else is signed in in this browser.")
    assert not Coding.objects.exists()
    complaints.clear()
