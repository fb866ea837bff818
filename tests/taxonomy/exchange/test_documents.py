"""Taxonomies as JSON and YAML: what is read, what comes back, and what is refused with its place and remedy."""

import json
import uuid
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings

from studies.errors import Invalid
from taxonomy.exchange.documents import document_of
from taxonomy.exchange.formats import read as read_file
from taxonomy.exchange.formats import write
from taxonomy.queries import CodeRecord, records
from taxonomy.services.imports import import_taxonomy
from taxonomy.services.structure import MAX_BYTES
from tests.taxonomy.exchange import CODEBOOKS

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "taxonomy-files.schema.json").read_text())

UID = "5f0c7c2e-6d0b-4a9e-9a61-0d6f3d3b8f01"


def read(*codes, **more):
    return read_file(json.dumps({"name": "Reuse", "codes": codes} | more).encode())


def problems(*codes, **more):
    with pytest.raises(Invalid) as refused:
        read(*codes, **more)
    return refused.value.messages


def test_whole_codebook_is_read_with_its_uids_and_texts():
    book = read(
        {"uid": UID, "parent": None, "name": " Loading  a model ", "definition": "It does not load.\r\n"},
        {"uid": "b", "parent": UID.upper(), "name": "Format", "use_when": "so", "avoid_when": "not so",
         "examples": ["#1", "#2"]},
        purpose="What goes wrong.",
    )  # fmt: skip
    first, second = book.codes
    assert (book.name, book.purpose) == ("Reuse", "What goes wrong.")
    assert (first.uid, first.parent, first.name, first.definition) == (
        uuid.UUID(UID),
        None,
        "Loading a model",
        "It does not load.",
    )
    assert (second.parent, second.use_when, second.avoid_when, second.examples) == (first.uid, "so", "not so", "#1\n#2")


def test_what_raters_can_do_with_a_code_is_read_where_it_is_said():
    said = {"notes": "Ask.", "selectable": False, "exclusive_group": "one", "colour": 3, "key": "a"}
    first, second = read({"name": "A", **said}, {"name": "B"}).codes
    assert {field: getattr(first, field) for field in said} == said
    assert second == CodeRecord(uid=second.uid, parent=None, name="B")


@pytest.mark.parametrize("form", ["json", "yaml"])
@settings(max_examples=25)
@given(book=CODEBOOKS)
def test_what_is_written_is_read_as_the_same(form, book):
    content = write(book, form)
    again = read_file(content, f"codes.{form}")
    assert (again, again.remarks) == (book, ())
    jsonschema.validate(yaml.safe_load(content) if form == "yaml" else json.loads(content), SCHEMA)


def test_schema_knows_every_field_that_is_read():
    code = SCHEMA["$defs"]["code"]["properties"]
    refused = problems({"name": "A", "?": 1})[0]
    assert sorted(code) == refused.removesuffix(".").split("Use ")[1].split(", ")
    refused = problems({"name": "A"}, **{"?": 1})[0]
    assert sorted(set(SCHEMA["properties"]) - {"format"}) == sorted(
        refused.removesuffix(".").split("Use ")[1].split(", ")
    )


def test_parent_is_found_by_uid_or_by_name_wherever_it_stands():
    codes = read({"name": "B", "parent": "a"}, {"name": "C", "parent": "Key"}, {"uid": "key", "name": "A"}).codes
    assert [(code.name, code.parent) for code in codes] == [("A", None), ("B", codes[0].uid), ("C", codes[0].uid)]


def test_codes_may_be_nested():
    text = """
    name: Reuse
    codes:
      - name: A
        children:
          - {name: A1, children: [{name: A1a}]}
          - name: A2
      - name: B
      - {name: B1, parent: B}
    """
    book = read_file(text.encode(), "reuse.yml")
    names = {code.uid: code.name for code in book.codes}
    assert [(code.name, names.get(code.parent)) for code in book.codes] == [
        ("A", None), ("A1", "A"), ("A1a", "A1"), ("A2", "A"), ("B", None), ("B1", "B"),
    ]  # fmt: skip
    assert [code["name"] for code in document_of(book)["codes"]] == list(names.values())


