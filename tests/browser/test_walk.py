"""The whole path in Chromium, as three people: from a file of issues to the labelled data set, nothing faked."""

import csv
import io
import json
import re
import threading
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from jobs.runner import Runner
from studies.services.accounts import first_account_token
from tests.browser.walk import Corpus, cohen_kappa, demo_corpus, planned, real_corpus
from tests.conftest import SHARED_DATA

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZE = 30
PASSWORD = "a long walk together"
PATIENCE = 60_000


@pytest.fixture
def corpus() -> Corpus:
    folder = SHARED_DATA / "npm_issues"
    return real_corpus(folder) if folder.is_dir() else demo_corpus()


@pytest.fixture
def runner(live_server: Any) -> Iterator[None]:
    """The job runner, as the start command runs it, in a thread of its own."""
    runner = Runner()
    thread = threading.Thread(target=work, args=[runner])
    thread.start()
    yield
    runner.stop()
    thread.join()


def work(runner: Runner) -> None:
    while not runner.stopping.is_set():
        if not runner.once():
            runner.stopping.wait(0.2)


def test_from_issues_to_the_labelled_data_set(
    corpus: Corpus, runner: None, visitor: Callable[[], BrowserContext]
) -> None:
    lead = visitor().new_page()
    make_study(lead)
    raters = {name: join(visitor(), invite(lead), name) for name in ("Ada", "Ben")}
    import_issues(lead, corpus)
    publish_taxonomy(lead, corpus)
    start_round(lead)
    typed = {name: code_all(page, corpus, name) for name, page in raters.items()}
    close_round(lead)
    pairs = [(typed["Ada"][key], typed["Ben"][key]) for key in sorted(typed["Ada"])]
    check_agreement(lead, pairs)
    labels = resolve(lead, typed)
    check_findings(lead, labels)
    check_export(lead, typed, labels, pairs)


