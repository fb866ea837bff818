"""CSV and workbooks: a row a code, the parent by uid, by name or by path."""

import csv
import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from hypothesis import given, settings

from studies.errors import Invalid
from taxonomy.exchange.codebook import Codebook
from taxonomy.exchange.formats import read, write
from taxonomy.queries import CodeRecord
from tests.taxonomy.exchange import CODEBOOKS

WITHOUT_HEAD = {
    "name": "", "purpose": "", "kind": "coding", "citation": "", "reservations": "", "levels": "any",
    "several_codes": True, "version": "", "published": "", "note": "",
}  # fmt: skip


def outline(book):
    names = {code.uid: code.name for code in book.codes}
    return [(code.name, names.get(code.parent)) for code in book.codes]


def table(*lines):
    return "\n".join(lines).encode()


def workbook(*rows, **more):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, rows in more.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def problems(content, name=""):
    with pytest.raises(Invalid) as refused:
        read(content, name)
    return refused.value.messages


@settings(max_examples=25)
@given(book=CODEBOOKS)
def test_workbook_is_read_as_what_was_written(book):
    again = read(write(book, "xlsx"), "codes.xlsx")
    assert (again, again.remarks) == (book, ())


@settings(max_examples=25)
@given(book=CODEBOOKS)
def test_table_keeps_every_code(book):
    again = read(write(book, "csv"), "codes.csv")
    assert (again, again.remarks) == (replace(book, **WITHOUT_HEAD), ())


@settings(max_examples=25)
@given(book=CODEBOOKS)
def test_no_cell_is_a_formula(book):
    cells = [
        cell for row in csv.reader(io.StringIO(write(book, "csv").decode("utf-8-sig"), newline="")) for cell in row
    ]
    assert [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}] == []
    sheets = openpyxl.load_workbook(io.BytesIO(write(book, "xlsx"))).worksheets
    assert "f" not in {cell.data_type for sheet in sheets for row in sheet for cell in row}


@pytest.mark.parametrize(
    "lines",
    [
        ("name,parent", "A,", "A1,A", "A1a,A1", "B,", "B1,B"),
        ("Code;Parent code", "A;", "A1;a", "A1a;A1", "B;", "B1;B"),
        ("name\tparent", "A\t", "A1\tA", "A1a\tA > A1", "B\t", "B1\tB"),
        ("path", "A", "A > A1", "A > A1 > A1a", "B", "B>B1"),
        ("path|name", "A|A", "A::A1|A1", "A::A1|A1a", "|B", "B|B1"),
        ("path", "A", "A/A1", "A/A1/A1a", "B", "B/B1"),
        ("id,parent id,category", "1,,A", "2,1,A1", "3,2,A1a", "4,,B", "5,4,B1"),
        ("name,parent,extra", "", "A1a,A1", "B1,B", "A,", "A1,A", "B,", ",,"),
    ],
    ids=range(8),
)
def test_parents_are_told_in_many_ways(lines):
    assert sorted(outline(read(table(*lines)))) == [("A", None), ("A1", "A"), ("A1a", "A1"), ("B", None), ("B1", "B")]


def test_names_may_hold_what_separates_paths():
    book = read(table("name,parent", "Latency > 5 s,", "Slow/fast,Latency > 5 s", "Both,slow/fast"))
    assert outline(book) == [("Latency > 5 s", None), ("Slow/fast", "Latency > 5 s"), ("Both", "Slow/fast")]


def test_columns_under_other_names_are_known_and_the_others_told():
    book = read(table("Category,Description,When to use,Exclusion criteria,Colour,Hotkey,Weight", "A,d,u,e,3,g,9"))
    assert book.codes == [
        CodeRecord(book.codes[0].uid, None, "A", definition="d", use_when="u", avoid_when="e", colour=3, key="g")
    ]
    assert book.fields == {"name", "definition", "use_when", "avoid_when", "colour", "key"}
    assert book.remarks == ("Left out, because not known here: column “Weight”.",)


