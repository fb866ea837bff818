"""Asks the web server on this machine whether it can answer: `python -m config.ask_health`, exit code 0 or 1.

Asked by hand over a socket: an HTTP client would add some megabytes to a process that only waits.
"""

import os
import socket
import sys


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /healthz/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return connection.recv(64).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(not answers(int(os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")[2])))
