import pytest

from taxonomy.queries import tree
from taxonomy.services.editing import add_code, create_taxonomy
from tests.crosswalks import alone, both_done, of, ours, say, theirs, two  # noqa: F401  # fixtures


@pytest.fixture
def draft(study, lead):
    """A · A1 · A1a · A2 · B · C, as one would read it."""
    draft = create_taxonomy(study=study, name="Reuse", purpose="What goes wrong.", by=lead)
    a = add_code(version=draft, name="A", definition="What A means.", by=lead)
    a1 = add_code(version=draft, name="A1", parent=a, by=lead)
    for name, parent in (("A1a", a1), ("A2", a), ("B", None), ("C", None)):
        add_code(version=draft, name=name, parent=parent, by=lead)
    return draft


@pytest.fixture
def code(draft):
    """The draft's code of this name, as it is stored now."""
    return lambda name: draft.codes.select_related("version__taxonomy__study", "parent").get(name=name)


@pytest.fixture
def outline():
    """A version as numbers and names."""
    return lambda version: [f"{node.number} {node.code.name}" for node in tree(version)]
