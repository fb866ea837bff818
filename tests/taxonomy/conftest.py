import pytest

from taxonomy.crosswalks import Link
from taxonomy.models import Code
from taxonomy.queries import tree
from taxonomy.services.crosswalks import begin_crosswalk, finish_mapping, map_code
from taxonomy.services.editing import add_code, create_taxonomy
from tests import factories

NOTHING = Link(None, "none")


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


@pytest.fixture
def ours(study, lead):
    return factories.taxonomy(study, ("Loading", "Output", "Memory"), by=lead)


@pytest.fixture
def theirs(study, lead):
    """Hardware · GPU (below Hardware) · Usage."""
    made = factories.taxonomy(study, ("Hardware", "Usage"), by=lead)
    Code.objects.create(version=made, name="GPU", position=0, parent=made.codes.get(name="Hardware"))
    return made


@pytest.fixture
def of(ours, theirs):
    """The uid of a code of either side."""
    return {code.name: code.uid for version in (ours, theirs) for code in version.codes.all()}


@pytest.fixture
def alone(ours, theirs, members, lead):
    return begin_crosswalk(left=ours, right=theirs, mappers=[members["rater_a"]], by=lead)


@pytest.fixture
def two(ours, theirs, members, lead):
    return begin_crosswalk(left=ours, right=theirs, mappers=[members["rater_a"], members["rater_b"]], by=lead)


@pytest.fixture
def say(of):
    """Map codes by name: {"Memory": {"Hardware": "broader"}}; an empty one has no counterpart."""

    def say(crosswalk, by, **said):
        for name, links in said.items():
            given = [Link(of[right], relation) for right, relation in links.items()] or [NOTHING]
            map_code(crosswalk=crosswalk, left=of[name], links=given, by=by)

    return say


@pytest.fixture
def both_done(two, say, rater_a, rater_b):
    """They agree on Loading and Output and differ on Memory."""
    say(two, rater_a, Loading={"Usage": "close"}, Output={}, Memory={"Hardware": "broader"})
    say(two, rater_b, Loading={"Usage": "close"}, Output={}, Memory={"GPU": "close"})
    for rater in (rater_a, rater_b):
        finish_mapping(crosswalk=two, by=rater)
    return two
