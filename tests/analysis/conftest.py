"""A study with one closed round, one running, and decisions: the ground of this room's tests."""

from types import SimpleNamespace

import pytest

from annotator.states import How, Outcome, Phase
from studies.models import Membership, Study
from taxonomy.models import Code
from tests import factories
from tests.crosswalks import alone, both_done, of, ours, say, theirs, two  # noqa: F401  # fixtures


@pytest.fixture
def ground(study: Study, members: dict[str, Membership]) -> SimpleNamespace:
    """Six issues (one open, one closed before it was opened), two raters, four ratings that agree on two."""
    lead, a, b = (members[name] for name in ("lead", "rater_a", "rater_b"))
    repository = factories.repository(study)
    days = (1, 2, 4, 8, None, -1)
    issues = [factories.issue(repository, days=each, number=number) for number, each in enumerate(days, start=1)]
    version = factories.taxonomy(study, ("Loading", "Output", "Memory"), by=lead.user)
    tops = {code.name: code for code in version.codes.all()}
    Code.objects.create(version=version, name="Slow loading", parent=tops["Loading"], position=0)
    closed = factories.round_of(version, issues, [a, b], phase=Phase.DISCUSSION)
    drawn = list(closed.round_issues.order_by("position"))

    def answer(member, at, names=(), **fields):
        return factories.coding(drawn[at].assignments.get(member=member), names, **fields)

    for at, names in enumerate((["Loading"], ["Output"], ["Slow loading"], [])):
        answer(a, at, names)
    answer(a, 4, outcome=Outcome.UNCLEAR)
    for at, names in enumerate((["Loading"], ["Memory"], ["Loading", "Output"], [])):
        answer(b, at, names)
    answer(b, 4, outcome=Outcome.SKIPPED)
    running = factories.round_of(version, issues[:2], [a, b])
    for assignment in running.round_issues.order_by("position").first().assignments.all():
        factories.coding(assignment, ["Memory"], memo="secret")
    return SimpleNamespace(
        study=study, lead=lead.user, a=a, b=b, repository=repository, issues=issues, version=version, closed=closed,
        running=running, drawn=drawn, answer=answer,
    )  # fmt: skip


@pytest.fixture
def decided(ground: SimpleNamespace) -> SimpleNamespace:
    """The same, with decisions on five issues; the last one has been coded by nobody."""
    decide = factories.resolution
    decide(ground.drawn[0], ["Loading"], by=ground.lead, how=How.UNANIMOUS)
    decide(ground.drawn[1], ["Output"], by=ground.lead)
    decide(ground.drawn[2], ["Slow loading", "Output"], by=ground.lead, how=How.NEGOTIATED)
    decide(ground.drawn[4], ["Memory"], by=ground.lead)
    decide(ground.drawn[5], ["Memory"], by=ground.lead)
    return ground
