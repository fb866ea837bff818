"""Taxonomies for programs: the same services, so the same refusals."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from taxonomy.queries import hash_of, told
from taxonomy.services.versions import publish


@pytest.fixture
def url(draft):
    known = {"slug": draft.taxonomy.study.slug, "taxonomy_id": draft.taxonomy_id}
    return lambda name, **more: reverse(name, kwargs=known | more)


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


def send(client, method, url, **body):
    return getattr(client, method)(url, body, content_type="application/json")


def test_taxonomies_and_versions_are_listed(url, draft, as_lead, lead, rater_a):
    listed = reverse("api-taxonomies", args=[draft.taxonomy.study.slug])
    told_of = {"id": draft.taxonomy_id, "name": "Reuse", "purpose": "What goes wrong."}
    assert as_lead.get(listed).json() == [told_of | {"latest_version": None, "has_draft": True}]
    draft_told = {
        "number": None, "note": "", "levels": "any", "several_codes": True, "content_hash": "", "published_at": None,
        "codes": 6,
    }  # fmt: skip
    assert as_lead.get(url("api-versions")).json()["results"] == [draft_told]
    as_lead.force_login(rater_a)
    assert as_lead.get(url("api-versions")).json()["results"] == []
    published = publish(version=draft, note="First.", by=lead)
    assert as_lead.get(listed).json() == [told_of | {"latest_version": 1, "has_draft": False}]
    (version,) = as_lead.get(url("api-versions")).json()["results"]
    assert (version["number"], version["note"], version["codes"]) == (1, "First.", 6)
    assert version["content_hash"] == published.content_hash


def test_codes_are_told_in_reading_order_with_their_place(url, draft, code, as_lead, lead, rater_a):
    publish(version=draft, by=lead)
    as_lead.force_login(rater_a)
    codes = as_lead.get(url("api-codes", number=1)).json()
    assert [(one["number"], one["level"], one["name"]) for one in codes] == [
        ("1", 1, "A"), ("1.1", 2, "A1"), ("1.1.1", 3, "A1a"), ("1.2", 2, "A2"), ("2", 1, "B"), ("3", 1, "C"),
    ]  # fmt: skip
    assert codes[1] == {
        "uid": str(code("A1").uid), "parent": str(code("A").uid), "number": "1.1", "level": 2, "name": "A1",
        "definition": "", "use_when": "", "avoid_when": "", "examples": "", "notes": "", "selectable": True,
        "exclusive_group": "", "colour": 0, "key": "",
    }  # fmt: skip
    assert as_lead.get(url("api-codes", number=2)).status_code == 404


def test_code_is_added_changed_and_removed(url, draft, code, as_lead, outline):
    added = send(as_lead, "post", url("api-draft-codes"), name="B1", parent=str(code("B").uid), definition="So.")
    assert (added.status_code, added.json()["number"], added.json()["definition"]) == (201, "2.1", "So.")
    one = url("api-draft-code", uid=added.json()["uid"])
    changed = send(as_lead, "patch", one, name="D", parent=None)
    assert (changed.status_code, changed.json()["number"], changed.json()["definition"]) == (200, "4", "So.")
    assert as_lead.delete(one).status_code == 204
    assert as_lead.delete(one).status_code == 404
    assert outline(draft)[4:] == ["2 B", "3 C"]


@pytest.mark.parametrize(
    ("body", "told_of"),
    [
        ({}, {"name": ["A code needs a name."]}),
        ({"name": "B"}, {"name": ["There is a code “B” at the top already. Give one of them another name."]}),
        (
            {"name": "D", "parent": "00000000-0000-0000-0000-000000000000"},
            {"parent": ["No code of the draft has this uid."]},
        ),
        ({"name": "D", "parent": "B"}, {"parent": ["Must be a valid UUID."]}),
    ],
)
def test_code_that_cannot_be_added_is_refused_by_field(body, told_of, url, as_lead, outline, draft):
    answer = send(as_lead, "post", url("api-draft-codes"), **body)
    assert (answer.status_code, answer.json()) == (400, told_of)
    assert len(outline(draft)) == 6


def test_change_of_what_someone_else_changed_is_a_conflict(url, code, as_lead):
    one, seen = url("api-draft-code", uid=code("C").uid), told(code("C"))
    assert send(as_lead, "patch", one, seen=seen, definition="First.").status_code == 200
    second = send(as_lead, "patch", one, seen=seen, definition="Second.")
    assert second.status_code == 409
    assert "was changed by someone else" in second.json()["detail"]
    assert code("C").definition == "First."


def test_draft_is_published_as_it_was_read(url, draft, code, as_lead):
    read = as_lead.get(url("api-draft-codes")).json()
    assert (read["content_hash"], len(read["codes"])) == (hash_of(draft), 6)
    send(as_lead, "patch", url("api-draft-code", uid=code("C").uid), definition="Later.")
    late = send(as_lead, "post", url("api-draft-publish"), seen=read["content_hash"])
    assert late.status_code == 409
    answer = send(as_lead, "post", url("api-draft-publish"), note="First.")
    assert (answer.status_code, answer.json()["number"], answer.json()["codes"]) == (200, 1, 6)
    assert send(as_lead, "post", url("api-draft-publish")).status_code == 404


def test_what_raters_can_do_with_a_code_is_set(url, code, as_lead):
    said = {"notes": "Ask.", "selectable": False, "exclusive_group": "one", "colour": 3, "key": "a"}
    changed = send(as_lead, "patch", url("api-draft-code", uid=code("B").uid), **said)
    assert {field: changed.json()[field] for field in said} == said
    refused = send(as_lead, "post", url("api-draft-codes"), name="D", key="a")
    assert (refused.status_code, list(refused.json())) == (400, ["key"])


def test_code_moves_by_a_step_or_beside_another(url, draft, code, as_lead, outline):
    here = url("api-draft-move", uid=code("C").uid)
    assert send(as_lead, "post", here, step="up").json()["number"] == "2"
    assert send(as_lead, "post", here, where="after", target=str(code("A1").uid)).json()["number"] == "1.2"
    assert send(as_lead, "post", here, where="below", target=None, seen={"parent": ""}).status_code == 409
    assert send(as_lead, "post", here, where="below").json()["number"] == "3"
    assert outline(draft) == ["1 A", "1.1 A1", "1.1.1 A1a", "1.2 A2", "2 B", "3 C"]
    assert send(as_lead, "post", here).status_code == 400
    unknown = "5f0c7c2e-6d0b-4a9e-9a61-0d6f3d3b8f01"
    assert send(as_lead, "post", here, where="below", target=unknown).status_code == 404


def test_settings_of_the_draft_are_told_and_changed(url, as_lead):
    seen = {"levels": "any", "several_codes": True}
    changed = {"levels": "leaves", "several_codes": False}
    assert send(as_lead, "put", url("api-draft-settings"), **changed, seen=seen).json() == changed
    read = as_lead.get(url("api-draft-codes")).json()
    assert {field: read[field] for field in changed} == changed
    assert send(as_lead, "put", url("api-draft-settings"), **seen, seen=seen).status_code == 409
    assert send(as_lead, "put", url("api-draft-settings"), levels="some", several_codes=True).status_code == 400


def a_file(content, name="Stages.csv"):
    return SimpleUploadedFile(name, content)


def test_a_file_becomes_a_taxonomy(draft, as_lead):
    imported = reverse("api-taxonomy-import", args=[draft.taxonomy.study.slug])
    answer = as_lead.post(
        imported, {"file": a_file(b"name,parent\nStart,\nEnd,\nNear the end,End\n"), "name": "Stages"}
    )
    assert answer.status_code == 201
    made = draft.taxonomy.study.taxonomies.get(pk=answer.json()["taxonomy"])
    assert (made.name, [(code["number"], code["name"]) for code in answer.json()["codes"]]) == (
        "Stages", [("1", "Start"), ("2", "End"), ("2.1", "Near the end")],
    )  # fmt: skip
    refused = as_lead.post(imported, {"file": a_file(b"name\nStart\nStart\n"), "name": "Twice"})
    assert refused.status_code == 400
    assert "Rename one" in refused.content.decode()
    assert not draft.taxonomy.study.taxonomies.filter(name="Twice").exists()


def test_a_file_goes_into_the_draft_once_tried(url, draft, as_lead):
    tried = as_lead.post(url("api-draft-import"), {"file": a_file(b"name\nA\nD\n"), "try": True, "remove": True}).json()
    assert (tried["new"], tried["unmentioned"]) == (["D"], ["A1", "A1a", "A2", "B", "C"])
    assert tried["content_hash"] == hash_of(draft)
    given = {"file": a_file(b"name\nA\nD\n"), "seen": tried["content_hash"]}
    done = as_lead.post(url("api-draft-import"), given).json()
    assert (done["new"], done["content_hash"]) == (["D"], hash_of(draft))
    late = as_lead.post(url("api-draft-import"), {**given, "file": a_file(b"name\nE\n")})
    assert late.status_code == 409
    assert set(draft.codes.values_list("name", flat=True)) == {"A", "A1", "A1a", "A2", "B", "C", "D"}
