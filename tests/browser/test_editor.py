"""The editor of a draft in Chromium: by keys alone, by the mouse, with two leads, and axe clean."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from studies.models import Study
from taxonomy.models import Code, Version
from taxonomy.queries import tree
from taxonomy.services.editing import add_code, create_taxonomy, edit_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[..., BrowserContext]


@pytest.fixture
def draft(study: Study, lead: Any) -> Version:
    draft = create_taxonomy(study=study, name="Reuse", by=lead)
    for name in ("Input", "Output", "Memory"):
        add_code(version=draft, name=name, definition=f"What {name} means.", by=lead)
    return draft


def outline(draft: Version) -> list[str]:
    return [f"{node.number} {node.code.name}" for node in tree(draft)]


def editor(context: BrowserContext, draft: Version) -> Page:
    page = context.new_page()
    page.goto(f"/studies/{draft.taxonomy.study.slug}/taxonomy/{draft.taxonomy_id}/draft/")
    expect(page.locator("html[data-ready=taxonomy]")).to_be_attached()
    return page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def told(page: Page, text: str) -> None:
    expect(page.locator("[data-told]")).to_contain_text(text)


def item(page: Page, name: str) -> Any:
    return page.locator(".tree a", has_text=name)


def test_draft_is_edited_by_keys_alone(draft: Version, lead: Any, sign_in: SignIn) -> None:
    page = editor(sign_in(lead), draft)
    item(page, "Input").focus()
    press(page, "End", "+")
    page.keyboard.type("Wrong device")
    press(page, "Enter")
    told(page, "“Wrong device” was added.")
    expect(item(page, "Wrong device")).to_be_focused()
    press(page, "Alt+Shift+ArrowRight")
    told(page, "“Wrong device” was moved.")
    expect(item(page, "Wrong device")).to_be_focused()
    assert outline(draft) == ["1 Input", "2 Output", "3 Memory", "3.1 Wrong device"]
    press(page, "F2")
    page.keyboard.type("output")
    press(page, "Enter")
    told(page, "“Wrong device” is “output” now.")
    press(page, "Alt+Shift+ArrowLeft")
    told(page, "There is a code “output” at the top already.")
    press(page, "Control+x")
    told(page, "“output” is taken up.")
    press(page, "i", "Control+Shift+V")
    told(page, "“output” was moved.")
    assert outline(draft) == ["1 Input", "1.1 output", "2 Output", "3 Memory"]
    press(page, "Delete")
    told(page, "“output” was removed from the draft.")
    press(page, "Control+z")
    told(page, "Taken back: “output” was removed.")
    page.reload()
    expect(page.locator("html[data-ready=taxonomy]")).to_be_attached()
    item(page, "Memory").focus()
    press(page, "Control+z")
    told(page, "Taken back: “output” was moved.")
    assert outline(draft) == ["1 Input", "2 Output", "3 Memory", "3.1 output"]
    press(page, "ArrowLeft")
    expect(item(page, "Memory")).to_have_attribute("aria-expanded", "false")
    press(page, "/")
    page.keyboard.type("OUTPUT")
    expect(item(page, "output")).to_have_count(2)
    expect(item(page, "Input")).to_be_hidden()
    press(page, "Enter", "Enter")
    expect(page.locator("#panel h2")).to_have_text("2 Output")
    expect(page.locator("#panel h2")).to_be_focused()
    press(page, "Tab")
    page.keyboard.type("Output quality")
    press(page, "Enter")
    told(page, "“Output quality” is kept in the draft.")
    assert Code.objects.get(name="Output quality").version == draft


def test_name_that_cannot_be_stays_in_its_field_with_the_reason(draft: Version, lead: Any, sign_in: SignIn) -> None:
    page = editor(sign_in(lead), draft)
    field = page.locator(".name-field input")
    item(page, "Input").focus()
    press(page, "F2")
    field.fill("memory")
    press(page, "Enter")
    expect(page.locator(".name-field .error-text")).to_contain_text("There is a code “memory” at the top already.")
    expect(field).to_have_value("memory")
    edit_code(code=draft.codes.get(name="Input"), name="Input format", by=lead)
    field.fill("Inputs")
    press(page, "Enter")
    expect(page.locator(".name-field .error-text")).to_contain_text("was changed by someone else while you wrote")
    expect(field).to_have_value("Inputs")
    press(page, "Enter")
    told(page, "“Input format” is “Inputs” now.")
    item(page, "Inputs").focus()
    press(page, "F2", "Escape")
    expect(item(page, "Inputs")).to_be_focused()
    press(page, "+", "Enter")
    expect(page.locator(".name-field .error-text")).to_be_visible()
    press(page, "Escape")
    assert outline(draft) == ["1 Inputs", "2 Output", "3 Memory"]


def test_code_is_dragged_and_what_is_typed_beside_it_stays(draft: Version, lead: Any, sign_in: SignIn) -> None:
    page = editor(sign_in(lead), draft)
    item(page, "Output").click()
    page.get_by_label("Definition").fill("Half a thought.")
    item(page, "Memory").drag_to(item(page, "Input"))
    told(page, "“Memory” was moved.")
    assert outline(draft) == ["1 Input", "1.1 Memory", "2 Output"]
    item(page, "Output").drag_to(item(page, "Input"), target_position={"x": 60, "y": 3})
    told(page, "“Output” was moved.")
    assert outline(draft) == ["1 Output", "2 Input", "2.1 Memory"]
    expect(page.get_by_label("Definition")).to_have_value("Half a thought.")
    page.get_by_role("button", name="Keep in the draft").last.click()
    told(page, "“Output” is kept in the draft.")
    page.get_by_role("button", name="Undo").click()
    told(page, "Taken back: “Output” was changed.")
    expect(page.get_by_label("Definition")).to_have_value("What Output means.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_editor_is_axe_clean_and_whole_on_a_phone(draft: Version, lead: Any, sign_in: SignIn, scheme: str) -> None:
    edit_code(code=draft.codes.get(name="Memory"), parent=draft.codes.get(name="Input"), key="y", by=lead)
    page = editor(sign_in(lead, color_scheme=scheme), draft)
    item(page, "Memory").click()
    expect(page.locator("#panel h2")).to_have_text("1.1 Memory")
    for summary in page.locator("#editor summary").all():
        summary.click()
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
