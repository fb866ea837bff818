"""The demonstration study, made in an empty installation."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from annotator.models import Assignment, Coding, Resolution, Round
from annotator.queries.board import cards_of
from annotator.states import Phase
from corpus.models import Comment, Frame, Issue
from demo.management.commands.make_demo import PASSWORD
from demo.story import CAST, COME_SO_FAR, FIRST_SIZE, LEFT_OPEN, SECOND_SIZE
from jobs.models import Job, State
from studies.models import Study, User
from studies.services.events import first_broken_event
from taxonomy.exchange.printed import book_of
from taxonomy.models import CodeChange, Crosswalk, Purpose


@pytest.fixture
def demo(db, capsys):
    call_command("make_demo")
    return Study.objects.get(), capsys.readouterr().out


def test_demo_tells_who_may_sign_in(demo):
    _, told = demo
    addresses = {word for word in told.split() if word.endswith("@example.org")}
    assert addresses == set(User.objects.values_list("email", flat=True)) == {f"{alias}@example.org" for alias in CAST}
    assert all(Client().login(username=address, password=PASSWORD) for address in addresses)


def test_demo_has_a_closed_and_a_running_round(demo):
    study, _ = demo
    first, second, _ = Round.objects.order_by("number")
    assert (Issue.objects.count(), Comment.objects.count()) == (120, 185)
    assert [(row.phase, row.round_issues.count()) for row in (first, second)] == [
        (Phase.DISCUSSION, FIRST_SIZE),
        (Phase.INDEPENDENT, SECOND_SIZE),
    ]
    assert Coding.objects.filter(assignment__round_issue__round=first).count() == 3 * FIRST_SIZE
    begun = {
        alias: Assignment.objects.filter(round_issue__round=second, member__alias=alias, codings__isnull=False).count()
        for alias in COME_SO_FAR
    }
    assert begun == COME_SO_FAR
    assert Resolution.objects.filter(round_issue__round=first).count() == FIRST_SIZE - LEFT_OPEN
    assert set(Job.objects.values_list("kind", "state")) == {
        ("corpus.import_file", State.DONE),
        ("analysis.resolution_time", State.DONE),
    }
    assert first_broken_event(study) is None


def test_demo_has_two_versions_and_a_codebook_with_counts(demo):
    study, _ = demo
    ours = study.taxonomies.get(kind=Purpose.CODING)
    first, second = ours.versions.filter(number__isnull=False).order_by("number")
    assert list(Round.objects.order_by("number").values_list("version", flat=True)) == [first.pk, second.pk, second.pk]
    kinds = set(CodeChange.objects.filter(version=second).values_list("kind", flat=True))
    assert {"add", "rename", "reword", "move", "merge"} <= kinds
    client = Client()
    client.force_login(User.objects.get(email="rater-1@example.org"))
    page = client.get(reverse("taxonomy_version", args=[study.slug, first.taxonomy_id, 1])).content.decode()
    counted = book_of(first)
    assert counted.usage.rounds == (1,)
    assert counted.usage.codings == 3 * FIRST_SIZE
    assert f"{counted.usage.issues} labelled issues" in page
    linked = [example.url for entry in counted.entries for example in entry.examples if example.source]
    assert len(linked) >= 12
    assert all(f'href="{url}"' in page and client.get(url).status_code == 200 for url in linked)
    later = {entry.name: entry for entry in book_of(second).entries}
    assert "one at most is chosen" in " ".join(later["Facts about the model"].choice)
    assert (later["Speed and cost"].node.code.key, bool(later["Speed and cost"].node.code.notes)) == ("w", True)


@pytest.mark.usefixtures("demo")
def test_demo_has_frames_a_board_and_a_crosswalk():
    assert [(frame.name, frame.parent_id is None) for frame in Frame.objects.order_by("pk")] == [
        ("By people", True),
        ("By people, with an answer", False),
    ]
    third = Round.objects.get(number=3)
    states = {card.name: {row.state for row in card.proposals} for card in cards_of(third)}
    assert states == {
        "Changed without notice": {"proposed"},
        "Withdrawn by its publisher": {"proposed"},
        "Model withdrawn": {"proposed"},
        "Privacy of what goes in": {"accepted"},
        "Cost before the start": {"declined"},
        "Choosing a model": {"proposed"},
    }
    crosswalk = Crosswalk.objects.get()
    assert (third.phase, crosswalk.mappers.get().is_done) == (Phase.DISCUSSION, True)
    mapped = {verdict.left_id for verdict in crosswalk.verdicts.all()}
    assert mapped == set(crosswalk.left.codes.values_list("pk", flat=True))


def test_stop_rule_of_the_demo_was_set_beforehand(demo):
    study, _ = demo
    client = Client()
    client.force_login(User.objects.get(email="observer@example.org"))
    page = client.get(reverse("saturation", args=[study.slug])).content.decode()
    assert "before any round started." in page
    assert "Reached at issue" in page


def test_every_section_of_the_demo_opens(demo):
    study, _ = demo
    client = Client()
    client.force_login(User.objects.get(email="lead@example.org"))
    page = client.get(reverse("study", args=[study.slug]))
    links = [section["url"] for section in page.context["sections"]]
    shown = {link: client.get(link, follow=True).status_code for link in links}
    assert set(shown.values()) == {200}
    assert len(shown) >= 10


def test_demo_refuses_an_installation_in_use(lead):
    with pytest.raises(CommandError, match="has accounts already"):
        call_command("make_demo")
