"""Changing a draft: what is written, and what is refused with which sentence."""

import threading

import pytest
from django.db import connection, transaction

from studies.errors import Conflict, Invalid, NotThere, Refused
from studies.models import Role
from taxonomy.errors import Changed, Frozen
from taxonomy.models import Code, Taxonomy, Version
from taxonomy.queries import told
from taxonomy.services.editing import (
    add_code,
    change_settings,
    create_taxonomy,
    edit_code,
    move_code,
    place_code,
    remove_code,
)
from taxonomy.services.structure import Step, Where
from taxonomy.services.undoing import undo_edit
from taxonomy.services.versions import publish
from tests import factories

WHOLE = ["1 A", "1.1 A1", "1.1.1 A1a", "1.2 A2", "2 B", "3 C"]
NOTHING_MORE = {"notes": "", "selectable": True, "exclusive_group": "", "colour": 0, "key": ""}


def test_new_taxonomy_has_an_empty_draft(study, lead):
    draft = create_taxonomy(study=study, name="  Reuse  of models ", purpose=" Why\r\nnot ", by=lead)
    assert (draft.taxonomy.name, draft.taxonomy.purpose) == ("Reuse of models", "Why\nnot")
    assert (draft.is_draft, draft.codes.count()) == (True, 0)
    assert [str(version) for version in Version.objects.all()] == ["Reuse of models, draft"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("reuse", "This study has a taxonomy of that name."), (" ", "A taxonomy needs a name."), ("x" * 201, "has 201")],
)
def test_taxonomy_that_cannot_be_named_so_is_refused(name, sentence, draft, lead):
    with pytest.raises(Invalid, match=sentence):
        create_taxonomy(study=draft.taxonomy.study, name=name, by=lead)
    assert Taxonomy.objects.count() == Version.objects.count() == 1


def test_codes_are_read_in_the_order_of_the_tree(draft, outline):
    assert outline(draft) == WHOLE


def test_added_code_keeps_its_texts_and_tells(draft, code, lead):
    made = add_code(version=draft, name=" D  d ", parent=code("B"), use_when=" when\r\nso ", examples="#1", by=lead)
    assert told(made) == {
        "name": "D d", "definition": "", "use_when": "when\nso", "avoid_when": "", "examples": "#1",
        "parent": str(code("B").uid), **NOTHING_MORE,
    }  # fmt: skip
    event = draft.taxonomy.study.events.latest("pk")
    assert (event.verb, event.target) == ("added", "code D d of Reuse")
    assert event.data == {"code": str(made.uid), **told(made)}


@pytest.mark.parametrize(
    ("name", "parent", "field", "sentence"),
    [
        ("", None, "name", "A code needs a name."),
        ("b", None, "name", "There is a code “b” at the top already."),
        ("a1", "A", "name", "There is a code “a1” below “A” already."),
        ("x" * 201, None, "name", "A name has at most 200 characters; this one has 201."),
        ("nul\x00", None, "name", "holds a character that is no text"),
        ("half \ud83d", None, "name", "holds a character that is no text"),
    ],
)
def test_code_that_cannot_stand_there_is_refused(name, parent, field, sentence, draft, code, lead, outline):
    with pytest.raises(Invalid) as refused:
        add_code(version=draft, name=name, parent=parent and code(parent), by=lead)
    assert list(refused.value.message_dict) == [field]
    assert sentence in refused.value.messages[0]
    assert outline(draft) == WHOLE


def test_same_name_may_stand_at_different_places(draft, code, lead, outline):
    add_code(version=draft, name="A1", parent=code("B"), by=lead)
    assert outline(draft) == ["1 A", "1.1 A1", "1.1.1 A1a", "1.2 A2", "2 B", "2.1 A1", "3 C"]


def test_names_that_differ_in_case_beyond_ascii_are_the_same(draft, lead):
    add_code(version=draft, name="Écart", by=lead)
    with pytest.raises(Invalid, match="There is a code"):
        add_code(version=draft, name="écart", by=lead)


