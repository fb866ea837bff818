"""A file's codes into a draft: found by uid or path, told before they are written, nothing half done."""

import uuid
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings

from studies.errors import Conflict, Invalid, Refused
from taxonomy.errors import Frozen
from taxonomy.models import Code
from taxonomy.queries import CodeRecord, content_hash, records
from taxonomy.services.imports import import_taxonomy
from taxonomy.services.merging import FIELDS, merge, merge_into_draft
from taxonomy.services.versions import publish
from tests.taxonomy.exchange import codes as any_codes


def record(name, parent=None, **said):
    uid = said.pop("uid", uuid.uuid5(uuid.NAMESPACE_OID, name))
    return CodeRecord(uid=uid, parent=parent and parent.uid, name=name, **said)


def names(codes):
    return [code.name for code in codes]


A, B, C = record("A", definition="What A means.", notes="Ask."), record("B"), record("C")
A1 = record("A1", A)
BEFORE = [A, A1, B, C]


def test_codes_are_found_by_uid_and_say_what_the_file_says():
    outcome = merge(BEFORE, [replace(A, name="Alpha", definition="Other.", notes="")], {"name", "definition"})
    assert outcome.after == [replace(A, name="Alpha", definition="Other."), A1, B, C]
    assert outcome.changed == [(outcome.after[0], ["name", "definition"])]
    assert (outcome.new, outcome.moved, outcome.unmentioned, outcome.reorders) == ([], [], [A1, B, C], False)


def test_codes_without_a_uid_of_the_draft_are_found_by_their_path():
    a = record("a", uid=uuid.uuid4())
    outcome = merge(BEFORE, [a, record("A1", a, uid=uuid.uuid4(), key="x"), record("New", a)], {"key"})
    assert outcome.after == [A, replace(A1, key="x"), replace(record("New"), parent=A.uid), B, C]
    assert (names(outcome.new), outcome.changed) == (["New"], [(outcome.after[1], ["key"])])


def test_path_of_a_code_that_the_file_names_by_uid_is_not_taken_twice():
    outcome = merge(BEFORE, [replace(B, name="Beta"), record("B", uid=uuid.UUID(int=5))], {"name"})
    assert (names(outcome.after), names(outcome.new)) == (["A", "A1", "Beta", "C", "B"], ["B"])


def test_codes_that_are_not_mentioned_stay_where_they_stood_or_go_when_asked():
    given_codes = [C, record("New"), B]
    outcome = merge(BEFORE, given_codes, FIELDS)
    assert (names(outcome.after), outcome.reorders) == (["A", "A1", "C", "New", "B"], True)
    removed = merge(BEFORE, given_codes, FIELDS, remove=True)
    assert (names(removed.after), names(removed.unmentioned)) == (["C", "New", "B"], ["A", "A1"])


def test_moved_codes_are_told():
    outcome = merge(BEFORE, [A, B, replace(A1, parent=B.uid)], FIELDS)
    assert (names(outcome.after), names(outcome.moved), outcome.changed) == (["A", "B", "A1", "C"], ["A1"], [])


def test_same_codes_change_nothing():
    assert merge(BEFORE, BEFORE, FIELDS).is_empty
    assert merge(BEFORE, [B], {"name"}).is_empty


def test_what_would_be_no_tree_is_refused_with_its_places():
    with pytest.raises(Invalid) as refused:
        merge(
            [*BEFORE, record("D", key="d")],
            [record("X", key="d"), replace(A, parent=A1.uid), replace(C, name="b")],
            FIELDS,
        )
    assert refused.value.messages == [
        "Code 2 “A”: it stands below itself. Correct its parent.",
        "Of the draft, “A1”: it stands below itself. Correct its parent.",
        "Of the draft, “B”: a code of this name stands at the same place. Rename one.",
        "Of the draft, “D”: “d” is the key of a code above. Give it another.",
    ]
    many = [record(f"N{n}") for n in range(1998)]
    with pytest.raises(Invalid, match="The draft would have 2002 codes; a taxonomy has at most 2000"):
        merge(BEFORE, many, FIELDS)


