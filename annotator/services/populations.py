"""Keeps what a sample was drawn from, so that the draw can be repeated when the corpus has moved on."""

from annotator.models import Population
from annotator.queries.populations import Listed, digest_of, packed
from studies.models import Study


def keep_population(*, study: Study, listed: Listed) -> Population:
    """One row for each list: the study is locked by who draws."""
    sha256, lines = digest_of(listed.strata), packed(listed)
    same = Population.objects.filter(study=study, sha256=sha256)
    kept = next((each for each in same if bytes(each.packed) == lines), None)
    if kept is None:
        kept = Population(study=study, sha256=sha256, size=len(listed.issues), packed=lines)
        kept.save()
    return kept
