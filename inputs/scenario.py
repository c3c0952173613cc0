"""Scenario: the policy choices of a run, in named units; an unknown key is an error.

A scenario file states only its differences from a ``base`` (another file beside it) and, at the
bottom, from the dated national parameters.
"""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inputs.errors import Fault, InputError, did_you_mean
from inputs.parameters import family, parameter
from inputs.vocabulary import Need, Phase, ProvisionClass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RANK_WORDS = ("P10", "P50", "P90")
"""The draw at a rank of the authority's total, in the words of a scenario."""
LARGEST = 10**12
"""A trillion pounds: no figure of one authority comes near it, and a slip is certain."""


class PlacesRule(BaseModel):
    """At least, or at most, so many places of a class or in a locality by a year."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    measure: Literal["at_least", "at_most"] = Field(description="Which way the rule holds.")
    places: float = Field(ge=0, description="Commissioned places, today's and opened.")
    year: int = Field(description="Academic year in which it holds, and every later one.")
    class_: ProvisionClass | None = Field(None, alias="class", description="Class (blank: all).")
    locality: str | None = Field(None, description="Locality (blank: all).")


class Scenario(BaseModel):
    """Every policy choice of a run, resolved: nothing is left to a default further down."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    name: str = Field("base", description="Name of the scenario.")
    why: str = Field("", description="Why it is run, in a sentence.")

    # money
    discount_rate: float = Field(ge=0, lt=0.2, description="Real discount rate, share a year.")
    fee_growth: float = Field(gt=-0.2, lt=0.2, description="Real growth of top-ups and fees.")
    fee_growth_by_class: dict[ProvisionClass, float] = Field(
        default_factory=dict, description="Real growth by class; wins over fee_growth."
    )
    transport_growth: float = Field(gt=-0.2, lt=0.2, description="Real growth of transport.")
    place_funding_gbp: dict[ProvisionClass, float] = Field(
        description="Place funding a filled place a year, £, by class."
    )
    unfilled_place_gbp: dict[ProvisionClass, float] = Field(
        description="Place funding an unfilled place a year, £, where it differs."
    )
    mainstream_topup_gbp: float = Field(ge=0, description="Top-up of a child met in mainstream, £.")
    interim_annual_gbp: float = Field(
        ge=0, description="Interim cost a year of a child without a place, £."
    )
    asset_life_years: float = Field(gt=0, description="Life of an asset where none is stated.")
    capital_budget_gbp: float | None = Field(
        None, ge=0, description="Capital in total over the horizon, £ (none: no limit)."
    )
    capital_budget_by_year_gbp: dict[int, float] = Field(
        default_factory=dict, description="Capital spent in a year at most, £, by academic year."
    )
    capital_budget_by_grant_gbp: dict[str, float] = Field(
        default_factory=dict, description="Capital from a grant at most, £."
    )
    high_needs_grant_gbp: dict[int, float] = Field(
        default_factory=dict,
        description="High needs grant by financial year (its April), £; with opening_deficit_gbp "
        "it gives the deficit trajectory.",
    )
    other_high_needs_gbp: dict[int, float] = Field(
        default_factory=dict,
        description="High needs spending that the plan does not model, £, by financial year.",
    )
    opening_deficit_gbp: float | None = Field(
        None, description="Cumulative deficit at the start of the first financial year, £."
    )

    # children
    goes_to_inmss: dict[Need, float] = Field(
        description="Share of entrants set aside for INMSS whatever we open, by need "
        "(parental preference, tribunal)."
    )
    drawn_from_mainstream: dict[ProvisionClass, float] = Field(
        description="Share of each added place in use that draws a child from mainstream."
    )
    cessation_a_year: float = Field(
        ge=0, lt=1, description="Share of placements that end each year before the phase does."
    )
    stay_on: float = Field(
        ge=0, le=1, description="Share who stay for the next phase at an all-through provision."
    )
    suitable: dict[str, float] = Field(
        description="Share for whom a class is right, 'class.NEED' or 'class.other'; a case's own "
        "table wins; a class not named here is right for all."
    )
    demand: int | Literal["mean", "P10", "P50", "P90"] = Field(
        "mean",
        description="Which entrants: the mean, the draw of that number, or the draw at the 10th, "
        "50th or 90th percentile of the authority's total.",
    )
    other_authorities: Literal["held_constant", "leave"] = Field(
        "held_constant", description="Other authorities' children: stay as now, or leave in time."
    )

    # places
    planning_occupancy: dict[ProvisionClass, float] = Field(
        description="Share of commissioned places planned to be filled, by class (others: all)."
    )
    available_growth: float = Field(
        ge=0, description="Growth a year of the INMSS and out-of-area places open to us."
    )
    places_rules: tuple[PlacesRule, ...] = Field(
        (), description="At least or at most so many places, by class or locality."
    )
    openings_per_year: int | None = Field(
        None, ge=0, description="Options opened in a year at most, those committed included."
    )

    # journeys
    guideline_minutes: dict[Phase, float] = Field(description="Guideline journey, minutes.")
    hard_limit_minutes: dict[Phase, float] = Field(description="Longest journey allowed, minutes.")
    over_guideline_share: float | None = Field(
        None, ge=0, le=1, description="Share of entrants placed beyond the guideline at most."
    )
    shared_ride_factor: float = Field(
        ge=1, description="Minutes on a shared ride for a direct minute."
    )
    travel_calibration: float = Field(gt=0, description="Factor on road minutes.")

    # transport
    transported_share: dict[Need, float] = Field(
        description="Share of children transported, by need."
    )
    transported_within_walking_share: float = Field(
        ge=0, le=1, description="Share transported within statutory walking distance."
    )
    transport_average_gbp: float | None = Field(
        gt=0, description="Today's cost a user a year, £, to which the rates are scaled."
    )
    transport_fixed_per_run_gbp: float = Field(ge=0, description="£ a run to a used provision.")
    transport_per_child_run_gbp: float = Field(ge=0, description="£ a child a run.")
    transport_per_mile_run_gbp: float = Field(ge=0, description="£ a child a direct mile a run.")
    transport_wheelchair_run_gbp: float = Field(ge=0, description="£ a wheelchair user a run.")
    runs_per_year: dict[str, float] = Field(
        description="One-way runs a year: 'day', and by class where it differs."
    )
    wheelchair_share: dict[str, float] = Field(
        description="Share who travel in a wheelchair, by need, and 'other'."
    )

    # weights of policy: in the objective, never reported as money
    unplaced_weight_gbp: float = Field(
        ge=0, description="Policy weight on a child without a place, £ a year, beside interim cost."
    )
    over_number_weight_gbp: float = Field(
        ge=0, description="Policy weight on a child over number, £ a year (at least place funding)."
    )
    break_weight_gbp: float = Field(
        ge=0, description="Policy weight on a broken rule of policy, £ a child or place a year."
    )
    switched_off: tuple[str, ...] = Field((), description="Constraints switched off, by name.")


