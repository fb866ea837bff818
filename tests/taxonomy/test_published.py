"""Taxonomies of others: from the shelf and from files, cited, published at once, and offered to no round."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from analysis.forms import ExportForm
from annotator.forms.rounds import RoundForm
from studies.errors import Invalid, NotThere, Refused
from taxonomy.exchange.formats import read
from taxonomy.exchange.shelf import shelf, take
from taxonomy.models import Purpose, Taxonomy, Version
from taxonomy.queries import is_whole, records
from taxonomy.services.published import add_published
from tests import factories

CODES = b"name: Faults\ncitation: A. Author 2020\nkind: published\ncodes:\n- name: A\n- name: B\n  parent: A\n"


@pytest.fixture
def here(study):
    return reverse("published_new", args=[study.slug])


def test_shelf_holds_cited_taxonomies_with_definitions_and_what_is_uncertain():
    assert {offered.key: len(offered.book.codes) for offered in shelf()} == {
        "banyongrakkul2025": 5,
        "herzig2013": 6,
        "humbatova2020": 43,
        "jiang2023": 6,
        "wright2026": 4,
        "zhang2018": 13,
    }
    for offered in shelf():
        book = offered.book
        assert (book.kind, bool(book.purpose), bool(book.reservations)) == (Purpose.PUBLISHED, True, True)
        assert "https://doi.org/" in book.citation or "https://arxiv.org/" in book.citation
        assert [code.name for code in book.codes if not code.definition] == []


def test_code_of_the_shelf_has_the_same_uid_in_every_study():
    uids = [code.uid for offered in shelf() for code in offered.book.codes]
    assert len(set(uids)) == len(uids)
    assert {uid.version for uid in uids} == {5}


def test_what_is_not_on_the_shelf_is_not_there():
    with pytest.raises(NotThere):
        take("nobody2000")


@pytest.mark.parametrize("key", [offered.key for offered in shelf()])
def test_taxonomy_of_the_shelf_becomes_version_1_at_once(key, study, lead):
    book = take(key)
    version = add_published(
        study=study, name=book.name, purpose=book.purpose, citation=book.citation, reservations=book.reservations,
        codes=book.codes, by=lead,
    )  # fmt: skip
    taxonomy = Taxonomy.objects.get()
    assert (version.number, is_whole(version), records(version)) == (1, True, book.codes)
    assert (taxonomy.kind, taxonomy.citation, taxonomy.reservations) == (
        Purpose.PUBLISHED, book.citation, book.reservations,
    )  # fmt: skip


def test_it_is_added_by_a_lead_with_a_citation_only(study, lead, rater_a):
    codes = take("herzig2013").codes
    with pytest.raises(Refused, match="Only a lead"):
        add_published(study=study, name="X", citation="Y", codes=codes, by=rater_a)
    with pytest.raises(Invalid, match="Say where it was published"):
        add_published(study=study, name="X", citation=" ", codes=codes, by=lead)
    assert not Version.objects.exists()


def test_lead_takes_one_from_the_shelf_once(client, here, study, lead):
    client.force_login(lead)
    assertContains(client.get(here), "Issue report types (Herzig et al. 2013)")
    added = client.post(here, {"key": "herzig2013"})
    page = reverse("taxonomy_version", args=[study.slug, Taxonomy.objects.get().pk, 1])
    assertRedirects(added, page)
    assertContains(client.get(page), "https://doi.org/10.1109/ICSE.2013.6606585")
    assertContains(client.post(here, {"key": "herzig2013"}), "This study has a taxonomy of that name.")
    assert client.post(here, {"key": "nobody2000"}).status_code == 404


def test_lead_brings_one_as_a_file(client, here, lead):
    client.force_login(lead)
    client.post(here, {"file": SimpleUploadedFile("faults.yaml", CODES)})
    taxonomy = Taxonomy.objects.get()
    assert (taxonomy.name, taxonomy.citation, taxonomy.kind) == ("Faults", "A. Author 2020", Purpose.PUBLISHED)
    client.post(here, {"file": SimpleUploadedFile("faults.yaml", CODES), "name": "Other", "citation": "B. 2021"})
    assert Taxonomy.objects.get(name="Other").citation == "B. 2021"


def test_file_without_a_citation_or_with_a_mistake_is_refused_beside_the_field(client, here, lead):
    client.force_login(lead)
    for content, sentence in (
        (CODES.replace(b"citation: A. Author 2020\n", b""), "Say where it was published"),
        (CODES.replace(b"parent: A", b"parent: Z"), "its parent is “Z”"),
    ):
        assertContains(client.post(here, {"file": SimpleUploadedFile("x.yaml", content)}), sentence)
    assertContains(client.post(here, {"name": "X"}), "This field is required.")
    assert not Taxonomy.objects.exists()


def test_no_round_and_no_export_offers_it(study, lead):
    ours = factories.taxonomy(study, by=lead)
    book = take("wright2026")
    add_published(study=study, name=book.name, citation=book.citation, codes=book.codes, by=lead)
    assert list(RoundForm(None, study=study, available=1).fields["version"].queryset) == [ours]
    assert list(ExportForm(study).fields["taxonomy"].queryset) == [ours.taxonomy]


@pytest.mark.shared_data
def test_the_seven_published_taxonomies_load(study, lead, shared_data):
    for path in sorted((shared_data / "taxonomies").glob("*.yaml")):
        book = read(path.read_bytes(), path.name)
        add_published(
            study=study, name=book.name, citation=book.citation, reservations=book.reservations, codes=book.codes,
            by=lead,
        )  # fmt: skip
    loaded = Version.objects.filter(number=1, taxonomy__kind=Purpose.PUBLISHED)
    assert sorted(version.codes.count() for version in loaded) == [4, 5, 6, 6, 13, 24, 43]
    assert all(version.taxonomy.reservations for version in loaded)


@pytest.mark.shared_data
def test_shelf_says_it_in_its_own_words(shared_data):
    """Names are cited; a definition of the shelf is nobody else's."""
    theirs = {
        code.definition.strip().casefold()
        for path in (shared_data / "taxonomies").glob("*.yaml")
        for code in read(path.read_bytes(), path.name).codes
    }
    assert [
        code.name for offered in shelf() for code in offered.book.codes if code.definition.casefold() in theirs
    ] == []
