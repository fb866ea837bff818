"""Which codes go together in one answer: what the version lets raters choose, for codings and decisions alike."""

from collections.abc import Sequence

from studies.errors import Invalid
from taxonomy.models import Code, Levels, Version
from taxonomy.queries import may_be_chosen

NOT_OF_ITS_LEVEL = {
    Levels.ANY: "“{code}” only gathers what is below it. Choose one of the codes below, or another one.",
    Levels.LEAVES: "“{code}” has codes below it, and {version} takes only the lowest. Choose one of them.",
    Levels.TOP: "“{code}” is not a top category, and {version} takes only those. Choose the one above it.",
}


def check_choice(version: Version, codes: Sequence[Code]) -> None:
    """Raises Invalid when raters cannot choose one of these codes of the version, or not all of them together."""
    asks = version.levels == Levels.LEAVES
    parents = set(Code.objects.filter(parent__in=codes).values_list("parent_id", flat=True)) if asks else set()
    for code in codes:
        if not may_be_chosen(version, code, has_children=code.pk in parents):
            level = Levels(version.levels) if code.selectable else Levels.ANY
            raise Invalid({"codes": NOT_OF_ITS_LEVEL[level].format(code=code, version=version)})
    groups: dict[str, Code] = {}
    for code in codes:
        if code.exclusive_group and (other := groups.setdefault(code.exclusive_group, code)) != code:
            raise Invalid(
                {"codes": f"“{other}” and “{code}” exclude each other ({code.exclusive_group}). Choose one of them."}
            )
