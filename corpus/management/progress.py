"""Progress as a bar on a terminal and as plain lines elsewhere, such as a log."""

from typing import Protocol

WIDTH = 30
LINE_EVERY = 10.0


class Stream(Protocol):
    def write(self, text: str, *, ending: str | None = ...) -> None: ...


def sentence(done: int, total: int | None, unit: str, seconds: float) -> str:
    pace = f", {done / seconds:,.0f} a second" if seconds else ""
    return f"{done:,} of {total:,} {unit}{pace}" if total else f"{done:,} {unit}{pace}"


class Bar:
    """One line that is written over."""

    def __init__(self, stream: Stream) -> None:
        self.stream, self.shown = stream, False

    def show(self, done: int, total: int | None, unit: str, seconds: float) -> None:
        share = min(1.0, done / total) if total else 0.0
        bar = "█" * round(share * WIDTH)
        self.stream.write(f"\r{bar:░<{WIDTH}} {sentence(done, total, unit, seconds)}\x1b[K", ending="")
        self.shown = True

    def end(self) -> None:
        if self.shown:
            self.stream.write("")


class Lines:
    """A line from time to time."""

    def __init__(self, stream: Stream) -> None:
        self.stream, self.told_at = stream, 0.0

    def show(self, done: int, total: int | None, unit: str, seconds: float) -> None:
        if seconds - self.told_at >= LINE_EVERY:
            self.stream.write(sentence(done, total, unit, seconds))
            self.told_at = seconds

    def end(self) -> None:
        """Lines need no end."""
