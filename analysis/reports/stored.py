"""Reports as JSON and back, so that a stored result is the same typed object as a computed one."""

from dataclasses import asdict, is_dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Report = TypeVar("Report")


def to_payload(report: Any) -> dict[str, Any]:
    """A report (dataclass) as plain dictionaries and lists."""
    return asdict(report)


def from_payload(kind: type[Report], payload: Any) -> Report:
    """KeyError or TypeError when the payload was made of another shape of report."""
    report: Report = _restored(kind, payload)
    return report


def _restored(kind: Any, data: Any) -> Any:
    inner = get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        return kind(**{name: _restored(hint, data[name]) for name, hint in get_type_hints(kind).items()})
    if get_origin(kind) is tuple:
        return tuple(_restored(inner[0], item) for item in data)
    if isinstance(kind, UnionType) and data is not None:
        return _restored(next(part for part in inner if part is not NoneType), data)
    return data
