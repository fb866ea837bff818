"""Tables: what their columns mean is guessed, shown, corrected and remembered; dates and encodings are asked for."""

import io
from datetime import datetime

import pytest
from django.urls import reverse

from corpus import files
from corpus.files import tables
from corpus.files.tables import encoding_of
from corpus.models import ColumnMapping, ImportRun, Issue
from corpus.payloads import NO_ZONE
from corpus.services.columns import remember_columns
from jobs import services
from studies.errors import NotThere, Refused
from tests.corpus import written
from tests.corpus.conftest import told
from tests.corpus.test_pages import visit, words  # noqa: F401

JIRA = [
    ("Crash", "HADOOP-12", "99", "Resolved", "Fixed", "dev-1", "12/Mar/23 4:05 PM", "13/Mar/23 12:00 AM", "a", "b",
     "It."),
    ("Slow", "HDFS-3", "98", "In Progress", "", "dev-2", "12/Mar/23 4:05 AM", "", "", "", ""),
]  # fmt: skip
BUGZILLA = b"""Bug ID,Product,Summary,Status,Resolution,Reporter,Opened
7,Core/DOM,Crash,RESOLVED,WONTFIX,dev-1,2023-03-12 04:05:06
8,Core/DOM,Slow,NEW,---,dev-2,2023-03-12 04:05:06
x,Core/DOM,Wrong,NEW,,dev-2,2023-03-12 04:05:06
"""
HEADER = ["title", "url", "created_at", "closed_at"]


def guessed(content, name="a.csv", **changes):
    """The columns as guessed from these bytes, with corrections."""
    table = tables.look(io.BytesIO(content))
    return files.Columns(**{**table.guess.as_json(), **changes})


def row(created, closed="", number=1, title="T"):
    return [title, f"https://github.com/a/b/issues/{number}", created, closed]


def table(*rows, header=HEADER):
    return "".join(",".join(cells) + "\n" for cells in (header, *rows)).encode()


def test_jira_export_is_read(import_file):
    content = written.jira(JIRA)
    columns = guessed(content, tracker="https://issues.example.org/jira/", zone="Europe/Berlin")
    assert columns.kind == "jira"
    assert told(import_file(content, "jira.csv", columns=columns)) == []
    rows = Issue.objects.order_by("number").select_related("repository", "body")
    assert [(row.key, row.title, row.body.markdown, row.state, row.state_reason, row.labels) for row in rows] == [
        ("issues.example.org/HDFS#3", "Slow", "", "open", "", []),
        ("issues.example.org/HADOOP#12", "Crash", "It.", "closed", "fixed", ["a", "b"]),
    ]
    assert [(row.url, row.author, str(row.created_at), str(row.closed_at)) for row in rows] == [
        ("https://issues.example.org/jira/browse/HDFS-3", "dev-2", "2023-03-12 03:05:00+00:00", "None"),
        (
            "https://issues.example.org/jira/browse/HADOOP-12", "dev-1",
            "2023-03-12 15:05:00+00:00", "2023-03-12 23:00:00+00:00",
        ),
    ]  # fmt: skip


def test_bugzilla_export_is_read(import_file):
    done = import_file(BUGZILLA, "bugs.csv", columns=guessed(BUGZILLA, tracker="https://bugs.example.org"))
    rows = Issue.objects.order_by("number").select_related("repository")
    assert [(row.key, row.url, row.state, row.state_reason) for row in rows] == [
        ("bugs.example.org/Core-DOM#7", "https://bugs.example.org/show_bug.cgi?id=7", "closed", "wontfix"),
        ("bugs.example.org/Core-DOM#8", "https://bugs.example.org/show_bug.cgi?id=8", "open", "---"),
    ]
    assert told(done) == [
        ("line 2", NO_ZONE, False),
        ("line 3", NO_ZONE, False),
        ("line 4", "“x” is not an issue's number or key, such as 12 or PROJECT-12.", True),
    ]


def test_export_without_the_address_of_its_tracker_is_refused():
    with pytest.raises(files.BadFile, match="at which address the issues are found"):
        files.check_columns(guessed(BUGZILLA), BUGZILLA.decode().splitlines()[0].split(","))


