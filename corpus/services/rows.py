"""Many rows in one statement, without an object for each: Django's own bulk insert took half the time of an import."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any

from django.db import connection
from django.db.models import Model

CHUNK = 1000


def write_rows(
    model: type[Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    unique: Sequence[str] = (),
    update: Sequence[str] = (),
) -> None:
    """Insert rows of text, numbers, times and lists, in the order of the fields' names, in the caller's transaction.

    A row that stands there already by the fields of `unique` gets the fields of `update`, or stays when there are none.
    """
    waiting = iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        values = [adapted(value) for value in chain.from_iterable(chunk)]
        with connection.cursor() as cursor:
            cursor.execute(statement(model, names, len(chunk), unique, update), values)


def adapted(value: Any) -> Any:
    """As the database takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_json_value(value, None) if isinstance(value, list) else value


def statement(model: type[Model], names: Sequence[str], rows: int, unique: Sequence[str], update: Sequence[str]) -> str:
    quoted = {field.attname: connection.ops.quote_name(str(field.column)) for field in model._meta.concrete_fields}
    places, table = f"({', '.join(['%s'] * len(names))})", connection.ops.quote_name(model._meta.db_table)
    sql = f"INSERT INTO {table} ({', '.join(quoted[name] for name in names)}) VALUES {', '.join([places] * rows)}"  # noqa: S608 (names of our own models)
    if unique:
        sets = ", ".join(f"{quoted[name]} = EXCLUDED.{quoted[name]}" for name in update)
        found = ", ".join(quoted[name] for name in unique)
        sql += f" ON CONFLICT ({found}) DO " + (f"UPDATE SET {sets}" if sets else "NOTHING")
    return sql
