"""The taxonomy's pages as a lead and the others use them, without JavaScript."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from taxonomy.models import Code, Taxonomy, Version
from taxonomy.services.editing import add_code, create_taxonomy, edit_code, remove_code
from taxonomy.services.versions import publish, start_draft
from taxonomy.templatetags.examples import Example, examples_of
from tests import factories


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
def url(draft):
    """The address of a page of the draft."""
    known = {"slug": draft.taxonomy.study.slug, "taxonomy_id": draft.taxonomy_id}
    return lambda name, **more: reverse(name, kwargs=known | more)


def typed(page):
    """What a browser would send back from the code's form."""
    form = page.content.decode().split("data-code>")[1]
    return {name: value for name, value in page.context["form"].initial.items() if name != "seen"} | {
        "seen": unescape(re.search(r'name="seen" value="([^"]*)"', form)[1])
    }


def test_study_without_taxonomies_offers_one_to_the_lead_only(study, as_lead, rater_a):
    url = reverse("taxonomy", args=[study.slug])
    assertContains(as_lead.get(url), reverse("taxonomy_new", args=[study.slug]))
    as_lead.force_login(rater_a)
    assertContains(as_lead.get(url), "The lead writes it")
    assertNotContains(as_lead.get(url), reverse("taxonomy_new", args=[study.slug]))


def test_only_taxonomy_is_opened_at_once(study, draft, url, as_lead, rater_a):
    here = reverse("taxonomy", args=[study.slug])
    assertRedirects(as_lead.get(here), url("taxonomy_draft"))
    as_lead.force_login(rater_a)
    assertContains(as_lead.get(here), "not yet")
    publish(version=draft, by=study.memberships.get(alias="lead-1").user)
    assertRedirects(as_lead.get(here), url("taxonomy_version", number=1))


def test_several_taxonomies_are_listed(study, draft, url, as_lead, lead):
    other = factories.taxonomy(study, by=lead).taxonomy
    page = as_lead.get(reverse("taxonomy", args=[study.slug]))
    assertContains(page, url("taxonomy_draft"))
    assertContains(page, reverse("taxonomy_version", args=[study.slug, other.pk, 1]))
    assertNotContains(page, reverse("taxonomy_draft", args=[study.slug, other.pk]))


def test_new_taxonomy_begins_empty_or_is_refused_beside_the_field(study, as_lead):
    here = reverse("taxonomy_new", args=[study.slug])
    assertContains(as_lead.post(here, {"name": " "}), "A taxonomy needs a name.")
    made = as_lead.post(here, {"name": "Reuse", "purpose": "Why?"})
    taxonomy = Taxonomy.objects.get()
    assertRedirects(made, reverse("taxonomy_draft", args=[study.slug, taxonomy.pk]))
    assertContains(as_lead.post(here, {"name": "reuse"}), "This study has a taxonomy of that name.")
    assert (taxonomy.name, taxonomy.purpose, Taxonomy.objects.count()) == ("Reuse", "Why?", 1)


def test_editor_shows_the_tree_as_lists_in_lists(url, as_lead):
    page = as_lead.get(url("taxonomy_draft")).content.decode()
    tree = page[page.index('<ul class="tree"') : page.index('<div class="actions"><a')]
    names = re.findall(r"(<ul|</ul>|<span>(A1a|A1|A2|A|B|C)</span>)", tree)
    assert [name or mark for mark, name in names] == [
        "<ul", "A", "<ul", "A1", "<ul", "A1a", "</ul>", "A2", "</ul>", "B", "C", "</ul>",
    ]  # fmt: skip
    assert tree.count("<li>") == tree.count("</li>") == 6


def test_code_is_added_below_the_one_that_was_open(url, code, as_lead, outline, draft):
    parent = str(code("B").uid)
    assertContains(as_lead.get(url("code_new"), {"parent": parent}), "New code below “B”")
    added = as_lead.post(url("code_new"), {"name": "B1", "parent": parent, "definition": "What B1 is."})
    assertRedirects(added, url("code_edit", uid=code("B1").uid))
    assert outline(draft)[4:] == ["2 B", "2.1 B1", "3 C"]


