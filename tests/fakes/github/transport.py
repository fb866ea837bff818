"""Two ways to the fake GitHub: inside the test's own process, below `requests`; and over HTTP on this machine."""

import io
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import requests
import urllib3


def in_process(monkeypatch, fake):
    """What is sent to the fake's address is answered by the fake: no socket, no thread, no waiting."""
    send = requests.adapters.HTTPAdapter.send

    def answer(adapter, request, **options):
        if urlsplit(request.url).hostname != urlsplit(fake.url).hostname:
            return send(adapter, request, **options)
        split = urlsplit(request.url)
        path = split.path + (f"?{split.query}" if split.query else "")
        told = fake.respond(path, request.headers)
        headers = {"Content-Length": str(len(told.body))} | told.headers
        raw = urllib3.HTTPResponse(io.BytesIO(told.body), headers, told.status, preload_content=False)
        return adapter.build_response(request, raw)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", answer)


@contextmanager
def served(fake):
    """The fake on a port of its own; its address is that of the server meanwhile."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            answer = fake.respond(self.path, self.headers)
            headers = {"Content-Length": str(len(answer.body))} | answer.headers
            self.send_response(answer.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = headers["Content-Length"] != str(len(answer.body))

        def log_message(self, *args):
            """The tests speak for themselves."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
