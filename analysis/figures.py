"""Vega-Lite specifications as plain dictionaries, made from figures that are already counted, never from raw points.

A text that begins with "--" names a colour token of the style sheet; the page's script puts the colour of the present
theme in its place. A table with the same numbers stands beside each figure.
"""

from math import log10
from typing import Any

from analysis.reports.counts import CountsReport
from analysis.reports.curves import CategoryCurve
from analysis.reports.resolution_time import CategoryTime, ResolutionTimeReport
from analysis.reports.saturation import SaturationReport
from analysis.stats.resolution import UNITS

Spec = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
ROW_HEIGHT = 38
# In days. Months and years are the Gregorian calendar's mean ones.
TICKS = {1 / 24: "1 h", 0.25: "6 h", 1: "1 d", 7: "1 w", 30.44: "1 mo", 91.31: "3 mo", 365.25: "1 y", 1095.75: "3 y"}
# Points that would fall on the same place are drawn once: this many places a factor of ten.
PLACES_A_DECADE = 40


def categories_figure(report: CountsReport) -> Spec:
    """Bars of issues by category with their 95 % intervals, in the order of the taxonomy."""
    rows = [
        {
            "category": row.category,
            "colour": token(row.colour),
            "issues": row.issues,
            "low": (row.low or 0) * report.issues,
            "high": (row.high or 0) * report.issues,
        }
        for row in report.categories
    ]
    y = _rows_axis([row.category for row in report.categories])
    x = {"type": "quantitative", "title": "Issues", "scale": {"domainMin": 0}, "axis": {"tickMinStep": 1}}
    colour = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    tooltip = [_told("category", "Category"), _told("issues", "Issues", "quantitative")]
    return _layered(
        rows,
        len(rows),
        {
            "mark": {"type": "bar", "height": 14},
            "encoding": {"y": y, "x": {**x, "field": "issues"}, "color": colour, "tooltip": tooltip},
        },
        {
            "mark": {"type": "rule", "color": "--text", "strokeWidth": 1.25},
            "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
    )


def resolution_time_figure(report: ResolutionTimeReport) -> Spec:
    """Box plots by category on a log axis: quartiles, median, whiskers, and what lies beyond them."""
    drawn = [row for row in report.categories if row.box.median is not None]
    y = _rows_axis([_name(row) for row in drawn])
    colour = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    scale, axis = _log_scale(_ends(drawn), report.unit), _log_axis(report.unit)
    x = {"type": "quantitative", "title": None, "scale": scale, "axis": axis}
    figures = [
        _told("category", "Category"), _told("n", "Closed issues", "quantitative"),
        *(_told(name, f"{label}, {report.unit}", "quantitative", ".3~r")
          for name, label in (("q1", "Q1"), ("median", "Median"), ("q3", "Q3"))),
    ]  # fmt: skip
    return _layered(
        [_box(row) for row in drawn],
        len(drawn),
        *(
            {
                "mark": {"type": "rule", "strokeWidth": 1.5},
                "encoding": {"y": y, "x": {**x, "field": start}, "x2": {"field": end}, "color": colour},
            }
            for start, end in (("low", "q1"), ("q3", "high"))
        ),
        {
            "mark": {"type": "bar", "height": 18, "fillOpacity": 0.2, "strokeWidth": 1.5},
            "encoding": {
                "y": y, "x": {**x, "field": "q1"}, "x2": {"field": "q3"}, "tooltip": figures,
                "fill": {**colour}, "stroke": {**colour},
            },
        },
        {
            "mark": {"type": "tick", "size": 18, "thickness": 3, "color": "--text"},
            "encoding": {"y": y, "x": {**x, "field": "median"}, "tooltip": figures},
        },
        {
            "data": {"values": [point for row in drawn for point in _beyond(row)]},
            "mark": {"type": "point", "filled": True, "size": 22, "opacity": 0.7},
            "encoding": {"y": y, "x": {**x, "field": "days"}, "color": colour},
        },
    )  # fmt: skip


def curves_figure(report: ResolutionTimeReport) -> Spec:
    """Kaplan–Meier: share of the issues that is still open, by category, as steps with 95 % bands on a log axis."""
    drawn = [curve for curve in report.curves if curve.steps]
    times = [step.time for curve in drawn for step in curve.steps if step.time] + [curve.last or 0 for curve in drawn]
    scale = _log_scale([time for time in times if time], report.unit)
    rows = [row for curve in drawn for row in _curve_rows(curve, scale["domain"][0])]
    x = {"field": "time", "type": "quantitative", "title": None, "scale": scale, "axis": _log_axis(report.unit)}
    y = {"type": "quantitative", "title": "Still open", "scale": {"domain": [0, 1]}, "axis": {"format": ".0%"}}
    by = {"field": "category", "type": "nominal", "sort": [curve.category for curve in drawn], "legend": None}
    colour = {**by, "scale": {"domain": [c.category for c in drawn], "range": [token(c.colour) for c in drawn]}}
    told = [_told("category", "Category"), _told("share", "Still open", "quantitative", ".1%")]
    legend = {"title": None, "orient": "bottom", "columns": 2, "symbolType": "stroke", "labelLimit": 260}
    return _layered(
        rows,
        8,
        {
            "transform": [{"filter": "isValid(datum.low)"}],
            "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.12 if len(drawn) < 4 else 0.05},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": colour},
        },
        {
            "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 1.75},
            "encoding": {"x": x, "y": {**y, "field": "share"}, "color": {**colour, "legend": legend}, "tooltip": told},
        },
    )


