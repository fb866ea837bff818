"""The board counts what the filter finds: under every filter the two say the same."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from corpus import board
from corpus.board import BEST, COMMENTS, FACETS, LONGEST, NEWEST, OLDEST, find
from corpus.filters import IssueFilter
from corpus.models import Issue, LikelyDuplicate
from tests import factories

CHOICES = {
    "repository": ["lab/one", "LAB/two"], "state": ["open", "closed", "odd"], "reason": ["", "completed"],
    "label": ["", "bug", "model"], "association": ["", "OWNER"], "year": ["2024", "2025"], "bot": ["yes", "no"],
    "comments": ["yes", "no"], "code": ["yes", "no"], "images": ["yes", "no"],
    "duplicate": ["yes", "no"], "q": ["load", "-load", "#3", "'", "cr*"],
    "created_from": ["2024-02-29"], "created_to": ["2024-06-30"],
}  # fmt: skip
FILTERS = st.fixed_dictionaries(
    {}, optional={name: st.lists(st.sampled_from(values), min_size=1, max_size=2) for name, values in CHOICES.items()}
)


def make_corpus(study):
    one, two = factories.repository(study, "lab/One"), factories.repository(study, "lab/two")
    at = factories.NOW.replace(year=2024, month=2, day=29)
    factories.issue(one, number=1, title="Crash on load", created_at=at, labels=["bug"], state_reason="completed")
    second = factories.issue(one, number=2, days=None, author_is_bot=True, created_at=at.replace(month=6))
    factories.issue(
        two, number=3, author_association="OWNER", labels=["bug", "model"], body="![x](https://a/b)", days=9
    )
    fourth = factories.issue(two, number=4, title="Load", created_at=at.replace(month=12), body="```\nx\n```")
    factories.comment(second, "It loads, then: load")
    LikelyDuplicate.objects.create(issue=fourth, of=second, similarity=0.9, found_at=at)


class BoardSaysWhatTheFilterSays(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(FILTERS)
    def test_same_issues_and_same_counts(self, params):
        study = factories.study()
        make_corpus(study)
        other = factories.study("Other", "other")
        factories.issue(factories.repository(other, "lab/one"), number=3, title="load", labels=["bug"])
        asked = IssueFilter.from_params(params)
        here = Issue.objects.filter(repository__study=study)
        found = find(study, asked)
        assert set(found.page(50).ids) == {issue.pk for issue in asked.apply(here)}
        for name, choices in CHOICES.items():
            for value in choices if name in FACETS else []:
                one = IssueFilter.from_params(params | {name: [value]})
                shown = {key.lower(): count for key, count in found.counts[name].items()}
                assert shown.get(value.lower(), 0) == one.apply(here).count(), (name, value)


@pytest.fixture
def corpus(study):
    make_corpus(study)


def order_of(study, sort, **params):
    found = find(study, IssueFilter.from_params(params), sort)
    return [Issue.objects.get(pk=pk).number for pk in found.page(50).ids]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", [3, 4, 2, 1]),
        (NEWEST, [3, 4, 2, 1]),
        (OLDEST, [1, 2, 4, 3]),
        (COMMENTS, [2, 3, 4, 1]),
        (LONGEST, [3, 4, 1, 2]),
        (BEST, [3, 4, 2, 1]),
    ],
)
def test_issues_stand_in_the_order_asked_for(study, corpus, sort, expected):
    assert order_of(study, sort) == expected


def test_best_match_comes_first_while_it_can_be_told(study, corpus, monkeypatch):
    assert order_of(study, "", q=["load"]) == [4, 1, 2]
    assert order_of(study, NEWEST, q=["load"]) == [4, 2, 1]
    monkeypatch.setattr(board, "MOST_RANKED", 2)
    assert order_of(study, "", q=["load"]) == [4, 2, 1]
    assert find(study, IssueFilter(q="load")).too_many_to_rank


def test_pages_go_on_where_the_last_one_ended(study, corpus):
    found = find(study, IssueFilter())
    first = found.page(3)
    second = found.page(3, after=first.ids[-1])
    assert (first.has_before, first.has_after, second.has_before, second.has_after) == (False, True, True, False)
    assert (first.first, first.last, second.first, second.last) == (1, 3, 4, 4)
    assert found.page(3, before=second.ids[0]).ids == first.ids
    assert found.page(3, after=10**9).ids == first.ids


def test_a_page_goes_on_behind_an_issue_that_no_longer_fits(study, corpus):
    whole = find(study, IssueFilter()).page(9).ids
    bugs = find(study, IssueFilter(label=("bug",)))
    assert bugs.page(9).ids == [whole[0], whole[3]]
    assert bugs.page(9, after=whole[1]).ids == [whole[3]]
    assert bugs.neighbours(whole[1]) == (whole[0], whole[3])


def test_neighbours_are_those_of_the_list(study, corpus):
    found = find(study, IssueFilter())
    ids = found.page(9).ids
    expected = {pk: pair for pk, pair in zip(ids, zip([None, *ids], [*ids[1:], None], strict=False), strict=True)}
    assert {pk: found.neighbours(pk) for pk in ids} == expected
    assert found.neighbours(10**9) == (None, None)


def test_board_is_kept_until_the_corpus_changes(study, corpus, django_assert_num_queries):
    find(study, IssueFilter())
    with django_assert_num_queries(3):  # the corpus's stamp, and two that say whether rounds tell something new
        assert find(study, IssueFilter()).total == 4
    factories.issue(factories.repository(study, "lab/One"), number=9)
    assert find(study, IssueFilter()).total == 5


def test_few_boards_are_kept(db):
    for number in range(6):
        find(factories.study(str(number), f"s{number}"), IssueFilter())
    assert len(board.BOARDS) == board.KEPT


def test_study_without_issues_has_an_empty_board(study):
    found = find(study, IssueFilter(q="x", label=("bug",), repository=("a/b",), created_to="2024-01-01"))
    assert (found.total, found.page(5).ids, found.counts["label"]) == (0, [], {})
    assert list(itertools.chain(*(found.counts[name] for name in FACETS))) == []
