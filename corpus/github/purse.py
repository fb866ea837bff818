"""The tokens of an import, used in turn: each until its quota is spent, then the next that has some."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from corpus.github.errors import RateLimited, Unauthorised, moment


@dataclass
class Key:
    """A token and what GitHub last said of its quota. `row` is the id of the row that keeps it, if one does."""

    token: str = field(repr=False)
    row: int | None = None
    name: str = ""
    quota: dict[str, Any] = field(default_factory=dict)
    rests_until: datetime | None = None
    refused: bool = False

    def learn(self, headers: Mapping[str, str]) -> None:
        """Remember what the answer says of the quota; a token that is used up rests until it returns."""
        left, allowed = headers.get("x-ratelimit-remaining", ""), headers.get("x-ratelimit-limit", "")
        returns = moment(headers.get("x-ratelimit-reset", ""))
        if not left.isdigit() or returns is None:
            return
        self.quota = {
            "allowed": int(allowed) if allowed.isdigit() else None,
            "left": int(left),
            "returns_at": returns.isoformat(),
            "told_at": datetime.now(UTC).isoformat(),
        }
        if left == "0":
            self.rests_until = returns

    @property
    def is_ready(self) -> bool:
        return not self.refused and (self.rests_until is None or self.rests_until <= datetime.now(UTC))


class Purse:
    """At least one key: without a token, the one of nobody."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = list(keys) or [Key("")]

    def current(self) -> Key:
        """The first key that may be used now. RateLimited when all rest, Unauthorised when GitHub refuses all."""
        for key in self.keys:
            if key.is_ready:
                return key
        resting = [key.rests_until for key in self.keys if key.rests_until and not key.refused]
        if not resting:
            raise Unauthorised("GitHub refused the request (401).")
        raise RateLimited(min(resting))
