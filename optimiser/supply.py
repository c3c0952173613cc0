"""Supply for the plan: what is taught where, how many fit, what each option adds and costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.errors import Fault
from inputs.schemas import in_year
from inputs.vocabulary import INMSS, STATE_PLACES

if TYPE_CHECKING:
    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.kinds import Array, Indices

MONTHS = 12


def blank(value: object) -> bool:
    """Return whether a cell holds nothing."""
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def number(value: object, otherwise: float) -> float:
    """Return a cell's number, or another where it is blank."""
    return otherwise if blank(value) else float(value)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Teaching:
    """Provisions and what each teaches, now and through options."""

    provisions: pd.DataFrame
    taught: pd.DataFrame
    option_taught: pd.DataFrame
    pairs: tuple[tuple[str, str], ...]
    warnings: tuple[Fault, ...]


def provisions_frame(case: Case, scenario: Scenario) -> pd.DataFrame:
    """Return the provisions with how their places are paid for.

    A filled base place costs £6,000 and an unfilled one £10,000 (dated parameters); elsewhere
    both are the place funding. We pay for every commissioned place of a state provision in our
    area, and for each child of ours anywhere else.
    """
    frame = case.provisions[["provision", "name", "class", "in_area", "locality"]].copy()
    frame["class"] = frame["class"].astype(str)
    frame["in_area"] = frame["in_area"].astype(bool)
    funding = {str(k): v for k, v in scenario.place_funding_gbp.items()}
    unfilled = {str(k): v for k, v in scenario.unfilled_place_gbp.items()}
    stated = case.provisions["place_funding_gbp"]
    frame["filled_gbp"] = [
        number(gbp, funding.get(kind, 0.0))
        for gbp, kind in zip(stated, frame["class"], strict=True)
    ]
    state = frame["class"].isin([str(one) for one in STATE_PLACES])
    frame["pays_places"] = state & frame["in_area"]
    frame["unfilled_gbp"] = [
        max(gbp, unfilled.get(kind, gbp))
        for gbp, kind in zip(frame["filled_gbp"], frame["class"], strict=True)
    ]
    own = [not blank(value) for value in case.provisions["available_places"]]
    ours_only = frame["class"].isin([str(one) for one in INMSS]) | ~frame["in_area"]
    frame["closes"] = [number(value, np.inf) for value in case.provisions["closes"]]
    frame["counts_others"] = ~(np.array(own, dtype=bool) | ours_only.to_numpy())
    return frame.reset_index(drop=True)


def teaching(case: Case, scenario: Scenario, options: pd.DataFrame) -> Teaching:
    """Return every (provision, need, phase) that is taught, could be, or has children now."""
    provisions = provisions_frame(case, scenario)
    where = {key: p for p, key in enumerate(provisions["provision"])}
    costs: dict[tuple[int, str, str], tuple[bool, float, float, float]] = {}
    warnings: list[Fault] = []
    for row in case.teaches.to_dict("records"):
        key = where[row["provision"]], str(row["need"]), str(row["phase"])
        growth = number(row["fee_growth"], np.nan)
        most = number(row["max_places"], np.inf)
        costs[key] = (True, most, float(row["annual_cost_gbp"]), growth)
    at = dict(zip(options["option"], options["p"], strict=True))
    order = {key: o for o, key in enumerate(options["option"])}
    through: list[tuple[int, tuple[int, str, str], float]] = []
    for row in case.option_teaches.to_dict("records"):
        if row["option"] not in at:
            continue
        key = int(at[row["option"]]), str(row["need"]), str(row["phase"])
        o = order[row["option"]]
        most = number(row["max_places"], max(0.0, float(options["places"].iloc[o])))
        through.append((o, key, most))
        gbp = float(row["annual_cost_gbp"])
        if key not in costs:
            costs[key] = (False, 0.0, gbp, np.nan)
        elif not costs[key][0] and abs(costs[key][2] - gbp) > 0.005:
            warnings.append(
                Fault(
                    "option_teaches",
                    f"gives {provisions['provision'][key[0]]} another annual cost for {key[1]} "
                    f"{key[2]} than another option does: the higher is used for both",
                    "State the same cost for every option of a provision",
                    column="annual_cost_gbp",
                    value=f"{gbp:.0f}",
                    severity="warning",
                )
            )
            costs[key] = (False, 0.0, max(gbp, costs[key][2]), np.nan)
    for row in case.placed.to_dict("records"):
        key = where[row["provision"]], str(row["need"]), str(row["phase"])
        if key in costs:
            continue
        known = [cost for (p, _, _), (now, _, cost, _) in costs.items() if p == key[0] and now]
        mean = float(np.mean(known)) if known else 0.0
        costs[key] = (False, 0.0, mean, np.nan)
        warnings.append(
            Fault(
                "placed",
                f"has children of {key[1]} {key[2]} at {row['provision']}, which does not teach "
                f"them by the table teaches: they stay and finish, at the mean cost there",
                "Add the row to teaches if it may take more such children",
                value=f"£{mean:,.0f}",
                severity="warning",
            )
        )
    pairs = tuple(
        sorted(
            {(need, phase) for _, need, phase in costs}
            | set(
                zip(
                    case.entrants["need"].astype(str),
                    case.entrants["phase"].astype(str),
                    strict=True,
                )
            )
        )
    )
    pair = {key: i for i, key in enumerate(pairs)}
    keys = sorted(costs)
    taught = pd.DataFrame(
        {
            "provision": [provisions["provision"][p] for p, _, _ in keys],
            "p": [p for p, _, _ in keys],
            "need": [need for _, need, _ in keys],
            "phase": [phase for _, _, phase in keys],
            "nh": [pair[need, phase] for _, need, phase in keys],
            "now": [costs[key][0] for key in keys],
            "max_places": [costs[key][1] for key in keys],
            "annual_cost_gbp": [costs[key][2] for key in keys],
            "fee_growth": [costs[key][3] for key in keys],
        }
    )
    place_of = {key: q for q, key in enumerate(keys)}
    option_taught = pd.DataFrame(
        [(o, place_of[key], most) for o, key, most in through], columns=["o", "q", "max_places"]
    )
    return Teaching(provisions, taught, option_taught, pairs, tuple(warnings))


