"""What the authority decided about journeys, or the dated national values that stand for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.routing.types import Policy, Travels
from geo.straight_line import WALKING_MILES
from inputs.parameters import family, parameter, parameters
from inputs.vocabulary import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

OTHER = "other"


def policy_on(on: date) -> Policy:
    """Return the policy that the dated parameters make on a day.

    Parameters
    ----------
    on
        The first September of the case's price year.

    Raises
    ------
    KeyError
        When a parameter does not hold on that day.

    >>> from datetime import date
    >>> policy = policy_on(date(2026, 9, 1))
    >>> policy.ride_limit_minutes["primary"], policy.ride_limit_minutes["secondary"]
    (45.0, 75.0)
    >>> policy.limit_minutes("primary", 60.0)
    71.0
    """
    used: dict[str, str] = {}

    def value(name: str) -> float:
        found = parameter(name, on)
        used[name] = found.status
        return found.value

    def by_key(name: str, *, everyone: str | None = None) -> Mapping[str, float]:
        found = family(name, on)
        used.update(
            (one.name, one.status) for one in parameters() if one.name.startswith(name + ".")
        )
        return found if everyone is None else found | {OTHER: value(everyone)}

    realised = parameter("routes_realisation", on)
    used[realised.name] = realised.status
    low, high = realised.low, realised.high
    return Policy(
        ride_limit_minutes=by_key("guideline_minutes"),
        relax_factor=value("routes_relax_factor"),
        relax_minutes=value("routes_relax_minutes"),
        boarding_seconds=value("routes_boarding_seconds"),
        boarding_wheelchair_seconds=value("routes_boarding_wheelchair_seconds"),
        unloading_seconds=value("routes_unloading_seconds"),
        effective_seats_share=value("routes_effective_seats_share"),
        runs_a_year={
            Travels.DAILY: value("routes_school_days"),
            Travels.WEEKLY: value("routes_weekly_trips"),
            Travels.TERMLY: value("routes_termly_trips"),
        },
        ptb_per_mile_gbp=value("routes_ptb_per_mile_gbp"),
        ptb_legs_a_run=value("routes_ptb_legs_a_run"),
        walking_miles={phase: WALKING_MILES[phase] for phase in Phase},
        transported_share=by_key("transported_share", everyone="transported_share"),
        transported_within_walking_share=value("transported_within_walking_share"),
        wheelchair_share=by_key("wheelchair_share"),
        assistant_share=by_key("routes_assistant_share"),
        solo_share=value("routes_solo_share"),
        ptb_share=value("routes_ptb_share"),
        chained_fixed_share=value("routes_chained_fixed_share"),
        mixed_minutes=value("routes_mixed_minutes"),
        mixed_children=value("routes_mixed_children"),
        realisation=(
            realised.value if low is None else low,
            realised.value,
            realised.value if high is None else high,
        ),
        contract_years=value("routes_contract_years"),
        noise_share=value("routes_noise_share"),
        sources=used,
    )


def bell_defaults(on: date) -> tuple[float, float, float]:
    """Return bell, arrival window and length of the day, minutes, where a school states none."""
    return (
        parameter("routes_bell_minutes", on).value,
        parameter("routes_arrival_window_minutes", on).value,
        parameter("routes_day_minutes", on).value,
    )


def share_of(shares: Mapping[str, float], need: str) -> float:
    """Return the share of a need, or that of every other need.

    >>> share_of({"PMLD": 0.6, "other": 0.03}, "ASD")
    0.03
    """
    return shares.get(need, shares.get(OTHER, 0.0))
