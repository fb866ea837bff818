"""Who gets what in the room of taxonomies."""

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile

from taxonomy.crosswalks import Link
from taxonomy.services.crosswalks import begin_crosswalk, finish_mapping, map_code
from taxonomy.services.links import open_link
from tests import factories
from tests.access import API_MEMBERS_ONLY, LEAD_ONLY, LEAD_ONLY_WRITE, MEMBERS_ONLY, Row, page

API_LEAD_ONLY = page(403, 404, 403, 403, 200)


def draft(world):
    return {"slug": world.study.slug, "taxonomy_id": world.draft.taxonomy_id}


def version(world):
    return {"slug": world.study.slug, "taxonomy_id": world.version.taxonomy_id, "number": 1}


def version_file(world):
    return version(world) | {"form": "yaml"}


def unknown_file(world):
    return version(world) | {"form": "doccano"}


def draft_file(world):
    return draft(world) | {"form": "csv"}


def published(world):
    return {"slug": world.study.slug, "taxonomy_id": world.version.taxonomy_id}


def a_file(world):
    return {"file": SimpleUploadedFile("Stages.csv", b"name\nStart\nEnd\n")}


def code(world):
    return draft(world) | {"uid": world.draft.codes.order_by("position").last().uid}


def published_code(world):
    return published(world) | {"uid": world.version.codes.first().uid}


def unknown_code(world):
    return draft(world) | {"uid": uuid.UUID(int=0)}


def file(kind):
    return lambda world: version(world) | {"kind": kind}


def link(world):
    return open_link(version=world.version, by=world.members["lead"].user)


def linked(world):
    link(world)
    return version(world)


def public(world, **more):
    return {"key": link(world).key, **more}


def begun(world):
    """A crosswalk that rater_a alone has mapped halfway."""
    theirs = factories.taxonomy(world.study, ("Hardware",), by=world.members["lead"].user)
    return begin_crosswalk(
        left=world.version, right=theirs, mappers=[world.members["rater_a"]], by=world.members["lead"].user
    )


def crosswalk(world):
    return {"slug": world.study.slug, "crosswalk_id": begun(world).pk}


def left_code(world):
    return crosswalk(world) | {"uid": world.version.codes.first().uid}


def finished(world):
    made = begun(world)
    for code in world.version.codes.all():
        map_code(crosswalk=made, left=code.uid, links=[NOTHING], by=world.members["rater_a"].user)
    return made


def done(world):
    made = finished(world)
    finish_mapping(crosswalk=made, by=world.members["rater_a"].user)
    return {"slug": world.study.slug, "crosswalk_id": made.pk, "uid": world.version.codes.first().uid}


def file_of(kind):
    return lambda world: crosswalk(world) | {"kind": kind}


def pair(world):
    theirs = factories.taxonomy(world.study, ("Hardware",), by=world.members["lead"].user)
    return {"left": world.version.pk, "right": theirs.pk, "mappers": [world.members["rater_a"].pk]}


NOTHING = Link(None, "none")
MAPPER_ONLY = page("sign in", 404, 403, 200, 403)
NO_COUNTERPART = {"data": lambda world: {"none": "1"}}

NEW = {"data": lambda world: {"name": "Speed"}}
LEAVES = {"levels": "leaves", "several_codes": "several"}
ONE = {"levels": "leaves", "several_codes": False}
NOWHERE = page("sign in", 404, 403, 403, 404)
ANYONE = page(200, 200, 200, 200, 200)

