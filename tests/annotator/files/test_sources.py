"""Files of codings as rows of cells, whatever their format."""

import gzip
import json

import openpyxl
import pytest

from annotator.files import open_source
from corpus.files import BadFile


@pytest.fixture
def kept(tmp_path):
    def keep(content, name="codings.csv"):
        path = tmp_path / "kept"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return open_source(path, name)

    return keep


def rows(source):
    return [(place, cells, wrong) for place, cells, wrong in source.rows()]


def test_a_table_has_its_lines_and_cells(kept):
    source = kept("issue,rater,code\n#1,Ada,Loading\n\n#2,Ben,Output\n")
    assert source.names == ["issue", "rater", "code"]
    assert rows(source) == [
        ("line 2", {"issue": "#1", "rater": "Ada", "code": "Loading"}, ""),
        ("line 4", {"issue": "#2", "rater": "Ben", "code": "Output"}, ""),
    ]
    assert source.first == [cells for _, cells, _ in rows(source)]


@pytest.mark.parametrize(
    ("encoding", "delimiter", "name"),
    [("utf-8-sig", ";", "a.csv"), ("utf-16", "\t", "a.tsv"), ("cp1252", "|", "a.txt")],
)
def test_encoding_and_delimiter_are_found(kept, encoding, delimiter, name):
    text = "\n".join(delimiter.join(row) for row in [("Müller", "Größe"), *[("Straße", "Bäume, süß")] * 40])
    source = kept(text.encode(encoding), name)
    assert (source.names, source.first[0]) == (["Müller", "Größe"], {"Müller": "Straße", "Größe": "Bäume, süß"})
    assert source.delimiter == delimiter


def test_a_row_of_another_width_says_so(kept):
    assert rows(kept("issue,code\n#1,Loading,more\n")) == [
        ("line 2", None, "The row has 3 cells, the first line 2. A quote or a delimiter may be missing.")
    ]


def test_columns_of_one_name_are_told_apart(kept):
    source = kept("issue,code,code,\n#1,a,b,c\n")
    assert source.names == ["issue", "code", "code (3)", "column (4)"]
    assert source.first == [{"issue": "#1", "code": "a", "code (3)": "b", "column (4)": "c"}]


def test_a_workbook_with_a_thousand_empty_rows(kept, tmp_path):
    book = openpyxl.Workbook()
    for row in (("Link", "Conflict", "Tag1"), ("https://a.example/1", 0, "Loading"), (None, None, None)):
        book.active.append(row)
    book.active.cell(1000, 1, " ")
    book.save(tmp_path / "book.xlsx")
    source = open_source(tmp_path / "book.xlsx", "book.xlsx")
    assert source.names == ["Link", "Conflict", "Tag1"]
    assert rows(source) == [("row 2", {"Link": "https://a.example/1", "Conflict": "0", "Tag1": "Loading"}, "")]


def test_doccano_keeps_its_lists(kept):
    lines = [{"id": 1, "text": "Fails", "label": ["Loading", "Memory"]}, {"id": 2, "text": "Works", "label": []}]
    source = kept("\n".join(map(json.dumps, lines)), "admin.jsonl")
    assert source.names == ["id", "text", "label"]
    assert source.first == [
        {"id": "1", "text": "Fails", "label": '["Loading", "Memory"]'},
        {"id": "2", "text": "Works", "label": ""},
    ]


def test_a_list_of_objects_packed(kept):
    content = gzip.compress(json.dumps([{"key": "a"}, {"key": "b", "more": 1}, 7]).encode())
    assert rows(kept(content, "list.json.gz")) == [
        ("member 1 (line 1)", {"key": "a", "more": ""}, ""),
        ("member 2 (line 1)", {"key": "b", "more": "1"}, ""),
        ("member 3 (line 1)", None, "Not a JSON object with the fields of an issue or a comment."),
    ]


def choice(control, *chosen, kind="choices"):
    return {"from_name": control, "to_name": "text", "type": kind, "value": {kind: list(chosen)}}


TASKS = [
    {
        "id": 5,
        "data": {"url": "https://a.example/1", "text": "It fails"},
        "annotations": [
            {"completed_by": {"id": 1, "email": "ada@example.org"}, "result": [choice("cause", "Loading", "Memory")]},
            {
                "completed_by": 2,
                "ground_truth": True,
                "result": [
                    choice("cause", ["Model", "Loading"], kind="taxonomy"),
                    choice("why", "It says so", kind="text"),
                    {"from_name": "span", "value": {"start": 1, "end": 2, "labels": ["Quote"]}},
                    {"from_name": "sure", "value": {"rating": 4}},
                    {"from_name": "odd", "value": {"video": 1}},
                    "no result",
                ],
            },
            {"completed_by": {"first_name": "Cleo", "last_name": "May"}, "was_cancelled": True, "result": []},
            "no annotation",
        ],
    },
    {"id": 6, "data": {"url": "https://a.example/2"}, "annotations": []},
    "no task",
]


def test_label_studio_gives_a_row_an_annotation(kept):
    source = kept(json.dumps(TASKS), "project-3.json")
    assert source.names == ["url", "text", "task", "annotator", "cause", "ground truth", "why", "span", "sure"]
    whole = {"url": "https://a.example/1", "text": "It fails", "task": "task 5"}
    empty = {"cause": "", "ground truth": "", "why": "", "span": "", "sure": ""}
    assert [cells for _, cells, _ in rows(source)] == [
        {**whole, **empty, "annotator": "ada@example.org", "cause": '["Loading", "Memory"]'},
        {
            **whole, "annotator": "user 2", "cause": '["Loading"]', "why": '["It says so"]',
            "span": '["Quote"]', "sure": "[4]", "ground truth": '["Loading"]',
        },
        {
            **whole, **dict.fromkeys(("cause", "why", "span", "sure"), "skipped"),
            "annotator": "Cleo May", "ground truth": "",
        },
        None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        ("", "a.csv", "This file is empty."),
        (",,\n1,2,3", "a.csv", "The first line must name the columns."),
        ("a,b\n1,2,3", "a.docx", "This kind of file cannot be read."),
        ("[7]", "a.json", "No object could be read from this file."),
        ("PK and more", "a.csv", "This is a workbook."),
    ],
)
def test_what_cannot_be_codings_says_why(kept, content, name, sentence):
    with pytest.raises(BadFile) as refusal:
        kept(content, name)
    assert str(refusal.value).startswith(sentence)


def test_an_encoding_that_is_none(kept, tmp_path):
    kept("a,b\n1,2\n")
    with pytest.raises(BadFile, match="“klingon” is not an encoding"):
        open_source(tmp_path / "kept", "a.csv", encoding="klingon")
