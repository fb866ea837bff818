"""Files in every format that is read: the same issues come out of each, and hostile files do no harm."""

import gzip
import io
import json
import random

import pytest

from corpus import files, payloads
from corpus.files import tables, unpacking, workbooks
from corpus.files.arrays import PIECE
from corpus.models import Comment, Issue
from corpus.services.imports import request_file_import
from jobs.models import State
from studies.errors import Invalid
from tests.corpus import made, written
from tests.corpus.conftest import counts, finish, told

FIELDS = ("title", "body__markdown", "state", "created_at", "closed_at", "author", "milestone")
HOSTILE = [
    "a\u202eb\u2066c",
    "\ufeff\u200b",
    "=1+1",
    "<script>alert(1)</script>",
    "'; DROP TABLE x; --",
    "💥\U0010ffff",
]


def rest(count=6):
    """Issues with texts that are hard on a format."""
    draw = random.Random(1)
    texts = ['a "quoted"\r\nline; with, all|of\tthem', "x" * 20_000, "", *HOSTILE]
    return [
        made.issue(number, title=f"Issue {number} {draw.choice(HOSTILE)}", body=texts[number % len(texts)])
        for number in range(1, count + 1)
    ]


def stored(*fields):
    return set(Issue.objects.values_list("url", *(fields or FIELDS)))


def snapshot():
    labels = {issue.url: tuple(issue.labels) for issue in Issue.objects.all()}
    comments = set(Comment.objects.values_list("issue__url", "github_id", "author", "created_at", "text__markdown"))
    return stored(), labels, comments


def clear():
    Comment.objects.all().delete()
    Issue.objects.all().delete()


COMMENTS = [made.comment(1, 7), made.comment(2, 8, body="x\r\ny"), made.comment(2, 9)]


def comments_by_page():
    """Comments as they stand in formats that name the issue by its page."""
    return [{**one, "issue_url": one["issue_url"].replace("api.github.com/repos", "github.com")} for one in COMMENTS]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("issues.json", lambda: written.array(rest())),
        ("two-pages.json", lambda: written.array(rest()[:3]) + written.array(rest()[3:])),
        ("issues.jsonl.gz", lambda: gzip.compress(made.lines(rest()))),
        ("two-members.jsonl.gz", lambda: gzip.compress(made.lines(rest()[:3])) + gzip.compress(made.lines(rest()[3:]))),
        ("issues.jsonl.zst", lambda: written.zst(made.lines(rest()[:3])) + written.zst(made.lines(rest()[3:]))),
        ("issues.zip", lambda: written.zipped(made.lines(rest()))),
        ("json.zip", lambda: written.zipped(written.array(rest()), "../../etc/passwd.json", "__MACOSX/x")),
    ],
)
def test_every_layout_and_packing_gives_the_same_rows(import_file, name, content):
    import_file(made.lines(rest()), comments=made.lines(COMMENTS))
    expected = snapshot()
    clear()
    done = import_file(content(), name, comments=gzip.compress(written.array(COMMENTS)), comments_name="c.json.gz")
    assert (done.job.state, done.job.error, told(done)) == (State.DONE, "", [])
    assert snapshot() == expected