def test_code_of_another_version_is_no_parent(draft, study, lead):
    other = factories.taxonomy(study)
    with pytest.raises(Invalid, match="one of the same draft"):
        add_code(version=draft, name="D", parent=other.codes.first(), by=lead)


def test_edit_changes_what_is_given_and_tells_before_and_after(draft, code, lead):
    edit_code(code=code("A"), name="Alpha", use_when="So.", by=lead)
    assert told(code("Alpha")) == {
        "name": "Alpha", "definition": "What A means.", "use_when": "So.", "avoid_when": "", "examples": "",
        "parent": "", **NOTHING_MORE,
    }  # fmt: skip
    changed = draft.taxonomy.study.events.latest("pk").data["changed"]
    assert changed == {"name": ["A", "Alpha"], "use_when": ["", "So."]}


def test_code_says_what_raters_can_do_with_it(draft, code, lead):
    edit_code(
        code=code("B"), selectable=False, exclusive_group=" one  of these ", colour=3, key="B", notes="x", by=lead
    )
    assert {field: told(code("B"))[field] for field in NOTHING_MORE} == {
        "notes": "x", "selectable": False, "exclusive_group": "one of these", "colour": 3, "key": "b",
    }  # fmt: skip
    changed = draft.taxonomy.study.events.latest("pk").data["changed"]
    assert changed["selectable"] == [True, False]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("key", "j", "“j” cannot be a code's key. Choose one of a b c d g h i l o p q r t v w x y z."),
        ("key", "1", "“1” cannot be a code's key"),
        ("key", "ab", "“ab” cannot be a code's key"),
        ("key", "a", "“a” is the key of “A” already. Choose another one."),
        ("colour", 8, "A colour is 1 to 7, or 0 for the one of its place."),
        ("colour", -1, "A colour is 1 to 7"),
        ("exclusive_group", "x" * 61, "A group's name has at most 60 characters; this one has 61."),
    ],
)
def test_what_a_code_cannot_be_is_refused_beside_its_field(field, value, sentence, draft, code, lead):
    edit_code(code=code("A"), key="a", by=lead)
    for write in (
        lambda: edit_code(code=code("B"), **{field: value}, by=lead),
        lambda: add_code(version=draft, name="New", **{field: value}, by=lead),
    ):
        with pytest.raises(Invalid) as refused:
            write()
        assert list(refused.value.message_dict) == [field]
        assert refused.value.messages[0].startswith(sentence)
    assert edit_code(code=code("A"), key="a", by=lead).key == "a"


def test_edit_that_changes_nothing_leaves_no_event(draft, code, lead):
    before = draft.taxonomy.study.events.count()
    edit_code(code=code("A"), name="A", parent=None, by=lead)
    assert draft.taxonomy.study.events.count() == before


def test_edit_may_change_case_of_its_own_name(draft, code, lead):
    assert edit_code(code=code("A"), name="a", by=lead).name == "a"


def test_edit_can_move_a_code_to_the_end_of_another_parent(draft, code, lead, outline):
    edit_code(code=code("A1"), parent=code("B"), by=lead)
    edit_code(code=code("A2"), parent=None, by=lead)
    assert outline(draft) == ["1 A", "2 B", "2.1 A1", "2.1.1 A1a", "3 C", "4 A2"]


@pytest.mark.parametrize(
    ("moved", "parent", "sentence"),
    [("A", "A1a", "cannot stand below itself"), ("A", "A", "below itself")],
)
def test_edit_that_breaks_the_tree_is_refused(moved, parent, sentence, draft, code, lead, outline):
    with pytest.raises(Invalid, match=sentence):
        edit_code(code=code(moved), definition="new", parent=code(parent), by=lead)
    assert outline(draft) == WHOLE
    assert code(moved).definition != "new"


def test_edit_of_what_someone_else_changed_tells_what_is_stored(draft, code, lead):
    seen = told(code("C"))
    edit_code(code=code("C"), definition="Written first.", parent=code("B"), by=lead)
    with pytest.raises(Changed, match="was changed by someone else while you wrote") as refused:
        edit_code(code=code("C"), seen=seen, use_when="Written second.", by=lead)
    assert refused.value.stored == {"definition": "Written first.", "parent": str(code("B").uid)}
    assert (code("C").definition, code("C").use_when) == ("Written first.", "")
    edit_code(code=code("C"), seen=told(code("C")), use_when="Written second.", by=lead)
    assert (code("C").definition, code("C").use_when) == ("Written first.", "Written second.")


