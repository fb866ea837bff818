"""The house keeps its own rules: where rows are written, how long things get, what has no place here."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("studies", "jobs", "corpus", "taxonomy", "annotator", "analysis", "demo")
WRITES = {"save", "create", "update", "delete", "get_or_create", "update_or_create", "add", "set", "remove", "clear"}
MANAGERS = {"objects", "filter", "exclude", "all", "select_for_update", "order_by", "get_queryset"}
JUNK = {"utils", "helpers", "common", "core", "misc"}
INLINE = re.compile(
    r"\sstyle\s*=|<style\b|\son[a-z]+\s*=|\shx-on|javascript:|<script\b(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)",
    re.IGNORECASE,
)


def product() -> list[Path]:
    return sorted(
        path for room in (*ROOMS, "config") for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts
    )


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


# Only services write


def may_write(path: Path) -> bool:
    return "services" in path.parts or path.name == "services.py"


def writes_in(source: str) -> list[str]:
    """Calls that write rows: bulk operations anywhere, `save` of anything, and the others on a manager or queryset
    or a related one. `update` of a dict, `add` to a set and the like are told apart by what they are called on.
    A model that guards its own row by `super().save` writes only when a service has called it."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    written = [node.func for node in calls if isinstance(node.func, ast.Attribute) and is_write(node.func)]
    return [call for function in written if not (call := ast.unparse(function)).startswith("super().")]


def is_write(function: ast.Attribute) -> bool:
    if function.attr.startswith("bulk_") or function.attr in {"get_or_create", "update_or_create", "save"}:
        return True
    if function.attr in {"create", "delete"}:
        return True
    return function.attr in WRITES and bool(names_of(function.value) & MANAGERS)


def names_of(node: ast.AST) -> set[str]:
    """Every attribute on the way to the call: `Job.objects.filter(…).update` goes by objects and filter."""
    return {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


@pytest.mark.parametrize(
    "source",
    [
        "job.save()", "Job.objects.create(x=1)", "Job.objects.filter(pk=1).update(x=1)", "job.delete()",
        "Job.objects.bulk_create(rows)", "study.rounds.create(x=1)", "version.codes.all().update(x=1)",
        "Text.objects.get_or_create(x=1)", "Job.objects.select_for_update().filter(pk=1).delete()",
    ],
)  # fmt: skip
def test_a_write_is_recognised(source):
    assert len(writes_in(source)) == 1


@pytest.mark.parametrize(
    "source",
    ["fields.update(x=1)", "seen.add(x)", "digest.update(b'')", "kept.clear()", "path.unlink()", "x.remove(1)"],
)
def test_what_writes_no_row_is_let_be(source):
    assert writes_in(source) == []


def test_only_services_write():
    written = {relative(path): writes_in(path.read_text()) for path in product() if not may_write(path)}
    assert {path: calls for path, calls in written.items() if calls} == {}


# Lengths


def functions() -> Iterator[tuple[str, int]]:
    for path in product():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                yield f"{relative(path)}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def test_functions_are_short():
    lengths = dict(functions())
    assert {name: length for name, length in lengths.items() if length > 50} == {}
    assert statistics.median(lengths.values()) <= 9
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= 30


def too_long(paths: list[Path], most: int) -> dict[str, int]:
    lengths = {relative(path): len(path.read_text().splitlines()) for path in paths}
    return {path: length for path, length in lengths.items() if length > most}


def test_files_are_short():
    settings = ROOT / "config" / "settings.py"
    assert too_long([path for path in product() if path != settings], 300) == {}
    assert too_long([settings], 350) == {}
    assert too_long(sorted((ROOT / "templates").rglob("*.html")), 120) == {}
    assert too_long(sorted((ROOT / "static" / "js").rglob("*.js")), 200) == {}
    assert too_long(sorted((ROOT / "static" / "css").rglob("*.css")), 300) == {}


# What has no place here


def test_no_drawer_for_everything():
    assert [relative(path) for path in product() if {path.stem, *path.relative_to(ROOT).parts} & JUNK] == []


def test_templates_hold_no_script_style_or_handler():
    found = {relative(path): INLINE.findall(path.read_text()) for path in (ROOT / "templates").rglob("*.html")}
    assert {path: hits for path, hits in found.items() if hits} == {}


def test_the_project_knows_nothing_of_the_machine_it_is_made_on():
    """Tests may read real data beside the project, by one fixture; nothing else looks outside the checkout."""
    outside = re.compile(r"\.\./shared|/work/|/home/|/root/")
    assert [relative(path) for path in text_files() if outside.search(path.read_text())] == []


def text_files() -> list[Path]:
    kinds = {".py", ".html", ".js", ".css", ".md", ".toml", ".yml", ".sh"}
    folders = [ROOT / name for name in (*ROOMS, "config", "templates", "static", "docs", "bench")]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in kinds]
    named = [ROOT / name for name in ("start", "test", ".ci/run", "Dockerfile", ".env.example", "bench/run")]
    return files + named + [path for path in ROOT.iterdir() if path.suffix in kinds]


def test_every_dependency_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text()
    lists = re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    lines = [line for found in lists for line in found.splitlines()]
    assert len(lists) == 2
    assert [line for line in lines if not re.search(r'",\s+# \S+ \S+', line)] == []


# Migrations


def test_migrations_are_named_and_have_one_head():
    loader = MigrationLoader(None)
    assert loader.detect_conflicts() == {}
    own = [name for app, name in loader.disk_migrations if app in ROOMS]
    assert [name for name in own if re.search(r"_auto_\d|_merge_", name)] == []


def test_every_room_has_its_sentence():
    for room in ROOMS:
        assert apps.get_app_config(room).__class__.__doc__, room
