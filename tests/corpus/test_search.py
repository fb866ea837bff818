"""Full-text search: what is found, the same on every database, and that the index keeps up with the issues."""

import importlib
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from corpus import fulltext, queries
from corpus.models import CorpusVersion, Issue, IssueFacts, IssueLabel
from corpus.services.indexing import forget_issues
from corpus.words import Term, has_code, has_image, parse, pattern, searched, words_of
from tests import factories
from tests.corpus import made


def numbers(text):
    return {issue.number for issue in queries.search(Issue.objects.all(), text)}


@pytest.fixture
def corpus(study):
    repository = factories.repository(study, "lab/one")
    factories.issue(repository, number=1, title="Crash on load", body="`model.from_pretrained` says **CUDA** out of it")
    second = factories.issue(repository, number=2, title="Größe of the tokenizer", body="O'Brien said: load slowly")
    third = factories.issue(repository, number=3, title="日本語 caption", body="nothing")
    factories.comment(second, "Please load it again")
    factories.comment(third, "The crash is a duplicate of #1, on load too")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("load", {1, 2, 3}),
        ("crash load", {1, 3}),
        ('"crash on load"', {1}),
        ('"on load"', {1, 3}),
        ('"on load', {1, 3}),
        ("load -crash", {2}),
        ('-"on load"', {2}),
        ("-crash -größe", set()),
        ("-cuda -größe", {3}),
        ("token", set()),
        ("token*", {2}),
        ("from_pretrained", {1}),
        ("model.from", {1}),
        ("GRÖSSE", {2}),
        ("日本語", {3}),
        ("o'brien", {2}),
        ("OR load NOT", set()),
        ("title:crash", set()),
        ("NEAR(crash load)", set()),
        ("load* AND", set()),
        ("2", {2}),
        ("#3", {3}),
        ("lab/ONE#1", {1}),
        ("'", set()),
        ('" ) -- ;', set()),
        ("\\' | &", set()),
        ("nothing", {3}),
        ("x" * 5000, set()),
    ],
)
def test_search_finds(corpus, text, expected):
    assert numbers(text) == expected


WORDS = st.sampled_from(["a", "b", "ab", "c1"])
TEXTS = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
TERMS = st.builds(Term, st.lists(WORDS, min_size=1, max_size=2).map(tuple), st.booleans(), st.booleans())


def holds(term, texts):
    """The meaning of a term, word by word."""
    for text in texts:
        words = text.split(" ")
        for start in range(len(words) - len(term.words) + 1):
            *fixed, last = zip(words[start:], term.words, strict=False)
            fits = last[0].startswith(last[1]) if term.prefix else last[0] == last[1]
            if fits and all(here == asked for here, asked in fixed):
                return True
    return False


class SearchMeansWhatItSays(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4), st.lists(TERMS, min_size=1, max_size=3))
    def test_index_agrees_with_reading(self, texts, terms):
        repository = factories.repository(factories.study())
        for number, (title, body) in enumerate(texts, 1001):
            factories.issue(repository, number=number, title=title, body=body)
        text = " ".join(written(term) for term in terms)
        asked = parse(text)
        expected = {
            number
            for number, pair in enumerate(texts, 1001)
            if all(holds(term, pair) != term.negated for term in asked)
        }
        assert numbers(text) == expected


def written(term):
    words = "_".join(term.words) + "*" if term.prefix else '"' + " ".join(term.words) + '"'
    return ("-" if term.negated else "") + words


def test_best_match_comes_first(study):
    repository = factories.repository(study)
    often = factories.issue(repository, title="Other", body="cache " * 5 + "x " * 50)
    once = factories.issue(repository, title="Other", body="cache " + "x " * 500)
    titled = factories.issue(repository, title="The cache", body="x " * 50)
    left_out = factories.issue(repository, title="Cache", body="cache")
    ids = [often.pk, once.pk, titled.pk]
    assert fulltext.ranked(ids, parse("cache")) == [titled.pk, often.pk, once.pk]
    assert fulltext.ranked([], parse("cache")) == []
    found = {int(pk) for pk in fulltext.matching_ids(parse("cache -nowhere")).split(",")}
    assert found == {*ids, left_out.pk}
    assert fulltext.matching_ids(parse("nowhere")) == ""


