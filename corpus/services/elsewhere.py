"""What was coded elsewhere and is not in the study: kept with its link, so that it lists, opens and codes like issues.

Nothing is known of its times: its state says so, and its time of creation is the moment it was first told of. When
GitHub tells an issue of its own later, the import fills it in.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from corpus.elsewhere import Reference
from corpus.models import Issue, IssueState, Repository
from corpus.queries import find_references
from corpus.services.indexing import forget_issues, index_issues
from corpus.services.revisions import sha256, store_texts
from corpus.services.undo import used_elsewhere
from studies.models import Study


@dataclass(frozen=True)
class Item:
    reference: Reference
    title: str = ""
    text: str = ""


def keep_items(*, study: Study, items: Sequence[Item], at: datetime) -> dict[Reference, int]:
    """Ids of the issues that the items are; those that the study does not have are made, in the caller's transaction.
    Whoever calls this has asked whether the person may."""
    known = find_references(study, [item.reference for item in items])
    # Those that have a number of their own come first, so that no other takes it.
    missing = sorted(
        (item for item in items if item.reference not in known), key=lambda item: item.reference.number is None
    )
    if not missing:
        return known
    store_texts({sha256(item.text): item.text for item in missing})
    numbers = Numbers(study)
    made = {item.reference: numbers.row_of(item, at) for item in missing}
    Issue.objects.bulk_create(made.values(), batch_size=500)
    index_issues(row.pk for row in made.values())
    return known | {reference: row.pk for reference, row in made.items()}


class Numbers:
    """Gives what has no number of its own the next one that is free in its repository."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.repositories: dict[str, Repository] = {}
        self.taken: dict[int, set[int]] = {}

    def row_of(self, item: Item, at: datetime) -> Issue:
        reference = item.reference
        repository = self.repository(reference)
        return Issue(
            repository=repository,
            number=self.number(repository, reference.number),
            title=reference.title(item.title),
            body_id=sha256(item.text),
            state=IssueState.UNKNOWN,
            created_at=at,
            url=reference.url,
            first_seen_at=at,
            last_seen_at=at,
        )

    def repository(self, reference: Reference) -> Repository:
        if reference.repository not in self.repositories:
            found, _ = Repository.objects.get_or_create(
                study=self.study,
                owner__iexact=reference.owner,
                name__iexact=reference.name,
                defaults={"owner": reference.owner, "name": reference.name},
            )
            self.repositories[reference.repository] = found
        return self.repositories[reference.repository]

    def number(self, repository: Repository, wanted: int | None) -> int:
        if repository.pk not in self.taken:
            self.taken[repository.pk] = set(repository.issues.values_list("number", flat=True))
        taken = self.taken[repository.pk]
        number = wanted if wanted and wanted not in taken else max(taken, default=0) + 1
        taken.add(number)
        return number


def forget_items(*, study: Study, issue_ids: Collection[int]) -> int:
    """Remove those of these issues of which still nothing more is known and that nobody works with; how many."""
    rows = Issue.objects.filter(
        repository__study=study, pk__in=issue_ids, state=IssueState.UNKNOWN, comments=None, in_frames=None
    )
    used = used_elsewhere(rows)
    ids = [pk for pk in rows.values_list("pk", flat=True) if pk not in used]
    forget_issues(ids)
    repositories = set(Issue.objects.filter(pk__in=ids).values_list("repository", flat=True))
    Issue.objects.filter(pk__in=ids).delete()
    Repository.objects.filter(pk__in=repositories, issues=None).delete()
    return len(ids)
