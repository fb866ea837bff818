"""Asking for an import from GitHub: one for a list of repositories, and how far each of them is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from corpus.github import Wanted, read_names
from corpus.models import ImportRun, Repository, Source
from corpus.records import Problem, Usage
from corpus.services import tokens
from corpus.services.imports import FROM_GITHUB, TRY_GITHUB, queue
from corpus.services.pages import keep_usage, write_problems
from jobs.services import Run
from studies.errors import Invalid
from studies.models import Study, User
from studies.permissions import Permission, check_is_member

STATES = ("all", "open", "closed")
DONE, NOT_READ = "done", "not read"


def request_github_import(
    *,
    study: Study,
    repositories: str,
    state: str = "all",
    created_from: datetime | None = None,
    created_to: datetime | None = None,
    updated_from: datetime | None = None,
    updated_to: datetime | None = None,
    labels: str = "",
    words: str = "",
    comments: bool = True,
    events: bool = True,
    bots: bool = True,
    token: str = "",
    dry: bool = False,
    by: User,
) -> ImportRun:
    """Queue the import of these repositories' issues, or its dry run. Invalid, by field, when it makes no sense.

    `repositories` holds names or addresses with anything between them; the bounds ending in `_to` are the first moment
    too late; `labels` are separated by commas, and an issue must have all of them.
    """
    check_is_member(by, study, Permission.IMPORT_ISSUES)
    names = checked_names(repositories)
    if state not in STATES:
        raise Invalid({"state": f"{state} is not a state. Choose all, open or closed."})
    check_order("created", created_from, created_to)
    check_order("updated", updated_from, updated_to)
    wanted = Wanted(
        state=state,
        created_from=written(created_from),
        created_to=written(created_to),
        updated_from=written(updated_from),
        updated_to=written(updated_to),
        labels=tuple(label for part in labels.split(",") if (label := part.strip())),
        words=words.strip(),
        comments=comments,
        events=events,
        bots=bots,
    )
    options = {"name": title_of(names), "repositories": names, "wanted": wanted.as_json()}
    sealed = {"token": tokens.seal(token.strip()), "typed": bool(token.strip())}
    kind = TRY_GITHUB if dry else FROM_GITHUB
    return queue(study, kind, Source.GITHUB, options | sealed, by, dry=dry)


def checked_names(repositories: str) -> list[str]:
    host = urlsplit(settings.GITHUB_API_URL).hostname or ""
    names, wrong = read_names(repositories, {"github.com", "api.github.com", host, host.removeprefix("api.")})
    if wrong or not names:
        raise Invalid({"repositories": wrong or "Name a repository as owner/name."})
    return names


def check_order(what: str, first: datetime | None, end: datetime | None) -> None:
    if first and end and end <= first:
        raise Invalid({f"{what}_to": "The last day is before the first. Turn them round."})


def written(moment: datetime | None) -> str:
    """As GitHub writes moments: the same text is the same moment."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else ""


def title_of(names: list[str]) -> str:
    more = len(names) - 1
    return names[0] if not more else f"{names[0]} and {more} more"


@dataclass(frozen=True)
class Ended:
    """How a repository of the list ended: read (`repository` is its row) or not, and what is to be said of it."""

    name: str
    state: str
    why: str = ""
    repository: Repository | None = None


@transaction.atomic
def end_repository(*, run: Run, asked: ImportRun, ended: Ended, usage: Usage) -> None:
    """Write down that a repository was read, or why not, and forget how far its parts had come."""
    run.hold()
    told = {"state": ended.state, "left_out": sum(part.get("left_out", 0) for part in parts_of(asked, ended.name))}
    if ended.repository:
        told["id"] = ended.repository.pk
    checkpoint = {part: at for part, at in asked.checkpoint.items() if not is_part_of(part, ended.name)}
    checkpoint |= {"repositories": ended_in(asked) | {ended.name: told}, "tries": 0}
    if ended.why:
        write_problems(asked, [Problem(ended.name, ended.why, skipped=ended.state == NOT_READ)])
    save(asked, checkpoint, usage)


@transaction.atomic
def count_try(*, run: Run, asked: ImportRun, usage: Usage) -> int:
    """One more time that GitHub did not answer where the import stands; returns how many times that is."""
    run.hold()
    tries = int(asked.checkpoint.get("tries", 0)) + 1
    save(asked, asked.checkpoint | {"tries": tries}, usage)
    return tries


@transaction.atomic
def tell(*, run: Run, asked: ImportRun, problems: list[Problem], usage: Usage) -> None:
    """Problems that are not a page's, each once however often the job is taken up again."""
    run.hold()
    known = set(asked.problems.values_list("place", "sentence"))
    write_problems(asked, [problem for problem in problems if (problem.place, problem.sentence) not in known])
    keep_usage(asked, usage)


def save(asked: ImportRun, checkpoint: dict[str, Any], usage: Usage) -> None:
    asked.checkpoint = checkpoint
    asked.save(update_fields=["checkpoint"])
    keep_usage(asked, usage)


def part_of(name: str, part: str) -> str:
    """Under which key the checkpoint has this part of the repository."""
    return f"{name} {part}"


def is_part_of(key: str, name: str) -> bool:
    return key.startswith(f"{name} ")


def parts_of(asked: ImportRun, name: str) -> list[dict[str, Any]]:
    return [at for key, at in asked.checkpoint.items() if is_part_of(key, name)]


def ended_in(asked: ImportRun) -> dict[str, dict[str, Any]]:
    """What is told of the repositories that are over, by the name that was asked for."""
    told: dict[str, dict[str, Any]] = asked.checkpoint.get("repositories", {})
    return told


def state_of(asked: ImportRun, name: str) -> str:
    """Empty while it is not over."""
    return str(ended_in(asked).get(name, {}).get("state", ""))


def ids_read(asked: ImportRun) -> set[int]:
    return {told["id"] for told in ended_in(asked).values() if "id" in told}
