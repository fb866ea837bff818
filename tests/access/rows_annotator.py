"""Who gets what in rounds, coding, disagreements and decisions."""

import uuid
from typing import Any

from annotator.models import Assignment
from annotator.states import Kind, Phase
from corpus.services.uploads import token_of
from tests import factories
from tests.access import API_MEMBERS_ONLY, LEAD_ONLY, LEAD_ONLY_WRITE, MEMBERS_ONLY, SIGN_IN, Row, page


def of(name: str) -> Any:
    return lambda world: {"slug": world.study.slug, "number": getattr(world, name).number}


def given(world: Any) -> int:
    return Assignment.objects.get(member=world.members["rater_a"], round_issue=world.running.round_issues.first()).pk


def one(world: Any) -> dict[str, Any]:
    return {**of("running")(world), "assignment_id": given(world)}


def proposal(world: Any) -> dict[str, Any]:
    return {"assignment": given(world), "name": "Licences", "client_id": str(uuid.uuid4())}


def proposed(world: Any) -> dict[str, Any]:
    return {**of("running")(world), "proposal_id": world.proposal.pk}


def card(world: Any) -> dict[str, Any]:
    return {**of("closed")(world), "key": f"p{world.sorted.pk}"}


def decided(world: Any) -> dict[str, Any]:
    return {**of("closed")(world), "issue_id": world.issues[1].pk}


def submit(world: Any) -> dict[str, Any]:
    return {
        "assignment": given(world),
        "outcome": "none",
        "client_id": str(uuid.uuid4()),
        "seen": "0",
        "answer": "none",
    }


def calibrating(phase: str) -> Any:
    def make(world: Any) -> dict[str, Any]:
        raters = [world.members["rater_a"]]
        made = factories.round_of(world.version, world.issues[:1], raters, phase=phase, kind=Kind.CALIBRATION)
        return {"slug": world.study.slug, "number": made.number}

    return make


def calibrated_issue(world: Any) -> dict[str, Any]:
    return {**calibrating(Phase.INDEPENDENT)(world), "issue_id": world.issues[0].pk}


def break_blind(world: Any) -> dict[str, Any]:
    return {"reason": "A definition may be misread.", "confirm": True}


CODERS = page(SIGN_IN, 404, 403, 200, 403)
NOT_JSON = page(SIGN_IN, 404, 403, 400, 404)


def version(world):
    return {"slug": world.study.slug, "taxonomy_id": world.version.taxonomy_id, "version": 1}


def imported(world):
    return {"slug": world.study.slug, "run_id": world.coding_import.pk}


def upload(world):
    return {"slug": world.study.slug, "upload": token_of(world.study, {"name": "a.csv", "issues": world.kept_codings})}


