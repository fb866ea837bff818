"""Rows of the permission table: work in the background."""

from tests.access import LEAD_ONLY_WRITE, MEMBERS_ONLY, Row


def job(world):
    return {"slug": world.study.slug, "job_id": world.job.pk}


ROWS = [
    Row("job", MEMBERS_ONLY, kwargs=job),
    Row("job_stop", LEAD_ONLY_WRITE, method="post", kwargs=job),
]
