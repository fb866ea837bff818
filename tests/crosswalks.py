"""Fixtures of crosswalks: two small taxonomies, who maps them, and a way to say what they say."""

import pytest

from taxonomy.crosswalks import Link
from taxonomy.models import Code
from taxonomy.services.crosswalks import begin_crosswalk, finish_mapping, map_code
from tests import factories

NOTHING = Link(None, "none")


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
