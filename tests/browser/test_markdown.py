"""Issue text in a real browser: nothing runs, nothing is fetched, and the plain text is the browser's own."""

import pytest
from django.urls import reverse

from corpus.markdown import render
from tests import factories
from tests.corpus.payloads_xss import PAYLOADS

pytestmark = pytest.mark.browser


def test_hostile_text_runs_nothing_and_asks_nobody(page):
    dialogs, requests = [], []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: requests.append(request.url))
    for text in [*PAYLOADS, "\n\n".join(PAYLOADS)]:
        rendered = render(text)
        page.set_content(f"<!doctype html><div id=text>{rendered.html}</div>")
        assert page.evaluate("document.getElementById('text').textContent") == rendered.plain
    assert (dialogs, requests) == ([], [])


DEEP = ["> " * 5000 + "deep", "<div>" * 20_000, "[" * 5000, "- " * 2000, "<details>" * 3000]
LONG = "<script>alert(1)</script> \u202e\n" * 180_000
TURNED = ["\u202egnp.exe\u202c", "\u2067\u202e\u2066", "a\u200f#1\u200e", "\ufeff\u2028\u2029"]


@pytest.mark.django_db(transaction=True)
def test_pages_of_hostile_issues_are_harmless(sign_in, study, lead):
    """Title, labels, body and comments, in the list, among what was found, and on the page."""
    repository = factories.repository(study)
    hostile = [*PAYLOADS, *TURNED]
    issue = factories.issue(
        repository, title=" ".join(["needle", *PAYLOADS[:8], *TURNED]), body="\n\n".join(["needle", *hostile]),
        labels=[*PAYLOADS[:8], TURNED[0]], milestone=PAYLOADS[0],
    )  # fmt: skip
    for text in [*DEEP, LONG, "needle " + "\n\n".join(hostile)]:
        factories.comment(issue, text)
    page = sign_in(lead).new_page()
    dialogs, requests = [], []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(reverse("issues", args=[study.slug]) + "?q=needle&column=milestone")
    assert page.locator("tbody mark").count() >= 2
    page.locator("a.title-link").click()
    page.locator("article.comment").last.wait_for()
    page.wait_for_load_state("networkidle")
    here = page.url.split("/studies/")[0]
    assert dialogs == []
    assert [url for url in requests if not url.startswith(here)] == []
    assert page.get_by_role("link", name="Show all of it").count() == 1
    assert page.locator("main").evaluate("main => main.textContent.length") < 150_000
    assert page.locator("main :is(script, iframe, style, img, object, form form)").count() == 0
