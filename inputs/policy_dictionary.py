"""Write what a scenario may hold, and the dated national values, from the code that reads them.

``python -m inputs.policy_dictionary`` writes docs/scenario.md and docs/parameters.md, and the data
dictionary docs/data.md beside them.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from datetime import date, timedelta
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import annotated_types

from inputs.dictionary import data_dictionary
from inputs.parameters import Parameter, family, parameter, parameters
from inputs.scenario import PlacesRule, Scenario, defaults
from inputs.vocabulary import Need, Phase, ProvisionClass

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic.fields import FieldInfo

DOCS = Path(__file__).parents[1] / "docs"
ON = date(2026, 9, 1)
"""The day whose national values docs/scenario.md shows: the first September of the example."""

STATUSES = {
    "published": "printed by the source named",
    "measured": "worked out from data by the project",
    "policy": "a choice of policy, not a fact",
    "assumption": "a judgement, or a published figure put to another use",
    "unverified": "remembered from a source that has not been checked",
}

_PARAMETERS_HEAD = """# Parameters: the dated national values

*This page is generated from `inputs/parameters/national.csv`; a test keeps it true.*

A value holds from its first day until the day in *to* (blank: with no end). A run takes the values
of the first of September of the case's `price_year`. A [scenario](scenario.md) may state another
value for any of them; the report and the sheet *Parameters* of `plan.xlsx` list every value that a
run used, with its source. A part after a dot names the class, need or phase that the value holds
for. *Range* is how far the figure could plausibly lie.

Status: {statuses}.

{count} values:
"""

_SCENARIO_HEAD = """# Scenario: the policy of a run

*This page is generated from `inputs/scenario.py`; a test keeps it true.*

A scenario is a TOML file. It states only what differs from its `base` (another scenario file in the
same folder) and, beneath that, from the dated [national values](parameters.md).
`sendplaces plan CASE --scenario FILE` uses it, in place of the `scenario.toml` in the case folder,
which is used where nothing else is asked for. `sendplaces check CASE --scenario FILE` checks it. A
key that is not on this page is a fault, and the nearest one that is known is named.

```toml
base = "scenario"                      # another file in the same folder
why = "Half the grant, and no more than two openings a year."
openings_per_year = 2
switched_off = ["staying_on"]          # a constraint, by its name

[capital_budget_by_grant_gbp]
hnpca = 4_500_000

[drawn_from_mainstream]                # other classes keep their value
specialist_base = 0.2

[[places_rules]]
measure = "at_least"
class = "specialist_base"
places = 40
year = 2029
```

A table is laid over the one beneath it key by key. One number in place of a table stands for every
key that the table has: `hard_limit_minutes = 60` is 60 for each phase.

Defaults are the national values that hold on {on}; a run takes those of its own
price year.
[Parameters](parameters.md) has the source and the range of each.
"""

_RULES_HEAD = """## Each of `places_rules`

A rule of policy: a break is priced, reported and named.

