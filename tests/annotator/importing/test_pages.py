"""The pages of imports of codings: the file, its columns, the trial, the import, undoing it."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotator.models import CodingImport, Resolution, Round
from jobs.services import run
from studies.models import Membership, Role
from tests import factories
from tests.annotator.importing.brought import LONG, NEW, bring, sheet


@pytest.fixture
def client(client, study, lead):
    client.force_login(lead)
    return client


def at(study, name, *args):
    return reverse(name, args=[study.slug, *args])


def text(answer):
    return " ".join(answer.content.decode().split())


def chosen(client, study, content=None, name="codings.csv"):
    """The address of the page of columns."""
    file = ContentFile(sheet(LONG) if content is None else content, name)
    return client.post(at(study, "coding_imports"), {"file": file}).headers["Location"]


def fields_of(answer, **changes):
    """What the form would send as it stands."""
    form = answer.context["form"]
    return {name: value for name in form.fields if (value := form[name].value())} | changes


def test_from_the_file_to_the_round(client, study, lead):
    factories.issue(factories.repository(study), number=1)
    address = chosen(client, study)
    columns = client.get(address)
    assert "Columns of codings.csv" in text(columns)
    assert "<b>rater_a</b>: Loading" in text(columns)
    sent = client.post(address, fields_of(columns, name="Faults", word_unclear="unclear, Unsure"))
    trial = CodingImport.objects.get()
    assert sent.headers["Location"] == at(study, "coding_import", trial.pk)
    assert trial.mapping["outcomes"] == {"none": "none", "unclear": "unclear", "unsure": "unclear"}
    run(trial.job_id)
    page = client.get(at(study, "coding_import", trial.pk))
    assert "Import 6 codings of 3 issues" in text(page)
    assert "Who the raters are" in text(page)
    answer = client.post(at(study, "coding_import_confirm", trial.pk), fields_of(page))
    made = CodingImport.objects.exclude(pk=trial.pk).get()
    assert answer.headers["Location"] == at(study, "coding_import", made.pk)
    run(made.job_id)
    assert "Open round 1" in text(client.get(at(study, "coding_import", made.pk)))
    round = text(client.get(at(study, "round", 1)))
    assert "Codings imported" in round
    assert "3, 2 marked as conflicts" in round
    assert "coding, imported" in text(client.get(at(study, "rounds")))
    listed = text(client.get(at(study, "coding_imports")))
    assert "trial" in listed
    assert "Round 1" in listed


def test_what_is_read_follows_the_columns_before_anything_is_tried(client, study):
    address = chosen(client, study)
    fields = fields_of(client.get(address), look="1")
    assert "<b>rater_a</b>: slow disk" in text(client.post(address, fields | {"codes": "memo"}))
    nothing = client.post(address, fields | {"codes": ""})
    assert "these columns do not say enough" in text(nothing)
    assert CodingImport.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"codes": ""}, "Say which column holds the codes."),
        ({"form": "columns"}, "Tick the columns that hold what a rater said."),
        ({"form": "pairs"}, "Name at least one pair"),
        ({"name": ""}, "Name the taxonomy"),
        ({"unknown": "add"}, "Choose a published version"),
    ],
)
def test_what_does_not_suffice_is_said_beside_its_field(client, study, lead, changes, words):
    factories.taxonomy(study, by=lead)
    address = chosen(client, study)
    answer = client.post(address, fields_of(client.get(address)) | changes)
    assert answer.status_code == 422
    assert words in text(answer)


def test_columns_and_pairs_by_hand(client, study, lead):
    rows = [("a", "b", "c", "d"), ("https://a.example/1", "Loading", "E1", "Memory")]
    address = chosen(client, study, sheet(rows))
    fields = fields_of(client.get(address), issue="a", name="Faults")
    client.post(address, fields | {"form": "columns", "raters": ["b", "d"]})
    client.post(address, fields | {"form": "pairs", "pair0_rater": "c", "pair0_codes": "d", "name": "Others"})
    first, second = (row.mapping for row in CodingImport.objects.order_by("pk"))
    assert (first["form"], first["raters"], first["pairs"]) == ("columns", ["b", "d"], [])
    assert (second["form"], second["raters"], second["pairs"]) == ("pairs", [], [{"rater": "c", "codes": "d"}])


def test_the_next_file_with_these_columns_is_read_as_the_last(client, study):
    rows = [("item", "who knows", "what"), ("https://a.example/1", "Ada", "Loading")]
    address = chosen(client, study, sheet(rows))
    fields = fields_of(client.get(address), issue="item", rater="who knows", codes="what", form="long", separator="|")
    client.post(address, fields)
    again = client.get(chosen(client, study, sheet([*rows, ("u", "Ben", "x")]), "second.csv"))
    form = again.context["form"]
    assert [form[name].value() for name in ("rater", "codes", "separator", "items")] == [
        "who knows", "what", "|", "second",
    ]  # fmt: skip


def test_an_encoding_can_be_corrected(client, study):
    content = "issue,rater,code\n1,Ada,Größe\n".encode("latin-1")
    address = chosen(client, study, content)
    answer = client.post(address, fields_of(client.get(address), encoding="cp1252", look="1"))
    assert "Größe" in text(answer)


@pytest.mark.parametrize(("content", "name", "words"), [
    (b"x", "photo.png", "This kind of file cannot be read."), (b"", "a.csv", "This file is empty."),
])  # fmt: skip
def test_a_file_that_is_none_says_why(client, study, content, name, words):
    answer = client.post(at(study, "coding_imports"), {"file": ContentFile(content, name)})
    assert answer.status_code == 422
    assert words in text(answer)


def test_a_trial_can_be_discarded_and_what_cannot_be_done_is_said(client, study, lead):
    trial = bring(study, lead, dry=True)
    assert client.post(at(study, "coding_import_confirm", trial.pk), {"rater0": "no member"}).status_code == 409
    client.post(at(study, "coding_import_discard", trial.pk))
    answer = client.post(at(study, "coding_import_discard", trial.pk))
    assert answer.status_code == 409
    assert "Only a trial that has ended and was not imported can be discarded." in text(answer)


def test_raters_are_chosen_on_the_page_of_the_trial(client, study, lead, members):
    trial = bring(study, lead, dry=True)
    fields = fields_of(client.get(at(study, "coding_import", trial.pk)))
    client.post(at(study, "coding_import_confirm", trial.pk), fields | {"rater0": str(members["rater_b"].pk)})
    made = CodingImport.objects.latest("pk")
    run(made.job_id)
    assert set(Round.objects.get().raters.values_list("member__alias", flat=True)) == {"rater-1", "rater-2"}
    assert not Membership.objects.filter(role=Role.PLACEHOLDER).exists()


def test_undoing_from_the_page(client, study, lead):
    made = bring(study, lead)
    assert "Undo this import" in text(client.get(at(study, "coding_import", made.pk)))
    answer = client.post(at(study, "coding_import_undo", made.pk), follow=True)
    assert "The import was undone." in text(answer)
    assert Round.objects.count() == 0
    assert "There is nothing to undo" in text(client.post(at(study, "coding_import_undo", made.pk)))


def test_the_same_again_is_told(client, study, lead):
    bring(study, lead)
    trial = bring(study, lead, dry=True, target=NEW | {"name": "Other"})
    page = text(client.get(at(study, "coding_import", trial.pk)))
    assert "holds already, so nothing is imported twice" in page
    assert "Who the raters are" not in page


def test_problems_are_listed_and_given_as_csv(client, study, lead):
    rows = [*LONG, ("", "Ada", "a", "", "", ""), ("=1+1", "Ada", "", "", "unclear", "perhaps")]
    made = bring(study, lead, sheet(rows))
    assert "The row names no issue, so it was left out." in text(client.get(at(study, "coding_import", made.pk)))
    lines = b"".join(client.get(at(study, "coding_import_problems", made.pk)).streaming_content).decode().splitlines()
    assert lines == [
        "place,taken,problem",
        'line 8,no,"The row names no issue, so it was left out."',
        'line 9,yes,"“unclear” means “unclear” here, which is no decision: =1+1 stays undecided."',
        "line 9,yes,“perhaps” does not say whether this was a conflict.",
    ]


def test_a_running_import_asks_itself_again(client, study, lead):
    waiting = bring(study, lead, dry=True)
    here = at(study, "coding_import", waiting.pk)
    assert client.get(here, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    other = factories.coding_import(study, lead, state="waiting")
    page = client.get(at(study, "coding_import", other.pk), headers={"HX-Request": "true"})
    assert "hx-get" in page.content.decode()
    assert "what is read is kept" not in page.content.decode()


def test_the_page_of_disagreements_tells_conflicts_and_final_labels(client, study, lead):
    rows = [
        LONG[0],
        ("x/y#1", "Ada", "Same", "", "Same", "1"),
        ("x/y#1", "Ben", "Same", "", "", ""),
        ("x/y#2", "Ada", "Same", "", "Same", "0"),
        ("x/y#2", "Ben", "Same", "", "", ""),
    ]
    bring(study, lead, sheet(rows))
    page = text(client.get(at(study, "disagreements"), {"round": 1}))
    assert "1 of 2 issues are marked as conflicts in the file" in page
    assert (page.count("conflict in the file</span>"), page.count("all 2 say the same")) == (1, 1)
    assert "imported</span> Same" in page
    assert "1 issue unanimous" in page


def test_decisions_made_here_are_never_called_imported(client, study, lead):
    bring(study, lead)
    drawn = Round.objects.get().round_issues.first()
    client.post(at(study, "round_reopen", 1), {"reason": "Look again"})
    answer = client.post(
        at(study, "disagreement", 1, drawn.issue_id), {"answer": "none", "how": "imported", "reason": "x", "seen": "1"}
    )
    assert "imported is not one of the available choices" in text(answer)
    assert Resolution.objects.filter(revision=2).count() == 0


def test_the_list_asks_the_same_number_of_questions_for_any_number(client, study, lead):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            client.get(at(study, "coding_imports"))
        return len(asked)

    factories.coding_import(study, lead)
    one = questions()
    for _ in range(29):
        factories.coding_import(study, lead)
    assert questions() == one


def test_an_import_of_another_study_is_not_there(client, study, lead):
    made = factories.coding_import(factories.study("Other", "other"), lead)
    assert client.get(at(study, "coding_import", made.pk)).status_code == 404


def test_numbers_are_of_the_only_repository_of_the_study(client, study):
    factories.repository(study, "tidewater/captioner")
    content = sheet([("issue number", "rater", "code"), ("12", "Ada", "a")])
    form = client.get(chosen(client, study, content)).context["form"]
    assert form["repository_name"].value() == "tidewater/captioner"
    factories.repository(study, "tidewater/other")
    form = client.get(chosen(client, study, content)).context["form"]
    assert not form["repository_name"].value()
