"""A pool in Chromium: two raters at once, by keys, with what comes next fetched ahead."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from annotator.models import Assignment, Coding, Each, Round
from annotator.services.dealing import Design
from annotator.services.phases import start_round
from annotator.services.rounds import draft_round
from studies.models import Membership, Study
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[..., BrowserContext]


@pytest.fixture
def pool(study: Study, members: dict[str, Membership], lead: Any) -> Round:
    repository = factories.repository(study)
    for number in range(1, 5):
        factories.issue(repository, number=number)
    version, raters = factories.taxonomy(study, by=lead), [members["rater_a"], members["rater_b"]]
    design = Design(Each.POOL, 1)
    return start_round(
        round=draft_round(study=study, version=version, raters=raters, size=4, seed=1, design=design, by=lead), by=lead
    )


def opened(page: Page, round: Round) -> Page:
    page.goto(f"/studies/{round.study.slug}/code/{round.number}/")
    expect(page.locator("html[data-ready=coding]")).to_be_attached()
    return page


def none_and_next(page: Page) -> None:
    page.keyboard.press("0")
    page.keyboard.press("Enter")


def test_two_raters_share_a_pool_and_one_hands_back(pool: Round, sign_in: SignIn, rater_a: Any, rater_b: Any) -> None:
    first, second = opened(sign_in(rater_a).new_page(), pool), opened(sign_in(rater_b).new_page(), pool)
    second.get_by_role("button", name="Hand back").click()
    expect(second.locator("html[data-ready=coding]")).to_be_attached()
    none_and_next(first)
    expect(first.locator("[data-done]")).to_have_text("1")
    for page in (first, second):
        while not page.get_by_role("heading", name="Nothing is open to you in round 1").is_visible():
            none_and_next(page)
            page.wait_for_timeout(300)
    coded = Coding.objects.filter(revision=1)
    assert coded.count() == len({each.assignment.round_issue_id for each in coded}) == 4
    assert Assignment.objects.filter(reserved_until=None).count() == 1
