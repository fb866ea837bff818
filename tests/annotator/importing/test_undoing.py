"""An import of codings goes again without a trace, as long as nobody has built on it."""

import pytest

from annotator.models import (
    Assignment,
    Coding,
    CodingImport,
    Draft,
    ImportedIssue,
    Proposal,
    Resolution,
    Round,
    RoundIssue,
)
from annotator.services.importing.undoing import undo_coding_import, why_not_undo
from annotator.services.phases import reopen_discussion
from annotator.services.resolution import resolve
from annotator.states import Kind, UnknownCodes
from corpus.models import Issue, Repository
from studies.errors import Conflict, Refused
from studies.models import Membership, Role, User
from studies.services.invitations import accept_invitation, invite
from taxonomy.models import Taxonomy
from tests import factories
from tests.annotator.importing.brought import LONG, NEW, bring, sheet


@pytest.fixture
def imported(study, lead):
    repository = factories.repository(study)
    for number in (1, 2):
        factories.issue(repository, number=number)
    return bring(study, lead)


def test_all_that_came_goes_again_but_the_taxonomy(study, lead, imported):
    before = {"issues": set(Issue.objects.filter(number__in=(1, 2)).values_list("pk", flat=True))}
    assert why_not_undo(imported) == ""
    undo_coding_import(run=imported, by=lead)
    left = (Round, RoundIssue, Assignment, Coding, Resolution, ImportedIssue)
    assert [model.objects.count() for model in left] == [0] * len(left)
    assert set(Issue.objects.values_list("pk", flat=True)) == before["issues"]
    assert not Repository.objects.filter(owner="stackoverflow.com").exists()
    assert not Membership.objects.filter(role=Role.PLACEHOLDER).exists()
    assert not User.objects.filter(is_active=False).exists()
    assert Taxonomy.objects.count() == 1
    row = CodingImport.objects.get()
    assert (row.round, row.undone_at is None) == (None, False)
    event = study.events.order_by("pk").last()
    assert (event.verb, event.data["issues"], event.data["placeholders"]) == (
        "undid the import of codings as", 1, 1,
    )  # fmt: skip
    with pytest.raises(Conflict, match="nothing to undo"):
        undo_coding_import(run=row, by=lead)


def test_what_was_undone_can_be_imported_again(study, lead, imported):
    undo_coding_import(run=imported, by=lead)
    version = Taxonomy.objects.get().versions.get()
    again = bring(study, lead, target={"unknown": UnknownCodes.PROPOSE, "version": version.pk})
    assert (again.round.number, again.round.phase, again.round.kind) == (1, "resolved", "coding")


def test_only_a_lead_undoes(imported, rater_a):
    with pytest.raises(Refused):
        undo_coding_import(run=imported, by=rater_a)


def stays(imported, lead, sentence):
    before = Coding.objects.count()
    assert sentence in why_not_undo(imported)
    with pytest.raises(Conflict, match=sentence):
        undo_coding_import(run=imported, by=lead)
    assert Coding.objects.count() == before


def test_not_after_a_decision(imported, lead):
    drawn = imported.round.round_issues.first()
    reopen_discussion(round=imported.round, reason="Look again", by=lead)
    resolve(round_issue=drawn, outcome="none", how="lead", reason="It is so", by=lead)
    stays(imported, lead, "Decisions were made")


def test_not_after_a_person_took_over(study, imported, lead, stranger):
    placeholder = Membership.objects.get(role=Role.PLACEHOLDER)
    _, token = invite(study=study, role=Role.RATER, takes_over=placeholder, by=lead)
    accept_invitation(token=token, by=stranger)
    stays(imported, lead, "A person took over")


def test_not_after_the_board_was_worked_with(study, lead):
    version = factories.taxonomy(study, ("Loading",), by=lead)
    made = bring(study, lead, target={"unknown": UnknownCodes.PROPOSE, "version": version.pk})
    Proposal.objects.update(steps=1)
    assert "The board" in why_not_undo(made)
    Proposal.objects.update(steps=0)
    undo_coding_import(run=made, by=lead)
    assert Proposal.objects.count() == 0


def test_not_after_a_round_codes_it_again(study, imported, members, lead):
    factories.round_of(imported.round.version, list(Issue.objects.all()), [members["rater_a"]], kind=Kind.RECODING)
    stays(imported, lead, "builds on Round 1")


def test_not_while_a_row_of_another_kind_holds_on_to_it(imported, lead, members):
    extra = imported.round.round_issues.first().assignments.first()
    Draft.objects.create(assignment=extra, saved_at=factories.NOW)
    assert why_not_undo(imported) == ""
    before = Coding.objects.count()
    with pytest.raises(Conflict, match="builds on Round 1"):
        undo_coding_import(run=imported, by=lead)
    assert (Coding.objects.count(), CodingImport.objects.get().round) == (before, imported.round)


def test_placeholders_and_issues_that_serve_another_import_stay(study, lead, imported):
    rows = [LONG[0], (LONG[5][0], "E2", "Loading", "", "", "")]
    second = bring(study, lead, sheet(rows), "second.csv", target=NEW | {"name": "Second"})
    undo_coding_import(run=imported, by=lead)
    assert Membership.objects.filter(role=Role.PLACEHOLDER).count() == 1
    assert second.round.round_issues.get().issue.url == "https://stackoverflow.com/questions/47267612"
