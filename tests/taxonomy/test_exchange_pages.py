"""Files of taxonomies on pages, by API and by commands: shown before they are kept, taken whole or not at all."""

import json
from html import escape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from taxonomy.exchange.codebook import codebook_of
from taxonomy.exchange.formats import read, writable, write
from taxonomy.models import Taxonomy, Version
from taxonomy.queries import records
from taxonomy.services.editing import add_code, create_taxonomy, edit_code
from taxonomy.services.imports import import_taxonomy
from taxonomy.services.versions import publish
from tests import factories

BOOK = {
    "name": "Brought", "purpose": "What is in it.", "kind": "published", "citation": "A. Author, 2026",
    "reservations": "Two names are uncertain.", "levels": "leaves", "several_codes": False,
    "codes": [{"name": "A"}, {"name": "B", "parent": "A", "definition": "What B is.", "notes": "Ask."}],
}  # fmt: skip
HEAD = ("name", "purpose", "kind", "citation", "reservations", "levels", "several_codes")


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
def url(draft):
    known = {"slug": draft.taxonomy.study.slug, "taxonomy_id": draft.taxonomy_id}
    return lambda name, **more: reverse(name, kwargs=known | more)


@pytest.fixture
def whole(study, lead):
    """A taxonomy that says all that one can say."""
    book = read(json.dumps(BOOK).encode())
    said = {name: getattr(book, name) for name in (*HEAD, "codes")}
    return import_taxonomy(study=study, by=lead, **said)


def kept(page):
    """What a browser would send back from the preview."""
    return dict(page.context["form"].initial)


@pytest.mark.parametrize("way", ["file", "text"])
def test_file_is_shown_before_a_taxonomy_is_made_of_it(way, study, as_lead):
    content, here = json.dumps(BOOK), reverse("taxonomy_import", args=[study.slug])
    page = as_lead.post(
        here, {"text": content} if way == "text" else {"file": SimpleUploadedFile("codes.json", content.encode())}
    )
    for words in (
        "2 codes",
        "Nothing is kept yet",
        "1.1 B",
        "What B is.",
        "A. Author, 2026",
        "Two names are uncertain.",
    ):
        assertContains(page, words)
    assert not Taxonomy.objects.exists()
    made = as_lead.post(here, kept(page) | {"name": "Mine"})
    draft = Version.objects.select_related("taxonomy").get()
    assertRedirects(made, reverse("taxonomy_draft", args=[study.slug, draft.taxonomy_id]))
    book = codebook_of(draft)
    assert {name: getattr(book, name) for name in HEAD} == {name: BOOK[name] for name in HEAD} | {"name": "Mine"}
    assert [(code.name, code.definition, code.notes) for code in records(draft)] == [
        ("A", "", ""), ("B", "What B is.", "Ask."),
    ]  # fmt: skip


def test_taxonomy_without_a_name_in_its_file_is_called_after_the_file(study, as_lead):
    file = SimpleUploadedFile("Faults of 2026.csv", b"name;weight\nA;1\n")
    page = as_lead.post(reverse("taxonomy_import", args=[study.slug]), {"file": file})
    assertContains(page, 'value="Faults of 2026"')
    assertContains(page, "Left out, because not known here: column “weight”.")


def test_file_that_cannot_be_used_is_refused_whole_and_on_the_page(study, as_lead):
    content = json.dumps({"codes": [{"name": "A"}, {"name": "B", "parent": "Z"}, {"name": "C", "parent": "Y"}]})
    here = reverse("taxonomy_import", args=[study.slug])
    page = as_lead.post(here, {"text": content})
    assertContains(page, "Code 2 “B”: its parent is “Z”", status_code=422)
    assertContains(page, "Code 3 “C”: its parent is “Y”", status_code=422)
    assertContains(as_lead.post(here, {"text": " "}), "Choose a file, or paste its content.", status_code=422)
    assert not Taxonomy.objects.exists()


def test_name_that_is_taken_is_refused_and_what_was_read_stays(study, as_lead, lead):
    create_taxonomy(study=study, name="Brought", by=lead)
    here = reverse("taxonomy_import", args=[study.slug])
    form = kept(as_lead.post(here, {"text": json.dumps(BOOK)}))
    again = as_lead.post(here, form)
    assertContains(again, "This study has a taxonomy of that name.", status_code=422)
    assertContains(again, "What B is.", status_code=422)
    assertContains(as_lead.post(here, form | {"name": ""}), "This field is required.", status_code=422)
    assert as_lead.post(here, form | {"name": "Other"}).status_code == 302
    assert Taxonomy.objects.count() == 2


@pytest.mark.parametrize("token", ["", "made up", "e30:1:2"])
def test_what_was_not_read_here_is_not_kept(token, study, url, as_lead):
    here = reverse("taxonomy_import", args=[study.slug])
    for page in (here, url("taxonomy_draft_import")):
        told = as_lead.post(page, {"kept": token, "seen": "x"}, follow=True)
        assertContains(told, "What was read is no longer at hand. Choose the file again.")
    assert Taxonomy.objects.count() == 1


