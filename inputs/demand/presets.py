"""Levers with the measured effects of published papers, by name.

Each says what was measured, by whom, and what of it is our reading. Effects of one authority in one
year are not promises: they are there to be tried, and every one can be changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inputs.demand.levers import Lever

SAFETY_VALVE = "DfE, Sustainable high needs systems: case studies, July 2021"
DBV = "Delivering Better Value, report to a scrutiny committee, February 2024"


@dataclass(frozen=True)
class Preset:
    """A named set of levers.

    Parameters
    ----------
    name
        How it is asked for.
    title
        What a report calls it.
    why
        What was measured, and how it is read here, in sentences.
    levers
        What it does to demand; empty where it acts on money only.
    scenario
        Keys of a plan's scenario that it sets, where it acts on money.
    """

    name: str
    title: str
    why: str
    levers: tuple[Lever, ...] = ()
    scenario: tuple[tuple[str, Any], ...] = ()


_SURGE_SOURCE = (
    "BBC, July 2026: plans in England rose 12.5% from January 2025 to January 2026; LGA and CCN, "
    "2026: in some areas assessments are a third higher"
)
_CLIFF_SOURCE = (
    "Assumption: the white paper moves support at natural points from 2029/30; no figure published"
)
_ALL = (
    Preset(
        "surge",
        "Surge before the reform",
        "In some areas assessments are a third higher: a third more new plans for three years, on "
        "top of the growth that the forecast of the total already has.",
        (
            Lever(
                "surge",
                "starts",
                (4 / 3, 4 / 3, 4 / 3, 1.0),
                why="A third more new plans in the first three years.",
                source=_SURGE_SOURCE,
            ),
        ),
    ),
    Preset(
        "surge_and_cliff",
        "Surge before the reform, and cliff after it",
        "As the surge; and from 2029/30 a third fewer new plans than now, while those who have a "
        "place keep it.",
        (
            Lever(
                "surge",
                "starts",
                (4 / 3,),
                to_year=2028,
                why="A third more new plans until the reform.",
                source=_SURGE_SOURCE,
            ),
            Lever(
                "cliff",
                "starts",
                (2 / 3,),
                from_year=2029,
                why="A third fewer new plans from 2029/30.",
                source=_CLIFF_SOURCE,
            ),
        ),
    ),
    Preset(
        "fewer_requests",
        "Fewer requests for assessment",
        "Warrington worked on decisions to assess and had 62 fewer requests; its plans rose 3.1% "
        "from 2018 to 2021, and England's 34.6%. Of how many requests the 62 were is not told: a "
        "fifth fewer, reached in two years, is an assumption.",
        (
            Lever(
                "fewer_requests",
                "requests",
                (0.9, 0.8),
                why="Fewer requests, by better support; plans follow after 20 weeks.",
                source=f"{SAFETY_VALVE} (Warrington: 62 fewer; the share is an assumption)",
            ),
        ),
    ),
    Preset(
        "cease_plans",
        "Plans that are no longer needed cease",
        "Richmond reviewed its plans at transition points and ceased those no longer needed; no "
        "figure is given. One review in ten more at 16 and over ending the plan is our assumption.",
        (
            Lever(
                "cease_plans",
                "cease",
                (1.1,),
                ages=(16, 25),
                why="Annual reviews at transition points end plans that are no longer needed.",
                source=f"{SAFETY_VALVE} (Richmond; the figure is an assumption)",
            ),
        ),
    ),
    Preset(
        "met_without_a_plan",
        "Needs met without a plan",
        "Of 32 cases reviewed, 1 in 5 could have had needs met without a plan. The preset is a "
        "tenth fewer new plans, rising to a fifth: all that the review found possible.",
        (
            Lever(
                "met_without_a_plan",
                "starts",
                (0.9, 0.8),
                why="New plans fewer by what a case review found could be met without one.",
                source=f"{DBV}: 1 in 5 of 32 cases reviewed",
            ),
        ),
    ),
    Preset(
        "more_in_mainstream",
        "More met in mainstream",
        "Case reviews in 55 authorities found that more than half of the special-school pupils "
        "reviewed could be in mainstream. What could be is not what will be: moves into specialist "
        "places fall by a tenth a year, to half of now in the fifth year.",
        (
            Lever(
                "more_in_mainstream",
                "into_specialist",
                (0.9, 0.8, 0.7, 0.6, 0.5),
                ages=(4, 15),
                why="Fewer move into specialist places, because mainstream schools meet more need.",
                source="TES, February 2024, on Delivering Better Value: more than half of reviewed "
                "special pupils could be mainstream (the path to it is an assumption)",
            ),
        ),
    ),
    Preset(
        "transition_points",
        "More stay in mainstream at transitions",
        "Forecasters' common overlay acts at transition points only: entry to primary, to "
        "secondary and after 16. Warrington's specialist teachers kept 71% of the pupils they "
        "supported in their setting; what share would have moved is not told, so a fifth fewer "
        "moves at 4 and at 11, and a fifth fewer staying on at 16, is an assumption.",
        (
            Lever(
                "transition_primary",
                "into_specialist",
                (0.8,),
                ages=(4, 4),
                why="More start school in mainstream.",
                source=f"{SAFETY_VALVE} (Warrington; the figure is an assumption)",
            ),
            Lever(
                "transition_secondary",
                "into_specialist",
                (0.8,),
                ages=(11, 11),
                why="More go on to a mainstream secondary school.",
                source=f"{SAFETY_VALVE} (Warrington; the figure is an assumption)",
            ),
            Lever(
                "transition_post16",
                "stay_specialist",
                (0.8,),
                ages=(16, 16),
                why="More go on to college or work at 16.",
                source=f"{SAFETY_VALVE} (preparing for adulthood; the figure is an assumption)",
            ),
        ),
    ),
    Preset(
        "price_bands",
        "Price bands for independent special schools",
        "National bands would act on fees, not on demand, so this changes no forecast: put these "
        "keys in the scenario of a plan. The bands are not published; no real growth of fees is an "
        "assumption.",
        scenario=(
            ("fee_growth_by_class", {"inmss_day": 0.0, "inmss_residential": 0.0}),
            ("why", "Price bands hold INMSS fees at today's real level (assumption)."),
        ),
    ),
)

PRESETS: dict[str, Preset] = {preset.name: preset for preset in _ALL}
"""Every preset by its name."""


def scenario_fragment(preset: Preset) -> str:
    """Return the lines of a plan's scenario that a preset sets (TOML), or nothing.

    >>> scenario_fragment(PRESETS["surge"])
    ''
    """
    lines = []
    for key, value in preset.scenario:
        if isinstance(value, dict):
            inner = ", ".join(f"{name} = {number:g}" for name, number in value.items())
            lines.append(f"{key} = {{ {inner} }}")
        else:
            lines.append(f'{key} = "{value}"')
    return "\n".join(lines)