def annual_costs(
    taught: pd.DataFrame, provisions: pd.DataFrame, scenario: Scenario, n_years: int
) -> Array:
    """Return (Q, Y) the cost of a child a year with its real growth since the base year.

    A row's own ``fee_growth`` wins over its class's, and that over the scenario's.
    """
    by_class = {str(k): v for k, v in scenario.fee_growth_by_class.items()}
    kinds = provisions["class"].to_numpy()[taught["p"].to_numpy()]
    growth = np.array(
        [
            by_class.get(kind, scenario.fee_growth) if np.isnan(own) else own
            for own, kind in zip(taught["fee_growth"], kinds, strict=True)
        ]
    )
    costs: Array = taught["annual_cost_gbp"].to_numpy()[:, None] * (
        (1.0 + growth[:, None]) ** np.arange(n_years)[None, :]
    )
    return costs


def options_frame(case: Case, scenario: Scenario) -> pd.DataFrame:
    """Return the options with their provision's position and every default filled in."""
    frame = case.options.copy().reset_index(drop=True)
    where = {key: p for p, key in enumerate(case.provisions["provision"])}
    frame["p"] = [where[key] for key in frame["provision"]]
    for column in ("places", "capital_gbp", "setup_gbp", "fixed_annual_gbp"):
        frame[column] = frame[column].astype(float)
    frame["physical_places"] = [
        number(own, places)
        for own, places in zip(frame["physical_places"], frame["places"], strict=True)
    ]
    frame["asset_life_years"] = [
        number(own, scenario.asset_life_years) for own in frame["asset_life_years"]
    ]
    frame["name"] = [
        key if blank(name) else name
        for name, key in zip(frame["name"], frame["option"], strict=True)
    ]
    for column in ("committed_year", "earliest", "latest", "minimum_roll", "viable_by"):
        frame[column] = pd.to_numeric(frame[column]).astype(float)
    return frame


def opening_window(options: pd.DataFrame, years: tuple[int, ...]) -> tuple[Indices, Indices]:
    """Return (O,) first and last year index in which each option can open.

    A decision taken in the base year opens after the lead; a committed option opens in its year,
    whatever the lead; one whose host does not agree never opens (first > last).
    """
    base, horizon = years[0], len(years)
    first = np.maximum(base + options["lead_years"].astype(int), options["earliest"].fillna(base))
    last = options["latest"].fillna(years[-1])
    committed = options["committed_year"]
    begins = np.asarray(committed.where(committed.notna(), first), dtype=float) - base
    ends = np.asarray(committed.where(committed.notna(), last), dtype=float) - base
    agrees = options["host_agrees"].astype(bool).to_numpy() | committed.notna().to_numpy()
    ends = np.where(agrees, np.minimum(ends, horizon - 1), -1)
    return np.maximum(begins, 0).astype(np.int64), ends.astype(np.int64)


def first_year_share(opens_month: int) -> float:
    """Return the share of an academic year that is left from a month on.

    >>> first_year_share(9), first_year_share(4)
    (1.0, 0.4166666666666667)
    """
    return ((8 - opens_month) % MONTHS + 1) / MONTHS


