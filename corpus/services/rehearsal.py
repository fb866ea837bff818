"""A dry run: what an import would come to, found by comparison. No issue, comment, text or repository is written."""

from collections.abc import Sequence

from django.db import transaction

from corpus import queries
from corpus.models import ImportRun, ImportTally, Issue
from corpus.records import CommentRecord, EventRecord, Page, Problem
from corpus.services.comments import NO_ISSUE, issue_ids
from corpus.services.counts import Counts
from corpus.services.events import NO_ISSUE as NO_ISSUE_OF_EVENT
from corpus.services.issues import REPEATED, kind_of_change, known_issues, values_of
from corpus.services.pages import counts_of, move, write_problems
from jobs.services import Run

Key = tuple[str, int]


class Rehearsal:
    """Reads the pages of one import in the place of the page writer.

    Files are read from the first page on, however often the job is interrupted. With `goes_on` there is a checkpoint:
    GitHub is not asked twice for a page.
    """

    def __init__(self, run: Run, asked: ImportRun, *, goes_on: bool = False) -> None:
        self.run, self.asked, self.goes_on = run, asked, goes_on
        self.seen: set[Key] = set()

    @transaction.atomic
    def begin(self) -> None:
        """Forget what an earlier attempt had found before it was interrupted."""
        self.run.hold()
        self.asked.checkpoint = {}
        self.asked.problems.all().delete()
        ImportTally.objects.filter(run=self.asked).delete()
        ImportRun.objects.filter(pk=self.asked.pk).update(
            new=0, changed=0, same=0, comments=0, events=0, pull_requests=0, checkpoint={}
        )

    def take(self, part: str, page: Page) -> None:
        """Count what the page would come to, and tell its problems."""
        counts = counts_of(page)
        counts.comments += page.comments_told
        checkpoint = self.asked.checkpoint | {part: page.checkpoint, "tries": 0} if self.goes_on else {}
        with transaction.atomic():
            self.run.hold()
            found = self.compare_issues(page, counts) + self.compare_comments(page, counts)
            found += self.compare_events(page, counts)
            write_problems(self.asked, page.problems + ([] if self.goes_on else found))
            move(self.asked, checkpoint, counts, page.usage)
        self.asked.checkpoint = checkpoint

    def compare_issues(self, page: Page, counts: Counts) -> list[Problem]:
        last = {record.key: index for index, record in enumerate(page.issues)}
        repeated = [index for index, record in enumerate(page.issues) if last[record.key] != index]
        repositories = queries.repository_ids(self.run.job.study, {record.repository for record in page.issues})
        known = known_issues(page.issues, repositories)
        for key, index in last.items():
            record = page.issues[index]
            if key in self.seen:
                repeated.append(index)
                continue
            before = known.get((repositories.get(record.repository, 0), record.number))
            row = Issue(**values_of(record, before))
            counts.add(f"{record.owner}/{record.name}", kind_of_change(row, before))
        self.seen |= last.keys()
        return [Problem(page.issue_places[index], REPEATED, skipped=False) for index in sorted(repeated)]

    def compare_comments(self, page: Page, counts: Counts) -> list[Problem]:
        known = self.known(page.comments)
        taken = {(c.issue_key, c.github_id): c for c in page.comments if c.issue_key in known}
        for comment in taken.values():
            counts.add(f"{comment.owner}/{comment.name}", "comments")
        places = zip(page.comments, page.comment_places, strict=True)
        return [Problem(place, NO_ISSUE) for comment, place in places if comment.issue_key not in known]

    def compare_events(self, page: Page, counts: Counts) -> list[Problem]:
        known = self.known(page.events)
        for event in page.events:
            if event.issue_key in known:
                counts.add(f"{event.owner}/{event.name}", "events")
        places = zip(page.events, page.event_places, strict=True)
        return [Problem(place, NO_ISSUE_OF_EVENT) for event, place in places if event.issue_key not in known]

    def known(self, records: Sequence[CommentRecord | EventRecord]) -> set[Key]:
        """The issues of these records that the study has, or that this import has come by."""
        unseen = [record for record in records if record.issue_key not in self.seen]
        return self.seen | issue_ids(self.run.job.study, unseen).keys()
