"""Importing files: what ends up in the rows, what is reported, and that repeating changes nothing."""

import json

import pytest
from django.core.files.base import File

from corpus import files, payloads
from corpus.files import entries, kinds, pages, unpacking, workbooks
from corpus.models import Comment, Issue, Repository, Revision, Text
from corpus.services import uploads
from corpus.services.comments import NO_ISSUE
from corpus.services.imports import request_file_import
from corpus.services.issues import REPEATED
from jobs.models import Job, State
from studies.errors import Invalid, NotThere, Refused
from studies.models import Event
from tests.corpus import made
from tests.corpus.conftest import counts, finish, told

HEADER = "title,body,url,created_at,closed_at\n"
COLUMNS = files.Columns(fields={name: name for name in HEADER.strip().split(",")})
ROW = "T,B,https://github.com/a/b/issues/1,2023-01-01T00:00:00Z,\n"


def keys():
    return {issue.key for issue in Issue.objects.select_related("repository")}


def test_import_keeps_every_field_of_an_issue(import_file):
    import_file(made.lines([made.issue(3, milestone={"title": "v2"}, closed_by={"login": "boss"})]))
    row = Issue.objects.select_related("repository", "body").get()
    assert (str(row.repository), row.number, row.github_id, row.title, row.body.markdown) == (
        "tidewater/captioner", 3, 10_003, "Issue 3", "Body of 3",
    )  # fmt: skip
    assert (row.author, row.author_is_bot, row.state, row.state_reason, row.labels, row.milestone, row.closed_by) == (
        "dev-3", False, "closed", "completed", ["bug"], "v2", "boss",
    )  # fmt: skip
    assert row.created_at.isoformat() == "2023-01-01T03:00:00+00:00"
    assert row.closed_at.isoformat() == "2023-01-03T03:00:00+00:00"
    assert row.url == "https://github.com/tidewater/captioner/issues/3"


def test_import_takes_an_issue_that_says_next_to_nothing(import_file):
    said = {"repository": "a/b", "number": 1, "title": "T", "created_at": "2023-01-01T00:00:00Z"}
    address = {"repository": "a/b", "html_url": "https://ghe.example/a/b/issues/2", "title": "U"}
    with_bot = {"user": {"login": "ci[bot]"}, "created_at": "2023-01-01T00:00:00Z", "repository": {"full_name": "x/y"}}
    done = import_file(
        made.lines([said, {**address, **with_bot, "repository": "a/b"}, {**address, **with_bot, "title": "V"}])
    )
    assert told(done) == [("line 2", REPEATED, False)]
    rows = Issue.objects.order_by("number").values_list("number", "title", "url", "state", "labels", "author_is_bot")
    assert list(rows) == [
        (1, "T", "https://github.com/a/b/issues/1", "open", [], False),
        (2, "V", "https://ghe.example/a/b/issues/2", "open", [], True),
    ]


def test_rows_name_themselves(import_file):
    import_file(made.lines([made.issue(1)]))
    again = import_file(made.lines([made.issue(1, body="New")]))
    issue, revision = Issue.objects.get(), Revision.objects.get()
    assert [str(issue), str(revision), str(again)] == [
        "tidewater/captioner#1", f"earlier body of issue {issue.pk}", f"import {again.pk} from file",
    ]  # fmt: skip


def test_import_reads_issues_then_their_comments(import_file):
    done = import_file(
        made.lines([made.issue(1), made.pull_request(2), made.issue(3)]),
        comments=made.lines([made.comment(1, 7), made.comment(3, 8), made.comment(9, 9)]),
    )
    assert done.job.state == State.DONE
    assert counts(done) == {"new": 2, "changed": 0, "same": 0, "comments": 2, "events": 0, "pull_requests": 1}
    assert keys() == {"tidewater/captioner#1", "tidewater/captioner#3"}
    assert set(Comment.objects.values_list("issue__number", "github_id", "text__markdown")) == {
        (1, 7, "Comment 7"),
        (3, 8, "Comment 8"),
    }
    assert told(done) == [("line 3", NO_ISSUE, True)]


def test_import_repeated_changes_nothing(import_file):
    content, comments = made.lines(made.many(1200)), made.lines([made.comment(1, 5, "lab/repo-1")])
    first, before = import_file(content, comments=comments), snapshot()
    second = import_file(content, comments=comments)
    assert counts(first) == {"new": 1080, "changed": 0, "same": 0, "comments": 1, "events": 0, "pull_requests": 120}
    assert counts(second) == {"new": 0, "changed": 0, "same": 1080, "comments": 1, "events": 0, "pull_requests": 120}
    assert snapshot() == before
    assert not Revision.objects.exists()


