"""A crosswalk as CSV, SSSOM, SKOS triples, matrix and figure, all from the same mappings."""

import csv
import io
import uuid
from xml.etree import ElementTree

import pytest
import yaml
from rdflib import Graph, URIRef

from taxonomy.crosswalks import Link, get_crosswalk, open_for_all
from taxonomy.exchange.mapping_diagram import LETTERS, MOST_RIGHT, png, svg
from taxonomy.exchange.mappings import as_csv, as_sssom, as_turtle
from taxonomy.matrix import SMALL, matrix
from taxonomy.models import Code
from taxonomy.services.crosswalks import begin_crosswalk, decide_mapping, map_code
from tests import factories

SKOS = "http://www.w3.org/2004/02/skos/core#"


@pytest.fixture
def whole(alone, of, rater_a):
    """Loading is exactly Usage and related to GPU, Output has no counterpart, Memory is not mapped yet."""
    links = [Link(of["Usage"], "exact", "=Same\nwords"), Link(of["GPU"], "related")]
    map_code(crosswalk=alone, left=of["Loading"], links=links, by=rater_a)
    map_code(crosswalk=alone, left=of["Output"], links=[Link(None, "none", "Theirs is about code.")], by=rater_a)
    return open_for_all(get_crosswalk(alone.left.taxonomy.study, alone.pk))


def test_csv_has_a_row_a_relation_and_one_for_what_is_open(whole, of):
    rows = list(csv.DictReader(io.StringIO(as_csv(whole))))
    assert [(row["left_name"], row["relation"], row["right_name"], row["reason"]) for row in rows] == [
        ("Loading", "exact", "Usage", "'=Same\nwords"),
        ("Loading", "related", "GPU", ""),
        ("Output", "none", "", "Theirs is about code."),
        ("Memory", "", "", ""),
    ]
    assert rows[0]["left_uid"] == str(of["Loading"])
    assert {row["decided"] for row in rows} == {"no", ""}


def test_csv_tells_what_was_decided(both_done, of, lead):
    links = [Link(of["GPU"], "close")]
    decide_mapping(crosswalk=both_done, left=of["Memory"], links=links, reason="They say so.", by=lead)
    rows = list(csv.DictReader(io.StringIO(as_csv(open_for_all(both_done)))))
    assert [(row["left_name"], row["decided"], row["decision_reason"]) for row in rows] == [
        ("Loading", "no", ""),
        ("Output", "no", ""),
        ("Memory", "yes", "They say so."),
    ]


def split(text):
    header = "".join(line[1:] for line in text.splitlines(keepends=True) if line.startswith("#"))
    return yaml.safe_load(header), "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))


def test_sssom_has_the_slots_that_its_specification_requires(whole, of):
    header, body = split(as_sssom(whole))
    assert header["curie_map"] == {"skos": SKOS, "uuid": "urn:uuid:"}
    assert {"mapping_set_id", "license"} <= header.keys()
    rows = list(csv.DictReader(io.StringIO(body), delimiter="\t"))
    required = ("subject_id", "predicate_id", "object_id", "mapping_justification")
    assert [tuple(row[slot] for slot in required) for row in rows] == [
        (f"uuid:{of['Loading']}", "skos:exactMatch", f"uuid:{of['Usage']}", "semapv:ManualMappingCuration"),
        (f"uuid:{of['Loading']}", "skos:relatedMatch", f"uuid:{of['GPU']}", "semapv:ManualMappingCuration"),
        (f"uuid:{of['Output']}", "skos:mappingRelation", "sssom:NoTermFound", "semapv:ManualMappingCuration"),
    ]
    assert [row["object_label"] for row in rows] == ["Usage", "GPU", ""]


def test_sssom_cites_and_says_what_is_uncertain(whole):
    taxonomy = whole.crosswalk.right.taxonomy
    taxonomy.citation, taxonomy.reservations = "A. Author: Faults. 2020", "Two are missing."
    header, _ = split(as_sssom(whole))
    assert header["comment"].endswith("A. Author: Faults. 2020. Two are missing.")


def test_turtle_holds_the_mapping_triples(whole, of):
    graph = Graph().parse(data=as_turtle(whole), format="turtle")
    triples = {(s, str(p).removeprefix(SKOS), o) for s, p, o in graph if str(p).endswith("Match")}
    subject = URIRef(of["Loading"].urn)
    assert triples == {
        (subject, "exactMatch", URIRef(of["Usage"].urn)),
        (subject, "relatedMatch", URIRef(of["GPU"].urn)),
    }
    labels = {str(o) for _, p, o in graph if str(p) == SKOS + "prefLabel"}
    assert labels == {"Loading", "Usage", "GPU"}