def test_change_of_something_that_was_not_seen_does_not_matter(draft, code, lead):
    edit_code(code=code("A"), definition="Written first.", by=lead)
    edit_code(code=code("A"), seen={"name": "A", "unknown": "x"}, name="Alpha", by=lead)
    assert code("Alpha").definition == "Written first."


@pytest.mark.parametrize(
    ("name", "step", "after"),
    [
        ("B", Step.UP, ["1 B", "2 A", "2.1 A1", "2.1.1 A1a", "2.2 A2", "3 C"]),
        ("B", Step.DOWN, ["1 A", "1.1 A1", "1.1.1 A1a", "1.2 A2", "2 C", "3 B"]),
        ("B", Step.INDENT, ["1 A", "1.1 A1", "1.1.1 A1a", "1.2 A2", "1.3 B", "2 C"]),
        ("A1", Step.DOWN, ["1 A", "1.1 A2", "1.2 A1", "1.2.1 A1a", "2 B", "3 C"]),
        ("A1", Step.OUTDENT, ["1 A", "1.1 A2", "2 A1", "2.1 A1a", "3 B", "4 C"]),
        ("A1a", Step.OUTDENT, ["1 A", "1.1 A1", "1.2 A1a", "1.3 A2", "2 B", "3 C"]),
        ("A2", Step.INDENT, ["1 A", "1.1 A1", "1.1.1 A1a", "1.1.2 A2", "2 B", "3 C"]),
    ],
)
def test_one_step(name, step, after, draft, code, lead, outline):
    move_code(code=code(name), step=step, by=lead)
    assert outline(draft) == after


@pytest.mark.parametrize(
    ("name", "step", "sentence"),
    [
        ("A", "up", "is the first here already"),
        ("C", "down", "is the last here already"),
        ("A1", "indent", "has no code before it"),
        ("A", "outdent", "is at the top already"),
        ("A", "sideways", "A code moves up, down"),
    ],
)
def test_step_that_leads_nowhere_is_refused(name, step, sentence, draft, code, lead, outline):
    with pytest.raises(Invalid, match=sentence):
        move_code(code=code(name), step=step, by=lead)
    assert outline(draft) == WHOLE


def test_step_that_breaks_the_tree_is_refused(draft, code, lead, outline):
    add_code(version=draft, name="B", parent=code("A"), by=lead)
    with pytest.raises(Invalid, match="There is a code “B” below “A” already"):
        move_code(code=draft.codes.get(name="B", parent=None), step=Step.INDENT, by=lead)


def test_tree_has_five_levels(draft, code, lead, outline):
    for name, parent in (("L4", "A1a"), ("L5", "L4")):
        add_code(version=draft, name=name, parent=code(parent), by=lead)
    move_code(code=code("A"), step=Step.DOWN, by=lead)
    before = outline(draft)
    for write in (
        lambda: add_code(version=draft, name="Deep", parent=code("L5"), by=lead),
        lambda: edit_code(code=code("A1"), parent=code("A2"), by=lead),
        lambda: move_code(code=code("A"), step=Step.INDENT, by=lead),
        lambda: place_code(code=code("A"), target=code("C"), where=Where.BELOW, by=lead),
    ):
        with pytest.raises(Invalid, match="A taxonomy has at most 5 levels"):
            write()
    assert outline(draft) == before


def test_removed_code_is_gone_and_told(draft, code, lead, outline):
    uid = str(code("A1a").uid)
    remove_code(code=code("A1a"), by=lead)
    assert outline(draft) == ["1 A", "1.1 A1", "1.2 A2", "2 B", "3 C"]
    event = draft.taxonomy.study.events.latest("pk")
    assert (event.verb, event.data["code"], event.data["name"]) == ("removed", uid, "A1a")