def test_code_that_cannot_be_added_keeps_what_was_typed(url, as_lead):
    page = as_lead.post(url("code_new"), {"name": "b", "definition": "Long thought about."})
    assertContains(page, "There is a code “b” at the top already.")
    assertContains(page, "Long thought about.")
    assert Code.objects.count() == 6


def test_code_is_changed_by_its_form(url, code, as_lead):
    here = url("code_edit", uid=code("A").uid)
    sent = typed(as_lead.get(here)) | {"name": "Alpha", "avoid_when": "Not\r\nso."}
    assertRedirects(as_lead.post(here, sent), here)
    assert (code("Alpha").avoid_when, code("Alpha").definition) == ("Not\nso.", "What A means.")


def test_code_that_cannot_be_changed_so_says_why(url, code, as_lead):
    here = url("code_edit", uid=code("A").uid)
    sent = typed(as_lead.get(here))
    assertContains(as_lead.post(here, sent | {"name": "B"}), "There is a code “B” at the top already.")
    assertContains(as_lead.post(here, sent | {"key": "j"}), "“j” cannot be a code&#x27;s key.")
    assertContains(as_lead.post(here, sent | {"name": "x" * 201}), "at most 200 characters (it has 201)")
    assertContains(as_lead.post(url("code_new"), {"name": "D", "parent": "elsewhere"}), "was removed meanwhile")
    assert (code("A").key, Code.objects.count()) == ("", 6)


def test_second_of_two_leads_is_told_and_keeps_their_text(url, code, as_lead, lead):
    here = url("code_edit", uid=code("C").uid)
    sent = typed(as_lead.get(here)) | {"definition": "Written second."}
    edit_code(code=code("C"), definition="Written first.", selectable=False, by=lead)
    page = as_lead.post(here, sent)
    assertContains(page, "was changed by someone else while you wrote", status_code=409)
    assertContains(page, "<dt>Definition, as stored now</dt><dd>Written first.</dd>", status_code=409, html=False)
    assertContains(page, "<dt>For raters, as stored now</dt><dd>no</dd>", status_code=409, html=False)
    assertContains(page, "Written second.", status_code=409)
    assert code("C").definition == "Written first."
    assertRedirects(as_lead.post(here, sent | {"seen": typed(page)["seen"]}), here)
    assert (code("C").definition, code("C").selectable) == ("Written second.", True)


def part(client, address, sent=None, *, part="codes"):
    """What the editor's script gets: one part of the page, and what it says."""
    headers = {"HX-Request": "true", "HX-Target": part}
    ask = (
        client.get(address, headers=headers)
        if sent is None
        else client.post(address, sent, headers=headers, follow=True)
    )
    page = ask.content.decode()
    return page, [unescape(line) for line in re.findall(r'<p data-level="\w+">(.*?)</p>', page)]


def test_name_is_changed_in_the_tree_and_the_second_of_two_leads_is_told(url, code, as_lead, lead):
    here = url("code_rename", uid=code("C").uid)
    assert part(as_lead, here, {"name": "Cee", "seen": "C"})[1] == ["“C” is “Cee” now."]
    assert part(as_lead, here, {"name": "A", "seen": "Cee"})[1] == [
        "There is a code “A” at the top already. Give one of them another name."
    ]
    page, said = part(as_lead, here, {"name": "Sea", "seen": "C"})
    assert (len(said), "was changed by someone else while you wrote" in said[0]) == (1, True)
    assert "<span>Cee</span>" in page
    assertRedirects(as_lead.post(here, {"name": "Sea"}), url("code_edit", uid=code("Sea").uid))


def test_code_is_put_beside_another_by_its_form(url, code, as_lead, outline, draft):
    here = url("code_move", uid=code("C").uid)
    as_lead.post(here, {"where": "before", "target": str(code("A").uid), "seen": ""})
    assert outline(draft)[:2] == ["1 C", "2 A"]
    as_lead.post(here, {"where": "below", "target": ""})
    assert outline(draft)[0] == "1 A"
    page = as_lead.post(here, {"where": "below", "seen": str(code("B").uid)}, follow=True)
    assertContains(page, "“C” was moved by someone else meanwhile.")
    for target in ("5f0c7c2e-6d0b-4a9e-9a61-0d6f3d3b8f01", "elsewhere"):
        assert as_lead.post(here, {"where": "below", "target": target}).status_code == 404


