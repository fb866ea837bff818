"""Reading taxonomies: versions, their codes as a tree, and the content that a version's hash covers."""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet

from studies.errors import NotThere
from studies.models import Study, User
from taxonomy.models import Code, Edit, Levels, PublicLink, Purpose, Taxonomy, Version

TEXTS = ("name", "definition", "use_when", "avoid_when", "examples", "notes")
TRAITS = ("selectable", "exclusive_group", "colour", "key")
SETTINGS = ("levels", "several_codes")
COLOURS = 7


@dataclass(frozen=True)
class Node:
    """A code at its place in the tree.

    `depth` is 0 at the top; `number` is what a reader quotes, such as 2.1. `colour` is the code's own or that of the
    code above it; of a top category by its place, 1 to 7, and 0 for the eighth and later.
    """

    code: Code
    depth: int
    colour: int
    number: str
    has_children: bool
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class CodeRecord:
    """A code without its row: what copies, files and hashes carry. `parent` is the uid of the code above it."""

    uid: uuid.UUID
    parent: uuid.UUID | None
    name: str
    definition: str = ""
    use_when: str = ""
    avoid_when: str = ""
    examples: str = ""
    notes: str = ""
    selectable: bool = True
    exclusive_group: str = ""
    colour: int = 0
    key: str = ""


SAID_LATER = {field.name: field.default for field in fields(CodeRecord) if field.name in ("notes", *TRAITS)}


@dataclass(frozen=True)
class Content:
    """All that a version says: its codes in reading order, and its settings."""

    codes: tuple[CodeRecord, ...] = ()
    levels: str = Levels.ANY
    several_codes: bool = True


@dataclass(frozen=True)
class Overview:
    """A taxonomy with the number of its latest published version, if any."""

    taxonomy: Taxonomy
    latest: int | None
    has_draft: bool


def tree(version: Version) -> list[Node]:
    """The version's codes in reading order, each with its place. One query."""
    below: dict[int | None, list[Code]] = {}
    for code in version.codes.order_by("position", "pk"):
        below.setdefault(code.parent_id, []).append(code)
    return list(walk(below, None))


def walk(below: dict[int | None, list[Code]], above: Node | None) -> Iterator[Node]:
    siblings = below.get(above.code.pk if above else None, [])
    for place, code in enumerate(siblings, start=1):
        node = Node(
            code=code,
            depth=above.depth + 1 if above else 0,
            colour=code.colour or (above.colour if above else place if place <= COLOURS else 0),
            number=f"{above.number}.{place}" if above else str(place),
            has_children=code.pk in below,
            is_first=place == 1,
            is_last=place == len(siblings),
        )
        yield node
        yield from walk(below, node)


def may_be_chosen(version: Version, code: Code, *, has_children: bool) -> bool:
    """Whether a rater can say this code: neither its own setting nor that of the version takes it out."""
    fits = {Levels.ANY: True, Levels.LEAVES: not has_children, Levels.TOP: code.parent_id is None}
    return code.selectable and fits[Levels(version.levels)]


def records(version: Version) -> list[CodeRecord]:
    """The version's codes in reading order, parents before children. One query."""
    nodes = tree(version)
    uids = {node.code.pk: node.code.uid for node in nodes}
    return [
        CodeRecord(
            uid=node.code.uid,
            parent=uids[node.code.parent_id] if node.code.parent_id else None,
            **{field: getattr(node.code, field) for field in (*TEXTS, *TRAITS)},
        )
        for node in nodes
    ]


def content_of(version: Version) -> Content:
    """One query."""
    return Content(tuple(records(version)), version.levels, version.several_codes)


def told(code: Code) -> dict[str, Any]:
    """What a person sees of a code, by field; `parent` is the uid of the code above it or empty."""
    said = {field: getattr(code, field) for field in (*TEXTS, *TRAITS)}
    return said | {"parent": str(code.parent.uid) if code.parent else ""}


def settings_of(version: Version) -> dict[str, Any]:
    """What raters may choose at all, as far as it is not the usual."""
    usual = Version()
    return {field: value for field in SETTINGS if (value := getattr(version, field)) != getattr(usual, field)}