def make_study(page: Page) -> None:
    page.goto(f"/welcome/{first_account_token()}/")
    fill_account(page, "lead@example.org", "Lena")
    page.get_by_role("link", name="New study").first.click()
    page.get_by_label("Title").fill("A walk")
    page.get_by_role("button", name="Make the study").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def fill_account(page: Page, email: str, name: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Name").fill(name)
    for box in page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    page.locator("main form button[type=submit]").click()


def invite(page: Page) -> str:
    open_section(page, "Members")
    page.get_by_role("button", name="Make the link").click()
    return page.get_by_role("textbox", name=re.compile("The link for a rater")).input_value()


def join(context: BrowserContext, link: str, name: str) -> Page:
    page = context.new_page()
    page.goto(link)
    fill_account(page, f"{name.lower()}@example.org", name)
    expect(page.get_by_role("navigation", name="Study")).to_be_visible()
    return page


def open_section(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Study").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def import_issues(page: Page, corpus: Corpus) -> None:
    open_section(page, "Imports")
    page.locator("input[name=issues]").set_input_files(corpus.issues)
    page.locator("input[name=comments]").set_input_files(corpus.comments)
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_role("button", name="Import these issues").click(timeout=PATIENCE)
    expect(page.get_by_role("link", name="See the issues")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".facts > div", has_text="New issues").locator("dd")).to_have_text(str(corpus.size))


def publish_taxonomy(page: Page, corpus: Corpus) -> None:
    open_section(page, "Taxonomy")
    page.get_by_role("link", name=re.compile("taxonomy", re.I)).last.click()
    page.get_by_label("Name").fill("What it is about")
    page.get_by_role("button", name="Begin the draft").click()
    for name in corpus.codes:
        page.get_by_role("link", name="Add a code").click()
        expect(page.get_by_role("heading", name="New code")).to_be_visible()
        page.get_by_label("Name").fill(name)
        page.get_by_label("Definition").fill(f"The issue is about {name}.")
        page.get_by_role("button", name="Add the code").click()
        expect(page.locator(".tree")).to_contain_text(name)
    page.get_by_role("link", name="Publish the draft").click()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("version 1")


def start_round(page: Page) -> None:
    open_section(page, "Rounds")
    page.get_by_role("link", name="New round").first.click()
    page.get_by_label("Issues to draw").fill(str(SIZE))
    page.get_by_label("Seed").fill("7")
    for name in ("Ada", "Ben"):
        page.get_by_label(re.compile(name)).check()
    page.get_by_role("button", name="Show the deal").click()
    page.get_by_role("button", name="Draw and deal").click()
    page.get_by_text("Start round 1", exact=True).click()
    page.get_by_role("button", name="Start round 1 with 2 raters").click()
    expect(page.locator("main")).to_contain_text("running")


def code_all(page: Page, corpus: Corpus, rater: str) -> dict[str, str]:
    """Code the whole round by keys alone. What was typed, by issue."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("coding", re.I)).first.click()
    expect(page.locator("html[data-ready=coding]")).to_be_attached()
    typed: dict[str, str] = {}
    while len(typed) < SIZE:
        key = (page.locator("#issue .meta b, #issue b").first.text_content() or "").replace(" #", "#").strip()
        assert key not in typed
        typed[key] = planned(corpus, key, rater)
        page.keyboard.press(str(corpus.codes.index(typed[key]) + 1) if typed[key] else "0")
        page.keyboard.press("Enter")
        if len(typed) < SIZE:
            expect(page.locator("#issue b").first).not_to_have_text(key.replace("#", " #"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"You have coded all {SIZE} issues")
    return typed


def close_round(page: Page) -> None:
    open_section(page, "Rounds")
    page.get_by_role("link", name="Round 1").click()
    page.get_by_text("Close round 1", exact=True).click()
    page.get_by_role("button", name=f"Close round 1 with {2 * SIZE} of {2 * SIZE} codings").click()
    expect(page.locator("main")).to_contain_text("closed")


def check_agreement(page: Page, pairs: list[tuple[str, str]]) -> None:
    open_section(page, "Agreement")
    row = page.get_by_role("row", name="Ada – Ben Cohen’s κ")
    expect(row).to_contain_text(f"{cohen_kappa(pairs):.2f}")
    same = sum(a == b for a, b in pairs)
    expect(page.get_by_role("row", name="Ada – Ben Agreement")).to_contain_text(f"{100 * same / SIZE:.1f}")


def resolve(page: Page, typed: dict[str, dict[str, str]]) -> dict[str, tuple[str, str]]:
    """Settle the unanimous issues in one step, then take Ada's answer wherever they differ. Label and how, by issue."""
    labels = {key: (code, "unanimous") for key, code in typed["Ada"].items() if code == typed["Ben"][key]}
    open_section(page, "Disagreements")
    page.get_by_role("button", name=f"Settle {len(labels)} unanimous").click()
    expect(page.locator("main")).not_to_contain_text("in one step")
    page.get_by_role("link", name=re.compile("Resolve .* disagreement")).click()
    while len(labels) < SIZE:
        key = (page.locator("article b").first.text_content() or "").replace(" #", "#").strip()
        labels[key] = (typed["Ada"][key], "lead")
        for box in page.locator("input[name=answer]:checked").all():
            box.uncheck()
        page.get_by_label(f"Decide for {typed['Ada'][key] or 'none of these'}", exact=True).check()
        page.get_by_label("Decided by the lead").check()
        page.get_by_label(re.compile("^Why")).fill(f"Ada read {key} twice.")
        page.get_by_role("button", name="Record and go to the next").click()
        if len(labels) < SIZE:
            expect(page.locator("article b").first).not_to_have_text(key.replace("#", " #"))
    open_section(page, "Disagreements")
    expect(page.locator("main")).to_contain_text(re.compile("0 of .* open"))
    return labels


def check_findings(page: Page, labels: dict[str, tuple[str, str]]) -> None:
    open_section(page, "Findings")
    table = page.locator("table", has=page.get_by_role("columnheader", name=re.compile("Share"))).first
    shown = {
        row.locator("th").inner_text().strip(): int(row.locator("td").first.inner_text())
        for row in table.locator("tbody tr").all()
    }
    counts = Counter(label or "None of these" for label, _ in labels.values())
    assert {name: n for name, n in shown.items() if n} == dict(counts)
    expect(page.locator("main")).to_contain_text(re.compile(r"H\(\d+\) = "), timeout=PATIENCE)


def check_export(
    page: Page, typed: dict[str, dict[str, str]], labels: dict[str, tuple[str, str]], pairs: list[tuple[str, str]]
) -> None:
    open_section(page, "Export")
    page.get_by_role("button", name="Write the archive").click()
    link = page.get_by_role("link", name=re.compile(r"\.zip"))
    expect(link).to_be_visible(timeout=PATIENCE)
    with page.expect_download() as download:
        link.click()
    files = unpacked(download.value.path())
    exported = {row["issue"]: (row["codes"], row["how"]) for row in table(files["labels.csv"])}
    assert exported == labels
    codings = [json.loads(line) for line in files["codings.jsonl"].splitlines()]
    said = {(row["rater"], row["issue"]): "".join(row["codes"]) for row in codings}
    alias = {"Ada": "rater-1", "Ben": "rater-2"}
    assert said == {(alias[name], key): code for name, codes in typed.items() for key, code in codes.items()}
    again = [(said["rater-1", key], said["rater-2", key]) for key in sorted(typed["Ada"])]
    assert cohen_kappa(again) == cohen_kappa(pairs)


def unpacked(path: Path) -> dict[str, str]:
    """The archive's files by name, without the folder they stand in."""
    with zipfile.ZipFile(path) as archive:
        return {Path(name).name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))
