"""Rows of the other rooms as arrays and tables: the only place that makes them, and so the place of the counting rules.

An independent coding is a rater's last revision in a round. *Coded* and *none of these* are ratings, the second an
empty set; *unclear*, *skipped*, *absent* and *not about our topic* are no ratings
and are counted apart. The label of an issue is its latest
decision. Nothing of a round that is not closed ever enters. As of a version, what waits to be coded again is left out
and counted; *none of these* stays what it is.
"""

from analysis.datasets.carried import labels_as_of, ratings_as_of, ratings_upto, round_ratings_as_of
from analysis.datasets.codebooks import Codebook, CodeEntry, codebook
from analysis.datasets.evidence import Passage, passages
from analysis.datasets.labels import LabelledIssue, labels
from analysis.datasets.ratings import NotRated, Rating, RoundRatings, closed_rounds, mapped, ratings, round_ratings

__all__ = [
    "CodeEntry",
    "Codebook",
    "LabelledIssue",
    "NotRated",
    "Passage",
    "Rating",
    "RoundRatings",
    "closed_rounds",
    "codebook",
    "labels",
    "labels_as_of",
    "mapped",
    "passages",
    "ratings",
    "ratings_as_of",
    "ratings_upto",
    "round_ratings",
    "round_ratings_as_of",
]
