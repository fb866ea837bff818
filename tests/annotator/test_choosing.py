"""What a version lets raters choose: levels, codes that only gather, groups, one or several, keys, colours."""

import uuid
from typing import Any

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from annotator.models import Assignment, Coding, Round
from annotator.queries.palette import flat, palette_of
from annotator.services.coding import submit_coding
from annotator.services.resolution import resolve
from annotator.services.rounds import draft_round
from annotator.states import Phase
from studies.errors import Invalid
from studies.models import Membership, Study
from taxonomy.models import Code, Version
from tests import factories


@pytest.fixture
def version(study: Study, lead: Any) -> Version:
    """Input · Wrong type · Wrong shape · Cause · Memory; the two below Input exclude each other."""
    version = factories.taxonomy(study, ["Input", "Cause", "Memory"])
    top = version.codes.get(name="Input")
    for position, name in enumerate(["Wrong type", "Wrong shape"]):
        Code.objects.create(version=version, parent=top, name=name, position=position, exclusive_group="input faults")
    version.codes.filter(name="Cause").update(selectable=False)
    version.codes.filter(name="Memory").update(key="y", colour=5, notes="Ask for the device.")
    return version


def publish(version: Version, lead: Any, **settings: Any) -> None:
    Version.objects.filter(pk=version.pk).update(
        number=1, published_by=lead, published_at=factories.NOW, content_hash="0" * 64, **settings
    )
    version.refresh_from_db()


@pytest.fixture
def round_of(version: Version, study: Study, members: dict[str, Membership], lead: Any) -> Any:
    def make(phase: str = Phase.INDEPENDENT, **settings: Any) -> Round:
        publish(version, lead, **settings)
        return factories.round_of(
            version, [factories.issue(factories.repository(study))], [members["rater_a"]], phase=phase
        )

    return make


def codes(version: Version, *names: str) -> list[int]:
    return list(version.codes.filter(name__in=names).values_list("pk", flat=True))


def submit(round: Round, by: Any, *names: str, outcome: str = "coded") -> set[str]:
    coding = submit_coding(
        assignment=Assignment.objects.get(round_issue__round=round), outcome=outcome,
        codes=codes(round.version, *names), client_id=uuid.uuid4(), by=by,
    )  # fmt: skip
    return set(coding.codes.values_list("name", flat=True))


REFUSED: list[tuple[dict[str, Any], list[str], str]] = [
    ({}, ["Cause"], "“Cause” only gathers what is below it."),
    ({"levels": "top"}, ["Cause"], "“Cause” only gathers what is below it."),
    (
        {"levels": "top"},
        ["Wrong type"],
        "“Wrong type” is not a top category, and T, version 1 takes only those.",
    ),
    (
        {"levels": "leaves"},
        ["Input", "Memory"],
        "“Input” has codes below it, and T, version 1 takes only the lowest",
    ),
    ({}, ["Wrong type", "Wrong shape"], "“Wrong type” and “Wrong shape” exclude each other (input faults)."),
]
TAKEN: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["Input", "Wrong type", "Memory"]),
    ({"levels": "top"}, ["Input", "Memory"]),
    ({"levels": "leaves"}, ["Wrong shape", "Memory"]),
]


@pytest.mark.parametrize(("settings", "names", "sentence"), REFUSED)
def test_choice_that_the_version_does_not_take_is_refused(
    round_of: Any, version: Version, rater_a: Any, settings: dict[str, Any], names: list[str], sentence: str
) -> None:
    version.taxonomy.name = "T"
    version.taxonomy.save()
    round = round_of(**settings)
    with pytest.raises(Invalid) as refused:
        submit(round, rater_a, *names)
    assert list(refused.value.message_dict) == ["codes"]
    assert refused.value.messages[0].startswith(sentence)
    assert not Coding.objects.exists()


@pytest.mark.parametrize(("settings", "names"), TAKEN)
def test_choice_that_fits_is_taken(round_of: Any, rater_a: Any, settings: dict[str, Any], names: list[str]) -> None:
    assert submit(round_of(**settings), rater_a, *names) == set(names)


@pytest.mark.parametrize("outcome", ["none", "unclear"])
def test_none_and_unclear_are_always_possible(round_of: Any, rater_a: Any, outcome: str) -> None:
    assert submit(round_of(levels="leaves", several_codes=False), rater_a, outcome=outcome) == set()
    assert list(Coding.objects.values_list("outcome", flat=True)) == [outcome]


def test_decision_keeps_to_it_as_well(round_of: Any, version: Version, lead: Any) -> None:
    round = round_of(phase=Phase.DISCUSSION)
    with pytest.raises(Invalid, match="exclude each other"):
        resolve(
            round_issue=round.round_issues.get(), how="lead", outcome="coded",
            codes=codes(version, "Wrong type", "Wrong shape"), reason="So.", by=lead,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("of_version", "of_round", "kept"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_round_takes_several_codes_where_version_and_lead_both_do(
    version: Version, study: Study, members: dict[str, Membership], lead: Any,
    of_version: bool, of_round: bool, kept: bool,
) -> None:  # fmt: skip
    factories.issue(factories.repository(study))
    publish(version, lead, several_codes=of_version)
    made = draft_round(
        study=study, version=version, size=1, raters=[members["rater_a"]], several_codes=of_round, by=lead
    )
    assert made.several_codes is kept


def test_palette_offers_what_may_be_chosen_with_key_and_colour(version: Version) -> None:
    shown = [(entry.code.name, entry.offered, entry.key, entry.colour) for entry in flat(palette_of(version))]
    assert shown == [
        ("Input", True, "1", 1),
        ("Wrong type", True, "2", 1),
        ("Wrong shape", True, "3", 1),
        ("Cause", False, "", 2),
        ("Memory", True, "y", 5),
    ]
    version.levels = "leaves"
    assert [(entry.path, entry.key) for entry in flat(palette_of(version)) if entry.offered] == [
        ("Input › ", "1"), ("Input › ", "2"), ("", "y"),
    ]  # fmt: skip


def test_number_keys_end_with_the_ninth_code(study: Study, lead: Any) -> None:
    version = factories.taxonomy(study, [f"Code {n}" for n in range(11)], by=lead)
    assert [entry.key for entry in palette_of(version)] == [*"123456789", "", ""]


def test_coding_screen_shows_notes_and_no_box_for_what_only_gathers(
    client: Any, round_of: Any, study: Study, version: Version, rater_a: Any
) -> None:
    round = round_of()
    client.force_login(rater_a)
    page = client.get(reverse("coding", args=[study.slug, round.number]))
    assertContains(page, "<dt>Notes</dt><dd>Ask for the device.</dd>", html=True)
    boxes = {int(value) for value in page.content.decode().split('name="answer" value="')[1:] if value[0].isdigit()
             for value in [value.split('"')[0]]}  # fmt: skip
    assert boxes == set(codes(version, "Input", "Wrong type", "Wrong shape", "Memory"))
    sent = {"assignment": Assignment.objects.get().pk, "seen": 0, "client_id": uuid.uuid4()}
    both = codes(version, "Wrong type", "Wrong shape")
    assertContains(
        client.post(reverse("coding", args=[study.slug, round.number]), sent | {"answer": both}),
        "exclude each other", status_code=409,
    )  # fmt: skip
