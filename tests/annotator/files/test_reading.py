"""Rows under a mapping: who said what, what was decided, and what was left out."""

import pytest

from annotator.files import Form, Issue, Mapping, Pair, Part, Problem, Said, read

LONG = Mapping(
    Form.LONG,
    {
        Part.ISSUE: "issue", Part.RATER: "rater", Part.CODES: "code", Part.MEMO: "memo", Part.FINAL: "final",
        Part.CONFLICT: "conflict", Part.REASON: "reason", Part.TITLE: "title", Part.TEXT: "text",
        Part.REPOSITORY: "repo",
    },
    separator=";",
    outcomes={"none": "none", "unclear": "unclear", "off": "off_topic"},
)  # fmt: skip


def rows(*told):
    return [(f"line {place}", cells, "") for place, cells in enumerate(told, start=2)]


def long(*told):
    empty = dict.fromkeys(LONG.parts.values(), "")
    return read(rows(*({**empty, **cells} for cells in told)), LONG)


def test_several_rows_of_a_rater_are_several_codes():
    found = long(
        {"issue": "#1", "rater": "Ada", "code": "Loading", "memo": "one"},
        {"issue": "#1", "rater": " Ada ", "code": "loading; Memory ;", "memo": "two"},
        {"issue": "#1", "rater": "Ben", "code": "Output"},
        {"issue": "#2", "rater": "Ada", "code": "none"},
        {"issue": "#2", "rater": "Ben", "code": "-"},
    )
    assert [(issue.reference, issue.said) for issue in found.issues] == [
        ("#1", {"Ada": Said("coded", ["Loading", "Memory"], "one\ntwo"), "Ben": Said("coded", ["Output"])}),
        ("#2", {"Ada": Said("none"), "Ben": Said()}),
    ]
    assert (found.problems, found.rows) == ([], 5)
    assert (found.raters, found.codes) == (["Ada", "Ben"], {"Loading": 1, "Memory": 1, "Output": 1})


def test_issues_of_one_number_in_two_repositories_stay_apart():
    found = long(
        {"issue": "#1", "rater": "Ada", "code": "a", "repo": "x/y"},
        {"issue": "#1", "rater": "Ada", "code": "b", "repo": "x/z"},
    )
    assert [(issue.repository, issue.said["Ada"].codes) for issue in found.issues] == [("x/y", ["a"]), ("x/z", ["b"])]


def test_final_labels_conflicts_and_texts():
    found = long(
        {"issue": "#1", "rater": "Ada", "code": "a", "final": "a;b", "conflict": "1", "reason": "Talked", "title": "T"},
        {"issue": "#1", "rater": "Ben", "code": "b", "final": "B; A", "conflict": "0", "text": "Body"},
        {"issue": "#2", "rater": "Ada", "code": "a", "final": "off", "conflict": "no"},
        {"issue": "#3", "final": "a", "conflict": ""},
        {"issue": "#3", "final": "-", "conflict": ""},
    )
    first, second, third = found.issues
    assert first == Issue(
        "line 2", "#1", "", "T", "Body",
        {"Ada": Said("coded", ["a"]), "Ben": Said("coded", ["b"])}, Said("coded", ["a", "b"], "Talked"), "a;b", True,
    )  # fmt: skip
    assert (second.final, second.told, second.conflict) == (Said("off_topic"), "off", False)
    assert (third.said, third.final, third.conflict) == ({}, Said("coded", ["a"]), False)
    assert (found.problems, found.conflicts) == ([], 1)


