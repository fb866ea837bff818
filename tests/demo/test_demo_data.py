"""Issues and comments of the demonstration keep the promises of `demo/data/README.md`."""

import re
from collections import Counter, defaultdict
from datetime import datetime

import pytest

ISSUE_KEYS = {
    "id", "repository", "number", "title", "body", "user", "author_association", "labels", "state",
    "state_reason", "locked", "assignees", "milestone", "comments", "created_at", "updated_at", "closed_at",
    "closed_by", "html_url",
}  # fmt: skip
COMMENT_KEYS = {
    "id", "issue_url", "repository", "issue_number", "user", "author_association", "created_at",
    "updated_at", "body",
}  # fmt: skip
USER_KEYS = {"login", "id", "type"}


def key(issue):
    return f"{issue['repository']}#{issue['number']}"


def when(stamp):
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ")


def days_open(issue):
    return (when(issue["closed_at"]) - when(issue["created_at"])).total_seconds() / 86400


def words(text):
    return re.findall(r"\w+", (text or "").lower())


def runs(text, length):
    found = words(text)
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}


def shared_runs(texts, length=8):
    """Every run of words that stands in two of the texts, with the names of both."""
    first, shared = {}, []
    for name, text in texts:
        for run in runs(text, length):
            if first.setdefault(run, name) != name:
                shared.append((first[run], name, " ".join(run)))
    return shared


def test_counts(issues, comments, answers, codes):
    years = Counter(issue["created_at"][:4] for issue in issues)
    assert (len(issues), len(comments), len(answers), len(codes)) == (120, 185, 120, 15)
    assert set(years) == {"2023", "2024", "2025"}
    assert min(years.values()) >= 25
    assert len({issue["repository"] for issue in issues}) == 8


def test_keys_are_those_of_the_format(issues, comments):
    assert {frozenset(issue) for issue in issues} == {frozenset(ISSUE_KEYS)}
    assert {frozenset(comment) for comment in comments} == {frozenset(COMMENT_KEYS)}
    people = [row["user"] for row in issues + comments]
    people += [issue["closed_by"] for issue in issues if issue["closed_by"]]
    people += [person for issue in issues for person in issue["assignees"]]
    assert {frozenset(person) for person in people} == {frozenset(USER_KEYS)}
    labels = [label for issue in issues for label in issue["labels"]]
    assert {frozenset(label) for label in labels} == {frozenset({"name", "color", "description"})}
    assert all(re.fullmatch("[0-9a-f]{6}", label["color"]) for label in labels)


def test_one_login_is_one_person(issues, comments):
    people = {(row["user"]["login"], row["user"]["id"], row["user"]["type"]) for row in issues + comments}
    assert len(people) == len({login for login, _, _ in people}) == len({number for _, number, _ in people})
    assert {login for login, _, kind in people if kind == "Bot"} == {"twig-bump[bot]", "stale-heron[bot]"}


def test_ids_and_numbers_are_unique(issues, comments):
    assert len({issue["id"] for issue in issues}) == 120
    assert len({comment["id"] for comment in comments}) == 185
    assert len({key(issue) for issue in issues}) == 120


def test_numbers_rise_with_time_within_a_repository(issues):
    numbers = defaultdict(list)
    for issue in issues:
        numbers[issue["repository"]].append(issue["number"])
    assert [issue["created_at"] for issue in issues] == sorted(issue["created_at"] for issue in issues)
    assert all(found == sorted(found) for found in numbers.values())


def test_times_are_in_order(issues, comments):
    last = {key(issue): max(issue["created_at"], issue["closed_at"] or "") for issue in issues}
    opened = {key(issue): issue["created_at"] for issue in issues}
    for comment in comments:
        name = f"{comment['repository']}#{comment['issue_number']}"
        assert opened[name] < comment["created_at"] <= comment["updated_at"]
        last[name] = max(last[name], comment["updated_at"])
    assert {key(issue): issue["updated_at"] for issue in issues} == last
    assert max(last.values()) < "2026"


