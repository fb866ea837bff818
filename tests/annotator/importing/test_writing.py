"""What an import of codings leaves behind: a closed round of its own."""

import json

import pytest

from annotator.models import Assignment, Coding, CodingImport, ImportedIssue, Proposal, Resolution, Round
from annotator.queries.disagreements import cases_of
from annotator.states import How, Phase, UnknownCodes
from corpus.models import Issue
from corpus.services.uploads import path_of
from jobs.models import State
from jobs.services import ask_to_stop, run
from studies.models import Membership, Role
from taxonomy.models import Taxonomy, Version
from tests import factories
from tests.annotator.importing.brought import LONG, NEW, asked, bring, sheet, told


@pytest.fixture
def issues(study):
    repository = factories.repository(study)
    return [factories.issue(repository, number=number) for number in (1, 2)]


@pytest.fixture
def imported(study, lead, issues):
    return bring(study, lead)


def codings(round):
    return {
        (str(row.assignment.round_issue.issue), row.assignment.member.alias): (
            row.outcome, sorted(code.name for code in row.codes.all()), row.memo,
        )
        for row in Coding.objects.filter(assignment__round_issue__round=round).select_related(
            "assignment__member", "assignment__round_issue__issue__repository"
        )
    }  # fmt: skip


FIRST, SECOND, POST = "tidewater/captioner#1", "tidewater/captioner#2", "stackoverflow.com/questions#47267612"


def test_the_codings_stand_in_a_closed_round_of_their_own(study, imported):
    round = imported.round
    assert (imported.job.state, round.number, round.phase, round.kind) == (State.DONE, 1, Phase.RESOLVED, "coding")
    assert codings(round) == {
        (FIRST, "rater-1"): ("coded", ["Loading"], "slow disk"),
        (FIRST, "rater-3"): ("coded", ["Loading"], ""),
        (SECOND, "rater-1"): ("coded", ["Output"], ""),
        (SECOND, "rater-3"): ("coded", ["Memory"], ""),
        (POST, "rater-1"): ("unclear", [], ""),
        (POST, "rater-3"): ("none", [], ""),
    }
    assert [(str(case.round_issue.issue), case.standing) for case in cases_of(round)] == [
        (FIRST, "unanimous"), (SECOND, "differ"), (POST, "differ"),
    ]  # fmt: skip


def test_final_labels_are_imported_decisions_and_conflicts_are_kept(imported, lead):
    rows = Resolution.objects.order_by("round_issue__position").prefetch_related("codes")
    assert [(row.how, row.outcome, [code.name for code in row.codes.all()], row.decided_by) for row in rows] == [
        (How.IMPORTED, "coded", ["Loading"], lead),
        (How.IMPORTED, "coded", ["Memory"], lead),
        (How.IMPORTED, "none", [], lead),
    ]
    kept = ImportedIssue.objects.order_by("round_issue__position")
    assert [(row.place, row.final, row.conflict, row.made) for row in kept] == [
        ("line 2", "Loading", False, False), ("line 4", "Memory", True, False), ("line 6", "none", True, True),
    ]  # fmt: skip


def test_the_taxonomy_is_made_of_the_codes_and_published(study, imported):
    version = Version.objects.get()
    assert (str(version), sorted(code.name for code in version.codes.all())) == (
        "Faults, version 1", ["Loading", "Memory", "Output"],
    )  # fmt: skip


def test_who_is_not_known_gets_a_placeholder(study, imported):
    made = Membership.objects.get(role=Role.PLACEHOLDER)
    assert (str(made.user), made.alias) == ("E2", "rater-3")
    assert set(imported.round.raters.values_list("member__alias", flat=True)) == {"rater-1", "rater-3"}


def test_the_round_says_where_it_comes_from(imported, lead):
    sample = imported.round.sample
    assert (sample["method"], sample["size"], sample["file"], sample["by"]) == ("imported", 3, "codings.csv", "lead")
    assert sample["sha256"] == imported.sha256
    assert sample["mapping"]["parts"]["issue"] == "issue"
    event = imported.study.events.order_by("pk").last()
    assert (event.verb, event.target) == ("imported codings as", "round 1 from codings.csv")
    assert event.data == {
        "sha256": imported.sha256, "version": "Faults, version 1", "issues": 3, "codings": 6, "final_labels": 3,
        "conflicts": 2,
    }  # fmt: skip


def test_the_report_counts_what_was_known(imported):
    report = {name: imported.report[name] for name in ("rows", "issues", "issues_known", "codings", "without_answer")}
    assert report == {"rows": 6, "issues": 3, "issues_known": 2, "codings": 6, "without_answer": 0}
    assert imported.report["codes_unknown"] == {"Loading": 3, "Output": 1, "Memory": 2}
    assert [(rater["name"], rater["alias"], rater["codings"]) for rater in imported.report["raters"]] == [
        ("E2", None, 3), ("rater_a", "rater-1", 3),
    ]  # fmt: skip
    assert told(imported) == []


