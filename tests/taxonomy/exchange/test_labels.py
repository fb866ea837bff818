"""Label Studio's configurations and doccano's labels, as those programs write them."""

import json

import pytest

from studies.errors import Invalid
from taxonomy.exchange.formats import read

CHOICES = """<View>
  <Text name="text" value="$text"/>
  <Choices name="kind" toName="text" choice="single">
    <Choice value="Bug" alias="b" hotkey="b" background="#b93e6a" hint="It is broken."/>
    <Choice value="Question" hotkey="1"><Choice value="How &amp; why"/></Choice>
  </Choices>
</View>"""
COLOURS_OF_LABEL_STUDIO = (
    "Colours became the nearest of the seven here, or none where they are not of the form #RRGGBB."
)
KEYS = "Keys that cannot be a code's here were left out; these can: a b c d g h i l o p q r t v w x y z."


def outline(book):
    names = {code.uid: code.name for code in book.codes}
    return [(code.name, names.get(code.parent)) for code in book.codes]


def problems(text, name=""):
    with pytest.raises(Invalid) as refused:
        read(text.encode(), name)
    return refused.value.messages


def test_choices_of_label_studio_are_read_with_key_colour_and_alias():
    book = read(CHOICES.encode(), "config.xml")
    assert outline(book) == [("Bug", None), ("Question", None), ("How & why", "Question")]
    bug, question, _ = book.codes
    assert (bug.key, bug.colour, bug.definition, bug.notes) == ("b", 6, "It is broken.", "Alias in Label Studio: b")
    assert (question.key, question.colour, question.notes) == ("", 0, "")
    assert (book.several_codes, book.levels, book.remarks) == (False, "any", (COLOURS_OF_LABEL_STUDIO, KEYS))


@pytest.mark.parametrize(
    ("attribute", "several"), [("", False), ('choice="single-radio"', False), ('choice="multiple"', True)]
)
def test_choices_say_whether_several_may_be_chosen(attribute, several):
    book = read(f'<View><Choices name="c" {attribute}><Choice value="A"/></Choices></View>'.encode())
    assert book.several_codes is several


def test_taxonomy_and_labels_of_label_studio_are_read():
    tree = '<Taxonomy name="t" leafsOnly="true"><Choice value="A"><Choice value="A1"/></Choice></Taxonomy>'
    book = read(f"<View>{tree}</View>".encode())
    assert (outline(book), book.levels, book.several_codes) == ([("A", None), ("A1", "A")], "leaves", True)
    labels = read(b'<RectangleLabels name="l"><Label value="Car" background="green"/></RectangleLabels>')
    assert (outline(labels), labels.codes[0].colour) == ([("Car", None)], 0)


def test_several_questions_become_headings_and_single_ones_exclusive_groups():
    one = '<Choices name="kind"><Choice value="A"/><Choice value="B"/></Choices>'
    more = '<Choices name="where" choice="multiple"><Choice value="A"/></Choices>'
    book = read(f"<View>{one}{more}</View>".encode())
    assert outline(book) == [("kind", None), ("A", "kind"), ("B", "kind"), ("where", None), ("A", "where")]
    assert [code.selectable for code in book.codes] == [False, True, True, False, True]
    assert [code.exclusive_group for code in book.codes] == ["", "kind", "kind", "", ""]
    assert book.several_codes


def test_faults_of_a_configuration_are_named():
    assert problems('<View><Choices name="c">\n<Choice/>\n<Choice value="A"/></Choices></View>') == [
        "Line 2: A code needs a name."
    ]
    assert problems('<View><Choices name="c">\n<Choice value="A"/>\n<Choice value="a"/></Choices></View>') == [
        "Line 3 “a”: a code of this name stands at the same place. Rename one."
    ]
    assert problems('<View><Text name="t"/></View>') == [
        "The configuration has no <Choices>, <Taxonomy> or <Labels> with options in it."
    ]
    assert problems("<View><Choices>")[0].startswith("Line 1, column 16: this is not XML")


def test_labels_of_doccano_are_read():
    labels = [
        {
            "id": 1,
            "text": "PER",
            "prefixKey": None,
            "suffixKey": "p",
            "backgroundColor": "#209cee",
            "textColor": "#fff",
        },
        {"id": 2, "text": "ORG", "prefixKey": "ctrl", "suffixKey": "o", "backgroundColor": ""},
    ]
    book = read(json.dumps(labels).encode(), "label_config.json")
    assert [(code.name, code.key, code.colour) for code in book.codes] == [("PER", "p", 5), ("ORG", "", 0)]
    assert book.remarks == ("Colours became the nearest of the seven here.", KEYS)
    assert book.fields == {"name", "key", "colour"}


def test_faults_of_labels_are_named():
    assert problems('[{"text": "A"}, 5, {"suffixKey": "a"}, {"text": 7}]') == [
        "Label 2: it must be an object with “text”.",
        "Label 3: A code needs a name.",
        "Label 4 “7”: “name” must be a text.",
    ]
    assert problems('[{"text": "A"}, {"text": "a"}]') == [
        "Label 2 “a”: a code of this name stands at the same place. Rename one."
    ]
    assert problems('[{"text": "A"')[0].startswith("This is not JSON: Expecting ',' delimiter")
