"""What the walk needs: a corpus with true labels, what each rater will type, and agreement computed by hand."""

import csv
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "demo" / "data"


@dataclass(frozen=True)
class Corpus:
    """Files to import, the codes to make, and by issue (`owner/name#number`) what a careful rater says."""

    issues: Path
    comments: Path
    size: int
    codes: tuple[str, ...]
    truth: dict[str, str]


def real_corpus(folder: Path) -> Corpus:
    """428 issues of JavaScript projects with one expert label each."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        truth = {key_of(row["html_url"]): row["label"] for row in csv.DictReader(file)}
    return Corpus(
        folder / "issues.jsonl", folder / "comments.jsonl", len(truth), tuple(sorted(set(truth.values()))), truth
    )


def demo_corpus() -> Corpus:
    codes = {code["uid"]: code for code in json.loads((DEMO / "taxonomy.json").read_text(encoding="utf-8"))["codes"]}
    top = {uid: codes[code["parent"] or uid]["name"] for uid, code in codes.items()}
    lines = [json.loads(line) for line in (DEMO / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    truth = {line["issue"]: top[line["truth"][0]] if line["truth"] else "" for line in lines}
    names = tuple(code["name"] for code in codes.values() if not code["parent"])
    return Corpus(DEMO / "issues.jsonl", DEMO / "comments.jsonl", len(truth), names, truth)


def key_of(url: str) -> str:
    *_, owner, name, _, number = url.split("/")
    return f"{owner}/{name}#{number}"


def planned(corpus: Corpus, key: str, rater: str) -> str:
    """What this rater types for this issue: the truth, now and then another code, rarely none of these ("")."""
    digest = hashlib.sha256(f"{rater} {key}".encode()).digest()
    if digest[0] < 40:
        return corpus.codes[digest[1] % len(corpus.codes)]
    return "" if digest[0] < 50 else corpus.truth[key]


def cohen_kappa(pairs: list[tuple[str, str]]) -> float:
    """Cohen (1960), from the definition."""
    n = len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    observed = sum(a == b for a, b in pairs) / n
    expected = sum(first[code] * second[code] for code in first) / n**2
    return (observed - expected) / (1 - expected)
