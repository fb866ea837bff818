"""A figure's specification as a picture, in the light theme, on white: for papers and slides."""

import json
import re
from functools import cache
from typing import Any

from django.contrib.staticfiles import finders

WIDTH = 720
TOKEN = re.compile(r"--([\w-]+):\s*(?:light-dark\()?(#[0-9a-fA-F]{3,6})")


def picture(spec: dict[str, Any], kind: str) -> bytes:
    """`kind` is svg or png. A drawing takes about 0.1 s, and the library 150 MB that pages do not need."""
    import vl_convert  # noqa: PLC0415  # loaded when somebody asks for a picture, not with the addresses

    whole = {**coloured(spec), "width": WIDTH, "background": "white"}
    whole["config"] = {key: value for key, value in whole["config"].items() if key != "background"}
    if kind == "svg":
        return str(vl_convert.vegalite_to_svg(whole, vl_version="5.20")).encode()
    return bytes(vl_convert.vegalite_to_png(whole, vl_version="5.20", scale=3))


def coloured(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification with the light theme's colours for the names of tokens."""
    text = json.dumps(spec)
    found: dict[str, Any] = json.loads(re.sub(r'"--([\w-]+)"', lambda match: f'"{tokens()[match[1]]}"', text))
    return found


@cache
def tokens() -> dict[str, str]:
    path = finders.find("css/tokens.css")
    if path is None:
        raise FileNotFoundError("css/tokens.css")
    with open(path, encoding="utf-8") as sheet:
        return dict(reversed(TOKEN.findall(sheet.read())))
