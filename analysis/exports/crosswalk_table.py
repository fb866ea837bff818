"""The table of a crosswalk as a paper prints it: CSV and LaTeX."""

import csv
import io
from collections.abc import Iterator

from analysis.exports.archive import cell
from analysis.reports.crosswalk import CrosswalkReport, OurLine, Theirs

COLUMNS = ("side", "number", "code", "status", "relations", "issues")
# Printed in math or text mode as LaTeX needs it.
ESCAPES = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "→": r"$\rightarrow$",
}  # fmt: skip


def as_csv(report: CrosswalkReport) -> str:
    """Ours, then theirs; their codes have no number of issues."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows(report):
        writer.writerow([cell(value) for value in row])
    return out.getvalue()


def rows(report: CrosswalkReport) -> Iterator[list[str | int]]:
    for line in report.ours:
        yield ["ours", line.node.number, line.node.code.name, line.status, relations(line), line.issues]
    for their in report.theirs:
        words = "; ".join(f"{node.code.name} ({link.relation})" for link, node in their.links)
        yield ["theirs", their.node.number, their.node.code.name, their.status, words, ""]


def relations(line: OurLine) -> str:
    return "; ".join(f"{node.code.name} ({link.relation})" for link, node in line.links if node)


def as_latex(report: CrosswalkReport) -> str:
    """A longtable; needs the packages longtable and booktabs. Their codes that were not seen stand below ours."""
    crosswalk = report.found.crosswalk
    unseen = [line for line in report.theirs if line.status == Theirs.UNSEEN]
    lines = [
        r"% needs \usepackage{longtable,booktabs}",
        r"\begin{longtable}{llp{0.42\linewidth}r}",
        rf"\caption{{{escaped(str(crosswalk))}}}\\",
        r"\toprule",
        r"Code & Status & Counterpart & Issues \\",
        r"\midrule",
        r"\endhead",
        *(
            f"{escaped(line.node.number)} {escaped(line.node.code.name)} & {line.status} & {escaped(relations(line))} "
            rf"& {line.issues} \\"
            for line in report.ours
        ),
        r"\midrule",
        rf"\multicolumn{{4}}{{l}}{{Not seen here: {len(unseen)} of {len(report.theirs)}}} \\",
        *(
            rf"\multicolumn{{4}}{{l}}{{\quad {escaped(f'{line.node.number} {line.node.code.name}')}}} \\"
            for line in unseen
        ),
        r"\bottomrule",
        r"\end{longtable}",
    ]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    return "".join(ESCAPES.get(letter, letter) for letter in " ".join(text.split()))
