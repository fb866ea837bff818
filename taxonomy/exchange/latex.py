"""A version as a LaTeX longtable, whole enough to be compiled alone and plain enough to be pasted into a paper."""

import re
from collections.abc import Iterator

from taxonomy.exchange.printed import Book, Entry, Example

SIGNS = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}",
}  # fmt: skip
SAFE = str.maketrans(SIGNS)
# Two hyphens in a row would be printed as a dash, two apostrophes as a quotation mark.
JOINED = re.compile(r"([-',])(?=\1)")
# A hash is one word, longer than a line.
PIECE = re.compile(r"[0-9a-f]{8}(?=[0-9a-f]{8})")

# Unicode needs LuaLaTeX or XeLaTeX only beyond what pdfLaTeX knows by default.
PREAMBLE = r"""% Compiles with pdfLaTeX; with LuaLaTeX or XeLaTeX where names are in other scripts than Latin.
\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{textcomp}
\usepackage{longtable}
\usepackage{array}
\usepackage[hidelinks]{hyperref}
\begin{document}
"""
HEAD = r"""\hline
\textbf{Code} & \textbf{Definition and rules}%s \\
\hline
"""


def escaped(text: str) -> str:
    """The text as LaTeX prints it. Blank lines become line ends: a paragraph would break the cell."""
    lines = (JOINED.sub(r"\1{}", " ".join(line.split()).translate(SAFE)) for line in text.splitlines())
    return r" \newline ".join(line for line in lines if line)


def latex(book: Book) -> str:
    return PREAMBLE + "".join(table(book)) + "\\end{document}\n"


def table(book: Book) -> Iterator[str]:
    columns = r"p{0.24\linewidth} p{0.52\linewidth} r r" if book.usage else r"p{0.26\linewidth} p{0.66\linewidth}"
    head = HEAD % (r" & \textbf{Codings} & \textbf{Issues}" if book.usage else "")
    caption = " ".join(part for part in (book.citation or f"{book.title}.", book.rule, book.counted) if part)
    yield f"\\begin{{longtable}}{{{columns}}}\n"
    caption = PIECE.sub(r"\g<0>\\allowbreak{}", escaped(caption))
    yield f"\\caption{{{caption}}} \\\\\n{head}\\endfirsthead\n{head}\\endhead\n\\hline\n\\endfoot\n"
    for entry in book.entries:
        yield f"{row(entry, book)} \\\\\n"
    yield "\\end{longtable}\n"


def row(entry: Entry, book: Book) -> str:
    code = entry.node.code
    name = rf"\hspace*{{{entry.node.depth}em}}{entry.node.number} {escaped(code.name)}"
    said = [escaped(code.definition) if code.definition else r"\emph{No definition.}"]
    said += [rf"\textit{{{heading}:}} {escaped(text)}" for heading, text in entry.rules]
    said += [rf"\textit{{Example:}} {shown(each)}" for each in entry.examples]
    if book.with_notes and code.notes:
        said.append(rf"\textit{{Notes for raters:}} {escaped(code.notes)}")
    said += map(escaped, entry.choice)
    cells = [name, r" \newline ".join(said)]
    return " & ".join([*cells, f"{entry.use.codings:,}", f"{entry.use.issues:,}"] if entry.use else cells)


def shown(example: Example) -> str:
    link = rf"\href{{{address(example.url)}}}{{{escaped(example.source)}}}" if example.url else ""
    return " ".join(part for part in (escaped(example.text), link) if part)


def address(url: str) -> str:
    """Inside a table cell \\href reads its address like any text, so what TeX would act on is given by its number."""
    kept = "".join(f"%{ord(sign):02X}" if sign in "\\{}^~\"'`<>|[]" else sign for sign in url)
    return kept.replace("%", r"\%").replace("#", r"\#").replace("&", r"\&").replace("_", r"\_").replace("$", r"\$")
