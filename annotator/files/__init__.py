"""Codings that were made elsewhere, from files: whatever the format, rows of cells first, then what each rater said.

`sources` makes rows of any file, `guessing` says what its columns may mean, `mapping` keeps what a person has made of
the guess, `reading` gathers the rows to issues with their codings. Nothing here knows a study.
"""

from annotator.files.guessing import guess
from annotator.files.mapping import BadMapping, Form, Mapping, Pair, Part
from annotator.files.reading import Found, Issue, Problem, Said, read
from annotator.files.sources import Source, open_source

__all__ = [
    "BadMapping",
    "Form",
    "Found",
    "Issue",
    "Mapping",
    "Pair",
    "Part",
    "Problem",
    "Said",
    "Source",
    "guess",
    "open_source",
    "read",
]
