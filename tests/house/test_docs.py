"""What the documentation names is there."""

import re

import pytest

from tests.house import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("document", PAGES, ids=lambda document: str(document.relative_to(ROOT)))
def test_links_lead_somewhere(document):
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text())
    near = [link for link in links if not link.startswith("http")]
    assert [link for link in near if not (document.parent / link).exists()] == []


def test_readme_names_every_room():
    named = set(re.findall(r"^\| `(\w+)/` \|", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert named == {path.parent.name for path in ROOT.glob("*/apps.py")} | {"config", "docs", "bench"}


def test_changelog_has_the_version_of_the_project():
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]
    assert f": {version}\n" in (ROOT / "CHANGELOG.md").read_text()
