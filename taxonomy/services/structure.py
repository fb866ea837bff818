"""What a tree of codes must keep to, told of one version's codes that are loaded and locked. Nothing here saves."""

from collections.abc import Iterable
from enum import StrEnum

from studies.errors import Invalid
from taxonomy.models import Code

MAX_LEVELS = 5
MAX_CODES = 2000
MAX_BYTES = 2 * 1024 * 1024

TOO_DEEP = f"A taxonomy has at most {MAX_LEVELS} levels. Put the code higher up, or move what is below it out first."


TOO_MANY = f"A taxonomy has at most {MAX_CODES:,} codes. Remove or merge some first."


class Step(StrEnum):
    """Moves of one step, as buttons and keys offer them."""

    UP = "up"
    DOWN = "down"
    INDENT = "indent"
    OUTDENT = "outdent"


class Where(StrEnum):
    """Where a code is put, as told by another code."""

    BEFORE = "before"
    AFTER = "after"
    BELOW = "below"


class Codes:
    """The codes of one version by primary key, in the order of their positions."""

    def __init__(self, codes: Iterable[Code]) -> None:
        self.by_pk = {code.pk: code for code in codes}
        self.branches: dict[int | None, list[Code]] = {}
        for code in self.by_pk.values():
            self.branches.setdefault(code.parent_id, []).append(code)

    def below(self, parent: int | None) -> list[Code]:
        """The codes directly below `parent`, in order; the top ones for None."""
        return self.branches.get(parent, [])

    def parent_of(self, code: Code) -> Code | None:
        return self.by_pk[code.parent_id] if code.parent_id else None

    def level(self, code: Code | None) -> int:
        """1 for a top code, 0 for None."""
        return 0 if code is None else 1 + self.level(self.parent_of(code))

    def height(self, code: Code) -> int:
        """1 for a code with nothing below it."""
        return 1 + max((self.height(child) for child in self.below(code.pk)), default=0)

    def is_within(self, code: Code | None, branch: Code) -> bool:
        """Whether `code` is `branch` or somewhere below it."""
        return code is not None and (code.pk == branch.pk or self.is_within(self.parent_of(code), branch))

    def check_place(self, *, name: str, parent: Code | None, code: Code | None = None) -> None:
        """Raises Invalid when a code of this name cannot stand below `parent`; `code` is the one that moves, if any."""
        if parent is not None and parent.pk not in self.by_pk:
            raise Invalid({"parent": "The code above must be one of the same draft."})
        if code is not None and self.is_within(parent, code):
            raise Invalid({"parent": f"“{code}” cannot stand below itself."})
        if self.level(parent) + (self.height(code) if code else 1) > MAX_LEVELS:
            raise Invalid({"parent": TOO_DEEP})
        siblings = [other for other in self.below(parent.pk if parent else None) if other != code]
        if any(other.name.casefold() == name.casefold() for other in siblings):
            where = f"below “{parent}”" if parent else "at the top"
            raise Invalid({"name": f"There is a code “{name}” {where} already. Give one of them another name."})

    def check_room(self) -> None:
        if len(self.by_pk) >= MAX_CODES:
            raise Invalid(TOO_MANY)

    def check_key(self, key: str, code: Code | None = None) -> None:
        """Raises Invalid when another code of the version than `code` has this key."""
        taken = [other for other in self.by_pk.values() if key and other.key == key and other != code]
        if taken:
            raise Invalid({"key": f"“{key}” is the key of “{taken[0]}” already. Choose another one."})

    def place(self, code: Code, parent: Code | None, position: int | None = None) -> list[Code]:
        """Puts `code` below `parent` at `position` (at the end by default).
        Returns its new siblings that have another position by that, to be saved beside it."""
        if code in self.below(code.parent_id):
            self.below(code.parent_id).remove(code)
        siblings = self.branches.setdefault(parent.pk if parent else None, [])
        siblings.insert(len(siblings) if position is None else position, code)
        code.parent = parent
        moved = [sibling for place, sibling in enumerate(siblings) if sibling.position != place]
        for place, sibling in enumerate(siblings):
            sibling.position = place
        return [sibling for sibling in moved if sibling != code]

    def beside(self, code: Code, target: Code | None, where: Where) -> tuple[Code | None, int | None]:
        """Parent and position before or after `target`, or the last below it; the last at the top for None."""
        if target is None or where == Where.BELOW:
            return target, None
        siblings = [other for other in self.below(target.parent_id) if other == target or other != code]
        return self.parent_of(target), siblings.index(target) + (where == Where.AFTER)

    def place_of(self, code: Code) -> int:
        """The place of a code among its siblings, from 0."""
        return self.below(code.parent_id).index(code)

    def target(self, code: Code, step: Step) -> tuple[Code | None, int | None]:
        """Where one step leads: parent and position. Raises Invalid where there is no way."""
        parent, siblings = self.parent_of(code), self.below(code.parent_id)
        place = self.place_of(code)
        if step == Step.UP and place > 0:
            return parent, place - 1
        if step == Step.DOWN and place < len(siblings) - 1:
            return parent, place + 1
        if step == Step.INDENT and place > 0:
            return siblings[place - 1], None
        if step == Step.OUTDENT and parent is not None:
            return self.parent_of(parent), self.place_of(parent) + 1
        raise Invalid(f"“{code}” {NO_WAY[step]}")


NO_WAY = {
    Step.UP: "is the first here already.",
    Step.DOWN: "is the last here already.",
    Step.INDENT: "has no code before it to stand below.",
    Step.OUTDENT: "is at the top already.",
}
