"""Issue text as safe HTML: GitHub's dialect of Markdown, sanitised, with nothing that tells a third party who reads.

The sanitiser runs before the rewriting, so that it meets clean input, and after it, so that it has the last word;
only then are headings lowered, by name alone.
"""

import html as escapes
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import comrak
import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpus import highlighting
from corpus.references import mentioned

# Raise it when the HTML or the plain text of any text changes: evidence is anchored to the plain text.
RENDERER = "2"
LONGEST = 500_000
DEEPEST = 1000
LINK_REL = "noopener nofollow ugc noreferrer"

EXTENSIONS = comrak.ExtensionOptions()
for _name in ("table", "tasklist", "strikethrough", "autolink", "footnotes", "shortcodes", "alerts"):
    setattr(EXTENSIONS, _name, True)
RENDERING = comrak.RenderOptions()
RENDERING.unsafe_ = True  # GitHub's issues hold HTML; the sanitiser comes after
RENDERING.gfm_quirks = True
RENDERING.github_pre_lang = True
RENDERING.hardbreaks = True  # as on GitHub's issue pages: a new line in the text is a new line on the page

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "dfn", "div", "dl", "dt",
    "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "input", "ins", "kbd", "li", "ol", "p", "pre", "q", "s",
    "samp", "section", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "tt", "u", "ul", "var", "wbr",
}  # fmt: skip
ATTRIBUTES = {
    "*": set[str](),
    "a": {"href", "title"},
    "abbr": {"title"},
    "details": {"open"},
    "input": {"checked", "aria-label"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
}
# First pass: what the rewriting below needs to see is still there. Second pass: what may stand on a page.
RAW_ATTRIBUTES = ATTRIBUTES | {"img": {"src", "alt"}, "input": {"type", "checked"}, "pre": {"lang"}}
ALERTS = ("note", "tip", "important", "warning", "caution")
RAW_CLASSES = {
    "a": {"footnote-backref"},
    "div": {"markdown-alert", *(f"markdown-alert-{kind}" for kind in ALERTS)},
    "p": {"markdown-alert-title"},
}
CLASSES = {"span": set(highlighting.CLASSES), "blockquote": {f"alert-{kind}" for kind in ALERTS}}
FORCED_ATTRIBUTES = {"input": {"type": "checkbox", "disabled": ""}, "pre": {"tabindex": "0"}}
SCHEMES = {"http", "https", "mailto"}
FIRST = nh3.Cleaner(
    tags=TAGS | {"img"},
    attributes=RAW_ATTRIBUTES,
    allowed_classes=RAW_CLASSES,
    url_schemes=SCHEMES,
    url_relative="deny",
    link_rel=LINK_REL,
)
SECOND = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    allowed_classes=CLASSES,
    set_tag_attribute_values=FORCED_ATTRIBUTES,
    url_schemes=SCHEMES,
    url_relative="deny",
    link_rel=LINK_REL,
)
NESTING_TAG = re.compile(r"<(/?)(?!(?:br|hr|img|input|wbr|col|p|li|dd|dt|td|th|tr)\b)[a-z]", re.IGNORECASE)
HEADING = re.compile(r"(</?h)([1-6])(?=[ >])")


@dataclass(frozen=True)
class Rendered:
    html: str
    plain: str


def render(markdown: str) -> Rendered:
    """Safe HTML, and its text as a browser's textContent has it (offsets of evidence count in that)."""
    html = lowered(SECOND.clean(rewritten(FIRST.clean(to_html(markdown))))).strip()
    return Rendered(html, fragment(html).text(deep=True, separator="", strip=False))


def to_html(markdown: str) -> str:
    """GitHub's HTML; text so long or so deeply nested that no browser shows it well comes as it is written."""
    if len(markdown) <= LONGEST:
        html: str = comrak.render_markdown(markdown, EXTENSIONS, None, RENDERING)
        if depth_of(html) <= DEEPEST:
            return html
    return f"<pre>\n{escapes.escape(markdown)}</pre>"


def depth_of(html: str) -> int:
    """About how deep the tags nest, at most. Parsers take quadratic time over tens of thousands of open tags."""
    depth = deepest = 0
    for found in NESTING_TAG.finditer(html):
        depth = max(depth - 1, 0) if found[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def fragment(html: str) -> LexborNode:
    """Sanitised HTML inside an element, parsed as on the page."""
    node = LexborHTMLParser(f"<div>{html}</div>").css_first("div")
    assert node is not None  # noqa: S101 (the element was just written)
    return node


def rewritten(html: str) -> str:
    """Code gets its colours, mentions stand out, images become links, check boxes get a name, alerts are quotes; the
    arrows back from footnotes go."""
    root = fragment(html)
    for block in root.css("pre[lang]"):
        highlight(block)
    for image in root.css("img"):
        replace_image(image)
    for box in root.css("input"):
        replace_input(box)
    for arrow in root.css("a.footnote-backref"):
        arrow.decompose()
    for alert in reversed(root.css("div.markdown-alert")):
        replace_alert(alert)
    return mentioned(root.inner_html or "")


def highlight(block: LexborNode) -> None:
    """The language is the first word behind the fence. Code that holds HTML of its own stays as it is."""
    language = (block.attributes.get("lang") or "").split(",")[0].strip()
    code = block.css_first("code")
    if language and code is not None and not code.css("code > *"):
        code.inner_html = highlighting.highlighted(code.text(), language)


def replace_image(image: LexborNode) -> None:
    """A link "image: alt, host"; inside another link only these words, because links do not nest."""
    source, alt = image.attributes.get("src") or "", image.attributes.get("alt") or ""
    host = urlsplit(source).netloc if source.startswith(("https://", "http://")) else ""
    words = "image" + (f": {alt}" if alt else "") + (f", {host}" if host else "")
    linked = bool(host) and not is_inside_link(image)
    made = image.parser.create_node("a" if linked else "span")
    if linked:
        made.attrs["href"] = source
    made.inner_html = escapes.escape(words)
    image.replace_with(made)


def is_inside_link(node: LexborNode) -> bool:
    while node.parent is not None:
        node = node.parent
        if node.tag == "a":
            return True
    return False


def replace_input(box: LexborNode) -> None:
    """Only the check boxes of task lists stay: they cannot be ticked here, and say what they are."""
    if box.attributes.get("type") != "checkbox":
        box.decompose()
        return
    box.attrs["aria-label"] = "done" if "checked" in box.attributes else "not done"


def replace_alert(alert: LexborNode) -> None:
    """GitHub's note, tip, warning: a quote of this kind that begins with the word in bold."""
    kinds = (alert.attributes.get("class") or "").split()
    for title in alert.css("p.markdown-alert-title"):
        title.inner_html = f"<strong>{escapes.escape(title.text())}</strong>"
    made = alert.parser.create_node("blockquote")
    made.attrs["class"] = " ".join(kind.removeprefix("markdown-") for kind in kinds[1:])
    made.inner_html = alert.inner_html or ""
    alert.replace_with(made)


def lowered(html: str) -> str:
    """Headings two levels down, so that the page's own h1 and h2 stay above them."""
    return HEADING.sub(lambda found: f"{found[1]}{min(int(found[2]) + 2, 6)}", html)
