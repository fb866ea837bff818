"""The fixed cast, the world they live in, and the real data beside the project where there is any."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from studies.models import Membership, Role, Study, User
from tests import factories

# Playwright's synchronous interface runs an event loop in the test's thread; the database is used from it all the same.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# Nothing is timed in tests: a busy machine must not fail a property.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    if SHARED_DATA.is_dir():
        return
    skip = pytest.mark.skip(reason=f"the real data in {SHARED_DATA} are not on this machine")
    for item in items:
        if "shared_data" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data. Tests that use it carry the mark `shared_data`."""
    return SHARED_DATA


@pytest.fixture
def lead(db: None) -> User:
    return factories.user("lead")


@pytest.fixture
def rater_a(db: None) -> User:
    return factories.user("rater_a")


@pytest.fixture
def rater_b(db: None) -> User:
    return factories.user("rater_b")


@pytest.fixture
def observer(db: None) -> User:
    return factories.user("observer")


@pytest.fixture
def stranger(db: None) -> User:
    return factories.user("stranger")


@pytest.fixture
def study(lead: User, rater_a: User, rater_b: User, observer: User) -> Study:
    """A study with the whole cast but the stranger."""
    study = factories.study()
    for person, role in ((lead, Role.LEAD), (rater_a, Role.RATER), (rater_b, Role.RATER), (observer, Role.OBSERVER)):
        factories.member(study, person, role)
    return study


@pytest.fixture
def members(study: Study) -> dict[str, Membership]:
    """The study's memberships by the name of the person."""
    return {membership.user.name: membership for membership in study.memberships.select_related("user", "study")}
