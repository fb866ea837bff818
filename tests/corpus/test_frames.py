"""Frames: what they hold, how they are counted, and when they are frozen."""

import pytest

from corpus.frames import chains_of, funnel_of, get_frame, issues_in
from corpus.models import Draw, Frame, FrameIssue, Issue
from corpus.services.frames import count_again, create_frame, delete_frame, record_draw, rename_frame
from studies.errors import Invalid, NotThere, Refused
from studies.models import Event
from tests import factories


@pytest.fixture
def repository(study):
    """Eight issues: odd numbers are closed, those up to four mention a model, in two repositories."""
    both = [factories.repository(study, name) for name in ("lab/one", "lab/two")]
    for number in range(1, 9):
        body = "The model fails." if number <= 4 else "It fails."
        factories.issue(both[number % 2], number=number, body=body, days=1 if number % 2 else None)
    other = factories.study("Other", "other")
    factories.issue(factories.repository(other), number=99, body="model")
    return both[1]


@pytest.fixture
def closed(study, repository, lead):
    return create_frame(study=study, name="Closed", params={"state": ["closed"]}, by=lead)


@pytest.fixture
def models(study, closed, lead):
    return create_frame(study=study, name=" Mentions  a model ", params={"q": ["model"]}, parent=closed, by=lead)


def numbers(frame):
    return sorted(issues_in(frame).values_list("number", flat=True))


def told(study, verb):
    return list(Event.objects.filter(study=study, verb=verb).order_by("pk").values_list("target", "data"))


def test_a_frame_holds_what_fits_of_the_frame_before_it(closed, models):
    assert numbers(closed) == [1, 3, 5, 7]
    assert numbers(models) == [1, 3]
    assert (closed.counted, models.counted, models.name) == (4, 2, "Mentions a model")
    assert (models.of_issues, models.of_repositories) == (8, 2)


def test_making_a_frame_leaves_an_event(study, closed, models):
    assert [target for target, _ in told(study, "made")] == ["frame Closed", "frame Mentions a model"]
    data = told(study, "made")[1][1]
    assert (data["after"], data["filter"], data["issues"]) == ("Closed", {"q": ["model"]}, 2)


def test_a_filter_is_kept_as_it_is_read(study, repository, lead):
    params = {"q": ["model"], "state": [""], "sort": ["oldest"], "page": ["3"], "csrfmiddlewaretoken": ["x"]}
    assert create_frame(study=study, name="A", params=params, by=lead).filter == {"q": ["model"]}


def test_all_live_frames_are_counted_at_one_moment(study, repository, closed, lead):
    factories.issue(repository, number=11, body="model")
    later = create_frame(study=study, name="Model", params={"q": ["model"]}, by=lead)
    closed.refresh_from_db()
    assert (closed.counted, later.counted) == (5, 5)
    assert (closed.counted_at, closed.of_issues) == (later.counted_at, 9)


def test_counting_again_follows_the_corpus(study, repository, closed, models, lead):
    factories.issue(repository, number=11, body="model")
    assert funnel_of(get_frame(study, models.pk)).collected == 8
    count_again(study=study, by=lead)
    assert [(frame.name, frame.counted) for frame in Frame.objects.order_by("pk")] == [
        ("Closed", 5),
        ("Mentions a model", 3),
    ]
    assert told(study, "counted") == [("the frames", {"Closed": 5, "Mentions a model": 3})]


@pytest.mark.parametrize(
    ("name", "field", "sentence"),
    [
        ("", "name", "needs a name"),
        ("  ", "name", "needs a name"),
        ("CLOSED", "name", "There is a frame CLOSED already"),
        ("x" * 101, "name", "at most 100 characters; this one has 101"),
    ],
)
def test_names_are_checked(study, closed, lead, name, field, sentence):
    for write in (
        lambda: create_frame(study=study, name=name, params={"q": ["model"]}, by=lead),
        lambda: rename_frame(
            frame=create_frame(study=study, name="B", params={"q": ["x"]}, by=lead), name=name, by=lead
        ),
    ):
        with pytest.raises(Invalid) as refusal:
            write()
        assert list(refusal.value.message_dict) == [field]
        assert sentence in refusal.value.message_dict[field][0]


def test_a_frame_needs_a_filter_and_a_parent_of_its_study(study, closed, lead):
    with pytest.raises(Invalid, match="no filter yet"):
        create_frame(study=study, name="All", params={"page": ["2"]}, by=lead)
    other = factories.study("Third", "third")
    factories.member(other, lead, "lead")
    with pytest.raises(Invalid, match="another study"):
        create_frame(study=other, name="All", params={"q": ["x"]}, parent=closed, by=lead)
    assert Frame.objects.count() == 1


def test_a_frame_is_renamed(study, closed, lead):
    assert rename_frame(frame=closed, name="Closed ones", by=lead).name == "Closed ones"
    assert rename_frame(frame=closed, name="closed ones", by=lead).name == "closed ones"
    assert told(study, "renamed") == [
        ("frame Closed", {"name": "Closed ones"}),
        ("frame Closed ones", {"name": "closed ones"}),
    ]


