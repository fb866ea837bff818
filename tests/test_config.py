"""Settings are read from the environment, refused with a sentence, and all of them are explained."""

import ast
import os
import re
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from tests.house import ROOT

HEAVY = ("scipy", "pandas", "statsmodels", "lifelines", "scikit_posthocs", "vl_convert", "github", "rdflib")
READERS = {"text", "switch", "words", "number", "folder"}
OUTSIDE = {"PATH", "PYTHONPATH", "DJANGO_SETTINGS_MODULE"}  # set by our own programs, not by people


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", None),
        ("1", True),
        ("true", True),
        ("YES", True),
        (" on ", True),
        ("0", False),
        ("no", False),
        ("off", False),
    ],
)
@pytest.mark.parametrize("default", [True, False])
def test_switch(monkeypatch, given, expected, default):
    monkeypatch.setenv("DEBUG", given)
    assert env.switch("DEBUG", default=default) is (default if expected is None else expected)


def test_switch_that_is_neither(monkeypatch):
    monkeypatch.setenv("DEBUG", "maybe")
    with pytest.raises(ImproperlyConfigured, match=r"DEBUG='maybe' is neither yes nor no\. Set it to 1 or 0"):
        env.switch("DEBUG")


def test_words(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", " a.example, ,b.example")
    assert env.words("ALLOWED_HOSTS") == ["a.example", "b.example"]


def test_secret_key_is_made_once(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    made = env.secret_key(tmp_path)
    assert (len(made) > 50, env.secret_key(tmp_path) == made) == (True, True)
    monkeypatch.setenv("SECRET_KEY", "given")
    assert env.secret_key(tmp_path) == "given"


def test_folder_is_made(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERCODER_DATA", str(tmp_path / "a" / "b"))
    assert env.folder("INTERCODER_DATA", tmp_path) == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()


def test_database_is_sqlite_by_default_and_waits_for_the_lock(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    database = env.database(tmp_path)
    assert (database["NAME"], database["OPTIONS"]["transaction_mode"]) == (tmp_path / "intercoder.sqlite3", "IMMEDIATE")


def test_database_url(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://rater:p%40ss@db.example:5433/study")
    database = env.database(tmp_path)
    assert {name: database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "study", "USER": "rater", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": 5433,
    }  # fmt: skip


@pytest.mark.parametrize("url", ["postgres//x", "mysql://root@h/x", "postgres://u@h", "postgres://u:p@h:x/n"])
def test_database_url_that_cannot_be_read(tmp_path, monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL cannot be read\. Write it as postgres://"):
        env.database(tmp_path)


def test_the_web_process_loads_no_science_at_start(tmp_path):
    code = (
        "import sys, config.wsgi; from django.urls import get_resolver; list(get_resolver().reverse_dict);"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    surroundings = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "INTERCODER_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def settings_read() -> set[str]:
    """The names given to the readers of config.env, and to os.environ, anywhere in config/."""
    found = set()
    for path in (ROOT / "config").glob("*.py"):
        if path.name != "settings_test.py":
            found |= {name for node in ast.walk(ast.parse(path.read_text())) for name in names_in(node)}
    return found - OUTSIDE


def names_in(node: ast.AST) -> list[str]:
    if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
        return []
    function, name = ast.unparse(node.func), node.args[0].value
    own = function.split(".")[-1] in READERS and function.split(".")[0] in READERS | {"env"}
    return [name] if own or function.endswith("environ.get") or function == "environment.get" else []


def settings_explained() -> set[str]:
    return set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_every_setting_is_explained_and_nothing_else():
    of_others = {"POSTGRES_PASSWORD", "WEB_CONCURRENCY"}  # read by PostgreSQL's image and by gunicorn
    assert settings_explained() == settings_read() | of_others