def snapshot():
    fields = [field.attname for field in Issue._meta.fields if field.name not in ("last_seen_at",)]
    return (
        set(map(str, Issue.objects.order_by("pk").values_list(*fields))),
        set(Comment.objects.values_list("issue_id", "github_id", "text_id")),
        set(Text.objects.values_list("pk", flat=True)),
        set(Repository.objects.values_list("owner", "name")),
    )


def test_changed_texts_keep_their_earlier_form(import_file):
    import_file(made.lines([made.issue(1), made.issue(2)]), comments=made.lines([made.comment(1, 7)]))
    again = import_file(
        made.lines([made.issue(1, title="New title", body="New body"), made.issue(2, state_reason="not_planned")]),
        comments=made.lines([made.comment(1, 7, body="New comment")]),
    )
    assert counts(again)["changed"] == 2
    assert set(Revision.objects.values_list("issue__number", "part", "text__markdown")) == {
        (1, "title", "Issue 1"),
        (1, "body", "Body of 1"),
        (1, "comment", "Comment 7"),
    }
    now = Issue.objects.select_related("body").get(number=1)
    assert (now.title, now.body.markdown, now.comments.get().text.markdown) == ("New title", "New body", "New comment")


def test_what_a_table_does_not_say_stays_known(import_file):
    import_file(made.lines([made.issue(1)]))
    row = (
        "Issue 1,Body of 1,https://github.com/tidewater/captioner/issues/1,2023-01-01T01:00:00Z,2023-01-03T01:00:00Z\n"
    )
    again = import_file((HEADER + row).encode(), "issues.csv")
    assert counts(again) == {"new": 0, "changed": 0, "same": 1, "comments": 0, "events": 0, "pull_requests": 0}
    assert Issue.objects.get().labels == ["bug"]


def test_same_issue_twice_is_taken_once_with_a_note(import_file):
    done = import_file(made.lines([made.issue(1), made.issue(1, title="Later"), made.issue(2)]))
    assert counts(done)["new"] == 2
    assert told(done) == [("line 1", REPEATED, False)]
    assert Issue.objects.get(number=1).title == "Later"


def test_same_issue_on_a_later_page_is_counted_once(import_file, monkeypatch):
    monkeypatch.setattr(pages, "PAGE_RECORDS", 2)
    done = import_file(
        made.lines([made.issue(1), made.issue(2), made.issue(3), made.issue(1), made.issue(2, body="!")])
    )
    assert counts(done) == {"new": 3, "changed": 0, "same": 0, "comments": 0, "events": 0, "pull_requests": 0}
    assert told(done) == [("line 4", REPEATED, False), ("line 5", REPEATED, False)]


def test_repository_names_that_differ_by_case_are_one(import_file):
    import_file(
        made.lines([made.issue(1, repository="Tidewater/Captioner"), made.issue(2, repository="tidewater/captioner")])
    )
    import_file(made.lines([made.issue(3, repository="TIDEWATER/captioner")]))
    assert Repository.objects.count() == 1
    assert Issue.objects.count() == 3


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"{", "Not JSON: Expecting property name enclosed in double quotes at character 2."),
        (b"[1]", "Not a JSON object with the fields of an issue or a comment."),
        (b'{"title": "\xff"}', "Not UTF-8 from byte 12 on. Save the file as UTF-8 and import it again."),
        (b"[" * 100_000, "Not JSON that can be read: a number too long, or lists nested too deep."),
        (json.dumps(made.issue(1, title=" ")).encode(), "“title” is empty."),
        (json.dumps(made.issue(1, title=5)).encode(), "“title” is not text."),
        (json.dumps(made.issue(1, state="ajar")).encode(), "“state” is “ajar”, neither open nor closed."),
        (json.dumps(made.issue(1, labels="bug")).encode(), "“labels” is not a list."),
        (json.dumps(made.issue(1, id=-4)).encode(), "“id” is not a whole number that can be used here."),
        (json.dumps(made.issue(1, id=True)).encode(), "“id” is not a whole number that can be used here."),
        (
            json.dumps(made.issue(1, created_at=None)).encode(),
            "“created_at” is empty. Write when it was opened, as 2026-03-01T12:00:00Z.",
        ),
        (
            json.dumps(made.issue(1, created_at="0001-01-01T00:00:00+14:00")).encode(),
            "“created_at” is not a date. Write it as 2026-03-01T12:00:00Z.",
        ),
        (
            json.dumps(made.issue(1, closed_at="03/01/2023")).encode(),
            "“closed_at” is not a date. Write it as 2026-03-01T12:00:00Z.",
        ),
        (
            json.dumps(made.issue(1, html_url="https://github.com/a/b")).encode(),
            "“https://github.com/a/b” is not the address of an issue. It must end with owner/name/issues/number.",
        ),
        (
            json.dumps(made.issue(1, html_url="javascript:alert(1)//a/b/issues/1")).encode(),
            "“javascript:alert(1)//a/b/issues/1” is not a web address. Begin it with https://.",
        ),
        (
            json.dumps(made.issue(1) | {"repository": "nowhere"}).encode(),
            "“nowhere” is not a repository. Write it as owner/name, such as tidewater/captioner.",
        ),
    ],
)
def test_bad_line_is_named_and_the_rest_is_read(import_file, line, sentence):
    done = import_file(made.lines([made.issue(8)]) + line + b"\r\n\r\n" + made.lines([made.issue(9)]))
    assert told(done) == [("line 2", sentence, True)]
    assert keys() == {"tidewater/captioner#8", "tidewater/captioner#9"}
    assert done.job.state == State.DONE