@settings(max_examples=25)
@given(before=any_codes(), told=any_codes())
def test_what_is_left_out_is_removed_only_when_asked(before, told):
    """Without a clash of names or keys between the two, every code of either is there once, under its own uid."""
    told = [replace(code, name=f"{code.name[:150]} of the file", key="") for code in told]
    outcome = merge(before, told, FIELDS)
    assert len({code.uid for code in outcome.after}) == len(outcome.after)
    assert {code.uid for code in outcome.after} == {code.uid for code in [*before, *told]}
    assert merge(before, told, FIELDS, remove=True).after == told
    assert merge(outcome.after, told, FIELDS).is_empty


def test_draft_says_what_was_told_and_rows_stay_the_codes_own(draft, code, lead, outline):
    before = records(draft)
    kept = {code.uid: code.pk for code in draft.codes.all()}
    a, a1, _, a2, b, c = before
    swapped = [replace(a1, name="A2"), replace(a2, name="A1"), replace(b, parent=a.uid), record("New", a)]
    told = [a, *swapped, replace(c, definition="What C is."), record("D")]
    outcome = merge_into_draft(version=draft, codes=told, fields=FIELDS, seen=content_hash(before, {}), by=lead)
    assert outline(draft) == ["1 A", "1.1 A2", "1.1.1 A1a", "1.2 A1", "1.3 B", "1.4 New", "2 C", "3 D"]
    assert records(draft) == outcome.after
    assert {uid: Code.objects.get(version=draft, uid=uid).pk for uid in kept} == kept
    event = draft.taxonomy.study.events.latest("pk")
    assert (event.verb, event.target) == ("imported", "codes into the draft of Reuse")
    assert event.data == {"new": 2, "changed": 3, "moved": 1, "removed": 0}


def test_removal_takes_whole_branches(draft, lead, outline):
    c = records(draft)[-1]
    merge_into_draft(version=draft, codes=[c, record("D", c)], fields=FIELDS, remove=True, by=lead)
    assert outline(draft) == ["1 C", "1.1 D"]
    assert draft.taxonomy.study.events.latest("pk").data == {"new": 1, "changed": 0, "moved": 0, "removed": 5}


def test_file_that_changes_nothing_leaves_no_event(draft, lead):
    count = draft.taxonomy.study.events.count()
    assert merge_into_draft(version=draft, codes=records(draft), fields=FIELDS, by=lead).is_empty
    assert draft.taxonomy.study.events.count() == count


def test_nothing_is_taken_when_it_may_not_be(draft, lead, rater_a):
    before = records(draft)
    with pytest.raises(Conflict, match="The draft was changed while you looked at it"):
        merge_into_draft(version=draft, codes=[record("D")], fields=FIELDS, seen="other", by=lead)
    with pytest.raises(Refused):
        merge_into_draft(version=draft, codes=[record("D")], fields=FIELDS, by=rater_a)
    with pytest.raises(Invalid):
        merge_into_draft(version=draft, codes=[record("D"), record("d", uid=uuid.UUID(int=1))], fields=FIELDS, by=lead)
    publish(version=draft, by=lead)
    with pytest.raises(Frozen):
        merge_into_draft(version=draft, codes=[record("D")], fields=FIELDS, by=lead)
    assert records(draft) == before


def test_merging_asks_as_often_for_3_codes_as_for_30(study, lead):
    counts = []
    for size in (3, 30):
        draft = import_taxonomy(
            study=study, name=f"T{size}", purpose="", codes=[record(f"C{n}") for n in range(size)], by=lead
        )
        told = [record(f"C{n}", definition="New.") for n in range(size)] + [record(f"N{n}") for n in range(size)]
        with CaptureQueriesContext(connection) as asked:
            merge_into_draft(version=draft, codes=told, fields=FIELDS, by=lead)
        counts.append(len(asked))
    assert counts[0] == counts[1]
