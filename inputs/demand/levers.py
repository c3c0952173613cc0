"""Levers: what an authority, or policy, might change, and what the evidence says it would do.

A lever multiplies one kind of flow for some needs and ages in some years. Its figure comes with
its source; where the source gives no figure, the lever says so and the figure is an assumption.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from inputs.demand.axes import AGES, N_AGES, NEEDS
from inputs.errors import Fault, InputError, did_you_mean
from inputs.vocabulary import Need

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from inputs.demand.axes import Array

ActsOn = Literal["starts", "requests", "cease", "into_specialist", "stay_specialist"]
ACTS_ON: dict[str, str] = {
    "starts": "new plans, and plans that move in from elsewhere",
    "requests": "requests for assessment, and through them new plans",
    "cease": "plans that cease",
    "into_specialist": "moves into specialist places, and specialist places named in new plans",
    "stay_specialist": "children in specialist places who stay in them at 16",
}
WEEKS_TO_A_PLAN = 20
"""Statutory weeks from request to plan (SEND Regulations 2014, regulation 13)."""
_LATER = WEEKS_TO_A_PLAN / 52


@dataclass(frozen=True)
class Lever:
    """A change to one kind of flow.

    Parameters
    ----------
    name
        Key, and how a preset is asked for.
    acts_on
        One of ACTS_ON.
    factor
        Multiple of the flow in ``from_year`` and the years after; the last holds on.
    from_year, to_year
        Academic years by their first Septembers, both included; None: from the first year on, and
        to the end.
    needs
        Needs it acts on; empty: all.
    ages
        First and last age at 31 August of the year; None: all.
    why
        What it stands for, in a sentence.
    source
        Where the figure comes from, or that it is an assumption.
    """

    name: str
    acts_on: ActsOn
    factor: tuple[float, ...]
    from_year: int | None = None
    to_year: int | None = None
    needs: tuple[Need, ...] = ()
    ages: tuple[int, int] | None = None
    why: str = ""
    source: str = "stated by the user"

    def at(self, year: int, first: int) -> float:
        """Return the multiple in an academic year, ``first`` being the first year projected."""
        start = first if self.from_year is None else self.from_year
        if year < start or (self.to_year is not None and year > self.to_year):
            return 1.0
        return self.factor[min(year - start, len(self.factor) - 1)]

    def sentence(self) -> str:
        """Return the lever in words."""
        who = ", ".join(str(need) for need in self.needs) or "all needs"
        years = f"from {self.from_year}" if self.from_year is not None else "from the first year"
        if self.to_year is not None:
            years += f" to {self.to_year}"
        ages = "" if self.ages is None else f", ages {self.ages[0]} to {self.ages[1]}"
        times = ", then ".join(f"{one:g}" for one in self.factor)
        return (
            f"{self.name}: {ACTS_ON[self.acts_on]} times {times} ({who}{ages}, {years}). "
            f"{self.why} Source: {self.source}."
        )


@dataclass(frozen=True, eq=False)
class Change:
    """What levers together do in a year: multiples by (needs, ages reached at 31 August)."""

    starts: Array
    cease: Array
    into: Array
    stay: Array


def change(levers: Iterable[Lever], year: int, first: int) -> Change:
    """Return what levers do together in an academic year: multiples of each flow are multiplied.

    Requests become plans ``WEEKS_TO_A_PLAN`` later: of a year's new plans, that part of 52 weeks
    comes from requests of the year before.
    """
    kinds = {kind: np.ones((len(NEEDS), N_AGES)) for kind in ACTS_ON}
    for lever in levers:
        if lever.acts_on == "requests":
            before = lever.at(year - 1, first)
            factor = (1 - _LATER) * lever.at(year, first) + _LATER * before
        else:
            factor = lever.at(year, first)
        rows = [not lever.needs or need in lever.needs for need in NEEDS]
        low, high = lever.ages or (AGES[0], AGES[-1])
        columns = [low <= age <= high for age in AGES]
        kinds[lever.acts_on][np.ix_(rows, columns)] *= factor
    return Change(
        starts=kinds["starts"] * kinds["requests"],
        cease=kinds["cease"],
        into=kinds["into_specialist"],
        stay=kinds["stay_specialist"],
    )


_KEYS = ("name", "preset", "acts_on", "factor", "from_year", "to_year", "needs", "from_age")
KNOWN_KEYS = (*_KEYS, "to_age", "why", "source")


def read_levers(path: Path) -> tuple[Lever, ...]:
    """Return the levers of a TOML file: tables ``[[lever]]``.

    A lever is either a ``preset`` (a key of PRESETS), with any key of its own laid over it, or it
    states ``name``, ``acts_on`` and ``factor`` itself.

    Raises
    ------
    InputError
        With every fault: unknown keys and presets (with the nearest known one), values that cannot
        be used.
    """
    try:
        stated = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise InputError([Fault(path.name, "there is no such file", "Check the path")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InputError(
            [Fault(path.name, f"is not a readable TOML file ({error})", "Correct that line")]
        ) from None
    faults = [
        Fault(path.name, "is not a table of levers", did_you_mean(key, ["lever"]), column=key)
        for key in stated
        if key != "lever"
    ]
    tables = stated.get("lever", [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        faults.append(Fault(path.name, "is not a list", "Head each with [[lever]]", column="lever"))
        tables = []
    elif not tables and not faults:
        faults.append(Fault(path.name, "holds no lever", "Head each with [[lever]]"))
    levers = [_lever(table, number, path.name, faults) for number, table in enumerate(tables, 1)]
    if faults:
        raise InputError(faults)
    return tuple(lever for lever in levers if lever is not None)


def levers_of(names: Sequence[str], where: str = "--lever") -> tuple[Lever, ...]:
    """Return presets by name.

    Raises
    ------
    InputError
        For names that are not presets, with the nearest one.
    """
    from inputs.demand.presets import PRESETS  # noqa: PLC0415 - presets are made of levers

    wrong = [name for name in names if name not in PRESETS]
    if wrong:
        raise InputError(
            Fault(where, "is not a preset", did_you_mean(name, PRESETS), value=name)
            for name in wrong
        )
    return tuple(lever for name in names for lever in PRESETS[name].levers)


def _lever(table: dict[str, Any], number: int, where: str, faults: list[Fault]) -> Lever | None:
    """Return one lever of a file, or None, its faults added to those found."""
    from inputs.demand.presets import PRESETS  # noqa: PLC0415

    before = len(faults)
    label = str(table.get("name", table.get("preset", f"number {number}")))

    def wrong(key: str, problem: str, remedy: str) -> None:
        value = str(table[key])[:60] if key in table else None
        faults.append(Fault(f"{where}, lever {label}", problem, remedy, column=key, value=value))

    for key in table:
        if key not in KNOWN_KEYS:
            wrong(key, "is not a key of a lever", did_you_mean(key, KNOWN_KEYS))
    base: Lever | None = None
    preset = table.get("preset")
    if preset is not None:
        if preset not in PRESETS:
            wrong("preset", "is not a preset", did_you_mean(str(preset), PRESETS))
        elif len(PRESETS[preset].levers) != 1:
            many = len(PRESETS[preset].levers)
            remedy = f"Ask for it by name (--lever {preset}), or write its parts as levers"
            wrong("preset", f"is made of {many} levers and cannot be changed here", remedy)
        else:
            base = PRESETS[preset].levers[0]
    else:
        for key in ("name", "acts_on", "factor"):
            if key not in table:
                wrong(key, "is missing", "Add it, or name a preset")
    acts_on = table.get("acts_on")
    if acts_on is not None and acts_on not in get_args(ActsOn):
        wrong("acts_on", "is not what a lever acts on", did_you_mean(str(acts_on), ACTS_ON))
    factor = _factors(table.get("factor"), wrong) if "factor" in table else None
    needs = _needs(table.get("needs", []), wrong)
    years = {key: _whole(table, key, 1990, 2100, wrong) for key in ("from_year", "to_year")}
    low = _whole(table, "from_age", AGES[0], AGES[-1], wrong)
    high = _whole(table, "to_age", AGES[0], AGES[-1], wrong)
    if low is not None and high is not None and low > high:
        wrong("to_age", f"is below from_age ({low})", "Give the first age first")
    first, last = years["from_year"], years["to_year"]
    if first is not None and last is not None and first > last:
        wrong("to_year", f"is before from_year ({first})", "Give the first year first")
    for key in ("name", "why", "source"):
        if key in table and not isinstance(table[key], str):
            wrong(key, "is not text", "Put it in quotation marks")
    if len(faults) > before:
        return None
    said: dict[str, Any] = {key: table[key] for key in ("name", "why", "source") if key in table}
    said |= {key: value for key, value in years.items() if value is not None}
    if acts_on is not None:
        said["acts_on"] = acts_on
    if factor is not None:
        said["factor"] = factor
    if needs:
        said["needs"] = needs
    if low is not None or high is not None:
        said["ages"] = (AGES[0] if low is None else low, AGES[-1] if high is None else high)
    if base is None:
        return Lever(**said)
    if factor is not None and "source" not in said:
        said["source"] = f"stated by the user, instead of: {base.source}"
    return replace(base, **said)


def _factors(value: Any, wrong: Any) -> tuple[float, ...] | None:
    many = value if isinstance(value, list) else [value]
    good = bool(many) and all(
        isinstance(one, int | float) and not isinstance(one, bool) and 0 <= one <= 10
        for one in many
    )
    if not good:
        wrong("factor", "is not a multiple from 0 to 10, or a list of them", "0.9 is a tenth fewer")
        return None
    return tuple(float(one) for one in many)


def _needs(value: Any, wrong: Any) -> tuple[Need, ...]:
    if not isinstance(value, list):
        wrong("needs", "is not a list of needs", 'Write needs = ["ASD", "SEMH"]')
        return ()
    known = [str(need) for need in NEEDS]
    for one in value:
        if one == Need.DS:
            wrong("needs", "holds DS", "The published tables count Down syndrome under OTH")
        elif one not in known:
            wrong("needs", f"holds {one!r}, no need", did_you_mean(str(one), known))
    return tuple(Need(one) for one in value if one in known)


def _whole(table: dict[str, Any], key: str, low: int, high: int, wrong: Any) -> int | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        wrong(key, "cannot be used here", f"Give a whole number from {low} to {high}")
        return None
    return value
