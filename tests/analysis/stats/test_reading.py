import pytest

from analysis.stats.ratings import RatingMatrix
from analysis.stats.reading import LONG, WIDE, Unreadable, codes_of, decoded, read_ratings

A, B, AB, NONE = frozenset("a"), frozenset("b"), frozenset("ab"), frozenset()


def test_long_form_with_repeated_rows_joined_codes_and_none():
    read = read_ratings("unit,rater,code\n1,x,a\n1,y,a|b\n2,x,b\n1,x,b\n2,y,\n")
    assert read.form == LONG
    assert read.matrix == RatingMatrix(("1", "2"), ("x", "y"), ((AB, AB), (B, NONE)))
    assert read.lines == {AB: 2, B: 4, NONE: 6}


def test_wide_form_numbers_its_rows_and_leaves_empty_cells_missing():
    read = read_ratings("x,y\na,\nb|a,b\n|,a\n,\n")
    assert read.form == WIDE
    assert read.matrix == RatingMatrix(("1", "2", "3"), ("x", "y"), ((A, None), (AB, B), (NONE, A)))
    assert read.lines[B] == 3


@pytest.mark.parametrize("head", ["unit", "Issue", "id", ""])
def test_wide_form_with_a_column_of_units(head):
    assert read_ratings(f"{head},x,y\nfirst,a,b\n").matrix == RatingMatrix(("first",), ("x", "y"), ((A, B),))


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_what_stands_between_cells_and_lines_is_found(between, ending):
    rows = [["issue", "coder", "label"], ["7", " x ", "a"], [], ["7", "y", '"b"']]
    text = ending.join(between.join(row) for row in rows)
    assert read_ratings(text).matrix == RatingMatrix(("7",), ("x", "y"), ((A, B),))


def test_columns_of_the_long_form_may_stand_in_any_order_beside_others():
    assert read_ratings("code,note,rater,unit\na,why,x,1\n").matrix == RatingMatrix(("1",), ("x",), ((A,),))


def test_quotes_may_hold_lines_and_the_line_told_is_the_first_of_the_row():
    with pytest.raises(Unreadable, match="Line 4: there is no rater"):
        read_ratings('unit,rater,code\n1,x,"a\nb"\n2,,a\n')


UNREADABLE = [
    ("", "The table is empty. It begins with a line of headings"),
    ("  \n\n", "The table is empty"),
    ("unit,rater,code\n", "There is no rating below the line of headings."),
    ("x,y\n,\n", "There is no rating below"),
    ("unit,rater,code\n1,x,a\n1,x\n", "Line 3: there are 2 cells where the headings name 3."),
    ("x,y\na,b,c\n", "Line 2: there are 3 cells where the headings name 2."),
    ("unit,rater,code\n,x,a\n", "Line 2: there is no unit."),
    ("unit,rater,code\n1,,a\n", "Line 2: there is no rater."),
    ("unit,rater,code\n1,x,a\n1,y,a\n1,x,a\n", "Line 4: x gives 1 code a a second time, after line 2."),
    ("unit,rater,code\n1,x,\n1,x,\n", "Line 3: x gives 1 no code a second time, after line 2."),
    ("unit,rater,code\n1,x,\n1,x,a\n", "Line 3: x gives 1 a code and, in line 2 or here, none."),
    ("unit,rater,code\n1,x,a\n1,x,\n", "Line 3: x gives 1 a code and, in line 2 or here, none."),
    ("x,y\na|a,b\n", "Line 2: x gives 1 code a a second time, after line 2."),
    ("unit,rater,note\n1,x,a\n", "Line 1: there is no column code. The long form has unit, rater and code."),
    ("\nnumber,code\n1,a\n", "Line 2: there is no column unit and rater."),
    ("unit,x,x\n1,a,b\n", "Line 1: Two columns are named x."),
    ("x,,y\na,b,c\n", "Line 1: A column of ratings has no rater's name"),
    ("unit\n1\n", "Line 1: A column of ratings has no rater's name"),
    ("unit,x\n1,a\n1,b\n", "Line 3: unit 1 stands in line 2 already."),
    ("unit,x\n,a\n", "Line 2: there is no unit."),
    ("x,y\na,\0\n", "Line 2: this is not text but a binary file."),
    ('x,y\na,"b\n', "Line 2: the quotes do not close"),
]


@pytest.mark.parametrize(("text", "words"), UNREADABLE)
def test_nonsense_gets_line_and_reason(text, words):
    with pytest.raises(Unreadable) as refused:
        read_ratings(text)
    assert str(refused.value).startswith(words)
    assert (refused.value.line is None) == (not words.startswith("Line"))


def test_too_many_ratings_are_refused(monkeypatch):
    monkeypatch.setattr("analysis.stats.reading.MOST_RATINGS", 2)
    with pytest.raises(Unreadable, match="Line 3: There are more than 2 ratings"):
        read_ratings("x,y\na,b\na,b\n")


def test_bytes_are_utf_8_with_or_without_a_mark():
    assert decoded("\ufeffκ,b".encode()) == "κ,b"
    with pytest.raises(Unreadable, match="Line 2: the text is not UTF-8"):
        decoded(b"x,y\na,\xe9\n")


def test_categories_are_a_list_in_its_order():
    assert codes_of("3, 1,2,") == ("3", "1", "2")
    assert codes_of("a, b|c") == ("a, b", "c")
    assert codes_of("") == ()
    with pytest.raises(Unreadable, match="The categories name 1 twice"):
        codes_of("1,2,1")
