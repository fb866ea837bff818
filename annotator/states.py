"""The phases of a round and the moves between them, as data. What each role sees in each is `visibility.py`'s."""

from django.db import models


class Phase(models.TextChoices):
    DRAFTED = "drafted", "drafted"
    INDEPENDENT = "independent", "running"
    DISCUSSION = "discussion", "in discussion"
    RESOLVED = "resolved", "resolved"


# Closed: the independent codings are frozen, and members see them.
FROZEN = (Phase.DISCUSSION, Phase.RESOLVED)

MOVES: dict[str, frozenset[str]] = {
    Phase.DRAFTED: frozenset({Phase.INDEPENDENT}),
    Phase.INDEPENDENT: frozenset({Phase.DISCUSSION}),
    Phase.DISCUSSION: frozenset({Phase.RESOLVED}),
    Phase.RESOLVED: frozenset({Phase.DISCUSSION}),
}

MEANING: dict[str, str] = {
    Phase.DRAFTED: "The sample is drawn and dealt; raters cannot open it yet.",
    Phase.INDEPENDENT: "Raters code; nobody sees another's codings.",
    Phase.DISCUSSION: "The independent codings are frozen; members see them, agreement is computed, the lead decides.",
    Phase.RESOLVED: "Every issue that somebody coded has a decision, and decisions are frozen.",
}


# The verb of the event that keeps why decisions were taken up again.
TAKEN_UP = "moved back to discussion"


class Kind(models.TextChoices):
    CALIBRATION = "calibration", "calibration"
    CODING = "coding", "coding"
    OPEN = "open", "open coding"
    RECODING = "recoding", "re-coding"
    SCREENING = "screening", "screening"
    CONSISTENCY = "consistency", "consistency"


# What a lead draws; re-coding rounds follow from a new version of the taxonomy.
DRAWN = (Kind.CALIBRATION, Kind.CODING, Kind.OPEN, Kind.SCREENING)

# Kinds that code issues. That an issue was screened does not make it a coded one; that a rater coded it a second time,
# to see how far they agree with themselves, counts nowhere else.
CODED_KINDS = tuple(kind for kind in Kind if kind not in (Kind.SCREENING, Kind.CONSISTENCY))


class ProposalState(models.TextChoices):
    """What became of a code that a rater proposed. Its author may withdraw it while no coding uses it."""

    PROPOSED = "proposed", "proposed"
    WITHDRAWN = "withdrawn", "withdrawn"
    ACCEPTED = "accepted", "accepted"
    DECLINED = "declined", "declined"


class Outcome(models.TextChoices):
    """What a rater says of an issue. Missing, none of these, unclear, skipped and not about the topic are five
    different things. In screening an issue is in, out, or unclear: whoever says so is unsure."""

    CODED = "coded", "coded"
    NONE = "none", "none of these"
    UNCLEAR = "unclear", "unclear"
    SKIPPED = "skipped", "skipped"
    OFF_TOPIC = "off_topic", "not about our topic"
    IN = "in", "belongs"
    OUT = "out", "does not belong"


# What raters can agree or differ in. Not about the topic is an answer of its own, and no rating: it says nothing of the
# codes, so no coefficient counts it.
SCREENED = (Outcome.IN, Outcome.OUT)
ANSWERS = (Outcome.CODED, Outcome.NONE, Outcome.OFF_TOPIC, *SCREENED)

# What an issue can be labelled: unclear and skipped are no answer to stand in a data set.
LABELS = [(outcome.value, outcome.label) for outcome in ANSWERS]


class Confidence(models.TextChoices):
    LOW = "low", "low"
    MEDIUM = "medium", "medium"
    HIGH = "high", "high"


class How(models.TextChoices):
    """How a resolution was reached."""

    UNANIMOUS = "unanimous", "unanimous"
    MAJORITY = "majority", "majority"
    NEGOTIATED = "negotiated", "negotiated"
    LEAD = "lead", "decided by the lead"
    IMPORTED = "imported", "imported"


# How a decision can be reached here.
DECIDED_HERE = [(how.value, how.label) for how in (How.UNANIMOUS, How.MAJORITY, How.NEGOTIATED, How.LEAD)]


# The method of a sample that a file has brought, with its codings.
IMPORTED = "imported"


class UnknownCodes(models.TextChoices):
    """What becomes of the codes of a file that the taxonomy has not."""

    NEW = "new", "a new taxonomy is made of all codes of the file"
    ADD = "add", "they are added to the taxonomy as its next version"
    PROPOSE = "propose", "they become proposals on the board of the round"
