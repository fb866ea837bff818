"""Code in the colours of its language: words of six kinds, told by Pygments, in the text exactly as it was."""

import html
from itertools import groupby
from typing import Any

from pygments.lexers import get_lexer_by_name  # the REST framework loads it at start; lexers come one by one, on need
from pygments.util import ClassNotFound

# Longer blocks are logs and dumps, which no colours make readable; telling their words apart would take seconds.
LONGEST = 20_000

# The first that fits a token or one of its parents; a language's own kinds of words all descend from these.
KINDS = {
    "Comment": "code-comment", "Generic.Inserted": "code-added", "Generic.Deleted": "code-removed",
    "Generic.Prompt": "code-comment", "Generic.Output": "", "Keyword": "code-keyword", "Operator.Word": "code-keyword",
    "Name.Function": "code-name", "Name.Class": "code-name", "Name.Tag": "code-name", "Name.Decorator": "code-name",
    "Name.Attribute": "code-name", "Name.Builtin": "code-name", "Name.Exception": "code-name",
    "Literal.String": "code-string", "Literal.Number": "code-number",
}  # fmt: skip
CLASSES = frozenset(KINDS.values()) - {""}


def highlighted(code: str, language: str) -> str:
    """HTML of the code whose text is the code, character by character; plain when the language is not known."""
    lexer = lexer_of(language) if len(code) <= LONGEST else None
    tokens = [(kind_of(token), text) for _, token, text in lexer.get_tokens_unprocessed(code)] if lexer else []
    if "".join(text for _, text in tokens) != code:
        return html.escape(code, quote=False)
    return "".join(marked(kind, "".join(text for _, text in run)) for kind, run in groupby(tokens, lambda one: one[0]))


def lexer_of(language: str) -> Any:
    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None


def kind_of(token: Any) -> str:
    while token:
        if (kind := KINDS.get(".".join(token))) is not None:
            return kind
        token = token.parent
    return ""


def marked(kind: str, text: str) -> str:
    escaped = html.escape(text, quote=False)
    return f'<span class="{kind}">{escaped}</span>' if kind else escaped
