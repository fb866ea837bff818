"""Who gets what on the first pages, in agreement, findings and exports."""

from pathlib import Path
from typing import Any

from analysis.models import Export
from analysis.services.exports import folder
from annotator.states import Kind, Phase
from jobs.models import State
from taxonomy.services.crosswalks import begin_crosswalk
from tests import factories
from tests.access import (
    API_MEMBERS_ONLY,
    EVERYONE_SIGNED_IN,
    LEAD_ONLY,
    LEAD_ONLY_WRITE,
    MEMBERS_ONLY,
    SIGN_IN,
    Row,
    page,
)


def closed(world: Any) -> dict[str, Any]:
    return {"slug": world.study.slug, "number": world.closed.number}


def running(world: Any) -> dict[str, Any]:
    return {"slug": world.study.slug, "number": world.running.number}


def cell(world: Any) -> dict[str, Any]:
    return {"round": world.closed.number, "row": "Loading", "column": "Loading"}


def hidden_cell(world: Any) -> dict[str, Any]:
    return {"round": world.running.number, "row": "Loading", "column": "Loading"}


def export(world: Any) -> dict[str, Any]:
    job = factories.job(world.study, world.members["lead"].user, "analysis.export", State.DONE)
    made = Export.objects.create(job=job, file=f"access-{job.pk}.zip", sha256="0" * 64, rows=1, size=1)
    Path(folder()).mkdir(parents=True, exist_ok=True)
    (folder() / made.file).write_bytes(b"x")
    return {"slug": world.study.slug, "export_id": made.pk}


def crosswalk(world: Any) -> dict[str, Any]:
    theirs = factories.taxonomy(world.study, ("Hardware",), by=world.members["lead"].user)
    lead = world.members["lead"]
    made = begin_crosswalk(left=world.version, right=theirs, mappers=[lead], by=lead.user)
    return {"slug": world.study.slug, "crosswalk_id": made.pk}


def blind_crosswalk(world: Any) -> dict[str, Any]:
    theirs = factories.taxonomy(world.study, ("Hardware",), by=world.members["lead"].user)
    two = [world.members["lead"], world.members["rater_a"]]
    made = begin_crosswalk(left=world.version, right=theirs, mappers=two, by=two[0].user)
    return {"slug": world.study.slug, "crosswalk_id": made.pk}


BLIND = page(SIGN_IN, 404, 403, 403, 403)


def calibrating(phase: str) -> Any:
    def make(world: Any) -> dict[str, Any]:
        raters = [world.members["rater_a"]]
        made = factories.round_of(world.version, world.issues[:1], raters, phase=phase, kind=Kind.CALIBRATION)
        return {"slug": world.study.slug, "number": made.number}

    return make


ROWS = [
    Row("calibration", MEMBERS_ONLY, kwargs=calibrating(Phase.DISCUSSION)),
    Row("calibration", page(SIGN_IN, 404, 403, 403, 403), kwargs=calibrating(Phase.INDEPENDENT), why="running"),
    Row("calibration", page(SIGN_IN, 404, 403, 403, 403), kwargs=closed, why="no calibration"),
    Row("home", EVERYONE_SIGNED_IN, kwargs=lambda world: {}),
    Row("compare", EVERYONE_SIGNED_IN, kwargs=lambda world: {}),
    Row(
        "compare", EVERYONE_SIGNED_IN, method="post", kwargs=lambda world: {},
        data=lambda world: {"table": "days,label\n1,a\n", "value": "days", "group": "label"},
    ),
    Row("calculator", EVERYONE_SIGNED_IN, kwargs=lambda world: {}),
    Row(
        "calculator",
        EVERYONE_SIGNED_IN,
        method="post",
        kwargs=lambda world: {},
        data=lambda world: {"ratings": "a,b\nx,x\ny,x", "weights": "unweighted", "ci": "none", "seed": 1},
        why="figures of a pasted table",
    ),
    Row("study", MEMBERS_ONLY),
    Row("agreement", MEMBERS_ONLY),
    Row("agreement_issues", MEMBERS_ONLY, data=cell),
    Row("agreement_issues", page(SIGN_IN, 404, 403, 403, 403), data=hidden_cell, why="of a running round"),
    Row("findings", MEMBERS_ONLY),
    Row(
        "findings_refresh",
        page(SIGN_IN, 404, 302, 302, 302),
        method="post",
        data=lambda world: {"version": world.version.pk},
    ),
    Row("sample_size", LEAD_ONLY),
    Row("resolution_time", LEAD_ONLY),
    Row(
        "resolution_time", LEAD_ONLY_WRITE, method="post",
        data=lambda world: {
            "start": "creation", "end": "first_close", "reasons": ["completed"], "unit": "days", "zone": "UTC",
        },
    ),
    Row("saturation", MEMBERS_ONLY),
    Row(
        "stop_rule", LEAD_ONLY_WRITE, method="post",
        data=lambda world: {"base": 10, "run": 5, "threshold_percent": 0},
    ),
    Row("stop_rule", LEAD_ONLY, method="post", why="without numbers: shown again"),
    Row("saturation_picture", MEMBERS_ONLY, kwargs=lambda world: {"slug": world.study.slug, "kind": "svg"}),
    Row("crosswalk_report", MEMBERS_ONLY, kwargs=crosswalk),
    Row("crosswalk_report", BLIND, kwargs=blind_crosswalk, why="of two who map independently"),
    Row("crosswalk_table", MEMBERS_ONLY, kwargs=lambda world: crosswalk(world) | {"kind": "tex"}),
    Row("crosswalk_table", BLIND, kwargs=lambda world: blind_crosswalk(world) | {"kind": "csv"}, why="while blind"),
    Row("exports", LEAD_ONLY),
    Row("export_new", LEAD_ONLY_WRITE, method="post", data=lambda world: {"taxonomy": world.version.taxonomy_id}),
    Row("export_file", LEAD_ONLY, kwargs=export),
    Row("api-agreement", API_MEMBERS_ONLY, kwargs=closed),
    Row("api-agreement", page(403, 404, 403, 403, 403), kwargs=running, why="of a running round"),
    Row("api-findings", API_MEMBERS_ONLY),
    Row(
        "api-saturation", API_MEMBERS_ONLY,
        kwargs=lambda world: {"slug": world.study.slug, "taxonomy_id": world.version.taxonomy_id},
    ),
]  # fmt: skip
