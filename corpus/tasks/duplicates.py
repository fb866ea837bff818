"""The search for issues that say what an earlier one says."""

from corpus import duplicates, queries
from corpus.services.duplicates import keep_duplicates
from jobs.services import Run


def find_duplicates(run: Run) -> None:
    """All issues of the study, oldest first; what was found before is replaced in one step."""
    issues = queries.texts_by_age(run.job.study)
    total = issues.count()
    search = duplicates.Search(lambda pk: duplicates.shingles(*issues.get(pk=pk)[1:]))
    for done, (pk, title, body) in enumerate(issues.iterator(chunk_size=500), 1):
        search.add(pk, title, body)
        if done % 500 == 0:
            run.progress(done, total, unit="issues")
    keep_duplicates(run=run, found=search.found())
    run.progress(total, total, unit="issues")
