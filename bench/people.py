"""A person before the server: signs in, asks and sends over one kept connection, as a browser does."""

import http.client
import json
import time
import uuid
from collections.abc import Iterator
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

CSRF = "intercoder_csrf"


class Person:
    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        sent |= {"X-CSRFToken": self.cookies.get(CSRF, ""), "Accept-Encoding": "gzip"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body or None, sent)
        response = self.connection.getresponse()
        answer = response.read()
        for header in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        if response.status >= 400:
            raise SystemExit(f"{method} {path}: {response.status} {answer[:300]!r}")
        return response.status, answer

    def return_after_a_while(self) -> "Person":
        """With a new connection: an idle one does not last."""
        self.connection.close()
        return self

    def sign_in(self, email: str, password: str) -> "Person":
        self.ask("GET", "/sign-in/")
        self.send_form("/sign-in/", username=email, password=password)
        return self

    def send_form(self, path: str, **fields: str) -> None:
        self.ask("POST", path, urlencode(fields).encode(), Content_Type="application/x-www-form-urlencoded")

    def send_file(self, path: str, name: str, file_name: str, content: bytes) -> None:
        mark = uuid.uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        self.ask("POST", path, body, Content_Type=f"multipart/form-data; boundary={mark}")

    def code_round(self, address: str, codes: list[int]) -> Iterator[tuple[str, float]]:
        """Every issue of a round: ask for it ("next"), submit an answer ("save"). Yields milliseconds of each."""
        self.return_after_a_while()
        _, page = self.ask("GET", address)
        assignment, number = setup_of(page)["state"]["assignment"], 0
        while assignment:
            milliseconds, state = self.timed_answer(f"{address}issues/{assignment}/")
            yield "next", milliseconds
            answer = {"outcome": "coded", "codes": [codes[number % len(codes)]], "memo": "A word on why.", "seen": 0}
            body = json.dumps({**answer, "confidence": "", "flagged": False, "client_id": str(uuid.uuid4())})
            yield "save", self.timed("POST", f"{address}issues/{assignment}/submit/", body.encode())
            assignment, number = next(iter(state["ahead"]), None), number + 1

    def timed_answer(self, path: str) -> tuple[float, dict]:
        begun = time.perf_counter()
        _, told = self.ask("GET", path)
        return (time.perf_counter() - begun) * 1000, json.loads(told)

    def timed(self, method: str, path: str, body: bytes = b"") -> float:
        begun = time.perf_counter()
        self.ask(method, path, body, Content_Type="application/json")
        return (time.perf_counter() - begun) * 1000


class Data(HTMLParser):
    """The text of the page's script of JSON, which is what its scripts start from."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.text = False, ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.inside = tag == "script" and ("type", "application/json") in attributes

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        self.text += data if self.inside else ""


def setup_of(page: bytes) -> dict:
    reader = Data()
    reader.feed(page.decode())
    return json.loads(reader.text)
