"""What issues are searched and counted by, written in the transaction that writes the issues or their comments."""

from collections.abc import Iterable

from corpus.fulltext import remove_words, write_words
from corpus.models import Comment, CorpusVersion, Issue, IssueFacts, IssueLabel
from corpus.services.rows import write_rows
from corpus.words import has_code, has_image, searched

CHUNK = 500
FACTS = ("study_id", "comments", "has_code", "has_images")
Row = tuple[int, int, str, str, list[str]]  # an issue's id, its study, title, body and labels


def index_issues(issue_ids: Iterable[int]) -> None:
    """Read title, body, labels and comments of these issues and write what the list needs of them."""
    ids = sorted(set(issue_ids))
    studies: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        rows = Issue.objects.filter(pk__in=chunk).order_by("pk")
        found = list(rows.values_list("pk", "repository__study", "title", "body__markdown", "labels"))
        index_chunk(found, comments_of(chunk))
        studies |= {row[1] for row in found}
    stamp_corpora(studies)


def comments_of(issue_ids: Iterable[int]) -> dict[int, list[str]]:
    texts: dict[int, list[str]] = {}
    rows = Comment.objects.filter(issue__in=issue_ids).order_by("issue", "created_at", "github_id")
    for issue_id, markdown in rows.values_list("issue_id", "text__markdown"):
        texts.setdefault(issue_id, []).append(markdown)
    return texts


def index_chunk(rows: list[Row], comments: dict[int, list[str]]) -> None:
    facts, words = [], []
    for pk, study, title, body, _ in rows:
        texts = [body, *comments.get(pk, [])]
        facts.append((pk, study, len(texts) - 1, any(map(has_code, texts)), any(map(has_image, texts))))
        words.append((pk, searched([title]), searched(texts)))
    write_rows(IssueFacts, ("issue_id", *FACTS), facts, unique=("issue_id",), update=FACTS)
    write_labels({pk: labels for pk, _, _, _, labels in rows})
    write_words(words)


def write_labels(labels: dict[int, list[str]]) -> None:
    now = {(issue_id, str(name)) for issue_id, names in labels.items() for name in names}
    rows = IssueLabel.objects.filter(issue__in=labels)
    known = {(issue_id, name): pk for pk, issue_id, name in rows.values_list("pk", "issue_id", "name")}
    if gone := [pk for key, pk in known.items() if key not in now]:
        IssueLabel.objects.filter(pk__in=gone).delete()
    write_rows(IssueLabel, ("issue_id", "name"), sorted(now - known.keys()))


def forget_issues(issue_ids: Iterable[int]) -> None:
    """Before issues are removed: their words go, and what was counted with them is old."""
    ids = sorted(set(issue_ids))
    stamp_corpora(set(Issue.objects.filter(pk__in=ids).values_list("repository__study", flat=True)))
    remove_words(ids)


def stamp_corpora(study_ids: Iterable[int]) -> None:
    CorpusVersion.objects.bulk_create(
        [CorpusVersion(study_id=study_id) for study_id in sorted(study_ids)],
        update_conflicts=True,
        unique_fields=["study"],
        update_fields=["stamp"],
    )
