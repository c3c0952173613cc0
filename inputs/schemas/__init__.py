"""One row model for each table that a user supplies."""

from __future__ import annotations

from inputs.schemas.bids import BID_TABLES, Bid
from inputs.schemas.cells import Row, in_year
from inputs.schemas.children import Entrants, Placed, Stay, Suitable
from inputs.schemas.journeys import TransportRate, Travel, Vehicle
from inputs.schemas.options import Option, OptionTeaches
from inputs.schemas.places import Provision, Teaches, Zone
from inputs.schemas.waiting import ROUND_TABLES, Mix, TeachingGroup, Vacancy, Waiting

TABLES: dict[str, type[Row]] = {
    model.table: model
    for model in (
        Zone,
        Provision,
        Teaches,
        Placed,
        Entrants,
        Stay,
        Suitable,
        Option,
        OptionTeaches,
        Travel,
        Vehicle,
        TransportRate,
    )
}
"""Every table, in the order in which a person meets them."""

__all__ = [
    "BID_TABLES",
    "ROUND_TABLES",
    "TABLES",
    "Bid",
    "Entrants",
    "Mix",
    "Option",
    "OptionTeaches",
    "Placed",
    "Provision",
    "Row",
    "Stay",
    "Suitable",
    "Teaches",
    "TeachingGroup",
    "TransportRate",
    "Travel",
    "Vacancy",
    "Vehicle",
    "Waiting",
    "Zone",
    "in_year",
]
