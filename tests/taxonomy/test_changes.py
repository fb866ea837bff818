"""Differences as operations, their replay, and codings carried through them."""

import uuid
from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studies.errors import Invalid
from taxonomy import carrying
from taxonomy.carrying import Carrier, Fate, Why, carry
from taxonomy.changes import Change, replay
from taxonomy.differences import difference
from taxonomy.history import carriers, changes_between, changes_of_draft
from taxonomy.models import ChangeKind, Edit, Version
from taxonomy.queries import TEXTS, CodeRecord, Content, content_of, is_whole, records
from taxonomy.services.editing import add_code, create_taxonomy, edit_code, move_code, remove_code
from taxonomy.services.operations import merge_code, retire_code, split_code
from taxonomy.services.structure import Step
from taxonomy.services.undoing import undo_edit
from taxonomy.services.versions import publish, start_draft
from taxonomy.words import GONE, NEW, SAME, word_diff

A, B, C, D, E = (uuid.UUID(int=number) for number in range(1, 6))


def code(uid, name, parent=None, **said):
    return CodeRecord(uid=uid, parent=parent, name=name, **said)


def told(changes):
    """Kind, names of the codes by their letters, and where they come to stand."""
    letters = {str(uid): letter for uid, letter in zip((A, B, C, D, E), "ABCDE", strict=True)}
    return [
        (change.kind, "".join(letters[uid] for uid in change.sources), "".join(letters[uid] for uid in change.targets))
        for change in changes
    ]


def check_difference(before, after, expected, **more):
    changes = difference(before, after, **more)
    assert told(changes) == expected
    assert replay(before, changes) == after
    return changes


THREE = Content((code(A, "A", definition="One."), code(B, "B"), code(C, "C")))


def test_same_content_has_no_difference():
    check_difference(THREE, THREE, [])


def test_a_name_a_wording_and_a_colour_are_three_changes_of_one_code():
    after = Content((code(A, "Alpha", definition="Two.", notes="Look.", colour=3), *THREE.codes[1:]))
    rename, reword, other = check_difference(
        THREE, after, [("rename", "A", "A"), ("reword", "A", "A"), ("set", "A", "A")], meanings={str(A): True}
    )
    assert dict(rename.data) == {"name": ["A", "Alpha"]}
    assert dict(reword.data) == {"definition": ["One.", "Two."], "notes": ["", "Look."]}
    assert dict(other.data) == {"colour": [0, 3]}
    assert (rename.meaning_changed, reword.meaning_changed, other.meaning_changed) == (None, True, None)


def test_settings_of_the_version_are_a_change_without_a_code():
    after = Content(THREE.codes, levels="leaves", several_codes=False)
    (change,) = check_difference(THREE, after, [("set", "", "")])
    assert dict(change.data) == {"levels": ["any", "leaves"], "several_codes": [True, False]}


def test_one_code_that_goes_to_the_end_is_one_move():
    after = Content((THREE.codes[1], THREE.codes[2], THREE.codes[0]))
    (change,) = check_difference(THREE, after, [("move", "A", "A")])
    assert dict(change.data) == {"parent": [None, None], "after": str(C)}


def test_parent_and_child_change_places():
    before = Content((code(A, "A"), code(B, "B", A)))
    check_difference(before, Content((code(B, "B"), code(A, "A", B))), [("move", "B", "B"), ("move", "A", "A")])


def test_new_codes_come_behind_the_sibling_that_they_follow():
    after = Content((code(D, "D"), *THREE.codes[:1], code(E, "E", A), *THREE.codes[1:]))
    first, second = check_difference(THREE, after, [("add", "", "D"), ("add", "", "E")])
    assert (first.data["after"], second.data["after"]) == (None, None)


def test_what_goes_was_merged_split_or_retired():
    after = Content((code(C, "C"), code(D, "D"), code(E, "E")))
    fates = {str(A): Fate((str(C),), note="One thing."), str(B): Fate((str(D), str(E)), Why.SPLIT, 2, "Two things.")}
    changes = check_difference(
        THREE, after, [("add", "", "D"), ("add", "", "E"), ("merge", "A", "C"), ("split", "B", "DE")], fates=fates
    )
    assert [change.note for change in changes[2:]] == ["One thing.", "Two things."]
    check_difference(THREE, Content(THREE.codes[:2]), [("retire", "C", "")])


