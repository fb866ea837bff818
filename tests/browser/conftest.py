"""Chromium for the browser tests, and pages that fail the test on any error in the console."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from annotator.models import Round
from studies.models import Membership, Study
from tests import factories
from tests.browser.screen import NAMES

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture(scope="session", autouse=True)
def chart_library() -> None:
    """The charts' script, which the start command makes once from an installed package."""
    call_command("build_chart_library")


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: script errors, blocked content, failed loads. Empty at the end.

    A test that cuts the connection itself clears it of what it caused."""
    return []


@pytest.fixture
def visitor(browser: Browser, live_server: Any, complaints: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """A browser context of somebody who has not signed in. At the end no page may have complained."""
    opened: list[BrowserContext] = []

    def enter(**options: Any) -> BrowserContext:
        context = browser.new_context(base_url=live_server.url, **options)
        context.on("page", lambda page: listen(page, complaints))
        opened.append(context)
        return context

    yield enter
    told = list(complaints)
    for context in opened:
        settle(context)
    assert told == []


@pytest.fixture
def sign_in(visitor: Callable[..., BrowserContext], live_server: Any) -> Callable[..., BrowserContext]:
    """A browser context in which a person is signed in."""

    def enter(user: Any, **options: Any) -> BrowserContext:
        client = Client()
        client.force_login(user)
        context = visitor(**options)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        return context

    return enter


def settle(context: BrowserContext) -> None:
    """Let requests end before the database goes away; what pages send when they close stays in the browser."""
    for page in context.pages:
        page.wait_for_load_state("networkidle")
    if context.pages:
        context.set_offline(True)
    context.close()


def listen(page: Page, complaints: list[str]) -> None:
    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.text} ({message.location.get('url', '')})")

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))


@pytest.fixture
def make_round(study: Study, members: dict[str, Membership], lead: Any) -> Callable[..., Round]:
    def make(count: int = 8, **fields: Any) -> Round:
        version = factories.taxonomy(study, NAMES, by=lead)
        repository = factories.repository(study)
        issues = [factories.issue(repository, number=900 + n, title=f"Problem {n}") for n in range(1, count + 1)]
        factories.comment(issues[0], "A first thought.")
        factories.comment(issues[0], "A second thought.")
        return factories.round_of(version, issues, [members["rater_a"], members["rater_b"]], **fields)

    return make
