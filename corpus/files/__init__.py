"""Issues and comments from files, whatever their format. One module a layout or shape; `kinds` has the registry.

Files are read in pages and bounded memory. A record that cannot be used becomes a problem that says where it stood;
the rest is read.
"""

from corpus.files.columns import Columns, Table, check_columns
from corpus.files.entries import BadFile
from corpus.files.kinds import Kind, find_kind, layout_of, look_at
from corpus.files.pages import comment_pages, count_records, event_pages, issue_pages

__all__ = [
    "BadFile",
    "Columns",
    "Kind",
    "Table",
    "check_columns",
    "comment_pages",
    "count_records",
    "event_pages",
    "find_kind",
    "issue_pages",
    "layout_of",
    "look_at",
]
