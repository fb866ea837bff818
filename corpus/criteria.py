"""A filter's criteria in words, as the paper and the figure name them."""

from collections.abc import Sequence

from corpus.filters import NO, YES, IssueFilter
from corpus.told import SCREENED_IN, SCREENED_OUT, UNDECIDED, UNSCREENED

SAID = {
    "q": "found by “{}”",
    "repository": "in {}",
    "state": "{}",
    "reason": "closed as {}",
    "label": "labelled {}",
    "association": "written by {}",
    "coded": "{} in this study",
    "coded_as": "labelled {} in this study",
    "year": "opened in {}",
    "created_from": "opened on {} or later",
    "created_to": "opened on {} or earlier",
}
SCREENED = {
    SCREENED_IN: "screened in", SCREENED_OUT: "screened out", UNDECIDED: "undecided in screening",
    UNSCREENED: "not screened",
}  # fmt: skip
HELD = {
    "bot": {YES: "by bots", NO: "not by bots"},
    "comments": {YES: "with comments", NO: "without comments"},
    "code": {YES: "with code", NO: "without code"},
    "duplicate": {YES: "likely duplicates", NO: "without likely duplicates"},
    "changed": {YES: "changed since they were coded", NO: "not changed since they were coded"},
    "images": {YES: "with images", NO: "without images"},
}


def in_words(chosen: IssueFilter) -> str:
    """Empty when the filter says nothing."""
    parts = [said(name, values) for name, values in chosen.to_params().items()]
    return "; ".join(part for part in parts if part)


def said(name: str, values: Sequence[str]) -> str:
    """One field: alternatives are joined by "or". Yes and no together leave nothing out, so nothing is said."""
    if name in HELD:
        return HELD[name][values[0]] if len(values) == 1 else ""
    if name == "screened":
        return " or ".join(SCREENED.get(value, value) for value in values)
    named = " or ".join(value.replace("_", " ").lower() if name == "reason" else value or "none" for value in values)
    return SAID.get(name, f"{name.replace('_', ' ')}: {{}}").format(named)