def _by_need(name: str, on: date) -> dict[str, float]:
    stated = family(name, on)
    everyone = parameter(name, on).value
    return {need.value: stated.get(need.value, everyone) for need in Need}


def defaults(on: date) -> dict[str, Any]:
    """Return the dated national values of every key that has one.

    Parameters
    ----------
    on
        The day whose values hold: the first September of the case's price year.
    """
    single = (
        "discount_rate",
        "fee_growth",
        "transport_growth",
        "mainstream_topup_gbp",
        "interim_annual_gbp",
        "asset_life_years",
        "cessation_a_year",
        "stay_on",
        "available_growth",
        "shared_ride_factor",
        "travel_calibration",
        "transported_within_walking_share",
        "transport_average_gbp",
        "transport_fixed_per_run_gbp",
        "transport_per_child_run_gbp",
        "transport_per_mile_run_gbp",
        "transport_wheelchair_run_gbp",
        "unplaced_weight_gbp",
        "over_number_weight_gbp",
        "break_weight_gbp",
    )
    by_key = (
        "place_funding_gbp",
        "unfilled_place_gbp",
        "drawn_from_mainstream",
        "planning_occupancy",
        "guideline_minutes",
        "hard_limit_minutes",
        "runs_per_year",
        "wheelchair_share",
        "suitable",
    )
    return (
        {name: parameter(name, on).value for name in single}
        | {name: family(name, on) for name in by_key}
        | {name: _by_need(name, on) for name in ("goes_to_inmss", "transported_share")}
    )


