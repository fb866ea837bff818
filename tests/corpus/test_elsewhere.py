"""What was coded elsewhere: where it stands, and that it is kept once."""

import pytest
from django.urls import reverse

from corpus.elsewhere import Reference, reference_of
from corpus.models import Issue, IssueState, Repository
from corpus.queries import find_references
from corpus.services.elsewhere import Item, forget_items, keep_items
from tests import factories


def on_github(owner, name, number):
    return Reference(owner, name, number, f"https://github.com/{owner}/{name}/issues/{number}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://github.com/NVIDIA/DALI/issues/412", on_github("NVIDIA", "DALI", 412)),
        ("http://www.github.com/NVIDIA/DALI/issues/412#issuecomment-7", on_github("NVIDIA", "DALI", 412)),
        ("NVIDIA/DALI#412", on_github("NVIDIA", "DALI", 412)),
        (
            "https://github.com/espnet/espnet/pull/487/files",
            Reference("github.com", "espnet-espnet-pull", 487, "https://github.com/espnet/espnet/pull/487/files"),
        ),
        (
            "https://github.com/rwth-i6/returnn/commit/46779540",
            Reference(
                "github.com", "rwth-i6-returnn-commit", None, "https://github.com/rwth-i6/returnn/commit/46779540"
            ),
        ),
        (
            "https://stackoverflow.com/questions/47267612/how-to?noredirect=1",
            Reference("stackoverflow.com", "questions", 47267612, "https://stackoverflow.com/questions/47267612"),
        ),
        (
            "https://stackoverflow.com/q/47267612",
            Reference("stackoverflow.com", "questions", 47267612, "https://stackoverflow.com/questions/47267612"),
        ),
        (
            "https://bugs.example/show_bug.cgi?id=7",
            Reference("bugs.example", "items", None, "https://bugs.example/show_bug.cgi?id=7"),
        ),
        (
            "https://tracker.example/browse/99999999999",
            Reference("tracker.example", "browse", None, "https://tracker.example/browse/99999999999"),
        ),
        ("#12", Reference("elsewhere", "sheet", 12, key="#12")),
        ("task: 12", Reference("elsewhere", "sheet", None, key="task:12")),
        ("0", Reference("elsewhere", "sheet", None, key="0")),
        ("a\x00b", Reference("elsewhere", "sheet", None, key="a\ufffdb")),
    ],
)
def test_where_something_stands(text, expected):
    assert reference_of(text, items="sheet") == expected


def test_a_number_belongs_to_the_repository_that_is_named():
    assert reference_of("#12", repository="x/y", items="sheet") == on_github("x", "y", 12)
    assert reference_of("PROJ-12", repository="x/y") == Reference("elsewhere", "x-y", None, key="PROJ-12")
    assert reference_of("12") == Reference("elsewhere", "items", 12, key="12")


@pytest.fixture
def known(study):
    repository = factories.repository(study, "tidewater/captioner")
    Repository.objects.filter(pk=repository.pk).update(former_names=["old/captioner"])
    return factories.issue(repository, number=7, title="It fails")


def test_what_the_study_has_is_found(study, known):
    tracked = factories.issue(factories.repository(study, "gitlab.example/p"), number=3)
    Issue.objects.filter(pk=tracked.pk).update(url="https://gitlab.example/g/p/-/issues/3")
    wanted = [
        reference_of("https://github.com/Tidewater/Captioner/issues/7"),
        reference_of("old/captioner#7"),
        reference_of("https://gitlab.example/g/p/-/issues/3"),
        reference_of("tidewater/captioner#8"),
        reference_of("7", items="captioner"),
    ]
    found = find_references(study, wanted)
    assert [found.get(one) for one in wanted] == [known.pk, known.pk, tracked.pk, None, None]


def kept(study, *texts, **told):
    items = [Item(reference_of(text, items="sheet"), **told) for text in texts]
    return keep_items(study=study, items=items, at=factories.NOW)


TEXTS = (
    "https://stackoverflow.com/questions/5/why",
    "https://github.com/x/y/commit/ab12",
    "https://github.com/x/y/commit/46779540",
    "x/y#9",
    "task 5",
    "1",
)


def test_what_the_study_does_not_have_is_kept_once_with_its_link(study, known):
    first = kept(study, *TEXTS, "tidewater/captioner#7", title="T", text="Body")
    assert kept(study, *TEXTS) == {reference: pk for reference, pk in first.items() if pk != known.pk}
    made = Issue.objects.exclude(pk=known.pk).order_by("repository__owner", "repository__name", "number")
    assert [(issue.key, issue.title, issue.url) for issue in made.select_related("repository")] == [
        ("elsewhere/sheet#1", "1: T", ""),
        ("elsewhere/sheet#2", "task 5: T", ""),
        ("github.com/x-y-commit#1", "T", "https://github.com/x/y/commit/ab12"),
        ("github.com/x-y-commit#2", "T", "https://github.com/x/y/commit/46779540"),
        ("stackoverflow.com/questions#5", "T", "https://stackoverflow.com/questions/5"),
        ("x/y#9", "T", "https://github.com/x/y/issues/9"),
    ]
    assert {(issue.state, issue.body.markdown, issue.created_at) for issue in made} == {
        (IssueState.UNKNOWN, "Body", factories.NOW)
    }


def test_without_a_title_the_link_or_key_stands_for_it(study):
    made = kept(study, *TEXTS[:1], "task 5")
    assert set(Issue.objects.filter(pk__in=made.values()).values_list("title", flat=True)) == {
        "stackoverflow.com/questions/5", "task 5",
    }  # fmt: skip


def test_what_nobody_works_with_is_removed_again(study, known, members):
    made = kept(study, *TEXTS)
    ids = list(made.values())
    version = factories.taxonomy(study, by=members["lead"].user)
    factories.round_of(version, [Issue.objects.get(pk=ids[0])], [members["rater_a"]])
    factories.comment(Issue.objects.get(pk=ids[1]))
    assert forget_items(study=study, issue_ids=[*ids, known.pk]) == len(ids) - 2
    assert set(Issue.objects.values_list("pk", flat=True)) == {known.pk, ids[0], ids[1]}
    assert not Repository.objects.filter(owner="elsewhere").exists()


def test_it_lists_and_opens_like_an_issue_and_tells_no_times(study, lead, client):
    pk = next(iter(kept(study, TEXTS[0], title="Why?").values()))
    client.force_login(lead)
    listed = client.get(reverse("issues", args=[study.slug])).content.decode()
    opened = client.get(reverse("issue", args=[study.slug, pk])).content.decode()
    assert "Why?" in listed
    assert "not known" in listed
    assert 'href="https://stackoverflow.com/questions/5"' in opened
    assert "Where it stands" in opened
    assert "opened" not in opened.split('class="meta"')[1].split("</p>")[0]