def test_formula_that_was_disarmed_elsewhere_is_read_as_its_text():
    assert [code.name for code in read(table("name", "'=1+1", "''=2", "'quoted'")).codes] == ["=1+1", "'=2", "'quoted'"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encoding_is_found(encoding):
    lines = ["name;definition", *[f"Größe {n};Wie groß es für die Prüfung wäre" for n in range(20)]]
    book = read(table(*lines).decode().encode(encoding), "codes.csv")
    assert book.codes[3].name == "Größe 3"
    assert bool(book.remarks) is (encoding == "latin-1")


def test_faults_of_a_table_are_named_with_their_lines():
    assert problems(table("name,parent,colour,selectable", '"A\nA",Z,red,', "", ",,1,perhaps", "B,,9")) == [
        "Line 2 “A\nA”: “colour” must be a number.",
        "Line 5: “selectable” must be true or false.",
        "Line 6 “B”: A colour is 1 to 7, or 0 for the one of its place.",
    ]
    assert problems(table("name,parent", "A,Z", "B,", "B,", "C,C")) == [
        "Line 2 “A”: its parent is “Z”, but no code has that uid or name. Name one code of this file."
    ]
    assert problems(table("name,parent", "B,", "b,", "C,C")) == [
        "Line 3 “b”: a code of this name stands at the same place. Rename one.",
        "Line 4 “C”: it stands below itself. Correct its parent.",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (table("weight,label_weight", "1,2"), "The first line names no column “name” or “path”."),
        (table("name,parent", "A,B,C"), "Line 2: the row has 3 cells, the first line 2."),
        (table("name", *["A"] * 10_000), "The file has 10000 codes; a taxonomy has at most 2000."),
        (table("name"), "The file has no codes."),
        (table("name", "A\x07"), "Line 2 “A\x07”: “name” holds the control character U+0007. Take it out."),
        (table("name", "x" * 500), f"Line 2 “{'x' * 60}”: A name has at most 200 characters; this one has 500."),
        (b"\xff\xfe\x00\xd8,", "The encoding of this table cannot be told."),
    ],
    ids=range(7),
)
def test_table_that_cannot_be_used_is_refused(content, sentence):
    assert problems(content, "codes.csv")[0].startswith(sentence)


def test_workbook_as_people_make_it_is_read():
    book = read(workbook(["Name", "Parent", "Definition"], [2018, None, 1.0], [], ["B", 2018, True]), "x.xlsx")
    assert (outline(book), [code.definition for code in book.codes]) == ([("2018", None), ("B", "2018")], ["1", "True"])


def test_head_of_a_workbook_is_read_from_its_second_sheet():
    content = workbook(["name"], ["A"], Taxonomy=[["name", "Reuse"], ["several_codes", "false"], ["mood", "good"]])
    assert (read(content).name, read(content).several_codes) == ("Reuse", False)


def test_workbook_that_cannot_be_used_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (51 * 1024 * 1024))
    assert problems(packed.getvalue())[0].startswith("The workbook unpacks to far more than a codebook.")
    unreadable = "This workbook cannot be opened. Save it again as .xlsx, or as CSV, and choose it again."
    assert problems(b"PK\x03\x04 but no more") == [unreadable]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("notes.txt", b"no workbook")
    assert problems(packed.getvalue()) == [unreadable]
    assert problems(workbook()) == ["This workbook has no sheet with rows."]
    assert problems(workbook(["name"], ["A"], ["a"])) == [
        "Row 3 “a”: a code of this name stands at the same place. Rename one."
    ]
    content = workbook(["name"], *[["A"]] * 10_001)
    assert problems(content) == ["The sheet has more than 10000 rows. Keep only those of codes."]


def test_text_that_no_cell_holds_is_not_cut_without_a_word():
    code = CodeRecord(uid=None, parent=None, name="A", definition="x" * 40_000)
    with pytest.raises(Invalid, match="A text of code “A” has 40000 characters, and a cell of a workbook holds 32767"):
        write(Codebook("Reuse", [code]), "xlsx")
    with pytest.raises(Invalid, match="A text of purpose has 32768 characters"):
        write(Codebook("Reuse", [], purpose="x" * 32_768), "xlsx")
