"""A crosswalk mapped by keyboard alone, in both themes and on a phone, without a complaint of axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from taxonomy.crosswalks import get_crosswalk, open_for_all
from taxonomy.exchange.shelf import take
from taxonomy.services.crosswalks import begin_crosswalk
from taxonomy.services.published import add_published
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def crosswalk(study, members, lead):
    ours = factories.taxonomy(study, by=lead)
    book = take("zhang2018")
    theirs = add_published(study=study, name=book.name, citation=book.citation, codes=book.codes, by=lead)
    return begin_crosswalk(left=ours, right=theirs, mappers=[members["rater_a"]], by=lead)


def complaints_of(page):
    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_codes_are_mapped_by_keyboard_alone(study, crosswalk, rater_a, sign_in):
    page = sign_in(rater_a, viewport={"width": 1280, "height": 900}, reduced_motion="reduce").new_page()
    whole = f"/studies/{study.slug}/taxonomy/crosswalks/{crosswalk.pk}/"
    page.goto(whole)
    page.get_by_role("link", name="Map 3 codes").focus()
    press(page, "Enter")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("1 Loading")
    focused = page.locator(":focus")
    expect(focused).to_have_accessible_name("1 Root cause")
    press(page, "ArrowDown", "ArrowDown", "2", "r")
    page.keyboard.type("Both are 3 of shape")  # digits and letters are text here
    press(page, "Escape", "ArrowDown", "5", "5")  # taken away again
    expect(page.get_by_role("status").last).to_have_text("close: 1.2 Unaligned Tensor")
    assert complaints_of(page) == []
    press(page, "Enter")
    expect(heading).to_have_text("2 Output")
    expect(focused).to_have_accessible_name("1 Root cause")
    press(page, "1", "0")
    expect(page.get_by_role("status").last).to_have_text("no counterpart")
    page.keyboard.type("Not about output")
    press(page, "Escape", "j")  # saves what changed
    expect(heading).to_have_text("3 Memory")
    expect(focused).to_have_accessible_name("1 Root cause")
    press(page, "/")
    page.keyboard.type("low eff")
    press(page, "Enter")
    expect(focused).to_have_accessible_name("2.2 Low Effectiveness")
    press(page, "ArrowDown", "3", "k")
    expect(heading).to_have_text("2 Output")
    expect(page.get_by_label("Why no counterpart")).to_have_value("Not about output")
    page.goto(whole)
    page.get_by_role("button", name="I am done with all 3 codes").focus()
    press(page, "Enter")
    expect(page.get_by_text("done", exact=False).first).to_be_visible()
    found = open_for_all(get_crosswalk(study, crosswalk.pk))
    names = {node.code.uid: node.code.name for node in found.right} | {None: None}
    assert found.is_complete
    assert [[(names[link.right], link.relation, link.reason) for link in case.result] for case in found.cases] == [
        [("Unaligned Tensor", "close", "Both are 3 of shape")],
        [(None, "none", "Not about output")],
        [("Low Efficiency", "broader", "")],
    ]
    for path in (whole, f"{whole}?open=all", f"/studies/{study.slug}/findings/crosswalks/{crosswalk.pk}/"):
        page.goto(path)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert complaints_of(page) == []


def test_everything_fits_on_a_phone_in_the_dark(study, crosswalk, rater_a, sign_in):
    page = sign_in(rater_a, viewport={"width": 360, "height": 740}, color_scheme="dark").new_page()
    for path in (
        f"taxonomy/crosswalks/{crosswalk.pk}/codes/{crosswalk.left.codes.first().uid}/",
        f"taxonomy/crosswalks/{crosswalk.pk}/",
        f"findings/crosswalks/{crosswalk.pk}/",
        "taxonomy/crosswalks/",
    ):
        page.goto(f"/studies/{study.slug}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert complaints_of(page) == []