def content_hash(codes: Sequence[CodeRecord], settings: Mapping[str, Any]) -> str:
    """SHA-256 over all that the codes say, in their order, and over the version's settings.

    What could be said later only is left out where it is not said: the hash of an earlier version stays as it was."""
    told = [
        {name: value for name, value in asdict(code).items() if name not in SAID_LATER or value != SAID_LATER[name]}
        for code in codes
    ]
    whole = {"codes": told, **settings} if settings else told
    return hashlib.sha256(json.dumps(whole, default=str, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def hash_of(version: Version) -> str:
    """The content hash of what the version says now."""
    return content_hash(records(version), settings_of(version))


def is_whole(version: Version) -> bool:
    """Whether a published version still says what was published."""
    return version.content_hash == hash_of(version)


def overview(study: Study) -> list[Overview]:
    """The study's taxonomies by name. One query."""
    latest = Max("versions__number")
    drafts = Count("versions", filter=Q(versions__number=None))
    found = study.taxonomies.annotate(latest=latest, drafts=drafts).order_by("name", "pk")
    return [Overview(taxonomy, taxonomy.latest, taxonomy.drafts > 0) for taxonomy in found]


def versions_of(taxonomy: Taxonomy) -> QuerySet[Version]:
    """Published versions in order, then the draft, each with `code_count`. One query."""
    versions: QuerySet[Version] = Version.objects.filter(taxonomy=taxonomy).select_related("published_by")
    return versions.annotate(code_count=Count("codes")).order_by(F("number").asc(nulls_last=True))


def published_of(taxonomy: Taxonomy) -> list[Version]:
    """The published versions in order."""
    found = Version.objects.filter(taxonomy=taxonomy, number__isnull=False)
    return list(found.select_related("taxonomy").order_by("number"))


def latest_of(taxonomy: Taxonomy) -> Version | None:
    return next(iter(published_of(taxonomy)[-1:]), None)


def two_of(versions: Sequence[Version], first: str, second: str) -> tuple[Version, Version]:
    """The versions of these numbers, the earlier one first; left out, the latest and the one before it."""
    if not versions:
        raise NotThere("No version of this taxonomy is published yet.")
    by_number = {str(version.number): version for version in versions}
    later = by_number.get(second) if second else versions[-1]
    earlier = by_number.get(first) if first else versions[max(versions.index(later) - 1, 0)] if later else None
    if earlier is None or later is None:
        raise NotThere("This taxonomy has no such version.")
    return (earlier, later) if (earlier.number or 0) <= (later.number or 0) else (later, earlier)


def published_versions(study: Study) -> QuerySet[Version]:
    """All that a round of this study can be coded against, newest first within a taxonomy."""
    return (
        Version.objects.filter(taxonomy__study=study, number__isnull=False)
        .select_related("taxonomy")
        .order_by("taxonomy__name", "taxonomy_id", "-number")
    )


def latest_published(study: Study) -> Version | None:
    """The version published last in this study, of whichever taxonomy that issues are coded with."""
    ours = published_versions(study).filter(taxonomy__kind=Purpose.CODING)
    found: Version | None = ours.order_by("-published_at", "-pk").first()
    return found


def get_taxonomy(study: Study, pk: int) -> Taxonomy:
    taxonomy = study.taxonomies.select_related("study").filter(pk=pk).first()
    if taxonomy is None:
        raise NotThere("There is no such taxonomy in this study.")
    return taxonomy


def find_draft(taxonomy: Taxonomy) -> Version | None:
    found: Version | None = taxonomy.versions.select_related("taxonomy__study").filter(number=None).first()
    return found


def get_draft(taxonomy: Taxonomy) -> Version:
    draft = find_draft(taxonomy)
    if draft is None:
        raise NotThere("This taxonomy has no draft. Start one from its latest version.")
    return draft


def edits_to_undo(draft: Version, user: User) -> QuerySet[Edit]:
    """What this person did to the draft and did not take back, the last first."""
    return Edit.objects.filter(version=draft, by=user, undone=False).order_by("-pk")


def edits_since(draft: Version, user: User, last: int) -> QuerySet[Edit]:
    """What others did to the draft after the edit of this number."""
    return Edit.objects.filter(version=draft, pk__gt=last).exclude(by=user).select_related("by").order_by("pk")


def get_version(taxonomy: Taxonomy, number: int) -> Version:
    version: Version | None = (
        taxonomy.versions.select_related("taxonomy__study", "published_by").filter(number=number).first()
    )
    if version is None:
        raise NotThere("This taxonomy has no such version.")
    return version


def find_code(version: Version, uid: str) -> Code | None:
    """The code of this uid; None for none, NotThere for one that is not in this version."""
    try:
        return get_code(version, uuid.UUID(uid)) if uid else None
    except ValueError as error:
        raise NotThere("There is no such code in this version.") from error


def get_code(version: Version, uid: uuid.UUID) -> Code:
    code: Code | None = version.codes.select_related("version__taxonomy__study", "parent").filter(uid=uid).first()
    if code is None:
        raise NotThere("There is no such code in this version.")
    return code


def find_link(version: Version) -> PublicLink | None:
    """The public link that is on, if any."""
    found: PublicLink | None = version.public_links.filter(ended_at=None).first()
    return found


def get_public_link(key: str) -> PublicLink:
    """NotThere when the key is unknown or the link was switched off: the two look the same."""
    link = PublicLink.objects.select_related("version__taxonomy__study").filter(key=key, ended_at=None).first()
    if link is None:
        raise NotThere("There is no such page, or it was switched off.")
    return link
