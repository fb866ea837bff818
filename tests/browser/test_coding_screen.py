"""The coding screen in Chromium: by keys alone, on a phone, offline, in two tabs. Nothing that was typed is lost."""

import re
from typing import Any

import pytest
from django.db.models import QuerySet
from playwright.sync_api import expect

from annotator.models import Assignment, Coding, Draft
from annotator.queries.codings import answer_of
from annotator.services.coding import save_draft
from taxonomy.models import Code
from tests.browser.screen import NAMES, SAVED, SignIn, press, said, screen, status, title, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_whole_round_by_keys_alone(make_round: Any, sign_in: SignIn, rater_a: Any) -> None:
    round = make_round(20)
    page = screen(sign_in(rater_a), round)
    requests: list[str] = []
    page.on("request", lambda request: request.is_navigation_request() and requests.append(request.url))

    title(page, "Problem 1")
    press(page, "j")
    expect(page.locator(".comment.current")).to_contain_text("A first thought.")
    press(page, "j", "k")
    expect(page.locator(".comment.current")).to_contain_text("A first thought.")
    press(page, "1", "3", "m")
    page.keyboard.type("12 / 0 s f j")
    press(page, "Escape", "Enter")

    title(page, "Problem 2")
    press(page, "0", "f", "Enter")
    title(page, "Problem 3")
    press(page, "/")
    page.keyboard.type("qual")
    press(page, "Enter", "Enter")
    title(page, "Problem 4")
    press(page, "u", "Enter")
    title(page, "Problem 5")
    press(page, "s")
    page.keyboard.type("not English")
    press(page, "Enter")
    title(page, "Problem 6")
    press(page, "ArrowDown", "ArrowDown", "Space", "Enter")
    title(page, "Problem 7")
    press(page, "1", "0", "2", "2", "Enter")
    expect(page.get_by_role("alert")).to_have_text(
        "Choose at least one code, or “none of these” (0). Nothing was submitted."
    )
    press(page, "2", "Backspace")
    title(page, "Problem 6")
    press(page, "2", "1", "Enter")
    title(page, "Problem 7")
    expect(page.get_by_label("Output quality")).to_be_checked()
    press(page, "[")
    title(page, "Problem 6")
    press(page, "]", "Enter")
    title(page, "Problem 8")
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    press(page, "Escape")
    expect(page.locator(".coded")).to_contain_text("7 of 20")
    assert requests == []

    for number in range(8, 20):
        press(page, "1", "Enter")
        title(page, f"Problem {number + 1}")
    assert requests == []
    press(page, "1", "Enter")
    expect(page.get_by_role("heading", name="You have coded all 20 issues of round 1")).to_be_visible()
    assert said(round) == [
        ("Problem 1", "coded", {"Model usage", "Environment"}),
        ("Problem 2", "none", set()),
        ("Problem 3", "coded", {"Output quality"}),
        ("Problem 4", "unclear", set()),
        ("Problem 5", "skipped", set()),
        ("Problem 6", "coded", {"Model usage"}),
        ("Problem 7", "coded", {"Output quality"}),
        *((f"Problem {number}", "coded", {"Model usage"}) for number in range(8, 21)),
    ]
    first = Coding.objects.get(assignment__round_issue__issue__title="Problem 1")
    assert (first.memo, first.flagged) == ("12 / 0 s f j", False)
    assert Coding.objects.get(assignment__round_issue__issue__title="Problem 2").flagged
    assert Coding.objects.filter(assignment__round_issue__issue__title="Problem 6").count() == 2
    assert not Draft.objects.exists()


def test_draft_survives_closing_the_browser(make_round: Any, sign_in: SignIn, rater_a: Any) -> None:
    round = make_round(2)
    context = sign_in(rater_a)
    page = screen(context, round)
    press(page, "2", "m")
    page.keyboard.type("half a thought")
    status(page, SAVED)
    context.close()

    page = screen(sign_in(rater_a), round)
    title(page, "Problem 1")
    expect(page.get_by_label("Output quality")).to_be_checked()
    expect(page.get_by_label("Memo")).to_have_value("half a thought")


