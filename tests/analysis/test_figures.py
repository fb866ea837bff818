"""Figures are valid Vega-Lite, hold counted figures only, and name colours by token; the library is built once."""

import json
from dataclasses import replace

import pytest
import vl_convert
from django.core.management import call_command

from analysis.figures import TICKS, categories_figure, curves_figure, resolution_time_figure
from analysis.reports.counts import counts_report
from analysis.reports.resolution_time import resolution_time_report
from analysis.stats.resolution import Definition
from analysis.stats.statistic import Statistic
from analysis.templatetags.figures import days, ends, figure, number, p_equals, p_exact, p_value, percent, undefined
from tests.analysis.test_reports import LABELLED, book, issue


@pytest.fixture
def bars():
    return categories_figure(counts_report(LABELLED, book("a", "b", "c"), undecided=0))


@pytest.fixture
def boxes():
    return resolution_time_figure(resolution_time_report(LABELLED, book("a", "b", "c"), Definition()))


def drawn(spec):
    """The figure as SVG, with the colours of a theme put in as the page's script does."""
    text = json.dumps(spec).replace('"--', '"#123456').replace("#123456category-", "#12345")
    for name in ("text", "muted", "line", "edge"):
        text = text.replace(f"#123456{name}", "#123456")
    return vl_convert.vegalite_to_svg(json.loads(text), vl_version="5.20")


def test_bars_hold_the_counts_in_the_order_of_the_taxonomy(bars):
    rows = [(row["category"], row["issues"], row["colour"]) for row in bars["data"]["values"]]
    assert rows == [
        ("a", 3, "--category-1"), ("b", 4, "--category-2"), ("c", 0, "--category-3"),
        ("None of these", 1, "--category-0"),
    ]  # fmt: skip
    assert bars["layer"][0]["encoding"]["y"]["sort"] == ["a", "b", "c", "None of these"]
    svg = drawn(bars)
    for told in ("None of these", "Issues"):
        assert told in svg


def test_boxes_hold_quartiles_and_no_raw_points(boxes):
    (a, b) = boxes["data"]["values"]
    assert (a["category"], a["q1"], a["median"], a["q3"]) == ("a (n = 3)", 2.0, 3.0, 4.0)
    assert (b["n"], b["median"]) == (2, 7.0)
    assert boxes["layer"][-1]["data"]["values"] == []
    assert "a (n = 3)" in drawn(boxes)


def test_ticks_are_named(boxes):
    labels = [name for name in TICKS.values() if f">{name}<" in drawn(boxes)]
    assert {"1 h", "6 h", "1 d", "1 w"} <= set(labels)
    assert list(TICKS.values()) == ["1 h", "6 h", "1 d", "1 w", "1 mo", "3 mo", "1 y", "3 y"]


def test_thousands_of_far_points_become_few():
    labelled = [issue(at, ["a"], 5.0 + at % 3) for at in range(20_000)]
    labelled += [issue(at, ["a"], 1000 + at / 10) for at in range(3000)]
    spec = resolution_time_figure(resolution_time_report(labelled, book("a"), Definition()))
    assert 1 < len(spec["layer"][-1]["data"]["values"]) < 10
    assert len(json.dumps(spec)) < 10_000


