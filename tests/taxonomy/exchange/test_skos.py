"""SKOS in Turtle and JSON-LD: what comes back, what others write, and that nothing is fetched."""

import json
import socket

import pytest
from hypothesis import given, settings
from rdflib import Graph
from rdflib.namespace import RDF, SKOS

from studies.errors import Invalid
from taxonomy.exchange import skos
from taxonomy.exchange.formats import read, write
from tests.taxonomy.exchange import CODEBOOKS

HEAD = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix : <http://e.org/> .\n"
CONTEXT = {"skos": "http://www.w3.org/2004/02/skos/core#"}


def turtle(text):
    return (HEAD + text).encode()


def problems(content, name=""):
    with pytest.raises(Invalid) as refused:
        read(content, name)
    return refused.value.messages


@pytest.mark.parametrize("form", ["ttl", "jsonld"])
@settings(max_examples=20)
@given(book=CODEBOOKS)
def test_what_is_written_is_read_as_the_same(form, book):
    again = read(write(book, form), f"codes.{form}")
    assert (again, again.remarks) == (book, ())


@settings(max_examples=5)
@given(book=CODEBOOKS)
def test_what_is_written_is_skos(book):
    graph = Graph().parse(data=write(book, "ttl"), format="turtle")
    (scheme,) = graph.subjects(RDF.type, SKOS.ConceptScheme)
    assert len(set(graph.subjects(SKOS.inScheme, scheme))) == len(book.codes)
    assert len(set(graph.objects(scheme, SKOS.hasTopConcept))) == sum(code.parent is None for code in book.codes)
    assert {str(label) for label in graph.objects(None, SKOS.prefLabel)} == {book.name, *[c.name for c in book.codes]}


def test_order_of_many_siblings_survives():
    names = [f"C{n}" for n in range(25, 0, -1)]
    book = read(json.dumps({"codes": [{"name": name} for name in names]}).encode())
    assert [code.name for code in read(write(book, "ttl"), "x.ttl").codes] == names


def test_scheme_of_others_is_read_with_what_it_has_no_place_for():
    book = read(
        turtle("""
        :s a skos:ConceptScheme ; skos:prefLabel "Themen"@de, "Topics"@en .
        :b a skos:Concept ; skos:prefLabel "B"@en ; skos:inScheme :s ; skos:notation "10" ; skos:scopeNote "Plain." .
        :a skos:topConceptOf :s ; skos:prefLabel "Ä"@de, "A"@en, "Á"@es ; skos:notation "9" ;
           skos:altLabel "Alpha", "1st" ;
           skos:narrower :a1 ; skos:definition "What A is."@en ; skos:example "two", "one" ;
           skos:scopeNote "Use when: so.", "Not when: otherwise.", "Ask." .
        :a1 a skos:Concept ; skos:prefLabel "A1" ; skos:exactMatch <http://x.org/1> .
        """)
    )
    a, a1, b = book.codes
    assert (book.name, book.kind, [code.name for code in book.codes]) == ("Topics", "coding", ["A", "A1", "B"])
    assert (a.parent, a1.parent, b.parent) == (None, a.uid, None)
    assert (a.definition, a.examples, a.use_when, a.avoid_when, a.notes) == (
        "What A is.", "one\ntwo", "so.", "otherwise.", "Ask.",
    )  # fmt: skip
    assert b.notes == "Plain."
    assert book.remarks == (
        "Left out: 2 × http://www.w3.org/2004/02/skos/core#altLabel.",
        "Left out: 1 × http://www.w3.org/2004/02/skos/core#exactMatch.",
    )


def test_identifiers_of_others_give_the_same_uids_each_time():
    content = turtle(':a a skos:Concept ; skos:prefLabel "A" .')
    assert read(content).codes == read(content).codes


def test_json_ld_with_its_context_written_out_is_read():
    whole = {"@context": [CONTEXT], "@id": "http://e.org/a", "@type": "skos:Concept", "skos:prefLabel": "A"}
    assert [code.name for code in read(json.dumps(whole).encode()).codes] == ["A"]


