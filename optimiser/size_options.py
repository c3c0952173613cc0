"""The sizes of one option as options of their own: one at most may open, the rest is as it was.

A size is then chosen, held or shut like any other option, by the same rows and prices, and a
question about another size changes bounds alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from inputs.errors import Fault, InputError, did_you_mean
from optimiser.supply import blank, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from inputs.case import Case

WHERE = "--sizes"
MOST_SIZES = 40
"""More than a table or a chart can show, and more than anybody can choose between."""


@dataclass(frozen=True)
class CapitalRule:
    """What a size costs to build: a fixed part and so much a place, £, where somebody states it.

    With neither, the capital of a size is read off the sizes that the case states.
    """

    fixed_gbp: float | None = None
    per_place_gbp: float | None = None

    @property
    def stated(self) -> bool:
        """Whether either part is given."""
        return self.fixed_gbp is not None or self.per_place_gbp is not None


@dataclass(frozen=True)
class Sized:
    """A case in which the sizes of one option are options of their own.

    Parameters
    ----------
    case
        The case; the option asked about, and the other sizes of it that the case states, are gone.
    option, name, provision
        The option asked about, the name of its provision, and its key.
    names
        Size (places) to the option that stands for it.
    capital_gbp
        Size to what it costs to build, £.
    stated
        Sizes that the case itself states, with the option that states each.
    rule
        How capital and places by need follow from size, in plain words.
    """

    case: Case
    option: str
    name: str
    provision: str
    names: Mapping[int, str]
    capital_gbp: Mapping[int, float]
    stated: Mapping[int, str]
    rule: str


def read_sizes(text: str) -> tuple[int, ...]:
    """Return the sizes of ``60:240:20`` (both ends in) or of ``60,90,120``.

    >>> read_sizes("60:120:20"), read_sizes("90,60")
    ((60, 80, 100, 120), (60, 90))

    Raises
    ------
    InputError
        When it is neither, or holds no size.
    """
    remedy = "Write FROM:TO:STEP, such as 60:240:20, or sizes with commas, such as 60,90,120"
    parts = text.split(":") if ":" in text else text.split(",")
    ranged = ":" in text
    if not all(part.strip().isascii() and part.strip().isdigit() for part in parts) or (
        ranged and len(parts) != 3
    ):
        raise InputError([Fault(WHERE, "is no range of sizes", remedy, value=text)])
    numbers = [int(part) for part in parts]
    if not ranged:
        sizes = tuple(sorted(set(numbers)))
    else:
        low, high, step = numbers
        if step == 0:
            raise InputError([Fault(WHERE, "has a step of 0", remedy, value=text)])
        sizes = tuple(range(low, high + 1, step))
    if not sizes:
        raise InputError(
            [Fault(WHERE, "holds no size: it ends before it begins", remedy, value=text)]
        )
    if len(sizes) > MOST_SIZES:
        problem = f"holds {len(sizes):,} sizes, more than the {MOST_SIZES} that are told apart"
        raise InputError([Fault(WHERE, problem, "Take a larger step", value=text)])
    return sizes


def with_sizes(
    case: Case, option: str, sizes: Sequence[int], rule: CapitalRule | None = None
) -> Sized:
    """Return the case in which each size of an option is an option of its own.

    Parameters
    ----------
    case
        A checked case.
    option
        The option; others at its provision that it excludes, or that exclude it, are taken as
        further sizes of it that the case states.
    sizes
        Places.
    rule
        What a size costs to build, where it is not to be read off the sizes of the case.

    Raises
    ------
    InputError
        For an option that is not there or cannot be sized, and for sizes below its viable roll.
    """
    rows: dict[str, Mapping[Any, Any]] = {
        str(row["option"]): row for row in case.options.to_dict("records")
    }
    known = list(rows)
    if option not in known:
        remedy = did_you_mean(option, known)
        raise InputError([Fault("--option", "is not an option of this case", remedy, value=option)])
    family = _family(case, option)
    _check(case, option, family, sizes)
    rule = rule or CapitalRule()
    places = {str(key): float(rows[key]["places"]) for key in family}
    points = sorted((places[key], float(rows[key]["capital_gbp"])) for key in family)
    own = rows[option]
    capital = {size: _capital(rule, points, size) for size in sizes}
    excluded = _excluded(case, family)
    names = {size: _free_name(f"{option}_of_{size}", known) for size in sizes}
    provision = case.provisions.set_index("provision").loc[own["provision"], "name"]
    told: list[dict[str, Any]] = []
    for size in sizes:
        row: dict[str, Any] = {column: own[column] for column in case.options.columns}
        for column in ("setup_gbp", "fixed_annual_gbp", "minimum_roll"):
            row[column] = _between(family, rows, places, column, size, own[column])
        extra = number(own["physical_places"], places[option]) - places[option]
        told.append(
            row
            | {
                "option": names[size],
                "name": f"{provision}: {size} places",
                "places": size,
                "physical_places": size + extra,
                "capital_gbp": capital[size],
                "excludes": (*excluded, *(names[other] for other in sizes if other != size)),
            }
        )
    kept = case.options[~case.options["option"].isin(family)]
    options = pd.DataFrame(
        {
            column: pd.Series(
                [*kept[column].tolist(), *(row[column] for row in told)], dtype=object
            )
            for column in case.options.columns
        }
    ).astype(case.options.dtypes.to_dict())
    teaches = _teaches(case, family, places, names)
    return Sized(
        replace(case, options=options, option_teaches=teaches),
        option,
        str(provision),
        str(own["provision"]),
        names,
        capital,
        {round(places[key]): key for key in family},
        _told(rule, points),
    )


def _family(case: Case, option: str) -> list[str]:
    """Return the option and the other sizes of it that the case states."""
    rows = case.options.set_index(case.options["option"].astype(str), drop=False)
    own = rows.loc[option]
    family = [option]
    for key, row in rows.iterrows():
        apart = option in _names(row["excludes"]) or str(key) in _names(own["excludes"])
        here = row["provision"] == own["provision"] and float(row["places"]) > 0
        if str(key) != option and apart and here and blank(row["committed_year"]):
            family.append(str(key))
    return family


def _names(value: Any) -> tuple[str, ...]:
    return () if blank(value) else tuple(str(one) for one in value)


def _check(case: Case, option: str, family: list[str], sizes: Sequence[int]) -> None:
    """Refuse an option that has no size to choose, and sizes that cannot be viable."""
    own = case.options[case.options["option"].astype(str) == option].iloc[0]
    faults = []

    def refuse(problem: str, remedy: str) -> None:
        faults.append(Fault("--option", problem, remedy, value=option))

    if float(own["places"]) <= 0:
        refuse("adds no places, so it has no size to choose", "Name an option that adds places")
    if not blank(own["committed_year"]):
        refuse(
            f"is committed for {int(own['committed_year'])}: its size is decided",
            "Name another option, or take committed_year out to ask what if it were not",
        )
    agrees = own["host_agrees"]
    if not blank(agrees) and not bool(agrees) and blank(own["committed_year"]):
        refuse("has no agreement of its host, so no size of it can open", "Set host_agrees to yes")
    leaning = [
        str(other["option"])
        for other in case.options.to_dict("records")
        if str(other["option"]) not in family
        and any(one in family for one in _names(other["requires"]))
    ]
    if leaning:
        refuse(
            f"is required by {', '.join(leaning)}, which is planned for one size of it",
            "Name the last of the row, or take the requirement out",
        )
    least = number(own["minimum_roll"], 0.0)
    small = [size for size in sizes if size < max(least, 1.0)]
    if small:
        listed = ", ".join(map(str, small))
        problem = f"holds sizes below the viable roll of {option}, {max(least, 1.0):g}: {listed}"
        faults.append(Fault(WHERE, problem, f"Begin at {max(least, 1.0):g} places or more"))
    if faults:
        raise InputError(faults)


def _excluded(case: Case, family: list[str]) -> tuple[str, ...]:
    """Return what excludes the option, or is excluded by it, besides its own sizes."""
    found: list[str] = []
    for row in case.options.to_dict("records"):
        names = _names(row["excludes"])
        if str(row["option"]) in family:
            found += [name for name in names if name not in family]
        elif any(one in family for one in names):
            found.append(str(row["option"]))
    return tuple(dict.fromkeys(found))


def _free_name(name: str, known: list[str]) -> str:
    while name in known:
        name += "_places"
    return name


def _capital(rule: CapitalRule, points: list[tuple[float, float]], size: int) -> float:
    if rule.stated:
        return (rule.fixed_gbp or 0.0) + (rule.per_place_gbp or 0.0) * size
    return max(0.0, along(points, size))


def along(points: Sequence[tuple[float, float]], size: float) -> float:
    """Return a figure at a size: on straight lines through those known, and on beyond the ends.

    One known size alone gives so much a place.

    >>> along([(60, 6.0), (120, 10.8), (160, 13.6)], 140), along([(60, 6.0)], 90)
    (12.2, 9.0)
    """
    x, y = (np.array(values, dtype=float) for values in zip(*sorted(points), strict=True))
    x, first = np.unique(x, return_index=True)
    y = y[first]
    if len(x) == 1:
        return float(y[0] / x[0] * size)
    k = int(np.clip(np.searchsorted(x, size) - 1, 0, len(x) - 2))
    return float(y[k] + (y[k + 1] - y[k]) / (x[k + 1] - x[k]) * (size - x[k]))


def _between(
    family: list[str],
    rows: Mapping[str, Mapping[Any, Any]],
    places: Mapping[str, float],
    column: str,
    size: int,
    own: Any,
) -> Any:
    """Return a yearly or fixed figure of a size: of the option itself, or between those stated."""
    stated = [(places[key], rows[key][column]) for key in family]
    known = [(at, float(value)) for at, value in stated if not blank(value)]
    if len({at for at, _ in known}) < 2 or len(known) < len(stated):
        return own
    return max(0.0, along(known, size)) if len({value for _, value in known}) > 1 else own


def _teaches(
    case: Case, family: list[str], places: Mapping[str, float], names: Mapping[int, str]
) -> pd.DataFrame:
    """Return what each size teaches: places by need and phase in step with those stated."""
    frame = case.option_teaches
    ours = frame[frame["option"].isin(family)]
    told = [frame[~frame["option"].isin(family)]]
    for _, same in ours.groupby(["need", "phase"], sort=False):
        first = same.iloc[0]
        most = [
            (places[str(row["option"])], number(row["max_places"], places[str(row["option"])]))
            for row in same.to_dict("records")
        ]
        cost = [
            (places[str(row["option"])], float(row["annual_cost_gbp"]))
            for row in same.to_dict("records")
        ]
        flat = len({value for _, value in cost}) == 1
        rows = []
        for size, name in names.items():
            row = {column: first[column] for column in frame.columns}
            row["option"] = name
            row["max_places"] = int(np.clip(np.floor(along(most, size) + 0.5), 0, size))
            row["annual_cost_gbp"] = cost[0][1] if flat else max(0.0, along(cost, size))
            rows.append(row)
        told.append(pd.DataFrame(rows, columns=frame.columns))
    together = [part.astype(object) for part in told if len(part)]
    if not together:
        return frame
    return pd.concat(together, ignore_index=True).astype(frame.dtypes.to_dict())


def _told(rule: CapitalRule, points: list[tuple[float, float]]) -> str:
    """Return how the capital of a size was found, and on whose word."""
    if rule.stated:
        return (
            f"Capital of a size is £{rule.fixed_gbp or 0:,.0f} and £{rule.per_place_gbp or 0:,.0f} "
            "a place, as asked on the command line."
        )
    if len({at for at, _ in points}) > 1:
        listed = ", ".join(f"{at:g} places £{gbp:,.0f}" for at, gbp in points)
        return (
            f"Capital of a size lies on straight lines between the sizes that the case states "
            f"({listed}), and goes on along the last line beyond them: an assumption between "
            "stated figures."
        )
    at, gbp = points[0]
    return (
        f"Capital of a size is so much a place as the option's own, £{gbp / at:,.0f} (£{gbp:,.0f} "
        f"for {at:g} places): an assumption, for want of another size in the case. State a fixed "
        "part where a building has one."
    )
