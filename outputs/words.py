"""Words and numbers as people in the field write them: £12.3m, 2027/28, Primary, 8.4 children."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

from inputs.vocabulary import (
    NEED_LABELS,
    PHASE_LABELS,
    Need,
    Phase,
    ProvisionClass,
    academic_year,
    class_label,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SUPPRESSED = "c"
"""What stands in place of a small number that is not published."""

MISSING = "\N{EN DASH}"
"""What stands in a cell that has no value."""

MINUS = "\N{MINUS SIGN}"

PURSE_LABELS = {
    "dsg": "Dedicated Schools Grant",
    "general_fund": "General Fund (transport)",
    "capital": "Capital",
}
"""The three purses, which are never netted against each other, in the order they are shown."""

TERM_LABELS = {
    "top_up_and_fees": "Top-ups and independent school fees",
    "place_funding": "Place funding",
    "drawn_from_mainstream": "Children drawn from mainstream by the new places",
    "fixed_costs": "Fixed and set-up costs",
    "interim": "Tuition and other interim cost of children without a place",
    "transport": "Home to school transport",
    "capital": "Capital spending",
    "residual": "Value of the buildings left at the end (taken off)",
}

TERMINATIONS = {
    "optimal": "Proven within {gap}",
    "time_limit": "Stopped at the time limit: not proven best",
    "stopped": "Stopped by hand: not proven best",
    "infeasible": "No plan satisfies the rules",
}


def number(value: object) -> float | None:
    """Return a cell's number, or None when it is blank, suppressed or text."""
    if value is None or isinstance(value, str):
        return None
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def _unnumbered(value: object) -> str:
    """Return what to write for a cell without a number: the mark of suppression, or a dash."""
    return value if isinstance(value, str) and value else MISSING


def _signed(text: str, negative: bool) -> str:
    return (MINUS if negative else "") + text


def pounds(value: object) -> str:
    """Return an amount as £12.3m from a million up, to the nearest thousand or pound below.

    >>> pounds(12_345_678), pounds(350_000), pounds(8_662), pounds(0), pounds("c")
    ('£12.3m', '£350,000', '£8,662', '£0', 'c')
    >>> pounds(-8_662) == MINUS + "£8,662"
    True
    """
    amount = number(value)
    if amount is None:
        return _unnumbered(value)
    size = abs(amount)
    if size >= 999_500:
        return _signed(f"£{size / 1e6:,.1f}m", amount < 0)
    if size >= 99_500:
        return _signed(f"£{round(size, -3):,.0f}", amount < 0)
    return _signed(f"£{size:,.0f}", amount < 0 and round(size) > 0)


def thousands(value: object) -> str:
    """Return an amount to the nearest thousand from 100,000 up, so that close amounts differ.

    >>> thousands(5_842_310), thousands(8_662)
    ('£5,842,000', '£8,662')
    """
    amount = number(value)
    if amount is None or abs(amount) < 99_500:
        return pounds(value)
    return _signed(f"£{abs(round(amount, -3)):,.0f}", amount < 0)


def whole_pounds(value: object) -> str:
    """Return an amount to the pound.

    >>> whole_pounds(12_345_678.4)
    '£12,345,678'
    """
    amount = number(value)
    if amount is None:
        return _unnumbered(value)
    return _signed(f"£{abs(amount):,.0f}", amount < 0 and round(abs(amount)) > 0)


def amount_range(low: object, high: object) -> str:
    """Return an interval of money.

    >>> amount_range(1_200_000, 3_400_000), amount_range(5_000_000, 5_010_000)
    ('£1.2m to £3.4m', '£5,000,000 to £5,010,000')
    """
    rounded = pounds(low), pounds(high)
    if rounded[0] == rounded[1]:  # the ends must not look alike when they are not
        rounded = whole_pounds(low), whole_pounds(high)
    return rounded[0] if rounded[0] == rounded[1] else f"{rounded[0]} to {rounded[1]}"


def children(value: object) -> str:
    """Return expected children to one decimal.

    >>> children(1234.56), children(-0.04), children("c")
    ('1,234.6', '0.0', 'c')
    """
    count = number(value)
    if count is None:
        return _unnumbered(value)
    return _signed(f"{abs(count):,.1f}", count < 0 and round(abs(count), 1) > 0)


def counted(*, public: bool) -> Callable[[object], str]:
    """Return how children are worded: to one decimal, but whole in the public version."""
    return places if public else children


def places(value: object) -> str:
    """Return places, which are whole unless stated otherwise.

    >>> places(20.0), places(7.5)
    ('20', '7.5')
    """
    count = number(value)
    if count is None:
        return _unnumbered(value)
    return _signed(f"{abs(count):,.1f}".removesuffix(".0"), count < 0)


def share(value: object, decimals: int = 1) -> str:
    """Return a share as a percentage.

    >>> share(0.1234), share(0.00005, 3)
    ('12.3%', '0.005%')
    """
    part = number(value)
    if part is None:
        return _unnumbered(value)
    return _signed(f"{abs(part):.{decimals}%}", part < 0)


def small_share(value: object) -> str:
    """Return a share that may be tiny, to two figures that count.

    >>> small_share(0.00112), small_share(0.0000004), small_share(0.25), small_share(0)
    ('0.11%', 'less than 0.01%', '25%', '0%')
    """
    part = number(value)
    if part is None:
        return _unnumbered(value)
    if part == 0:
        return "0%"
    if part < 0.0001:
        return "less than 0.01%"
    return f"{part * 100:.2g}%" if part < 0.1 else f"{part:.0%}"


def minutes(value: object) -> str:
    """Return minutes, whole.

    >>> minutes(44.6)
    '45'
    """
    found = number(value)
    return _unnumbered(value) if found is None else f"{found:,.0f}"


def year_label(value: object) -> str:
    """Return an academic year, or the text that stands for one.

    >>> year_label(2027), year_label("tail"), year_label("all"), year_label("2027-28")
    ('2027/28', 'Later years', 'All years', '2027-28')
    """
    if isinstance(value, str):
        if value.isdigit():
            return academic_year(int(value))
        return {"tail": "Later years", "all": "All years"}.get(value, value)
    first = number(value)
    return MISSING if first is None else academic_year(int(first))


def need_label(key: object) -> str:
    """Return a need in words, with its code.

    >>> need_label("ASD"), need_label("all")
    ('Autistic spectrum disorder (ASD)', 'All')
    """
    text = str(key)
    return f"{NEED_LABELS[Need(text)]} ({text})" if text in set(Need) else words(text)


def phase_label(key: object) -> str:
    """Return a phase in words.

    >>> phase_label("post16")
    'Post-16'
    """
    text = str(key)
    return PHASE_LABELS[Phase(text)] if text in set(Phase) else words(text)


def class_name(key: object, year: int) -> str:
    """Return a class of provision in the words of an academic year.

    >>> class_name("inmss_day", 2026)
    'Independent special school (day)'
    """
    text = str(key)
    plain = {
        "inmss_day": "Independent special school (day)",
        "inmss_residential": "Independent special school (residential)",
    }
    if text in plain:
        return plain[text]
    known = text in set(ProvisionClass)
    return class_label(ProvisionClass(text), date(year, 9, 1)) if known else words(text)


def words(key: object) -> str:
    """Return a key as words, for anything that has no label of its own.

    >>> words("round_1")
    'Round 1'
    """
    if key is None or (isinstance(key, float) and math.isnan(key)) or key == "":
        return MISSING
    text = str(key).replace("_", " ")
    return text[:1].upper() + text[1:]