ROWS = [
    Row("coding_imports", LEAD_ONLY),
    Row("coding_imports", page(SIGN_IN, 404, 403, 403, 422), method="post", why="no file is chosen"),
    Row("coding_import_columns", LEAD_ONLY, kwargs=upload),
    Row("coding_import_columns", page(SIGN_IN, 404, 403, 403, 422), method="post", kwargs=upload, why="says nothing"),
    Row("coding_import", LEAD_ONLY, kwargs=imported),
    Row("coding_import_confirm", page(SIGN_IN, 404, 403, 403, 409), method="post", kwargs=imported, why="no trial"),
    Row("coding_import_discard", page(SIGN_IN, 404, 403, 403, 409), method="post", kwargs=imported, why="no trial"),
    Row("coding_import_undo", page(SIGN_IN, 404, 403, 403, 409), method="post", kwargs=imported, why="no round"),
    Row("coding_import_problems", LEAD_ONLY, kwargs=imported),
    Row("api-coding-imports", page(403, 404, 403, 403, 200)),
    Row("api-coding-imports", page(403, 404, 403, 403, 415), method="post", why="a file goes as form data"),
    Row("api-coding-import", page(403, 404, 403, 403, 200), kwargs=imported),
    Row("api-coding-import-undo", page(403, 404, 403, 403, 409), method="post", kwargs=imported, why="no round"),
    Row("rounds", MEMBERS_ONLY),
    Row("who_sees_what", MEMBERS_ONLY),
    Row("round_new", LEAD_ONLY),
    Row("round_new", LEAD_ONLY, method="post", why="shows what is missing"),
    Row("round_blind", LEAD_ONLY, kwargs=of("running")),
    Row("round_blind", page(SIGN_IN, 404, 403, 403, 403), kwargs=of("closed"), why="closed"),
    Row("round_blind", LEAD_ONLY, method="post", kwargs=of("running"), why="asks whether it is meant"),
    Row("round_blind", LEAD_ONLY_WRITE, method="post", kwargs=of("running"), data=break_blind),
    Row("round_change", LEAD_ONLY, kwargs=of("running")),
    Row("round_change", page(SIGN_IN, 404, 403, 403, 403), kwargs=of("closed"), why="closed"),
    Row("round_change", LEAD_ONLY, method="post", kwargs=of("running"), data=lambda world: {"act": "extend"}),
    Row("round_pause", LEAD_ONLY_WRITE, method="post", kwargs=of("running")),
    Row("round_resume", LEAD_ONLY_WRITE, method="post", kwargs=of("running"), why="it is not paused"),
    Row("round_target", LEAD_ONLY, kwargs=calibrating(Phase.DRAFTED)),
    Row("round_target", page(SIGN_IN, 404, 403, 403, 403), kwargs=of("drafted"), why="no calibration"),
    Row("round_target", LEAD_ONLY, method="post", kwargs=calibrating(Phase.DRAFTED), why="shows what is missing"),
    Row("round_gold", LEAD_ONLY, kwargs=calibrating(Phase.INDEPENDENT)),
    Row("round_gold", page(SIGN_IN, 404, 403, 403, 403), kwargs=calibrating(Phase.DISCUSSION), why="closed"),
    Row("round_gold_issue", LEAD_ONLY, kwargs=calibrated_issue),
    Row("round_gold_issue", page(SIGN_IN, 404, 403, 403, 409), method="post", kwargs=calibrated_issue,
        data=lambda world: {"answer": "none"}, why="no reason"),
    Row("round_draw", LEAD_ONLY, kwargs=of("drawn")),
    Row("round_draw", page(SIGN_IN, 404, 403, 403, 403), kwargs=of("running"), why="kept no list"),
    Row("round_draw_record", LEAD_ONLY, kwargs=of("drawn")),
    Row("recoding", LEAD_ONLY),
    Row("recoding", LEAD_ONLY_WRITE, method="post", why="nothing waits"),
    Row("round", MEMBERS_ONLY, kwargs=of("running")),
    Row("round", MEMBERS_ONLY, kwargs=of("drafted"), why="drafted"),
    Row("round", MEMBERS_ONLY, kwargs=of("closed"), why="closed"),
    Row("round_remind", LEAD_ONLY, kwargs=of("running")),
    Row("round_remind", LEAD_ONLY, kwargs=of("closed"), why="nobody to remind"),
    Row("round_remind", LEAD_ONLY, method="post", kwargs=of("running"), why="chooses nobody"),
    Row("coding_take", page(SIGN_IN, 404, 403, 403, 403), method="post", kwargs=of("running"), why="no pool"),
    Row("coding_give_back", page(SIGN_IN, 404, 403, 403, 404), method="post", kwargs=one, why="no pool, or not given"),
    Row("api-take", page(403, 404, 403, 403, 403), method="post", kwargs=of("running"), why="no pool"),
    Row("api-give-back", page(403, 404, 403, 403, 404), method="post", kwargs=one, why="no pool, or not given"),
    Row("api-round-progress", API_MEMBERS_ONLY, kwargs=of("running")),
    Row("round_start", LEAD_ONLY_WRITE, method="post", kwargs=of("drafted")),
    Row("round_start", LEAD_ONLY_WRITE, method="post", kwargs=of("closed"), why="refused with a message"),
    Row("round_close", LEAD_ONLY_WRITE, method="post", kwargs=of("running")),
    Row("round_close", LEAD_ONLY_WRITE, method="post", kwargs=of("drafted"), why="refused with a message"),
    Row("round_resolve", LEAD_ONLY_WRITE, method="post", kwargs=of("closed"), why="refused with a message"),
    Row("round_resolve", LEAD_ONLY_WRITE, method="post", kwargs=of("resolved")),
    Row("round_reopen", LEAD_ONLY, kwargs=of("resolved")),
    Row("round_reopen", LEAD_ONLY_WRITE, method="post", kwargs=of("resolved"), data=lambda world: {"reason": "So."}),
    Row("round_reopen", page(SIGN_IN, 404, 403, 403, 403), kwargs=of("drafted"), why="not resolved"),
    Row("coding", CODERS, kwargs=of("running")),
    Row("coding", page(SIGN_IN, 404, 403, 403, 403), kwargs=of("drafted"), why="drafted"),
    Row("round", MEMBERS_ONLY, kwargs=of("resolved"), why="resolved"),
    Row("coding", page(SIGN_IN, 404, 403, 403, 403), kwargs=of("closed"), why="closed"),
    Row("coding", page(SIGN_IN, 404, 403, 302, 404), method="post", kwargs=of("running"), data=submit),
    Row("coding_list", CODERS, kwargs=of("running")),
    Row("coding_list", page(SIGN_IN, 404, 403, 403, 403), kwargs=of("closed"), why="closed"),
    Row("coding_keys", page(SIGN_IN, 404, 403, 200, 200), kwargs=of("running"), why="a person's own"),
    Row("coding_keys", page(SIGN_IN, 404, 403, 302, 302), method="post", kwargs=of("running")),
    Row("coding_past", page(SIGN_IN, 404, 403, 200, 200), kwargs=of("running"), why="one's own alone"),
    Row("coding_past", page(SIGN_IN, 404, 403, 403, 403), kwargs=of("closed"), why="closed"),
    Row("coding_issue", page(SIGN_IN, 404, 403, 200, 404), kwargs=one),
    Row("coding_text", page(SIGN_IN, 404, 403, 200, 404), kwargs=one),
    Row("coding_thread", page(SIGN_IN, 404, 403, 200, 404), kwargs=one),
    Row("coding_find", page(SIGN_IN, 404, 403, 200, 404), kwargs=one),
    Row("coding_submit", NOT_JSON, method="post", kwargs=one, why="not JSON"),
    Row("coding_draft", NOT_JSON, method="post", kwargs=one, why="not JSON"),
    Row("board", MEMBERS_ONLY, kwargs=of("closed")),
    Row("board", page(SIGN_IN, 404, 403, 403, 403), kwargs=of("running"), why="while the round runs"),
    Row("board_move", LEAD_ONLY_WRITE, method="post", kwargs=of("closed"), why="told what is missing"),
    Row("board_move", page(SIGN_IN, 404, 403, 403, 403), method="post", kwargs=of("running"), why="running"),
    Row("board_card", LEAD_ONLY, kwargs=card),
    Row("board_card", LEAD_ONLY_WRITE, method="post", kwargs=card, data=lambda world: {
        "act": "decline", "reason": "Too narrow.", "seen": f"{world.sorted.pk}.0"}),
    Row("proposal_new", page(SIGN_IN, 404, 403, 400, 404), method="post", kwargs=one, why="not JSON"),
    Row("proposal_edit", page(SIGN_IN, 404, 403, 400, 404), method="post", kwargs=proposed, why="not JSON"),
    Row("proposal_withdraw", page(SIGN_IN, 404, 403, 200, 404), method="post", kwargs=proposed),
    Row("disagreements", LEAD_ONLY),
    Row("disagreement", LEAD_ONLY, kwargs=decided),
    Row(
        "disagreement", LEAD_ONLY_WRITE, method="post", kwargs=decided,
        data=lambda world: {"answer": "none", "how": "lead", "reason": "Read again."},
    ),
    Row("disagreement", page(SIGN_IN, 404, 403, 403, 403), kwargs=lambda world: {
        **of("running")(world), "issue_id": world.issues[0].pk}, why="while the round runs"),
    Row("unanimous_resolve", LEAD_ONLY_WRITE, method="post", kwargs=of("closed")),
    Row("unanimous_resolve", page(SIGN_IN, 404, 403, 403, 403), method="post", kwargs=of("running"), why="running"),
    Row("api-rounds", API_MEMBERS_ONLY),
    Row("api-rounds", page(403, 404, 403, 403, 400), method="post", why="says what is missing"),
    Row(
        "api-round-changes",
        page(403, 404, 403, 403, 400),
        method="post",
        kwargs=of("running"),
        why="says what is missing",
    ),
    Row("api-round", API_MEMBERS_ONLY, kwargs=of("running")),
    Row("api-blind", API_MEMBERS_ONLY, kwargs=of("running")),
    Row("api-blind", page(403, 404, 403, 403, 201), method="post", kwargs=of("running"), data=break_blind),
    Row("api-blind", page(403, 404, 403, 403, 400), method="post", kwargs=of("running"), why="says what is missing"),
    Row("api-assignments", API_MEMBERS_ONLY, kwargs=of("running")),
    Row("api-texts", page(403, 404, 403, 200, 404), kwargs=one),
    Row("api-codings", API_MEMBERS_ONLY, kwargs=of("running")),
    Row("api-codings", page(403, 404, 403, 201, 404), method="post", kwargs=of("running"), data=submit),
    Row("api-proposals", API_MEMBERS_ONLY, kwargs=of("running")),
    Row("api-proposals", page(403, 404, 403, 201, 404), method="post", kwargs=of("running"), data=proposal),
    Row("api-labels", API_MEMBERS_ONLY),
    Row("api-recoding", page(403, 404, 403, 403, 200), kwargs=version),
    Row("api-recoding", page(403, 404, 403, 403, 400), method="post", kwargs=version, why="nothing waits"),
]  # fmt: skip