def shown(found, opened=""):
    made = matrix(found, opened)
    return (
        [head.node.code.name for head in made.columns],
        {head.node.code.name: ([cell.marks for cell in cells], none, open_) for head, cells, none, open_ in made.rows},
    )


def test_matrix_of_small_trees_shows_every_code(whole):
    columns, rows = shown(whole)
    assert columns == ["Hardware", "GPU", "Usage"]
    assert rows == {
        "Loading": (["", "~", "="], 0, 0),
        "Output": (["", "", ""], 1, 0),
        "Memory": (["", "", ""], 0, 1),
    }


def test_closed_category_counts_what_stands_below_it(alone, of, rater_a):
    links = [Link(of["Hardware"], "broader"), Link(of["GPU"], "broader"), Link(of["Usage"], "close")]
    map_code(crosswalk=alone, left=of["Memory"], links=links, by=rater_a)
    found = open_for_all(get_crosswalk(alone.left.taxonomy.study, alone.pk))
    columns, rows = shown(found, "none")
    assert (columns, rows["Memory"][0]) == (["Hardware", "Usage"], ["⊂2", "≈"])
    assert matrix(found, "none").rows[2][1][0].words == "broader (2)"


def test_categories_open_one_by_one_and_all_at_once(whole, of):
    closed = matrix(whole, "none")
    assert (closed.every, closed.columns[0].toggled) == ("all", str(of["Hardware"]))
    opened = matrix(whole, str(of["Hardware"]))
    assert [head.node.code.name for head in opened.columns] == ["Hardware", "GPU", "Usage"]
    assert (opened.every, opened.columns[0].toggled, opened.columns[1].toggled) == ("none", "none", "")
    assert shown(whole, "all") == shown(whole)
    assert shown(whole, f"{uuid.uuid4()},rubbish") == shown(whole, "none")


def test_large_tree_begins_closed(study, ours, members, lead):
    wide = factories.taxonomy(study, [f"Top {n}" for n in range(SMALL)], by=lead)
    Code.objects.create(version=wide, name="Below", position=0, parent=wide.codes.first())
    made = begin_crosswalk(left=ours, right=wide, mappers=[members["lead"]], by=lead)
    assert "Below" not in shown(open_for_all(made))[0]
    assert "Below" in shown(open_for_all(made), "all")[0]


def parts(text):
    root = ElementTree.fromstring(text)  # our own
    names = [element.text for element in root.iter() if element.tag.endswith("text")]
    lines = [element.find("./{*}path/{*}title").text for element in root.iter() if element.tag.endswith("}g")]
    lines += [element.find("./path/title").text for element in root.iter("g")]
    return names, lines


def test_figure_has_a_name_a_code_and_a_line_a_relation(whole):
    names, lines = parts(svg(whole))
    assert {"1 Loading", "2 Output", "3 Memory", "1 Hardware", "1.1 GPU", "2 Usage"} <= set(names)
    assert lines == ["Loading: exact: Usage", "Loading: related: GPU"]
    assert {"exact", "related"} <= set(names)
    assert "close" not in names


def test_figure_as_a_file_stands_alone(whole):
    root = ElementTree.fromstring(svg(whole, alone=True))  # our own
    assert (root.tag, root.get("color")) == ("{http://www.w3.org/2000/svg}svg", "#111")
    assert parts(svg(whole, alone=True)) == parts(svg(whole))
    assert png(whole)[:8] == b"\x89PNG\r\n\x1a\n"


def test_figure_of_long_taxonomies_leaves_out_what_no_line_reaches(study, ours, members, lead, of):
    name = "N" * 200
    wide = factories.taxonomy(study, [*(f"Top {n}" for n in range(MOST_RIGHT)), name], by=lead)
    made = begin_crosswalk(left=ours, right=wide, mappers=[members["lead"]], by=lead)
    map_code(crosswalk=made, left=of["Memory"], links=[Link(wide.codes.get(name=name).uid, "broader")], by=lead)
    names, _ = parts(svg(open_for_all(made)))
    assert f"and {MOST_RIGHT} more without a line" in names
    assert max(len(text) for text in names if text.startswith("61 ")) == LETTERS


def test_names_are_text_in_the_figure(study, ours, members, lead, of):
    odd = factories.taxonomy(study, ["</text><script>\x01"], by=lead)
    made = begin_crosswalk(left=ours, right=odd, mappers=[members["lead"]], by=lead)
    map_code(crosswalk=made, left=of["Memory"], links=[Link(odd.codes.get().uid, "close")], by=lead)
    assert "1 </text><script> " in parts(svg(open_for_all(made)))[0]
