"""Codings from elsewhere in a browser: only the fields of the chosen form are shown, and nothing runs over the edge."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from annotator.models import CodingImport
from jobs.services import run
from tests.annotator.importing.brought import sheet

PAIRS = [
    ("Link", "Conflict", "Evaluator1", "Tag1", "Evaluator2", "Tag2", "Final Tag"),
    ("https://stackoverflow.com/questions/47267612", "1", "E1", "wrong shape", "E5", "generic", "wrong shape"),
    ("https://github.com/espnet/espnet/commit/869bcb69", "0", "E1", "generic", "E5", "generic", "generic"),
]


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
def test_a_file_becomes_a_round(sign_in, study, lead, tmp_path, width, scheme):
    (tmp_path / "pilot.csv").write_bytes(sheet(PAIRS))
    page = sign_in(lead, viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    page.goto(reverse("coding_imports", args=[study.slug]))
    page.get_by_label("File of codings").set_input_files(tmp_path / "pilot.csv")
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_role("heading", name="Columns of pilot.csv")).to_be_visible()
    expect(page.get_by_label("Codes of rater 2")).to_have_value("Tag2")
    expect(page.get_by_label("Who coded all of it")).to_be_hidden()
    fits(page)
    page.get_by_label("a row for each issue and rater").check()
    expect(page.get_by_label("Codes of rater 2")).to_be_hidden()
    expect(page.get_by_label("Who coded all of it")).to_be_visible()
    page.get_by_label("a row for each issue, with pairs").check()
    page.get_by_role("button", name="Try these columns").click()
    expect(page.get_by_role("heading", name="Trial of pilot.csv")).to_be_visible()
    run(CodingImport.objects.get().job_id)
    page.get_by_role("button", name="Import 4 codings of 2 issues").click()
    expect(page.get_by_role("heading", name="Codings of pilot.csv")).to_be_visible()
    run(CodingImport.objects.latest("pk").job_id)
    page.get_by_role("link", name="Open round 1").click()
    expect(page.get_by_text("2, 1 marked as conflicts")).to_be_visible()
    fits(page)
    page.goto(reverse("agreement", args=[study.slug]))
    expect(page.get_by_text("Codings imported from pilot.csv")).to_be_visible()
    fits(page)