def test_table_that_names_repository_and_number_is_read(import_file):
    content = table(
        ["T", "a/b", "#7", "2023-01-01", "bug; help wanted"], header=["title", "repo", "number", "created", "labels"]
    )
    import_file(content, "a.csv")
    assert list(Issue.objects.values_list("url", "labels")) == [
        ("https://github.com/a/b/issues/7", ["bug", "help wanted"])
    ]


@pytest.mark.parametrize(
    ("text", "order", "zone", "expected"),
    [
        ("2023-07-01 12:00", "iso", "Europe/Berlin", "2023-07-01 10:00:00+00:00"),
        ("2023-01-01 12:00", "iso", "Europe/Berlin", "2023-01-01 11:00:00+00:00"),
        ("2023-07-01T12:00:00Z", "iso", "Europe/Berlin", "2023-07-01 12:00:00+00:00"),
        ("03/04/2023", "day", "UTC", "2023-04-03 00:00:00+00:00"),
        ("03/04/2023", "month", "UTC", "2023-03-04 00:00:00+00:00"),
        ("3.4.2023 10:30", "day", "UTC", "2023-04-03 10:30:00+00:00"),
        ("12/Mar/23 4:05 PM", "iso", "America/New_York", "2023-03-12 20:05:00+00:00"),
    ],
)
def test_dates_are_of_the_zone_and_order_that_were_chosen(import_file, text, order, zone, expected):
    content = table(row(text))
    done = import_file(content, "a.csv", columns=guessed(content, zone=zone, dates=order))
    assert (told(done), str(Issue.objects.get().created_at)) == ([], expected)


def test_date_that_could_be_two_is_refused_until_its_order_is_said(import_file):
    done = import_file(table(row("03/04/2023"), row("", number=2)), "a.csv")
    assert told(done) == [
        ("line 2", "“created_at” is not a date. Write it as 2026-03-01T12:00:00Z.", True),
        ("line 3", "“created_at” is empty. Write when it was opened, as 2026-03-01T12:00:00Z.", True),
    ]


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("Überraschung beim Öffnen großer Dateien, die Käufer stört. " * 5, "utf-8", "utf-8-sig"),
        ("Überraschung", "utf-16", "utf-16"),
        ("Ошибка при загрузке модели: не удалось открыть файл с весами. " * 5, "cp1251", "cp1251"),
    ],
)
def test_encoding_is_found(import_file, text, encoding, found):
    content = table(row("2023-01-01T00:00:00Z", title=text.replace(",", ""))).decode().encode(encoding)
    assert encoding_of(content) == found
    import_file(content, "a.csv")
    assert Issue.objects.get().title == text.replace(",", "").strip()


def test_columns_in_a_workbook_are_read(import_file):
    sheet = written.sheet([HEADER, row(datetime(2023, 3, 1, 12)), [], row("2023-03-01T12:00:00Z", number=2)[:3]])
    done = import_file(sheet, "a.xlsx")
    assert told(done) == [("row 2", NO_ZONE, False)]
    assert list(Issue.objects.order_by("number").values_list("number", "created_at__hour")) == [(1, 12), (2, 12)]


# The page


@pytest.fixture
def send(visit, upload, study):  # noqa: F811
    """Upload a table; returns the token of its page of columns."""

    def post(content, name="a.csv"):
        response, _ = visit("import_file", data={"issues": upload(content, name)}, method="post")
        assert response.status_code == 302, response.content
        return response["Location"].rstrip("/").rsplit("/", 1)[1]

    return post


def values(html):
    return {
        node.attributes["name"]: (chosen.attributes["value"] if (chosen := node.css_first("[selected]")) else "")
        for node in html.css("main select")
    }


CONTENT = table(*(row("2023-01-01 10:00", number=number) for number in range(1, 31)))


