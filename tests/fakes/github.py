"""A small GitHub on this machine: listings in pages with Link headers and ETags, and faults as scripted."""

import hashlib
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

Fault = Callable[[BaseHTTPRequestHandler], None]


class FakeGitHub:
    """Serves one repository. `faults` are met one after the other by the next requests of listings;
    None is no fault."""

    def __init__(self, full_name="tidewater/captioner", *, repository_id=1000, page_size=100):
        self.full_name, self.repository_id, self.page_size = full_name, repository_id, page_size
        self.listings = {"issues": [], "issues/comments": []}
        self.recorded = {}
        self.former_names = []
        self.moved_to = ""
        self.repository_object = None
        self.faults = deque()
        self.requests = []
        self.statuses = []
        self.authorization = set()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def replay(self, path: Path, scenario="paginate-issues"):
        """Serve the recorded pages of a listing; their addresses are rewritten to this server."""
        answers = json.loads(path.read_text())["scenarios"][scenario]
        self.full_name = f"octokit-fixture-org/{scenario}"
        first = urlsplit(answers[0]["path"]).path
        for index, answer in enumerate(answers):
            self.recorded[(first, None) if index == 0 else key_of(answer["path"])] = answer
        return [issue for answer in answers for issue in answer["response"]]

    def answer(self, path):
        """Status, headers and body for a path with its query."""
        if self.moved_to:
            return 301, {"Location": f"{self.moved_to}{path}"}, {}
        split = urlsplit(path)
        recorded = self.recorded.get(key_of(path)) or self.recorded.get((split.path, None))
        if recorded:
            link = recorded["headers"].get("link", "").replace("https://api.github.com", self.url)
            return 200, {"Link": link} if link else {}, recorded["response"]
        for name in self.former_names:
            if split.path == f"/repos/{name}":
                return 301, {"Location": f"{self.url}/repositories/{self.repository_id}"}, {}
        if split.path in (f"/repos/{self.full_name}", f"/repositories/{self.repository_id}"):
            told = {"id": self.repository_id, "full_name": self.full_name}
            return 200, {}, told if self.repository_object is None else self.repository_object
        if found := re.fullmatch(rf"/repos/{re.escape(self.full_name)}/(issues(?:/comments)?)", split.path):
            return self.listing(found[1], split.path, parse_qs(split.query))
        return 404, {}, {"message": "Not Found"}

    def listing(self, name, path, query):
        records = self.listings[name]
        page = int(query.pop("page", ["1"])[0])
        last = max(-(-len(records) // self.page_size), 1)

        def address(number):
            return f"{self.url}{path}?{urlencode(query | {'page': number}, doseq=True)}"

        links = [f'<{address(page + 1)}>; rel="next"', f'<{address(last)}>; rel="last"'] if page < last else []
        here = records[(page - 1) * self.page_size : page * self.page_size]
        return 200, {"Link": ", ".join(links)} if links else {}, here


def key_of(path):
    """Path and page: the client may write the query in another order."""
    split = urlsplit(path)
    return split.path, parse_qs(split.query).get("page", ["1"])[0]


def handler_of(fake: FakeGitHub):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            fake.requests.append(self.path)
            fake.authorization.add(self.headers.get("Authorization"))
            fault = fake.faults.popleft() if fake.faults and "/issues" in self.path else None
            if fault:
                fault(self)
                return
            status, headers, payload = fake.answer(self.path)
            body = json.dumps(payload).encode()
            etag = f'"{hashlib.sha256(body).hexdigest()}"'
            if status == 200 and self.headers.get("If-None-Match") == etag:
                status, body = 304, b""
            send(self, status, body, headers | {"ETag": etag})

        def send_response(self, code, message=None):
            fake.statuses.append(code)
            super().send_response(code, message)

        def log_message(self, *args):
            """The tests speak for themselves."""

    return Handler


def send(handler, status, body, headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def bad_gateway(handler):
    send(handler, 502, b"<html>Bad Gateway</html>", {})


def not_json(handler):
    send(handler, 200, b"<html>maintenance</html>", {})


def not_a_list(handler):
    send(handler, 200, b'{"message": "hello"}', {})


def cut(handler):
    """The headers promise more than comes before the connection ends."""
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'[{"id": 1, "number": ')
    handler.wfile.flush()
    handler.close_connection = True


def rate_limit(*, seconds, status=403):
    """The hourly limit, over in so many seconds (may be past)."""

    def fault(handler):
        headers = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0"}
        send(
            handler, status, b'{"message": "API rate limit exceeded"}', headers | {"X-RateLimit-Reset": reset(seconds)}
        )

    return fault


def reset(seconds):
    return str(int(time.time()) + seconds)


def refusal(status, message="", **headers):
    def fault(handler):
        send(
            handler,
            status,
            json.dumps({"message": message}).encode(),
            {k.replace("_", "-"): v for k, v in headers.items()},
        )

    return fault


def elsewhere(handler):
    """A listing that wants to be continued on another server."""
    send(handler, 200, b"[]", {"Link": '<https://elsewhere.example/issues?page=2>; rel="next"'})