def test_yaml_says_what_is_written_not_what_yaml_makes_of_it():
    book = read_file(b"codes:\n- {name: No, key: x}\n- {name: 2018-01-01, parent: no, colour: 3, selectable: false}\n")
    assert [(code.name, code.key, code.colour, code.selectable) for code in book.codes] == [
        ("No", "x", 0, True),
        ("2018-01-01", "", 3, False),
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("codes:\n- name: A\n- name: B\n  shade: 1", ["Code 2 (line 3) “B”: “shade” is not known here."]),
        ("codes:\n- name: A\n  name: B", ["Line 2: “name” stands twice in one object. Keep one."]),
        ("codes: [*a]", ["Line 1: an alias (*) stands here."]),
        ("a: &a [x]\ncodes: [*a, *a]", ["Line 2: an alias (*) stands here. Write out what it stands for."]),
        ("codes: " + "[" * 200_000, ["Line 1: The file holds a number or a nesting no codebook needs."]),
        ("codes: [", ["Line 2, column 1: this is not YAML (did not find expected node content)."]),
        ("codes: \x07", ["This is not YAML (unacceptable character #x0007"]),
        ("codes: !!python/object/apply:os.system [ls]", ["Code 1: it must be an object"]),
        ("- name: A", ["The file must hold one object"]),
        ("", ["The file must hold one object"]),
        ("title: X\nshade: 1\ncodes: [{name: A}]", ["“shade” is not known here. Use codes, count_unit"]),
        ("format: 2\ncodes: [{name: A}]", ["“format” must be 1: a later form"]),
        ("kind: ours\ncodes: [{name: A}]", ["“kind” is ours. Use one of coding, screening, published."]),
        ("several_codes: maybe\ncodes: [{name: A}]", ["“several_codes” must be true or false."]),
        (f"name: {'x' * 201}\ncodes: [{{name: A}}]", ["The taxonomy's name has 201 characters"]),
        (
            "codes:\n- {name: A, children: [{name: B, parent: A}]}\n- {name: C, children: D}",
            ["Code 2 (line 2) “B”: it is nested and names a parent.", "Code 3 (line 3) “C”: “children” must be a list"],
        ),
        (
            "codes:\n- {name: A, parent: B}\n- {name: B, parent: A}\n- {name: C}\n- {name: c}",
            [
                "Code 1 (line 2) “A”: it stands below itself.",
                "Code 2 (line 3) “B”: it stands below itself.",
                "Code 4 (line 5) “c”: a code of this name stands at the same place.",
            ],
        ),
        (
            "codes:\n- {name: A, uid: 1}\n- {name: B, uid: 1}",
            ["Code 1 (line 2) “A”: “1” stands for two codes.", "Code 2 (line 3) “B”: “1” stands for two codes."],
        ),
    ],
    ids=range(18),
)
def test_every_fault_of_a_yaml_file_is_named_with_its_line(text, sentences):
    with pytest.raises(Invalid) as refused:
        read_file(text.encode(), "codes.yaml")
    begun = [message[: len(sentence)] for message, sentence in zip(refused.value.messages, sentences, strict=True)]
    assert begun == sentences


@pytest.mark.shared_data
def test_published_taxonomies_of_the_field_are_read_with_what_is_uncertain(shared_data):
    books = {file.stem: read_file(file.read_bytes(), file.name) for file in (shared_data / "taxonomies").glob("*.yaml")}
    assert {name: len(book.codes) for name, book in books.items()} == {
        "banyongrakkul2025": 5, "humbatova2020": 43, "zhang2018": 13, "jiang2023": 6, "liu2026": 24,
        "herzig2013": 6, "wright2026": 4,
    }  # fmt: skip
    assert {book.kind for book in books.values()} == {"published"}
    assert all(book.citation and book.reservations.startswith(("verified", "partly")) for book in books.values())
    zhang = books["zhang2018"]
    assert (zhang.name, zhang.codes[1].notes) == (
        "Root causes and symptoms of TensorFlow program bugs",
        "Count in the source: 38 bugs",
    )
    assert [read_file(write(book, "yaml"), "x.yaml") for book in books.values()] == list(books.values())


