"""Marking words of an issue in Chromium: by mouse over emoji and code, by keys alone, kept through a reload."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from annotator.models import Coding, Draft, Evidence, Round
from corpus.markdown import render
from corpus.models import Issue, Part, Revision
from studies.models import Membership, Study
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[..., BrowserContext]
FAMILY = "👩‍👩‍👧‍👦"
BODY = f"""Since 🐛 2.1 it **fails** {FAMILY} &amp; stops. Then it hangs.

| run | ends |
|---|---|
| 1 | no {FAMILY} |

```python
load("🐛")
run()
```
""".replace("\n", "\r\n")
SAVED = re.compile(r"Saved \d\d:\d\d")


@pytest.fixture
def round(study: Study, members: dict[str, Membership], lead: Any) -> Round:
    version = factories.taxonomy(study, ["Model usage", "Output quality", "Environment"], by=lead)
    issue = factories.issue(factories.repository(study), number=900, title="Problem 🐛 1", body=BODY)
    factories.comment(issue, "Same *here*, since yesterday.")
    return factories.round_of(version, [issue], [members["rater_a"]])


def screen(context: BrowserContext, round: Round) -> Page:
    page = context.new_page()
    page.goto(f"/studies/{round.study.slug}/code/{round.number}/?issue={round.round_issues.get().assignments.get().pk}")
    expect(page.locator("html[data-ready=coding]")).to_be_attached()
    return page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def drag(page: Page, selector: str, first: str, last: str) -> None:
    """Select with the mouse from before `first` to behind `last`, within the text nodes of what the selector finds."""
    points = page.locator(selector).first.evaluate(
        """(root, [first, last]) => {
          const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
          const nodes = [];
          while (walker.nextNode()) nodes.push(walker.currentNode);
          const box = (words, at) => {
            const node = nodes.find((one) => one.data.includes(words));
            const range = document.createRange();
            const from = node.data.indexOf(words);
            range.setStart(node, from);
            range.setEnd(node, from + words.length);
            const rect = [...range.getClientRects()].at(at);
            return at ? [rect.right - 1, rect.top + rect.height / 2] : [rect.left + 1, rect.top + rect.height / 2];
          };
          return [box(first, 0), box(last, -1)];
        }""",
        [first, last],
    )
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=5)
    page.mouse.up()


def quotes(page: Page, code: str = "") -> list[str]:
    where = page.locator(
        f"li[data-code]:has(> label:has-text('{code}')) > .quotes" if code else ".general-quotes .quotes"
    )
    return where.locator(".quote").all_text_contents()


def painted(page: Page) -> dict[str, list[str]]:
    """The words that the browser highlights, by the highlight's name."""
    return page.evaluate("Object.fromEntries([...CSS.highlights].map(([name, all]) => [name, [...all].map(String)]))")


def kept() -> list[tuple[str, str, set[str]]]:
    return [(row.part, row.exact, {code.name for code in row.codes.all()}) for row in Evidence.objects.order_by("pk")]


