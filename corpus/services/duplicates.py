"""Likely duplicates: asked for by a lead, found by a job, kept until they are looked for again."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from corpus.models import LikelyDuplicate
from corpus.queries import duplicates_in
from corpus.services.indexing import stamp_corpora
from jobs.models import OPEN_STATES, Job, State
from jobs.queries import jobs_of
from jobs.services import Run, enqueue
from studies.models import Study, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event

KIND = "corpus.find_duplicates"
CHUNK = 1000


@transaction.atomic
def request_duplicates(*, study: Study, by: User) -> Job:
    """Queue the search; the job that is on its way already, if there is one."""
    check_is_member(by, study, Permission.IMPORT_ISSUES)
    Study.objects.select_for_update().only("pk").get(pk=study.pk)
    under_way = jobs_of(study, KIND).filter(state__in=OPEN_STATES).first()
    return under_way or enqueue(kind=KIND, study=study, arguments={}, by=by)


def keep_duplicates(*, run: Run, found: Iterable[tuple[int, int, float]]) -> None:
    """Put these pairs (issue, earlier issue, similarity) in the place of what was found before."""
    now = timezone.now()
    rows = [LikelyDuplicate(issue_id=issue, of_id=of, similarity=like, found_at=now) for issue, of, like in found]
    with transaction.atomic():
        run.hold()
        LikelyDuplicate.objects.filter(issue__repository__study=run.job.study).delete()
        LikelyDuplicate.objects.bulk_create(rows, batch_size=CHUNK)
        stamp_corpora([run.job.study_id])


def ended(job: Job, state: str) -> None:
    if state == State.DONE:
        found = {"found": duplicates_in(job.study).count()}
        record_event(study=job.study, by=job.made_by, verb="looked for", target="likely duplicates", data=found)