@pytest.mark.parametrize(("write", "events"), [(written.gh, 0), (written.archive, 6)])
def test_formats_with_comments_inside_give_the_same_rows(import_file, write, events):
    import_file(made.lines(rest()), comments=made.lines(COMMENTS))
    expected = snapshot()
    clear()
    done = import_file(write(rest(), comments_by_page()), "list.json")
    assert (done.job.error, told(done)) == ("", [])
    assert counts(done) == {"new": 6, "changed": 0, "same": 0, "comments": 3, "events": events, "pull_requests": 0}
    assert snapshot() == expected


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "write", "said"),
    [
        ("a.json", written.array, {"labels", "comments", "author_association"}),
        ("a.jsonl.zst", lambda records: written.zst(made.lines(records)), {"labels"}),
        ("a.zip", lambda records: written.zipped(made.lines(records)), {"labels"}),
        ("a.json", written.gh, {"labels", "comments"}),
        ("a.json", written.archive, {"labels", "comments", "author_association"}),
        ("a.csv", written.table, set()),
        ("a.tsv.gz", lambda records: gzip.compress(written.table(records, "\t")), set()),
        ("a.csv", lambda records: written.table(records, ";", "utf-16"), set()),
        ("a.xlsx", written.workbook, {"one line end"}),
        ("a.json", written.gitlab, {"labels"}),
    ],
)
def test_real_issues_come_out_equal(import_file, shared_data, name, write, said):
    folder = shared_data / "npm_issues"
    records = [json.loads(line) for line in (folder / "issues.jsonl").read_text().splitlines()]
    comments = [json.loads(line) for line in (folder / "comments.jsonl").read_text().splitlines()]
    import_file(made.lines(records), comments=made.lines(comments))
    fields = [field for field in FIELDS if field != "body__markdown"]
    expected, expected_bodies = stored(*fields), bodies()
    _, labels, told_comments = snapshot()
    clear()
    with_comments = "comments" in said and write is not written.array
    done = import_file(write(records, comments) if with_comments else write(records), name)
    assert (done.job.error, told(done), done.new) == ("", [], 428)
    if write is written.gitlab:
        Issue.objects.update(url="")
        expected = {("", *row[1:]) for row in expected}
        expected_bodies = sorted(expected_bodies.values())
    assert stored(*fields) == expected
    assert_same_bodies(expected_bodies, said)
    if "labels" in said:
        assert sorted(map(tuple, Issue.objects.values_list("labels", flat=True))) == sorted(labels.values())
    if with_comments:
        assert snapshot()[2] == told_comments


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("jira.csv", lambda records: written.jira(written.jira_rows(records))),
        ("bugs.csv.gz", lambda records: gzip.compress(written.bugzilla(records))),
    ],
)
def test_real_issues_come_out_of_the_exports_of_trackers(import_file, shared_data, name, write):
    """Their addresses are the tracker's; all else is equal, issue by issue."""
    lines = (shared_data / "npm_issues" / "issues.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    import_file(made.lines(records))
    expected = sorted(map(whole, Issue.objects.select_related("body")))
    clear()
    content = write(records)
    plain = gzip.decompress(content) if name.endswith(".gz") else content
    guess = tables.look(io.BytesIO(plain)).guess
    columns = files.Columns(**{**guess.as_json(), "tracker": "https://issues.example.org"})
    done = import_file(content, name, columns=columns)
    assert (done.job.error, told(done), done.new) == ("", [], 428)
    assert sorted(map(whole, Issue.objects.select_related("body"))) == expected
    if columns.kind == "jira":
        labels = sorted(sorted(label["name"].strip() for label in one["labels"][:2]) for one in records)
        assert sorted(sorted(issue.labels) for issue in Issue.objects.all()) == labels


def whole(issue):
    ends = (issue.created_at, str(issue.closed_at), issue.state, issue.state_reason)
    return issue.number, issue.title, issue.body.markdown, issue.author, *ends


def bodies():
    return dict(Issue.objects.values_list("url", "body__markdown"))


def assert_same_bodies(expected, said):
    """A sheet keeps one kind of line end, and 32,767 characters a cell; every other format keeps all."""
    if isinstance(expected, list):
        assert sorted(Issue.objects.values_list("body__markdown", flat=True)) == expected
    elif "one line end" in said:
        same = {url: text[:32767].replace("\r\n", "\n").replace("\r", "\n") for url, text in expected.items()}
        assert {url: text.replace("\r\n", "\n") for url, text in bodies().items()} == same
    else:
        assert bodies() == expected


def test_gh_without_some_fields_leaves_them_as_they_are(import_file):
    import_file(made.lines([made.issue(1, milestone={"title": "v2"})]))
    little = {"url": made.issue(1)["html_url"], "title": "New", "createdAt": "2023-01-01T01:00:00Z", "closedAt": None}
    import_file(json.dumps([little]).encode(), "list.json")
    assert list(Issue.objects.values_list("title", "state", "milestone", "labels", "author", "author_association")) == [
        ("New", "open", "v2", ["bug"], "dev-1", "NONE")
    ]


def test_gh_tells_bots_and_pull_requests(import_file):
    bot = {**written.gh_issue(made.issue(1), []), "author": {"login": "app/dependabot", "is_bot": True}}
    pull = {**written.gh_issue(made.issue(2), []), "isPullRequest": True}
    no_address = {**written.gh_issue(made.issue(3), []), "comments": [{"body": "x"}]}
    done = import_file(json.dumps([bot, pull, no_address]).encode(), "list.json")
    assert list(Issue.objects.order_by("number").values_list("number", "author", "author_is_bot")) == [
        (1, "dependabot[bot]", True), (3, "dev-3", False),
    ]  # fmt: skip
    assert counts(done)["pull_requests"] == 1
    assert told(done) == [
        (
            "member 3 (line 1)",
            "A comment of this issue has no “url” that ends with #issuecomment- and its number.",
            True,
        )
    ]


def test_archive_takes_the_last_word_and_leaves_out_what_was_deleted(import_file):
    def event(kind, action, when, **payload):
        return {"type": kind, "repo": {}, "created_at": when, "payload": {"action": action, **payload}}

    def issue(number, title, when):
        return made.issue(number, title=title, updated_at=when)

    def comment(github_id, body):
        page = f"https://github.com/tidewater/captioner/issues/1#issuecomment-{github_id}"
        return made.comment(1, github_id, body=body, html_url=page)

    pull, older = made.pull_request(4), issue(1, "Older", "2023-01-01T00:00:00Z")
    events = [
        event("IssuesEvent", "opened", "1", issue=issue(1, "Later", "2024-02-01T00:00:00Z")),
        event("IssuesEvent", "opened", "2", issue=issue(1, "Earlier", "2024-01-01T00:00:00Z")),
        event("IssuesEvent", "opened", "3", issue=issue(2, "Deleted", "2024-01-01T00:00:00Z")),
        event("IssuesEvent", "deleted", "4", issue=issue(2, "Deleted", "2024-01-01T00:00:00Z")),
        event("IssueCommentEvent", "created", "5", issue=older, comment=comment(7, "A")),
        event("IssueCommentEvent", "edited", "6", issue=older, comment=comment(7, "B")),
        event("IssueCommentEvent", "created", "7", issue=older, comment=comment(8, "C")),
        event("IssueCommentEvent", "deleted", "8", issue=older, comment=comment(8, "C")),
        event("IssueCommentEvent", "created", "9", issue=pull, comment=comment(9, "On a pull request")),
        event("WatchEvent", "started", "9"),
    ]  # fmt: skip
    lines = [json.dumps(one, separators=(",", ":")) for one in events]
    done = import_file("\n".join([*lines, '{"type":"IssuesEvent", broken']).encode(), "2024-01-01-0.json")
    assert list(Issue.objects.values_list("number", "title")) == [(1, "Later")]
    assert list(Comment.objects.values_list("github_id", "text__markdown")) == [(7, "B")]
    assert counts(done) == {"new": 1, "changed": 0, "same": 0, "comments": 1, "events": 0, "pull_requests": 1}
    assert [(place, skipped) for place, _, skipped in told(done)] == [("line 11", True)]


def test_gitlab_keeps_hosts_and_groups_apart(import_file):
    one = {**written.gitlab_issue(made.issue(3)), "web_url": "https://gitlab.com/group/sub/project/-/issues/3"}
    wrong = {**written.gitlab_issue(made.issue(4)), "web_url": "javascript:alert(1)"}
    done = import_file(json.dumps([one, wrong]).encode(), "issues.json")
    row = Issue.objects.select_related("repository").get()
    assert (row.key, row.author, row.author_association) == ("gitlab.com/group/sub/project#3", "dev-3", "")
    assert told(done) == [
        ("member 2 (line 1)", "“web_url” is “javascript:alert(1)”, not the address of an issue on GitLab.", True)
    ]


def test_array_longer_than_a_piece_is_read_from_its_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr("corpus.files.pages.PAGE_RECORDS", 3)
    path = tmp_path / "issues.json"
    path.write_bytes(written.array(made.issue(number, body="é" * 100_000) for number in range(1, 11)))
    assert path.stat().st_size > 5 * PIECE
    first, *rest = files.issue_pages(path, kind := files.Kind("array", "github"), {})
    again = [issue.number for page in files.issue_pages(path, kind, first.checkpoint) for issue in page.issues]
    assert [issue.number for page in [first, *rest] for issue in page.issues] == list(range(1, 11))
    assert again == list(range(4, 11))
    assert rest[0].issue_places == [f"member {number} (line {line})" for number, line in places_of(path, 4, 6)]


def places_of(path, first, last):
    begins = [line for line, text in enumerate(path.read_text().splitlines(), start=1) if text == " {"]
    return [(number, begins[number - 1]) for number in range(first, last + 1)]


def test_list_that_breaks_off_keeps_what_was_whole(import_file, monkeypatch):
    monkeypatch.setattr("corpus.files.pages.PAGE_RECORDS", 1)
    content = written.array([made.issue(1), made.issue(2), made.issue(3)])
    done = import_file(content[:-200], "issues.json")
    assert done.job.state == State.FAILED
    assert done.job.error.startswith("The list cannot be read from line")
    assert done.job.error.endswith("What was read stays.")
    assert set(Issue.objects.values_list("number", flat=True)) == {1, 2}


def test_lines_go_on_in_a_packed_file_where_the_checkpoint_stands(tmp_path, monkeypatch):
    monkeypatch.setattr("corpus.files.pages.PAGE_RECORDS", 3)
    path = tmp_path / "issues.jsonl.gz"
    path.write_bytes(gzip.compress(made.lines(made.issue(number, body="x" * 10**6) for number in range(1, 8))))
    kind = files.Kind("lines", "github")
    first, *_ = files.issue_pages(path, kind, {})
    again = [issue.number for page in files.issue_pages(path, kind, first.checkpoint) for issue in page.issues]
    assert again == [4, 5, 6, 7]
    assert files.count_records(path, kind) == 7


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.jsonl.gz", gzip.compress(made.lines([made.issue(1)] * 3000))[:-300], unpacking.BREAKS_OFF),
        ("a.jsonl.gz", b"\x1f\x8b\x08" + b"\xff" * 50, unpacking.BREAKS_OFF),
        ("a.jsonl.zst", b"\x28\xb5\x2f\xfd" + b"\xff" * 50, unpacking.BREAKS_OFF),
        ("a.zip", b"PK\x03\x04" + b"\xff" * 50, unpacking.BREAKS_OFF),
        ("a.zip", written.zipped(b"{}", "a.jsonl", "b.jsonl"), "The zip holds 2 files. Pack each file on its own, or unpack them first."),  # noqa: E501
        ("a.zip", written.zipped(b"\x89PNG", "a.png"), "This kind of file cannot be read. Choose JSON (.jsonl, .json) or a table (.csv, .tsv, .xlsx), plain or packed (.gz, .zst, .zip)."),  # noqa: E501
        ("a.jsonl", written.workbook([]), "This is a workbook. Name it with the ending .xlsx and choose it again."),
        ("a.xlsx", written.zipped(b"<x/>", "[Content_Types].xml"), workbooks.UNREADABLE),
        ("a.xlsx", written.sheet([]), "The first row must name the columns."),
        ("a.csv", b",,,\n1,2,3,4\n", "The first line must name the columns."),
    ],
)  # fmt: skip
def test_damaged_files_are_refused_or_fail_with_a_sentence(study, lead, upload, data_folder, name, content, sentence):
    assert ends_with(study, lead, upload(content, name)) == sentence
    assert list(data_folder.rglob("uploads/*")) == [] or sentence == unpacking.BREAKS_OFF
    assert not Issue.objects.exists()