def test_index_follows_imports(import_file, study):
    import_file(made.lines([made.issue(1, title="First words", labels=[{"name": "bug"}, {"name": "model"}])]))
    import_file(made.lines([made.issue(1)]), comments=made.lines([made.comment(1, 5, body="```\nzebra\n```")]))
    assert (numbers("zebra"), numbers("first")) == ({1}, set())
    facts = IssueFacts.objects.values_list("study", "comments", "has_code", "has_images").get()
    assert facts == (study.pk, 1, True, False)
    before = CorpusVersion.objects.get().stamp
    import_file(made.lines([made.issue(1, title="Last words", labels=[{"name": "bug"}])]))
    assert (numbers("last"), numbers("zebra")) == ({1}, {1})
    assert [row.name for row in IssueLabel.objects.all()] == ["bug"]
    assert CorpusVersion.objects.get().stamp != before
    after = CorpusVersion.objects.get().stamp
    import_file(made.lines([made.issue(1, title="Last words", labels=[{"name": "bug"}])]))
    assert CorpusVersion.objects.get().stamp == after


def test_what_is_forgotten_is_not_found(corpus):
    before = CorpusVersion.objects.get().stamp
    forget_issues(Issue.objects.filter(number=1).values_list("pk", flat=True))
    assert numbers("crash") == {3}
    assert CorpusVersion.objects.get().stamp != before


def test_issues_that_were_there_before_are_indexed_by_the_migration(corpus):
    migration = importlib.import_module("corpus.migrations.0002_search")
    kept = [list(model.objects.order_by("issue").values_list()) for model in (IssueFacts,)]
    labels = IssueLabel.objects.count()
    fulltext.remove_words([issue.pk for issue in Issue.objects.all()])
    IssueFacts.objects.all().delete()
    IssueLabel.objects.all().delete()
    assert numbers("load") == set()
    migration.index_all(apps, None)
    assert numbers("load") == {1, 2, 3}
    assert [list(IssueFacts.objects.order_by("issue").values_list())] == kept
    assert IssueLabel.objects.count() == labels


def test_index_is_made_and_dropped_by_the_migration(db):
    migration = importlib.import_module("corpus.migrations.0002_search")
    with connection.cursor() as cursor:
        editor = SimpleNamespace(connection=connection, execute=cursor.execute)
        migration.drop_index(apps, editor)
        assert "corpus_words" not in connection.introspection.table_names()
        migration.create_index(apps, editor)
    assert "corpus_words" in connection.introspection.table_names()


def test_a_long_text_is_searched_as_far_as_the_index_goes(study):
    body = " ".join(f"w{number:x}" for number in range(200_000)) + " thelastword"
    factories.issue(factories.repository(study), number=9, body=f"first {body}")
    assert numbers("first w1ff") == {9}
    assert numbers("thelastword") == set()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A_b-c", ["a", "b", "c"]),
        ("ﬁne ２", ["fine", "2"]),
        ("Straße", ["strasse"]),
        ("a" * 300, ["a" * 100]),
        ("\u202e\u0000!", []),
    ],
)
def test_words_of_a_text(text, words):
    assert words_of(text) == words
    assert searched([text, text]) == " ".join(words * 2)


@pytest.mark.parametrize(
    ("asked", "text", "marked"),
    [
        ("load", "Load, reload; load_all LOADED", ["Load", "load"]),
        ("load*", "loading", ["loading"]),
        ('"on load" -crash', "on  load crash, on-load", ["on  load", "on-load"]),
        ("a.b", "a.b", ["a.b"]),
    ],
)
def test_what_is_marked_in_a_text(asked, text, marked):
    assert pattern(parse(asked)).findall(text) == marked


def test_nothing_is_marked_for_what_is_absent():
    assert pattern(parse("-load")) is None


@pytest.mark.parametrize(
    ("markdown", "code", "image"),
    [
        ("```py\nx\n```", True, False),
        ("> ~~~\n> x", True, False),
        ("inline `x`", False, False),
        ("<pre>x</pre>", True, False),
        ("![a](b)", False, True),
        ("[a](b)!", False, False),
        ('<IMG src="x">', False, True),
    ],
)
def test_code_and_images_are_seen(markdown, code, image):
    assert (has_code(markdown), has_image(markdown)) == (code, image)
