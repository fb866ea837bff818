"""Brings the data folder and the database to this version: `python -m config.prepare`.

A process of its own that ends, so that what supervises the others never loads Django. Its answer, one line of
JSON, is what `start` prints.
"""

import argparse
import io
import json
import os
import shutil
import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from config.fingerprint import fingerprint
from config.terminal import Refusal

UNUSED = ["rest_framework"]  # the browsable API, which is not served


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", action="store_true", help="only collect the static files")
    parser.add_argument("--demo", action="store_true", help="put the demonstration study into the data folder")
    options = parser.parse_args()
    try:
        answer = prepare(demo=options.demo, assets_only=options.assets)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(json.dumps(answer))
    return 0


def prepare(*, demo: bool, assets_only: bool) -> dict[str, str]:
    set_up()
    try:
        collect_static()
        if assets_only:
            return {}
        migrate()
        return {"demo": make_demo() if demo else "", "first_account": first_account_token()}
    except OSError as error:
        raise Refusal(f"{error.filename} cannot be written ({error.strerror}). Nothing was lost.") from error


def set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
    except (ImproperlyConfigured, OSError) as error:
        raise Refusal(str(error)) from error


def migrate() -> None:
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            print("Preparing the database ...", file=sys.stderr, flush=True)
            call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    except DatabaseError as error:
        raise Refusal(unreachable(error)) from error


def unreachable(error: DatabaseError) -> str:
    database = settings.DATABASES["default"]
    place = database["NAME"]
    if database.get("HOST"):
        place = f"{place} at {database['HOST']}:{database.get('PORT') or 5432}"
    reason = str(error).strip().splitlines()[0]
    return f"The database {place} cannot be used ({reason}). Nothing was changed. Start it, or correct DATABASE_URL."


def collect_static() -> None:
    """Only when the packages or our own files have changed: the compression takes some seconds."""
    mark = settings.STATIC_ROOT / "made-from"
    made_from = fingerprint(settings.BASE_DIR)
    if mark.exists() and mark.read_text() == made_from:
        return
    print("Collecting style sheets and scripts ...", file=sys.stderr, flush=True)
    call_command("build_chart_library", stdout=io.StringIO(), skip_checks=True)
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    call_command("collectstatic", verbosity=0, interactive=False, skip_checks=True, ignore_patterns=UNUSED)
    mark.write_text(made_from)


def make_demo() -> str:
    """The demonstration study. Returns who may sign in."""
    print("Making the demonstration study ...", file=sys.stderr, flush=True)
    told = io.StringIO()
    call_command("make_demo", stdout=told, skip_checks=True)
    return told.getvalue().strip()


def first_account_token() -> str:
    # The rooms can be imported only once Django is set up.
    from studies.services.accounts import first_account_token as token  # noqa: PLC0415

    return token() or ""


if __name__ == "__main__":
    sys.exit(main())