def test_last_edit_is_taken_back_by_its_button(url, code, as_lead, outline, draft, lead):
    edit = draft.edits.latest("pk").pk
    assertContains(as_lead.get(url("taxonomy_draft")), "Undo: “C” was added")
    assertContains(as_lead.post(url("draft_undo"), {"edit": edit}, follow=True), "Taken back: “C” was added.")
    assertContains(as_lead.post(url("draft_undo"), {"edit": edit}, follow=True), "You did something else since")
    assertContains(as_lead.post(url("draft_undo"), {"edit": "x"}, follow=True), "You did something else since")
    assert outline(draft)[-1] == "2 B"


def test_nothing_is_offered_to_undo_to_whom_did_nothing(url, study, draft, as_lead):
    other = factories.member(study, factories.user("other"), "lead").user
    as_lead.force_login(other)
    assertNotContains(as_lead.get(url("taxonomy_draft")), 'data-gesture="undo"')
    assertContains(as_lead.post(url("draft_undo"), follow=True), "There is nothing of yours to take back")


def test_settings_are_kept_and_the_second_of_two_leads_keeps_theirs(url, draft, as_lead):
    seen = '{"levels": "any", "several_codes": true}'
    sent = {"levels": "leaves", "several_codes": "one", "seen": seen}
    assertContains(
        as_lead.post(url("draft_settings"), sent, follow=True), "codes with nothing below them, one an issue"
    )
    page = as_lead.post(url("draft_settings"), sent | {"levels": "top"})
    assertContains(page, "Someone else changed what raters may choose.", status_code=409)
    assertContains(page, 'value="top" required id="settings_levels_2" checked', status_code=409)
    now = unescape(re.search(r'name="seen" value="([^"]*)" id="settings_seen"', page.content.decode())[1])
    assertRedirects(as_lead.post(url("draft_settings"), sent | {"levels": "top", "seen": now}), url("taxonomy_draft"))
    draft.refresh_from_db()
    assert (draft.levels, draft.several_codes) == ("top", False)
    assert as_lead.post(url("draft_settings"), sent | {"levels": "some", "seen": "7"}).status_code == 409


def test_what_others_did_meanwhile_is_told_with_the_next_edit(url, code, as_lead, draft, study):
    since = draft.edits.latest("pk").pk
    other = factories.member(study, factories.user("other"), "lead").user
    edit_code(code=code("B"), name="Bee", by=other)
    said = part(as_lead, url("code_move", uid=code("C").uid), {"step": "up", "since": since})[1]
    assert said == ["“C” was moved.", "Meanwhile, by other: “B” was renamed “Bee”."]


def test_script_gets_the_part_it_asks_for(url, code, as_lead):
    here = url("code_edit", uid=code("B").uid)
    ids = {name: re.findall(r'id="(codes|settings|panel|main)"', part(as_lead, here, part=name)[0])
           for name in ("codes", "settings", "panel", "editor", "elsewhere")}  # fmt: skip
    assert ids == {
        "codes": ["codes"], "settings": ["settings"], "panel": ["panel"], "editor": ["codes", "settings", "panel"],
        "elsewhere": ["main", "codes", "settings", "panel"],
    }  # fmt: skip


def test_examples_lead_to_their_issues(url, code, as_lead, lead, study):
    lines = [
        "It crashes. tidewater/captioner#12",
        "https://example.org/7",
        "No source",
        "So — https://example.org/8",
        "",
    ]
    edit_code(code=code("B"), examples="\n".join(lines), by=lead)
    issues = reverse("issues", args=[study.slug])
    assert examples_of(code("B").examples, study.slug) == [
        Example("It crashes.", "tidewater/captioner#12", f"{issues}?q=tidewater%2Fcaptioner%2312"),
        Example("", "https://example.org/7", "https://example.org/7"),
        Example("No source"),
        Example("So", "https://example.org/8", "https://example.org/8"),
    ]
    page = as_lead.get(url("code_edit", uid=code("B").uid))
    assertContains(page, f'<a href="{issues}?q=tidewater%2Fcaptioner%2312">tidewater/captioner#12</a>')


