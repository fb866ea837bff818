"""Numbers as the pages print them: true minus signs, few decimals, p without a leading zero, and "–" with a reason."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from analysis.reports import agreement

register = template.Library()


@register.filter
def coefficient(value: float | None) -> str:
    return "" if value is None else agreement.coefficient(value)


@register.filter
def interval(found: Any) -> str:
    return agreement.interval(found) if found else ""


@register.filter
def percent(share: float | None) -> str:
    """A share between 0 and 1 as a number of per cent, one decimal; the unit stands in the header."""
    return "" if share is None else f"{share * 100:.1f}"


@register.filter
def percent_interval(found: Any) -> str:
    """The interval of a share, in per cent."""
    spread = found.interval
    return f"[{percent(spread.low)}, {percent(spread.high)}]" if spread else ""


@register.filter
def p_value(p: float | None) -> str:
    """Three decimals without the leading zero, or < .001."""
    if p is None:
        return ""
    if p < 0.001:
        return "< .001"
    return "1.000" if p >= 0.9995 else f"{p:.3f}".removeprefix("0")


@register.filter
def p_equals(p: float | None) -> str:
    """For running text: p = .041, p < .001."""
    shown = p_value(p)
    return f"p {shown}" if shown.startswith("<") else f"p = {shown}"


@register.filter
def days(value: float | None) -> str:
    """Days with one decimal; three significant figures under a day."""
    if value is None:
        return ""
    return f"{value:,.1f}" if value >= 1 or value == 0 else f"{value:.3g}"


@register.filter
def number(value: float | None, decimals: int = 1) -> str:
    return "" if value is None else f"{value:,.{decimals}f}".replace("-", "−")


@register.filter
def named(alias: str, names: dict[str, str]) -> str:
    """The name of the person behind an alias; the alias where nobody is."""
    return names.get(alias, alias)


@register.simple_tag
def undefined(reason: str) -> SafeString:
    """ "–" with its reason, on hover and for screen readers."""
    return format_html(
        '<abbr title="{0}" aria-hidden="true">–</abbr><span class="visually-hidden">undefined: {0}</span>', reason
    )


@register.filter
def figure(value: float | None) -> str:
    """Five significant figures, thousands with commas."""
    if value is None:
        return ""
    if value and (abs(value) >= 1e7 or abs(value) < 1e-4):
        return f"{value:.4g}".replace("-", "−")
    decimals = 3 if abs(value) < 1000 else 1
    return number(value, decimals)


@register.filter
def p_exact(p: float | None) -> str:
    """Three significant figures: .956, .00149, 3.92 × 10⁻¹⁰."""
    if p is None:
        return ""
    if p >= 0.9995:
        return "1.000"
    if p >= 1e-4:
        return f"{p:.3f}".removeprefix("0") if p >= 0.1 else f"{p:.3g}".removeprefix("0")
    if p == 0:
        return "< 10⁻³⁰⁰"
    mantissa, power = f"{p:.2e}".split("e")
    return f"{mantissa} × 10{power_of_ten(int(power))}"


@register.filter
def p_told(p: float | None) -> str:
    """Exact, for running text: p = .956, p = 3.92 × 10⁻¹⁰."""
    shown = p_exact(p)
    return f"p {shown}" if shown.startswith("<") else f"p = {shown}"


def power_of_ten(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


@register.filter
def ends(row: Any) -> str:
    """An interval; an end that does not exist is said to be open."""
    if row.ci_low is None and row.ci_high is None:
        return ""
    low, high = (figure(end) or "not reached" for end in (row.ci_low, row.ci_high))
    return f"[{low}, {high}]"
