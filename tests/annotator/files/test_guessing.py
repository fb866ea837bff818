"""What headers and first rows are taken for."""

import pytest

from annotator.files import BadMapping, Form, Mapping, Pair, Part, Source, guess


def source(names, *rows, name="codings.csv", kind="table"):
    return Source(None, name, kind, list(names), [dict(zip(names, row, strict=True)) for row in rows], "utf-8-sig", ",")


def test_long_form():
    found = guess(source(("Issue", "Rater", "Code", "Comment"), ("#1", "Ada", "Loading; Memory", "sure")))
    assert found == Mapping(
        form=Form.LONG,
        parts={Part.ISSUE: "Issue", Part.RATER: "Rater", Part.CODES: "Code", Part.MEMO: "Comment"},
        separator=";",
        items="codings",
        encoding="utf-8-sig",
        delimiter=",",
    )


@pytest.mark.parametrize(
    "columns", [("Rater 1", "Rater 2"), ("ada_code", "ben_code"), ("Code Ada", "Code Ben"), ("coder_a", "coder_b")]
)
def test_a_column_a_rater(columns):
    found = guess(source(("url", *columns, "Final label", "title"), ("u", "a", "b", "a", "t")))
    assert (found.form, found.raters) == (Form.COLUMNS, columns)
    assert found.parts == {Part.ISSUE: "url", Part.FINAL: "Final label", Part.TITLE: "title"}


def test_pairs_with_a_missing_one_and_in_any_order():
    names = ("Link", "Evaluator1", "Tag1", "Evaluator2", "Tag3", "Evaluator3", "FINAL TAG", "Conflicts")
    found = guess(source(names, ("u", "E1", "a", "E2", "b", "E3", "a", "0")))
    assert found.form == Form.PAIRS
    assert found.pairs == (Pair("Evaluator1", "Tag1"), Pair("Evaluator2", ""), Pair("Evaluator3", "Tag3"))
    assert found.parts == {Part.ISSUE: "Link", Part.FINAL: "FINAL TAG", Part.CONFLICT: "Conflicts"}


def test_who_coded_a_file_that_names_nobody_is_its_name():
    found = guess(source(("id", "text", "label"), ("1", "It fails", '["Loading, or not"]'), name="ada.jsonl"))
    assert (found.rater, found.separator) == ("ada", "")
    assert found.parts == {Part.ISSUE: "id", Part.TEXT: "text", Part.CODES: "label"}


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        (("a|b", "c"), "|"),
        (("a, b", "c,d"), ","),
        (("wrong shape, missing one dimension of it", "x"), ""),
        (("a\nb", "c"), "\n"),
        (("a", "b"), ""),
        (("a;", "b"), ""),
    ],
)
def test_what_stands_between_codes(cells, separator):
    found = guess(source(("issue", "rater", "codes"), *(("1", "Ada", cell) for cell in cells)))
    assert found.separator == separator


def test_words_for_outcomes_are_those_that_a_final_label_can_be():
    rows = (("1", "Ada", "unclear", ""), ("2", "Ada", "none", ""), ("3", "Ada", "off topic", "off topic"))
    assert guess(source(("issue", "rater", "code", "memo"), *rows)).outcomes == {
        "unclear": "unclear", "none": "none", "off topic": "off_topic",
    }  # fmt: skip
    assert guess(source(("issue", "rater", "code", "final"), *rows)).outcomes == {
        "none": "none", "off topic": "off_topic",
    }  # fmt: skip


def test_a_skipped_task_of_label_studio_is_skipped():
    assert guess(source(("task", "annotator", "label"), kind="label studio")).outcomes == {"skipped": "skipped"}


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        (("url", "task", "annotator", "cause", "ground truth", "why"), "cause"),
        (("url", "task", "annotator", "cause", "ground truth", "label"), "label"),
        (("url", "task", "annotator", "ground truth"), None),
    ],
)
def test_codes_of_label_studio_stand_in_its_first_control(names, codes):
    assert guess(source(names, kind="label studio")).parts.get(Part.CODES) == codes


def test_a_mapping_is_the_same_after_json():
    mapping = guess(source(("Link", "Evaluator1", "Tag1", "Evaluator2"), ("u", "a", "b", "c")))
    assert Mapping.of_json(mapping.as_json()) == mapping


@pytest.mark.parametrize(
    ("told", "field", "words"),
    [
        ({"form": "tree"}, "form", "Say how the file is made up"),
        ({"form": "long", "colour": 1}, "form", "A mapping has no colour"),
        ({"form": "long", "pairs": [1]}, "form", "This does not tell a mapping"),
        ({"form": "long"}, "issue", "Say which column names the issue"),
        ({"form": "long", "parts": {"issue": "gone"}}, "form", "The file has no column gone"),
        (
            {"form": "long", "parts": {"issue": "issue"}, "outcomes": {"yes": "in"}}, "outcomes",
            "Words mean none, unclear, off_topic, skipped; in is none of them.",
        ),
        ({"form": "long", "parts": {"issue": "issue"}}, "codes", "Say which column holds the codes"),
        ({"form": "long", "parts": {"issue": "issue", "codes": "codes"}}, "rater", "or who coded all of it"),
        ({"form": "columns", "parts": {"issue": "issue"}}, "raters", "Tick the columns"),
        ({"form": "pairs", "parts": {"issue": "issue"}}, "pairs", "Name at least one pair"),
        (
            {"form": "pairs", "parts": {"issue": "issue"}, "pairs": [{"rater": "", "codes": "codes"},
             {"rater": "codes", "codes": ""}]}, "pairs", "no column that names the rater",
        ),
    ],
)  # fmt: skip
def test_a_mapping_that_does_not_suffice_names_what_is_missing(told, field, words):
    with pytest.raises(BadMapping, match=words) as refusal:
        Mapping.of_json(told).check(("issue", "codes"))
    assert refusal.value.field == field


def test_mappings_that_suffice():
    names = ("issue", "codes", "who")
    parts = {Part.ISSUE: "issue"}
    Mapping(Form.LONG, {**parts, Part.CODES: "codes"}, rater="Ada").check(names)
    Mapping(Form.COLUMNS, parts, raters=("codes", "who")).check(names)
    Mapping(Form.PAIRS, parts, pairs=(Pair("who", "codes"), Pair("", ""))).check(names)


@pytest.mark.parametrize(
    ("column", "cells", "repository"),
    [
        ("issue number", ("12", "#13"), "x/y"),
        ("issue", ("12", "x/z#13"), ""),
        ("id", ("12", "13"), ""),
        ("issue", (), ""),
    ],
)
def test_numbers_of_issues_belong_to_the_only_repository(column, cells, repository):
    rows = [(cell, "Ada", "a") for cell in cells]
    assert guess(source((column, "rater", "code"), *rows), repository="x/y").repository == repository


def test_a_column_of_repositories_says_where_numbers_belong():
    told = source(("number", "repo", "rater", "code"), ("12", "x/z", "Ada", "a"))
    assert guess(told, repository="x/y").repository == ""