def test_published_taxonomy_of_the_field_can_be_brought_along(study, lead):
    codes = [{"name": "Model", "parent": None}, {"name": "Layers", "parent": "Model"}, {"name": "GPU Usage"}]
    book = read(*codes)
    draft = import_taxonomy(study=study, name=book.name, purpose=book.purpose, codes=book.codes, by=lead)
    assert [code.name for code in records(draft)] == ["Model", "Layers", "GPU Usage"]


def test_every_code_that_cannot_be_used_is_named():
    assert problems(
        {"name": "A"},
        "B",
        {"definition": "nameless"},
        {"name": "D", "shade": "red"},
        {"name": "E", "definition": 5},
        {"name": "x" * 201},
        {"name": "F", "examples": [1]},
        {"name": "G\x00"},
        {"name": 7},
        {"name": "H", "colour": "red"},
        {"name": "I", "selectable": 1},
        {"name": "J", "key": "j"},
    ) == [
        'Code 2: it must be an object with at least "name".',
        "Code 3: A code needs a name.",
        "Code 4 “D”: “shade” is not known here. Use avoid_when, children, colour, definition, examples, "
        "exclusive_group, key, name, notes, parent, selectable, uid, use_when.",
        "Code 5 “E”: “definition” must be a text.",
        f"Code 6 “{'x' * 60}”: A name has at most 200 characters; this one has 201.",
        "Code 7 “F”: “examples” must be a text.",
        "Code 8 “G\x00”: “name” holds the control character U+0000. Take it out.",
        "Code 9 “7”: “name” must be a text.",
        "Code 10 “H”: “colour” must be a number.",
        "Code 11 “I”: “selectable” must be true or false.",
        "Code 12 “J”: “j” cannot be a code's key. Choose one of a b c d g h i l o p q r t v w x y z.",
    ]


def test_every_parent_that_cannot_be_found_is_named():
    assert problems(
        {"name": "A", "parent": "Z"},
        {"name": "B"},
        {"name": "C", "parent": "B"},
        {"name": "b", "parent": "C"},
        {"name": "D", "parent": "b"},
    ) == [
        "Code 1 “A”: its parent is “Z”, but no code has that uid or name. Name one code of this file.",
        "Code 3 “C”: its parent is “B”, but 2 codes have that name. Name one code of this file.",
        "Code 5 “D”: its parent is “b”, but 2 codes have that name. Name one code of this file.",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Line 1, column 1: this is not JSON (Expecting value). Correct it and try again."),
        (b'{\n "name": }', "Line 2, column 10: this is not JSON"),
        (b'{"name": "\xff"}', "Byte 11 of the file is not UTF-8. Save it as UTF-8 and try again."),
        (b"[]", 'The file must hold one object with "name" and "codes".'),
        (b'{"name": "A"}', 'The file has no codes. Put them in a list under "codes".'),
        (b'{"codes": []}', 'The file has no codes. Put them in a list under "codes".'),
        (b'{"codes": {"A": 1}}', 'The file has no codes. Put them in a list under "codes".'),
        (b'{"name": 5, "codes": [{"name": "A"}]}', "“name” must be a text."),
        (b"[" * 200_000, "The file holds a number or a nesting no codebook needs."),
        (b'{"codes": ' + b"9" * 5000 + b"}", "The file holds a number or a nesting no codebook needs."),
        (b" " * (MAX_BYTES + 1), "The file is larger than 2 MB."),
        (json.dumps({"codes": [{}] * 2001}).encode(), "The file has 2001 codes; a taxonomy has at most 2000."),
    ],
    ids=range(12),
)
def test_file_that_cannot_be_read_is_refused_with_place_and_remedy(content, sentence):
    with pytest.raises(Invalid) as refused:
        read_file(content, "codes.json")
    assert refused.value.messages[0].startswith(sentence)


def test_mark_of_byte_order_is_no_fault():
    assert read_file(b"\xef\xbb\xbf" + b'{"codes": [{"name": "A"}]}').name == ""