@pytest.mark.parametrize(
    ("fields", "sentence", "expected"),
    [
        ({"body": "a\x00b"}, payloads.REPLACED, {"body__markdown": "a\ufffdb"}),
        ({"title": "half \ud83d"}, payloads.REPLACED, {"title": "half \ufffd"}),
        ({"labels": [{"name": "a\x00"}, "old"]}, payloads.REPLACED, {"labels": ["a\ufffd", "old"]}),
        ({"created_at": "2023-01-01T05:00:00"}, payloads.NO_ZONE, {"created_at": "2023-01-01 05:00:00+00:00"}),
        ({"closed_at": "2020-01-01T00:00:00Z"}, payloads.CLOSED_BEFORE_CREATED, {"closed_at": "2020-01-01 00:00:00+00:00"}),  # noqa: E501
    ],
)  # fmt: skip
def test_record_with_a_reservation_is_kept_and_named(import_file, fields, sentence, expected):
    done = import_file(made.lines([made.issue(1, **fields)]))
    assert told(done) == [("line 1", sentence, False)]
    row = Issue.objects.values(*expected).get()
    assert {name: str(value) for name, value in row.items()} == {name: str(value) for name, value in expected.items()}


def test_byte_order_mark_line_ends_and_huge_bodies_are_no_obstacle(import_file):
    huge = "x" * 3_000_000
    content = b"\xef\xbb\xbf" + made.lines([made.issue(1, body="a\r\nb")]).replace(b"\n", b"\r\n")
    done = import_file(content + made.lines([made.issue(2, body=huge)]).strip())
    assert told(done) == []
    assert dict(Issue.objects.values_list("number", "body__markdown")) == {1: "a\r\nb", 2: huge}


