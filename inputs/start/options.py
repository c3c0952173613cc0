"""Options in the making, each marked as a suggestion: what every kind of them has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inputs.start.costs import Costs
    from inputs.vocabulary import Need, Phase, ProvisionClass

ROUND = "suggestion"
MARK = "Suggestion: "
BASE_RAMP = "0.5; 1"
_LEAD_YEARS = {"base": 1, "expansion": 2, "school": 3}
_PROFILE = {"base": "1", "expansion": "0.4; 0.6", "school": "0.2; 0.4; 0.4"}
"""Judgement: years from decision to opening, and how the capital falls over them."""


@dataclass(frozen=True)
class Group:
    """Needs that a base takes together; autism and SEMH are kept apart (published experience).

    A base for needs that few children have serves the whole area: one of each phase is enough.
    """

    words: str
    needs: tuple[Need, ...]
    one_is_enough: bool = False


Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Suggestions:
    """Options and the sites that they need.

    Parameters
    ----------
    provisions, options, option_teaches
        Rows of these tables; the provisions have no places yet.
    notes
        How they were chosen, a sentence each.
    """

    provisions: list[Row]
    options: list[Row]
    option_teaches: list[Row]
    notes: tuple[str, ...]


class Draft:
    """Options in the making: rows so far, and the keys that are taken."""

    def __init__(self, costs: Costs, taken: set[str]) -> None:
        self.costs, self.taken = costs, taken
        self.provisions: list[Row] = []
        self.options: list[Row] = []
        self.teaches: list[Row] = []

    def key(self, stem: str) -> str:
        """Return a key that no provision has yet."""
        key = stem
        for number in range(2, 100):
            if key not in self.taken:
                break
            key = f"{stem}_{number}"
        self.taken.add(key)
        return key

    def option(self, kind: str, provision: str, places: int, name: str, **more: Any) -> str:
        """Add an option of a kind, and return its key."""
        key = f"{provision}_{places}" if kind != "expansion" else f"{provision}_plus_{places}"
        self.options.append(
            {
                "option": key,
                "name": f"{MARK}{name}",
                "provision": provision,
                "places": places,
                "capital_profile": _PROFILE[kind],
                "lead_years": _LEAD_YEARS[kind],
                "round": ROUND,
                **more,
            }
        )
        return key

    def teach(self, option: str, need: Need, phase: Phase, kind: ProvisionClass) -> None:
        """Say that an option teaches a need and phase."""
        cost = self.costs.of(kind, need)
        self.teaches.append(
            {"option": option, "need": need.value, "phase": phase.value, "annual_cost_gbp": cost}
        )
