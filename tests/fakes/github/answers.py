"""The fake GitHub's answers: listings in pages with Link headers and ETags, redirects, refusals, quotas."""

import hashlib
import json
import re
import time
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.fakes.github import objects
from tests.fakes.github.world import World

REFUSALS = {"hidden": (404, "Not Found"), "blocked": (451, "Repository access blocked"), "off": (410, "Issues are disabled for this repo")}  # fmt: skip # noqa: E501
ROUTE = re.compile(r"/(?:repos/([^/]+/[^/]+)|repositories/(\d+))(/.*)?")


@dataclass
class Answer:
    status: int
    body: bytes = b""
    headers: dict = field(default_factory=dict)


def told(status, payload, **headers):
    return Answer(status, json.dumps(payload).encode(), headers)


def refused(status, message, **headers):
    return told(status, {"message": message, "documentation_url": "https://docs.github.com", "status": str(status)}, **headers)  # fmt: skip # noqa: E501


class FakeGitHub(World):
    """`faults` are met one after the other by the next requests of listings; None is no fault. `quotas` are what is
    left of each token's; a token that is not in it is not limited."""

    url = "http://github.test"

    def __init__(self, page_size=100):
        super().__init__()
        self.page_size = page_size
        self.faults = deque()
        self.quotas = {}
        self.wrong_tokens = set()
        self.recorded = {}
        self.requests, self.statuses, self.authorization = [], [], set()
        self.check = None

    def respond(self, path, headers):
        """The answer to a request, by script or by what is so. A fault may raise what a broken network raises, or
        change the world and leave the answer to it."""
        self.requests.append(path)
        token = headers.get("Authorization")
        self.authorization.add(token)
        fault = self.faults.popleft() if self.faults and "/issues" in path else None
        scripted = fault(self) if fault else None
        answer = scripted or self.limited(token) or self.answer(path)
        if not scripted and self.check:
            self.check(path, answer)
        if answer.status == 200 and "Content-Length" not in answer.headers:
            etag = f'"{hashlib.sha256(answer.body).hexdigest()}"'
            answer.headers["ETag"] = etag
            if headers.get("If-None-Match") == etag:
                answer.status, answer.body = 304, b""
        if token in self.quotas:
            self.spend(token, answer)
        self.statuses.append(answer.status)
        return answer

    def limited(self, token):
        if token in self.wrong_tokens:
            return refused(401, "Bad credentials")
        if self.quotas.get(token) == 0:
            return refused(403, "API rate limit exceeded")
        return None

    def spend(self, token, answer):
        """An unchanged page costs nothing."""
        if answer.status == 200:
            self.quotas[token] -= 1
        left = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": str(self.quotas[token])}
        answer.headers |= left | {"X-RateLimit-Reset": str(int(time.time()) + 1800)}

    def answer(self, path):
        split = urlsplit(path)
        recorded = self.recorded.get(key_of(path)) or self.recorded.get((split.path, None))
        if recorded:
            return recorded
        if split.path == "/rate_limit":
            rate = {"limit": 60, "remaining": 60, "reset": 0, "used": 0}
            return told(200, {"resources": {"core": rate, "search": rate}, "rate": rate})
        found = ROUTE.fullmatch(split.path)
        if not found:
            return refused(404, "Not Found")
        repo, present = self.named(found[1]) if found[1] else (self.repositories.get(int(found[2])), True)
        if repo is None:
            return refused(404, "Not Found")
        if not present:
            return moved(f"{self.url}/repositories/{repo.id}{found[3] or ''}")
        return self.of_repository(repo, found[3] or "", parse_qs(split.query))

    def of_repository(self, repo, rest, query):
        if repo.access in ("hidden", "blocked") or (repo.access == "off" and rest):
            return refused(*REFUSALS[repo.access])
        if not rest:
            return told(200, objects.repository(repo))
        if single := re.fullmatch(r"/issues/(\d+)", rest):
            return self.single(repo, int(single[1]))
        records = {"/issues": self.issues, "/issues/comments": comments, "/issues/events": events}.get(rest)
        return self.listing(repo, rest, query, records(repo, query)) if records else refused(404, "Not Found")

    def single(self, repo, number):
        if number in repo.issues:
            return told(200, self.one_issue(repo, repo.issues[number]))
        if number not in repo.gone:
            return refused(404, "Not Found")
        if repo.gone[number] is None:
            return refused(410, "This issue was deleted")
        other, new = repo.gone[number]
        return moved(f"{self.url}/repositories/{other.id}/issues/{new}")

    def one_issue(self, repo, issue):
        return objects.issue(repo, issue, sum(one.number == issue.number for one in repo.comments))

    def issues(self, repo, query):
        state, since = query.get("state", ["open"])[0], query.get("since", [""])[0]
        labels = set(filter(None, query.get("labels", [""])[0].split(",")))
        return [
            (self.one_issue, issue)
            for issue in sorted(repo.issues.values(), key=lambda one: (one.created, one.number))
            if state in ("all", "closed" if issue.closed is not None else "open")
            and objects.stamp(issue.updated) >= since
            and labels <= set(issue.labels)
        ]

    def listing(self, repo, rest, query, records):
        """By page numbers; the addresses name the repository by its id, as GitHub's do."""
        page, size = int(query.pop("page", ["1"])[0]), min(int(query["per_page"][0]), self.page_size)
        last = max(-(-len(records) // size), 1)

        def address(number):
            told = urlencode(query | {"page": number}, doseq=True)
            return f"{self.url}/repositories/{repo.id}{rest}?{told}"

        links = [f'<{address(page + 1)}>; rel="next"', f'<{address(last)}>; rel="last"'] if page < last else []
        here = [make(repo, one) for make, one in records[(page - 1) * size : page * size]]
        return told(200, here, **({"Link": ", ".join(links)} if links else {}))

    def replay(self, path, scenario="paginate-issues"):
        """Serve the recorded pages of a listing, as the repository that has the number of the addresses in them."""
        answers = json.loads(path.read_text())["scenarios"][scenario]
        repo = self.add(f"octokit-fixture-org/{scenario}")
        for index, answer in enumerate(answers):
            link = answer["headers"].get("link", "").replace("https://api.github.com", self.url)
            key = (f"/repositories/{repo.id}/issues", None) if index == 0 else key_of(answer["path"])
            self.recorded[key] = told(200, answer["response"], **({"Link": link} if link else {}))
        return repo, [issue for answer in answers for issue in answer["response"]]


def comments(repo, query):
    return [(objects.comment, one) for one in sorted(repo.comments, key=lambda one: (one.created, one.id))]


def events(repo, query):
    return [(objects.event, one) for one in sorted(repo.events, key=lambda one: -one.id)]


def moved(address):
    return told(301, {"message": "Moved Permanently", "url": address, "documentation_url": ""}, Location=address)


def key_of(path):
    """Path and page: the client may write the query in another order."""
    split = urlsplit(path)
    return split.path, parse_qs(split.query).get("page", ["1"])[0]
