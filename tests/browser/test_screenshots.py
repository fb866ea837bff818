"""The pictures in the documents, taken from the demonstration study: `./test -- -k screenshots` renews them."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import call_command
from PIL import Image, ImageStat
from playwright.sync_api import BrowserContext, expect

from annotator.models import Round
from annotator.states import Phase
from studies.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
SIZE = {"width": 1280, "height": 800}
TITLE = "q4 file breaks JSON replies that the original gets right"


def test_coding_screen(sign_in: Callable[..., BrowserContext]) -> None:
    call_command("make_demo")
    running = Round.objects.get(phase=Phase.INDEPENDENT)
    given = running.round_issues.get(issue__title=TITLE).assignments.get(member__alias="rater-3")
    page = sign_in(User.objects.get(email="rater-3@example.org"), viewport=SIZE, color_scheme="light").new_page()
    page.goto(f"/studies/{running.study.slug}/code/{running.number}/?issue={given.pk}")
    expect(page.locator("html[data-ready=coding]")).to_be_attached()
    page.get_by_role("checkbox", name="Formats that do not fit").check()
    expect(page.locator(".saved")).to_contain_text("Saved")
    keep("coding.png", page.screenshot())


def keep(name: str, taken: bytes) -> None:
    """Write the picture where there is none or where it looks different now; a blank one is a fault."""
    picture = Image.open(BytesIO(taken)).convert("L")
    assert picture.size == (SIZE["width"], SIZE["height"])
    assert ImageStat.Stat(picture).stddev[0] > 10
    if not (IMAGES / name).exists():
        (IMAGES / name).write_bytes(taken)