def _overlay(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return one mapping laid over another: tables merge key by key, all else replaces."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = below | value
        elif isinstance(below, dict) and isinstance(value, int | float) and below:
            merged[key] = dict.fromkeys(below, value)  # one number for every need or class
        else:
            merged[key] = value
    return merged


def _numbers(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number of a nested mapping, with where it stands."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _numbers(one, f"{name}.{key}" if name else str(key))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _numbers(one, name)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, value


def _read_toml(path: Path, seen: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Return a scenario file laid over its base, and the base over its own."""
    where = path.name
    if path in seen:
        raise InputError(
            [Fault(where, "names itself as its base", "Remove the circle", value=None)]
        )
    try:
        stated = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise InputError([Fault(where, "there is no such file", "Check the path")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InputError(
            [Fault(where, f"is not a readable TOML file ({error})", "Correct that line")]
        ) from None
    base = stated.pop("base", None)
    if base is None:
        return stated
    below = path.parent / str(base)
    if below.suffix != ".toml":
        below = below.with_name(below.name + ".toml")
    return _overlay(_read_toml(below, (*seen, path)), stated)


_REMEDY = {
    "extra_forbidden": "is not a key of a scenario",
    "missing": "is missing",
    "finite_number": "is not a finite number",
}


def _faults(error: ValidationError, where: str) -> list[Fault]:
    found = []
    for one in error.errors():
        key = ".".join(str(part) for part in one["loc"])
        leaf = str(one["loc"][-1])
        if one["type"] == "extra_forbidden":
            known = (
                PlacesRule.model_fields if "places_rules" in one["loc"] else Scenario.model_fields
            )
            remedy = did_you_mean(leaf, known)
        elif leaf == "[key]":
            enum = str(one.get("ctx", {}).get("expected", ""))
            key = str(one["loc"][0])
            remedy = did_you_mean(
                str(one["input"]), enum.replace("'", "").replace(" or ", ", ").split(", ")
            )
        else:
            remedy = str(one["msg"])
        value = None if one["type"] == "missing" else str(one["input"])
        problem = _REMEDY.get(one["type"], "cannot be used here")
        found.append(Fault(where, problem, remedy, column=key, value=value))
    return found


def resolve(stated: dict[str, Any], on: date, where: str = "scenario.toml") -> Scenario:
    """Return the whole scenario from what was stated and the dated national values.

    Parameters
    ----------
    stated
        Differences only.
    on
        The day whose national values hold.
    where
        The file to name in a fault.

    Raises
    ------
    InputError
        For unknown keys (with the nearest known one) and values that cannot be used.
    """
    base = defaults(on)
    unknown = [key for key in stated if key not in Scenario.model_fields]
    if unknown:
        raise InputError(
            [
                Fault(
                    where,
                    "is not a key of a scenario",
                    did_you_mean(key, Scenario.model_fields),
                    column=key,
                    value=str(stated[key])[:60],
                )
                for key in unknown
            ]
        )
    try:
        scenario = Scenario.model_validate(_overlay(base, stated))
    except ValidationError as error:
        raise InputError(_faults(error, where)) from None
    faults = [
        Fault(
            where, "is a share and must lie from 0 to 1", "", column=f"{name}.{key}", value=str(v)
        )
        for name in (
            "goes_to_inmss",
            "drawn_from_mainstream",
            "planning_occupancy",
            "transported_share",
            "suitable",
            "wheelchair_share",
        )
        for key, v in getattr(scenario, name).items()
        if not 0 <= v <= 1
    ] + [
        Fault(where, "is negative", "", column=f"{name}.{key}", value=str(v))
        for name in (
            "place_funding_gbp",
            "unfilled_place_gbp",
            "capital_budget_by_year_gbp",
            "capital_budget_by_grant_gbp",
            "guideline_minutes",
            "hard_limit_minutes",
            "runs_per_year",
        )
        for key, v in getattr(scenario, name).items()
        if v < 0
    ]
    faults += [
        Fault(where, "is far too large", "Check the number", column=key, value=f"{v:g}")
        for key, v in _numbers(scenario.model_dump())
        if abs(v) > LARGEST
    ]
    if faults:
        raise InputError(faults)
    return scenario


def read_scenario(path: Path | None, price_year: int) -> Scenario:
    """Return the scenario of a file, laid over its bases and the national values.

    Parameters
    ----------
    path
        A TOML file, or None for the national values alone.
    price_year
        The case's price year; values of its first of September hold.

    Raises
    ------
    InputError
        For a file that cannot be read, an unknown key or a value that cannot be used.
    """
    on = date(price_year, 9, 1)
    if path is None:
        return resolve({}, on)
    stated = _read_toml(path)
    return resolve({"name": path.stem} | stated, on, path.name)


def with_demand(scenario: Scenario, asked: str, where: str = "--demand") -> Scenario:
    """Return a scenario that plans for other entrants.

    Parameters
    ----------
    scenario
        The policy.
    asked
        ``mean``, ``P10``, ``P50``, ``P90`` or the number of a draw, as typed.
    where
        What to name in a fault.

    Raises
    ------
    InputError
        When it is none of these.
    """
    words = {word.lower(): word for word in ("mean", *RANK_WORDS)}
    typed = asked.strip().lower()
    if typed.isascii() and typed.isdigit():
        return scenario.model_copy(update={"demand": int(typed)})
    if typed not in words:
        remedy = f"Choose {', '.join(words.values())} or the number of a draw, such as 7"
        raise InputError([Fault(where, "is no choice of entrants", remedy, value=asked)])
    return scenario.model_copy(update={"demand": words[typed]})