def test_page_guesses_previews_asks_for_the_zone_and_remembers(send, visit, study):  # noqa: F811
    token = send(CONTENT)
    _, html = visit("import_columns", token)
    assert {name: value for name, value in values(html).items() if value} == {
        "title": "title", "url": "url", "created_at": "created_at", "closed_at": "closed_at",
        "encoding": "utf-8-sig", "dates": "iso",
    }  # fmt: skip
    assert len(html.css("tbody tr")) == 20
    response, html = visit("import_columns", token, data=values(html), method="post")
    assert response.status_code == 422
    assert words(html.css_first("#id_zone_error")) == "Dates of this table have no zone. Say where they were written."
    chosen = {**values(visit("import_columns", token)[1]), "zone": "Asia/Tokyo", "closed_at": ""}
    response, _ = visit("import_columns", token, data=chosen, method="post")
    trial = ImportRun.objects.get()
    assert response["Location"] == reverse("import_run", args=[study.slug, trial.pk])
    services.run(trial.job.pk)
    visit("import_confirm", trial.pk, method="post")
    services.run(ImportRun.objects.get(dry=False).job.pk)
    assert set(Issue.objects.values_list("created_at__hour", flat=True)) == {1}
    again = values(visit("import_columns", send(CONTENT))[1])
    assert (again["zone"], again["closed_at"]) == ("Asia/Tokyo", "")
    assert str(ColumnMapping.objects.get()).startswith("columns ")


def test_page_says_what_is_missing(send, visit):  # noqa: F811
    token = send(b"body,when\nx,2023-01-01\n")
    response, html = visit("import_columns", token, data={"dates": "iso", "encoding": "utf-8-sig"}, method="post")
    assert response.status_code == 422
    assert words(html.css_first("[role=alert]")).startswith("No column was found for title, created_at, url.")


def test_page_shows_the_rows_in_another_encoding(send, visit):  # noqa: F811
    token = send(table(row("2023-01-01T00:00:00Z", title="Größe")).decode().encode("cp1252"))
    _, html = visit("import_columns", token, data={"encoding": "cp1251", "look": "1"}, method="post")
    assert "GrцЯe" in html.css_first("tbody").text()
    _, html = visit("import_columns", token, data={"encoding": "cp1252", "look": "1"}, method="post")
    assert "Größe" in html.css_first("tbody").text()
    _, html = visit("import_columns", token, data={"encoding": "utf-8-sig", "look": "1"}, method="post")
    assert "Gr\ufffd\ufffde" in html.css_first("tbody").text()
    assert visit("import_columns", token, data={"encoding": "hex", "look": "1"}, method="post")[0].status_code == 200


def test_page_asks_jira_s_address_and_shows_hostile_cells_as_text(send, visit):  # noqa: F811
    hostile = [("<script>alert(1)</script>", "A-1", "1", "Open", "", "", "2023-01-01T00:00:00Z", "", "", "", "\u202e")]
    token = send(written.jira(hostile))
    html = visit("import_columns", token)[1]
    assert html.css_first("input[name=tracker]") is not None
    assert html.css("main script") == []
    data = {**values(html), "tracker": "https://j.example.org"}
    assert visit("import_columns", token, data=data, method="post")[0].status_code == 302


def test_unreadable_table_is_refused_beside_its_field(visit, upload, data_folder):  # noqa: F811
    response, html = visit("import_file", data={"issues": upload(b"PK00", "a.xlsx")}, method="post")
    assert response.status_code == 422
    assert words(html.css_first("#id_issues_error")).startswith("This workbook cannot be opened.")
    assert list((data_folder / "uploads").iterdir()) == []


def test_page_of_a_file_that_is_gone_is_not_there(send, visit, data_folder):  # noqa: F811
    token = send(CONTENT)
    for path in (data_folder / "uploads").iterdir():
        path.unlink()
    assert visit("import_columns", token)[0].status_code == 404


@pytest.mark.parametrize(("person", "error"), [("rater_a", Refused), ("stranger", NotThere)])
def test_only_a_lead_has_columns_remembered(study, request, person, error):
    with pytest.raises(error):
        remember_columns(study=study, names=["a"], columns=guessed(CONTENT), by=request.getfixturevalue(person))
