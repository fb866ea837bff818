"""A filter in words."""

from dataclasses import fields

import pytest

from corpus.criteria import HELD, SAID, in_words
from corpus.filters import IssueFilter


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, ""),
        ({"q": ["model {0} -gpu"]}, "found by “model {0} -gpu”"),
        ({"state": ["closed"], "reason": ["not_planned"]}, "closed; closed as not planned"),
        ({"repository": ["lab/one", "lab/two"], "label": ["bug", ""]}, "in lab/one or lab/two; labelled bug or none"),
        ({"bot": ["no"], "code": ["yes"], "images": ["yes", "no"]}, "not by bots; with code"),
        ({"screened": ["in", ""]}, "screened in or not screened"),
        ({"year": ["2023", "2024"]}, "opened in 2023 or 2024"),
        (
            {"created_from": ["2023-01-01"], "created_to": ["2023-12-31"]},
            "opened on 2023-01-01 or later; opened on 2023-12-31 or earlier",
        ),
    ],
)
def test_criteria_are_named(params, words):
    assert in_words(IssueFilter.from_params(params)) == words


def test_every_field_has_its_words():
    assert {field.name for field in fields(IssueFilter)} == SAID.keys() | HELD.keys() | {"screened"}
