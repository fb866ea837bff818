"""Issue text in a real browser: nothing runs, nothing is fetched, and the plain text is the browser's own."""

import pytest

from corpus.markdown import render
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
