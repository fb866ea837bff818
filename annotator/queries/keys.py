"""The keys of the coding screen: what each does, and those that a person has changed."""

from typing import NamedTuple

from annotator.models import OwnKeys
from studies.models import User


class Act(NamedTuple):
    """A key as it comes, and what it does."""

    key: str
    does: str


ACTS = (
    Act("Enter", "Submit and go to the next issue"),
    Act("Backspace", "Back to what was submitted last"),
    Act("[", "The issue before"),
    Act("]", "The issue after"),
    Act("G", "Your issues; go to one"),
    Act("O", "Your own codings"),
    Act("T", "Find words in the issue"),
    Act("j", "The next comment"),
    Act("k", "The comment before"),
    Act("/", "Filter the codes"),
    Act("ArrowDown", "Walk the codes down"),
    Act("ArrowUp", "Walk the codes up"),
    Act("0", "None of these"),
    Act("u", "Unclear; in screening: unsure"),
    Act("-", "Not about our topic"),
    Act("e", "Tie selected words to the code in focus"),
    Act("E", "Tie them to the issue as a whole"),
    Act("C", "Change an overlapped quote to them"),
    Act("R", "Read by keys"),
    Act("m", "Write the memo"),
    Act("f", "Flag"),
    Act("n", "Propose a code; in screening: it does not belong"),
    Act("s", "Skip with a reason"),
    Act("?", "All keys"),
)


def own_keys(user: User) -> OwnKeys:
    """The person's row, or one as if nothing was changed."""
    return OwnKeys.objects.filter(user=user).first() or OwnKeys(user=user)