def test_overlong_line_is_left_out(import_file, monkeypatch):
    monkeypatch.setattr(entries, "LONGEST_RECORD", 1000)
    done = import_file(made.lines([made.issue(1), made.issue(2, body="x" * 5000), made.issue(3)]))
    assert told(done) == [("line 2", "The line is longer than 0 MB.", True)]
    assert keys() == {"tidewater/captioner#1", "tidewater/captioner#3"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_table_is_read_whatever_its_delimiter(import_file, delimiter):
    rows = [
        ["Title", "Body", "URL", "Created_At", "Closed_At", "more"],
        ["One", '"a ""quoted""\r\nline, with; all|of\tthem"', "https://github.com/a/b/issues/1", "2023-01-01T00:00:00Z", "", "x"],  # noqa: E501
        [],
        ["Two", "", "https://github.com/a/b/issues/2", "2023-01-01 00:00:00 UTC", "2023-01-02", "y"],
        ["PR", "", "https://github.com/a/b/pull/3", "2023-01-01 00:00:00 UTC", "", "y"],
    ]  # fmt: skip
    done = import_file("\r\n".join(delimiter.join(row) for row in rows).encode("utf-8-sig"), "issues.csv")
    assert told(done) == [("line 5", payloads.NO_ZONE, False)]
    assert counts(done)["pull_requests"] == 1
    assert list(Issue.objects.order_by("number").values_list("number", "title", "body__markdown", "state")) == [
        (1, "One", 'a "quoted"\r\nline, with; all|of\tthem', "open"),
        (2, "Two", "", "closed"),
    ]


def test_bad_rows_of_a_table_are_named(import_file, monkeypatch):
    monkeypatch.setattr(entries, "LONGEST_RECORD", 200)
    bad = "too,few\n" + "B\xff,,x,2023-01-01,\n" + f"{'x' * 300},,,,\n" + "No,b,not a url,2023-01-01,\n"
    done = import_file((HEADER + bad + ROW).encode("latin-1"), "issues.csv", columns=COLUMNS)
    assert told(done) == [
        ("line 2", "The row has 2 cells, the first line 5. A quote or a delimiter may be missing.", True),
        ("line 3", "Not of the encoding chosen for this file. Choose another one, or save the file as UTF-8.", True),
        ("line 4", "Not a table's row (field larger than field limit (200)). A quote may be missing.", True),
        ("line 5", "“not a url” is not a web address. Begin it with https://.", True),
    ]
    assert keys() == {"a/b#1"}


def test_comment_that_cannot_be_used_is_named(import_file):
    bad = [made.comment(1, None), made.comment(1, 3, issue_url="x"), made.comment(1, 4, body="a\x00")]
    done = import_file(made.lines([made.issue(1)]), comments=made.lines(bad))
    assert [place_and_skip(problem) for problem in told(done)] == [
        ("line 1", True),
        ("line 2", True),
        ("line 3", False),
    ]
    assert list(Comment.objects.values_list("github_id", "text__markdown")) == [(4, "a\ufffd")]


def place_and_skip(problem):
    return problem[0], problem[2]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.png", b"PK", kinds.CANNOT),
        ("a.xlsx", b"PK", workbooks.UNREADABLE),
        ("a.jsonl", b" \n\n", "This file is empty."),
        ("a.jsonl", b"\xff\xfe{", "This file is UTF-16. Save it as UTF-8 and choose it again."),
        ("a.csv", b"\x1f\x8b000", unpacking.BREAKS_OFF),
        ("a.json", b"[1, 2]", "This JSON list does not begin with an object. A list of issues is [{…}, {…}]."),
        ("a.json", b"[]", "This JSON list does not begin with an object. A list of issues is [{…}, {…}]."),
        ("a.json", b"[{", "The list cannot be read from line 1 on: Expecting property name enclosed in double quotes."),
        ("a.json", b"[" + b'{"a":' * 99_999, "The list nests too deep, or has a number too long, at line 1."),
        ("a.json", b'[{"a": "\xff"}]', "The list is not UTF-8 after line 1. Save it as UTF-8."),
        ("a.jsonl", b"PK00", "This is a workbook. Name it with the ending .xlsx and choose it again."),
        ("a.jsonl", b"title,body", "This file does not begin with a JSON object. JSON Lines has one issue a line."),
        (
            "a.csv",
            b"body;state\n",
            "No column was found for title, created_at, url. An issue needs a title, when it was opened, "
            "and its address (or its repository and number).",
        ),
    ],
)  # fmt: skip
def test_file_that_cannot_be_an_import_is_refused_beside_its_field(
    study, lead, upload, data_folder, name, content, sentence
):
    with pytest.raises(Invalid) as refused:
        request_file_import(study=study, issues=upload(content, name), by=lead)
    assert refused.value.message_dict == {"issues": [sentence]}
    with pytest.raises(Invalid) as refused:
        request_file_import(
            study=study, issues=upload(made.lines([made.issue(1)])), comments=upload(content, name), by=lead
        )
    looked_into = not name.endswith((".csv", ".xlsx")) or sentence == unpacking.BREAKS_OFF
    assert refused.value.message_dict == {"comments": [sentence if looked_into else uploads.LONE["comments"]]}
    assert not Job.objects.exists()
    assert list(data_folder.rglob("uploads/*")) == []


def test_comments_in_a_table_are_refused(study, lead, upload):
    issues, comments = upload(made.lines([made.issue(1)])), upload((HEADER + ROW).encode(), "c.csv")
    with pytest.raises(Invalid) as refused:
        request_file_import(study=study, issues=issues, comments=comments, by=lead)
    assert refused.value.message_dict == {"comments": [uploads.LONE["comments"]]}


