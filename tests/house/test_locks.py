"""The locks name every package with hashes, and fit what pyproject asks for."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNTIME = PROJECT["dependencies"]
DEVELOPMENT = RUNTIME + PROJECT["optional-dependencies"]["dev"]
BLOCK = re.compile(r"^(\S+?)==([^\s;]+)((?:[^\\\n]|\\\n)*)", re.MULTILINE)


def locked(name: str) -> dict[str, set[tuple[str, str]]]:
    """Package to the versions and hashes that the lock allows."""
    found: dict[str, set[tuple[str, str]]] = {}
    for package, version, rest in BLOCK.findall((ROOT / name).read_text()):
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", rest)
        found.setdefault(canonicalize_name(package), set()).update((version, value) for value in hashes)
        assert hashes, f"{package} has no hash"
    return found


@pytest.mark.parametrize(("name", "wanted"), [("requirements.lock", RUNTIME), ("requirements-dev.lock", DEVELOPMENT)])
def test_lock_holds_every_dependency_in_a_version_that_is_asked_for(name, wanted):
    pins = locked(name)
    misfits = {
        str(requirement)
        for requirement in map(Requirement, wanted)
        for version in {version for version, _ in pins.get(canonicalize_name(requirement.name), {("0", "")})}
        if Version(version) not in requirement.specifier
    }
    assert misfits == set(), f"Make {name} again: see CONTRIBUTING.md"


def test_development_has_the_same_packages_as_the_installation():
    development = locked("requirements-dev.lock")
    assert {name: pins for name, pins in locked("requirements.lock").items() if development.get(name) != pins} == {}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_names_no_place_of_one_machine(name):
    lines = (ROOT / name).read_text().splitlines()
    assert [line for line in lines if re.match(r"\s*(-i|--index|--extra-index|--find-links|-f|-e)\b", line)] == []
    assert [line for line in lines if re.search(r"file:|https?://| @ ", line)] == []
