"""What the tests of the coding screen share: opening it, its keys, and what was submitted."""

import re
from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from annotator.models import Coding, Round

SignIn = Callable[..., BrowserContext]
NAMES = ["Model usage", "Output quality", "Environment"]
SAVED = re.compile(r"Saved \d\d:\d\d")


def screen(context: BrowserContext, round: Round, query: str = "") -> Page:
    page = context.new_page()
    page.goto(f"/studies/{round.study.slug}/code/{round.number}/{query}")
    expect(page.locator("html[data-ready=coding]")).to_be_attached()
    return page


def title(page: Page, text: str) -> None:
    expect(page.locator("#title")).to_have_text(text)


def status(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator(".saved")).to_have_text(text)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def said(round: Round) -> list[tuple[str, str, set[str]]]:
    """What rater_a submitted, in the order of the round: last revisions only."""
    last = {
        row.assignment_id: row
        for row in Coding.objects.filter(assignment__member__alias="rater-1").order_by("revision")
    }
    rows = sorted(last.values(), key=lambda row: row.assignment.position)
    return [
        (row.assignment.round_issue.issue.title, row.outcome, {code.name for code in row.codes.all()}) for row in rows
    ]


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]
