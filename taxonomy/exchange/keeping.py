"""What was read from a file and shown to a person, until they keep it: a signed text that their form carries.

Nothing is stored in between, and what is kept is what was shown, whatever format it came in.
"""

from dataclasses import replace
from typing import Any

from django.core import signing

from studies.errors import Invalid
from taxonomy.exchange.codebook import Codebook
from taxonomy.exchange.documents import codebook_in, document_of

SALT = "taxonomy.exchange"
LONGEST = 4 * 1024 * 1024  # a form of Django's holds 5 MB


def as_token(book: Codebook) -> str:
    kept = {"codebook": document_of(book), "fields": sorted(book.fields), "remarks": book.remarks}
    token = signing.dumps(kept, salt=SALT, compress=True)
    if len(token) > LONGEST:
        raise Invalid("The file's texts are too long to be shown before they are kept. Split the file.")
    return token


def of_token(token: str) -> Codebook:
    """Invalid when the text was not made here."""
    try:
        kept: dict[str, Any] = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise Invalid("What was read is no longer at hand. Choose the file again.") from error
    book = codebook_in(kept["codebook"])
    return replace(book, fields=frozenset(kept["fields"]), remarks=tuple(kept["remarks"]))
