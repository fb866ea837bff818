"""Changing the keys of the coding screen: each person for themselves, without two things on one key."""

from collections.abc import Mapping

from django.db import transaction

from annotator.models import OwnKeys
from annotator.queries.keys import ACTS
from studies.errors import Invalid
from studies.models import User
from taxonomy.services.cleaning import FREE_KEYS

NAMED = ("Enter", "Backspace", "Delete", "Insert", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight")


@transaction.atomic
def keep_keys(*, chosen: Mapping[str, str], off: bool = False, by: User) -> OwnKeys:
    """Keep keys by the key that each stands for; what is left out, or as it comes, is not changed. Raises Invalid by
    that key where one cannot be used, or does two things."""
    check_keys(chosen)
    changed = {act.key: chosen[act.key] for act in ACTS if chosen.get(act.key, act.key) != act.key}
    return OwnKeys.objects.update_or_create(user=by, defaults={"chosen": changed, "off": off})[0]


@transaction.atomic
def reset_keys(*, by: User) -> None:
    OwnKeys.objects.filter(user=by).delete()


def check_keys(chosen: Mapping[str, str]) -> None:
    wrong = {act.key: told for act in ACTS if (told := why_not(chosen.get(act.key, act.key), act.key))}
    taken: dict[str, str] = {}
    for act in ACTS:
        key = chosen.get(act.key, act.key)
        if key in taken and act.key not in wrong:
            wrong[act.key] = f"“{key}” is the key of “{taken[key]}” already. Give one of the two another key."
        taken.setdefault(key, act.does)
    if wrong:
        raise Invalid(wrong)


def why_not(key: str, default: str) -> str:
    """The sentence that refuses the key; empty where it can be used."""
    if key == default or key in NAMED:
        return ""
    if len(key) != 1 or not key.isprintable() or key.isspace():
        return f"Choose a letter, a sign, or one of {', '.join(NAMED)}."
    if key in "123456789":
        return f"“{key}” is the key of a numbered code. Choose a letter or a sign."
    if key in FREE_KEYS:
        return f"“{key}” can be the key of a code. Choose a capital letter, or one of {free_letters()}."
    return ""


def free_letters() -> str:
    return " ".join(letter for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in FREE_KEYS)
