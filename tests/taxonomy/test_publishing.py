"""Pages and API of what changed, of codes that go, and of publishing what was changed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studies.errors import Conflict
from taxonomy.changes import Change
from taxonomy.models import ChangeKind, Version
from taxonomy.queries import hash_of
from taxonomy.services.editing import add_code, change_settings, edit_code, move_code
from taxonomy.services.operations import merge_code
from taxonomy.services.versions import publish, start_draft
from taxonomy.telling import sentence
from tests import factories
from tests.grown import next_version


@pytest.fixture
def first(draft, lead):
    return publish(version=draft, note="The first.", by=lead)


@pytest.fixture
def second(first, lead):
    """A draft of version 2."""
    return start_draft(taxonomy=first.taxonomy, by=lead)


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
def url(study, draft):
    return lambda name, **more: reverse(name, kwargs={"slug": study.slug, "taxonomy_id": draft.taxonomy_id, **more})


def code(version, name):
    return version.codes.select_related("version__taxonomy__study", "parent").get(name=name)


# What changed


def test_changes_between_any_two_versions_are_shown_by_kind(first, lead, as_lead, url):
    second = next_version(first, lead, rename={"C": "Sea"}, reword={"A": False}, add=["New"], merge={"A2": "B"})
    third = next_version(second, lead, split={"Sea": ["Salt", "Sweet"]}, retire=["New"])
    shown = as_lead.get(url("taxonomy_changes")).context
    assert (shown["earlier"], shown["later"]) == (second, third)
    assert [(group.label, [entry.sentence for entry in group.entries]) for group in shown["groups"]] == [
        ("Added", ["“Salt”, at the top", "“Sweet”, at the top"]),
        ("Split", ["“Sea” into “Salt”, “Sweet”"]),
        ("Retired", ["“New”"]),
    ]
    whole = as_lead.get(url("taxonomy_changes"), {"from": 3, "to": 1})
    assert [group.kind for group in whole.context["groups"]] == ["add", "reword", "merge", "split"]
    page = whole.content.decode()
    assert "<del>What</del><ins>New words for</ins>" in page
    assert "same meaning" in page


def test_one_version_has_nothing_before_it(first, as_lead, url):
    assert "choose two versions" in as_lead.get(url("taxonomy_changes")).content.decode()


@pytest.mark.parametrize("asked", [{"to": "7"}, {"from": "x"}])
def test_unknown_versions_are_not_there(first, as_lead, url, asked):
    assert as_lead.get(url("taxonomy_changes"), asked).status_code == 404


def test_the_api_tells_the_same_operations(first, lead, as_lead, url):
    second = next_version(first, lead, merge={"A2": "B"})
    told = as_lead.get(url("api-changes")).json()
    uid = {each.name: str(each.uid) for each in first.codes.all()}
    assert (told["earlier"], told["later"]) == (1, second.number)
    assert told["changes"] == [
        {"kind": "merge", "sources": [uid["A2"]], "targets": [uid["B"]], "data": {}, "note": "The same.",
         "meaning_changed": None}
    ]  # fmt: skip


def test_settings_and_moves_are_told_in_words():
    names = {"a": "A", "b": "B", "c": "C"}
    told = [
        Change(ChangeKind.SET, data={"levels": ["any", "leaves"], "several_codes": [True, False]}),
        Change(ChangeKind.SET, ("a",), ("a",), {"colour": [0, 3]}),
        Change(ChangeKind.MOVE, ("a",), ("a",), {"parent": [None, "b"], "after": None}),
        Change(ChangeKind.MOVE, ("a",), ("a",), {"parent": ["b", "b"], "after": "c"}),
    ]
    assert [sentence(change, names) for change in told] == [
        "Raters choose: codes of every level → only codes with nothing below them; Several codes an issue: yes → no",
        "“A”: Colour: none → 3",
        "“A”, from at the top to below “B”, at the beginning",
        "“A”, after “C”",
    ]


def test_the_difference_asks_as_often_for_more_changes(first, lead, as_lead, url):
    version, counts = first, []
    for size in (1, 30):
        version = next_version(version, lead, add=[f"N{size}-{place}" for place in range(size)])
        with CaptureQueriesContext(connection) as asked:
            as_lead.get(url("taxonomy_changes"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


# Codes that go


def test_a_code_is_merged_split_or_retired_from_its_page(second, as_lead, url):
    page = as_lead.get(url("code_replace", uid=code(second, "B").uid))
    assert "Merge, split or retire “B”" in page.content.decode()
    for name, given in (
        ("A2", {"act": "merge", "into": str(code(second, "B").uid), "note": "One thing."}),
        ("B", {"act": "split", "into_names": "X\r\nY\r\n", "note": ""}),
        ("C", {"act": "retire", "note": "Rare."}),
    ):
        response = as_lead.post(url("code_replace", uid=code(second, name).uid), given)
        assert response["Location"] == url("taxonomy_draft")
    assert list(second.codes.order_by("name").values_list("name", flat=True)) == ["A", "A1", "A1a", "X", "Y"]
    assert [row.kind for row in second.changes.order_by("position")] == ["merge", "split", "retire"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"act": "split", "into_names": "Kept as typed", "note": ""}, "Name two codes or more"),
        ({"act": "retire", "note": ""}, "Say why"),
        ({"act": "merge", "into": "nonsense"}, "is not one of the available choices"),
        ({}, "Merge, split or retire"),
    ],
)
def test_a_refusal_stands_beside_the_field_and_nothing_is_lost(second, as_lead, url, given, told):
    page = as_lead.post(url("code_replace", uid=code(second, "B").uid), given).content.decode()
    assert told in page
    assert given.get("into_names", "") in page
    assert second.codes.filter(name="B").exists()


def test_programs_do_the_same(second, as_lead, url):
    def send(name, **given):
        address = url("api-draft-replace", uid=code(second, name).uid)
        return as_lead.post(address, given, content_type="application/json")

    assert len(send("A2", kind="merge", into=[str(code(second, "B").uid)]).json()["codes"]) == 5
    assert len(send("B", kind="split", into=["X", "Y"]).json()["codes"]) == 6
    assert send("C", kind="retire").status_code == 400
    assert send("C", kind="merge", into=[]).status_code == 400
    assert len(send("C", kind="retire", note="Rare.").json()["codes"]) == 5


# Publishing


def test_the_page_asks_of_each_rewording_whether_the_meaning_changed(second, lead, as_lead, url):
    a = edit_code(code=code(second, "A"), definition="What A really means.", by=lead)
    field = f"meaning_{a.uid}"
    page = as_lead.get(url("taxonomy_publish")).content.decode()
    assert "Does “A” mean something else now?" in page
    assert "<ins>really" in page
    form = {"note": "Clearer.", "seen": hash_of(second)}
    refused = as_lead.post(url("taxonomy_publish"), form)
    assert refused.context["form"].errors == {field: ["Say whether the new words changed what “A” means."]}
    assert "Clearer." in refused.content.decode()
    response = as_lead.post(url("taxonomy_publish"), {**form, field: "changed"})
    assert response["Location"] == url("taxonomy_version", number=2)
    assert [row.meaning_changed for row in Version.objects.get(pk=second.pk).changes.all()] == [True]


def test_sending_the_form_again_gives_the_same_version(second, lead, as_lead, url):
    add_code(version=second, name="New", by=lead)
    form = {"note": "", "seen": hash_of(second)}
    for _ in range(2):
        response = as_lead.post(url("taxonomy_publish"), form)
        assert response["Location"] == url("taxonomy_version", number=2)
    assert second.taxonomy.versions.count() == 2
    assert publish(version=second, seen=form["seen"], by=lead) == Version.objects.get(number=2)


def test_of_two_leads_the_second_is_told(second, lead, study):
    other = factories.user("other")
    factories.member(study, other, "lead")
    add_code(version=second, name="New", by=lead)
    seen = hash_of(second)
    publish(version=second, seen=seen, by=lead)
    with pytest.raises(Conflict, match="lead has published this draft as version 2"):
        publish(version=second, seen=seen, by=other)
    assert second.taxonomy.versions.count() == 2


def test_settings_are_part_of_the_version_and_its_hash(second, lead, first):
    before = hash_of(second)
    change_settings(version=second, levels="leaves", several_codes=False, by=lead)
    second.refresh_from_db()
    assert hash_of(second) != before
    published = publish(version=second, by=lead)
    assert [(row.kind, row.data) for row in published.changes.all()] == [
        ("set", {"levels": ["any", "leaves"], "several_codes": [True, False]})
    ]
    assert start_draft(taxonomy=first.taxonomy, by=lead).levels == "leaves"


def test_the_page_says_what_follows_for_rounds(study, lead, members, as_lead):
    version = factories.taxonomy(study, by=lead)
    issues = [factories.issue(factories.repository(study)) for _ in range(3)]
    closed = factories.round_of(version, issues, [members["rater_a"]], phase="discussion")
    factories.answers(closed, {members["rater_a"].alias: ["Loading", "Output", "Memory"]})
    running = factories.round_of(version, issues[:1], [members["rater_a"]])
    factories.answers(running, {members["rater_a"].alias: ["Loading"]})
    draft = start_draft(taxonomy=version.taxonomy, by=lead)
    merge_code(code=code(draft, "Output"), into=code(draft, "Memory"), by=lead)
    reworded = edit_code(code=code(draft, "Loading"), definition="Other words.", by=lead)
    address = reverse("taxonomy_publish", args=[study.slug, draft.taxonomy_id])
    (first, most), (later, _) = as_lead.get(address).context["consequences"]
    assert (first.codings, first.unchanged, first.mapped, first.issues_waiting) == (3, 2, 1, 0)
    assert (most.unchanged, most.issues_waiting) == (1, 1)
    assert (later.number, later.codings, later.unchanged) == (2, 1, 0)
    assert "Told when the round is closed" in as_lead.get(address).content.decode()
    answered = as_lead.post(address, {f"meaning_{reworded.uid}": "changed", "seen": "old", "note": ""}, follow=True)
    assert "The draft was changed while you looked at it" in answered.content.decode()


def test_a_draft_that_says_the_same_says_so(second, as_lead, url):
    assert "The draft says the same as the latest version." in as_lead.get(url("taxonomy_publish")).content.decode()


def test_a_move_alone_asks_nothing(second, lead, as_lead, url):
    move_code(code=code(second, "C"), step="up", by=lead)
    assert as_lead.get(url("taxonomy_publish")).context["questions"] == []
