"""The vehicles: an authority's own table, a file, or the dated default fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.routing.types import VehicleType
from inputs.errors import Fault, InputError
from inputs.folder import open_one
from inputs.parameters.vehicles import default_vehicles
from inputs.schemas import Vehicle
from inputs.validate import judge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

CAR_SEATS = 8
"""Above eight passenger seats a vehicle is a minibus (Highway Code rule 124)."""


def default_fleet(on: date) -> tuple[VehicleType, ...]:
    """Return the dated default fleet: its prices are judgements, and say so in their file.

    >>> from datetime import date
    >>> [(one.type, one.seats, one.wheelchairs) for one in default_fleet(date(2026, 9, 1))][:2]
    [('taxi', 3, 0), ('mpv', 8, 0)]
    """
    return tuple(
        VehicleType(
            type=row["type"],
            seats=int(row["seats"]),
            wheelchairs=int(row["wheelchairs"]),
            fixed_per_run_gbp=float(row["fixed_per_run_gbp"]),
            per_mile_gbp=float(row["per_mile_gbp"]),
            per_hour_gbp=float(row["per_hour_gbp"]),
            assistant_gbp=float(row["assistant_gbp"]),
            always_assisted=row["always_assisted"] == "yes",
            available=None,
            speed_cap_mph=float(row["speed_cap_mph"]) if row["speed_cap_mph"] else None,
            carbon_kg_per_mile=float(row["carbon_kg_per_mile"]),
        )
        for row in default_vehicles(on)
    )


def default_fleet_note() -> Fault:
    """Return what a reader must know where the default fleet stands in."""
    return Fault(
        "fleet",
        "no vehicles were given: the dated default fleet is used, whose prices are judgements",
        "Give the authority's own vehicles and prices in fleet.csv",
        severity="warning",
    )


def fleet_of(table: pd.DataFrame, on: date) -> tuple[VehicleType, ...]:
    """Return the vehicles of a checked table ``fleet``.

    A vehicle without a carbon figure is given that of the default taxi, or above eight seats that
    of the default minibus.

    Parameters
    ----------
    table
        Columns of `inputs.schemas.Vehicle`; those not there stand at their defaults.
    on
        Day whose default fleet gives carbon.
    """
    known = {one.type: one.carbon_kg_per_mile for one in default_fleet(on)}

    def vehicle(row: Mapping[Any, Any]) -> VehicleType:
        seats = int(row["seats"])
        carbon = _number(row.get("carbon_kg_per_mile"))
        available = _number(row.get("available"))
        return VehicleType(
            type=str(row["type"]),
            seats=seats,
            wheelchairs=int(_number(row.get("wheelchairs")) or 0),
            fixed_per_run_gbp=float(row["fixed_per_run_gbp"]),
            per_mile_gbp=_number(row.get("per_mile_gbp")) or 0.0,
            per_hour_gbp=_number(row.get("per_hour_gbp")) or 0.0,
            assistant_gbp=_number(row.get("assistant_gbp")) or 0.0,
            always_assisted=bool(row.get("always_assisted", False)),
            available=None if available is None else int(available),
            speed_cap_mph=_number(row.get("speed_cap_mph")),
            carbon_kg_per_mile=(
                carbon if carbon is not None else known["minibus" if seats > CAR_SEATS else "taxi"]
            ),
        )

    return tuple(vehicle(row) for row in table.to_dict("records"))


def read_fleet(path: Path, on: date) -> tuple[VehicleType, ...]:
    """Return the vehicles of a CSV file with the columns of the table ``fleet``.

    Raises
    ------
    InputError
        With every fault: a negative cost, a type given twice, a vehicle that carries nobody ...
    """
    raw = open_one(path, Vehicle.table)
    faults = [fault for fault in raw.faults if fault.severity == "fault"]
    if Vehicle.table not in raw.tables:
        raise InputError(faults)
    judged = judge(raw.tables[Vehicle.table], Vehicle)
    faults += [fault for fault in judged.faults if fault.severity == "fault"]
    if not len(judged.frame) and not faults:
        faults.append(Fault(path.name, "there is no vehicle in it", "Add a row for each type"))
    if not faults:
        fleet = fleet_of(judged.frame, on)
        faults = check_fleet(fleet, path.name)
        if not faults:
            return fleet
    raise InputError(faults)


def check_fleet(fleet: Sequence[VehicleType], label: str = "fleet") -> list[Fault]:
    """Return every fault of a fleet, however it came: negative costs, nobody carried, repeats."""
    faults = []
    seen: set[str] = set()
    for one in fleet:
        if one.type in seen:
            faults.append(
                Fault(label, "is given twice", "Keep one of the two rows", None, "type", one.type)
            )
        seen.add(one.type)
        for name in ("fixed_per_run_gbp", "per_mile_gbp", "per_hour_gbp", "assistant_gbp"):
            value = getattr(one, name)
            if not 0 <= value < float("inf"):
                faults.append(
                    Fault(
                        label,
                        f"is no cost of a {one.type}",
                        "Write pounds, 0 or more",
                        column=name,
                        value=f"{value:g}",
                    )
                )
        if one.seats + one.wheelchairs < 1 or min(one.seats, one.wheelchairs) < 0:
            faults.append(
                Fault(
                    label,
                    f"a {one.type} carries nobody: it has neither seats nor wheelchair places",
                    "State its seats",
                    column="seats",
                )
            )
    if not fleet:
        faults.append(Fault(label, "there is no vehicle", "Add a row for each type of vehicle"))
    return faults


def _number(value: object) -> float | None:
    """Return a number, or None where the cell is blank."""
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type,call-overload]