def test_faults_are_named():
    assert problems(turtle(':a a skos:Concept ; skos:prefLabel "A" ; skos:broader :b, :c .\n'
                           ':b a skos:Concept ; skos:prefLabel "B" ; skos:broader :c .\n'
                           ":c a skos:Concept ; skos:broader :b .")) == [
        "Concept http://e.org/c: A code needs a name.",
        "Concept http://e.org/a “A”: it has several broader concepts. Keep one of them.",
    ]  # fmt: skip
    assert problems(turtle(':a a skos:Concept ; skos:prefLabel "A" ; skos:broader :b .\n'
                           ':b a skos:Concept ; skos:prefLabel "B" ; skos:broader :a .')) == [
        "Concept http://e.org/a “A”: it stands below itself. Correct its parent.",
        "Concept http://e.org/b “B”: it stands below itself. Correct its parent.",
    ]  # fmt: skip
    two = ":s a skos:ConceptScheme . :t a skos:ConceptScheme . :a skos:inScheme :s . :b skos:inScheme :t ."
    assert problems(turtle(two)) == [
        "The file holds 2 concept schemes: http://e.org/s, http://e.org/t. Keep one of them."
    ]
    assert problems(turtle(":s a skos:ConceptScheme .")) == ["The file has no codes."]
    assert problems(turtle(":a :b :c :d ."))[0].startswith("The file cannot be read: at line 3")
    assert problems(b'{"@graph": [')[0].startswith("This is not JSON-LD: Expecting value: line 1 column 13")


def test_only_what_a_taxonomy_needs_is_read(monkeypatch):
    monkeypatch.setattr(skos, "MOST_TRIPLES", 30)
    many = " ".join(f":c{n} a skos:Concept ." for n in range(40))
    assert problems(turtle(many)) == ["The file has more than 30 triples. Keep the one scheme that is wanted."]
    monkeypatch.undo()
    assert problems(turtle(" ".join(f":c{n} a skos:Concept ." for n in range(10_000)))) == [
        "The file has 10000 codes; a taxonomy has at most 2000."
    ]
    for content in (turtle(":a :b " + "[:b " * 3000), b'{"@graph":' + b"[" * 50_000):
        assert problems(content)[0].startswith("The file nests deeper") or "JSON-LD" in problems(content)[0]


ELSEWHERE = "http://127.0.0.1:9/context"


@pytest.mark.parametrize(
    "whole",
    [
        {"@context": ELSEWHERE, "@id": "x:a"},
        {"@context": [CONTEXT, ELSEWHERE], "@id": "x:a"},
        {"@context": {"@import": ELSEWHERE}, "@id": "x:a"},
        {"@context": {"t": {"@id": "x:t", "@context": ELSEWHERE}}, "t": {"a": 1}},
        {"@graph": [{"@id": "x:a", "@context": "file:///etc/passwd"}]},
    ],
    ids=["text", "list", "import", "scoped", "file"],
)
def test_context_elsewhere_is_refused(whole, monkeypatch):
    assert problems(json.dumps(whole).encode(), "x.jsonld") == [
        "The file refers to a context elsewhere, and nothing is fetched. Write the context out."
    ]


def test_nothing_is_fetched(monkeypatch):
    """Not even a name is looked up, whatever a file imports or names as its schema."""
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asking, **more: asked.append(asking))
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: asked.append(address))
    content = turtle("""@prefix owl: <http://www.w3.org/2002/07/owl#> .
        <http://127.0.0.1:9/o> a owl:Ontology ; owl:imports <http://127.0.0.1:9/x> .
        :a a skos:Concept ; skos:prefLabel "A" ; skos:inScheme <http://127.0.0.1:9/s> .""")
    book = read(content)
    read(write(book, "jsonld"))
    assert ([code.name for code in book.codes], asked) == (["A"], [])
