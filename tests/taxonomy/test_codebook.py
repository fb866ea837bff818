"""Taxonomies as JSON: what is read, and what is refused with its place and remedy."""

import json
import uuid

import pytest

from studies.errors import Invalid
from taxonomy.exchange.codebook import read_codebook
from taxonomy.queries import CodeRecord, records
from taxonomy.services.structure import MAX_BYTES
from taxonomy.services.versions import import_taxonomy

UID = "5f0c7c2e-6d0b-4a9e-9a61-0d6f3d3b8f01"


def read(*codes, **more):
    return read_codebook(json.dumps({"name": "Reuse", "codes": codes} | more).encode())


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


def test_parent_is_found_by_uid_or_by_name_wherever_it_stands():
    codes = read({"name": "B", "parent": "a"}, {"name": "C", "parent": "Key"}, {"uid": "key", "name": "A"}).codes
    assert [code.parent for code in codes] == [codes[2].uid, codes[2].uid, None]


def test_codes_are_found_again_by_what_the_file_calls_them():
    book = read({"uid": "Loading", "name": "A"}, {"uid": UID, "name": "B"})
    assert book.uids == {"loading": book.codes[0].uid, UID: uuid.UUID(UID)}


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
        "Code 3 “”: A code needs a name.",
        "Code 4 “D”: “shade” is not known here. Use avoid_when, colour, definition, examples, exclusive_group, "
        "key, name, notes, parent, selectable, uid, use_when.",
        "Code 5 “E”: “definition” must be a text.",
        f"Code 6 “{'x' * 60}”: A name has at most 200 characters; this one has 201.",
        "Code 7 “F”: “examples” must be a text.",
        "Code 8 “G\x00”: This text holds a character that is no text. Type it anew.",
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
        read_codebook(content)
    assert refused.value.messages[0].startswith(sentence)


def test_mark_of_byte_order_is_no_fault():
    assert read_codebook(b"\xef\xbb\xbf" + b'{"codes": [{"name": "A"}]}').name == ""
