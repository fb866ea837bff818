"""What goes wrong with GitHub and with the way to it. A fault is asked in the place of the answer."""

import time

import requests

from tests.fakes.github.answers import Answer, refused


class Killed(BaseException):
    """The worker's process ends here, without a word."""


def killed(fake):
    raise Killed


def bad_gateway(fake):
    return Answer(502, b"<html>Bad Gateway</html>")


def unavailable(fake):
    return Answer(503, b"")


def not_json(fake):
    return Answer(200, b"<html>maintenance</html>")


def half_json(fake):
    return Answer(200, b'[{"id": 1, "number": 1, "title": "Ti')


def not_a_list(fake):
    return Answer(200, b'{"message": "hello"}')


def cut(fake):
    """The headers promise more than comes before the connection ends."""
    return Answer(200, b'[{"id": 1, "number": ', {"Content-Length": "5000"})


def timeout(fake):
    raise requests.exceptions.ReadTimeout("timed out")


def no_connection(fake):
    raise requests.exceptions.ConnectionError("connection refused")


def elsewhere(fake):
    """A listing that wants to be continued on another server."""
    return Answer(200, b"[]", {"Link": '<https://elsewhere.example/issues?page=2>; rel="next"'})


def rate_limit(*, seconds, status=403):
    """The hourly limit, over in so many seconds (may be past)."""
    reset = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0"}

    def fault(fake):
        return refused(status, "API rate limit exceeded", **reset, **{"X-RateLimit-Reset": str(int(time.time()) + seconds)})  # fmt: skip # noqa: E501

    return fault


def refusal(status, message="", **headers):
    return lambda fake: refused(status, message, **{name.replace("_", "-"): value for name, value in headers.items()})


PASSING = [bad_gateway, unavailable, not_json, half_json, not_a_list, cut, timeout, no_connection]
