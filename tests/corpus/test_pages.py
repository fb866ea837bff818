"""The pages of issues and imports, and the API, as people and programs meet them."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from corpus.files.kinds import CANNOT
from corpus.models import Comment, ImportProblem, ImportRun, Issue
from jobs import services
from jobs.models import Job, State
from tests import factories
from tests.corpus import made


@pytest.fixture
def visit(client, study, lead):
    """GET or POST as the lead; returns the response and its parsed body."""
    client.force_login(lead)

    def open_page(name, *args, data=None, method="get", **headers):
        response = getattr(client, method)(reverse(name, args=[study.slug, *args]), data or {}, headers=headers or None)
        return response, LexborHTMLParser(b"<p>" if response.streaming else response.content or b"<p>")

    return open_page


def words(node):
    return " ".join(node.text().split())


def titles(html):
    return [words(node) for node in html.css("a.title-link")]


@pytest.fixture
def corpus(study):
    first, second = factories.repository(study, "lab/one"), factories.repository(study, "lab/two")
    factories.issue(first, number=1, title="Crash on load", body="It says CUDA.", created_at=factories.NOW)
    factories.issue(first, number=2, title="Slow load", days=None)
    factories.issue(second, number=1, title="Wrong caption")
    other = factories.study("Other", "other")
    factories.issue(factories.repository(other, "lab/three"), number=7, title="Not of this study")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"Crash on load", "Slow load", "Wrong caption"}),
        ({"q": "load"}, {"Crash on load", "Slow load"}),
        ({"q": "LOAD crash"}, {"Crash on load"}),
        ({"q": "cuda"}, {"Crash on load"}),
        ({"q": "#1"}, {"Crash on load", "Wrong caption"}),
        ({"q": "2"}, {"Slow load"}),
        ({"q": "Lab/two#1"}, {"Wrong caption"}),
        ({"q": "99999999999999999999"}, set()),
        ({"state": "open"}, {"Slow load"}),
        ({"q": "load", "state": "closed"}, {"Crash on load"}),
        ({"q": "nothing like it"}, set()),
        ({"after": "99999999"}, {"Crash on load", "Slow load", "Wrong caption"}),
        ({"before": "x", "sort": "x", "column": "x", "year": "x"}, {"Crash on load", "Slow load", "Wrong caption"}),
    ],
)
def test_issues_are_found(visit, corpus, client, study, query, expected):
    response, html = visit("issues", data=query)
    assert response.status_code == 200
    assert set(titles(html)) == expected
    if not query.keys() & {"after", "before"}:
        asked = {"search" if name == "q" else name: value for name, value in query.items()}
        answer = client.get(reverse("api-issues", args=[study.slug]), asked).json()
        assert {issue["title"] for issue in answer["results"]} == expected


def test_issues_of_one_repository(visit, corpus, client, study):
    expected = {"Crash on load", "Slow load"}
    assert set(titles(visit("issues", data={"repository": "Lab/one"})[1])) == expected
    answer = client.get(reverse("api-issues", args=[study.slug]), {"repository": "LAB/one"}).json()
    assert {issue["number"] for issue in answer["results"]} == {1, 2}


def choices(html, name):
    """Words, count and whether it is chosen, of each choice of a facet."""
    boxes = html.css(f"input[name={name}]")
    return {(words(box.parent), "checked" in box.attributes) for box in boxes}


def test_facets_count_what_another_choice_would_give(visit, corpus):
    html = visit("issues", data={"state": "closed"})[1]
    assert choices(html, "repository") == {("lab/one1", False), ("lab/two1", False)}
    assert choices(html, "state") == {("closed2", True), ("open1", False)}
    assert [words(chip) for chip in html.css("a.chip")] == ["closed remove"]
    assert html.css_first("a.chip").attributes["href"] == "?"
    assert words(html.css_first("h2")) == "2 of 3 issues"
    assert choices(visit("issues", data={"repository": ["LAB/one", "x/y"]})[1], "repository") == {
        ("lab/one2", True), ("lab/two1", False), ("x/y0", True),
    }  # fmt: skip


def test_rare_choices_are_folded(visit, study):
    repository = factories.repository(study)
    factories.issue(repository, labels=[f"l{number:03}" for number in range(70)])
    factories.issue(repository)
    html = visit("issues", data={"label": "l005"})[1]
    assert words(html.css_first(".filters details summary")) == "65 more"
    assert len(html.css("input[name=label]")) == 60
    assert words(html.css_first("input[name=label]").parent) == "l0051"
    assert "11 rarer ones are not listed." in html.text()


def test_columns_are_those_chosen(visit, corpus):
    def heads(**data):
        return [words(head) for head in visit("issues", data=data)[1].css("thead th")]

    assert heads() == ["Issue", "State", "Opened", "Comments", "Time to close days"]
    assert heads(column=["author", "milestone", "closed", "reason", "association"]) == [
        "Issue", "Closed", "Reason", "Author", "Association", "Milestone",
    ]  # fmt: skip


def test_words_that_were_found_are_marked(visit, study):
    repository = factories.repository(study)
    issue = factories.issue(repository, title="<i>Load</i>", body="x " * 100 + "<b>load & run</b>" + " y" * 100)
    factories.comment(factories.issue(repository, title="Other"), "never loaded, <script>load</script>")
    html = visit("issues", data={"q": "load"})[1]
    assert [node.text() for node in html.css("tbody mark")] == ["Load", "load", "load"]
    assert words(html.css_first("tbody .excerpt")).startswith("… x x")
    assert html.css("tbody :is(i, b, script)") == []
    assert "<b>load & run</b>" in words(html.css_first("tbody .excerpt"))
    assert (
        html.css_first("a.title-link").attributes["href"] == reverse("issue", args=[study.slug, issue.pk]) + "?q=load"
    )


def test_list_is_read_page_by_page(visit, study):
    repository = factories.repository(study)
    made = [factories.issue(repository, number=number).title for number in range(1, 121)]
    seen, query = [], ""
    for _ in range(3):
        html = visit("issues", data=dict(pair.split("=") for pair in query.split("&") if pair))[1]
        seen += titles(html)
        query = html.css_first("a[rel=next]").attributes["href"].removeprefix("?") if html.css("a[rel=next]") else ""
    assert (seen, query) == (made[::-1], "")
    back = html.css_first("a[rel=prev]").attributes["href"].removeprefix("?before=")
    assert titles(visit("issues", data={"before": back})[1]) == made[::-1][50:100]


def test_issues_are_sorted_by_age(visit, corpus):
    newest = titles(visit("issues")[1])
    assert newest[0] == "Crash on load"
    assert titles(visit("issues", data={"sort": "oldest"})[1]) == newest[::-1]


@pytest.mark.parametrize("name", ["issues", "api-issues", "imports"])
def test_list_makes_the_same_queries_for_1_and_30_rows(visit, study, lead, name):
    def count_queries():
        with CaptureQueriesContext(connection) as queries:
            visit(name)
        return len(queries)

    repository = factories.repository(study)
    factories.issue(repository)
    factories.import_run(study, lead)
    count_queries()
    few = count_queries()
    for _ in range(29):
        factories.issue(repository)
        factories.import_run(study, lead)
    count_queries()
    assert count_queries() == few


def test_empty_pages_say_what_belongs_there(visit, client, rater_a):
    assert (
        words(visit("issues")[1].css_first(".empty"))
        == "No issues yet. They come from GitHub or from a file. Import issues"
    )
    assert words(visit("issues", data={"q": "x"})[1].css_first(".empty")) == (
        "No issue fits these words and filters. Show all issues"
    )
    assert words(visit("imports")[1].css_first(".empty")).startswith("No imports yet.")
    client.force_login(rater_a)
    assert words(visit("issues")[1].css_first(".empty")) == "No issues yet. The lead imports them."


def test_issue_is_shown_with_its_comments_in_order(visit, study):
    issue = factories.issue(
        factories.repository(study), body="# Steps\n\n<script>alert(1)</script>\n\n*now*", title="<b>Title</b>"
    )
    late = factories.comment(issue, "second", created_at=factories.NOW)
    factories.comment(issue, "first", created_at=issue.created_at)
    html = visit("issue", issue.pk)[1]
    assert words(html.css_first("h1")) == "<b>Title</b>"
    assert [words(node) for node in html.css(".prose")] == ["Steps now", "first", "second"]
    assert html.css(".meta a")[-1].attributes["href"] == issue.url
    assert html.css(".prose script") == []
    assert [words(node) for node in html.css("main :is(h1, h2, h3)")] == ["<b>Title</b>", "Text", "Steps", "2 comments"]
    assert str(late) == f"comment {late.github_id}"


def test_issue_costs_the_same_queries_for_1_and_30_comments(visit, study):
    issue = factories.issue(factories.repository(study))
    factories.comment(issue, "text 0")

    def count_queries():
        visit("issue", issue.pk)
        with CaptureQueriesContext(connection) as queries:
            visit("issue", issue.pk)
        return len(queries)

    few = count_queries()
    for number in range(1, 30):
        factories.comment(issue, f"text {number}")
    assert count_queries() == few


@pytest.mark.parametrize("name", ["issue", "import_run", "import_problems", "job", "api-issue", "api-comments"])
def test_rows_of_other_studies_are_not_there(visit, lead, name):
    other = factories.study("Other", "other")
    rows = {
        "issue": factories.issue(factories.repository(other)),
        "import_run": factories.import_run(other, lead),
        "job": factories.job(other, lead),
    }
    row = rows["import_run" if name == "import_problems" else name.removeprefix("api-").replace("comments", "issue")]
    assert visit(name, row.pk)[0].status_code == 404


def test_import_of_a_file_begins_with_a_dry_run_on_the_page(visit, upload, study):
    data = {
        "issues": upload(made.lines([made.issue(1)])),
        "comments": upload(made.lines([made.comment(1, 2)]), "c.jsonl"),
    }
    response, _ = visit("import_file", data=data, method="post")
    asked = ImportRun.objects.get()
    assert response["Location"] == reverse("import_run", args=[study.slug, asked.pk])
    services.run(asked.job.pk)
    html = visit("import_run", asked.pk)[1]
    assert words(html.css_first("h1")) == "Dry run of issues.jsonl"
    assert not Issue.objects.exists()
    visit("import_confirm", asked.pk, method="post")
    confirmed = ImportRun.objects.get(dry=False)
    services.run(confirmed.job.pk)
    html = visit("import_run", confirmed.pk)[1]
    assert {words(node.css_first("dt")): words(node.css_first("dd")) for node in html.css(".facts div")} == {
        "New issues": "1", "Changed": "0 earlier text kept", "Unchanged": "0", "Comments": "1", "Events": "0",
        "Pull requests": "0 left out", "Refused": "0",
    }  # fmt: skip
    assert html.css("[hx-get]") == []
    assert "No record was refused." in html.text()


@pytest.mark.parametrize(
    ("name", "data", "field", "sentence"),
    [
        ("import_file", {}, "issues", "Choose a file of issues."),
        ("import_file", {"issues": ("a.jsonl", b"")}, "issues", "This file is empty."),
        ("import_file", {"issues": ("a.png", b"x")}, "issues", CANNOT),
        ("import_file", {"issues": ("a.jsonl", b"{}"), "events": ("a.csv", b"x\n")}, "events", "Events are read from JSON with GitHub's event objects, or GH Archive's, only (.jsonl, .json)."),  # noqa: E501
        ("import_github", {}, "repositories", "Name a repository as owner/name."),
        ("import_github", {"repositories": "nothing"}, "repositories", "Line 1: “nothing” is not a repository. Write it as owner/name."),  # noqa: E501
        ("import_github", {"repositories": "a/b", "created_from": "soon"}, "created_from", "Enter a valid date."),
        ("import_github", {"file": ("a.txt", b"a/b " * 2**19)}, "file", "This file is longer than a list of repositories. Choose another one."),  # noqa: E501
    ],
)  # fmt: skip
def test_form_says_beside_the_field_what_is_wrong(visit, upload, name, data, field, sentence):
    files = {key: upload(value[1], value[0]) if isinstance(value, tuple) else value for key, value in data.items()}
    response, html = visit(name, data=files, method="post")
    assert response.status_code == 422
    assert words(html.css_first(f"#id_{field}_error")) == sentence
    assert not Job.objects.exists()


def test_typed_token_is_not_shown_again(visit):
    response, _ = visit("import_github", data={"repositories": "x", "token": "secret"}, method="post")
    assert b"secret" not in response.content


def test_token_of_the_server_is_named_in_the_form(visit, settings):
    settings.GITHUB_TOKENS = ["t"]
    assert "the token of this server is used" in visit("imports")[1].text()


def test_import_from_github_begins_on_the_page(visit, upload):
    data = {
        "repositories": "https://github.com/a/b.git",
        "file": upload(b"# the rest\nc/d,\nA/B; www.github.com/e/f/issues"),
        "state": "open", "created_from": "2024-05-01", "updated_to": "2024-05-31", "labels": "bug, model", "words": "x",
        "without_bots": "on", "without_events": "on",
    }  # fmt: skip
    visit("import_github", data=data, method="post")
    asked = ImportRun.objects.get()
    wanted = asked.options.pop("wanted")
    assert asked.options == {
        "name": "a/b and 2 more", "repositories": ["a/b", "c/d", "e/f"], "token": "", "typed": False,
    }  # fmt: skip
    assert wanted == {
        "state": "open", "created_from": "2024-05-01T00:00:00Z", "created_to": "", "updated_from": "",
        "updated_to": "2024-06-01T00:00:00Z", "labels": ["bug", "model"], "words": "x", "comments": True,
        "events": False, "bots": False,
    }  # fmt: skip
    sentence = (
        "Taken: open issues; opened from 2024-05-01; changed before 2024-06-01; labelled bug, model; "
        "with the words x; without events; without issues made by bots."
    )
    assert sentence in words(visit("import_run", asked.pk)[1].css_first("main"))


def test_open_import_asks_itself_again_and_the_ended_one_is_shown_anew(visit, study, lead):
    asked = factories.import_run(study, lead, state=State.WAITING, options={"name": "x.jsonl"})
    here = reverse("import_run", args=[study.slug, asked.pk])
    html = visit("import_run", asked.pk)[1]
    assert [node.attributes["hx-get"] for node in html.css("[hx-get]")] == [here]
    _, fragment = visit("import_run", asked.pk, HX_Request="true")
    assert fragment.css_first("h1") is None
    assert words(fragment.css_first("[role=status]")) == "waiting"
    Job.objects.update(state=State.DONE)
    assert visit("import_run", asked.pk, HX_Request="true")[0]["HX-Refresh"] == "true"


def test_report_is_paged_and_comes_as_csv(visit, study, lead):
    asked = factories.import_run(study, lead, options={"name": "x.jsonl"})
    for number in range(1, 61):
        ImportProblem.objects.create(run=asked, place=f"line {number}", sentence="=1+1", skipped=number % 2 == 0)
    assert len(visit("import_run", asked.pk)[1].css("tbody tr")) == 50
    assert len(visit("import_run", asked.pk, data={"page": 2})[1].css("tbody tr")) == 10
    response, _ = visit("import_problems", asked.pk)
    rows = list(csv.reader(io.StringIO(response.getvalue().decode())))
    assert rows[:3] == [["place", "taken", "problem"], ["line 1", "yes", "'=1+1"], ["line 2", "no", "'=1+1"]]
    assert len(rows) == 61
    assert str(ImportProblem.objects.first()) == "line 1: =1+1"


def test_stop_button_stops_and_leads_back(visit, study, lead):
    asked = factories.import_run(study, lead, state=State.WAITING, options={"name": "x.jsonl"})
    form = visit("import_run", asked.pk)[1].css_first("main form")
    back = form.css_first("[name=next]").attributes["value"]
    response, _ = visit("job_stop", asked.job.pk, data={"next": back}, method="post")
    assert response["Location"] == back
    asked.job.refresh_from_db()
    assert asked.job.state == State.CANCELLED
    assert visit("import_run", asked.pk)[1].css("main form") == []


def test_stop_leads_nowhere_else(visit, study, lead):
    job = factories.import_run(study, lead).job
    response, _ = visit("job_stop", job.pk, data={"next": "https://evil.example/"}, method="post")
    assert response["Location"] == reverse("job", args=[study.slug, job.pk])


def test_api_tells_an_issue_and_its_comments(visit, study):
    issue = factories.issue(factories.repository(study), number=4, labels=["bug"], body="**x**")
    comment = factories.comment(issue, "y")
    told = visit("api-issue", issue.pk)[0].json()
    assert (told["repository"], told["number"], told["labels"], told["body"]) == (
        "tidewater/captioner",
        4,
        ["bug"],
        "**x**",
    )
    comments = visit("api-comments", issue.pk)[0].json()
    assert [(one["github_id"], one["text"]) for one in comments["results"]] == [(comment.github_id, "y")]


def test_api_gives_pages(visit, study):
    for _ in range(3):
        factories.issue(factories.repository(study))
    answer = visit("api-issues", data={"limit": 2, "offset": 2})[0].json()
    assert (answer["count"], len(answer["results"])) == (3, 1)
    assert Issue.objects.count() == 3


def test_issue_leads_to_its_neighbours_in_the_list(visit, corpus, study):
    crash, slow = Issue.objects.get(title="Crash on load"), Issue.objects.get(title="Slow load")
    links = {
        node.attributes["rel"]: node.attributes["href"]
        for node in visit("issue", crash.pk, data={"q": "load", "sort": "oldest"})[1].css("a[rel=prev], a[rel=next]")
    }
    assert links == {"prev": reverse("issue", args=[study.slug, slow.pk]) + "?q=load&sort=oldest"}
    assert visit("issue", crash.pk, data={"q": "crash"})[1].css("a[rel=prev], a[rel=next]") == []


def test_earlier_texts_are_shown_with_what_changed(visit, import_file, study):
    texts = [("One thing", "a <b> c"), ("Two things", "a <b> c"), ("Two things", "a <i> c")]
    for title, body in texts:
        comments = made.lines([made.comment(1, 5, body=f"I see {title}")])
        import_file(made.lines([made.issue(1, title=title, body=body)]), comments=comments)
    issue = Issue.objects.get()
    link = visit("issue", issue.pk)[1].css_first(".meta a")
    assert (words(link), link.attributes["href"]) == (
        "3 earlier texts kept", reverse("issue_revisions", args=[study.slug, issue.pk]),
    )  # fmt: skip
    html = visit("issue_revisions", issue.pk)[1]
    told = {
        (words(section.css_first("h2")).split(",")[0].split(" ")[0], section.css_first("pre").text())
        for section in html.css("main section")
    }
    assert told == {
        ("Title", "OneTwo thingthings"), ("Comment", "I see OneTwo thingthings"), ("Body", "a <bi> c"),
    }  # fmt: skip
    assert {node.text() for node in html.css("pre del")} == {"One", "thing", "b"}
    assert html.css("pre :is(i, b)") == []


def test_issue_without_earlier_texts_says_so(visit, study):
    issue = factories.issue(factories.repository(study))
    assert "No import has changed the texts of this issue." in visit("issue_revisions", issue.pk)[1].text()


def test_references_lead_to_the_issues_of_this_study(visit, corpus, study):
    other = factories.repository(factories.study("More", "more"), "lab/three")
    factories.issue(other, number=8)
    naming = factories.issue(
        study.repositories.get(name="one"),
        number=50,
        body="As #2, lab/two#1, lab/three#8, #404 " + " ".join(f"#{number}" for number in range(900, 2000)),
    )
    factories.comment(naming, "Same as #1")
    links = {node.text(): node.attributes["href"] for node in visit("issue", naming.pk)[1].css(".prose a")}
    ids = {issue.title: reverse("issue", args=[study.slug, issue.pk]) for issue in Issue.objects.all()}
    assert links == {"#2": ids["Slow load"], "lab/two#1": ids["Wrong caption"], "#1": ids["Crash on load"]}


@pytest.mark.parametrize(("amount", "length", "shown"), [(100, 1, 100), (101, 1, 30), (40, 6000, 30), (25, 9000, 25)])
def test_long_threads_are_folded(visit, study, amount, length, shown):
    issue = factories.issue(factories.repository(study))
    text = factories.text("x" * length)
    Comment.objects.bulk_create(
        Comment(issue=issue, github_id=place, author=f"a{place}", created_at=factories.NOW, text=text)
        for place in range(amount)
    )
    html = visit("issue", issue.pk, data={"q": "x"})[1]
    authors = [node.text() for node in html.css("article.comment header b")]
    everybody = [f"a{place}" for place in range(amount)]
    assert authors == (everybody if shown == amount else everybody[:20] + everybody[-10:])
    assert words(html.css_first("#comments")) == f"{amount} comments"
    links = [(words(node), node.attributes["href"]) for node in html.css("#folded a")]
    expected = (f"Show the {amount - 30} comments between", "?q=x&thread=whole#comments")
    assert links == ([] if shown == amount else [expected])
    whole = visit("issue", issue.pk, data={"thread": "whole"})[1]
    assert [node.text() for node in whole.css("article.comment header b")] == everybody


def test_refusal_is_told_on_the_page_of_the_import(visit, study, lead):
    asked = factories.import_run(study, lead, options={"name": "x.jsonl"})
    response, html = visit("import_undo", asked.pk, method="post")
    assert response.status_code == 409
    assert "There is nothing to undo: this import brought nothing that is still here." in words(html.css_first("main"))


def test_import_is_undone_or_discarded_on_its_page(visit, upload, study):
    visit("import_file", data={"issues": upload(made.lines([made.issue(1)]))}, method="post")
    trial = ImportRun.objects.get()
    services.run(trial.job.pk)
    visit("import_confirm", trial.pk, method="post")
    done = ImportRun.objects.get(dry=False)
    services.run(done.job.pk)
    page = visit("import_run", done.pk)[1]
    assert page.css_first(f'form[action="{reverse("import_undo", args=[study.slug, done.pk])}"]') is not None
    visit("import_undo", done.pk, method="post")
    assert not Issue.objects.exists()
    assert "Undone" in words(visit("import_run", done.pk)[1].css_first("main"))
    visit("import_file", data={"issues": upload(made.lines([made.issue(1)]))}, method="post")
    second = ImportRun.objects.order_by("pk").last()
    services.run(second.job.pk)
    response, _ = visit("import_discard", second.pk, method="post")
    assert response["Location"] == reverse("imports", args=[study.slug])
