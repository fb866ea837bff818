"""Putting codes anywhere, settings of a draft, and taking edits back: one's own, the last first."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studies.errors import Conflict, Invalid
from studies.models import Role
from taxonomy.errors import Changed
from taxonomy.models import Code, Edit
from taxonomy.queries import edits_since, edits_to_undo, records, settings_of, told
from taxonomy.services import structure
from taxonomy.services.editing import add_code, change_settings, edit_code, move_code, place_code, remove_code
from taxonomy.services.undoing import undo_edit
from tests import factories

WHOLE = ["1 A", "1.1 A1", "1.1.1 A1a", "1.2 A2", "2 B", "3 C"]


@pytest.fixture
def other(study):
    """A second lead."""
    return factories.member(study, factories.user("other"), Role.LEAD).user


def undo(draft, by):
    return undo_edit(version=draft, edit=edits_to_undo(draft, by).first().pk, by=by)


@pytest.mark.parametrize(
    ("name", "where", "target", "after"),
    [
        ("C", "before", "A", ["1 C", "2 A", "2.1 A1", "2.1.1 A1a", "2.2 A2", "3 B"]),
        ("A", "after", "B", ["1 B", "2 A", "2.1 A1", "2.1.1 A1a", "2.2 A2", "3 C"]),
        ("C", "after", "A1", ["1 A", "1.1 A1", "1.1.1 A1a", "1.2 C", "1.3 A2", "2 B"]),
        ("A1", "below", "C", ["1 A", "1.1 A2", "2 B", "3 C", "3.1 A1", "3.1.1 A1a"]),
        ("A1a", "below", None, ["1 A", "1.1 A1", "1.2 A2", "2 B", "3 C", "4 A1a"]),
        ("B", "before", "B", WHOLE),
    ],
)
def test_code_is_put_anywhere_and_back(name, where, target, after, draft, code, lead, outline):
    place_code(code=code(name), where=where, target=target and code(target), by=lead)
    assert outline(draft) == after
    if after != WHOLE:
        undo(draft, lead)
    assert outline(draft) == WHOLE


@pytest.mark.parametrize(
    ("name", "where", "target", "sentence"),
    [
        ("A", "below", "A1a", "“A” cannot stand below itself."),
        ("A", "after", "A1", "“A” cannot stand below itself."),
        ("A", "inside", "B", "A code is put before, after or below another one."),
    ],
)
def test_code_that_cannot_be_put_there_stays(name, where, target, sentence, draft, code, lead, outline):
    with pytest.raises(Invalid, match=sentence):
        place_code(code=code(name), where=where, target=code(target), by=lead)
    assert outline(draft) == WHOLE


def test_code_that_someone_else_moved_meanwhile_stays_there(draft, code, lead, other, outline):
    seen = {"parent": ""}
    place_code(code=code("B"), where="below", target=code("C"), by=other)
    for move in (
        lambda: place_code(code=code("B"), where="before", target=code("A"), seen=seen, by=lead),
        lambda: move_code(code=code("B"), step="up", seen=seen, by=lead),
    ):
        with pytest.raises(Changed, match="“B” was moved by someone else meanwhile"):
            move()
    assert outline(draft)[-2:] == ["2 C", "2.1 B"]


def test_code_beside_one_that_was_removed_is_a_conflict(draft, code, lead, other):
    gone = code("C")
    remove_code(code=code("C"), by=other)
    with pytest.raises(Conflict, match="“C” was removed from the draft by someone else"):
        place_code(code=code("A"), where="after", target=gone, by=lead)
    with pytest.raises(Conflict, match="“C” was removed"):
        add_code(version=draft, name="D", after=gone, by=lead)


def test_code_is_added_right_behind_another(draft, code, lead, outline):
    add_code(version=draft, name="A1b", after=code("A1"), by=lead)
    assert outline(draft) == ["1 A", "1.1 A1", "1.1.1 A1a", "1.2 A1b", "1.3 A2", "2 B", "3 C"]


def test_draft_that_is_full_takes_no_more(draft, code, lead, monkeypatch):
    monkeypatch.setattr(structure, "MAX_CODES", 6)
    with pytest.raises(Invalid, match=structure.TOO_MANY):
        add_code(version=draft, name="D", by=lead)
    remove_code(code=code("C"), by=lead)
    add_code(version=draft, name="D", by=lead)
    assert draft.codes.count() == 6


def test_settings_of_a_draft_are_changed_told_and_taken_back(draft, lead):
    change_settings(version=draft, levels="leaves", several_codes=False, by=lead)
    draft.refresh_from_db()
    assert settings_of(draft) == {"levels": "leaves", "several_codes": False}
    event = draft.taxonomy.study.events.latest("pk")
    assert (event.verb, event.target) == ("changed", "what raters may choose in Reuse")
    assert event.data["before"] == {"levels": "any", "several_codes": True}
    change_settings(version=draft, levels="leaves", several_codes=False, by=lead)
    assert undo(draft, lead).sentence == "What raters may choose was changed"
    draft.refresh_from_db()
    assert settings_of(draft) == {}


def test_settings_that_are_unknown_or_were_changed_meanwhile_are_refused(draft, lead, other):
    with pytest.raises(Invalid, match="Raters choose codes of any level, leaves, or top categories"):
        change_settings(version=draft, levels="some", several_codes=True, by=lead)
    change_settings(version=draft, levels="top", several_codes=True, by=other)
    with pytest.raises(Changed, match="Someone else changed what raters may choose") as refused:
        change_settings(version=draft, levels="any", several_codes=False, seen={"levels": "any"}, by=lead)
    assert refused.value.stored == {"levels": "top"}
    draft.refresh_from_db()
    assert settings_of(draft) == {"levels": "top"}


def test_each_edit_is_taken_back_the_last_first(draft, code, lead, outline):
    before, uid = records(draft), code("A1a").uid
    edit_code(code=code("A1a"), name="Alpha", definition="Means.", key="a", selectable=False, by=lead)
    remove_code(code=code("Alpha"), by=lead)
    edit_code(code=code("A2"), parent=code("B"), by=lead)
    add_code(version=draft, name="New", parent=code("A"), by=lead)
    told = [undo(draft, lead).sentence for _ in range(4)]
    assert told == ["“New” was added", "“A2” was changed", "“Alpha” was removed", "“A1a” was renamed “Alpha”"]
    assert records(draft) == before
    assert code("A1a").uid == uid
    event = draft.taxonomy.study.events.latest("pk")
    assert (event.verb, event.target, event.data["edit"]) == ("took back", "an edit of Reuse", told[-1])


def test_second_click_takes_back_no_second_edit(draft, code, lead, outline):
    for name in ("D", "E"):
        add_code(version=draft, name=name, by=lead)
    edit = edits_to_undo(draft, lead).first().pk
    undo_edit(version=draft, edit=edit, by=lead)
    with pytest.raises(Conflict, match="You did something else since this page was shown"):
        undo_edit(version=draft, edit=edit, by=lead)
    assert outline(draft) == [*WHOLE, "4 D"]


def test_nobody_takes_back_what_another_did(draft, other, lead, outline):
    with pytest.raises(Invalid, match="There is nothing of yours to take back in this draft"):
        undo_edit(version=draft, edit=Edit.objects.latest("pk").pk, by=other)
    add_code(version=draft, name="Of the other", by=other)
    assert undo(draft, lead).sentence == "“C” was added"
    assert outline(draft) == [*WHOLE[:-1], "3 Of the other"]
    assert [edit.sentence for edit in edits_since(draft, lead, 0)] == ["“Of the other” was added"]


@pytest.mark.parametrize(
    ("mine", "theirs", "sentence"),
    [
        (
            "add",
            lambda code, by: edit_code(code=code("New"), definition="Hers.", by=by),
            "“New” was changed by someone",
        ),
        ("add", lambda code, by: add_code(version=code("A").version, name="x", parent=code("New"), by=by), "has codes"),
        ("edit", lambda code, by: edit_code(code=code("Alpha"), name="Hers", by=by), "“Hers” was changed by someone"),
        ("edit", lambda code, by: remove_code(code=code("Alpha"), by=by), "The code was removed by someone else since"),
        ("edit", lambda code, by: add_code(version=code("A").version, name="a1A", parent=code("A1"), by=by), "already"),
        ("remove", lambda code, by: remove_code(code=code("A1"), by=by), "The code that stood above it is gone"),
        ("remove", lambda code, by: edit_code(code=code("B"), key="q", by=by), "“q” is the key of “B” already"),
        (
            "settings",
            lambda code, by: change_settings(version=code("A").version, levels="top", several_codes=True, by=by),
            "What raters may choose was changed by someone else since",
        ),
    ],
)
def test_what_someone_else_built_on_is_not_taken_back(mine, theirs, sentence, draft, code, lead, other):
    edit_code(code=code("A1a"), key="q", by=lead)
    acts = {
        "add": lambda: add_code(version=draft, name="New", by=lead),
        "edit": lambda: edit_code(code=code("A1a"), name="Alpha", by=lead),
        "remove": lambda: remove_code(code=code("A1a"), by=lead),
        "settings": lambda: change_settings(version=draft, levels="leaves", several_codes=True, by=lead),
    }
    acts[mine]()
    theirs(code, other)
    before = records(draft)
    with pytest.raises(Invalid, match=sentence):
        undo(draft, lead)
    assert records(draft) == before


def test_what_someone_else_changed_elsewhere_stays_when_mine_is_taken_back(draft, code, lead, other):
    edit_code(code=code("A"), name="Alpha", by=lead)
    edit_code(code=code("Alpha"), definition="Hers.", by=other)
    undo(draft, lead)
    assert (code("A").name, code("A").definition) == ("A", "Hers.")


def test_putting_a_code_asks_as_often_in_a_long_draft(draft, code, lead, django_assert_max_num_queries):
    Code.objects.bulk_create([Code(version=draft, name=f"N{n}", position=n + 3) for n in range(300)])
    with django_assert_max_num_queries(26):
        place_code(code=code("N299"), where="before", target=code("A"), by=lead)


ACTS = st.tuples(st.sampled_from(["add", "edit", "move", "place", "remove", "settings"]), st.integers(0, 99))


def act(draft, kind, number, by):
    """One edit of the draft, chosen by a number; what is refused changes nothing."""
    codes = list(draft.codes.select_related("version__taxonomy__study", "parent").order_by("pk"))
    one, target = (codes[number % len(codes)], codes[number // 3 % len(codes)]) if codes else (None, None)
    if kind == "add" or one is None:
        return add_code(version=draft, name=f"N{number % 7}", parent=target if number % 2 else None, by=by)
    if kind == "edit":
        return edit_code(code=one, name=f"N{number % 5}", notes=f"{number}", key="ab"[number % 2], by=by)
    if kind == "move":
        return move_code(code=one, step=list(structure.Step)[number % 4], by=by)
    if kind == "place":
        return place_code(code=one, where=list(structure.Where)[number % 3], target=target, by=by)
    if kind == "settings":
        return change_settings(version=draft, levels=["any", "top", "leaves"][number % 3], several_codes=True, by=by)
    return remove_code(code=one, by=by)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=12))
def test_any_edits_taken_back_leave_the_draft_as_it_was(acts, draft, lead):
    before, first = [*records(draft), told(draft.codes.first())], Edit.objects.latest("pk").pk
    for kind, number in acts:
        try:
            act(draft, kind, number, lead)
        except Invalid:
            continue
    while edits_to_undo(draft, lead).first().pk > first:
        undo(draft, lead)
    draft.refresh_from_db()
    assert [*records(draft), told(draft.codes.first())] == before
    assert settings_of(draft) == {}
