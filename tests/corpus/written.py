"""Issues written in the formats that researchers have them in, from GitHub's REST objects."""

import csv
import io
import json
import zipfile

import openpyxl
import zstandard


def array(records):
    return json.dumps(list(records), indent=1, ensure_ascii=False).encode()


def gh(records, comments=()):
    """What `gh issue list --json …` writes, comments with their issues."""
    by_issue = {}
    for one in comments:
        by_issue.setdefault(one["issue_url"].lower(), []).append(one)
    return json.dumps([gh_issue(one, by_issue.get(one["html_url"].lower(), [])) for one in records]).encode()


def gh_issue(one, comments):
    return {
        "id": f"I_{one['id']}", "number": one["number"], "url": one["html_url"], "title": one["title"],
        "body": one["body"] or "", "state": one["state"].upper(), "stateReason": (one["state_reason"] or "").upper(),
        "createdAt": one["created_at"], "closedAt": one["closed_at"], "author": gh_person(one["user"]),
        "labels": [{"name": label["name"]} for label in one["labels"]], "milestone": one["milestone"],
        "comments": [gh_comment(comment) for comment in comments],
    }  # fmt: skip


def gh_person(user):
    name = user["login"]
    return {"login": f"app/{name[:-5]}" if name.endswith("[bot]") else name, "is_bot": user["type"] == "Bot"}


def gh_comment(one):
    return {
        "id": "IC_x", "url": f"{one['issue_url']}#issuecomment-{one['id']}", "body": one["body"],
        "createdAt": one["created_at"], "authorAssociation": one["author_association"],
        "author": gh_person(one["user"]),
    }  # fmt: skip


def archive(records, comments=()):
    """An hour of GH Archive: each issue is opened, told by pushes in between, and told again as it is now."""
    events = []
    for one in records:
        repository = {"name": one["html_url"].split("/issues/")[0].removeprefix("https://github.com/")}
        before = {**one, "title": "Before", "updated_at": "2000-01-01T00:00:00Z"}
        now = {**one, "updated_at": one.get("updated_at") or "2020-01-01T00:00:00Z"}
        for action, told in (("closed", now), ("opened", before)):
            events.append({"type": "IssuesEvent", "repo": repository, "payload": {"action": action, "issue": told}})
        events.append({"type": "PushEvent", "repo": repository, "payload": {"commits": [{"message": '"Issue'}]}})
    by_address = {one["html_url"].lower(): one for one in records}
    for one in comments:
        issue = {**by_address[one["issue_url"].lower()], "updated_at": "2001-01-01T00:00:00Z"}
        told = {**one, "html_url": f"{one['issue_url']}#issuecomment-{one['id']}"}
        events.append({"type": "IssueCommentEvent", "repo": {}, "payload": {"issue": issue, "comment": told}})
    return "".join(
        json.dumps({"id": str(number), "created_at": "2020-01-01T00:00:00Z", **event}, separators=(",", ":")) + "\n"
        for number, event in enumerate(events)
    ).encode()


def gitlab(records):
    return json.dumps([gitlab_issue(one) for one in records]).encode()


def gitlab_issue(one):
    path = one["html_url"].removeprefix("https://github.com/").replace("/issues/", "/-/issues/")
    return {
        "id": one["id"], "iid": one["number"], "web_url": f"https://gitlab.example/{path}", "title": one["title"],
        "description": one["body"], "state": "opened" if one["state"] == "open" else "closed",
        "created_at": one["created_at"], "closed_at": one["closed_at"], "author": {"username": one["user"]["login"]},
        "labels": [label["name"] for label in one["labels"]], "milestone": one["milestone"], "closed_by": None,
    }  # fmt: skip


COLUMNS = ("Title", "Body", "URL", "Created at", "Closed at", "Author", "State", "Milestone")


def rows(records):
    yield COLUMNS
    for one in records:
        yield (
            one["title"], one["body"] or "", one["html_url"], one["created_at"], one["closed_at"] or "",
            one["user"]["login"], one["state"], (one["milestone"] or {}).get("title", ""),
        )  # fmt: skip


def table(records, delimiter=",", encoding="utf-8"):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows(records))
    return text.getvalue().encode(encoding)


def workbook(records):
    return sheet(rows(records))


def sheet(lines):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines:
        sheet.append(line)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def jira(records):
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    names = ["Summary", "Issue key", "Issue id", "Status", "Resolution", "Reporter", "Created", "Resolved"]
    writer.writerow([*names, "Labels", "Labels", "Description"])
    writer.writerows(records)
    return text.getvalue().encode()


def jira_rows(records):
    """Every repository is a project of its own; the first two labels of each issue."""
    for one in records:
        labels = [*(label["name"] for label in one["labels"]), "", ""][:2]
        yield (
            one["title"], f"{project_of(one)}-{one['number']}", one["id"], one["state"], one["state_reason"] or "",
            one["user"]["login"], one["created_at"], one["closed_at"] or "", *labels,
            one["body"] or "",
        )  # fmt: skip


def bugzilla(records):
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(
        ["Bug ID", "Product", "Summary", "Status", "Resolution", "Reporter", "Opened", "Closed", "Description"]
    )
    for one in records:
        writer.writerow([
            one["number"], project_of(one), one["title"], one["state"], one["state_reason"] or "", one["user"]["login"],
            one["created_at"], one["closed_at"] or "", one["body"] or "",
        ])  # fmt: skip
    return text.getvalue().encode()


def project_of(one):
    owner, name = one["html_url"].split("/")[3:5]
    return "".join(letter for letter in f"P_{owner}__{name}" if letter.isalnum() or letter == "_")


def zipped(content, name="issues.jsonl", *more):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in (name, *more):
            archive.writestr(one, content)
    return made.getvalue()


def zst(content):
    return zstandard.compress(content)
