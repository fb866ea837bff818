"""SKOS, the vocabulary of thesauri (www.w3.org/TR/skos-reference), in Turtle and in JSON-LD.

A taxonomy is a ConceptScheme, a code a Concept whose notation is its number in reading order. What is to be told apart
stands in scope notes that begin with a heading; what SKOS has no word for has one under `urn:x-intercoder:`.
"""

import json
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, SKOS, XSD
from rdflib.plugins.parsers.jsonld import to_rdf
from rdflib.term import Node

from studies.errors import Invalid
from taxonomy.exchange.codebook import Codebook, Entry, assemble, check_number, numbers_of
from taxonomy.queries import CodeRecord

OWN = Namespace("urn:x-intercoder:")
MOST_TRIPLES = 100_000
NOTES = {"use_when": "Use when: ", "avoid_when": "Not when: ", "notes": "Notes for raters: "}
TRAITS = {
    "selectable": OWN.selectable, "exclusive_group": OWN.exclusiveGroup, "colour": OWN.colour, "key": OWN.key,
}  # fmt: skip
HEAD = {
    "name": SKOS.prefLabel, "purpose": DCTERMS.description, "kind": OWN.kind,
    "citation": DCTERMS.bibliographicCitation, "reservations": SKOS.editorialNote, "levels": OWN.levels,
    "several_codes": OWN.severalCodes, "version": OWL.versionInfo, "published": DCTERMS.issued, "note": SKOS.changeNote,
}  # fmt: skip
TITLES = (SKOS.prefLabel, DCTERMS.title, URIRef("http://purl.org/dc/elements/1.1/title"))
STRUCTURE = {
    RDF.type, SKOS.prefLabel, SKOS.definition, SKOS.scopeNote, SKOS.note, SKOS.example, SKOS.notation, SKOS.broader,
    SKOS.narrower, SKOS.inScheme, SKOS.topConceptOf, SKOS.hasTopConcept, *TRAITS.values(),
}  # fmt: skip
URN = "urn:uuid:"


class BoundedGraph(Graph):
    """Refuses to grow beyond what a taxonomy needs, while it is read."""

    def add(self, triple: Any) -> "BoundedGraph":
        if len(self) >= MOST_TRIPLES:
            raise Invalid(f"The file has more than {MOST_TRIPLES} triples. Keep the one scheme that is wanted.")
        super().add(triple)
        return self


def read_turtle(content: bytes) -> Codebook:
    def parse(graph: Graph) -> None:
        graph.parse(data=content, format="turtle", publicID="urn:x-file:")

    return codebook_in(filled(parse))


def read_json_ld(content: bytes) -> Codebook:
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Invalid(f"This is not JSON-LD: {str(error)[:200]}. Correct it and try again.") from error
    check_contexts(whole)
    return codebook_in(filled(lambda graph: to_rdf(whole, graph, base="urn:x-file:")))


def check_contexts(whole: Any) -> None:
    """A context that is named, not written out, would be fetched: it is refused before the parser sees it."""
    waiting = [whole]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "@import" in value or any(isinstance(part, str) for part in as_list(value.get("@context"))):
                raise Invalid("The file refers to a context elsewhere, and nothing is fetched. Write the context out.")
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def filled(parse: Callable[[Graph], object]) -> Graph:
    graph = BoundedGraph()
    try:
        parse(graph)
    except Invalid:
        raise
    except RecursionError as error:
        raise Invalid("The file nests deeper than a taxonomy needs.") from error
    except Exception as error:  # the parsers raise whatever comes up
        sentence = " ".join(str(error).split())[:300]
        raise Invalid(f"The file cannot be read: {sentence}. Correct it and try again.") from error
    return graph


def codebook_in(graph: Graph) -> Codebook:
    scheme = scheme_in(graph)
    concepts = concepts_of(graph, scheme)
    check_number(len(concepts))
    below = broader_of(graph, concepts)
    entries = [entry_of(graph, concept, below.get(concept, [])) for concept in in_order(graph, concepts)]
    head = head_in(graph, scheme) if scheme else {}
    return assemble(head, entries, remarks_on(graph, scheme, concepts))


def scheme_in(graph: Graph) -> Node | None:
    """The scheme that has concepts. Invalid when several have some."""
    schemes = sorted(set(graph.subjects(RDF.type, SKOS.ConceptScheme)), key=str)
    used = [scheme for scheme in schemes if concepts_in(graph, scheme)]
    if len(used) > 1:
        names = ", ".join(str(scheme) for scheme in used[:5])
        raise Invalid(f"The file holds {len(used)} concept schemes: {names}. Keep one of them.")
    return next(iter(used or schemes), None)


def concepts_in(graph: Graph, scheme: Node) -> set[Node]:
    found = {*graph.subjects(SKOS.inScheme, scheme), *graph.subjects(SKOS.topConceptOf, scheme)}
    return found | set(graph.objects(scheme, SKOS.hasTopConcept))


def concepts_of(graph: Graph, scheme: Node | None) -> list[Node]:
    """All concepts of the file: one that says no scheme belongs to the only one."""
    inside = concepts_in(graph, scheme) if scheme else set()
    return sorted(inside | set(graph.subjects(RDF.type, SKOS.Concept)), key=str)


def broader_of(graph: Graph, concepts: Iterable[Node]) -> dict[Node, list[Node]]:
    pairs = {(below, above) for below, above in graph.subject_objects(SKOS.broader)}
    pairs |= {(below, above) for above, below in graph.subject_objects(SKOS.narrower)}
    known, found = set(concepts), dict[Node, list[Node]]()
    for below, above in sorted(pairs, key=str):
        if above in known:
            found.setdefault(below, []).append(above)
    return found


