"""GitHub tokens: kept encrypted, with a key derived from SECRET_KEY, for one import until it ends or for a study."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from corpus.github import Key
from corpus.models import GitHubToken, ImportRun
from corpus.queries import tokens_of
from jobs.errors import Failed
from studies.errors import Invalid
from studies.models import Study, User
from studies.permissions import Permission, check_is_member
from studies.services.events import record_event

LONGEST = 255
UNREADABLE = "The token “{}” can no longer be read, because SECRET_KEY has changed. Remove it and add it again."


class Unreadable(Exception):
    """The token was sealed under another SECRET_KEY."""


def keep_token(*, study: Study, name: str, token: str, by: User) -> GitHubToken:
    """Keep a token for the imports of this study. It is never shown again. Invalid, by field, when it is none."""
    check_is_member(by, study, Permission.IMPORT_ISSUES)
    name, token = name.strip(), token.strip()
    if not name:
        raise Invalid({"name": "Give the token a name, such as whose it is."})
    if not token.isascii() or not token.isprintable() or " " in token or not 0 < len(token) <= LONGEST:
        raise Invalid({"token": "This is not a token. Copy it from GitHub as it stands there."})
    kept = GitHubToken(study=study, name=name[:100], sealed=seal(token), added_by=by, added_at=timezone.now())
    try:
        with transaction.atomic():
            kept.save()
            record_event(study=study, by=by, verb="added the GitHub token", target=kept.name)
    except IntegrityError as error:
        raise Invalid({"name": f"There is a token “{name}” already. Give this one another name."}) from error
    return kept


@transaction.atomic
def remove_token(*, token: GitHubToken, by: User) -> None:
    """Forget a token. Imports that are running with it go on with the others, or without one."""
    check_is_member(by, token.study, Permission.IMPORT_ISSUES)
    record_event(study=token.study, by=by, verb="removed the GitHub token", target=token.name)
    token.delete()


def keys_for(asked: ImportRun, study: Study) -> tuple[list[Key], list[str]]:
    """The tokens typed for this import, else those that the study keeps and then those of the environment; and a
    sentence for each that can no longer be read. Failed when the typed ones cannot."""
    try:
        typed = split(unseal(asked.options.get("token", "")))
    except Unreadable as error:
        raise Failed(
            "The token typed for this import can no longer be read, because SECRET_KEY has changed. "
            "What was read stays; start the import again with a token."
        ) from error
    if typed:
        return [Key(token) for token in typed], []
    keys, unreadable = [], []
    for row in tokens_of(study):
        try:
            keys.append(Key(unseal(row.sealed), row.pk, row.name, rests_until=row.returns_at if not row.left else None))
        except Unreadable:
            unreadable.append(UNREADABLE.format(row.name))
    return keys + [Key(token) for token in settings.GITHUB_TOKENS], unreadable


def split(tokens: str) -> list[str]:
    return [token for part in tokens.split(",") if (token := part.strip())]


def seal(token: str) -> str:
    """Cipher text that may be stored; empty for an empty token."""
    return cipher().encrypt(token.encode()).decode() if token else ""


def unseal(sealed: str) -> str:
    try:
        return cipher().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as error:
        raise Unreadable from error


def cipher() -> Fernet:
    key = salted_hmac("corpus.services.tokens", "key", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
