"""Open coding in Chromium, by keys alone: proposing a code while coding, and sorting the board."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from annotator.models import Coding, Proposal, Round
from annotator.queries.codings import proposals_in
from annotator.states import Kind, Phase
from studies.models import Membership, Study
from taxonomy.services.versions import start_draft
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[..., BrowserContext]


@pytest.fixture
def make_round(study: Study, members: dict[str, Membership], lead: Any) -> Callable[..., Round]:
    def make(**fields: Any) -> Round:
        version = factories.taxonomy(study, ["Model usage", "Output quality"], by=lead)
        repository = factories.repository(study)
        issues = [factories.issue(repository, number=900 + n, title=f"Problem {n}") for n in (1, 2)]
        raters = [members["rater_a"], members["rater_b"]]
        return factories.round_of(version, issues, raters, kind=Kind.OPEN, allows_proposals=True, **fields)

    return make


def is_clean(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_code_is_proposed_by_keys_and_used_on_the_next_issue(
    make_round: Any, sign_in: SignIn, rater_a: Any, complaints: list[str]
) -> None:
    round = make_round()
    page = sign_in(rater_a).new_page()
    page.goto(f"/studies/{round.study.slug}/code/{round.number}/")
    expect(page.locator("html[data-ready=coding]")).to_be_attached()
    page.locator("#issue strong").select_text()
    press(page, "n")
    expect(page.get_by_label("Quote from the issue")).to_have_value("fails")
    page.keyboard.type("Output qualities")
    press(page, "Tab")
    page.keyboard.type("How it reads.")
    is_clean(page)
    page.get_by_label("Name").press("Enter")
    expect(page.locator("[data-why]")).to_contain_text("“Output quality” (")
    assert ["409 (Conflict)" in each for each in complaints] == [True]  # the near name, refused as it should be
    complaints.clear()
    page.get_by_role("button", name="It is something else").press("Enter")
    expect(page.get_by_label("Output qualities")).to_be_checked()
    expect(page.locator(".definition")).to_contain_text("How it reads.")
    is_clean(page)
    press(page, "Enter")
    expect(page.locator("#title")).to_have_text("Problem 2")
    expect(page.get_by_label("Output qualities")).not_to_be_checked()
    press(page, "/")
    page.keyboard.type("qualities")
    press(page, "Enter", "1", "Enter")
    page.wait_for_url(lambda url: "issue=" not in url)
    made = Proposal.objects.get()
    assert (made.name, made.sentence, made.quote) == ("Output qualities", "How it reads.", "fails")
    said = [(proposals_in(row), {code.name for code in row.codes.all()}) for row in Coding.objects.order_by("pk")]
    assert said == [([made], set()), ([made], {"Model usage"})]


def test_the_board_by_keys_alone(make_round: Any, sign_in: SignIn, lead: Any, members: Any) -> None:
    round = make_round(phase=Phase.DISCUSSION)
    draft = start_draft(taxonomy=round.version.taxonomy, by=lead)
    drawn = list(round.round_issues.order_by("position"))
    for issue, member, name in (
        (drawn[0], "rater_a", "Prompt format"), (drawn[1], "rater_a", "Licences"), (drawn[0], "rater_b", "Asking"),
    ):  # fmt: skip
        factories.proposal(issue, members[member], name, sentence=f"What {name} is.", quote="It fails.")
    page = sign_in(lead).new_page()
    page.goto(f"/studies/{round.study.slug}/rounds/{round.number}/board/")
    expect(page.locator("html[data-ready=board]")).to_be_attached()
    is_clean(page)
    page.get_by_role("button", name="Move Asking").focus()
    press(page, "Space", "ArrowRight", "Escape")
    expect(page.locator("[data-told]")).to_have_text("Asking stays where it was.")
    press(page, "Space", "ArrowRight")
    expect(page.locator("[data-target]")).to_contain_text("Prompt format")
    press(page, "Space")
    expect(page.locator(".board-card").first).to_contain_text("2 proposals")
    expect(page.get_by_role("button", name="Move Prompt format")).to_be_focused()
    page.get_by_label("Name of the group").fill("Prompting")
    page.get_by_label("Name of the group").press("Enter")
    expect(page.get_by_role("heading", name="Prompting")).to_be_visible()
    page.get_by_role("link", name="Decide on Prompting").press("Enter")
    expect(page.get_by_label("Definition")).to_have_value("What Prompt format is.\nWhat Asking is.")
    is_clean(page)
    page.get_by_role("button", name="Accept as a new code").press("Enter")
    expect(page.locator(".messages")).to_contain_text("“Prompting” is in the draft.")
    is_clean(page)
    code = draft.codes.get(name="Prompting")
    assert {row.name for row in Proposal.objects.filter(became=code.uid)} == {"Prompt format", "Asking"}


def test_a_card_is_dragged_onto_another(make_round: Any, sign_in: SignIn, lead: Any, members: Any) -> None:
    round = make_round(phase=Phase.DISCUSSION)
    for name in ("Prompt format", "Licences"):
        factories.proposal(round.round_issues.first(), members["rater_a"], name)
    page = sign_in(lead, viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"/studies/{round.study.slug}/rounds/{round.number}/board/")
    expect(page.locator("html[data-ready=board]")).to_be_attached()
    page.get_by_role("heading", name="Licences").drag_to(page.get_by_role("heading", name="Prompt format"))
    expect(page.locator(".board-card")).to_have_count(1)
    assert Proposal.objects.filter(group__name="Prompt format").count() == 2