def test_a_frame_is_removed_after_those_that_build_on_it(study, closed, models, lead):
    with pytest.raises(Refused, match=r"Mentions a model builds on Closed\. Remove Mentions a model first"):
        delete_frame(frame=closed, by=lead)
    delete_frame(frame=models, by=lead)
    delete_frame(frame=closed, by=lead)
    assert not Frame.objects.exists()
    assert [target for target, _ in told(study, "removed")] == ["frame Mentions a model", "frame Closed"]
    assert Issue.objects.count() == 9


def test_a_draw_freezes_the_chain_with_its_issues(study, repository, closed, models, lead):
    aside = create_frame(study=study, name="Open", params={"state": ["open"]}, by=lead)
    record_draw(frame=models, name="Round 1", issues=1, by=lead)
    assert told(study, "froze") == [("frame Closed, Mentions a model", {"for": "Round 1"})]
    factories.issue(repository, number=11, body="model")
    Issue.objects.filter(number=1).update(state="open", closed_at=None)
    count_again(study=study, by=lead)
    now = {frame.name: frame for frame in Frame.objects.all()}
    assert {name: (numbers(frame), frame.counted, frame.is_frozen) for name, frame in now.items()} == {
        "Closed": ([1, 3, 5, 7], 4, True),
        "Mentions a model": ([1, 3], 2, True),
        "Open": ([1, 2, 4, 6, 8], 5, False),
    }
    assert now["Closed"].of_issues == 8
    assert aside.pk == now["Open"].pk


def test_a_frozen_frame_refuses_changes(closed, models, lead):
    record_draw(frame=models, name="Round 1", issues=1, by=lead)
    for frozen in (closed, models):
        with pytest.raises(Refused, match=f"A round was drawn from {frozen}, so it stays as it is"):
            rename_frame(frame=frozen, name="Other", by=lead)
        with pytest.raises(Refused, match="stays as it is"):
            delete_frame(frame=frozen, by=lead)


def test_a_frame_can_build_on_a_frozen_one(study, repository, closed, lead):
    record_draw(frame=closed, name="Round 1", issues=1, by=lead)
    factories.issue(repository, number=11, body="model")
    step = create_frame(study=study, name="Model", params={"q": ["model"]}, parent=get_frame(study, closed.pk), by=lead)
    assert (numbers(step), step.counted) == ([1, 3], 2)


def test_a_second_draw_uses_the_kept_list(study, closed, lead):
    record_draw(frame=closed, name="Round 1", issues=1, by=lead)
    kept = list(FrameIssue.objects.order_by("pk").values_list("frame", "issue"))
    record_draw(frame=closed, name="Round 2", issues=3, by=lead)
    assert list(FrameIssue.objects.order_by("pk").values_list("frame", "issue")) == kept
    assert list(Draw.objects.order_by("pk").values_list("name", "issues")) == [("Round 1", 1), ("Round 2", 3)]
    assert len(told(study, "froze")) == 1


def test_only_a_lead_writes(study, closed, rater_a):
    for forbidden in (
        lambda: create_frame(study=study, name="A", params={"q": ["x"]}, by=rater_a),
        lambda: rename_frame(frame=closed, name="A", by=rater_a),
        lambda: count_again(study=study, by=rater_a),
        lambda: delete_frame(frame=closed, by=rater_a),
        lambda: record_draw(frame=closed, name="Round 1", issues=1, by=rater_a),
    ):
        with pytest.raises(Refused, match="Only a lead"):
            forbidden()


def test_frames_of_other_studies_are_not_there(closed):
    with pytest.raises(NotThere):
        get_frame(factories.study("Third", "third"), closed.pk)


def test_funnel_counts_what_each_step_leaves_out(study, closed, models, lead):
    record_draw(frame=models, name="Round 1", issues=1, by=lead)
    found = funnel_of(get_frame(study, models.pk))
    assert (found.collected, found.repositories, found.name) == (8, 2, "Mentions a model")
    assert [(step.name, step.issues, step.left_out, step.is_frozen) for step in found.steps] == [
        ("Closed", 4, 4, True),
        ("Mentions a model", 2, 2, True),
    ]
    assert [(drawn.name, drawn.issues) for drawn in found.drawn] == [("Round 1", 1)]


def test_chains_end_where_nothing_builds_on_or_where_something_was_drawn(study, closed, models, lead):
    create_frame(study=study, name="Fails", params={"q": ["fails"]}, parent=closed, by=lead)
    assert [chain.name for chain in chains_of(study)] == ["Mentions a model", "Fails"]
    record_draw(frame=closed, name="Round 1", issues=1, by=lead)
    assert [chain.name for chain in chains_of(study)] == ["Closed", "Mentions a model", "Fails"]


def test_chains_take_the_same_queries_however_many(study, closed, models, lead, django_assert_num_queries):
    for number in range(4):
        create_frame(study=study, name=f"Step {number}", params={"q": ["model"]}, parent=models, by=lead)
    with django_assert_num_queries(2):
        assert len(chains_of(study)) == 4