def test_code_with_codes_below_it_stays(draft, code, lead, outline):
    with pytest.raises(Invalid, match="“A” has codes below it: “A1”, “A2”"):
        remove_code(code=code("A"), by=lead)
    assert outline(draft) == WHOLE


def test_code_that_was_removed_meanwhile_is_a_conflict(draft, code, lead):
    gone = code("C")
    remove_code(code=code("C"), by=lead)
    for act in (
        lambda: edit_code(code=gone, name="Again", by=lead),
        lambda: move_code(code=gone, step="up", by=lead),
        lambda: remove_code(code=gone, by=lead),
    ):
        with pytest.raises(Conflict, match="was removed from the draft by someone else"):
            act()


def every_change(draft, code, by):
    one = code("C")
    return [
        lambda: add_code(version=draft, name="D", by=by),
        lambda: edit_code(code=one, name="Other", by=by),
        lambda: move_code(code=one, step="up", by=by),
        lambda: place_code(code=one, where="below", by=by),
        lambda: change_settings(version=draft, levels="top", several_codes=False, by=by),
        lambda: undo_edit(version=draft, edit=draft.edits.latest("pk").pk, by=by),
        lambda: remove_code(code=one, by=by),
        lambda: publish(version=draft, by=by),
    ]


def test_published_version_refuses_every_change(draft, code, lead, outline):
    changes = every_change(draft, code, lead)
    publish(version=Version.objects.get(), by=lead)
    events = draft.taxonomy.study.events.count()
    for change in changes:
        with pytest.raises(Frozen, match="Version 1 is published and stays as it is"):
            change()
    assert outline(draft) == WHOLE
    assert draft.taxonomy.study.events.count() == events


@pytest.mark.parametrize(("person", "refusal"), [("rater_a", Refused), ("observer", Refused), ("stranger", NotThere)])
def test_only_leads_change_a_draft(person, refusal, draft, code, outline, request):
    by = request.getfixturevalue(person)
    study = draft.taxonomy.study
    for change in [*every_change(draft, code, by), lambda: create_taxonomy(study=study, name="Mine", by=by)]:
        with pytest.raises(refusal):
            change()
    assert outline(draft) == WHOLE
    assert Taxonomy.objects.count() == 1


def test_lead_of_another_study_changes_nothing_here(draft, code, stranger, outline):
    factories.member(factories.study("Other", "other"), stranger, Role.LEAD)
    for change in every_change(draft, code, stranger):
        with pytest.raises(NotThere):
            change()
    assert outline(draft) == WHOLE


def test_rows_of_a_draft_do_not_refuse(draft, code):
    draft.codes.filter(name__in=["B", "C"]).delete()
    draft.codes.update(definition="changed")
    assert set(draft.codes.values_list("name", "definition")) == {
        (name, "changed") for name in ("A", "A1", "A1a", "A2")
    }


def test_rows_of_a_published_version_refuse_by_themselves(draft, code, lead):
    publish(version=draft, by=lead)
    one, version = code("C"), Version.objects.get()
    one.name = version.note = "changed"
    for change in (
        one.save, one.delete, version.save, version.delete, draft.codes.all().delete, Version.objects.all().delete,
        lambda: draft.codes.update(name="changed"), lambda: Version.objects.update(note="changed"),
        lambda: Code.objects.bulk_update([one], ["name"]),
    ):  # fmt: skip
        with pytest.raises(Frozen, match="A published version and its codes stay as they are"), transaction.atomic():
            change()
    assert set(draft.codes.values_list("name", flat=True)) == {"A", "A1", "A1a", "A2", "B", "C"}
    assert Version.objects.get().note == ""


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="writes at once are told apart on PostgreSQL; SQLite has one writer"
)
@pytest.mark.django_db(transaction=True)
def test_two_leads_who_add_the_same_code_at_once_make_one(draft, lead, outline):
    start, told_ = threading.Barrier(2), []

    def add():
        start.wait()
        try:
            add_code(version=draft, name="D", by=lead)
            told_.append("added")
        except Invalid:
            told_.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(told_) == ["added", "refused"]
    assert outline(draft) == [*WHOLE, "4 D"]
