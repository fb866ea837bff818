"""Label Studio's JSON export: tasks with their annotations, as one row an annotation.

Of an annotation each control that holds choices, labels, a taxonomy or a rating is a column under the control's name;
texts that were typed are one too. What passages were marked is not taken, only with which labels.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

ANNOTATOR, TASK, TRUTH, SKIPPED = "annotator", "task", "ground truth", "skipped"
# The kind of a control, and the key under which its value stands. Of a taxonomy the path's end is the code.
VALUES = ("choices", "labels", "rectanglelabels", "taxonomy", "rating", "number", "text")


def recognises(payload: Mapping[str, Any]) -> bool:
    return isinstance(payload.get("data"), Mapping) and isinstance(payload.get("annotations"), list)


def columns_of(tasks: Iterable[Mapping[str, Any]]) -> list[str]:
    """The task's own columns first, then who annotated and what each control says."""
    data: dict[str, None] = {}
    controls: dict[str, None] = {}
    for task in tasks:
        data |= dict.fromkeys(map(str, task.get("data") or {}))
        for row in rows_of(task):
            controls |= dict.fromkeys(name for name in row if name not in data and name not in (TASK, SKIPPED))
    return [*data, TASK, *dict.fromkeys((ANNOTATOR, *controls, TRUTH))]


def rows_of(task: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    data = {str(key): value for key, value in (task.get("data") or {}).items()}
    whole = {**data, TASK: f"task {task.get('id', '')}".strip()}
    for annotation in task.get("annotations") or []:
        if isinstance(annotation, Mapping):
            yield {**whole, ANNOTATOR: person(annotation.get("completed_by")), **said(annotation)}


def said(annotation: Mapping[str, Any]) -> dict[str, Any]:
    """By control what was chosen. An annotation that was skipped says so; one that is the truth says it as well."""
    if annotation.get("was_cancelled"):
        return {SKIPPED: SKIPPED, TRUTH: ""}
    found: dict[str, list[Any]] = {}
    for result in annotation.get("result") or []:
        value = result.get("value") if isinstance(result, Mapping) else None
        told = value if isinstance(value, Mapping) else {}
        if kind := next((kind for kind in VALUES if kind in told), ""):
            chosen = found.setdefault(str(result.get("from_name", kind)), [])
            chosen += [each for each in ends(told[kind]) if each not in chosen]
    truth = next(iter(found.values()), []) if annotation.get("ground_truth") else []
    return {**found, TRUTH: truth}


def ends(value: Any) -> list[Any]:
    """The values; of a path its last step."""
    if not isinstance(value, list):
        return [value]
    return [each[-1] if isinstance(each, list) and each else each for each in value]


def person(told: Any) -> str:
    """Label Studio names a person by an object, or by a number alone."""
    if isinstance(told, Mapping):
        name = " ".join(filter(None, (told.get("first_name"), told.get("last_name"))))
        return str(told.get("email") or name or f"user {told.get('id', '')}").strip()
    return f"user {told}" if told not in (None, "") else ""