ROWS = [
    Row("taxonomy", MEMBERS_ONLY),
    Row("taxonomy_new", LEAD_ONLY),
    Row("taxonomy_new", LEAD_ONLY_WRITE, method="post", **NEW),
    Row("taxonomy_import", LEAD_ONLY),
    Row(
        "taxonomy_import",
        page("sign in", 404, 403, 403, 422),
        method="post",
        data=lambda world: {"text": " "},
        why="no file",
    ),
    Row("taxonomy_draft_import", LEAD_ONLY, kwargs=draft),
    Row("taxonomy_draft_import", NOWHERE, kwargs=published, why="there is none"),
    Row("taxonomy_draft_import", LEAD_ONLY, method="post", kwargs=draft, data=lambda world: {"text": "name\nSpeed"}),
    Row("taxonomy_export", MEMBERS_ONLY, kwargs=version),
    Row("taxonomy_file", MEMBERS_ONLY, kwargs=version_file),
    Row("taxonomy_file", page("sign in", 404, 404, 404, 404), kwargs=unknown_file, why="no such format"),
    Row("taxonomy_draft_export", LEAD_ONLY, kwargs=draft),
    Row("taxonomy_draft_file", LEAD_ONLY, kwargs=draft_file),
    Row("api-version-file", API_MEMBERS_ONLY, kwargs=version_file),
    Row("api-draft-file", API_LEAD_ONLY, kwargs=draft_file),
    Row("taxonomy_version", MEMBERS_ONLY, kwargs=version),
    Row("codebook_file", MEMBERS_ONLY, kwargs=file("md")),
    Row("codebook_file", page("sign in", 404, 404, 404, 404), kwargs=file("pdf"), why="no such file"),
    Row("draft_codebook", LEAD_ONLY, kwargs=draft),
    Row("link_open", LEAD_ONLY_WRITE, method="post", kwargs=version),
    Row("link_end", LEAD_ONLY_WRITE, method="post", kwargs=linked),
    Row("public_codebook", ANYONE, kwargs=public, why="by its link"),
    Row("public_codebook", page(404, 404, 404, 404, 404), kwargs=lambda world: {"key": "x"}, why="no such link"),
    Row("public_codebook_file", ANYONE, kwargs=lambda world: public(world, kind="json"), why="by its link"),
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
    Row("published_new", LEAD_ONLY),
    Row("published_new", LEAD_ONLY_WRITE, method="post", data=lambda world: {"key": "herzig2013"}),
    Row("crosswalks", MEMBERS_ONLY),
    Row("crosswalk_new", LEAD_ONLY),
    Row("crosswalk_new", LEAD_ONLY_WRITE, method="post", data=pair),
    Row("crosswalk", MEMBERS_ONLY, kwargs=crosswalk),
    Row("crosswalk_map", MAPPER_ONLY, kwargs=left_code),
    Row("crosswalk_map", page("sign in", 404, 403, 302, 403), method="post", kwargs=left_code, **NO_COUNTERPART),
    Row(
        "crosswalk_done",
        page("sign in", 404, 403, 302, 403),
        method="post",
        kwargs=lambda world: {"slug": world.study.slug, "crosswalk_id": finished(world).pk},
    ),
    Row("crosswalk_discard", LEAD_ONLY_WRITE, method="post", kwargs=crosswalk),
    Row("crosswalk_decide", LEAD_ONLY, kwargs=done),
    Row("crosswalk_decide", page("sign in", 404, 403, 403, 403), kwargs=left_code, why="nobody is done"),
    Row(
        "crosswalk_decide",
        LEAD_ONLY_WRITE,
        method="post",
        kwargs=done,
        data=lambda world: {"none": "1", "reason": "It is so."},
    ),
    Row("crosswalk_file", MEMBERS_ONLY, kwargs=file_of("csv")),
    Row("crosswalk_file", page("sign in", 404, 404, 404, 404), kwargs=file_of("doc"), why="unknown kind"),
    Row("api-crosswalks", API_MEMBERS_ONLY),
    Row("api-crosswalk", API_MEMBERS_ONLY, kwargs=crosswalk),
    Row(
        "api-crosswalk-code",
        page(403, 404, 403, 200, 403),
        method="put",
        kwargs=left_code,
        data=lambda world: {"links": [{"right": None, "relation": "none"}]},
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
    Row("api-taxonomy-import", page(403, 404, 403, 403, 201), method="post", data=a_file, sends_file=True),
    Row("api-draft-import", API_LEAD_ONLY, method="post", kwargs=draft, data=a_file, sends_file=True),
]
