from django.apps import AppConfig


class JobsConfig(AppConfig):
    """What is being done in the background: the job row, its lease, its runner and Celery task."""

    name = "jobs"