def test_what_was_typed_in_the_last_moment_survives_on_this_computer(
    make_round: Any, sign_in: SignIn, rater_a: Any
) -> None:
    round = make_round(2)
    page = screen(sign_in(rater_a), round)
    press(page, "2", "m")
    page.keyboard.type("last words")
    page.reload()
    expect(page.get_by_label("Memo")).to_have_value("last words")
    status(page, SAVED)
    assert Draft.objects.get().payload["memo"] == "last words"


def test_offline_submits_go_out_in_order_when_back(
    make_round: Any, sign_in: SignIn, rater_a: Any, complaints: list[str]
) -> None:
    round = make_round(4)
    context = sign_in(rater_a)
    page = screen(context, round)
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    press(page, "1", "Enter")
    title(page, "Problem 2")
    status(page, "Offline, 1 kept on this computer")
    press(page, "0", "Enter")
    title(page, "Problem 3")
    status(page, "Offline, 2 kept on this computer")
    assert not Coding.objects.exists()
    context.set_offline(False)
    status(page, SAVED)
    assert said(round) == [("Problem 1", "coded", {"Model usage"}), ("Problem 2", "none", set())]
    assert list(Coding.objects.order_by("pk").values_list("assignment__position", flat=True)) == [0, 1]
    complaints[:] = [line for line in complaints if "ERR_INTERNET_DISCONNECTED" not in line]


def test_submit_kept_on_this_computer_goes_out_after_a_restart(
    make_round: Any, sign_in: SignIn, rater_a: Any, complaints: list[str]
) -> None:
    round = make_round(3)
    context = sign_in(rater_a)
    page = screen(context, round)
    page.route("**/submit/", lambda route: route.abort())
    press(page, "3", "Enter")
    status(page, "Offline, 1 kept on this computer")
    page.close()
    page = screen(context, round)
    status(page, SAVED)
    assert said(round) == [("Problem 1", "coded", {"Environment"})]
    complaints.clear()


def test_lost_answer_of_the_server_makes_no_second_coding(
    make_round: Any, sign_in: SignIn, rater_a: Any, complaints: list[str]
) -> None:
    round = make_round(3)
    page = screen(sign_in(rater_a), round)
    lost: list[str] = []

    def swallow(route: Any) -> None:
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    page.route("**/submit/", swallow, times=1)
    press(page, "1", "Enter")
    status(page, SAVED)
    assert len(lost) == 1
    assert said(round) == [("Problem 1", "coded", {"Model usage"})]
    assert Coding.objects.count() == 1
    complaints.clear()


def test_second_tab_is_told_and_both_texts_are_kept(
    make_round: Any, sign_in: SignIn, rater_a: Any, complaints: list[str]
) -> None:
    round = make_round(2)
    context = sign_in(rater_a)
    first, second = screen(context, round), screen(context, round)
    first.get_by_label("Memo").fill("from the first tab")
    status(first, SAVED)
    second.get_by_label("Memo").fill("from the second tab")
    dialog = second.get_by_role("dialog", name="Two tabs, two answers")
    expect(dialog).to_contain_text(re.compile(r"another tab kept a draft at \d\d:\d\d UTC"))
    expect(dialog).to_contain_text("from the first tab")
    expect(dialog).to_contain_text("from the second tab")
    assert Draft.objects.get().payload["memo"] == "from the first tab"
    dialog.get_by_role("button", name="Keep mine").click()
    status(second, SAVED)
    assert Draft.objects.get().payload["memo"] == "from the second tab"
    complaints.clear()


def test_submit_from_a_stale_tab_is_told(make_round: Any, sign_in: SignIn, rater_a: Any, complaints: list[str]) -> None:
    round = make_round(2)
    context = sign_in(rater_a)
    first, second = screen(context, round), screen(context, round)
    press(first, "1", "Enter")
    status(first, SAVED)
    press(second, "2", "Enter")
    dialog = second.get_by_role("dialog", name="Two tabs, two answers")
    expect(dialog).to_contain_text("another tab submitted it")
    expect(dialog).to_contain_text("Model usage")
    expect(dialog).to_contain_text("Output quality")
    assert said(round) == [("Problem 1", "coded", {"Model usage"})]
    dialog.get_by_role("button", name="Keep mine").click()
    status(second, SAVED)
    assert said(round) == [("Problem 1", "coded", {"Output quality"})]
    assert Coding.objects.count() == 2
    complaints.clear()


