"""Bases and SEN units of a case: those of the register, or stand-ins where it does not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inputs.official.sen2 import NEEDS, Placement
from inputs.parameters import parameter
from inputs.start.making import records
from inputs.start.places import NC_YEARS, phase_of
from inputs.start.schools import HOST_PHASES, needs_of
from inputs.start.sites import cover, hosts
from inputs.vocabulary import Need, Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from inputs.start.making import Maker
    from inputs.start.places import Place

    Counts = NDArray[np.int64]

BASES: dict[Placement, tuple[str, str]] = {
    Placement.RESOURCED: ("base", "base"),
    Placement.UNIT: ("unit", "SEN unit"),
}
"""Placements on mainstream sites: what their key ends in, and their word."""
_NOT_IN_BASES = frozenset({Need.PMLD, Need.SLD})


def bases(
    maker: Maker, placement: Placement, there: Counts, observed: Sequence[Need]
) -> list[Place]:
    """Return bases or units: those of the register, or stand-ins where it does not tell."""
    ending, word = BASES[placement]
    own = maker.near.mainstream()
    needs = [n for n in NEEDS if n in observed or n not in _NOT_IN_BASES]
    if maker.near.register.has("resourced"):
        text = own["resourced"].str.lower()
        mark = "resourced provision" if placement is Placement.RESOURCED else "sen unit"
        stem = "resourced" if placement is Placement.RESOURCED else "unit"
        with_one = own[text.str.contains(mark)]
        usual = parameter("start.base_places_now", maker.on).value
        size = with_one[f"{stem}_capacity"].fillna(with_one[f"{stem}_roll"]).fillna(usual)
        found = [
            maker.place(
                school,
                placement,
                needs_of(school, needs),
                HOST_PHASES.get(str(school["phase"]), tuple(Phase)),
                max(1.0, float(places)),
                ending=f"_{ending}",
                name=f"{school['name']}: {word}",
            )
            for school, places in zip(records(with_one), size, strict=True)
        ]
        if found:
            return found
    return _stand_ins(maker, placement, there, needs)


def _stand_ins(
    maker: Maker, placement: Placement, there: Counts, needs: Sequence[Need]
) -> list[Place]:
    """Return bases of the usual size on large schools, spread over the children's homes."""
    ending, word = BASES[placement]
    usual = parameter("start.base_places_now", maker.on).value
    label = word[0].upper() + word[1:]
    found: list[Place] = []
    for host_phase, phases in (
        (Phase.PRIMARY, (Phase.EARLY_YEARS, Phase.PRIMARY)),
        (Phase.SECONDARY, (Phase.SECONDARY, Phase.POST16)),
    ):
        years = [k for k, year in enumerate(NC_YEARS) if phase_of(year) in phases]
        children = int(there[:, years].sum())
        if children == 0:
            continue
        sites = hosts(maker.near, host_phase, maker.on)
        taken = {place.school["urn"] for place in found}
        sites = sites[~sites["urn"].isin(taken)]
        number = max(1, round(children / usual))
        chosen = cover(sites, maker.area, host_phase, number, maker.on)
        found += [
            maker.place(
                school,
                placement,
                needs,
                phases,
                float(-(-children // max(1, len(chosen)))),
                ending=f"_{ending}",
                name=f"{label}, host school not known (put at {school['name']})",
                stand_in=True,
            )
            for school in records(chosen)
        ]
    if found:
        maker.notes.append(
            f"Assumption: which mainstream schools have a {word} is not in this extract of the "
            f"register. {len(found)} stand-ins of about {usual:.0f} places are put at large "
            "schools spread over the children's homes; they say nothing about those schools."
        )
    return found
