"""Rounds that were closed before there was a phase for discussion."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from annotator.models import Round
from annotator.states import Phase
from studies.models import Membership, Study
from tests import factories


def migrate(*targets: tuple[str, str]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())
    return executor.loader.project_state(list(targets)).apps if targets else None


@pytest.mark.django_db(transaction=True)
def test_closed_rounds_go_on_in_discussion(study: Study, members: dict[str, Membership], lead: Any) -> None:
    version = factories.taxonomy(study, by=lead)
    issue = factories.issue(factories.repository(study))
    rounds = [factories.round_of(version, [issue], [members["rater_a"]], phase=phase) for phase in Phase.values]
    factories.resolution(rounds[3].round_issues.get(), ["Loading"], by=lead)
    try:
        before = migrate(("annotator", "0004_not_about_our_topic")).get_model("annotator", "Round")
        assert [row.phase for row in before.objects.order_by("number")] == [
            "drafted",
            "independent",
            "closed",
            "closed",
        ]
    finally:
        migrate()
    after = Round.objects.order_by("number")
    assert [(row.phase, row.closed_at is not None, row.resolved_at) for row in after] == [
        ("drafted", False, None),
        ("independent", False, None),
        ("discussion", True, None),
        ("discussion", True, None),
    ]
