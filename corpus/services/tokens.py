"""A GitHub token typed for one import: kept encrypted until the job ends, with a key derived from SECRET_KEY."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac


class Unreadable(Exception):
    """The token was sealed under another SECRET_KEY."""


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