def test_upload_is_removed_when_nothing_could_be_queued(study, lead, upload, data_folder, monkeypatch):
    monkeypatch.setattr("corpus.services.imports.enqueue", lambda **arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        request_file_import(study=study, issues=upload(made.lines([made.issue(1)])), by=lead)
    assert list((data_folder / "uploads").iterdir()) == []


@pytest.mark.parametrize(("person", "error"), [("rater_a", Refused), ("observer", Refused), ("stranger", NotThere)])
def test_only_a_lead_imports(study, upload, request, person, error):
    with pytest.raises(error):
        request_file_import(study=study, issues=upload(b"{}"), by=request.getfixturevalue(person))


def test_import_leaves_two_events_and_no_upload(import_file, data_folder, study, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        import_file(made.lines([made.issue(1)]))
    assert list((data_folder / "uploads").iterdir()) == []
    assert list(Event.objects.filter(study=study).values_list("verb", "target").order_by("pk")) == [
        ("began to import", "issues.jsonl"),
        ("imported", "issues.jsonl"),
    ]
    assert Event.objects.get(verb="imported").data == {
        "source": "file", "new": 1, "changed": 0, "same": 0, "comments": 0, "events": 0, "pull_requests": 0,
    }  # fmt: skip


def test_upload_that_is_gone_ends_with_a_sentence(study, lead, upload):
    asked = request_file_import(study=study, issues=upload(made.lines([made.issue(1)])), by=lead)
    uploads.remove(asked.options["issues"])
    assert finish(asked).job.error == (
        "The uploaded file is no longer there. What was read stays; import the file again."
    )


def test_header_that_was_good_at_first_sight_only_ends_with_a_sentence(study, lead, upload, data_folder):
    asked = request_file_import(study=study, issues=upload((HEADER + ROW).encode(), "a.csv"), by=lead)
    (data_folder / "uploads" / asked.options["issues"]).write_text("title\n")
    assert finish(asked).job.error.startswith("The first line does not name these columns: body, closed_at,")


@pytest.mark.shared_data
def test_real_issues_and_comments_are_taken_whole(import_file, shared_data):
    folder = shared_data / "npm_issues"
    content, comments = (folder / "issues.jsonl").read_bytes(), (folder / "comments.jsonl").read_bytes()
    done = import_file(content, comments=comments)
    assert counts(done) == {"new": 428, "changed": 0, "same": 0, "comments": 2320, "events": 0, "pull_requests": 0}
    assert told(done) == []
    payload = [json.loads(line) for line in content.splitlines()]
    assert keys() == {f"{one['repository']}#{one['number']}" for one in payload}
    assert dict(Issue.objects.values_list("github_id", "body__markdown")) == {
        one["id"]: one["body"] or "" for one in payload
    }
    assert set(Comment.objects.values_list("github_id", "text__markdown")) == {
        (one["id"], one["body"] or "") for one in map(json.loads, comments.splitlines())
    }
    assert Repository.objects.count() == 103


def test_file_larger_than_a_page_is_read_in_pages_of_bounded_size(tmp_path):
    path = tmp_path / "issues.jsonl"
    path.write_bytes(made.lines(made.issue(number, body="x" * 100_000) for number in range(1, 301)))
    sizes = [len(page.issues) for page in files.issue_pages(path, files.Kind("lines", "github"), {})]
    assert sum(sizes) == 300
    assert max(sizes) <= pages.PAGE_BYTES // 100_000 + 1


@pytest.mark.parametrize("name", ["issues.jsonl", "issues.csv"])
def test_reading_goes_on_where_the_checkpoint_stands(tmp_path, monkeypatch, name):
    monkeypatch.setattr(pages, "PAGE_RECORDS", 3)
    rows = [f'T{n},"a\nb",https://github.com/a/b/issues/{n},2023-01-01T00:00:00Z,\n' for n in range(1, 11)]
    content = (
        made.lines(made.issue(n) for n in range(1, 11)) if name.endswith("l") else (HEADER + "".join(rows)).encode()
    )
    path = tmp_path / name
    path.write_bytes(content)
    kind = files.Kind("lines", "github") if name.endswith("l") else files.Kind("table", columns=COLUMNS)
    first, *_ = files.issue_pages(path, kind, {})
    rest = [issue.number for page in files.issue_pages(path, kind, first.checkpoint) for issue in page.issues]
    assert [issue.number for issue in first.issues] + rest == list(range(1, 11))
    assert files.count_records(path, kind) == 10


def test_uploads_never_leave_their_folder(data_folder):
    outside = data_folder / "kept.txt"
    outside.write_text("x")
    uploads.remove("../kept.txt")
    assert outside.exists()
    with outside.open("rb") as file:
        assert uploads.keep(File(file)) in {path.name for path in uploads.folder().iterdir()}
