"""The look keeps its own rules: one vocabulary, one place for colours, nothing inline, readable text."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STYLES = sorted((ROOT / "static/css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
GUIDE = ROOT / "docs/interface.md"

TEMPLATE_TAG = re.compile(r"{%.*?%}|{#.*?#}", re.DOTALL)
TEMPLATE_VALUE = re.compile(r"{{.*?}}", re.DOTALL)
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(|:\s*(?:white|black|red|gr[ae]y)\b",
    re.IGNORECASE,
)
DRAWN_COLOUR = re.compile(r"\b(?:fill|stroke|color|bgcolor|stop-color)=[\"'](?!none|currentColor)", re.IGNORECASE)
INLINE = re.compile(
    r"\sstyle\s*=|<style\b|\son[a-z]+\s*=|\shx-on|javascript:|(?:src|href)=[\"']?data:"
    r"|<script\b(?![^>]*\bsrc=)(?![^>]*type=[\"']application/json)",
    re.IGNORECASE,
)


def without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def defined_classes() -> set[str]:
    sheets = " ".join(without_comments(path.read_text()) for path in STYLES)
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", sheets))


def used_classes(html: str) -> set[str]:
    """Classes written out in the HTML; those put together from a template value are left out."""
    plain = TEMPLATE_VALUE.sub("\0", TEMPLATE_TAG.sub(" ", html))
    found = re.findall(r"\bclass=(?:\"([^\"]*)\"|'([^']*)')", plain)
    return {word for pair in found for word in "".join(pair).split() if "\0" not in word}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def offences(pattern: re.Pattern[str], text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if pattern.search(line)]


# The rules of the checks themselves


def test_a_class_is_found_between_template_tags() -> None:
    html = '<a class="button {% if x %}primary{% endif %} {{ kind }} heat-{{ step }}">'
    assert used_classes(html) == {"button", "primary"}


@pytest.mark.parametrize(
    "html",
    [
        '<p style="x">',
        "<style>",
        '<a onclick="x">',
        '<a href="javascript:x">',
        "<script>x</script>",
        '<script type="module">x</script>',
        '<img src="data:image/png;base64,x">',
        '<p hx-on:click="x">',
    ],
)
def test_what_a_strict_policy_blocks_is_recognised(html: str) -> None:
    assert INLINE.search(html)


@pytest.mark.parametrize("html", ['<script src="/a.js" defer></script>', '<script type="application/json">1</script>'])
def test_what_a_strict_policy_allows_is_let_through(html: str) -> None:
    assert not INLINE.search(html)


# The sheets and templates


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_templates_use_the_vocabulary_only(path: Path) -> None:
    assert used_classes(path.read_text()) - defined_classes() == set()


def test_the_guide_and_the_sheets_name_the_same_classes() -> None:
    guide = GUIDE.read_text()
    shown = used_classes(guide) | set(re.findall(r"`\.([a-zA-Z][\w-]*)`", guide))
    ours = {name for name in defined_classes() if not name.startswith("htmx-")}
    assert (shown - ours, ours - shown) == (set(), set())


@pytest.mark.parametrize("path", [*STYLES, *SCRIPTS], ids=relative)
def test_colours_are_named_in_the_tokens_alone(path: Path) -> None:
    if path.name != "tokens.css":
        text = path.read_text() if path.suffix == ".js" else without_comments(path.read_text())
        quoted = re.compile(r"[\"'`]#(?:[0-9a-f]{3}|[0-9a-f]{6})[\"'`]", re.IGNORECASE)
        assert offences(quoted if path.suffix == ".js" else COLOUR, text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_templates_hold_no_style_script_or_colour(path: Path) -> None:
    html = path.read_text()
    assert offences(INLINE, html) + offences(DRAWN_COLOUR, html) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_templates_fetch_nothing_from_elsewhere(path: Path) -> None:
    remote = re.compile(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE)
    assert offences(remote, path.read_text()) == []


@pytest.mark.parametrize("path", STYLES, ids=relative)
def test_sheets_stay_short_and_fetch_nothing(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 300
    assert re.findall(r"url\(|@import", text) == []


def test_every_token_used_is_defined() -> None:
    text = " ".join(without_comments(path.read_text()) for path in STYLES)
    own = set(re.findall(r"(--[\w-]+)\s*:", text))
    assert set(re.findall(r"var\((--[\w-]+)", text)) - own == set()


# Contrast, as WCAG 2.2 defines it (relative luminance, success criteria 1.4.3 and 1.4.11)

THEMES = ("light", "dark")
GROUNDS = ("ground", "raised", "sunken", "hover")
CATEGORIES = tuple(f"category-{n}" for n in range(8))
TEXT_PAIRS = [
    *((text, ground) for text in ("text", "muted", "faint", "accent", "danger", "warn", "good") for ground in GROUNDS),
    *(("text", ground) for ground in ("accent-soft", "danger-soft", "warn-soft", "good-soft", "hit")),
    *(("text", f"heat-{n}") for n in range(1, 5)),
    *(("on-accent", ground) for ground in ("accent", "accent-strong", "heat-5", "heat-6")),
    *((f"code-{word}", ground) for word in ("keyword", "string", "number", "name") for ground in ("ground", "sunken")),
    ("muted", "accent-soft"),
    ("muted", "danger-soft"),
    ("accent-strong", "ground"),
    ("accent-strong", "hover"),
    ("danger", "danger-soft"),
    ("warn", "warn-soft"),
    ("good", "good-soft"),
]
SHAPE_PAIRS = [(shape, ground) for shape in ("edge", "focus", *CATEGORIES) for ground in ("ground", "raised", "sunken")]


def palette(theme: str) -> dict[str, str]:
    css = (ROOT / "static/css/tokens.css").read_text()
    both = re.findall(r"--([\w-]+):\s*light-dark\((#\w{6}),\s*(#\w{6})\)", css)
    fixed = re.findall(r"--([\w-]+):\s*(#\w{6});", css)
    return {name: pair[THEMES.index(theme)] for name, *pair in both} | dict(fixed)


def channels(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def mixed(colour: str, ground: str, share: float) -> str:
    blend = (share * a + (1 - share) * b for a, b in zip(channels(colour), channels(ground), strict=True))
    return "#" + "".join(f"{round(255 * c):02x}" for c in blend)


def luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_readable_on_every_ground_it_stands_on(theme: str) -> None:
    colours = palette(theme)
    ratios = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in TEXT_PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_edges_and_categories_stand_out(theme: str) -> None:
    colours = palette(theme)
    ratios = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in SHAPE_PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < 3} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_readable_inside_a_marked_quote(theme: str) -> None:
    colours = palette(theme)
    quotes = {
        (text, category): contrast(colours[text], mixed(colours[category], colours["ground"], 0.17))
        for text in ("text", "muted")
        for category in CATEGORIES
    }
    assert {pair: round(ratio, 2) for pair, ratio in quotes.items() if ratio < 4.5} == {}
