"""What issues are searched and counted by, written in the transaction that writes the issues or their comments."""

from collections.abc import Iterable

from corpus.fulltext import remove_words, write_words
from corpus.models import Comment, CorpusVersion, Issue, IssueFacts, IssueLabel
from corpus.words import has_code, has_image, searched

CHUNK = 500


def index_issues(issue_ids: Iterable[int]) -> None:
    """Read title, body, labels and comments of these issues and write what the list needs of them."""
    ids = sorted(set(issue_ids))
    studies: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        issues = list(Issue.objects.filter(pk__in=chunk).select_related("body", "repository").order_by("pk"))
        index_chunk(issues, comments_of(chunk))
        studies |= {issue.repository.study_id for issue in issues}
    stamp_corpora(studies)


def comments_of(issue_ids: Iterable[int]) -> dict[int, list[str]]:
    texts: dict[int, list[str]] = {}
    rows = Comment.objects.filter(issue__in=issue_ids).order_by("issue", "created_at", "github_id")
    for issue_id, markdown in rows.values_list("issue_id", "text__markdown"):
        texts.setdefault(issue_id, []).append(markdown)
    return texts


def index_chunk(issues: list[Issue], comments: dict[int, list[str]]) -> None:
    facts, words = [], []
    for issue in issues:
        texts = [issue.body.markdown, *comments.get(issue.pk, [])]
        facts.append(facts_of(issue, texts))
        words.append((issue.pk, searched([issue.title]), searched(texts)))
    IssueFacts.objects.bulk_create(
        facts,
        update_conflicts=True,
        unique_fields=["issue"],
        update_fields=["study", "comments", "has_code", "has_images"],
        batch_size=CHUNK,
    )
    write_labels(issues)
    write_words(words)


def facts_of(issue: Issue, texts: list[str]) -> IssueFacts:
    return IssueFacts(
        issue=issue,
        study_id=issue.repository.study_id,
        comments=len(texts) - 1,
        has_code=any(map(has_code, texts)),
        has_images=any(map(has_image, texts)),
    )


def write_labels(issues: list[Issue]) -> None:
    now = {(issue.pk, str(name)) for issue in issues for name in issue.labels}
    rows = IssueLabel.objects.filter(issue__in=issues)
    known = {(issue_id, name): pk for pk, issue_id, name in rows.values_list("pk", "issue_id", "name")}
    IssueLabel.objects.filter(pk__in=[pk for key, pk in known.items() if key not in now]).delete()
    made = [IssueLabel(issue_id=issue_id, name=name) for issue_id, name in sorted(now - known.keys())]
    IssueLabel.objects.bulk_create(made, batch_size=CHUNK)


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
