import pytest

from analysis.stats.readings import BadTable, Layout, decoded, read_durations

PLAIN = Layout("days", "label")
FULL = Layout("days", "label", "state", "repo")


def problems(text, layout=PLAIN):
    with pytest.raises(BadTable) as refused:
        read_durations(text, layout)
    return refused.value.problems


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_ends_of_lines_quotes_and_blank_lines(separator, end):
    lines = ["\ufeffdays,label,state,repo", '1.5,"a, b",closed,x', "", "0,c,Open,y", '2e1,"a, b",1,x', ""]
    text = end.join(line.replace(",", separator).replace(f"a{separator} b", "a, b") for line in lines)
    sample = read_durations(text, FULL)
    assert (sample.groups, sample.blocks) == (("a, b", "c"), ("x", "y"))
    assert sample.value.tolist() == [1.5, 0, 20]
    assert sample.ended.tolist() == [True, False, True]
    assert sample.group.tolist() == [0, 1, 0]


def test_groups_are_in_order_and_without_event_all_have_ended():
    sample = read_durations("id,label,days\n1,b,3\n2,a,4\n", PLAIN)
    assert (sample.groups, sample.blocks, sample.still_open) == (("a", "b"), ("",), 0)


def test_each_line_that_cannot_be_read_is_told_with_its_reason():
    text = (
        "days,label,state,repo\n"
        "x,a,closed,r\n"
        '"1,5",a,closed,r\n'
        "nan,a,closed,r\n"
        "-1,a,closed,r\n"
        ",a,open,r\n"
        "1,,closed,r\n"
        "1,a,closed,\n"
        "1,a,perhaps,r\n"
        "1,a,closed\n"
        '"2\n",a,closed,r\n'
        "3,a,shut,r\n"
    )
    assert problems(text, FULL) == [
        "Line 2: “x” in days is not a number.",
        "Line 3: “1,5” in days is not a number. Write decimals with a point.",
        "Line 4: “nan” in days is not a finite number.",
        "Line 5: -1 in days is below zero. No time ends before it begins.",
        "Line 6: days is empty. Of an open issue it is the time until the data were collected.",
        "Line 7: label is empty.",
        "Line 8: repo is empty.",
        "Line 9: “perhaps” in state does not say whether it has ended: "
        "closed or open, yes or no, true or false, 1 or 0.",
        "Line 10: it has 3 cells, and there are 4 columns.",
        "Line 13: “shut” in state does not say whether it has ended: closed or open, yes or no, true or false, 1 or 0.",
    ]


def test_twenty_problems_are_enough():
    found = problems("days,label\n" + "x,a\n" * 50)
    assert len(found) == 21
    assert found[-1] == "There may be more; the reading ended here."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "The table is empty. Its first line names the columns."),
        ("\n1,a\n", "The table is empty. Its first line names the columns."),
        ("days,label\n", "There is no line below the heads, so there is nothing to compare."),
        ("days,days,label\n", "Line 1 names a column twice: days."),
        ("hours,label\n1,a\n", "There is no column “days”. The columns are: hours, label."),
        ('days,label\n1,a\n2,"b', "Line 3 is not CSV: unexpected end of data."),
    ],
)
def test_a_table_that_is_none(text, told):
    assert problems(text) == [told]


def test_bytes_that_are_no_text_are_told():
    assert decoded("\ufeffdays".encode()) == "days"
    with pytest.raises(BadTable, match=r"not UTF-8 text \(byte 3\)"):
        decoded(b"ab\xff")