def test_one_code_round_takes_one(make_round: Any, sign_in: SignIn, rater_a: Any) -> None:
    round = make_round(2, several_codes=False)
    page = screen(sign_in(rater_a), round)
    press(page, "1", "2")
    expect(page.get_by_label("Model usage")).not_to_be_checked()
    press(page, "0")
    expect(page.get_by_label("Output quality")).not_to_be_checked()
    press(page, "0", "3", "Enter")
    title(page, "Problem 2")
    status(page, SAVED)
    assert said(round) == [("Problem 1", "coded", {"Environment"})]


def test_phone_codes_in_the_sheet(make_round: Any, sign_in: SignIn, rater_a: Any) -> None:
    round = make_round(2)
    page = screen(sign_in(rater_a, viewport={"width": 360, "height": 740}, has_touch=True), round)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.get_by_text("Output quality").first).not_to_be_visible()
    page.get_by_role("link", name="Codes", exact=True).click()
    page.locator(".palette-codes").get_by_text("Output quality", exact=True).click()
    page.get_by_role("button", name="Submit and next").click()
    title(page, "Problem 2")
    expect(page.get_by_label("Memo")).not_to_be_visible()
    status(page, SAVED)
    assert said(round) == [("Problem 1", "coded", {"Output quality"})]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_stands_in_the_way(make_round: Any, sign_in: SignIn, rater_a: Any, theme: Any, width: int) -> None:
    round = make_round(2)
    page = screen(sign_in(rater_a, color_scheme=theme, viewport={"width": width, "height": 800}), round)
    press(page, "1")
    assert violations(page) == []
    press(page, "?")
    assert violations(page) == []


def test_works_without_scripts(make_round: Any, sign_in: SignIn, rater_a: Any, complaints: list[str]) -> None:
    round = make_round(2)
    page = sign_in(rater_a, java_script_enabled=False).new_page()
    page.goto(f"/studies/{round.study.slug}/code/{round.number}/")
    page.get_by_label("Model usage").check()
    page.get_by_role("button", name="Submit and next").click()
    title(page, "Problem 2")
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_text("Say in the memo why you skip this issue.")).to_be_visible()
    page.get_by_label("Memo").fill("not English")
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_role("heading", name="You have coded all 2 issues of round 1")).to_be_visible()
    assert said(round) == [("Problem 1", "coded", {"Model usage"}), ("Problem 2", "skipped", set())]
    assert ["409 (Conflict)" in line for line in complaints] == [True]
    complaints.clear()


def test_an_earlier_draft_is_shown_again(make_round: Any, sign_in: SignIn, rater_a: Any) -> None:
    round = make_round(2)
    second = Assignment.objects.get(member__user=rater_a, position=1)
    payload = {"outcome": "none", "codes": [], "memo": "from before", "confidence": "high", "flagged": True}
    save_draft(assignment=second, payload=payload, version=0, by=rater_a)
    page = screen(sign_in(rater_a), round)
    press(page, "]")
    title(page, "Problem 2")
    expect(page.get_by_label("None of these")).to_be_checked()
    expect(page.get_by_label("high")).to_be_checked()
    press(page, "Enter")
    title(page, "Problem 1")
    status(page, SAVED)
    assert answer_of(Coding.objects.get()) == payload


def test_own_key_of_a_code_and_a_group_of_which_one_is_chosen(
    make_round: Any, rater_a: Any, lead: Any, sign_in: SignIn
) -> None:
    round = make_round(2)
    codes = Code.objects.filter(version=round.version)  # of a published version, so past its guard
    QuerySet.update(codes.filter(name="Environment"), key="y")
    QuerySet.update(codes.filter(name__in=NAMES[:2]), exclusive_group="where it shows")
    page = screen(sign_in(rater_a), round)
    chosen = page.locator("[data-chosen] li")
    press(page, "1", "y")
    expect(chosen).to_have_text(["Model usage", "Environment"])
    press(page, "2")
    expect(chosen).to_have_text(["Output quality", "Environment"])
    press(page, "3", "u")
    expect(chosen).to_have_text(["Unclear"])
    press(page, "y", "/")
    page.keyboard.type("y")
    press(page, "Escape", "Enter")
    title(page, "Problem 2")
    status(page, SAVED)
    assert said(round) == [("Problem 1", "coded", {"Environment"})]