def test_state_reason_and_closing_fit_together(issues):
    for issue in issues:
        closed = issue["state"] == "closed"
        assert closed == (issue["closed_at"] is not None) == (issue["closed_by"] is not None)
        allowed = {"completed", "not_planned", "duplicate"} if closed else {None, "reopened"}
        assert issue["state_reason"] in allowed
        assert not closed or days_open(issue) > 0
    reasons = Counter(issue["state_reason"] for issue in issues)
    assert reasons == {"completed": 88, None: 18, "not_planned": 11, "reopened": 2, "duplicate": 1}


def test_open_share(issues):
    share = sum(issue["state"] == "open" for issue in issues) / len(issues)
    assert 0.15 <= share <= 0.20


def test_comments_are_counted_and_belong_to_an_issue(issues, comments):
    counted = Counter(f"{comment['repository']}#{comment['issue_number']}" for comment in comments)
    assert {key(issue): issue["comments"] for issue in issues} == {key(issue): counted[key(issue)] for issue in issues}
    assert sum(counted.values()) == sum(counted[key(issue)] for issue in issues)
    assert {issue["comments"] for issue in issues} == {0, 1, 2, 3, 4}
    urls = {issue["html_url"] for issue in issues}
    assert {comment["issue_url"] for comment in comments} <= urls
    assert all(
        issue["html_url"] == f"https://github.example/{issue['repository']}/issues/{issue['number']}"
        for issue in issues
    )


def test_references_lead_to_an_earlier_issue_of_the_same_repository(issues, comments):
    known = {key(issue) for issue in issues}
    for row in issues + comments:
        below = row.get("number") or row["issue_number"]
        for number in re.findall(r"(?<![\w&/])#(\d+)\b", row["body"] or ""):
            assert int(number) < below
            assert f"{row['repository']}#{number}" in known


def test_every_address_is_a_reserved_one(folder):
    text = "".join((folder / name).read_text(encoding="utf-8") for name in ("issues.jsonl", "comments.jsonl"))
    hosts = set(re.findall(r"https?://([^/\s)\"\\]+)", text))
    assert hosts
    assert {host for host in hosts if not host.endswith(".example")} == set()


def test_lengths_of_texts(issues, comments):
    empty = [issue for issue in issues if not issue["body"]]
    lengths = [len(issue["body"].split()) for issue in issues if issue["body"]]
    assert (len(empty), {issue["body"] for issue in empty}) == (3, {None})
    assert min(lengths) >= 30
    assert max(lengths) <= 160
    assert all(comment["body"].strip() for comment in comments)


@pytest.mark.parametrize(
    ("pattern", "at_least"),
    [
        (r"```", 15), (r"(?m)^[-*] ", 10), (r"(?m)^1\. ", 5), (r"(?m)^- \[[ x]\] ", 2), (r"\|:?-", 5),
        (r"(?<!`)`[^`\n]+`", 40), (r"(?m)^> ", 4), (r"(?<!\w)@\w", 6), (r"(?<!\w)#\d", 6), (r"!\[.+\]\(", 2),
        (r"<details>", 1), ("[\U0001f300-\U0001faff]", 4), ("[à-ž\u3040-\u9fff]", 8), (r"\r\n", 20),
    ],
)  # fmt: skip
def test_markdown_has_variety(issues, pattern, at_least):
    assert sum(bool(re.search(pattern, issue["body"] or "")) for issue in issues) >= at_least


def test_no_two_texts_share_eight_words(issues, comments, answers):
    texts = [(key(issue), issue["body"]) for issue in issues]
    texts += [(comment["id"], comment["body"]) for comment in comments if comment["user"]["type"] == "User"]
    texts += [(row["issue"], row["resolution"]["reason"]) for row in answers if row["resolution"]]
    assert shared_runs(texts) == []
    assert len({issue["title"] for issue in issues}) == 120


def test_nothing_of_the_writing_is_left_over(folder):
    text = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    assert re.findall(r"#\{|%%|lorem|todo", text, re.IGNORECASE) == []