def _curve_rows(curve: CategoryCurve, left: float) -> list[Spec]:
    """From the left edge, where all are open but those that took no time, to the longest time watched. Steps that fall
    on the same place are drawn as the last of them."""
    steps = {round(log10(max(step.time, left)) * PLACES_A_DECADE): step for step in curve.steps}
    rows: list[Spec] = [{"time": left, "share": 1.0, "low": 1.0, "high": 1.0}]
    rows += [
        {"time": max(step.time, left), "share": step.share, "low": step.low, "high": step.high}
        for step in steps.values()
    ]
    rows.append({**rows[-1], "time": max(curve.last or left, left)})
    return [{"category": curve.category, **row} for row in rows]


def saturation_figure(report: SaturationReport) -> Spec:
    """Codes found so far by issues coded, as steps; bars are new codes, upright lines the ends of rounds."""
    steps: list[Spec] = [{"issue": 0, "codes": 0, "new": 0}]
    steps += [{"issue": row.place, "codes": row.total, "new": len(row.names)} for row in report.steps]
    steps.append({"issue": report.issues, "codes": report.codes, "new": 0})
    x = {
        "field": "issue", "type": "quantitative", "title": "Issues in coding order",
        "scale": {"domain": [0, report.issues], "nice": False}, "axis": {"tickMinStep": 1, "grid": False},
    }  # fmt: skip
    y = {"type": "quantitative", "title": "Codes", "axis": {"tickMinStep": 1}, "scale": {"domainMin": 0}}
    ends = [{"issue": row.last_place, "name": f"round {row.number}"} for row in report.rounds]
    told = [_told("issue", "Issue", "quantitative"), _told("new", "New codes", "quantitative"),
            _told("codes", "Codes so far", "quantitative")]  # fmt: skip
    return _layered(
        steps,
        7,
        {
            "data": {"values": ends},
            "mark": {"type": "rule", "color": "--edge", "strokeDash": [3, 3]},
            "encoding": {"x": x},
        },
        {
            "data": {"values": ends},
            "mark": {"type": "text", "align": "right", "baseline": "bottom", "dx": -4, "color": "--muted"},
            "encoding": {"x": x, "y": {"value": "height"}, "text": {"field": "name"}},
        },
        {
            "transform": [{"filter": "datum.new > 0"}],
            "mark": {"type": "bar", "color": "--category-1", "width": 3},
            "encoding": {"x": x, "y": {**y, "field": "new", "stack": None}, "tooltip": told},
        },
        {
            "mark": {"type": "line", "interpolate": "step-after", "color": "--text", "strokeWidth": 1.5},
            "encoding": {"x": x, "y": {**y, "field": "codes"}},
        },
    )


def token(colour: int) -> str:
    return f"--category-{colour}"


def _name(row: CategoryTime) -> str:
    return f"{row.category} (n = {row.box.n})"


def _box(row: CategoryTime) -> Spec:
    box = row.box
    return {
        "category": _name(row), "colour": token(row.colour), "n": box.n,
        "low": box.low, "q1": box.q1, "median": box.median, "q3": box.q3, "high": box.high,
    }  # fmt: skip


def _beyond(row: CategoryTime) -> list[Spec]:
    places = sorted({round(log10(days) * PLACES_A_DECADE) for days in row.box.outliers})
    return [
        {"category": _name(row), "colour": token(row.colour), "days": 10 ** (place / PLACES_A_DECADE)}
        for place in places
    ]


def _ends(drawn: list[CategoryTime]) -> list[float]:
    return [end for row in drawn for end in (row.box.low, row.box.high, *row.box.outliers) if end]


def _log_scale(ends: list[float], unit: str) -> Spec:
    low, high, a_day = min(ends, default=1), max(ends, default=1), _a_day(unit)
    return {"type": "log", "domain": [min(low * 0.9, a_day / 24), max(high * 1.1, 7 * a_day)], "nice": False}


def _log_axis(unit: str) -> Spec:
    ticks = {days * _a_day(unit): name for days, name in TICKS.items()}
    names = " : ".join(f"datum.value < {value * 1.01} ? '{name}'" for value, name in ticks.items())
    return {"values": list(ticks), "labelExpr": f"{names} : ''", "labelOverlap": True}


def _a_day(unit: str) -> float:
    return UNITS["days"] / UNITS[unit]


def _rows_axis(names: list[str]) -> Spec:
    axis = {"title": None, "domain": False, "ticks": False, "grid": False, "labelPadding": 8, "labelLimit": 220}
    return {"field": "category", "type": "nominal", "sort": names, "axis": axis}


def _told(field: str, title: str, kind: str = "nominal", format: str | None = None) -> Spec:
    return {"field": field, "title": title, "type": kind} | ({"format": format} if format else {})


def _layered(rows: list[Spec], count: int, *layers: Spec) -> Spec:
    return {
        "$schema": SCHEMA,
        "data": {"values": rows},
        "height": max(count, 1) * ROW_HEIGHT,
        "layer": list(layers),
        "config": {
            "background": "transparent",
            "view": {"stroke": None},
            "axis": {
                "labelColor": "--muted",
                "titleColor": "--muted",
                "gridColor": "--line",
                "domainColor": "--edge",
                "tickColor": "--line",
                "labelFontSize": 12,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
            },
            "axisY": {"labelColor": "--text", "labelFontSize": 13},
        },
    }