| key | holds | default | meaning |
|---|---|---|---|
"""


def parameters_page() -> str:
    """Return every dated national value with its unit, range, dates, status and source."""
    known = parameters()
    statuses = "; ".join(f"*{status}* {words}" for status, words in STATUSES.items())
    rows = ["| name | value | unit | range | from | to | status | source |", "|---" * 8 + "|"]
    rows += [_parameter_row(one) for one in known]
    head = _PARAMETERS_HEAD.format(statuses=statuses, count=len(known))
    return head + "\n" + "\n".join(rows) + "\n"


def _parameter_row(one: Parameter) -> str:
    last = "" if one.effective_to is None else (one.effective_to - timedelta(days=1)).isoformat()
    cells = [
        f"`{one.name}`",
        number(one.value),
        one.unit,
        _spread(one.low, one.high),
        one.effective_from.isoformat(),
        last,
        one.status,
        one.source,
    ]
    return _row(cells)


def _spread(low: float | None, high: float | None) -> str:
    if low is None:
        return "" if high is None else f"up to {number(high)}"
    return f"from {number(low)}" if high is None else f"{number(low)} to {number(high)}"


def scenario_page() -> str:
    """Return every key that a scenario may hold: kind, default with its status, and meaning."""
    national = defaults(ON)
    parts = [_SCENARIO_HEAD.format(on=f"{ON.day} September {ON.year}")]
    for heading, names in _sections().items():
        rows = [
            f"## {heading}\n",
            "| key | holds | default | status | meaning |",
            "|---|---|---|---|---|",
        ]
        for name in names:
            field = Scenario.model_fields[name]
            default, status = _default(name, field, national)
            rows.append(_row([f"`{name}`", kind(field), default, status, field.description or ""]))
        parts.append("\n".join(rows) + "\n")
    rules = [
        _row(
            [
                f"`{field.alias or name}`",
                kind(field),
                "" if field.is_required() else "none",
                field.description or "",
            ]
        )
        for name, field in PlacesRule.model_fields.items()
    ]
    return "\n".join(parts) + "\n" + _RULES_HEAD + "\n".join(rules) + "\n"


def _sections() -> dict[str, list[str]]:
    """Return the keys under the headings that stand as comments in the class."""
    heading, found = "Names", dict[str, list[str]]()
    for line in inspect.getsource(Scenario).splitlines():
        if comment := re.match(r"    # (.+)", line):
            heading = comment[1][0].upper() + comment[1][1:]
        elif (name := re.match(r"    (\w+):", line)) and name[1] in Scenario.model_fields:
            found.setdefault(heading, []).append(name[1])
    return found


def _default(name: str, field: FieldInfo, national: dict[str, Any]) -> tuple[str, str]:
    """Return what a key holds when nobody states it, and the status of that."""
    if name not in national:
        value = field.get_default(call_default_factory=True)
        empty = value is None or value in ({}, (), "")
        return ("none" if empty else f"`{value}`"), "default"
    value = national[name]
    if not isinstance(value, dict):
        return number(value), parameter(name, ON).status
    stated = [parameter(f"{name}.{key}", ON).status for key in family(name, ON)]
    whole = [one.status for one in parameters() if one.name == name]
    statuses = ", ".join(dict.fromkeys([*stated, *whole]))
    if len(set(value.values())) == 1:
        return f"{number(next(iter(value.values())))} for each", statuses
    told = "; ".join(f"`{key}` {number(one)}" for key, one in value.items())
    return told, statuses


def kind(field: FieldInfo) -> str:
    """Return in words what a key of a scenario holds.

    >>> kind(Scenario.model_fields["demand"])
    'whole number, or `mean` or `P10` or `P50` or `P90`'
    """
    words = _kind(field.annotation)
    low = next((m.ge for m in field.metadata if isinstance(m, annotated_types.Ge)), None)
    above = next((m.gt for m in field.metadata if isinstance(m, annotated_types.Gt)), None)
    high = next((m.le for m in field.metadata if isinstance(m, annotated_types.Le)), None)
    below = next((m.lt for m in field.metadata if isinstance(m, annotated_types.Lt)), None)
    limits = [
        f"{said} {number(limit)}"  # type: ignore[arg-type]
        for said, limit in (
            ("at least", low),
            ("above", above),
            ("at most", high),
            ("below", below),
        )
        if limit is not None
    ]
    return words + (f", {' and '.join(limits)}" if limits else "")


_BY: dict[Any, str] = {
    ProvisionClass: "class of provision",
    Need: "need",
    Phase: "phase",
    int: "year",
    str: "name",
}
_PLAIN: dict[Any, str] = {
    float: "number",
    int: "whole number",
    str: "text",
    ProvisionClass: "class of provision",
    PlacesRule: "rules, below",
}


def _kind(annotation: Any) -> str:
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " or ".join(f"`{one}`" for one in inside)
    if origin is dict:
        return f"{_kind(inside[1])} by {_BY[inside[0]]}"
    if origin is tuple:
        return "list of " + ("names" if inside[0] is str else _kind(inside[0]))
    return ", or ".join(_kind(one) for one in inside if one is not NoneType)


def number(value: float) -> str:
    """Return a number as a person would type it into TOML.

    >>> number(60000.0), number(0.035)
    ('60000', '0.035')
    """
    return f"{value:.10g}"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


PAGES: dict[str, Callable[[], str]] = {
    "data.md": data_dictionary,
    "parameters.md": parameters_page,
    "scenario.md": scenario_page,
}


def main() -> None:
    """Write every generated page about what comes in, each whole or not at all."""
    for name, page in PAGES.items():
        path = DOCS / name
        hidden = path.with_name(f".{name}.tmp")
        hidden.write_text(page(), encoding="utf-8", newline="\n")
        os.replace(hidden, path)  # noqa: PTH105
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