def added_places(options: pd.DataFrame, horizon: int) -> Array:
    """Return (O, T, T) places that can be in use in year t of an option opened in u."""
    added = np.zeros((len(options), horizon, horizon))
    for o, row in enumerate(options.to_dict("records")):
        ramp = row["ramp"]
        for u in range(horizon):
            for t in range(u, horizon):
                share = ramp[min(t - u, len(ramp) - 1)]
                if t == u:
                    share *= first_year_share(int(row["opens_month"]))
                added[o, u, t] = share * max(0.0, row["places"])
    return added


def capital_spend(options: pd.DataFrame, horizon: int, n_years: int) -> tuple[Array, Array]:
    """Return (O, T, Y) capital by year spent and (O, T) value left at the end of the horizon.

    The last share of the profile falls in the year before opening; what would fall before the
    base year is spent in it. The asset loses its value evenly over its life.
    """
    spend = np.zeros((len(options), horizon, n_years))
    residual = np.zeros((len(options), horizon))
    for o, row in enumerate(options.to_dict("records")):
        profile = row["capital_profile"]
        for u in range(horizon):
            for k, share in enumerate(profile):
                y = max(0, u - (len(profile) - k))
                spend[o, u, y] += share * row["capital_gbp"]
            life = row["asset_life_years"]
            residual[o, u] = row["capital_gbp"] * max(0.0, 1.0 - (horizon - u) / life)
    return spend, residual


@dataclass(frozen=True)
class Places:
    """(P, T) places by year: paid for, open to our children, and over number."""

    commissioned: Array
    open_to_us: Array
    over_limit: Array


def places_by_year(
    case: Case, provisions: pd.DataFrame, years: tuple[int, ...], ours_now: Array, growth: float
) -> Places:
    """Return the places of each provision by year.

    Parameters
    ----------
    case, provisions, years
        The case, :func:`provisions_frame` and the horizon.
    ours_now
        (P,) our children placed there now.
    growth
        Growth a year of INMSS and out-of-area places where none are stated.
    """
    n, horizon = len(provisions), len(years)
    commissioned, open_to_us, over = (np.zeros((n, horizon)) for _ in range(3))
    state = provisions["class"].isin([str(one) for one in STATE_PLACES]).to_numpy()
    for p, row in enumerate(case.provisions.to_dict("records")):
        available, closes = row["available_places"], number(row["closes"], np.inf)
        opens = number(row["opens"], -np.inf)
        physical = number(row["physical_places"], float(row["places"]))
        for t, year in enumerate(years):
            if year < opens:
                continue
            if not blank(available):
                open_to_us[p, t] = in_year(available, year)
            elif provisions["counts_others"][p]:
                open_to_us[p, t] = float(row["places"])
                over[p, t] = max(0.0, physical - float(row["places"])) * (year < closes)
            else:
                open_to_us[p, t] = ours_now[p] * (1.0 + growth) ** t
            if provisions["pays_places"][p] and state[p]:
                commissioned[p, t] = float(row["places"])
    return Places(commissioned, open_to_us, over)


def taken_places(options: pd.DataFrame, fits: Array, pinned: Array, occupancy: Array) -> Array:
    """Return (O, T) children that no longer fit once a shrinking or closing option is open.

    The row ``max(occupancy x (C - |places|), r)`` replaces ``max(occupancy x C, r)``: pinned
    children finish, and no new child takes a place that is going.

    Parameters
    ----------
    options
        The options.
    fits
        (P, T) places open to us.
    pinned
        (P, T) children who are there whatever is decided.
    occupancy
        (P,) planning occupancy.
    """
    taken = np.zeros((len(options), fits.shape[1]))
    for o, (p, places) in enumerate(zip(options["p"], options["places"], strict=True)):
        if places < 0:
            whole = np.maximum(occupancy[p] * fits[p], pinned[p])
            smaller = np.maximum(occupancy[p] * np.maximum(fits[p] + places, 0.0), pinned[p])
            taken[o] = whole - smaller
    return taken


def over_added(options: pd.DataFrame, over_limit: Array) -> Array:
    """Return (O, T) children over number that the building gains: its new room less its new places.

    An option that commissions more than it builds uses up spare room, and never more than there
    is: a building commissioned beyond its size takes nobody over number, but it can open. Where
    several such options can stand together the spare room is shared between them.

    Parameters
    ----------
    options
        The options.
    over_limit
        (P, T) children over number that fit the building now.
    """
    extra = (options["physical_places"] - options["places"]).to_numpy(float)
    added = np.repeat(extra[:, None], over_limit.shape[1], axis=1)
    for o in np.flatnonzero(extra < 0):
        beside = (extra < 0) & (options["p"] == options["p"].iloc[o]).to_numpy()
        beside &= ~options["option"].isin(options["excludes"].iloc[o]).to_numpy()
        added[o] = np.maximum(extra[o], -over_limit[options["p"].iloc[o]] / beside.sum())
    return added