def ends_with(study, lead, upload):
    """The sentence of the refusal, at once or by the job."""
    try:
        asked = finish(request_file_import(study=study, issues=upload, by=lead))
    except Invalid as refused:
        return refused.message_dict["issues"][0]
    return asked.job.error.removesuffix(" What was read stays.")


@pytest.mark.parametrize("pack", [gzip.compress, written.zst, written.zipped])
def test_a_bomb_is_not_unpacked_beyond_its_bound(study, lead, upload, monkeypatch, pack):
    monkeypatch.setattr(unpacking, "ALWAYS", 2**20)
    bomb = pack(made.lines([made.issue(1)]) + b" " * 50 * 2**20)
    name = {gzip.compress: "a.jsonl.gz", written.zst: "a.jsonl.zst"}.get(pack, "a.jsonl.zip")
    error = ends_with(study, lead, upload(bomb, name))
    assert error.startswith("The file unpacks to more than ")
    assert not Issue.objects.exists()


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(study, lead, upload, monkeypatch):
    monkeypatch.setattr(unpacking, "ALWAYS", 2**20)
    bomb = written.zipped(b" " * 50 * 2**20, "[Content_Types].xml")
    assert ends_with(study, lead, upload(bomb, "a.xlsx")).startswith("The workbook unpacks to far more than text")


def test_what_a_database_cannot_hold_is_replaced_in_every_layout(import_file):
    bad = made.issue(1, body="a\x00b", title="half \ud83d")
    for name, content in (("a.json", json.dumps([bad]).encode()), ("a.jsonl", made.lines([bad]))):
        done = import_file(content, name)
        assert [sentence for _, sentence, _ in told(done)] == [payloads.REPLACED]
        assert list(Issue.objects.values_list("title", "body__markdown")) == [("half \ufffd", "a\ufffdb")]


def test_a_body_of_5_mb_is_taken_whole(import_file):
    body = "x\u202e" * 1_700_000
    import_file(written.array([made.issue(1, body=body), made.issue(2)]), "a.json")
    assert dict(Issue.objects.values_list("number", "body__markdown")) == {1: body, 2: "Body of 2"}
