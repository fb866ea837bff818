"""REFI-QDA codebooks: valid against the schema, read again as they were, and the standard's own samples."""

import re
import uuid
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree

from studies.errors import Invalid
from taxonomy.exchange.codebook import Codebook
from taxonomy.exchange.formats import read, write
from taxonomy.exchange.markup import PALETTE
from taxonomy.queries import CodeRecord
from tests.taxonomy.exchange import CODEBOOKS

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SCHEMA = etree.XMLSchema(etree.parse(HERE / "refi" / "Codebook-mrt2019.xsd"))
GUID = "10000000-0000-4000-8000-00000000000"


def codebook(codes, more="", namespace="urn:QDA-XML:codebook:1.0", origin="Other"):
    return f'<CodeBook xmlns="{namespace}" origin="{origin}"><Codes>{codes}</Codes>{more}</CodeBook>'.encode()


def problems(content):
    with pytest.raises(Invalid) as refused:
        read(content, "codes.qdc")
    return refused.value.messages


@settings(max_examples=40)
@given(book=CODEBOOKS)
def test_what_is_written_is_valid_and_read_as_the_same(book):
    content = write(book, "qdc")
    SCHEMA.assertValid(etree.fromstring(content))
    again = read(content, "codes.qdc")
    assert (again, again.remarks) == (book, ())


def test_colours_are_those_of_the_light_theme():
    tokens = (ROOT / "static" / "css" / "tokens.css").read_text()
    assert list(PALETTE) == [re.search(rf"--category-{n}: (#\w+);", tokens)[1] for n in range(1, 8)]


@pytest.mark.shared_data
def test_example_of_the_standard_is_read(shared_data):
    book = read((shared_data / "refi" / "standard_annex_a1.qdc").read_bytes(), "a1.qdc")
    assert [(code.name, code.selectable, code.definition) for code in book.codes] == [
        ("Topics", False, ""),
        ("Economy", True, "Anything about jobs or taxes or business"),
        ("Health care", True, "Health care issues, doctor, patients, etc."),
        ("Values", False, ""),
        ("Conservatives", True, "Republicans or right-wing libertarians"),
        ("Liberals", True, "Democrats, socialists, or progressive independents"),
    ]
    assert str(book.codes[0].uid) == "5215cc69-b628-4e02-afb9-9beeaee55808"
    assert book.remarks == ("Colours became the nearest of the seven here.",)


@pytest.mark.shared_data
def test_levels_folders_and_sets_of_a_codebook_are_read_or_told(shared_data):
    book = read((shared_data / "refi" / "sample_codebook.qdc").read_bytes(), "sample.qdc")
    usage, loading, tuning, documentation = book.codes
    assert [code.name for code in book.codes] == ["Model usage", "Loading & saving", "Fine-tuning", "Documentation"]
    assert (usage.selectable, loading.parent, tuning.parent, documentation.parent) == (
        False,
        usage.uid,
        usage.uid,
        None,
    )
    assert loading.definition == (
        "Weights cannot be found, fetched or read.\nWhen to use: the failure comes before the first prediction."
    )
    assert book.fields == {"name", "definition", "selectable", "colour"}
    assert book.remarks == (
        "Colours became the nearest of the seven here.",
        "Left out: the set “Round 2 additions”; there are no sets of codes here.",
    )


def test_departures_of_other_programs_are_read_and_told():
    codes = (
        f'<Code guid="{{{GUID}a}}" name="A::B"/><Code guid="nonsense" name="C"><Code name="D" isCodable="0"/></Code>'
    )
    book = read(codebook(codes, namespace="urn:QDA-XML:codebook:1:0"), "codes.qdc")
    assert [(code.name, code.selectable) for code in book.codes] == [("A::B", True), ("C", True), ("D", False)]
    assert book.codes[2].parent == book.codes[1].uid
    assert book.remarks == (
        "The file is not in the namespace of REFI-QDA codebooks; it was read all the same.",
        "2 codes do not say whether they may be applied (isCodable); they may.",
        "Names hold “::”, which some programs write for a level. They were kept as they are.",
    )


def test_codebook_of_a_project_is_read():
    inner = f'<CodeBook><Codes><Code guid="{GUID}1" name="A" isCodable="true"/></Codes></CodeBook>'
    project = f'<Project xmlns="urn:QDA-XML:project:1.0" name="P"><Users/>{inner}</Project>'.encode()
    assert [code.name for code in read(project, "project.qde").codes] == ["A"]


def test_faults_are_named_with_their_lines():
    twice = f'\n<Code guid="{GUID}1" name="A"/>\n<Code guid="{{{GUID}1}}" name="B"/>'
    assert problems(codebook(twice)) == [
        f"Line 2 “A”: “{GUID}1” stands for two codes. Give each its own.",
        f"Line 3 “B”: “{GUID}1” stands for two codes. Give each its own.",
    ]
    nested = "".join(f'<Code name="C{n}">' for n in range(6)) + "</Code>" * 6
    assert problems(codebook(nested)) == [
        "Line 1 “C5”: it is on level 6, and a taxonomy has at most 5. Give it a parent that is higher up."
    ]
    assert problems(codebook('<Code guid="x"/>')) == ["Line 1: A code needs a name."]
    assert problems(codebook("")) == ["The file has no codes."]
    assert problems(b"<Other/>") == ["The file begins with <Other>, not with <CodeBook>. Export the codebook as .qdc."]
    assert problems(b"<CodeBook>")[0].startswith("Line 1, column 11: this is not XML")
    assert problems(codebook('<Code name="A"/>' * 10_000)) == ["The file has 10000 codes; a taxonomy has at most 2000."]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "definition",
    [
        "",
        '<!ENTITY l0 "ha">' + LAUGHS,
        '<!ENTITY l9 SYSTEM "file:///etc/passwd">',
        '<!ENTITY l9 SYSTEM "http://127.0.0.1:9/x">',
        '<!ENTITY % l9 SYSTEM "http://127.0.0.1:9/x"> %l9;',
    ],
    ids=["doctype", "laughs", "file", "network", "parameter"],
)
@pytest.mark.parametrize(
    "at", ["<Code name='&l9;'/>", "<Code name='A'><Description>&l9;</Description></Code>", "<Code/>"]
)
def test_document_types_and_entities_are_refused_and_nothing_is_fetched(definition, at):
    content = f"<!DOCTYPE CodeBook [{definition}]><CodeBook><Codes>{at}</Codes></CodeBook>".encode()
    assert re.match(r"The file declares a document type|Line \d+, column \d+: this is not XML", problems(content)[0])
    as_wide = content.decode().encode("utf-16")
    assert re.match(r"The file declares a document type|Line \d+, column \d+: this is not XML", problems(as_wide)[0])


def test_nesting_without_end_is_refused():
    assert problems(b"<CodeBook><Codes>" + b"<Code>" * 100_000)[0].startswith("Line 1, column ")


def test_empty_taxonomy_has_no_codebook():
    with pytest.raises(Invalid, match="at least one code"):
        write(Codebook("Reuse", []), "qdc")


def test_control_characters_of_old_do_not_break_the_file():
    content = write(
        Codebook("Reuse", [CodeRecord(uid=uuid.UUID(int=1), parent=None, name="A", definition="a\x07b")]), "qdc"
    )
    assert read(content, "x.qdc").codes[0].definition == "a\ufffdb"