def test_what_was_merged_into_a_code_that_went_as_well_is_retired():
    after = Content(THREE.codes[2:])
    fates = {str(A): Fate((str(B),)), str(B): Fate((str(D), str(C)), Why.SPLIT)}
    check_difference(THREE, after, [("retire", "A", ""), ("split", "B", "C")], fates=fates)


# Carrying


def step(number, *changes):
    return carrying.Step(number, tuple(changes))


def merge(source, target, note=""):
    return Change(ChangeKind.MERGE, (source,), (target,), note=note)


def test_what_is_renamed_moved_or_reworded_alike_reads_on():
    kinds = (ChangeKind.RENAME, ChangeKind.MOVE, ChangeKind.SET)
    changes = [Change(kind, ("a",), ("a",)) for kind in kinds]
    reworded = [Change(ChangeKind.REWORD, ("a",), ("a",), meaning_changed=said) for said in (False, None)]
    assert carry([step(2, *changes, *reworded, Change(ChangeKind.ADD, (), ("b",)))]) == {}


def test_merged_codes_fold_to_one_also_through_versions():
    found = Carrier(carry([step(2, merge("a", "b", "Same.")), step(3, merge("b", "c"))]))
    assert found.fate("a") == Fate(("c",), note="Same.")
    assert found.read({"a", "b", "c", "z"}).uids == {"c", "z"}
    assert found.read(()).uids == frozenset()


def test_an_answer_waits_when_one_of_its_codes_waits():
    found = Carrier(carry([step(2, Change(ChangeKind.SPLIT, ("a",), ("b", "c"), note="Two."))]))
    reading = found.read({"a", "z"})
    assert (reading.uids, reading.waits) == (frozenset(), {"a": Fate(("b", "c"), Why.SPLIT, 2, "Two.")})


def test_what_waits_goes_on_waiting_and_its_candidates_follow():
    split = step(2, Change(ChangeKind.SPLIT, ("a",), ("b", "c")))
    retired = step(3, Change(ChangeKind.RETIRE, ("c",), note="Rare."), merge("b", "d"))
    assert carry([split, retired])["a"] == Fate(("d",), Why.SPLIT, 2, "Rare.")
    assert carry([split, retired, step(4, Change(ChangeKind.RETIRE, ("d",)))])["a"].why == Why.RETIRED
    reworded = step(2, Change(ChangeKind.REWORD, ("a",), ("a",), meaning_changed=True))
    assert carry([reworded, step(3, merge("a", "b"))])["a"] == Fate(("b",), Why.REWORDED, 2)


# Words


def test_words_that_changed():
    assert word_diff("It fails now.", "It never fails.") == [
        (SAME, "It "), (NEW, "never "), (SAME, "fails"), (GONE, " now"), (SAME, "."),
    ]  # fmt: skip


@given(st.text(), st.text())
def test_word_diff_holds_both_wordings(before, after):
    found = word_diff(before, after)
    assert "".join(text for kind, text in found if kind != NEW) == before
    assert "".join(text for kind, text in found if kind != GONE) == after


def test_long_wordings_are_shown_whole():
    before, after = "a " * 1500, "b " * 1500
    assert word_diff(before, after) == [(GONE, before), (NEW, after)]


# Any sequence of edits

place, number = st.integers(0, 30), st.integers(0, 3)
edit = st.tuples(
    st.sampled_from(
        ["add", "add", "rename", "reword", "set", "parent", "step", "remove", "merge", "split", "retire", "settings"]
    ),
    place,
    place,
    number,
)
stories = st.lists(st.lists(edit, max_size=7), min_size=1, max_size=3)


