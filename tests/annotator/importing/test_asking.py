"""Asking for an import of codings: the trial, what it needs, and the import of what was seen."""

import pytest
from django.core.files.base import ContentFile

from annotator.files import Mapping
from annotator.models import Assignment, CodingColumns, CodingImport, Round
from annotator.queries.imported import get_coding_import, remembered_mapping
from annotator.services.importing.asking import (
    can_confirm,
    confirm_import,
    discard_trial,
    keep_file,
    look_at,
    request_import,
)
from annotator.states import UnknownCodes
from corpus.services.uploads import folder, path_of
from jobs.services import run
from studies.errors import Conflict, Invalid, NotThere, Refused
from studies.models import Membership, Role
from taxonomy.services.versions import start_draft
from tests import factories
from tests.annotator.importing.brought import LONG, NEW, asked, bring, sheet


@pytest.fixture
def trial(study, lead):
    return bring(study, lead, dry=True)


def confirmed(trial, by, raters=None):
    made = confirm_import(trial=trial, raters=raters, by=by)
    run(made.job_id)
    return get_coding_import(trial.study, made.pk)


def test_what_was_tried_is_imported_once(trial, lead):
    assert can_confirm(trial)
    made = confirmed(trial, lead)
    trial.refresh_from_db()
    assert (made.round.number, made.sha256, made.mapping) == (1, trial.sha256, trial.mapping)
    assert not can_confirm(trial)
    with pytest.raises(Conflict, match="imported or discarded already"):
        confirm_import(trial=trial, by=lead)


def test_who_a_rater_is_can_be_said(trial, lead, members):
    made = confirmed(trial, lead, {"E2": members["rater_b"].pk, "rater_a": None})
    assert set(made.round.raters.values_list("member__alias", "member__role")) == {
        ("rater-2", Role.RATER), ("rater-3", Role.PLACEHOLDER),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raters", "sentence"),
    [({"E2": 0}, "choose a member of this study"), ({"E2": "rater_a"}, "are the same member, rater_a")],
)
def test_a_rater_who_cannot_be_that_fails_the_import(trial, lead, members, raters, sentence):
    made = confirmed(trial, lead, {name: members[who].pk if who else 0 for name, who in raters.items()})
    assert made.job.state == "failed"
    assert sentence in made.job.error
    assert Assignment.objects.count() == 0


def test_a_trial_that_is_not_over_or_says_nothing_new_is_not_imported(study, lead, trial):
    waiting = asked(study, lead, dry=True)
    with pytest.raises(Conflict, match="Only a trial that has ended"):
        confirm_import(trial=waiting, by=lead)
    confirmed(trial, lead)
    again = bring(study, lead, sheet(LONG), "renamed.csv", dry=True, target=NEW | {"name": "Other"})
    with pytest.raises(Conflict, match="says what round 1 holds"):
        confirm_import(trial=again, by=lead)
    empty = bring(
        study, lead, sheet([LONG[0], ("#1", "Ada", "", "", "", "")]), dry=True, target=NEW | {"name": "Third"}
    )
    with pytest.raises(Conflict, match="No coding was found"):
        confirm_import(trial=empty, by=lead)


def test_a_trial_whose_file_is_gone_is_not_imported(trial, lead):
    path_of(trial.kept).unlink()
    with pytest.raises(Conflict, match="no longer kept"):
        confirm_import(trial=trial, by=lead)


def test_a_discarded_trial_keeps_its_report_alone(trial, lead, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        discard_trial(trial=trial, by=lead)
    assert not path_of(trial.kept).exists()
    assert trial.study.events.order_by("pk").last().verb == "discarded the trial of"
    with pytest.raises(Conflict, match="can be discarded"):
        discard_trial(trial=trial, by=lead)


def test_only_leads_ask(study, lead, rater_a, stranger, trial):
    for person, refusal in ((rater_a, Refused), (stranger, NotThere)):
        with pytest.raises(refusal):
            keep_file(study=study, file=ContentFile(b"a,b\n1,2", "a.csv"), by=person)
        with pytest.raises(refusal):
            confirm_import(trial=trial, by=person)
        with pytest.raises(refusal):
            discard_trial(trial=trial, by=person)
        with pytest.raises(refusal):
            request_import(study=study, upload={}, mapping=Mapping("long", {}), target=NEW, by=person)
    assert CodingImport.objects.count() == 1


def test_a_file_that_holds_no_codings_is_not_kept(study, lead):
    before = set(folder().iterdir())
    with pytest.raises(Invalid, match="This kind of file cannot be read"):
        keep_file(study=study, file=ContentFile(b"x", "photo.png"), by=lead)
    assert set(folder().iterdir()) == before


def test_columns_that_do_not_suffice_are_named(study, lead):
    upload = keep_file(study=study, file=ContentFile(sheet(LONG), "a.csv"), by=lead)
    with pytest.raises(Invalid) as refusal:
        request_import(study=study, upload=upload, mapping=Mapping("long", {"issue": "issue"}), target=NEW, by=lead)
    assert refusal.value.message_dict == {"codes": ["Say which column holds the codes."]}


def test_what_columns_mean_is_remembered(study, lead, trial):
    source = look_at({"issues": trial.kept, "name": trial.name})
    assert remembered_mapping(study, source.names) == Mapping.of_json(trial.mapping)
    assert remembered_mapping(study, ["other"]) is None
    CodingColumns.objects.update(mapping={"colour": 1})
    assert remembered_mapping(study, source.names) is None


def test_a_taxonomy_that_codes_cannot_be_of_is_named(study, lead, stranger):
    version = factories.taxonomy(study, by=lead)
    foreign = factories.taxonomy(factories.study("Other", "other"), by=lead)
    for target, field in (
        ({"unknown": "guess"}, "unknown"),
        ({"unknown": "new", "name": " "}, "name"),
        ({"unknown": "new", "name": version.taxonomy.name.upper()}, "name"),
        ({"unknown": "add", "version": foreign.pk}, "version"),
        ({"unknown": "propose", "version": None}, "version"),
    ):
        with pytest.raises(Invalid) as refusal:
            asked(study, lead, target=target)
        assert set(refusal.value.message_dict) == {field}
    start_draft(taxonomy=version.taxonomy, by=lead)
    with pytest.raises(Invalid, match="has a draft"):
        asked(study, lead, target={"unknown": UnknownCodes.ADD, "version": version.pk})
    assert Round.objects.count() == 0


def test_codes_are_added_to_the_latest_version_alone(study, lead):
    first = bring(study, lead)
    version = first.round.version
    rows = [LONG[0], ("#7", "E2", "Fresh", "", "", "")]
    bring(study, lead, sheet(rows), target={"unknown": UnknownCodes.ADD, "version": version.pk})
    with pytest.raises(Invalid, match="latest version"):
        asked(study, lead, target={"unknown": UnknownCodes.ADD, "version": version.pk})


def test_a_name_that_two_members_have_names_nobody(study, lead):
    factories.member(study, factories.user("e2"))
    twin = factories.user("twin")
    twin.name = "E2"
    twin.save()
    Membership.objects.create(study=study, user=twin, role=Role.RATER, alias="rater-9", joined_at=factories.NOW)
    made = bring(study, lead, dry=True)
    assert [(rater["name"], rater["alias"]) for rater in made.report["raters"]] == [
        ("E2", None), ("rater_a", "rater-1"),
    ]  # fmt: skip
