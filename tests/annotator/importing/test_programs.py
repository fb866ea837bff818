"""Imports of codings by API and by command."""

import json

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from annotator.models import CodingImport, Round
from corpus.services.uploads import folder
from jobs.services import run
from studies.models import Membership, Role
from tests.annotator.importing.brought import LONG, bring, sheet


@pytest.fixture
def client(client, study, lead):
    client.force_login(lead)
    return client


def post(client, study, **said):
    file = ContentFile(said.pop("content", sheet(LONG)), "codings.csv")
    return client.post(reverse("api-coding-imports", args=[study.slug]), {"file": file, **said})


def test_a_file_is_tried_imported_and_undone(client, study):
    outcomes = json.dumps({"outcomes": {"unclear": "unclear", "none": "none"}})
    said = {"taxonomy": "Faults", "mapping": outcomes, "raters": json.dumps({"E2": "rater-2", "rater_a": None})}
    tried = post(client, study, dry="true", **said)
    assert (tried.status_code, tried.json()["state"], tried.json()["dry"]) == (201, "waiting", True)
    run(CodingImport.objects.get().job_id)
    made = post(client, study, **said)
    run(CodingImport.objects.get(pk=made.json()["id"]).job_id)
    one = reverse("api-coding-import", args=[study.slug, made.json()["id"]])
    told = client.get(one).json()
    assert (told["state"], told["round"], told["problems"], told["report"]["codings"]) == ("done", 1, [], 6)
    assert set(Round.objects.get().raters.values_list("member__alias", flat=True)) == {"rater-2", "rater-3"}
    listed = client.get(reverse("api-coding-imports", args=[study.slug])).json()["results"]
    assert [(row["round"], row["dry"]) for row in listed] == [(1, False), (None, True)]
    shown = client.get(reverse("api-round", args=[study.slug, 1])).json()
    assert (shown["sample"]["method"], shown["sample"]["file"]) == ("imported", "codings.csv")
    undo = reverse("api-coding-import-undo", args=[study.slug, made.json()["id"]])
    assert client.post(undo).json()["undone_at"]
    assert client.post(undo).status_code == 409
    assert client.get(one).json()["round"] is None


def test_what_cannot_be_said_to_the_api(client, study, lead):
    before = set(folder().iterdir())
    for said, field in (
        ({"taxonomy": ""}, "name"),
        ({"taxonomy": "F", "mapping": "["}, "mapping"),
        ({"taxonomy": "F", "mapping": '{"colour": 1}'}, "mapping"),
        ({"taxonomy": "F", "raters": "[1]"}, "raters"),
        ({"taxonomy": "F", "raters": '{"E2": "rater-99"}'}, "raters"),
        ({"unknown": "add"}, "version"),
    ):
        answer = post(client, study, **said)
        assert (answer.status_code, list(answer.json())) == (400, [field])
    assert set(folder().iterdir()) == before
    assert CodingImport.objects.count() == 0


def test_members_read_no_imports(client, study, rater_a):
    client.force_login(rater_a)
    assert client.get(reverse("api-coding-imports", args=[study.slug])).status_code == 403


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "codings.csv"
    path.write_bytes(sheet(LONG))
    return path


def command(capsys, *given):
    """The code that it ends with, what it says, and what it complains of."""
    try:
        call_command("import_codings", *map(str, given))
        code, why = 0, ""
    except CommandError as error:
        code, why = error.returncode, str(error)
    told = capsys.readouterr()
    return code, "\n".join(filter(None, (told.out.strip(), why))), told.err.strip()


def test_the_command_tries_and_imports(capsys, study, lead, file):
    given = (file, "--study", study.slug, "--taxonomy", "Faults")
    what = (
        "3 issues (0 known), 6 codings by 2 raters, 3 final labels, 2 marked as conflicts; "
        "4 codes that the taxonomy had not."
    )
    assert command(capsys, *given, "--dry-run") == (0, f"Would be: {what}", "")
    assert Round.objects.count() == 0
    assert command(capsys, *given) == (0, f"Round 1: {what}", "")
    again = command(capsys, file, "--study", study.slug, "--taxonomy", "Other")
    assert again == (0, "Nothing was imported: this file says what round 1 holds already.", "")


def test_the_command_takes_a_mapping_and_raters(capsys, study, lead, tmp_path, file):
    (tmp_path / "mapping.json").write_text('{"outcomes": {"unclear": "unclear", "none": "none"}}')
    (tmp_path / "raters.json").write_text('{"E2": "rater-2"}')
    bring(study, lead, sheet([LONG[0], ("x/y#1", "Ada", "Loading", "", "", "")]))
    version = Round.objects.get().version_id
    code, told, _ = command(
        capsys, file, "--study", study.slug, "--of-version", version, "--mapping", tmp_path / "mapping.json",
        "--raters", tmp_path / "raters.json",
    )  # fmt: skip
    assert (code, told.split(":")[0]) == (0, "Round 2")
    assert Round.objects.get(number=2).version.number == 2
    assert Membership.objects.filter(role=Role.PLACEHOLDER).count() == 1
    more = tmp_path / "more.csv"
    more.write_bytes(sheet([LONG[0], ("x/y#1", "rater_b", "Fresh", "", "", "")]))
    version = Round.objects.get(number=2).version_id
    command(capsys, more, "--study", study.slug, "--of-version", version, "--propose")
    assert Round.objects.get(number=3).allows_proposals


def test_the_command_says_what_was_left_out(capsys, study, lead, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(sheet([("issue", "rater", "code"), ("", "Ada", "a"), ("x/y#1", "Ada", "b")]))
    code, told, complained = command(capsys, path, "--study", study.slug, "--taxonomy", "Faults")
    assert (code, complained) == (1, "line 2: The row names no issue, so it was left out.")
    assert told.splitlines() == [
        "Round 1: 1 issues (0 known), 1 codings by 1 raters, 0 final labels; 1 codes that the taxonomy had not.",
        "Left out: 1. The rest was taken.",
    ]


def test_the_command_does_not_begin_or_fails_with_a_sentence(capsys, study, lead, tmp_path, file):
    given = ("--study", study.slug, "--taxonomy", "Faults")
    (tmp_path / "list.json").write_text("[]")
    for arguments, words in (
        ((tmp_path / "gone.csv", *given), "No such file"),
        ((file, *given, "--mapping", tmp_path / "list.json"), "does not hold a JSON object"),
        ((file, "--study", study.slug, "--of-version", 0), "Choose a published version"),
        ((file, "--study", "none", "--taxonomy", "Faults"), "There is no study none"),
    ):
        code, told, _ = command(capsys, *arguments)
        assert code == 3
        assert words in told
    (tmp_path / "raters.json").write_text('{"E2": "rater-1"}')
    code, told, _ = command(capsys, file, *given, "--raters", tmp_path / "raters.json")
    assert code == 2
    assert "are the same member" in told
    nothing = tmp_path / "b.csv"
    nothing.write_bytes(sheet([("issue", "rater", "code"), ("", "Ada", "a")]))
    assert "Nothing came of it" in command(capsys, nothing, *given)[1]