def perform(draft, what, first, second, choice, fresh, by):
    """One edit as a lead does it, on a code there is; the last one does not go, so that there is always one."""
    codes = list(draft.codes.select_related("version__taxonomy__study", "parent").order_by("pk"))
    one, other = codes[first % len(codes)], codes[second % len(codes)]
    name = f"N{next(fresh)}"
    deeds = {
        "add": lambda: add_code(version=draft, name=name, parent=[None, other][choice % 2], by=by),
        "rename": lambda: edit_code(code=one, name=name, by=by),
        "reword": lambda: edit_code(code=one, by=by, **{TEXTS[1 + choice]: name}),
        "set": lambda: draft.codes.filter(pk=one.pk).update(colour=choice, selectable=bool(choice % 2)),
        "parent": lambda: edit_code(code=one, parent=[None, other][choice % 2], by=by),
        "step": lambda: move_code(code=one, step=list(Step)[choice], by=by),
        "remove": lambda: remove_code(code=one, by=by),
        "merge": lambda: merge_code(code=one, into=other, by=by),
        "split": lambda: split_code(code=one, into=[name, [f"{name}b", other.name][choice % 2]], by=by),
        "retire": lambda: retire_code(code=one, note="Rare.", by=by),
        "settings": lambda: Version.objects.filter(pk=draft.pk).update(levels=["any", "leaves", "top", "any"][choice]),
    }
    deeds["add" if len(codes) == 1 else what]()


def grow(story, study, by):
    """The published versions of a taxonomy that is edited like this."""
    fresh = iter(range(10_000))
    draft = create_taxonomy(study=study, name="Grown", by=by)
    top = add_code(version=draft, name="Top", by=by)
    for name, parent in (("Under", top), ("Other", None), ("Third", None)):
        add_code(version=draft, name=name, definition="D", parent=parent, by=by)
    versions = [publish(version=draft, by=by)]
    for edits in story:
        draft = start_draft(taxonomy=draft.taxonomy, by=by)
        for each in edits:
            try:
                perform(draft, *each, fresh, by)
            except Invalid:
                continue
        draft.refresh_from_db()
        reworded = [change for change in changes_of_draft(draft).changes if change.kind == ChangeKind.REWORD]
        meanings = {change.sources[0]: bool(place % 2) for place, change in enumerate(reworded)}
        versions.append(publish(version=draft, meanings=meanings, by=by))
    return versions


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories)
def test_replaying_gives_the_later_version_and_no_coding_is_lost(study, lead, story):
    with transaction.atomic():
        versions = grow(story, study, lead)
        for place, earlier in enumerate(versions):
            for later in versions[place:]:
                found = changes_between(earlier, later)
                assert replay(content_of(earlier), found.changes) == content_of(later)
                check_every_coding_is_mapped_or_waits(earlier, later)
        assert all(is_whole(version) for version in versions)
        transaction.set_rollback(True)


def check_every_coding_is_mapped_or_waits(earlier, later):
    """Each code alone, and all together: it reads as codes of the later version, or it waits for a code of its own."""
    read, there = carriers(later)[earlier.number], {str(each.uid) for each in records(later)}
    given = [str(each.uid) for each in records(earlier)]
    for answer in ([], given, *([uid] for uid in given)):
        reading = read.read(answer)
        assert reading.uids <= there
        assert set(reading.waits) <= set(answer)
        assert bool(reading.uids) != bool(reading.waits) or not answer
        assert len(reading.uids) <= len(answer)
        candidates = Counter(uid for fate in reading.waits.values() for uid in fate.uids)
        assert set(candidates) <= there


@pytest.fixture
def second(draft, lead):
    """A draft of version 2: A · A1 · A1a · A2 · B · C."""
    publish(version=draft, by=lead)
    return start_draft(taxonomy=draft.taxonomy, by=lead)


def names(version):
    return [node.name for node in records(version)]


def changes(version):
    found = [change for change in changes_of_draft(version).changes]
    called = changes_of_draft(version).names
    return [
        (change.kind, [called[uid] for uid in change.sources], [called[uid] for uid in change.targets], change.note)
        for change in found
    ]


def test_merging_takes_the_codes_below_along(second, lead):
    into = merge_code(code=second.codes.get(name="A"), into=second.codes.get(name="B"), note="One thing.", by=lead)
    assert into.name == "B"
    assert names(second) == ["B", "A1", "A1a", "A2", "C"]
    assert [change for change in changes(second) if change[0] == "merge"] == [("merge", ["A"], ["B"], "One thing.")]
    event = second.taxonomy.study.events.latest("pk")
    assert (event.verb, event.target) == ("merged", "code A of Reuse")
    assert event.data["into"] == ["B"]


@pytest.mark.parametrize(("code", "into", "why"), [("A", "A", "into another one"), ("A", "A1", "Move it out first")])
def test_merging_that_makes_no_sense_is_refused(second, lead, code, into, why):
    with pytest.raises(Invalid, match=why):
        merge_code(code=second.codes.get(name=code), into=second.codes.get(name=into), by=lead)
    assert names(second) == ["A", "A1", "A1a", "A2", "B", "C"]


