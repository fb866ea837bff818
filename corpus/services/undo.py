"""Undoing an import: what it brought goes again, as long as nobody has worked with it."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from corpus.models import Comment, EventsRead, Frame, ImportRun, Issue, IssueEvent, ListingPage, Repository, Revision
from corpus.services.indexing import forget_issues, index_issues
from studies.errors import Conflict
from studies.models import User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event

CORPUS = "corpus"


@transaction.atomic
def undo_import(*, run: ImportRun, by: User) -> None:
    """Remove the issues, comments and events that the import brought. Conflict, with nothing removed, where that may
    not be.

    What was here before stays as it is now, with its earlier texts; so do the import's report and the texts, which
    other studies may share.
    """
    study = run.job.study
    check_is_member(by, study, Permission.IMPORT_ISSUES)
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    issues = Issue.objects.filter(brought_by=run)
    list(issues.select_for_update().order_by("pk").values_list("pk", flat=True))
    check_can_undo(run, issues)
    events = IssueEvent.objects.filter(Q(brought_by=run) | Q(issue__in=issues))
    comments = Comment.objects.filter(brought_by=run)
    repositories = set(
        Repository.objects.filter(study=study)
        .filter(Q(issues__in=issues) | Q(issues__comments__brought_by=run) | Q(issues__events__brought_by=run))
        .values_list("pk", flat=True)
    )
    talked_about = set(comments.exclude(issue__in=issues).values_list("issue_id", flat=True))
    forget_issues(issues.values_list("pk", flat=True))
    Revision.objects.filter(comment__brought_by=run).delete()
    removed = {"events": events.count(), "comments": comments.count(), "issues": issues.count()}
    events.delete()
    comments.delete()
    Revision.objects.filter(issue__brought_by=run).delete()
    issues.delete()
    index_issues(talked_about)
    # What is remembered of GitHub's listings would say "unchanged" of issues that are no longer here.
    ListingPage.objects.filter(repository_id__in=repositories).delete()
    EventsRead.objects.filter(repository_id__in=repositories).delete()
    Repository.objects.filter(pk__in=repositories, issues=None).delete()
    ImportRun.objects.filter(pk=run.pk).update(undone_at=timezone.now())
    record_event(study=study, by=by, verb="undid the import of", target=run.name, data=removed)


def check_can_undo(run: ImportRun, issues: QuerySet[Issue]) -> None:
    brought = issues, Comment.objects.filter(brought_by=run), IssueEvent.objects.filter(brought_by=run)
    if not any(rows.exists() for rows in brought):
        raise Conflict("There is nothing to undo: this import brought nothing that is still here.")
    if run.job.is_open:
        raise Conflict("This import is not over. Stop it first; what it brought stays until it is undone.")
    if used := len(used_elsewhere(issues)):
        raise Conflict(
            f"{used} of the issues of this import {'is' if used == 1 else 'are'} drawn in a round or otherwise "
            "worked with. Nothing was removed; an import can be undone only while nobody works with its issues."
        )
    if used := len(used_elsewhere(Comment.objects.filter(brought_by=run))):
        raise Conflict(
            f"{used} of the comments of this import {'is' if used == 1 else 'are'} marked as evidence. Nothing was "
            "removed; a comment that a coding quotes stays."
        )
    if frame := Frame.objects.filter(frozen_issues__issue__in=issues).first():
        raise Conflict(f"The frame “{frame}” is frozen with issues of this import in it: a round was drawn from it.")
    if Comment.objects.filter(issue__in=issues).exclude(brought_by=run).exists():
        raise Conflict("A later import brought comments to these issues. Undo that one first; nothing was removed.")


def used_elsewhere(found: QuerySet[Issue] | QuerySet[Comment]) -> set[int]:
    """Those that a row of another room points to; which rooms there are is not known here."""
    related = found.model._meta.related_objects
    used: set[int] = set()
    for relation in related:
        if relation.related_model._meta.app_label == CORPUS:
            continue
        rows = relation.related_model._default_manager.filter(**{f"{relation.field.name}__in": found})
        used |= set(rows.values_list(f"{relation.field.name}_id", flat=True))
    return used


def why_not_undo(run: ImportRun) -> str:
    """The sentence that says why the import cannot be undone; empty when it can."""
    try:
        check_can_undo(run, Issue.objects.filter(brought_by=run))
    except Conflict as refusal:
        return str(refusal)
    return ""
