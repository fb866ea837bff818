"""The columns by which every table names an issue, and the key made of them."""

from typing import Any

from django.db.models import F


def issue_columns(path: str) -> dict[str, F]:
    return {
        "issue_id": F(path), "url": F(f"{path}__url"), "number": F(f"{path}__number"),
        "owner": F(f"{path}__repository__owner"), "repository": F(f"{path}__repository__name"),
    }  # fmt: skip


def take_key(row: dict[str, Any]) -> str:
    return f"{row.pop('owner')}/{row.pop('repository')}#{row.pop('number')}"
