"""Rounds that draw from a frame, and draws without what is coded already."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotator.models import Assignment, Round
from annotator.services.rounds import draft_round
from annotator.services.sampling import sample_of
from corpus.models import Draw, Frame, FrameIssue, Issue
from corpus.services.frames import create_frame
from studies.errors import Invalid
from studies.models import Event, Membership, Study
from tests import factories


@pytest.fixture
def corpus(study: Study) -> list[Any]:
    """Twenty issues, the even numbers open; of the closed ones, five mention a model."""
    repository = factories.repository(study, "Tidewater/Captioner")
    return [
        factories.issue(repository, number=n, body="model" if n < 10 else "It", days=1 if n % 2 else None)
        for n in range(1, 21)
    ]


@pytest.fixture
def version(study: Study, lead: Any) -> Any:
    return factories.taxonomy(study, by=lead)


@pytest.fixture
def raters(members: dict[str, Membership]) -> list[Membership]:
    return [members["rater_a"], members["rater_b"]]


@pytest.fixture
def frame(study: Study, corpus: Any, lead: Any) -> Frame:
    closed = create_frame(study=study, name="Closed", params={"state": ["closed"]}, by=lead)
    return create_frame(study=study, name="Models", params={"q": ["model"]}, parent=closed, by=lead)


@pytest.fixture
def draw(study: Study, version: Any, corpus: Any, raters: Any, lead: Any) -> Any:
    def run(**options: Any) -> Round:
        return draft_round(study=study, version=version, raters=raters, by=lead, **{"seed": 42, "size": 3} | options)

    return run


def keys_of(round: Round) -> list[str]:
    rows = round.round_issues.select_related("issue__repository").order_by("position")
    return [str(row.issue).lower() for row in rows]


MODELS = [f"tidewater/captioner#{number}" for number in (1, 3, 5, 7, 9)]


def test_a_round_draws_from_the_frame_as_documented(draw: Any, frame: Frame) -> None:
    assert keys_of(draw(frame=frame)) == sample_of(MODELS, 3, seed=42)


def test_a_round_keeps_what_it_was_drawn_from(draw: Any, frame: Frame, raters: Any) -> None:
    round = draw(frame=frame)
    assert round.sample == {
        "method": "simple random sample without replacement",
        "size": 3,
        "of": 5,
        "seed": 42,
        "generator": "sha256-rank",
        "generator_version": 1,
        "frame": {"id": frame.pk, "name": "Models", "criteria": ["closed", "found by “model”"], "issues": 5},
    }
    assert Event.objects.get(verb="drafted").data == {**round.sample, "kind": "coding"}
    assert Assignment.objects.filter(round_issue__round=round).count() == 6


def test_the_draw_freezes_the_frame_and_what_it_builds_on(draw: Any, frame: Frame) -> None:
    draw(frame=frame)
    assert {step.name: step.is_frozen for step in Frame.objects.all()} == {"Closed": True, "Models": True}
    kept = FrameIssue.objects.filter(frame=frame).order_by("issue__number").values_list("issue__number", flat=True)
    assert list(kept) == [1, 3, 5, 7, 9]
    assert list(Draw.objects.values_list("frame__name", "name", "issues")) == [("Models", "Round 1", 3)]


def test_the_same_seed_on_the_same_frame_draws_the_same(draw: Any, frame: Frame, corpus: Any) -> None:
    first = draw(frame=frame)
    Issue.objects.filter(number__in=(1, 3)).update(state="open", closed_at=None)
    factories.issue(corpus[0].repository, number=31, body="model")
    assert keys_of(draw(frame=frame)) == keys_of(first)
    assert keys_of(draw(frame=frame, seed=43)) != keys_of(first)
    assert [drawn.name for drawn in Draw.objects.order_by("pk")] == ["Round 1", "Round 2", "Round 3"]


def test_a_frame_of_the_whole_corpus_draws_as_the_corpus_does(draw: Any, study: Study, lead: Any) -> None:
    everything = create_frame(study=study, name="All", params={"state": ["open", "closed"]}, by=lead)
    assert keys_of(draw(frame=everything, size=20)) == keys_of(draw(size=20))


def test_what_somebody_has_coded_is_left_out(draw: Any, version: Any, corpus: Any, raters: Any, frame: Frame) -> None:
    earlier = factories.round_of(version, corpus[:4], raters)
    factories.answers(
        earlier, {raters[0].alias: ["Loading", "", None, None], raters[1].alias: ["Output", None, None, None]}
    )
    every = draw(size=18, without_coded=True)
    assert sorted(every.round_issues.values_list("issue__number", flat=True)) == list(range(3, 21))
    assert (every.sample["of"], every.sample["left_out_coded"], "frame" in every.sample) == (18, 2, False)
    framed = draw(size=4, frame=frame, without_coded=True)
    assert sorted(framed.round_issues.values_list("issue__number", flat=True)) == [3, 5, 7, 9]
    assert (framed.sample["of"], framed.sample["left_out_coded"], framed.sample["frame"]["issues"]) == (4, 1, 5)


def test_drafted_rounds_leave_nothing_out(draw: Any) -> None:
    draw(size=20)
    assert draw(size=20, without_coded=True).sample["left_out_coded"] == 0


def refusal(draw: Any, **options: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        draw(**options)
    return refused.value.message_dict


def test_a_draw_larger_than_the_frame_is_refused_and_freezes_nothing(draw: Any, frame: Frame) -> None:
    assert refusal(draw, frame=frame, size=6) == {"size": ["The frame Models has 5 issues; draw 5 or fewer."]}
    assert refusal(draw, frame=frame, size=0) == {"size": ["A round needs at least one issue."]}
    assert not Frame.objects.filter(frozen_at__isnull=False).exists()
    assert not FrameIssue.objects.exists()
    assert not Draw.objects.exists()


def test_refusals_say_how_many_are_coded(draw: Any, version: Any, corpus: Any, raters: Any) -> None:
    earlier = factories.round_of(version, corpus[:2], raters[:1])
    factories.answers(earlier, {raters[0].alias: ["Loading", "Loading"]})
    assert refusal(draw, size=19, without_coded=True) == {
        "size": ["The corpus has 18 issues that nobody has coded (2 are coded); draw 18 or fewer."]
    }
    rest = factories.round_of(version, corpus[2:], raters[:1])
    factories.answers(rest, {raters[0].alias: ["Loading"] * 18})
    assert refusal(draw, size=1, without_coded=True) == {
        "size": ["The corpus has 20 issues, and all are coded. Import some first."]
    }


def test_an_empty_frame_draws_nothing(draw: Any, study: Study, lead: Any) -> None:
    empty = create_frame(study=study, name="None", params={"q": ["xyzzy"]}, by=lead)
    assert refusal(draw, frame=empty) == {"size": ["The frame None has no issues yet. Import some first."]}


def test_a_frame_of_another_study_is_refused(draw: Any, lead: Any) -> None:
    other = factories.study("Other", "other")
    factories.member(other, lead, "lead")
    foreign = create_frame(study=other, name="Closed", params={"state": ["closed"]}, by=lead)
    assert refusal(draw, frame=foreign) == {"frame": ["This frame belongs to another study."]}


def test_the_form_offers_the_frames_and_draws_from_the_chosen_one(
    study: Study, version: Any, frame: Frame, raters: Any, lead: Any
) -> None:
    client = Client()
    client.force_login(lead)
    address = reverse("round_new", args=[study.slug])
    page = client.get(f"{address}?frame={frame.pk}").content.decode()
    assert f'<option value="{frame.pk}" selected>Models (5)</option>' in page
    given = {
        "version": version.pk, "size": 2, "raters": [raters[0].pk], "several_codes": "several", "kind": "coding",
        "seed": 7, "frame": frame.pk, "without_coded": "on",
    }  # fmt: skip
    response = client.post(address, given, follow=True)
    assert keys_of(Round.objects.get()) == sample_of(MODELS, 2, seed=7)
    text = " ".join(response.content.decode().split())
    assert "Models</a>, 5 issues: closed, then found by “model”" in text
    assert "0 that somebody had coded" in text
