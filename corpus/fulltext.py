"""The words of all issues in the database's own full-text index: FTS5 in SQLite, a tsvector in PostgreSQL.

Both are given the words of `corpus.words` and nothing else, so both find the same. Whatever a person typed arrives
as quoted words, never as an operator.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models.expressions import RawSQL

from corpus.words import Term

SQLITE, POSTGRESQL = "sqlite", "postgresql"
MATCH = {
    SQLITE: "SELECT rowid FROM corpus_words WHERE corpus_words MATCH %s",
    POSTGRESQL: "SELECT issue_id FROM corpus_words WHERE words @@ %s::tsquery",
}
ALL_IDS = {
    SQLITE: "SELECT group_concat(rowid) FROM corpus_words WHERE corpus_words MATCH %s",
    POSTGRESQL: "SELECT string_agg(issue_id::text, ',') FROM corpus_words WHERE words @@ %s::tsquery",
}
# A word of the title weighs ten times one of the text. The plus keeps SQLite from asking the index again for every id.
RANKED = {
    SQLITE: (
        "SELECT rowid FROM corpus_words WHERE corpus_words MATCH %s AND +rowid IN ({ids}) "
        "ORDER BY bm25(corpus_words, 10.0, 1.0), rowid DESC"
    ),
    POSTGRESQL: (
        "SELECT issue_id FROM corpus_words, (SELECT %s::tsquery AS asked) AS query WHERE issue_id IN ({ids}) "
        "ORDER BY ts_rank('{{0.1, 0.1, 0.1, 1.0}}', words, asked, 1) DESC, issue_id DESC"
    ),
}
CREATE = {
    SQLITE: [
        "CREATE VIRTUAL TABLE corpus_words USING fts5(title, text, tokenize = 'unicode61 remove_diacritics 0')",
        # Merging more pieces at once, more rarely: a quarter less work while an import writes.
        "INSERT INTO corpus_words (corpus_words, rank) VALUES ('automerge', 16)",
    ],
    POSTGRESQL: [
        "CREATE TABLE corpus_words (issue_id bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX corpus_words_by_word ON corpus_words USING gin (words)",
    ],
}
WRITE = {
    SQLITE: "INSERT OR REPLACE INTO corpus_words (rowid, title, text) VALUES (%s, %s, %s)",
    POSTGRESQL: (
        "INSERT INTO corpus_words (issue_id, words) "
        "SELECT pk, made::tsvector FROM unnest(%s::bigint[], %s::text[]) AS rows (pk, made) "
        "ON CONFLICT (issue_id) DO UPDATE SET words = EXCLUDED.words"
    ),
}
# So many words lie between a title and the text: no phrase reaches from one into the other.
GAP = 10


def asked(terms: Iterable[Term], vendor: str) -> str:
    """The terms, of which one at least is not negated, in the language of the index."""
    quote, both, none = (sqlite_term, " AND ", " NOT ") if vendor == SQLITE else (tsquery_term, " & ", " & !")
    terms = list(terms)
    query = both.join(quote(term) for term in terms if not term.negated)
    return f"({query})" + "".join(none + quote(term) for term in terms if term.negated)


def sqlite_term(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + ("*" if term.prefix else "")


def tsquery_term(term: Term) -> str:
    quoted = [f"'{word}'" for word in term.words]
    return f"({' <-> '.join(quoted)}{':*' if term.prefix else ''})"


def matching(terms: Iterable[Term]) -> RawSQL:
    """Ids of the issues in which the terms hold, for a condition `pk__in`."""
    return RawSQL(MATCH[connection.vendor], [asked(terms, connection.vendor)])  # noqa: S611 (the words are parameters)


def matching_ids(terms: Iterable[Term]) -> str:
    """The same ids at once, divided by commas: a hundred thousand rows would take longer to hand over."""
    with by_index() as cursor:
        cursor.execute(ALL_IDS[connection.vendor], [asked(terms, connection.vendor)])
        return str(cursor.fetchone()[0] or "")


@contextmanager
def by_index() -> Iterator[CursorWrapper]:
    """PostgreSQL holds reading a whole table of long rows for cheap: it does not count what it costs to unpack them."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == POSTGRESQL:
            cursor.execute("SET LOCAL enable_seqscan = off")
        yield cursor
        if connection.vendor == POSTGRESQL:
            cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")


def ranked(ids: Iterable[int], terms: Iterable[Term]) -> list[int]:
    """These of the matching ids, the best first."""
    numbers = ",".join(str(int(number)) for number in ids)
    if not numbers:
        return []
    with connection.cursor() as cursor:
        query = RANKED[connection.vendor].format(ids=numbers)
        cursor.execute(query, [asked(terms, connection.vendor)])
        return [row[0] for row in cursor.fetchall()]


def write_words(rows: Iterable[tuple[int, str, str]]) -> None:
    """Issue id, words of the title, words of the texts: in the caller's transaction, replacing what was there."""
    with connection.cursor() as cursor:
        if connection.vendor == SQLITE:
            cursor.executemany(WRITE[SQLITE], list(rows))
        else:
            made = [(pk, vector(title, text)) for pk, title, text in rows]
            cursor.execute(WRITE[POSTGRESQL], [[pk for pk, _ in made], [words for _, words in made]])


def vector(title: str, text: str) -> str:
    """A tsvector as text: words with their positions, those of the title with weight A."""
    places: dict[str, list[str]] = {}
    titled = title.split(" ") if title else []
    for place, word in enumerate(titled, 1):
        places.setdefault(word, []).append(f"{place}A")
    for place, word in enumerate(text.split(" ") if text else [], len(titled) + GAP):
        places.setdefault(word, []).append(str(place))
    return " ".join(f"'{word}':{','.join(at[:255])}" for word, at in places.items())


def remove_words(ids: Sequence[int]) -> None:
    column = "rowid" if connection.vendor == SQLITE else "issue_id"
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM corpus_words WHERE {column} = %s", [(pk,) for pk in ids])  # noqa: S608
