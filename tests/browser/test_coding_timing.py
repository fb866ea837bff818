"""Time on task in Chromium: counted while one works, paused when nothing happens, sent with the submit."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from annotator.models import Coding, Round
from studies.models import Study
from tests.browser.screen import SAVED, SignIn, press, status, title

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_seconds_of_work_are_counted_and_sent(make_round: Any, sign_in: SignIn, rater_a: Any) -> None:
    round = make_round(3)
    Study.objects.update(times_coding=True)
    Round.objects.update(started_at=timezone.now() - timedelta(days=1))
    context = sign_in(rater_a)
    page = context.new_page()
    page.clock.install()
    page.goto(f"/studies/{round.study.slug}/code/{round.number}/")
    expect(page.locator("html[data-ready=coding]")).to_be_attached()
    page.mouse.move(300, 300)
    page.clock.run_for(20_000)
    press(page, "j")
    page.clock.run_for(300_000)
    shown = page.locator("[data-timed]").text_content() or ""
    minutes, seconds = map(int, shown.split(":"))
    assert 75 <= 60 * minutes + seconds <= 85
    press(page, "1", "Enter")
    title(page, "Problem 2")
    page.clock.run_for(3_000)
    status(page, SAVED)
    assert 75 <= (Coding.objects.get().active_seconds or 0) <= 85
    assert (page.locator("[data-timed]").text_content() or "").startswith("0:0")