def in_order(graph: Graph, concepts: list[Node]) -> list[Node]:
    """By notation, numbers in it as numbers, else by name: the order of siblings."""
    return sorted(concepts, key=lambda one: (natural(graph.value(one, SKOS.notation)), said_of(graph, one, TITLES)))


def natural(notation: Node | None) -> list[tuple[int, str]]:
    parts = re.findall(r"\d{1,9}|\D+", str(notation or "~"))
    return [(int(part), "") if part.isdecimal() else (10**9, part) for part in parts]


def said_of(graph: Graph, subject: Node, properties: Iterable[Node]) -> str:
    """The first of these properties, without a language or in English before other languages."""
    for name in properties:
        found = sorted(graph.objects(subject, name), key=language_first)
        if found:
            return str(found[0])
    return ""


def language_first(value: Node) -> tuple[int, str, str]:
    language = (value.language or "") if isinstance(value, Literal) else "~"
    return (("", "en").index(language) if language in ("", "en") else 2, language, str(value))


def entry_of(graph: Graph, concept: Node, above: list[Node]) -> Entry:
    said: dict[str, Any] = {
        "name": said_of(graph, concept, TITLES),
        "definition": said_of(graph, concept, [SKOS.definition]),
        "examples": "\n".join(sorted(str(example) for example in graph.objects(concept, SKOS.example))),
        **notes_of(graph, concept),
    }
    said |= {name: str(value) for name, of in TRAITS.items() if (value := graph.value(concept, of)) is not None}
    wrong = "it has several broader concepts. Keep one of them." if len(above) > 1 else ""
    key = str(concept)
    parent = str(above[0]) if above else ""
    return Entry(f"Concept {key[:120]}", said, (key,), parent, uid_of(key), wrong)


def notes_of(graph: Graph, concept: Node) -> dict[str, str]:
    """Scope notes by their heading; those without one are notes."""
    found: dict[str, list[str]] = {name: [] for name in NOTES}
    texts = sorted(str(note) for of in (SKOS.scopeNote, SKOS.note) for note in graph.objects(concept, of))
    for text in texts:
        name = next((name for name, heading in NOTES.items() if text.startswith(heading)), "notes")
        found[name].append(text.removeprefix(NOTES[name]))
    return {name: "\n".join(told) for name, told in found.items()}


def uid_of(iri: str) -> uuid.UUID:
    """Ours stays; another IRI always gives the same uid, so that reading a file again finds its codes."""
    try:
        return uuid.UUID(iri.removeprefix(URN))
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_URL, iri)


def head_in(graph: Graph, scheme: Node) -> dict[str, Any]:
    told = {name: said_of(graph, scheme, TITLES if name == "name" else [of]) for name, of in HEAD.items()}
    return {name: text for name, text in told.items() if text}


def remarks_on(graph: Graph, scheme: Node | None, concepts: list[Node]) -> list[str]:
    """What the file says that has no place here."""
    known = STRUCTURE | {*HEAD.values(), *TITLES, *([] if scheme is None else [RDF.type])}
    left = Counter(str(of) for concept in concepts for of in graph.predicates(concept) if of not in known)
    return [f"Left out: {count} × {name}." for name, count in left.most_common(10)]


def graph_of(book: Codebook) -> Graph:
    graph = Graph()
    graph.bind("skos", SKOS)
    graph.bind("dcterms", DCTERMS)
    graph.bind("ic", OWN)
    scheme = URIRef(f"{URN}{uuid.uuid5(uuid.NAMESPACE_OID, f'{book.name} {[code.uid for code in book.codes[:1]]}')}")
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    add_texts(graph, scheme, {of: getattr(book, name) for name, of in HEAD.items()})
    numbers = numbers_of(book.codes)
    for code in book.codes:
        add_concept(graph, scheme, code, numbers[code.uid])
    return graph


def add_texts(graph: Graph, subject: URIRef, texts: dict[URIRef, Any]) -> None:
    for of, value in texts.items():
        if value != "":
            graph.add((subject, of, Literal(value, datatype=None if isinstance(value, str) else XSD.boolean)))


def add_concept(graph: Graph, scheme: URIRef, code: CodeRecord, number: str) -> None:
    concept = URIRef(f"{URN}{code.uid}")
    graph.add((concept, RDF.type, SKOS.Concept))
    graph.add((concept, SKOS.inScheme, scheme))
    if code.parent:
        graph.add((concept, SKOS.broader, URIRef(f"{URN}{code.parent}")))
    else:
        graph.add((concept, SKOS.topConceptOf, scheme))
        graph.add((scheme, SKOS.hasTopConcept, concept))
    texts = {SKOS.prefLabel: code.name, SKOS.notation: number, SKOS.definition: code.definition}
    add_texts(graph, concept, texts | {SKOS.example: code.examples, OWN.key: code.key})
    add_texts(graph, concept, {OWN.exclusiveGroup: code.exclusive_group})
    if not code.selectable:
        graph.add((concept, OWN.selectable, Literal(False)))
    if code.colour:
        graph.add((concept, OWN.colour, Literal(code.colour)))
    for name, heading in NOTES.items():
        if text := getattr(code, name):
            graph.add((concept, SKOS.scopeNote, Literal(heading + text)))


def write_turtle(book: Codebook) -> bytes:
    return graph_of(book).serialize(format="turtle", encoding="utf-8")


def write_json_ld(book: Codebook) -> bytes:
    """Expanded, so that it names no context at all."""
    return graph_of(book).serialize(format="json-ld", encoding="utf-8", indent=2, sort_keys=True)
