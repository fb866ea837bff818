"""A version as JSON: what its content hash covers, in the shape that `codebook.read_codebook` reads."""

import json
from dataclasses import asdict

from taxonomy.exchange.printed import Book
from taxonomy.queries import records


def plain(book: Book) -> str:
    version = book.version
    codes = [asdict(record) for record in records(version)]
    whole = {
        "name": version.taxonomy.name,
        "purpose": version.taxonomy.purpose,
        "version": version.number,
        "published_at": version.published_at,
        "content_hash": version.content_hash,
        "levels": version.levels,
        "several_codes": version.several_codes,
        "codes": codes if book.with_notes else [{**code, "notes": ""} for code in codes],
    }
    return json.dumps(whole, default=str, ensure_ascii=False, indent=2) + "\n"