def is_clean(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def test_marks_by_mouse_over_emoji_and_code_are_kept_and_submitted_exactly(
    round: Round, sign_in: SignIn, rater_a: Any
) -> None:
    page = screen(sign_in(rater_a, viewport={"width": 1440, "height": 900}), round)
    drag(page, "#issue [data-part=body]", "🐛 2.1", " & stops")
    press(page, "1", "3")
    expect(page.get_by_role("checkbox", name="Model usage")).to_be_checked()
    drag(page, "#issue [data-part=body] pre", "load", "run()")
    bar = page.get_by_role("toolbar", name="The words that are selected")
    expect(bar).to_be_visible()
    bar.get_by_label("Mark for another code").select_option(label="Output quality")
    is_clean(page)
    drag(page, "#issue [data-part=title]", "Problem", "Problem")
    bar.get_by_role("button", name="For the whole issue").click()
    long = f"🐛 2.1 it fails {FAMILY} & stops"
    expect(page.locator(".saved")).to_have_text(SAVED)
    assert (quotes(page, "Model usage"), quotes(page, "Environment")) == ([f"“{long}”"], [f"“{long}”"])
    assert quotes(page, "Output quality") == ['“load("🐛") run()”']
    assert quotes(page) == ["“Problem”"]
    assert painted(page) == {
        "colour-0": ["Problem"], "colour-1": [long], "colour-2": ['load("🐛")\nrun()'], "colour-3": [long],
    }  # fmt: skip

    page.reload()
    expect(page.locator("html[data-ready=coding]")).to_be_attached()
    assert quotes(page, "Environment") == [f"“{long}”"]
    page.locator(".quote", has_text="load").click()
    bar.get_by_role("button", name="Untie from Output quality").click()
    page.get_by_role("checkbox", name="Output quality").uncheck()
    page.get_by_role("button", name="Remove “Problem”").click()
    press(page, "Enter")
    page.wait_for_url(lambda url: "issue=" not in url)
    assert kept() == [("body", long, {"Model usage", "Environment"})]
    row, plain = Evidence.objects.get(), render(BODY).plain
    assert plain[row.start : row.end] == long


def test_marks_by_keys_alone(round: Round, sign_in: SignIn, rater_a: Any) -> None:
    page = screen(sign_in(rater_a), round)
    said = page.locator("[data-evidence-said]")
    press(page, "e")
    expect(page.locator(".saved")).to_contain_text("Select words of the issue first")
    press(page, "R", "ArrowDown")
    expect(said).to_have_text(f"Since 🐛 2.1 it fails {FAMILY} & stops.")
    press(page, "2")
    press(page, "ArrowDown", "Shift+ArrowLeft")
    expect(said).to_have_text("Then it hangs")
    press(page, "Shift+Alt+ArrowRight", "2")
    press(page, *["ArrowDown"] * 5)
    expect(said).to_have_text('load("🐛")')
    press(page, "Shift+ArrowDown", "E")
    expect(said).to_have_text('load("🐛")\nrun()')
    press(page, "Escape", "Enter")
    page.wait_for_url(lambda url: "issue=" not in url)
    assert kept() == [
        ("body", f"Since 🐛 2.1 it fails {FAMILY} & stops.", {"Output quality"}),
        ("body", "it hangs", {"Output quality"}),
        ("body", 'load("🐛")\nrun()', set()),
    ]
    assert not Draft.objects.exists()


def test_overlapping_marks_change_and_go_by_keys_at_the_list(round: Round, sign_in: SignIn, rater_a: Any) -> None:
    page = screen(sign_in(rater_a), round)
    press(page, "R", "ArrowDown", "1", "Shift+ArrowDown", "2")
    assert painted(page)["evidence-several"] == [f"Since 🐛 2.1 it fails {FAMILY} & stops."]
    press(page, "Shift+ArrowUp", "Shift+ArrowLeft", "Shift+ArrowLeft", "Escape")
    first = page.get_by_role("button", name=re.compile("^Quote for Model usage"))
    first.focus()
    press(page, "Enter", "2")  # the whole mark is selected again: a second code for it
    assert len(quotes(page, "Output quality")) == 2
    press(page, "2")
    assert len(quotes(page, "Output quality")) == 1
    first.focus()
    press(page, "Delete")
    expect(first).to_have_count(0)
    expect(page.get_by_role("checkbox", name="Model usage")).to_be_focused()
    press(page, "Enter")
    page.wait_for_url(lambda url: "issue=" not in url)
    assert kept() == [("body", f"Since 🐛 2.1 it fails {FAMILY} & stops. Then it hangs.", {"Output quality"})]
    assert {code.name for code in Coding.objects.get().codes.all()} == {"Model usage", "Output quality"}


def test_without_the_highlight_api_marks_are_elements(round: Round, sign_in: SignIn, rater_a: Any) -> None:
    context = sign_in(rater_a)
    context.add_init_script("delete window.Highlight")
    page = screen(context, round)
    press(page, "R", "ArrowDown", "1", "Shift+ArrowDown", "2")
    marked = page.locator("#issue mark.evidence")
    assert "".join(marked.all_text_contents()) == f"Since 🐛 2.1 it fails {FAMILY} & stops. Then it hangs."
    assert (
        "".join(page.locator("#issue mark.several").all_text_contents()) == f"Since 🐛 2.1 it fails {FAMILY} & stops."
    )
    assert page.locator("#issue [data-part=body]").text_content() == render(BODY).plain
    press(page, "Escape", "1", "2")
    expect(page.locator("#issue mark.evidence.colour-0")).not_to_have_count(0)
    press(page, "1", "2", "Enter")
    page.wait_for_url(lambda url: "issue=" not in url)
    assert [(exact[-5:], names) for _, exact, names in kept()] == [
        ("tops.", {"Model usage"}),
        ("angs.", {"Output quality"}),
    ]


def test_on_a_changed_issue_marks_move_with_their_words_or_are_detached(
    round: Round, sign_in: SignIn, rater_a: Any
) -> None:
    issue = round.round_issues.get().issue
    coding = factories.coding(round.round_issues.get().assignments.get(), ["Model usage"])
    factories.evidence(coding, f"fails {FAMILY}", ["Model usage"])
    factories.evidence(coding, "run()", ["Model usage"])
    Revision.objects.create(issue=issue, part=Part.BODY, text=issue.body, replaced_at=factories.NOW)
    changed = f"Edit: solved 🐛.\n\n{BODY}".replace("run()", "walk()")
    Issue.objects.filter(pk=issue.pk).update(body=factories.text(changed))
    page = screen(sign_in(rater_a), round)
    assert painted(page) == {"colour-1": [f"fails {FAMILY}"]}
    assert quotes(page, "Model usage") == [f"“fails {FAMILY}”", "“run()”the text has changed"]
    page.locator(".quote", has_text="run()").click()
    expect(page.locator(".saved")).to_contain_text("These words are gone from the text")
    page.locator("#issue").focus()
    press(page, "Enter")
    page.wait_for_url(lambda url: "issue=" not in url)
    again = Coding.objects.get(revision=2).evidence.order_by("exact")
    assert [(row.exact, row.text.markdown) for row in again] == [(f"fails {FAMILY}", changed), ("run()", BODY)]


def test_a_mark_in_what_is_not_shown_yet_is_brought_by_its_quote(
    study: Study, members: dict[str, Membership], lead: Any, sign_in: SignIn, rater_a: Any
) -> None:
    """Also in a comment so far down that the thread breaks off before it, and drawn once that is asked for."""
    version = factories.taxonomy(study, ["Model usage"], by=lead)
    long = "\n\n".join(f"Line {number} 🐛 of a long text, as logs are." for number in range(4000))
    issue = factories.issue(factories.repository(study), body=long)
    comments = [factories.comment(issue, f"Comment number {number}.") for number in range(60)]
    round = factories.round_of(version, [issue], [members["rater_a"]])
    coding = factories.coding(round.round_issues.get().assignments.get(), ["Model usage"])
    factories.evidence(coding, "Line 3999 🐛 of", ["Model usage"])
    factories.evidence(coding, "Line 0 🐛 of", ["Model usage"])
    factories.evidence(coding, "number 59", ["Model usage"], comment=comments[-1])
    page = screen(sign_in(rater_a), round)
    assert painted(page) == {"colour-1": ["Line 0 🐛 of"]}
    quote = page.locator(".quote", has_text="Line 3999")
    expect(quote).to_contain_text("not shown now")
    quote.click()
    expect(quote).not_to_contain_text("not shown now")
    assert painted(page) == {"colour-1": ["Line 0 🐛 of", "Line 3999 🐛 of"]}
    assert page.evaluate("String(getSelection())") == "Line 3999 🐛 of"
    page.locator(".quote", has_text="number 59").click()
    expect(page.locator(".saved")).to_contain_text("Show more of the comments")
    while page.locator("[data-rest-of-thread]").count():
        before = page.locator(".comment").count()
        page.locator("[data-rest-of-thread] a").click()
        expect(page.locator(".comment").nth(before)).to_be_attached()
    expect(page.locator(".quote", has_text="number 59")).not_to_contain_text("not shown now")
