"""Typical examples of a code, with a way to the issue they are from."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django import template
from django.urls import reverse

register = template.Library()

WITH_SOURCE = re.compile(
    r"(?P<text>.*?)(?:(?<=\s)[—–-]?\s*)?(?P<source>(?:^|(?<=\s))(?:https?://\S+|[\w.-]+/[\w.-]+#\d+))"
)


@dataclass(frozen=True)
class Example:
    """A line of a code's examples: its text, and the issue or address at its end with where that leads."""

    text: str
    source: str = ""
    url: str = ""


@register.filter
def examples_of(examples: str, slug: str) -> list[Example]:
    """The lines of `examples` in the study of this slug; the key of an issue leads to the study's issues."""
    return [example_of(line.strip(), slug) for line in examples.splitlines() if line.strip()]


def example_of(line: str, slug: str) -> Example:
    found = WITH_SOURCE.fullmatch(line)
    if found is None:
        return Example(line)
    source = found["source"]
    url = source if "://" in source else f"{reverse('issues', args=[slug])}?{urlencode({'q': source})}"
    return Example(found["text"].strip(), source, url)
