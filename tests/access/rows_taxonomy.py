"""Who gets what in the room of taxonomies."""

import uuid

from tests.access import API_MEMBERS_ONLY, LEAD_ONLY, LEAD_ONLY_WRITE, MEMBERS_ONLY, Row, page

API_LEAD_ONLY = page(403, 404, 403, 403, 200)


def draft(world):
    return {"slug": world.study.slug, "taxonomy_id": world.draft.taxonomy_id}


def version(world):
    return {"slug": world.study.slug, "taxonomy_id": world.version.taxonomy_id, "number": 1}


def published(world):
    return {"slug": world.study.slug, "taxonomy_id": world.version.taxonomy_id}


def code(world):
    return draft(world) | {"uid": world.draft.codes.order_by("position").last().uid}


def published_code(world):
    return published(world) | {"uid": world.version.codes.first().uid}


def unknown_code(world):
    return draft(world) | {"uid": uuid.UUID(int=0)}


NEW = {"data": lambda world: {"name": "Speed"}}
LEAVES = {"levels": "leaves", "several_codes": "several"}
ONE = {"levels": "leaves", "several_codes": False}
NOWHERE = page("sign in", 404, 403, 403, 404)

ROWS = [
    Row("taxonomy", MEMBERS_ONLY),
    Row("taxonomy_new", LEAD_ONLY),
    Row("taxonomy_new", LEAD_ONLY_WRITE, method="post", **NEW),
    Row("taxonomy_version", MEMBERS_ONLY, kwargs=version),
    Row("taxonomy_draft", LEAD_ONLY, kwargs=draft),
    Row("taxonomy_draft", NOWHERE, kwargs=published, why="there is none"),
    Row("taxonomy_draft", LEAD_ONLY_WRITE, method="post", kwargs=published, why="begins one"),
    Row("taxonomy_publish", LEAD_ONLY, kwargs=draft),
    Row("taxonomy_publish", LEAD_ONLY, method="post", kwargs=draft, why="without what was seen: asked again"),
    Row("code_new", LEAD_ONLY, kwargs=draft),
    Row("code_new", LEAD_ONLY_WRITE, method="post", kwargs=draft, **NEW),
    Row("code_edit", LEAD_ONLY, kwargs=code),
    Row("code_edit", LEAD_ONLY_WRITE, method="post", kwargs=code, **NEW),
    Row("code_edit", NOWHERE, method="post", kwargs=published_code, why="published", **NEW),
    Row("code_edit", NOWHERE, kwargs=unknown_code, why="unknown"),
    Row("code_move", LEAD_ONLY_WRITE, method="post", kwargs=code, data=lambda world: {"step": "up"}),
    Row("code_rename", LEAD_ONLY_WRITE, method="post", kwargs=code, **NEW),
    Row("draft_undo", LEAD_ONLY_WRITE, method="post", kwargs=draft),
    Row("draft_settings", LEAD_ONLY_WRITE, method="post", kwargs=draft, data=lambda world: LEAVES),
    Row("code_remove", LEAD_ONLY_WRITE, method="post", kwargs=code),
    Row("code_replace", LEAD_ONLY, kwargs=code),
    Row("code_replace", LEAD_ONLY_WRITE, method="post", kwargs=code, data=lambda world: {"act": "retire", "note": "-"}),
    Row("code_replace", NOWHERE, kwargs=published_code, why="published"),
    Row("taxonomy_changes", MEMBERS_ONLY, kwargs=published),
    Row("taxonomy_changes", page("sign in", 404, 404, 404, 404), kwargs=draft, why="nothing is published"),
    Row("api-changes", API_MEMBERS_ONLY, kwargs=published),
    Row(
        "api-draft-replace",
        API_LEAD_ONLY,
        method="post",
        kwargs=code,
        data=lambda world: {"kind": "retire", "note": "-"},
    ),
    Row("api-taxonomies", API_MEMBERS_ONLY),
    Row("api-versions", API_MEMBERS_ONLY, kwargs=published),
    Row("api-codes", API_MEMBERS_ONLY, kwargs=version),
    Row("api-draft-codes", API_LEAD_ONLY, kwargs=draft),
    Row("api-draft-codes", page(403, 404, 403, 403, 201), method="post", kwargs=draft, **NEW),
    Row("api-draft-code", API_LEAD_ONLY, method="patch", kwargs=code, **NEW),
    Row("api-draft-code", page(403, 404, 403, 403, 204), method="delete", kwargs=code),
    Row("api-draft-move", API_LEAD_ONLY, method="post", kwargs=code, data=lambda world: {"where": "below"}),
    Row(
        "api-draft-settings",
        API_LEAD_ONLY,
        method="put",
        kwargs=draft,
        data=lambda world: LEAVES | {"several_codes": True},
    ),
    Row("api-draft-publish", API_LEAD_ONLY, method="post", kwargs=draft),
]
