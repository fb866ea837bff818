"""Draws that are repeated: by page, by command, from a file without the database's rows."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from annotator.models import Round, RoundIssue
from annotator.services.planning import Way
from annotator.services.repeating import record_of, repeat_draw
from annotator.services.rounds import draft_round
from corpus.models import Repository
from studies.errors import Invalid, Refused
from studies.models import Membership, Study
from tests import factories


@pytest.fixture
def round(study: Study, members: dict[str, Membership], lead: Any) -> Round:
    repository = factories.repository(study)
    for number in range(1, 13):
        factories.issue(repository, number=number, labels=["bug"] if number % 3 else [])
    return draft_round(
        study=study,
        version=factories.taxonomy(study, by=lead),
        raters=[members["rater_a"]],
        size=5,
        seed=42,
        way=Way("stratified", stratify_by="label"),
        by=lead,
    )


def test_a_draw_is_the_same_after_the_corpus_has_moved_on(round: Round, study: Study) -> None:
    Repository.objects.update(owner="new", name="name")
    factories.issue(factories.repository(study), number=99)
    repeat = repeat_draw(record_of(round))
    assert (repeat.is_same, repeat.is_same_order, repeat.of) == (True, True, 12)
    assert repeat.sentence == "Drawn again from the list of 12 issues: the same 5, in the same order."


def test_a_draw_that_was_tampered_with_is_told(round: Round) -> None:
    other = next(pk for pk in study_issues(round) if not round.round_issues.filter(issue=pk).exists())
    RoundIssue.objects.filter(round=round, position=1).update(issue=other)
    repeat = repeat_draw(record_of(round))
    assert not repeat.is_same
    assert repeat.sentence == "Drawn again from the list of 12 issues, 2 differ."


def study_issues(round: Round) -> list[int]:
    return list(Repository.objects.get(study=round.study).issues.values_list("pk", flat=True))


def test_an_extended_draw_may_stand_in_another_order(round: Round) -> None:
    record = record_of(round)
    record["drawn"].reverse()
    assert repeat_draw(record).sentence.endswith("in another order, because the sample was extended.")


def test_the_command_repeats_a_draw(round: Round, capsys: Any) -> None:
    call_command("repeat_draw", study=round.study.slug, round=1)
    assert capsys.readouterr().out == "Drawn again from the list of 12 issues: the same 5, in the same order.\n"


def test_the_command_repeats_a_draw_from_a_file_without_rows(round: Round, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "draw.json"
    path.write_text(json.dumps(record_of(round)))
    RoundIssue.objects.all().update(round=factories.round_of(round.version, [], []))
    call_command("repeat_draw", file=path)
    assert "the same 5" in capsys.readouterr().out


def failing(**options: Any) -> tuple[int, str]:
    with pytest.raises(CommandError) as failed:
        call_command("repeat_draw", **options)
    return failed.value.returncode, str(failed.value)


def test_the_command_ends_with_1_when_the_draw_is_another(round: Round, tmp_path: Path) -> None:
    path = tmp_path / "draw.json"
    record = record_of(round)
    record["sample"]["seed"] += 1
    path.write_text(json.dumps(record))
    assert failing(file=path)[0] == 1


def test_the_command_says_what_it_cannot_begin_with(round: Round, tmp_path: Path) -> None:
    path = tmp_path / "draw.json"
    record = record_of(round)
    for wrong, sentence in (
        ({}, "not a record of a draw"),
        ({"format": record["format"]}, "not a whole record"),
        ({**record, "sample": {**record["sample"], "generator_version": 9}}, "sha256-rank, version 9"),
        ({**record, "population": record["population"][1:]}, "SHA-256"),
    ):
        path.write_text(json.dumps(wrong))
        code, told = failing(file=path)
        assert (code, sentence in told) == (3, True)
    path.write_text("{")
    assert failing(file=path)[0] == 3
    assert failing()[0] == 3
    assert failing(study=round.study.slug, round=7) == (3, "There is no such round in this study.")


def test_rounds_without_a_list_say_so(round: Round) -> None:
    other = factories.round_of(round.version, [], [])
    with pytest.raises(Refused, match="kept no list"):
        record_of(other)
    with pytest.raises(Invalid):
        repeat_draw({"format": "another"})


def test_the_page_repeats_the_draw_and_gives_the_record(round: Round, lead: Any) -> None:
    client = Client()
    client.force_login(lead)
    where = [round.study.slug, round.number]
    page = client.get(reverse("round_draw", args=where)).content.decode()
    assert "the same 5, in the same order" in page
    assert round.population is not None
    assert round.population.sha256 in page
    answer = client.get(reverse("round_draw_record", args=where))
    assert answer["Content-Disposition"] == 'attachment; filename="model-reuse-round-1-draw.json"'
    assert answer.json() == record_of(round)
    assert "Repeat the draw" in client.get(reverse("round", args=where)).content.decode()
