"""Say in an officer's words what is wrong with a cell, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from inputs.errors import did_you_mean
from inputs.vocabulary import CLASS_ALIASES, NEED_ALIASES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import ValidationError

    from inputs.columns import Column

LONGEST_SHOWN = 60
"""Characters of a value that a message repeats."""
SUGGEST_AT_MOST = 40
"""Unknown words that one check looks up: each costs a comparison with every known word."""

_PHASE_ALIASES = {
    "early years": "early_years",
    "ey": "early_years",
    "nursery": "early_years",
    "key stage 1": "primary",
    "key stage 2": "primary",
    "ks1": "primary",
    "ks2": "primary",
    "key stage 3": "secondary",
    "key stage 4": "secondary",
    "ks3": "secondary",
    "ks4": "secondary",
    "post 16": "post16",
    "post-16": "post16",
    "ks5": "post16",
    "fe": "post16",
    "college": "post16",
}
_ALIASES: dict[str, dict[str, str]] = {
    "need": {word: need.value for word, need in NEED_ALIASES.items()},
    "class": {word: kind.value for word, kind in CLASS_ALIASES.items()},
    "phase": _PHASE_ALIASES,
}
_HINTS = {
    "number": "Write digits only, such as 12 or 12.5",
    "pounds": "Write it in full, such as 18000 or £18,000",
    "whole number": "Write a whole number, such as 12",
    "year": "Give the year of its first September, such as 2026",
    "share": "Write a share from 0 to 1, such as 0.85",
    "shares": "Write shares from 0 to 1 with semicolons between, such as 0.3; 0.7",
    "number by year": "Write one number, or a list such as 2026: 12; 2028: 16",
    "yes or no": "Write yes or no",
    "date": "Write a day, such as 2026-11-02",
    "list": "Write keys with semicolons between, such as elm_base; oak_base",
}
KEY_HINT = "Use letters, digits, underscores, hyphens and dots, without spaces"


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a value: it stands in the place of the value that it would have been."""

    problem: str
    remedy: str
    value: str | None


def shown(value: object) -> str:
    """Return a value as a person would recognise it in their file, cut short if long.

    >>> shown(12.0), shown("ten")
    ('12', 'ten')
    """
    if isinstance(value, datetime | date | time):
        text = value.isoformat()
    elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        text = str(int(value))
    else:
        text = str(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def suggest(word: str, known: Iterable[str], heading: str = "") -> str:
    """Return a suggestion for a word that is not known, local names included.

    >>> suggest("autism", ["ASD", "SLD"], "need")
    "Did you mean 'ASD'?"
    """
    word = word.strip()[:LONGEST_SHOWN]
    alias = _ALIASES.get(heading, {}).get(" ".join(re.split(r"[\s_]+", word.lower())))
    if alias is not None:
        return f"Did you mean {alias!r}?"
    return did_you_mean(word, known)


def blank(column: Column) -> Wrong:
    """Return what to say of a required cell that is empty."""
    if column.choices:
        return Wrong("is blank", did_you_mean("", column.choices), None)
    return Wrong("is blank", f"Fill it in: {column.description.rstrip('.')}", None)


def explain(column: Column, value: object, error: ValidationError) -> Wrong:
    """Return the first thing that is wrong with a cell, in plain words.

    Parameters
    ----------
    column
        What the cell should hold.
    value
        What was found.
    error
        What the row model said of it.
    """
    detail: dict[str, Any] = dict(error.errors(include_url=False)[0])
    code, context = detail["type"], detail.get("ctx", {})
    seen = shown(value)
    if code in {"enum", "literal_error"}:
        return Wrong(
            f"is not a {column.heading.replace('_', ' ')}",
            suggest(seen, column.choices, column.heading),
            seen,
        )
    if code == "string_pattern_mismatch":
        inside = f" ({shown(detail['input'])!r})" if column.kind == "list" else ""
        better = re.sub(r"[^A-Za-z0-9_.-]+", "_", str(detail["input"])).strip("_.-").lower()
        remedy = KEY_HINT + (f": {better[:LONGEST_SHOWN]!r}" if better else "")
        return Wrong(f"is not a key{inside}", remedy, seen)
    if code in {"string_too_long", "too_long"}:
        return Wrong(f"is longer than {context.get('max_length')} characters", "Shorten it", seen)
    if code in {"string_too_short", "too_short"}:
        return Wrong("is blank", "Fill it in", None)
    if code == "finite_number":
        return Wrong("is not a finite number", _HINTS.get(column.kind, ""), seen)
    if code == "value_error":
        problem, _, remedy = str(context["error"]).partition(": ")
        remedy = remedy[:1].upper() + remedy[1:]
        return Wrong(problem, remedy or _HINTS.get(column.kind, ""), seen)
    return _out_of_range(code, context, column, seen)


def _out_of_range(code: str, context: dict[str, Any], column: Column, seen: str) -> Wrong:
    words = {
        "greater_than_equal": ("ge", "at least"),
        "greater_than": ("gt", "more than"),
        "less_than_equal": ("le", "at most"),
        "less_than": ("lt", "less than"),
    }
    if code not in words:  # pragma: no cover - every type above is met; this is for a new one
        return Wrong("cannot be read", _HINTS.get(column.kind, ""), seen)
    key, phrase = words[code]
    limit = context[key]
    if limit == 0 and code == "greater_than_equal":
        return Wrong("is negative", "It must be 0 or more", seen)
    problem = f"is not {phrase} {limit:g}" if isinstance(limit, int | float) else "is out of range"
    if column.low is not None and column.high is not None:
        return Wrong(problem, f"It must be from {column.low:g} to {column.high:g}", seen)
    return Wrong(problem, _HINTS.get(column.kind, ""), seen)
