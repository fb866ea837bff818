"""The filter of issues: what fits it, and that it comes back from an address and from JSON as it was."""

import json

import pytest
from django.http import QueryDict

from corpus.filters import IssueFilter
from corpus.models import Issue
from tests import factories


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", {}),
        ("state=open&state=closed&state=open&other=1", {"state": ["open", "closed"]}),
        ("q=%20load%20model%20&label=", {"q": ["load model"], "label": [""]}),
        ("year=2024&year=x&year=²024&created_from=2024-02-30&created_to=2024-02-29", {"year": ["2024"], "created_to": ["2024-02-29"]}),  # noqa: E501
        ("bot=maybe&code=yes&images=no&state=&repository=", {"code": ["yes"], "images": ["no"]}),
        ("reason=%00", {"reason": [""]}),
    ],
)  # fmt: skip
def test_filter_comes_back_as_it_was(address, expected):
    params = IssueFilter.from_params(dict(QueryDict(address).lists())).to_params()
    assert params == expected
    assert IssueFilter.from_params(json.loads(json.dumps(params))).to_params() == params


@pytest.fixture
def corpus(study):
    one, two = factories.repository(study, "lab/One"), factories.repository(study, "lab/two")
    at = factories.NOW.replace(year=2024, hour=0)
    rows = [
        factories.issue(one, number=1, created_at=at, labels=["bug", "model"], state_reason="completed"),
        factories.issue(one, number=2, days=None, author_is_bot=True, created_at=at.replace(month=12, day=31)),
        factories.issue(two, number=3, author_association="OWNER", labels=["bug"], body="![x](https://a/b.png)"),
    ]
    factories.comment(rows[1], "```\nx = 1\n```")


@pytest.mark.parametrize(
    ("params", "numbers"),
    [
        ({}, {1, 2, 3}),
        ({"state": ["open"]}, {2}),
        ({"state": ["open", "closed"]}, {1, 2, 3}),
        ({"repository": ["LAB/one"]}, {1, 2}),
        ({"reason": ["completed"]}, {1}),
        ({"reason": ["", "completed"]}, {1, 2, 3}),
        ({"association": ["OWNER"]}, {3}),
        ({"label": ["bug"]}, {1, 3}),
        ({"label": ["model", ""]}, {1, 2}),
        ({"label": [""]}, {2}),
        ({"bot": ["no"]}, {1, 3}),
        ({"bot": ["no", "yes"]}, {1, 2, 3}),
        ({"year": ["2024"]}, {1, 2}),
        ({"created_from": ["2024-03-01"], "created_to": ["2024-03-01"]}, {1}),
        ({"created_from": ["2024-03-02"]}, {2, 3}),
        ({"created_to": ["2024-12-30"]}, {1}),
        ({"label": ["bug"], "repository": ["lab/two"]}, {3}),
    ],
)
def test_filter_leaves_what_fits(corpus, params, numbers):
    found = IssueFilter.from_params(params).apply(Issue.objects.all())
    assert {issue.number for issue in found} == numbers
