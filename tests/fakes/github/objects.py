"""GitHub's objects in full, as its API describes them, made from the few things that the fake knows of each."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

API, WEB = "https://api.github.com", "https://github.com"
START = datetime(2023, 1, 1, tzinfo=UTC)
PERSON = """followers following gists starred subscriptions organizations repos events received_events"""
REPOSITORY = """
    archive assignees blobs branches collaborators comments commits compare contents contributors deployments
    downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels
    languages merges milestones notifications pulls releases stargazers statuses subscribers subscription tags teams
    trees clone git ssh svn mirror
"""
COUNTS = """forks forks_count open_issues open_issues_count size stargazers_count watchers watchers_count"""


def stamp(moment):
    return moment.isoformat().replace("+00:00", "Z")


@dataclass
class Issue:
    number: int
    id: int
    title: str
    body: str | None
    created: datetime
    updated: datetime
    author: str = "dev-1"
    closed: datetime | None = None
    closed_by: str | None = None
    reason: str | None = None
    labels: list = field(default_factory=list)
    assignee: str | None = None
    milestone: str | None = None
    is_pull: bool = False


@dataclass
class Comment:
    id: int
    number: int
    body: str
    created: datetime
    author: str = "dev-2"


@dataclass
class Event:
    id: int
    number: int
    kind: str
    at: datetime
    actor: str = "dev-3"
    more: dict = field(default_factory=dict)


@dataclass
class Repo:
    """`gone` says of numbers that were deleted (None) or moved: to which repository and number."""

    id: int
    full_name: str
    former: list = field(default_factory=list)
    access: str = "open"
    issues: dict = field(default_factory=dict)
    comments: list = field(default_factory=list)
    events: list = field(default_factory=list)
    gone: dict = field(default_factory=dict)
    next_number: int = 1

    @property
    def api(self):
        return f"{API}/repos/{self.full_name}"

    @property
    def web(self):
        return f"{WEB}/{self.full_name}"


def user(login):
    api, web = f"{API}/users/{login}", f"{WEB}/{login}"
    told = {f"{name}_url": f"{api}/{name}" for name in PERSON.split()}
    return told | {
        "login": login, "id": sum(map(ord, login)), "node_id": "U", "avatar_url": web, "gravatar_id": "", "url": api,
        "html_url": web, "type": "Bot" if login.endswith("[bot]") else "User", "site_admin": False,
    }  # fmt: skip


def optional_user(login):
    return user(login) if login else None


def label(name):
    return {
        "id": sum(map(ord, name)), "node_id": "L", "url": f"{API}/labels", "name": name, "description": None,
        "color": "ff0000", "default": False,
    }  # fmt: skip


def milestone(title):
    api = f"{API}/milestones/1"
    return title and {
        "url": api, "html_url": api, "labels_url": api, "id": 1, "node_id": "M", "number": 1, "state": "open",
        "title": title, "description": None, "creator": None, "open_issues": 1, "closed_issues": 0,
        "created_at": stamp(START), "updated_at": stamp(START), "closed_at": None, "due_on": None,
    }  # fmt: skip


def issue(repo, one, comments=0):
    api, kind = f"{repo.api}/issues/{one.number}", "pull" if one.is_pull else "issues"
    web = f"{repo.web}/{kind}/{one.number}"
    told = {
        "id": one.id, "node_id": "I", "url": api, "repository_url": repo.api, "labels_url": f"{api}/labels{{/name}}",
        "comments_url": f"{api}/comments", "events_url": f"{api}/events", "html_url": web, "number": one.number,
        "state": "closed" if one.closed is not None else "open", "state_reason": one.reason, "title": one.title,
        "body": one.body, "user": user(one.author), "labels": [label(name) for name in one.labels],
        "assignee": optional_user(one.assignee), "assignees": [user(one.assignee)] if one.assignee else [],
        "milestone": milestone(one.milestone), "locked": False, "active_lock_reason": None, "comments": comments,
        "closed_at": stamp(one.closed) if one.closed is not None else None, "created_at": stamp(one.created),
        "updated_at": stamp(one.updated), "author_association": "NONE", "closed_by": optional_user(one.closed_by),
    }  # fmt: skip
    pull = {"pull_request": {"url": api, "html_url": web, "diff_url": web, "patch_url": web}}
    return told | (pull if one.is_pull else {})


def comment(repo, one):
    kind = "pull" if repo.issues[one.number].is_pull else "issues"
    return {
        "id": one.id, "node_id": "C", "url": f"{repo.api}/issues/comments/{one.id}",
        "html_url": f"{repo.web}/{kind}/{one.number}#issuecomment-{one.id}", "body": one.body,
        "user": user(one.author), "created_at": stamp(one.created), "updated_at": stamp(one.created),
        "issue_url": f"{repo.api}/issues/{one.number}", "author_association": "MEMBER",
    }  # fmt: skip


def event(repo, one):
    told = {
        "id": one.id, "node_id": "E", "url": f"{repo.api}/issues/events/{one.id}", "actor": user(one.actor),
        "event": one.kind, "commit_id": None, "commit_url": None, "created_at": stamp(one.at),
        "issue": issue(repo, repo.issues[one.number]), "performed_via_github_app": None,
    }  # fmt: skip
    return told | one.more


def repository(repo):
    owner, name = repo.full_name.split("/")
    told = {f"{one}_url": f"{repo.api}/{one}" for one in REPOSITORY.split()} | dict.fromkeys(COUNTS.split(), 0)
    return told | {
        "id": repo.id, "node_id": "R", "name": name, "full_name": repo.full_name, "owner": user(owner),
        "private": False, "html_url": repo.web, "description": None, "fork": False, "url": repo.api,
        "default_branch": "main", "has_issues": repo.access != "off", "has_projects": False, "has_wiki": False,
        "has_pages": False, "has_discussions": False, "homepage": None, "language": None, "archived": False,
        "disabled": False, "license": None, "pushed_at": stamp(START), "created_at": stamp(START),
        "updated_at": stamp(START), "network_count": 0, "subscribers_count": 0,
    }  # fmt: skip