def test_splitting_puts_new_codes_in_the_place_and_takes_those_that_are_there(second, lead):
    made = split_code(code=second.codes.get(name="B"), into=["B", " c ", "Both"], note="Two.", by=lead)
    assert [code.name for code in made] == ["B", "C", "Both"]
    assert names(second) == ["A", "A1", "A1a", "A2", "B", "Both", "C"]
    assert changes(second)[-1] == ("split", ["B"], ["B", "C", "Both"], "Two.")


@pytest.mark.parametrize("into", [["X"], ["X", "x"], ["", "X"], []])
def test_a_split_is_into_two_or_more(second, lead, into):
    with pytest.raises(Invalid, match="Name two codes or more"):
        split_code(code=second.codes.get(name="B"), into=into, by=lead)


def test_a_name_that_two_codes_have_cannot_be_split_into(second, lead):
    add_code(version=second, name="C", parent=second.codes.get(name="A"), by=lead)
    with pytest.raises(Invalid, match="several codes “C”"):
        split_code(code=second.codes.get(name="B"), into=["X", "C"], by=lead)
    assert "B" in names(second)


def test_retiring_needs_a_reason_and_no_codes_below(second, lead):
    with pytest.raises(Invalid, match="Say why"):
        retire_code(code=second.codes.get(name="B"), note=" ", by=lead)
    with pytest.raises(Invalid, match="has codes below it: “A1”, “A2”"):
        retire_code(code=second.codes.get(name="A"), note="Rare.", by=lead)
    retire_code(code=second.codes.get(name="B"), note=" Rare. ", by=lead)
    assert changes(second) == [("retire", ["B"], [], "Rare.")]


def test_a_code_that_is_there_again_was_not_merged(second, lead):
    gone = second.codes.get(name="B")
    merge_code(code=second.codes.get(name="B"), into=second.codes.get(name="C"), by=lead)
    gone.pk = None
    gone.save()
    assert changes(second) == []
    remove_code(code=gone, by=lead)
    assert changes(second) == [("retire", ["B"], [], "")]


@pytest.mark.parametrize(
    "operation",
    [
        lambda code, by: merge_code(code=code("A"), into=code("B"), by=by),
        lambda code, by: split_code(code=code("B"), into=["B", "X", "C"], by=by),
        lambda code, by: retire_code(code=code("B"), note="Rare.", by=by),
    ],
    ids=["merge", "split", "retire"],
)
def test_an_operation_can_be_taken_back(second, lead, operation):
    before = records(second)
    operation(lambda name: second.codes.select_related("version__taxonomy__study").get(name=name), lead)
    assert changes(second) != []
    undo_edit(version=second, edit=Edit.objects.latest("pk").pk, by=lead)
    assert records(second) == before
    assert changes(second) == []


def test_what_was_done_in_the_draft_alone_is_told_by_what_came_of_it(second, lead):
    split_code(code=second.codes.get(name="B"), into=["X", "Y"], by=lead)
    merge_code(code=second.codes.get(name="X"), into=second.codes.get(name="C"), by=lead)
    retire_code(code=second.codes.get(name="Y"), note="Rare.", by=lead)
    assert changes(second) == [("split", ["B"], ["C"], "Rare.")]


def test_publishing_stores_the_changes_frozen(second, lead):
    split_code(code=second.codes.get(name="B"), into=["X", "Y"], by=lead)
    published = publish(version=second, by=lead)
    rows = list(published.changes.order_by("position"))
    assert [(row.position, row.kind) for row in rows] == [(1, "add"), (2, "add"), (3, "split")]
    with pytest.raises(Exception, match="stay as they are"):
        rows[0].delete()


def test_a_rewording_is_published_only_with_its_meaning_said(second, lead):
    a = second.codes.get(name="A")
    edit_code(code=a, definition="Other.", by=lead)
    with pytest.raises(Invalid) as refusal:
        publish(version=second, by=lead)
    assert refusal.value.message_dict == {f"meaning_{a.uid}": ["Say whether the new words changed what “A” means."]}
    assert Version.objects.get(pk=second.pk).is_draft
    published = publish(version=second, meanings={str(a.uid): True}, by=lead)
    assert [row.meaning_changed for row in published.changes.all()] == [True]
