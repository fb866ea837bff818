"""Celery: with Redis it carries job ids to the workers; the job rows themselves are the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("intercoder")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = {"sweep": {"task": "jobs.tasks.sweep", "schedule": 10.0}}
app.autodiscover_tasks(["jobs"])
