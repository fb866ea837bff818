"""Repositories and issues that GitHub names otherwise, moves or no longer shows. What was read of them stays."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from corpus.models import Gone, Issue, Repository
from corpus.payloads import split_full_name
from corpus.services.indexing import stamp_corpora
from jobs.services import Run
from studies.models import Study


class NotTheSame(Exception):
    """The name leads to another repository than before; the sentence says what to do."""


@transaction.atomic
def adopt_repository(*, run: Run, github_id: int, full_name: str) -> Repository:
    """The study's row for a repository of GitHub, found by its id, so that a renamed one stays the same.

    NotTheSame when the name belongs to another repository of the study.
    """
    run.hold()
    study = run.job.study
    owner, name = split_full_name(full_name)
    same_id = Repository.objects.select_for_update().filter(study=study, github_id=github_id).first()
    same_name = Repository.objects.filter(study=study, owner__iexact=owner, name__iexact=name).first()
    if same_name and same_name.github_id not in (None, github_id):
        raise NotTheSame(
            f"{full_name} is another repository than the one imported under this name before. If that one was "
            "renamed, import it under its present name first; if it was deleted and made anew, use a new study."
        )
    if same_id and same_name and same_id != same_name:
        raise NotTheSame(f"{same_id} was renamed to {full_name}, and both are in this study already. Use a new study.")
    row = same_id or same_name or Repository(study=study)
    if row.pk and str(row).lower() != full_name.lower():
        row.former_names = [*(known for known in row.former_names if known.lower() != str(row).lower()), str(row)]
        stamp_corpora({study.pk})
    row.owner, row.name, row.github_id, row.gone, row.gone_since = owner, name, github_id, "", None
    row.save()
    return row


@transaction.atomic
def mark_repository_gone(*, run: Run, full_name: str, why: Gone) -> None:
    """Say of a repository that the study has, under this or a former name, why GitHub no longer shows it."""
    run.hold()
    repository = repository_named(run.job.study, full_name)
    if repository and repository.gone != why:
        repository.gone, repository.gone_since = why, timezone.now()
        repository.save(update_fields=["gone", "gone_since"])


def repository_named(study: Study, full_name: str) -> Repository | None:
    owner, _, name = full_name.partition("/")
    rows = Repository.objects.filter(study=study)
    present = rows.filter(owner__iexact=owner, name__iexact=name).first()
    return present or next((row for row in rows if full_name.lower() in map(str.lower, row.former_names)), None)


@transaction.atomic
def mark_issue_gone(*, run: Run, issue: Issue, why: Gone, since: datetime, moved_to: str = "") -> None:
    """Leave a tombstone: the issue, its texts and codings stay. `moved_to` is the address of the issue it became."""
    run.hold()
    issue.gone, issue.gone_since, issue.moved_to_url = why, since, moved_to
    issue.moved_to = Issue.objects.filter(repository__study=run.job.study, url=moved_to).exclude(pk=issue.pk).first()
    issue.save(update_fields=["gone", "gone_since", "moved_to_url", "moved_to"])
    stamp_corpora({run.job.study_id})
