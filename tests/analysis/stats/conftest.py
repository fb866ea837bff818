import pytest

from tests.analysis.stats.published import golden


@pytest.fixture(scope="session")
def npm_days():
    """Days from creation to close of 428 real issues, by label."""
    data = golden("statistics.json")["datasets"]["npm_issues"]
    return {group: [s / data["divide_by"] for s in seconds] for group, seconds in data["named"].items()}
