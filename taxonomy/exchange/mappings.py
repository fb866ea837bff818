"""A crosswalk as files: CSV, SSSOM (TSV below its metadata as YAML), and SKOS mapping triples in Turtle.

A code is named by its uid as `urn:uuid:…`, the same in every version and file.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from taxonomy.crosswalks import Case, Link, Opened
from taxonomy.models import Relation, Version
from taxonomy.queries import Node

SKOS = "http://www.w3.org/2004/02/skos/core#"
PREDICATES: dict[str, str] = {
    Relation.EXACT: "exactMatch",
    Relation.CLOSE: "closeMatch",
    Relation.BROADER: "broadMatch",
    Relation.NARROWER: "narrowMatch",
    Relation.RELATED: "relatedMatch",
    Relation.NONE: "mappingRelation",  # together with sssom:NoTermFound: no relation of any kind
}
# A spreadsheet runs a cell that begins with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CSV_COLUMNS = (
    "left_uid", "left_number", "left_name", "relation", "right_uid", "right_number", "right_name", "reason",
    "decided", "decision_reason",
)  # fmt: skip
SSSOM_COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification", "mapping_date",
    "comment",
)  # fmt: skip
MANUAL = "semapv:ManualMappingCuration"
ANYBODY_MAY_ASK = "https://w3id.org/sssom/license/unspecified"


@dataclass(frozen=True)
class Row:
    """What holds between two codes; without a right one there is no counterpart."""

    case: Case
    link: Link
    right: Node | None

    @property
    def left(self) -> Node:
        return self.case.node

    @property
    def date(self) -> str:
        return max(said.at for said in [*self.case.given, self.case.decision] if said).date().isoformat()

    @property
    def reasons(self) -> str:
        decided = self.case.decision.reason if self.case.decision else ""
        return " · ".join(part for part in (self.link.reason, decided) if part)


def rows_of(found: Opened) -> Iterator[Row]:
    for case in found.cases:
        for link in case.result or ():
            yield Row(case, link, found.right_by_uid[link.right] if link.right else None)


def as_csv(found: Opened) -> str:
    """One row a relation; a code on which nothing holds yet has one row without a relation."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for row in rows_of(found):
        writer.writerow(map(harmless, csv_cells(row)))
    for case in found.cases:
        if case.is_open:
            writer.writerow(map(harmless, [*named(case.node), *[""] * 7]))
    return out.getvalue()


def csv_cells(row: Row) -> list[str]:
    decision = row.case.decision
    return [
        *named(row.left),
        row.link.relation,
        *(named(row.right) if row.right else ["", "", ""]),
        row.link.reason,
        "yes" if decision else "no",
        decision.reason if decision else "",
    ]


def named(node: Node) -> list[str]:
    return [str(node.code.uid), node.number, node.code.name]


def harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def as_sssom(found: Opened) -> str:
    """SSSOM 1.0, embedded mode: https://mapping-commons.github.io/sssom/."""
    out = io.StringIO(newline="")
    header = yaml.safe_dump(sssom_metadata(found), sort_keys=False, allow_unicode=True, width=10_000)
    out.writelines(f"#{line}\n" for line in header.splitlines())
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(SSSOM_COLUMNS)
    for row in rows_of(found):
        writer.writerow(
            [
                f"uuid:{row.left.code.uid}",
                row.left.code.name,
                f"skos:{PREDICATES[row.link.relation]}",
                f"uuid:{row.right.code.uid}" if row.right else "sssom:NoTermFound",
                row.right.code.name if row.right else "",
                MANUAL,
                row.date,
                row.reasons,
            ]
        )
    return out.getvalue()


def sssom_metadata(found: Opened) -> dict[str, Any]:
    left, right = found.crosswalk.left, found.crosswalk.right
    content = f"{left.content_hash[:16]}-{right.content_hash[:16]}"
    return {
        "curie_map": {"skos": SKOS, "uuid": "urn:uuid:"},
        "mapping_set_id": f"urn:intercoder:crosswalk:{content}",
        "mapping_set_title": str(found.crosswalk),
        "license": ANYBODY_MAY_ASK,
        "subject_source_version": str(left.number),
        "object_source_version": str(right.number),
        "comment": f"Subject: {of(left)} Object: {of(right)}",
    }


def of(version: Version) -> str:
    parts = [str(version), version.taxonomy.citation, version.taxonomy.reservations]
    return " ".join(f"{part.strip().rstrip('.')}." for part in parts if part)


def as_turtle(found: Opened) -> str:
    """The relations as triples between the codes, with their labels. No counterpart is no triple."""
    from rdflib import Graph, Literal, URIRef  # noqa: PLC0415  # heavy, and needed by one download alone
    from rdflib.namespace import SKOS as NAMES  # noqa: PLC0415  # the same

    graph = Graph()
    for row in rows_of(found):
        if row.right:
            left, right = (URIRef(node.code.uid.urn) for node in (row.left, row.right))
            graph.add((left, NAMES[PREDICATES[row.link.relation]], right))
            graph.add((left, NAMES.prefLabel, Literal(row.left.code.name, lang="en")))
            graph.add((right, NAMES.prefLabel, Literal(row.right.code.name, lang="en")))
    return graph.serialize(format="turtle")
