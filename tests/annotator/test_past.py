"""How did I code something like this? One's own codings alone, and never the first answer to what is asked again."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import Assignment, Round
from annotator.queries.past import own_past, recent_codes
from annotator.states import Kind, Phase
from studies.models import Membership, Study
from tests import factories


@pytest.fixture
def raters(members: dict[str, Membership]) -> list[Membership]:
    return [members["rater_a"], members["rater_b"]]


@pytest.fixture
def issues(study: Study) -> list[Any]:
    repository = factories.repository(study)
    made = [
        factories.issue(repository, number=number, title=title)
        for number, title in enumerate(("Tokenizer drops accents", "Slow tokenizer", "Licence of weights"), 1)
    ]
    factories.comment(made[2], "The tokenizer has another licence.")
    return made


@pytest.fixture
def closed(study: Study, issues: Any, raters: Any, lead: Any) -> Round:
    round = factories.round_of(factories.taxonomy(study, by=lead), issues, raters, phase=Phase.DISCUSSION)
    answer(round, 0, ["Loading"], memo="accents again")
    answer(round, 1, ["Memory"])
    answer(round, 1, ["Output"], alias="rater-2", memo="accents")
    return round


def answer(round: Round, position: int, names: list[str], alias: str = "rater-1", **fields: Any) -> Any:
    own = Assignment.objects.get(member__alias=alias, round_issue__round=round, position=position)
    return factories.coding(own, names, **fields)


def titles(member: Membership, words: str) -> set[str]:
    return {coding.assignment.round_issue.issue.title for coding in own_past(member, words)}


def test_words_stand_in_the_issue_its_comments_or_the_memo(closed: Round, raters: Any) -> None:
    answer(closed, 2, [], memo="Ask a lawyer.")
    a, b = raters
    found = {words: titles(a, words) for words in ("tokenizer", "slow", "accents again", "LAWYER", "nothing", "tok*")}
    assert found == {
        "tokenizer": {"Tokenizer drops accents", "Slow tokenizer", "Licence of weights"},
        "slow": {"Slow tokenizer"},
        "accents again": {"Tokenizer drops accents"},
        "LAWYER": {"Licence of weights"},
        "nothing": set(),
        "tok*": {"Tokenizer drops accents", "Slow tokenizer", "Licence of weights"},
    }
    assert titles(b, "tokenizer") == titles(b, "accents") == {"Slow tokenizer"}


def test_the_last_revision_counts(closed: Round, raters: Any) -> None:
    answer(closed, 0, ["Output"], memo="changed my mind")
    assert [str(coding.codes.get()) for coding in own_past(raters[0], "accents")] == ["Output"]
    assert titles(raters[0], "again") == set()


@pytest.mark.parametrize("kind", [Kind.CODING, Kind.RECODING])
def test_first_answers_to_what_is_asked_again_are_left_out(closed: Round, issues: Any, raters: Any, kind: str) -> None:
    again = factories.round_of(closed.version, [issues[0]], raters[:1], kind=kind)
    assert titles(raters[0], "tokenizer") == {"Slow tokenizer"}
    answer(again, 0, ["Output"], memo="new")
    assert [coding.memo for coding in own_past(raters[0], "drops")] == ["new"]
    assert titles(raters[1], "tokenizer") == {"Slow tokenizer"}


def test_codes_used_last_are_the_rounds_own(closed: Round, issues: Any, raters: Any, study: Study) -> None:
    round = factories.round_of(closed.version, issues, raters)
    names = {code.pk: code.name for code in closed.version.codes.all()}

    def used(member: Membership) -> list[str]:
        return [names[pk] for pk in recent_codes(round, member)]

    assert used(raters[0]) == []
    answer(round, 0, ["Output"])
    answer(round, 1, ["Loading", "Memory"])
    answer(round, 2, ["Output"])
    answer(round, 2, ["Loading"], alias="rater-2")
    assert used(raters[0]) == ["Output", "Loading", "Memory"]
    assert used(raters[1]) == ["Loading"]


def test_page_shows_ones_own_codings_and_where_they_stand(
    closed: Round, issues: Any, raters: Any, rater_a: Any, study: Study, django_assert_num_queries: Any
) -> None:
    new = [factories.issue(issues[0].repository, title=f"Tokenizer {n}") for n in range(30)]
    running = factories.round_of(closed.version, new, raters)
    answer(running, 0, ["Memory"], confidence="low")
    client = Client()
    client.force_login(rater_a)
    url = reverse("coding_past", args=[study.slug, running.number])
    page = client.get(url, {"q": "tokenizer"}).content.decode()
    for words in ("Tokenizer drops accents", "Slow tokenizer", "Tokenizer 0", "accents again", "sure: low", "Round 1"):
        assert words in page
    assert page.count("data-issue=") == 1
    assert "rater-2" not in page
    with django_assert_num_queries(8):
        client.get(url, {"q": "tokenizer"})
    for position in range(1, 30):
        answer(running, position, ["Memory"])
    with django_assert_num_queries(8):
        assert client.get(url, {"q": "tokenizer"}).content.decode().count("<tr>") == 21
    assert "None of your own codings has “xyz”" in client.get(url, {"q": "xyz"}).content.decode()
    assert "never another’s" in client.get(url).content.decode()
    assert "<html" not in client.get(url, headers={"HX-Request": "true"}).content.decode()
