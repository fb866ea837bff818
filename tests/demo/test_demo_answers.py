"""Taxonomy, codings and decisions of the demonstration keep the promises of `demo/data/README.md`."""

import itertools
import re
import statistics
from collections import Counter, defaultdict
from datetime import datetime

import krippendorff
import numpy
import pytest

CODE_KEYS = {"uid", "parent", "name", "definition", "use_when", "avoid_when", "examples"}
RATERS = {"rater-1", "rater-2", "rater-3"}


def key(issue):
    return f"{issue['repository']}#{issue['number']}"


def days_open(issue):
    closed, created = (datetime.fromisoformat(issue[part]) for part in ("closed_at", "created_at"))
    return (closed - created).total_seconds() / 86400


def rolled_up(uids, codes):
    return frozenset(codes[uid]["parent"] or uid for uid in uids)


def answer(coding, codes=None):
    """What a rater said as one nominal value, as categories if `codes` is given; None where missing."""
    if coding["outcome"] in {"unclear", "skipped"}:
        return None
    return rolled_up(coding["codes"], codes) if codes else frozenset(coding["codes"])


def said(row):
    return [(coding["outcome"], frozenset(coding["codes"])) for _, coding in sorted(row["answers"].items())]


def differs(row):
    return len(set(said(row))) > 1


def alpha(rows):
    """Krippendorff's nominal α by its coincidence definition (Krippendorff 2011, "Computing
    Krippendorff's Alpha-Reliability"), for rows of answers with None as missing."""
    coincidences = Counter()
    for row in rows:
        values = [value for value in row if value is not None]
        if len(values) > 1:
            for pair in itertools.permutations(values, 2):
                coincidences[pair] += 1 / (len(values) - 1)
    totals = Counter()
    for (left, _), weight in coincidences.items():
        totals[left] += weight
    n = sum(totals.values())
    observed = sum(weight for (left, right), weight in coincidences.items() if left != right)
    expected = sum(totals[a] * totals[b] for a, b in itertools.permutations(totals, 2)) / (n - 1)
    return 1 - observed / expected


def test_taxonomy_is_a_tree_of_seven(taxonomy, codes):
    assert {frozenset(code) for code in taxonomy["codes"]} == {frozenset(CODE_KEYS)}
    assert len(codes) == len(taxonomy["codes"]) == len({code["name"] for code in taxonomy["codes"]})
    top = {uid for uid, code in codes.items() if code["parent"] is None}
    below = Counter(code["parent"] for code in taxonomy["codes"] if code["parent"])
    assert len(top) == 7
    assert below == {"loading": 3, "output": 3, "access": 2}
    assert set(below) <= top
    for code in taxonomy["codes"]:
        assert len(code["name"]) <= 28
        assert all(code[part].strip() for part in CODE_KEYS - {"parent"})


def test_notes_name_codes_that_exist(taxonomy):
    names = {code["name"] for code in taxonomy["codes"]}
    for code in taxonomy["codes"]:
        assert set(re.findall(r": ([A-Z][^.:]+)\.", code["avoid_when"])) <= names - {code["name"]}


def test_answers_are_one_for_each_issue_and_use_known_codes(issues, answers, codes):
    assert {row["issue"] for row in answers} == {key(issue) for issue in issues}
    used = Counter(uid for row in answers for uid in row["truth"])
    assert set(used) == set(codes) - {"output", "access"}
    for row in answers:
        assert set(row["answers"]) == RATERS
        for coding in row["answers"].values():
            assert set(coding) == {"codes", "outcome", "confidence", "memo"}
            assert set(coding["codes"]) <= set(codes)
            assert len(set(coding["codes"])) == len(coding["codes"])
            assert coding["outcome"] in {"coded", "none", "unclear", "skipped"}
            assert bool(coding["codes"]) == (coding["outcome"] == "coded")
            assert coding["confidence"] in {"low", "medium", "high"}


def test_shares_of_outcomes_and_memos(answers):
    codings = [coding for row in answers for coding in row["answers"].values()]
    outcomes = Counter(coding["outcome"] for coding in codings)
    assert outcomes == {"coded": 333, "none": 23, "unclear": 2, "skipped": 2}
    assert 0.15 <= sum(bool(coding["memo"]) for coding in codings) / len(codings) <= 0.20
    assert 0.10 <= sum(len(row["truth"]) == 2 for row in answers) / len(answers) <= 0.14
    assert max(len(row["truth"]) for row in answers) == 2


def test_a_decision_stands_exactly_where_answers_differ(answers):
    assert sum(not differs(row) for row in answers) == 86
    for row in answers:
        decision = row["resolution"]
        assert differs(row) == (decision is not None)
        if decision is None:
            assert said(row)[0][1] == frozenset(row["truth"])
            continue
        assert set(decision) == {"codes", "how", "reason"}
        assert set(decision["codes"]) == set(row["truth"])
        assert len(decision["reason"].split()) >= 10
        votes = Counter(said(row))["coded", frozenset(decision["codes"])]
        assert decision["how"] in ({"majority", "negotiated"} if votes >= 2 else {"negotiated", "lead"})


@pytest.mark.parametrize("roll_up", [False, True])
def test_agreement_is_believable(answers, codes, roll_up):
    rows = [[answer(row["answers"][rater], codes if roll_up else None) for rater in sorted(RATERS)] for row in answers]
    values = {value: at for at, value in enumerate({v for row in rows for v in row if v is not None})}
    table = [[values.get(row[rater], numpy.nan) for row in rows] for rater in range(3)]
    oracle = krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")
    assert alpha(rows) == pytest.approx(oracle, abs=1e-12)
    assert 0.65 <= alpha(rows) <= 0.78


def test_rater_3_is_the_least_careful(answers):
    missed = Counter()
    for row in answers:
        for rater, coding in row["answers"].items():
            missed[rater] += set(coding["codes"]) != set(row["truth"])
    assert missed == {"rater-1": 13, "rater-2": 17, "rater-3": 20}


def test_confusion_lies_between_neighbours(answers, codes):
    pairs = Counter()
    for row in answers:
        for one, two in itertools.combinations([answer(coding, codes) for coding in row["answers"].values()], 2):
            if one and two and one != two:
                pairs.update(frozenset({a, b}) for a in one - two for b in two - one)
    assert {pair for pair, _ in pairs.most_common(3)} == {
        frozenset({"environment", "loading"}),
        frozenset({"memory", "speed"}),
        frozenset({"output", "tuning"}),
    }
    assert sum(n for _, n in pairs.most_common(3)) / pairs.total() > 0.6


def test_time_to_close_differs_by_category(issues, answers, codes):
    spans = defaultdict(list)
    truth = {row["issue"]: row["truth"] for row in answers}
    for issue in issues:
        if issue["closed_at"]:
            for found in rolled_up(truth[key(issue)], codes):
                spans[found].append(days_open(issue))
    median = {found: statistics.median(values) for found, values in spans.items()}
    assert len(median) == 7
    assert max(median["environment"], median["loading"]) * 3 < min(median["output"], median["speed"])
    every = [span for values in spans.values() for span in values]
    assert min(every) < 0.25
    assert max(every) > 180