@pytest.mark.parametrize(
    ("told", "problems"),
    [
        ([{"rater": "Ada", "code": "a"}], [Problem("line 2", "The row names no issue, so it was left out.")]),
        (
            [{"issue": "#1", "code": "a"}],
            [Problem("line 2", "“a” was said by nobody named; it was left out.")],
        ),
        (
            [{"issue": "#1", "rater": "Ada", "code": "a"}, {"issue": "#1", "rater": "Ada", "code": "none"}],
            [Problem("line 3", "Ada says of #1 both “coded” and “none of these”; “coded” was kept.", False)],
        ),
        (
            [{"issue": "#1", "rater": "Ada", "code": "off"}, {"issue": "#1", "rater": "Ada", "code": "unclear"}],
            [
                Problem(
                    "line 3",
                    "Ada says of #1 both “not about our topic” and “unclear”; “not about our topic” was kept.",
                    False,
                )
            ],
        ),
        (
            [{"issue": "#1", "final": "a"}, {"issue": "#1", "final": "b"}],
            [Problem("line 3", "#1 has another final label above; “b” was left out.")],
        ),
        (
            [{"issue": "#1", "final": "unclear"}],
            [Problem("line 2", "“unclear” means “unclear” here, which is no decision: #1 stays undecided.", False)],
        ),
        (
            [{"issue": "#1", "conflict": "perhaps"}],
            [Problem("line 2", "“perhaps” does not say whether this was a conflict.", False)],
        ),
        (
            [{"issue": "#1", "rater": "Ada", "code": "x" * 201}],
            [
                Problem(
                    "line 2",
                    f"“{'x' * 59}…” is longer than a code's name may be (200 characters); it was left out.",
                )
            ],
        ),
    ],
)
def test_what_is_left_out_says_where_and_why(told, problems):
    assert long(*told).problems == problems


def test_a_row_that_could_not_be_read_stays_a_problem():
    found = read([("line 2", None, "Broken.")], LONG)
    assert (found.issues, found.problems, found.rows) == ([], [Problem("line 2", "Broken.")], 1)


def test_an_outcome_beside_codes_says_nothing_more():
    found = long(
        {"issue": "#1", "rater": "Ada", "code": "unclear; a"}, {"issue": "#2", "rater": "Ada", "code": "off;none"}
    )
    assert [issue.said["Ada"] for issue in found.issues] == [Said("coded", ["a"]), Said("off_topic")]


def test_an_outcome_is_replaced_by_one_that_comes_later():
    found = long({"issue": "#1", "rater": "Ada", "code": ""}, {"issue": "#1", "rater": "Ada", "code": "none"})
    assert found.issues[0].said == {"Ada": Said("none")}


def test_columns_of_raters_are_asked_where_they_say_something():
    mapping = Mapping(Form.COLUMNS, {Part.ISSUE: "url", Part.FINAL: "final"}, raters=("Ada", "Ben"))
    found = read(
        rows(
            {"url": "u1", "Ada": "a", "Ben": "", "final": "a"},
            {"url": "u2", "Ada": "a", "Ben": "-", "final": ""},
            {"url": "U2", "Ada": "a", "Ben": "b", "final": "b"},
        ),
        mapping,
    )
    assert [(issue.reference, issue.said, issue.final) for issue in found.issues] == [
        ("u1", {"Ada": Said("coded", ["a"])}, Said("coded", ["a"])),
        ("u2", {"Ada": Said("coded", ["a"]), "Ben": Said("coded", ["b"])}, Said("coded", ["b"])),
    ]
    assert found.problems == [Problem("line 4", "U2 stands in an earlier row too; both were joined.", False)]


def test_pairs_name_who_was_asked_and_did_not_answer():
    mapping = Mapping(Form.PAIRS, {Part.ISSUE: "Link"}, pairs=(Pair("E1", "T1"), Pair("E2", ""), Pair("E3", "T3")))
    found = read(rows({"Link": "u", "E1": "Ada", "T1": "a", "E2": "Ben", "E3": "", "T3": ""}), mapping)
    assert found.issues[0].said == {"Ada": Said("coded", ["a"]), "Ben": Said()}


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ('["a", "b; c"]', ["a", "b; c"]),
        ('{"choices": ["a"]}', ["a"]),
        ('[[0, 4, "a"], [5, 9, "b"], []]', ["a", "b"]),
        ('[{"label": "a"}, {"name": "b"}, {"id": 1}]', ["a", "b"]),
        ("[not json", ["[not json"]),
        ('{"other": 1}', ['{"other": 1}']),
        ("a ;  b  c", ["a", "b c"]),
    ],
)
def test_several_codes_in_a_cell(cell, codes):
    found = long({"issue": "#1", "rater": "Ada", "code": cell})
    assert found.issues[0].said["Ada"].codes == codes
