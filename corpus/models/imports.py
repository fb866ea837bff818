"""Imports: what was asked, how far it has come, what it found, and what a listing answered."""

from datetime import datetime

from django.db import models

from corpus.models.issues import Repository
from jobs.models import Job


class ListingPage(models.Model):
    """A page of GitHub's listings as last read: thanks to its ETag, an unchanged page is not sent again.

    `numbers` are those of the issues on it, so that an unchanged page says which issues are still there.
    """

    repository = models.ForeignKey(Repository, on_delete=models.CASCADE, related_name="listing_pages")
    url = models.TextField()
    etag = models.TextField()
    next_url = models.TextField(blank=True)
    records = models.PositiveIntegerField()
    pull_requests = models.PositiveIntegerField(default=0)
    numbers = models.JSONField(default=list, blank=True)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["repository", "url"], name="one_listing_page_a_url")]

    def __str__(self) -> str:
        return self.url


class EventsRead(models.Model):
    """How far a repository's events, which GitHub lists newest first, were read: all up to the id `to`.

    `before` is what `to` was until the last reading. An issue that was deleted while that reading went on has moved
    its listing: once this is noticed, what came after `before` is read again.
    """

    repository = models.OneToOneField(
        Repository, on_delete=models.CASCADE, primary_key=True, related_name="events_read"
    )
    to = models.BigIntegerField()
    before = models.BigIntegerField()
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"events of {self.repository_id} up to {self.to}"


class Source(models.TextChoices):
    FILE = "file", "file"
    GITHUB = "github", "GitHub"


class ImportRun(models.Model):
    """One import: what was asked, how far it has come, what it found. The counts move with the checkpoint."""

    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="import_run")
    source = models.CharField(max_length=10, choices=Source)
    options = models.JSONField(default=dict)
    checkpoint = models.JSONField(default=dict)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    comments = models.PositiveIntegerField(default=0)
    events = models.PositiveIntegerField(default=0)
    pull_requests = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)
    quota = models.JSONField(default=dict, blank=True)  # GitHub's last word: allowed, left, returns_at
    dry = models.BooleanField(default=False)
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"import {self.pk} from {self.source}"

    @property
    def name(self) -> str:
        """What was imported: the file's own name, or the repositories'."""
        return str(self.options.get("name", ""))

    @property
    def quota_returns_at(self) -> datetime | None:
        told = self.quota.get("returns_at")
        return datetime.fromisoformat(told) if told else None

    @property
    def not_read(self) -> int:
        """How many repositories of a list could not be read."""
        return sum(told["state"] == "not read" for told in self.checkpoint.get("repositories", {}).values())


class ImportProblem(models.Model):
    """One record that was not taken, or taken with a reservation: where it stood and why."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    place = models.CharField(max_length=300)
    sentence = models.TextField()
    skipped = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"