def test_text_of_a_file_is_shown_as_text(study, as_lead):
    text = json.dumps({"codes": [{"name": "<b>A</b>", "definition": "<script>alert(1)</script>"}]})
    page = as_lead.post(reverse("taxonomy_import", args=[study.slug]), {"text": text})
    assertContains(page, "&lt;script&gt;alert(1)&lt;/script&gt;")
    assertNotContains(page, "<b>A</b>")


def test_what_a_file_would_do_to_the_draft_is_shown_and_then_done(draft, url, as_lead, outline):
    before, here = records(draft), url("taxonomy_draft_import")
    table = b"path,definition\nA,Other.\nA > A1,\nC,\nC > New,\nB > A1a,\n"
    page = as_lead.post(here, {"file": SimpleUploadedFile("codes.csv", table.replace(b"B > A1a,\n", b""))})
    assertContains(page, "Of the draft: 1 new, 1 changed, 0 moved.")
    assertContains(
        page, "3 codes of the draft are not in the file: “A1a”, “A2”, “B”. They stay unless you remove them."
    )
    for words in ("changed: definition", "not in the file: stays", "as it is"):
        assertContains(page, words)
    assert records(draft) == before
    assertContains(as_lead.post(here, kept(page), follow=True), "The file is in the draft: 1 new, 1 changed, 0 moved.")
    assert outline(draft) == ["1 A", "1.1 A1", "1.1.1 A1a", "1.2 A2", "2 B", "3 C", "3.1 New"]
    again = as_lead.post(here, {"text": "name\nA\nB\nC\n"})
    as_lead.post(here, kept(again) | {"remove": "on"})
    assert outline(draft) == ["1 A", "2 B", "3 C"]
    assertContains(as_lead.post(here, {"text": "name\nA\nB\nC\n"}), "The draft says all this already.")


def test_codes_moved_by_a_file_are_shown(draft, url, as_lead, outline):
    codes = [{"uid": str(code.uid), "name": code.name, "parent": str(code.parent or "")} for code in records(draft)]
    codes[3] |= {"parent": "B", "definition": "Moved."}
    page = as_lead.post(url("taxonomy_draft_import"), {"text": json.dumps({"codes": codes})})
    assertContains(page, "moved; changed: definition")
    as_lead.post(url("taxonomy_draft_import"), kept(page))
    assert outline(draft) == ["1 A", "1.1 A1", "1.1.1 A1a", "2 B", "2.1 A2", "3 C"]


def test_draft_that_changed_meanwhile_is_shown_again(draft, code, url, as_lead, lead):
    here = url("taxonomy_draft_import")
    form = kept(as_lead.post(here, {"text": "name\nNew\n"}))
    edit_code(code=code("C"), definition="Meanwhile.", by=lead)
    page = as_lead.post(here, form)
    assertContains(page, "The draft was changed while you looked at it.", status_code=409)
    assert draft.codes.count() == 6
    as_lead.post(here, kept(page))
    assert draft.codes.count() == 7


def test_file_that_clashes_with_the_draft_is_refused(draft, code, url, as_lead, lead):
    edit_code(code=code("B"), key="b", by=lead)
    page = as_lead.post(url("taxonomy_draft_import"), {"text": "name,key\nNew,b\n"})
    assertContains(page, "Of the draft, “B”: “b” is the key of a code above. Give it another.", status_code=422)


@pytest.mark.parametrize("form", [found.key for found in writable()])
def test_version_and_draft_are_downloaded_and_read_as_the_same(form, whole, study, as_lead, lead, rater_a):
    here = {"slug": study.slug, "taxonomy_id": whole.taxonomy_id, "form": form}
    for name in ("taxonomy_draft_file", "api-draft-file"):
        response = as_lead.get(reverse(name, kwargs=here))
        assert read(response.content, f"x.{form}").codes == records(whole)
        assert response["Content-Disposition"] == f'attachment; filename="brought-draft.{form}"'
    published = publish(version=whole, note="First.", by=lead)
    as_lead.force_login(rater_a)
    for name in ("taxonomy_file", "api-version-file"):
        response = as_lead.get(reverse(name, kwargs=here | {"number": 1}))
        book = read(response.content, f"x.{form}")
        assert book == (
            codebook_of(published) if form != "csv" else read(write(codebook_of(published), "csv"), "x.csv")
        )
        assert response["Content-Disposition"] == f'attachment; filename="brought-version-1.{form}"'


def test_formats_are_offered_with_what_each_loses(url, as_lead):
    page = as_lead.get(url("taxonomy_draft_export"))
    for found in writable():
        assertContains(page, url("taxonomy_draft_file", form=found.key))
        assertContains(page, escape(found.lost or "Nothing is lost."))
    assertContains(as_lead.get(url("taxonomy_draft")), url("taxonomy_draft_export"))
    assertContains(as_lead.get(url("taxonomy_draft")), url("taxonomy_draft_import"))