def test_code_in_use_says_by_how_many_codings_that_may_be_seen(study, draft, code, as_lead, lead, members):
    version = publish(version=draft, by=lead)
    issues = [factories.issue(factories.repository(study)) for _ in range(2)]
    raters = [members["rater_a"], members["rater_b"]]
    closed = factories.round_of(version, issues, raters, phase="discussion")
    factories.answers(closed, {raters[0].alias: ["B", "B"], raters[1].alias: ["B", "C"]})
    running = factories.round_of(version, issues, raters)
    factories.answers(running, {raters[0].alias: ["B", "B"]})
    start_draft(taxonomy=version.taxonomy, by=lead)
    page = as_lead.get(reverse("code_edit", args=[study.slug, version.taxonomy_id, code("B").uid]))
    assertContains(page, "3 codings hold it. They and the published versions keep it")


@pytest.mark.parametrize("seen", ["", "7", "[]", '{"name": 1}', "not JSON"])
def test_form_that_was_tampered_with_does_not_break(seen, url, code, as_lead):
    response = as_lead.post(url("code_edit", uid=code("C").uid), {"name": "C", "definition": "x", "seen": seen})
    assert response.status_code in (200, 302, 409)


def test_code_moves_by_buttons_that_keep_the_focus(url, code, as_lead, outline, draft):
    page = as_lead.post(url("code_move", uid=code("C").uid), {"step": "up"}, follow=True)
    assert outline(draft)[4:] == ["2 C", "3 B"]
    assertContains(page, 'value="up" autofocus')
    page = as_lead.post(url("code_move", uid=code("A").uid), {"step": "up"}, follow=True)
    assertContains(page, "“A” is the first here already.")
    assertContains(page, 'value="up" disabled')
    assertNotContains(page, "autofocus")


def test_code_is_removed_unless_there_are_codes_below_it(url, code, as_lead, outline, draft):
    assertContains(as_lead.get(url("code_edit", uid=code("A").uid)), "Move them out or remove them first.")
    page = as_lead.post(url("code_remove", uid=code("A").uid), follow=True)
    assertContains(page, "“A” has codes below it: “A1”, “A2”.")
    assertRedirects(as_lead.post(url("code_remove", uid=code("C").uid)), url("taxonomy_draft"))
    assert outline(draft) == ["1 A", "1.1 A1", "1.1.1 A1a", "1.2 A2", "2 B"]


def test_code_that_someone_else_removed_is_not_there(url, code, as_lead, lead):
    here = url("code_edit", uid=code("C").uid)
    remove_code(code=code("C"), by=lead)
    assert as_lead.post(here, {"name": "C"}).status_code == 404


def test_publish_page_shows_what_is_frozen_and_what_lacks_a_definition(url, as_lead, draft):
    page = as_lead.get(url("taxonomy_publish"))
    assertContains(page, "“A1”, “A1a”, “A2”, “B”, “C”. You can publish all the same.")
    assertContains(page, "What A means.")
    seen = page.context["form"].initial["seen"]
    published = as_lead.post(url("taxonomy_publish"), {"note": "First.", "seen": seen})
    assertRedirects(published, url("taxonomy_version", number=1))
    assert Version.objects.get().note == "First."


def test_draft_that_changed_is_shown_again_before_it_is_published(url, code, as_lead, lead):
    seen = as_lead.get(url("taxonomy_publish")).context["form"].initial["seen"]
    edit_code(code=code("C"), definition="Other.", by=lead)
    page = as_lead.post(url("taxonomy_publish"), {"seen": seen}, follow=True)
    assertContains(page, "The draft was changed while you looked at it.")
    assertContains(page, "Other.")
    assert Version.objects.get().is_draft


