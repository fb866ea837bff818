"""New rounds by page and by API: the deal before it is made, all options, what is beside the field."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.forms.rounds import unused
from annotator.models import Assignment, Round
from annotator.services.rounds import draft_round
from studies.models import Membership, Study
from tests import factories


@pytest.fixture
def issues(study: Study) -> list[Any]:
    small, big = factories.repository(study, "larkspur/transcribe"), factories.repository(study)
    return [factories.issue(small, number=1), *(factories.issue(big, number=number) for number in range(1, 10))]


@pytest.fixture
def version(study: Study, lead: Any, issues: Any) -> Any:
    return factories.taxonomy(study, by=lead)


@pytest.fixture
def raters(members: dict[str, Membership]) -> list[Membership]:
    return [members[name] for name in ("lead", "rater_a", "rater_b")]


@pytest.fixture
def client(lead: Any) -> Client:
    client = Client()
    client.force_login(lead)
    return client


@pytest.fixture
def form(version: Any, raters: Any) -> dict[str, Any]:
    return {
        "version": version.pk, "raters": [rater.pk for rater in raters], "several_codes": "several", "kind": "coding",
        "method": "simple", "size": 6, "each": "some", "k": 2,
    }  # fmt: skip


def post(client: Client, study: Study, form: dict[str, Any], **more: Any) -> Any:
    return client.post(reverse("round_new", args=[study.slug]), form | more)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_deal_is_shown_first_and_nothing_is_written(client: Client, study: Study, form: Any) -> None:
    response = post(client, study, form, act="preview")
    plan = response.context["plan"]
    assert not Round.objects.exists()
    assert plan.balance.raters == {"lead-1": 4, "rater-1": 4, "rater-2": 4}
    assert set(plan.balance.pairs.values()) == {2}
    text = text_of(response)
    assert f"6 of 10 issues, simple random sample without replacement, with seed {plan.sample['seed']}." in text
    assert "Pairs differ by at most 0." in text
    assert f'name="seed" value="{plan.sample["seed"]}"' in text


def test_what_was_shown_is_what_is_drawn(client: Client, study: Study, form: Any) -> None:
    plan = post(client, study, form, act="preview").context["plan"]
    post(client, study, form, act="draw", seed=plan.sample["seed"], seen=plan.digest)
    made = Round.objects.get()
    assert made.sample == plan.sample
    hands = {
        alias: [str(row.round_issue.issue) for row in rows_of(made, alias)] for alias in plan.hands
    }  # fmt: skip
    assert hands == plan.hands


def rows_of(round: Round, alias: str) -> Any:
    rows = Assignment.objects.filter(round_issue__round=round, member__alias=alias).order_by("position")
    return rows.select_related("round_issue__issue__repository")


def test_another_deal_than_the_one_shown_is_shown_again(client: Client, study: Study, form: Any, issues: Any) -> None:
    plan = post(client, study, form, act="preview").context["plan"]
    factories.issue(issues[0].repository, number=50)
    changed = {"seed": plan.sample["seed"], "seen": plan.digest, "size": 11}
    response = post(client, study, form, act="draw", **changed)
    assert "Look again" in text_of(response)
    assert response.context["plan"].sample["size"] == 11
    assert not Round.objects.exists()


def test_strata_are_shown_with_what_is_drawn(client: Client, study: Study, form: Any) -> None:
    way = {"method": "stratified", "stratify_by": "repository", "allocation": "given"}
    response = post(client, study, form, act="preview", sizes="larkspur/transcribe: 1\n\ntidewater/captioner: 3", **way)
    assert response.context["plan"].sample["strata"]["sizes"] == [
        ["larkspur/transcribe", 1, 1], ["tidewater/captioner", 9, 3],
    ]  # fmt: skip
    assert "Drawn</th>" in text_of(response)


@pytest.mark.parametrize(
    ("more", "errors"),
    [
        ({"size": ""}, {"size": ["Say how many issues to draw."]}),
        ({"k": 4}, {"k": ["With 3 raters, 1 to 3 can code each issue."]}),
        ({"method": "stratified", "allocation": "given", "sizes": "many"},
         {"sizes": ["“many” is not a name, a colon and a whole number."]}),
        ({"capacities": "rater-9: 3"}, {"capacities": ["Not among the raters of this round: rater-9."]}),
        ({"capacities": "rater-1: 1\nrater-2: 1"},
         {"capacities": ["The raters can take 8 codings, and 12 are needed. Raise what some can take, add raters, or "
                         "draw fewer issues."]}),
        ({"method": "listed", "listed": "x/y#1"}, {"listed": ["Not in the corpus: x/y#1."]}),
        ({"method": "next"}, {"after": ["Choose the round whose order goes on."]}),
        ({"method": "stratified", "minimum_one": "on", "size": 1},
         {"size": ["There are 2 strata; one of each needs 2 issues or more."]}),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field(client: Client, study: Study, form: Any, more: Any, errors: Any) -> None:
    response = post(client, study, form, act="preview", **more)
    assert response.context["form"].errors == errors


UNUSED = {
    "sizes": "many", "overlap": "a lot", "after": "none", "listed": "x", "stratify_by": "colour", "minimum_one": "on",
}  # fmt: skip


@pytest.mark.parametrize("stale", [UNUSED, {"sizes": "many", "method": "stratified", "allocation": "equal"}])
def test_what_plays_no_part_is_neither_counted_nor_refused(client: Client, study: Study, form: Any, stale: Any) -> None:
    response = post(client, study, form, act="preview", **stale)
    assert response.context["form"].errors == {}
    assert response.context["plan"].sample["size"] == 6


def test_each_way_has_fields_of_its_own() -> None:
    always = {"stratify_by", "allocation", "minimum_one", "sizes", "listed", "after"}
    assert set(unused("simple", "", "every")) == always | {"k", "overlap", "capacities"}
    assert set(unused("all", "", "some")) == always | {"size", "overlap"}
    assert set(unused("listed", "", "overlap")) == always - {"listed"} | {"size", "k"}
    assert set(unused("next", "", "some")) == always - {"after"} | {"frame", "seed", "overlap"}
    stratified = {"listed", "after", "overlap"}
    assert set(unused("stratified", "proportional", "some")) == stratified | {"sizes"}
    assert set(unused("stratified", "equal", "some")) == stratified | {"sizes", "minimum_one"}
    assert set(unused("stratified", "given", "some")) == stratified | {"size", "minimum_one"}


def test_only_what_may_stay_empty_is_called_optional(client: Client, study: Study) -> None:
    text = text_of(client.get(reverse("round_new", args=[study.slug])))
    assert text.count("(optional)") == 3
    assert "Seed <span" in text
    assert "The most that a rater takes <span" in text
    assert "Issues that come again, hidden <span" in text


def test_only_rounds_with_an_order_are_offered_to_go_on(
    client: Client, study: Study, form: Any, version: Any, raters: Any, issues: Any, lead: Any
) -> None:
    factories.round_of(version, issues[:1], raters)
    first = draft_round(study=study, version=version, raters=raters, size=2, seed=1, by=lead)
    post(client, study, form, method="stratified", stratify_by="year", allocation="equal")
    post(client, study, form, method="next", after=first.pk)
    page = client.get(reverse("round_new", args=[study.slug]))
    assert [row.number for row in page.context["form"].fields["after"].queryset] == [4, 2]


def test_the_page_takes_a_size_along(client: Client, study: Study) -> None:
    assert 'name="size" value="368"' in text_of(client.get(reverse("round_new", args=[study.slug]) + "?size=368"))


# API


def send(client: Client, study: Study, given: dict[str, Any]) -> Any:
    return client.post(reverse("api-rounds", args=[study.slug]), json.dumps(given), content_type="application/json")


@pytest.fixture
def body(version: Any, raters: Any) -> dict[str, Any]:
    return {"version": version.pk, "raters": ["lead-1", "rater-1", "rater-2"], "size": 6, "each": "some", "k": 2}


def test_api_previews_and_draws_the_same(client: Client, study: Study, body: Any) -> None:
    told = send(client, study, body | {"preview": True})
    assert told.status_code == 200
    assert not Round.objects.exists()
    plan = told.json()
    assert plan["raters"] == {"lead-1": 4, "rater-1": 4, "rater-2": 4}
    assert [pair["shared"] for pair in plan["pairs"]] == [2, 2, 2]
    made = send(client, study, body | {"seed": plan["seed"], "seen": plan["seen"]})
    assert (made.status_code, made.json()["sample"], made.json()["design"]) == (
        201, plan["sample"], {"each": "some", "k": 2},
    )  # fmt: skip
    assert (made.json()["given"], made.json()["coded"]) == (12, 0)
    assert send(client, study, body | {"seed": 5, "seen": plan["seen"]}).status_code == 409


def test_api_takes_every_option(client: Client, study: Study, body: Any) -> None:
    first = send(client, study, body | {"seed": 42}).json()["number"]
    given = {"method": "stratified", "allocation": "given", "sizes": {"larkspur/transcribe": 1}, "without_coded": True}
    assert send(client, study, body | given).json()["sample"]["strata"]["sizes"][0] == ["larkspur/transcribe", 1, 1]
    following = send(client, study, body | {"method": "next", "after": first, "size": 2}).json()
    assert (following["sample"]["order_of"], following["sample"]["seed"]) == (first, 42)
    overlap = {"each": "overlap", "overlap": 50, "capacities": {"rater-1": 6}, "method": "all", "size": None}
    assert send(client, study, body | overlap).json()["design"] == {"each": "overlap", "overlap": 50}
    listed = {"method": "listed", "listed": "tidewater/captioner#1 larkspur/transcribe#1", "kind": "calibration"}
    assert send(client, study, body | listed).json()["sample"]["size"] == 2


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"version": 0}, "version"), ({"raters": ["rater-9"]}, "raters"), ({"raters": []}, "raters"),
        ({"k": 9}, "k"), ({"method": "what"}, "method"), ({"size": 99}, "size"), ({"sizes": {"a": "b"}}, "sizes"),
        ({"preview": True, "raters": []}, "raters"),
    ],
)  # fmt: skip
def test_api_names_the_field(client: Client, study: Study, body: Any, more: Any, field: str) -> None:
    response = send(client, study, body | more)
    assert (response.status_code, set(response.json())) == (400, {field})


def test_api_knows_no_foreign_rows(client: Client, study: Study, body: Any) -> None:
    assert [send(client, study, body | more).status_code for more in ({"frame": 99}, {"after": 99})] == [404, 404]
