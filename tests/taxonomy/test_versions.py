"""Publishing, the next draft, and taxonomies that come from elsewhere."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from studies.errors import Conflict, Invalid, Refused
from taxonomy.errors import Frozen
from taxonomy.models import Code, Levels, Taxonomy, Version
from taxonomy.queries import (
    CodeRecord,
    content_hash,
    hash_of,
    is_whole,
    latest_published,
    may_be_chosen,
    overview,
    published_versions,
    records,
    tree,
)
from taxonomy.services.editing import add_code, change_settings, create_taxonomy, edit_code, move_code
from taxonomy.services.versions import import_taxonomy, publish, start_draft, without_definition
from tests import factories


def test_published_draft_is_version_1_with_its_content_hash(draft, lead):
    expected = hash_of(draft)
    published = publish(version=draft, note=" First. ", by=lead)
    stored = Version.objects.get()
    assert stored == published
    assert (stored.number, stored.note, stored.content_hash, stored.published_by) == (1, "First.", expected, lead)
    assert str(stored) == "Reuse, version 1"
    assert is_whole(stored)
    event = draft.taxonomy.study.events.latest("pk")
    assert (event.verb, event.target) == ("published", "version 1 of Reuse")
    assert event.data == {"codes": 6, "content_hash": expected, "note": "First."}


def test_empty_draft_is_not_published(study, lead):
    empty = create_taxonomy(study=study, name="Empty", by=lead)
    with pytest.raises(Invalid, match="has no codes yet"):
        publish(version=empty, by=lead)
    assert Version.objects.get().is_draft


def test_draft_that_changed_since_it_was_looked_at_is_not_published(draft, code, lead):
    seen = hash_of(draft)
    edit_code(code=code("A"), definition="Other.", by=lead)
    with pytest.raises(Conflict, match="changed while you looked at it"):
        publish(version=draft, seen=seen, by=lead)
    assert Version.objects.get().is_draft
    assert publish(version=draft, seen=hash_of(draft), by=lead).number == 1


def test_codes_without_definition_are_named(draft):
    assert [code.name for code in without_definition(records(draft))] == ["A1", "A1a", "A2", "B", "C"]


def test_next_draft_holds_the_same_codes_under_the_same_uids(draft, lead, outline):
    first = publish(version=draft, by=lead)
    second = start_draft(taxonomy=first.taxonomy, by=lead)
    assert outline(second) == outline(first)
    assert records(second) == records(first)
    assert not set(second.codes.values_list("pk")) & set(first.codes.values_list("pk"))
    assert {code.parent.version for code in second.codes.exclude(parent=None)} == {second}


def test_next_version_leaves_the_first_as_it_was(draft, lead, outline):
    first = publish(version=draft, by=lead)
    second = start_draft(taxonomy=first.taxonomy, by=lead)
    code = second.codes.get(name="A1")
    edit_code(code=code, name="Renamed", by=lead)
    move_code(code=code, step="down", by=lead)
    assert publish(version=second, by=lead).number == 2
    assert outline(first) == ["1 A", "1.1 A1", "1.1.1 A1a", "1.2 A2", "2 B", "3 C"]
    assert outline(second) == ["1 A", "1.1 A2", "1.2 Renamed", "1.2.1 A1a", "2 B", "3 C"]
    third = start_draft(taxonomy=first.taxonomy, by=lead)
    assert records(third) == records(second)


def test_one_draft_at_a_time(draft, lead, rater_a):
    with pytest.raises(Conflict, match="has a draft already"):
        start_draft(taxonomy=draft.taxonomy, by=lead)
    with pytest.raises(Refused):
        start_draft(taxonomy=draft.taxonomy, by=rater_a)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(taxonomy=draft.taxonomy)
    assert Version.objects.count() == 1


def test_content_hash_covers_every_text_and_the_order(draft, code, lead):
    hashes = {hash_of(draft)}
    for field in ("definition", "use_when", "avoid_when", "examples", "name"):
        edit_code(code=code("A"), **{field: "x"}, by=lead)
        hashes.add(hash_of(draft))
    move_code(code=code("C"), step="up", by=lead)
    hashes.add(hash_of(draft))
    assert len(hashes) == 7


def test_code_slipped_into_a_published_version_shows(draft, lead):
    published = publish(version=draft, by=lead)
    Code.objects.create(version=published, name="Slipped in", position=9)
    assert not is_whole(published)


def test_tree_tells_the_place_of_each_code_in_one_query(draft, django_assert_num_queries):
    with django_assert_num_queries(1):
        nodes = tree(draft)
    assert [
        (node.code.name, node.depth, node.colour, node.has_children, node.is_first, node.is_last) for node in nodes
    ] == [
        ("A", 0, 1, True, True, False),
        ("A1", 1, 1, True, True, False),
        ("A1a", 2, 1, False, True, True),
        ("A2", 1, 1, False, False, True),
        ("B", 0, 2, False, False, False),
        ("C", 0, 3, False, False, True),
    ]


def test_colours_follow_the_top_categories_and_end_with_the_seventh(study):
    version = factories.taxonomy(study, [f"Code {n}" for n in range(9)])
    child = Code.objects.create(version=version, name="child", parent=version.codes.get(name="Code 2"), position=0)
    assert [node.colour for node in tree(version)] == [1, 2, 3, 3, 4, 5, 6, 7, 0, 0]
    assert [node.number for node in tree(version) if node.code == child] == ["3.1"]


def test_colour_that_was_chosen_holds_for_all_below_and_takes_no_place(draft, code, lead):
    edit_code(code=code("A"), colour=5, by=lead)
    edit_code(code=code("A2"), colour=7, by=lead)
    assert [(node.code.name, node.colour) for node in tree(draft)] == [
        ("A", 5), ("A1", 5), ("A1a", 5), ("A2", 7), ("B", 2), ("C", 3),
    ]  # fmt: skip


def test_settings_are_frozen_and_hashed_with_the_version_and_go_into_the_next_draft(draft, lead):
    usual = hash_of(draft)
    change_settings(version=draft, levels=Levels.LEAVES, several_codes=False, by=lead)
    draft.refresh_from_db()
    assert hash_of(draft) != usual == content_hash(records(draft), {})
    published = publish(version=draft, by=lead)
    assert is_whole(published)
    next_draft = start_draft(taxonomy=published.taxonomy, by=lead)
    assert (next_draft.levels, next_draft.several_codes) == (Levels.LEAVES, False)
    with pytest.raises(Frozen):
        change_settings(version=published, levels=Levels.ANY, several_codes=True, by=lead)


def test_what_raters_may_choose(draft, code, lead):
    edit_code(code=code("B"), selectable=False, by=lead)
    chosen = {}
    for levels in Levels:
        draft.levels = levels
        chosen[levels] = [
            node.code.name for node in tree(draft) if may_be_chosen(draft, node.code, has_children=node.has_children)
        ]
    assert chosen == {"any": ["A", "A1", "A1a", "A2", "C"], "leaves": ["A1a", "A2", "C"], "top": ["A", "C"]}


def test_empty_version_is_an_empty_tree(study, lead):
    assert tree(create_taxonomy(study=study, name="Empty", by=lead)) == []


def test_latest_published_is_the_one_published_last(study, lead, draft):
    assert latest_published(study) is None
    other = factories.taxonomy(study, by=lead)
    first = publish(version=draft, by=lead)
    assert latest_published(study) == first
    second = publish(version=start_draft(taxonomy=first.taxonomy, by=lead), by=lead)
    start_draft(taxonomy=first.taxonomy, by=lead)
    assert latest_published(study) == second
    assert list(published_versions(study)) == [second, first, other]
    assert [(entry.taxonomy.name, entry.latest, entry.has_draft) for entry in overview(study)] == [
        ("Reuse", 2, True),
        (other.taxonomy.name, 1, False),
    ]


def record(name, parent=None, **fields):
    return CodeRecord(uid=uuid.uuid5(uuid.NAMESPACE_OID, name), parent=parent and parent.uid, name=name, **fields)


def test_imported_codes_are_a_draft_in_their_order_under_their_uids(study, lead, outline):
    a = record("A", definition="What A means.")
    a1 = record("A1", a)
    codes = [record("A1a", a1), record("B"), a1, a, record("A0", a)]
    draft = import_taxonomy(study=study, name="Brought", purpose="", codes=codes, by=lead)
    assert outline(draft) == ["1 B", "2 A", "2.1 A1", "2.1.1 A1a", "2.2 A0"]
    assert set(records(draft)) == set(codes)
    assert [event.verb for event in study.events.order_by("pk")] == ["began", "imported"]


def test_import_names_every_problem_with_its_place_and_takes_nothing(study, lead):
    a, b = record("A"), record("B")
    deep = [a]
    for name in ("A1", "A11", "A111", "A1111", "A11111"):
        deep.append(record(name, deep[-1]))
    loop = [CodeRecord(uid=b.uid, parent=record("C").uid, name="B"), record("C", b)]
    lost = CodeRecord(uid=uuid.UUID(int=7), parent=uuid.UUID(int=8), name="Lost")
    twins = [CodeRecord(uid=uuid.UUID(int=9), parent=None, name="a"), a]
    keys = [record("K", key="k"), record("L", key="k")]
    with pytest.raises(Invalid) as refused:
        import_taxonomy(study=study, name="X", purpose="", codes=[*deep, *loop, lost, *twins, *keys], by=lead)
    assert refused.value.messages == [
        "Code 6 “A11111”: it is on level 6, and a taxonomy has at most 5. Give it a parent that is higher up.",
        "Code 7 “B”: it stands below itself. Correct its parent.",
        "Code 8 “C”: it stands below itself. Correct its parent.",
        f"Code 9 “Lost”: no code has the uid {uuid.UUID(int=8)}. Name a code of this file as parent.",
        "Code 10 “a”: a code of this name stands at the same place. Rename one.",
        "Code 11 “A”: its uid stands above already. Give each code its own.",
        "Code 13 “L”: “k” is the key of a code above. Give it another.",
    ]
    assert not Taxonomy.objects.exists()


def test_import_shows_the_first_20_problems(study, lead):
    codes = [CodeRecord(uid=uuid.UUID(int=n), parent=uuid.UUID(int=999), name=f"C{n}") for n in range(50)]
    with pytest.raises(Invalid) as refused:
        import_taxonomy(study=study, name="X", purpose="", codes=codes, by=lead)
    assert len(refused.value.messages) == 21
    assert refused.value.messages[-1] == "There are 30 more such lines."


def test_import_under_a_taken_name_or_by_a_rater_takes_nothing(draft, study, lead, rater_a):
    with pytest.raises(Invalid, match="has a taxonomy of that name"):
        import_taxonomy(study=study, name="REUSE", purpose="", codes=[record("A")], by=lead)
    with pytest.raises(Refused):
        import_taxonomy(study=study, name="Other", purpose="", codes=[record("A")], by=rater_a)
    assert Code.objects.count() == 6


def test_copying_asks_as_often_for_3_codes_as_for_50(study, lead):
    counts = []
    for size in (3, 50):
        codes = [record(f"C{size}-{n}") for n in range(size)]
        with CaptureQueriesContext(connection) as asked:
            import_taxonomy(study=study, name=f"T{size}", purpose="", codes=codes, by=lead)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_adding_asks_as_often_in_a_long_draft(study, lead):
    draft, counts = create_taxonomy(study=study, name="Long", by=lead), []
    for name in [f"C{n}" for n in range(31)]:
        with CaptureQueriesContext(connection) as asked:
            add_code(version=draft, name=name, by=lead)
        counts.append(len(asked))
    assert len(set(counts)) == 1