def test_empty_draft_is_not_published(study, as_lead, lead):
    empty = create_taxonomy(study=study, name="Empty", by=lead)
    here = reverse("taxonomy_publish", args=[study.slug, empty.taxonomy_id])
    for page in (as_lead.get(here), as_lead.post(here, {"seen": "x"}), as_lead.post(here, {"seen": "x"})):
        assertContains(page, "The draft has no codes yet.")
    assert Version.objects.get().is_draft


def test_published_version_is_read_by_all_and_changed_by_none(url, draft, code, as_lead, lead, rater_a):
    edit_code(code=code("B"), use_when="When B.", avoid_when="When not B.", examples="#7", by=lead)
    publish(version=draft, note="The first.", by=lead)
    as_lead.force_login(rater_a)
    page = as_lead.get(url("taxonomy_version", number=1))
    for words in ("Reuse, version 1", "The first.", "What A means.", "When B.", "When not B.", "#7", "1.1.1 A1a"):
        assertContains(page, words)
    assertNotContains(page, "Start a draft")
    as_lead.force_login(lead)
    assertContains(as_lead.get(url("taxonomy_version", number=1)), "Start a draft from the latest version")
    assert as_lead.post(url("code_edit", uid=code("B").uid), {"name": "X"}).status_code == 404


def test_next_draft_is_begun_once_and_seen_by_leads_only(url, draft, as_lead, lead, rater_a):
    publish(version=draft, by=lead)
    for _ in range(2):
        assertRedirects(as_lead.post(url("taxonomy_draft")), url("taxonomy_draft"))
    assert list(Version.objects.order_by("pk").values_list("number", flat=True)) == [1, None]
    assertContains(as_lead.get(url("taxonomy_version", number=1)), "Go on with the draft")
    as_lead.force_login(rater_a)
    assertNotContains(as_lead.get(url("taxonomy_version", number=1)), "Draft")


def test_rows_of_another_study_are_not_reached(url, draft, code, as_lead, lead):
    other = factories.study("Other", "other")
    factories.member(other, lead, "lead")
    for name, more in (("taxonomy_draft", {}), ("taxonomy_publish", {}), ("code_edit", {"uid": code("A").uid})):
        assert as_lead.get(url(name, slug="other", **more)).status_code == 404


def test_text_of_codes_is_shown_as_text(url, code, as_lead, draft, lead):
    edit_code(code=code("A"), name="<b>A</b>", definition="<script>alert(1)</script>", by=lead)
    publish(version=draft, by=lead)
    page = as_lead.get(url("taxonomy_version", number=1))
    assertContains(page, "&lt;script&gt;alert(1)&lt;/script&gt;")
    assertNotContains(page, "<b>A</b>")


def test_pages_ask_as_often_for_a_short_taxonomy_as_for_a_long_one(study, as_lead, lead):
    counts = []
    for size in (1, 30):
        first = create_taxonomy(study=study, name=f"With {size}", by=lead)
        for number in range(size):
            parent = first.codes.order_by("pk").first() if number % 3 else None
            add_code(version=first, name=f"Code {number}", parent=parent, by=lead)
        publish(version=first, by=lead)
        draft = start_draft(taxonomy=first.taxonomy, by=lead)
        uid, here = draft.codes.order_by("pk").first().uid, [study.slug, draft.taxonomy_id]
        pages = [
            reverse("taxonomy_draft", args=here), reverse("code_new", args=here),
            reverse("code_edit", args=[*here, uid]), reverse("taxonomy_publish", args=here),
            reverse("taxonomy_version", args=[*here, 1]), reverse("api-codes", args=[*here, 1]),
            reverse("api-draft-codes", args=here), reverse("api-versions", args=here),
        ]  # fmt: skip
        counts.append([asked(as_lead, page) for page in pages])
    assert counts[0] == counts[1]


def test_list_asks_as_often_for_2_taxonomies_as_for_30(study, as_lead, lead):
    counts = []
    for size in (2, 28):
        for _ in range(size):
            factories.taxonomy(study, by=lead)
        counts.append([asked(as_lead, reverse(name, args=[study.slug])) for name in ("taxonomy", "api-taxonomies")])
    assert counts[0] == counts[1]


def asked(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)