def test_format_that_cannot_hold_the_codes_says_why(study, as_lead, lead):
    empty = create_taxonomy(study=study, name="Empty", by=lead)
    here = {"slug": study.slug, "taxonomy_id": empty.taxonomy_id, "form": "qdc"}
    page = as_lead.get(reverse("taxonomy_draft_file", kwargs=here), follow=True)
    assertContains(page, "A REFI-QDA codebook has at least one code")
    answer = as_lead.get(reverse("api-draft-file", kwargs=here))
    assert (answer.status_code, "at least one code" in answer.content.decode()) == (400, True)
    add_code(version=empty, name="A", definition="x" * 40_000, by=lead)
    publish(version=empty, by=lead)
    here |= {"form": "xlsx", "number": 1}
    assertContains(as_lead.get(reverse("taxonomy_file", kwargs=here), follow=True), "Choose CSV or YAML.")


def test_pages_ask_as_often_for_a_short_taxonomy_as_for_a_long_one(study, as_lead, lead):
    counts = []
    for size in (1, 30):
        draft = factories.taxonomy(study, [f"C{n}" for n in range(size)])
        here = {"slug": study.slug, "taxonomy_id": draft.taxonomy_id}
        table = "name\n" + "\n".join(f"C{n}" for n in range(size + 1))
        asked = []
        for name, more in (("taxonomy_draft_export", {}), ("taxonomy_draft_file", {"form": "ttl"})):
            with CaptureQueriesContext(connection) as queries:
                assert as_lead.get(reverse(name, kwargs=here | more)).status_code == 200
            asked.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            as_lead.post(reverse("taxonomy_draft_import", kwargs=here), {"text": table})
        counts.append([*asked, len(queries)])
    assert counts[0] == counts[1]


def test_commands_write_and_read_a_file(whole, study, lead, tmp_path, capsys):
    file = tmp_path / "codes.yaml"
    call_command("export_taxonomy", file, study=study.slug, taxonomy="brought")
    call_command("import_taxonomy", file, study=study.slug, name="Again")
    again = Version.objects.select_related("taxonomy").get(taxonomy__name="Again")
    assert records(again) == records(whole)
    publish(version=again, by=lead)
    call_command("export_taxonomy", tmp_path / "codes.json", study=study.slug, taxonomy="Again", number=1)
    assert capsys.readouterr().out.splitlines() == [
        f"Brought, draft: 2 codes in {file}, as YAML.",
        "Again, draft: 2 codes.",
        f"Again, version 1: 2 codes in {tmp_path / 'codes.json'}, as JSON.",
    ]


def test_command_takes_a_file_into_a_draft_or_only_tells(draft, study, lead, tmp_path, capsys, outline):
    file = tmp_path / "codes.csv"
    file.write_text("name,weight\nB,1\nD,2\n")
    call_command("import_taxonomy", file, study=study.slug, into="reuse", dry_run=True, remove=True)
    assert draft.codes.count() == 6
    call_command("import_taxonomy", file, study=study.slug, into="reuse", remove=True, by="LEAD@example.org")
    told = capsys.readouterr()
    assert told.out.splitlines() == ["Reuse, draft: 1 new, 0 changed, 0 moved; 5 not in the file removed."] * 2
    assert told.err.splitlines() == ["Left out, because not known here: column “weight”."] * 2
    assert outline(draft) == ["1 B", "2 D"]


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("export_taxonomy", {"file": "codes.docx"}, "The file's name ends with none of .xlsx"),
        ("export_taxonomy", {"taxonomy": "Other"}, "There is no such taxonomy"),
        ("export_taxonomy", {"number": 7}, "This taxonomy has no such version."),
        ("export_taxonomy", {"taxonomy": "Empty", "file": "codes.qdc"}, "at least one code"),
        ("import_taxonomy", {"file": "nowhere.csv"}, "No such file"),
        ("import_taxonomy", {"file": "bad.csv"}, "Line 2 “A”: its parent is “Z”"),
        ("import_taxonomy", {"study": "other"}, "There is no study other."),
        ("import_taxonomy", {"by": "rater-a@example.org"}, "with a lead rater-a@example.org"),
        ("import_taxonomy", {"into": "Other"}, "There is no such taxonomy in this study."),
        ("import_taxonomy", {"name": "Reuse"}, "This study has a taxonomy of that name."),
    ],
)
def test_command_that_cannot_do_it_says_why(command, options, sentence, draft, study, lead, tmp_path):
    create_taxonomy(study=study, name="Empty", by=lead)
    (tmp_path / "bad.csv").write_text("name,parent\nA,Z\n")
    (tmp_path / "codes.csv").write_text("name\nA\n")
    file = tmp_path / options.pop("file", "codes.csv")
    usual = {"study": study.slug} | ({"taxonomy": "Reuse"} if command == "export_taxonomy" else {})
    with pytest.raises(CommandError, match=sentence):
        call_command(command, file, **(usual | options))
    assert Taxonomy.objects.count() == 2