class TestCurves:
    LIVES = [issue(at, ["a"], days) for at, days in enumerate((0.0, 1.0, 2.0, 30.0))]
    LIVES += [replace(issue(9, ["a"], None), watched=60.0), *(issue(at, ["b"], 5.0) for at in (5, 6, 7))]

    def spec(self, unit="days"):
        return curves_figure(resolution_time_report(self.LIVES, book("a", "b", "c"), Definition(unit=unit)))

    def test_steps_begin_with_all_and_end_with_the_longest_watch(self):
        rows = [row for row in self.spec()["data"]["values"] if row["category"] == "a"]
        left = rows[0]["time"]
        assert [(row["time"], row["share"]) for row in rows] == [
            (left, 1.0), (left, 0.8), (1.0, pytest.approx(0.6)), (2.0, pytest.approx(0.4)),
            (30.0, pytest.approx(0.2)), (60.0, pytest.approx(0.2)),
        ]  # fmt: skip
        assert all(row["low"] <= row["share"] <= row["high"] for row in rows)
        assert left <= 1 / 24

    def test_a_group_that_reaches_nothing_has_no_band_there_and_a_small_one_no_curve(self):
        rows = [row for row in self.spec()["data"]["values"] if row["category"] == "b"]
        assert [(row["share"], row["low"]) for row in rows] == [(1, 1), (0, None), (0, None)]
        assert {row["category"] for row in self.spec()["data"]["values"]} == {"a", "b"}

    def test_it_is_drawn_with_named_times_in_any_unit(self):
        for unit in ("hours", "days"):
            svg = drawn(self.spec(unit))
            assert {name for name in ("1 h", "1 d", "1 w", "Still open") if f">{name}<" not in svg} == set()

    def test_thousands_of_steps_become_few(self):
        labelled = [issue(at, ["a"], 1 + at / 100) for at in range(20_000)]
        spec = curves_figure(resolution_time_report(labelled, book("a"), Definition()))
        assert len(spec["data"]["values"]) < 120


def test_the_library_is_built_once(tmp_path, settings, capsys):
    settings.BUILT_DIR = tmp_path
    call_command("build_chart_library")
    made = (tmp_path / "charts.js").read_text()
    assert made.startswith("// Vega, Vega-Lite and Vega-Embed as bundled by vl-convert ")
    assert made.rstrip().endswith("window.vegaEmbed=$t6;") or "window.vegaEmbed" in made[-200:]
    before = (tmp_path / "charts.js").stat().st_mtime_ns
    call_command("build_chart_library")
    assert (tmp_path / "charts.js").stat().st_mtime_ns == before
    assert "is made" in capsys.readouterr().out
    (tmp_path / "charts.js").write_text("// of another version\n")
    call_command("build_chart_library")
    assert (tmp_path / "charts.js").read_text() == made


@pytest.mark.parametrize(
    ("p", "shown"), [(None, ""), (0.0004, "< .001"), (0.041, ".041"), (0.9999, "1.000"), (0.5, ".500")]
)
def test_p_has_three_decimals_and_no_leading_zero(p, shown):
    assert p_value(p) == shown


def test_numbers_as_they_are_printed():
    assert (p_equals(0.0001), p_equals(0.02)) == ("p < .001", "p = .020")
    assert (days(None), days(0.7561), days(10.6), days(1234.56), days(0)) == ("", "0.756", "10.6", "1,234.6", "0.0")
    assert (percent(None), percent(0.305), number(None), number(-1.25, 2)) == ("", "30.5", "", "−1.25")
    assert undefined("nobody") == (
        '<abbr title="nobody" aria-hidden="true">–</abbr><span class="visually-hidden">undefined: nobody</span>'
    )


@pytest.mark.parametrize(
    ("p", "shown"),
    [
        (None, ""), (0.9999, "1.000"), (0.95598, ".956"), (0.0014912, ".00149"), (0.041, ".041"),
        (3.92471e-10, "3.92 × 10⁻¹⁰"), (0.0, "< 10⁻³⁰⁰"),
    ],
)  # fmt: skip
def test_p_is_told_exactly(p, shown):
    assert p_exact(p) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, ""), (0.0, "0.000"), (-0.62278, "−0.623"), (15631.0, "15,631.0"), (1.5e-7, "1.5e−07"), (2e8, "2e+08")],
)
def test_figures_keep_what_can_be_read(value, shown):
    assert figure(value) == shown


def test_an_end_that_does_not_exist_is_said_to_be_open():
    row = Statistic("km", ("a",), (9,), "", ci_low=2.5)
    assert ends(row) == "[2.500, not reached]"
    assert ends(Statistic("logrank", ("a", "b"), (9, 9), "")) == ""
