"""What happens on the fake GitHub: people open, edit, close and move issues; owners rename, hide and block."""

import itertools
from datetime import timedelta

from tests.fakes.github.objects import START, Comment, Event, Issue, Repo


class World:
    """Repositories by id, and a clock that goes on a minute with everything that happens, or as `now` tells."""

    def __init__(self):
        self.repositories = {}
        self.clock = START
        self.now = lambda: self.clock + timedelta(minutes=1)
        self.ids = itertools.count(10_001)

    def tick(self):
        self.clock = self.now()
        return self.clock

    def add(self, full_name="tidewater/captioner"):
        repo = Repo(1000 + len(self.repositories), full_name)
        self.repositories[repo.id] = repo
        return repo

    def named(self, full_name):
        """The repository under this name, and whether it is its present one."""
        for repo in self.repositories.values():
            if repo.full_name.lower() == full_name.lower():
                return repo, True
        former = (repo for repo in self.repositories.values() if full_name in repo.former)
        return next(former, None), False

    def open(self, repo, title="", body="", **fields):
        now, number = self.tick(), repo.next_number
        repo.next_number += 1
        made = Issue(number, next(self.ids), title or f"Issue {number}", body, now, now, **fields)
        repo.issues[number] = made
        return made

    def touch(self, repo, number):
        repo.issues[number].updated = self.tick()
        return repo.issues[number]

    def edit(self, repo, number, **fields):
        issue = self.touch(repo, number)
        if "title" in fields:
            self.happen(repo, number, "renamed", rename={"from": issue.title, "to": fields["title"]})
        for name, value in fields.items():
            setattr(issue, name, value)

    def comment(self, repo, number, body="A comment"):
        self.touch(repo, number)
        repo.comments.append(Comment(next(self.ids), number, body, self.clock))
        return repo.comments[-1]

    def happen(self, repo, number, kind, **more):
        self.touch(repo, number)
        repo.events.append(Event(next(self.ids), number, kind, self.clock, more=more))
        return repo.events[-1]

    def close(self, repo, number, reason="completed", commit=None):
        issue = self.touch(repo, number)
        self.happen(repo, number, "closed", commit_id=commit)
        issue.closed, issue.reason, issue.closed_by = self.clock, reason, "dev-3"

    def reopen(self, repo, number):
        issue = self.touch(repo, number)
        self.happen(repo, number, "reopened")
        issue.closed, issue.reason, issue.closed_by = None, "reopened", None

    def label(self, repo, number, name):
        issue = self.touch(repo, number)
        kind = "unlabeled" if name in issue.labels else "labeled"
        issue.labels = sorted(set(issue.labels) ^ {name})
        self.happen(repo, number, kind, label={"name": name, "color": "ff0000"})

    def delete(self, repo, number, moved_to=None):
        """The issue is gone, with its comments and events; its number is not given again."""
        repo.gone[number] = moved_to
        repo.comments = [one for one in repo.comments if one.number != number]
        repo.events = [one for one in repo.events if one.number != number]
        return repo.issues.pop(number)

    def transfer(self, repo, number, to):
        """The issue goes on elsewhere under a new number, with its comments; its labels stay behind."""
        comments = [one for one in repo.comments if one.number == number]
        new = to.next_number
        to.next_number += 1
        old = self.delete(repo, number, moved_to=(to, new))
        to.issues[new] = Issue(new, next(self.ids), old.title, old.body, old.created, self.tick(), author=old.author)
        to.comments += [Comment(next(self.ids), new, one.body, one.created) for one in comments]
        self.happen(to, new, "transferred")
        return to.issues[new]

    def rename(self, repo, full_name):
        repo.former.append(repo.full_name)
        repo.full_name = full_name