def test_the_file_goes_when_the_import_has_ended(study, lead, issues, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        made = bring(study, lead)
    assert not path_of(made.kept).exists()


def test_the_same_again_doubles_nothing(study, lead, imported):
    before = Coding.objects.count()
    turned = sheet([LONG[0], *reversed(LONG[1:])])
    again = bring(study, lead, turned, "again.csv", target=NEW | {"name": "Other"})
    assert (again.job.state, again.round, again.report["same_as"]) == (State.DONE, None, 1)
    assert (Coding.objects.count(), Round.objects.count(), Taxonomy.objects.count()) == (before, 1, 1)


def test_a_second_file_finds_the_placeholders_and_codes_of_the_first(study, lead, imported):
    version = Version.objects.get()
    rows = [LONG[0], ("x/y#9", "E2", "Memory", "", "", ""), ("x/y#9", "Zoe", "Fresh; Output", "", "Fresh", "")]
    second = bring(
        study, lead, sheet(rows), "second.csv", separator=";",
        target={"unknown": UnknownCodes.ADD, "version": version.pk},
    )  # fmt: skip
    assert second.round.version.number == 2
    assert codings(second.round) == {
        ("x/y#9", "rater-3"): ("coded", ["Memory"], ""),
        ("x/y#9", "rater-4"): ("coded", ["Fresh", "Output"], ""),
    }
    assert [row.number for row in Version.objects.order_by("number")] == [1, 2]
    assert Membership.objects.filter(role=Role.PLACEHOLDER).count() == 2
    known = bring(
        study, lead, sheet([LONG[0], ("x/y#9", "E2", "Fresh", "", "", "")]), "third.csv",
        target={"unknown": UnknownCodes.ADD, "version": second.round.version_id},
    )  # fmt: skip
    assert (known.round.version, known.round.phase) == (second.round.version, Phase.DISCUSSION)


def test_unknown_codes_become_proposals_of_their_raters(study, lead, issues):
    version = factories.taxonomy(study, by=lead)
    rows = [
        LONG[0],
        ("#1", "Ada", "New one", "", "New one", ""),
        ("#2", "Ada", "new One", "", "Loading", ""),
        ("#2", "Ben", "Loading", "", "", ""),
    ]
    made = bring(
        study, lead, sheet(rows), repository="tidewater/captioner",
        target={"unknown": UnknownCodes.PROPOSE, "version": version.pk},
    )  # fmt: skip
    round = made.round
    assert (round.kind, round.allows_proposals, round.phase, round.version) == ("open", True, "discussion", version)
    proposal = Proposal.objects.get()
    assert (proposal.name, str(proposal.round_issue.issue), proposal.applications.count()) == ("New one", FIRST, 2)
    assert [str(row.round_issue.issue) for row in Resolution.objects.all()] == [SECOND]
    assert told(made) == [
        ("line 2", "The final label holds “New one”, which is proposed and no code yet; #1 stays undecided.", False)
    ]


def test_a_rater_who_was_asked_and_did_not_answer_is_missing(study, lead):
    rows = [("Link", "Evaluator1", "Tag1", "Evaluator2", "Final Tag"), ("https://a.example/1", "E1", "a", "E2", "-")]
    made = bring(study, lead, sheet(rows))
    assert codings(made.round) == {("a.example/items#1", "rater-3"): ("coded", ["a"], "")}
    assert Assignment.objects.count() == 2
    assert (made.report["without_answer"], made.round.phase) == (1, Phase.DISCUSSION)
    assert ImportedIssue.objects.get().final == "-"


def test_a_name_that_two_codes_have_is_told_by_its_path(study, lead, issues):
    version = factories.taxonomy(study, ("Model", "Data"), by=None)
    for top in version.codes.all():
        version.codes.create(name="Other", parent=top, position=0)
    Version.objects.filter(pk=version.pk).update(
        number=1, published_by=lead, published_at=factories.NOW, content_hash="0" * 64
    )
    rows = [
        LONG[0], ("#1", "Ada", "Other", "", "other", ""), ("#1", "Ben", "Data / other; Other", "", "", ""),
        ("#2", "Ben", "model > Other", "", "", ""),
    ]  # fmt: skip
    made = bring(
        study, lead, sheet(rows), separator=";", repository="tidewater/captioner",
        target={"unknown": UnknownCodes.PROPOSE, "version": version.pk},
    )  # fmt: skip
    found = Coding.objects.values_list("assignment__round_issue__issue__number", "codes__name", "codes__parent__name")
    assert set(found) == {(1, "Other", "Data"), (2, "Other", "Model")}
    assert {(place, skipped) for place, _, skipped in told(made)} == {("line 2", True)}
    assert len(told(made)) == 3


def test_two_names_of_one_issue_are_one(study, lead, issues):
    rows = [
        LONG[0],
        ("tidewater/captioner#1", "Ada", "a", "", "", "0"),
        ("https://github.com/Tidewater/Captioner/issues/1", "Ben", "b", "", "b", "1"),
        ("https://www.github.com/tidewater/captioner/issues/1#c", "Ada", "c", "", "", ""),
    ]
    made = bring(study, lead, sheet(rows))
    assert codings(made.round) == {(FIRST, "rater-3"): ("coded", ["a"], ""), (FIRST, "rater-4"): ("coded", ["b"], "")}
    row = ImportedIssue.objects.get()
    assert (row.conflict, row.final) == (True, "b")
    assert told(made) == [
        (
            "line 4",
            "https://www.github.com/tidewater/captioner/issues/1#c is the issue of line 2; "
            "what Ada said here was left out.",
            True,
        )
    ]


def test_a_trial_writes_nothing_but_its_report(study, lead, issues):
    tried = bring(study, lead, dry=True)
    assert (tried.job.state, tried.round, tried.report["issues"]) == (State.DONE, None, 3)
    assert path_of(tried.kept).exists()
    rows = (Round, Coding, Taxonomy, ImportedIssue)
    assert [model.objects.count() for model in rows] == [0, 0, 0, 0]
    assert (Issue.objects.count(), Membership.objects.count()) == (2, 4)


def test_a_stopped_import_leaves_nothing(study, lead, issues, django_capture_on_commit_callbacks):
    made = asked(study, lead)
    with django_capture_on_commit_callbacks(execute=True):
        ask_to_stop(job=made.job, by=lead)
        run(made.job_id)
    assert (CodingImport.objects.get().job.state, Round.objects.count()) == (State.CANCELLED, 0)
    assert not path_of(made.kept).exists()


def test_a_file_that_is_gone_fails_with_a_sentence(study, lead):
    made = asked(study, lead)
    path_of(made.kept).unlink()
    run(made.job_id)
    made.job.refresh_from_db()
    assert (made.job.state, made.job.error) == (
        State.FAILED, "The uploaded file is no longer there. Choose it again.",
    )  # fmt: skip


def test_a_file_that_breaks_off_fails_and_leaves_nothing(study, lead):
    made = asked(study, lead)
    path_of(made.kept).write_bytes(b"\x1f\x8b broken")
    run(made.job_id)
    made.job.refresh_from_db()
    assert made.job.state == State.FAILED
    assert made.job.error.endswith("Nothing was imported.")


def test_what_does_not_hold_any_more_fails_with_a_sentence(study, lead):
    made = asked(study, lead)
    Taxonomy.objects.create(study=study, name="faults")
    run(made.job_id)
    made.job.refresh_from_db()
    assert made.job.state == State.FAILED
    assert made.job.error.startswith("This study has a taxonomy of that name.")
    assert Round.objects.count() == 0


def test_a_file_of_nothing_makes_no_round(study, lead):
    made = bring(study, lead, sheet([LONG[0], ("", "Ada", "a", "", "", "")]))
    assert (made.job.state, made.round, Round.objects.count()) == (State.DONE, None, 0)
    assert told(made) == [("line 2", "The row names no issue, so it was left out.", True)]


def test_more_codes_than_a_taxonomy_holds_fail_with_a_sentence(study, lead, monkeypatch):
    version = bring(study, lead).round.version
    monkeypatch.setattr("taxonomy.services.merging.MAX_CODES", 3)
    rows = [LONG[0], ("x/y#1", "Ada", "Fresh", "", "", "")]
    made = bring(study, lead, sheet(rows), target={"unknown": UnknownCodes.ADD, "version": version.pk})
    assert (made.job.state, made.round, Version.objects.count()) == (State.FAILED, None, 1)
    assert made.job.error == ("The draft would have 4 codes; a taxonomy has at most 3. Nothing was imported.")


def test_label_studio_and_doccano_come_as_they_are_exported(study, lead):
    def choice(*chosen):
        return {"from_name": "cause", "to_name": "text", "type": "choices", "value": {"choices": list(chosen)}}

    tasks = [
        {
            "id": 5,
            "data": {"url": "https://a.example/1", "text": "It fails"},
            "annotations": [
                {"completed_by": {"email": "rater-a@example.org"}, "result": [choice("Loading", "Memory")]},
                {"completed_by": 2, "ground_truth": True, "result": [choice("Loading")]},
                {"completed_by": 3, "was_cancelled": True, "result": []},
            ],
        }
    ]
    first = bring(study, lead, json.dumps(tasks).encode(), "project.json")
    assert codings(first.round) == {
        ("a.example/items#1", "rater-1"): ("coded", ["Loading", "Memory"], ""),
        ("a.example/items#1", "rater-3"): ("coded", ["Loading"], ""),
        ("a.example/items#1", "rater-4"): ("skipped", [], ""),
    }
    assert [code.name for code in Resolution.objects.get().codes.all()] == ["Loading"]
    lines = [{"id": 7, "text": "Fails", "label": ["Loading", "Fresh"]}, {"id": 8, "text": "Works", "label": []}]
    second = bring(
        study, lead, "\n".join(map(json.dumps, lines)).encode(), "rater_b.jsonl",
        target={"unknown": UnknownCodes.ADD, "version": first.round.version_id},
    )  # fmt: skip
    assert codings(second.round) == {("elsewhere/rater_b#7", "rater-2"): ("coded", ["Fresh", "Loading"], "")}
    assert second.report["without_answer"] == 1
