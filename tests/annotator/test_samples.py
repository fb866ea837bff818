"""Ways to choose the issues of a round, from rows: what is drawn, what is kept, what is refused."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from annotator.errors import Changed
from annotator.models import Assignment, Each, Method, Population, Round, RoundIssue, RoundRater
from annotator.queries.populations import unpacked
from annotator.services.dealing import Design, balance_of
from annotator.services.planning import Way, plan_round
from annotator.services.rounds import draft_round, freeze_frame
from annotator.services.sampling import sample_of
from corpus.models import Frame, Issue, Repository
from corpus.services.frames import create_frame
from studies.errors import Invalid
from studies.models import Event, Membership, Study
from tests import factories


@pytest.fixture
def corpus(study: Study) -> list[Issue]:
    """Twelve issues of one repository and six of another; those up to 6 are of 2024; labels by arithmetic."""
    big, small = (factories.repository(study, name) for name in ("Tidewater/Captioner", "larkspur/transcribe"))
    rows = [(big, number) for number in range(1, 13)] + [(small, number) for number in range(1, 7)]
    return [
        factories.issue(
            repository,
            number=number,
            created_at=datetime(2024 if number <= 6 else 2025, 5, 1, tzinfo=UTC),
            labels=(["bug", "model"] if number % 3 == 0 else ["bug"] if number % 3 == 1 else []),
        )
        for repository, number in rows
    ]


@pytest.fixture
def version(study: Study, lead: Any) -> Any:
    return factories.taxonomy(study, by=lead)


@pytest.fixture
def raters(members: dict[str, Membership]) -> list[Membership]:
    return [members["rater_a"], members["rater_b"]]


@pytest.fixture
def draw(study: Study, version: Any, corpus: Any, raters: Any, lead: Any) -> Any:
    def run(way: Way | None = None, **options: Any) -> Round:
        asked = {"seed": 42, "size": None, "raters": raters} | options
        return draft_round(study=study, version=version, way=way, by=lead, **asked)

    return run


def keys_of(round: Round) -> list[str]:
    rows = round.round_issues.select_related("issue__repository").order_by("position")
    return [str(row.issue).lower() for row in rows]


def refusal(draw: Any, way: Way | None = None, **options: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        draw(way, **options)
    return refused.value.message_dict


def stratified(**options: Any) -> Way:
    return Way(Method.STRATIFIED, **options)


ALL = [f"tidewater/captioner#{n}" for n in range(1, 13)] + [f"larkspur/transcribe#{n}" for n in range(1, 7)]


def test_all_issues(draw: Any) -> None:
    round = draw(Way(Method.ALL))
    assert keys_of(round) == sample_of(ALL, 18, seed=42)
    assert (round.sample["size"], round.sample["of"], round.sample["how"]) == (18, 18, "all")


def test_in_proportion_to_repositories(draw: Any) -> None:
    round = draw(stratified(), size=9)
    assert Counter(key.split("#")[0] for key in keys_of(round)) == {"tidewater/captioner": 6, "larkspur/transcribe": 3}
    assert round.sample["strata"] == {
        "by": "repository",
        "allocation": "proportional",
        "minimum_one": False,
        "sizes": [["larkspur/transcribe", 6, 3], ["tidewater/captioner", 12, 6]],
    }
    assert round.sample["method"] == "stratified random sample by repository, in proportion to the stratum"


def test_strata_draw_the_first_ranks_of_each(draw: Any) -> None:
    drawn = keys_of(draw(stratified(), size=9))
    assert [key for key in drawn if "tide" in key] == sample_of([key for key in ALL if "tide" in key], 6, seed=42)


PINNED = [
    "tidewater/captioner#4",
    "tidewater/captioner#6",
    "tidewater/captioner#8",
    "larkspur/transcribe#6",
    "larkspur/transcribe#1",
]


def test_a_stratified_draw_is_the_same_on_every_database(draw: Any) -> None:
    assert keys_of(draw(stratified(allocation="equal"), size=5)) == PINNED


@pytest.mark.parametrize(
    ("options", "size", "sizes"),
    [
        ({"stratify_by": "year"}, 6, [["2024", 12, 4], ["2025", 6, 2]]),
        ({"stratify_by": "year", "allocation": "equal"}, 6, [["2024", 12, 3], ["2025", 6, 3]]),
        ({"stratify_by": "label"}, 9, [["(no label)", 6, 3], ["bug", 12, 6]]),
        ({"minimum_one": True}, 2, [["larkspur/transcribe", 6, 1], ["tidewater/captioner", 12, 1]]),
        (
            {"allocation": "given", "sizes": {"Tidewater/captioner": 1, "larkspur/transcribe": 4}},
            None,
            [["larkspur/transcribe", 6, 4], ["tidewater/captioner", 12, 1]],
        ),
        ({"allocation": "given", "sizes": {"larkspur/transcribe": 2}}, None,
         [["larkspur/transcribe", 6, 2], ["tidewater/captioner", 12, 0]]),
    ],
)  # fmt: skip
def test_strata_are_exact(draw: Any, options: dict[str, Any], size: int | None, sizes: list[Any]) -> None:
    round = draw(stratified(**options), size=size)
    assert round.sample["strata"]["sizes"] == sizes
    assert round.population is not None
    strata = unpacked(round.population).strata
    assert Counter(strata[key] for key in keys_of(round)) == {name: drawn for name, _, drawn in sizes if drawn}


@pytest.mark.parametrize(
    ("options", "size", "told"),
    [
        ({"minimum_one": True, "stratify_by": "repository"}, 1,
         {"size": ["There are 2 strata; one of each needs 2 issues or more."]}),
        ({"allocation": "given", "sizes": {"x/y": 1}}, None,
         {"sizes": ["No such stratum: x/y. There are larkspur/transcribe, tidewater/captioner."]}),
        ({"allocation": "given", "sizes": {"larkspur/transcribe": 7}}, None,
         {"sizes": ["More than there are: larkspur/transcribe has 6."]}),
        ({"allocation": "given"}, None,
         {"sizes": ["Say how many from each stratum, one a line: larkspur/transcribe: 10"]}),
        ({}, None, {"size": ["Say how many issues to draw."]}),
        ({}, 19, {"size": ["The corpus has 18 issues; draw 18 or fewer."]}),
    ],
)  # fmt: skip
def test_strata_that_cannot_be_are_refused(draw: Any, options: Any, size: Any, told: Any) -> None:
    assert refusal(draw, stratified(**options), size=size) == told
    assert not Round.objects.exists()
    assert not Population.objects.exists()


def test_a_list_as_people_paste_it(draw: Any) -> None:
    text = (
        "tidewater/captioner#3, TIDEWATER/captioner#3\nhttps://github.com/larkspur/transcribe/issues/2#issuecomment-1;"
    )
    round = draw(Way(Method.LISTED, listed=text))
    assert set(keys_of(round)) == {"tidewater/captioner#3", "larkspur/transcribe#2"}
    assert (round.sample["method"], round.sample["size"], round.sample["of"]) == ("a given list", 2, 2)


def test_numbers_alone_where_the_study_has_one_repository(study: Study, draw: Any, corpus: Any) -> None:
    told = refusal(draw, Way(Method.LISTED, listed="3 x"))
    assert told == {
        "listed": [
            "Not readable as an issue: 3, x. Numbers alone do when the study has one repository."
        ]
    }  # fmt: skip
    Issue.objects.filter(repository__name="transcribe").delete()
    Repository.objects.filter(name="transcribe").delete()
    assert set(keys_of(draw(Way(Method.LISTED, listed="3 #4")))) == {"tidewater/captioner#3", "tidewater/captioner#4"}


def test_a_former_name_leads_to_the_repository(draw: Any, corpus: Any) -> None:
    Repository.objects.filter(name="Captioner").update(former_names=["old/Name"])
    assert keys_of(draw(Way(Method.LISTED, listed="old/name#5"))) == ["tidewater/captioner#5"]


def test_unknown_issues_are_named(draw: Any, study: Study, lead: Any) -> None:
    assert refusal(draw, Way(Method.LISTED, listed="x/y#1 tidewater/captioner#99 tidewater/captioner#1")) == {
        "listed": ["Not in the corpus: x/y#1, tidewater/captioner#99."]
    }
    many = " ".join(f"x/y#{number}" for number in range(1, 13))
    assert refusal(draw, Way(Method.LISTED, listed=many))["listed"][0].endswith("x/y#10 and 2 more.")
    assert refusal(draw, Way(Method.LISTED, listed=" , "))["listed"][0].startswith("Paste the issues")
    assert refusal(draw, Way(Method.LISTED, listed="what"))["listed"] == ["Not readable as an issue: what."]


def test_a_listed_issue_that_is_coded_is_named_with_what_to_do(
    draw: Any, version: Any, corpus: Any, raters: Any
) -> None:
    earlier = factories.round_of(version, corpus[:1], raters[:1])
    factories.answers(earlier, {raters[0].alias: ["Loading"]})
    told = refusal(draw, Way(Method.LISTED, listed="tidewater/captioner#1"), without_coded=True)
    assert told["listed"][0].endswith("Those that somebody has coded are left out; untick that to have them.")


def test_a_list_within_a_frame(draw: Any, study: Study, lead: Any) -> None:
    frame = create_frame(study=study, name="Big", params={"repository": ["Tidewater/Captioner"]}, by=lead)
    told = refusal(draw, Way(Method.LISTED, listed="larkspur/transcribe#1"), frame=frame)
    assert told == {"listed": ["Not in the frame Big: larkspur/transcribe#1."]}
    assert draw(Way(Method.LISTED, listed="Tidewater/Captioner#1"), frame=frame).sample["frame"]["issues"] == 12


# The next of a stored order


def test_the_next_go_on_as_if_the_first_draw_had_been_larger(draw: Any) -> None:
    first = draw(size=5)
    second = draw(Way(Method.NEXT, after=first), size=4, seed=7)
    third = draw(Way(Method.NEXT, after=second), size=3)
    assert keys_of(first) + keys_of(second) + keys_of(third) == sample_of(ALL, 12, seed=42)
    assert (second.sample["seed"], second.sample["order_of"], second.sample["of"]) == (42, 1, 13)
    assert third.sample["order_of"] == 1
    assert third.sample["method"] == "the next of the random order of round 1"


def test_the_next_leave_out_what_is_coded_and_what_is_gone(draw: Any, version: Any, corpus: Any, raters: Any) -> None:
    first = draw(size=5)
    following = sample_of(ALL, 9, seed=42)[5:]
    coded, gone = (next(row for row in corpus if str(row).lower() == key) for key in following[:2])
    factories.answers(factories.round_of(version, [coded], raters[:1]), {raters[0].alias: ["Loading"]})
    gone.delete()
    assert keys_of(draw(Way(Method.NEXT, after=first), size=2, without_coded=True)) == following[2:]


def test_the_next_need_an_order_and_issues(draw: Any, version: Any, corpus: Any, raters: Any, lead: Any) -> None:
    no_order = factories.round_of(version, corpus[:1], raters)
    assert set(refusal(draw, Way(Method.NEXT), size=1)) == {"after"}
    assert set(refusal(draw, Way(Method.NEXT, after=no_order), size=1)) == {"after"}
    strata = draw(stratified(), size=9)
    assert refusal(draw, Way(Method.NEXT, after=strata), size=1) == {
        "after": ["Round 2 kept no order of a simple random draw that could go on."]
    }
    first = draw(size=17)
    assert refusal(draw, Way(Method.NEXT, after=first), size=2) == {
        "size": ["The order of round 3 has 1 issues; draw 1 or fewer."]
    }
    assert set(refusal(draw, Way(Method.NEXT, after=first))) == {"size"}


def test_the_next_of_a_frame_keep_the_frame(draw: Any, study: Study, lead: Any) -> None:
    frame = create_frame(study=study, name="Big", params={"repository": ["Tidewater/Captioner"]}, by=lead)
    first = draw(size=2, frame=frame)
    second = draw(Way(Method.NEXT, after=first), size=3)
    assert second.sample["frame"] == first.sample["frame"]
    assert all(key.startswith("tidewater") for key in keys_of(second))


# Lists that are kept, plans that are looked at


def test_an_issue_that_comes_to_the_frame_in_this_moment_is_told(
    draw: Any, study: Study, raters: Any, corpus: Any, lead: Any
) -> None:
    frame = create_frame(study=study, name="Captioner", params={"repository": ["tidewater/captioner"]}, by=lead)
    plan = plan_round(study=study, raters=raters, size=2, frame=frame)
    factories.issue(corpus[0].repository, number=99)
    with pytest.raises(Changed, match="Issues came to Captioner or left it in this moment"):
        freeze_frame(draw(size=1), frame, plan, lead)


def test_draws_from_the_same_list_share_it(draw: Any, corpus: Any, study: Study) -> None:
    first, second = draw(size=5), draw(size=7, seed=1)
    assert first.population == second.population
    assert first.population is not None
    assert (first.population.size, str(first.population)[:9]) == (18, "18 issues")
    factories.issue(corpus[0].repository, number=40)
    assert draw(size=5).population != first.population


def test_a_list_with_the_same_names_and_other_ids_is_kept_beside(draw: Any, corpus: Any, study: Study) -> None:
    first = draw(Way(Method.LISTED, listed="larkspur/transcribe#1"))
    Assignment.objects.all().delete()
    RoundIssue.objects.all().delete()
    old = corpus[12]
    old.delete()
    factories.issue(old.repository, number=1)
    second = draw(Way(Method.LISTED, listed="larkspur/transcribe#1"))
    assert first.population != second.population
    assert first.population.sha256 == second.population.sha256


def test_a_plan_writes_nothing_and_is_what_is_then_drawn(
    study: Study, raters: Any, draw: Any, lead: Any, corpus: Any
) -> None:
    frame = create_frame(study=study, name="Big", params={"repository": ["Tidewater/Captioner"]}, by=lead)
    design = Design(Each.SOME, 1)
    before = Event.objects.count()
    plan = plan_round(study=study, raters=raters, size=5, frame=frame, design=design)
    assert (Round.objects.count(), Population.objects.count(), Event.objects.count()) == (0, 0, before)
    assert not Frame.objects.filter(frozen_at__isnull=False).exists()
    round = draw(size=5, seed=plan.sample["seed"], frame=frame, design=design, seen=plan.digest)
    assert keys_of(round) == plan.drawn
    assert sorted(plan.balance.raters.values()) == [2, 3]


def test_another_plan_than_the_one_looked_at_is_not_drawn(study: Study, raters: Any, draw: Any, corpus: Any) -> None:
    plan = plan_round(study=study, raters=raters, size=18, seed=42)
    factories.issue(corpus[0].repository, number=40)
    with pytest.raises(Changed, match="Look again"):
        draw(size=18, seen=plan.digest)
    assert not Round.objects.exists()


# Designs on rows


def dealt(round: Round) -> dict[str, list[int]]:
    rows = Assignment.objects.filter(round_issue__round=round).order_by("position")
    found: dict[str, list[int]] = {}
    for alias, issue in rows.values_list("member__alias", "round_issue__issue"):
        found.setdefault(alias, []).append(issue)
    return found


def test_a_round_keeps_its_design_and_its_raters(draw: Any, members: dict[str, Membership]) -> None:
    three = [members[name] for name in ("lead", "rater_a", "rater_b")]
    design = Design(Each.SOME, 2, capacities={"rater-1": 4})
    round = draw(size=10, raters=three, design=design)
    assert round.design == {"each": "some", "k": 2}
    assert dict(RoundRater.objects.filter(round=round).values_list("member__alias", "capacity")) == {
        "lead-1": None, "rater-1": 4, "rater-2": None,
    }  # fmt: skip
    balance = balance_of({alias: list(map(str, issues)) for alias, issues in dealt(round).items()})
    assert sorted(balance.raters.items()) == [("lead-1", 8), ("rater-1", 4), ("rater-2", 8)]
    assert Event.objects.get(verb="drafted").data["design"] == {"each": "some", "k": 2}
    assert str(RoundRater.objects.first()).endswith("in Round 1")


def test_a_share_for_all_is_dealt(draw: Any) -> None:
    round = draw(size=10, design=Design(Each.OVERLAP, overlap=40))
    hands = dealt(round)
    assert len(set(hands["rater-1"]) & set(hands["rater-2"])) == 4
    assert sorted(map(len, hands.values())) == [7, 7]
    assert round.design == {"each": "overlap", "overlap": 40}


@pytest.mark.parametrize("size", [3, 18])
def test_queries_of_a_draw_do_not_grow(
    study: Study, raters: Any, corpus: Any, size: int, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        plan_round(study=study, raters=raters, size=size, way=stratified(), design=Design(Each.SOME, 2))
