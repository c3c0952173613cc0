"""An authority's own children: a file of pseudonyms and homes, refused when it names anyone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from geo.routing.children import SIDES, child_table
from inputs.errors import Fault, InputError, did_you_mean
from inputs.folder import open_one
from inputs.schemas.pupils import Pupil
from inputs.validate import judge

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from inputs.raw import RawTable

NAMES_SOMEONE = re.compile(
    r"(^|_)(name|forename|firstname|surname|lastname|middlename|known_as|parents?|guardians?|carers?|"
    r"dob|birth|birthday|born|upn|uln|nhs|ni|address|street|house|uprn|phone|telephone|mobile|"
    r"email|e_mail|contact)(_|$)"
)
"""Headings that would name a child or its family, whole words between underscores."""

BRITISH_GRID_METRES = ((1_000.0, 700_000.0), (1_000.0, 1_300_000.0))
"""Least and largest easting and northing of Great Britain; degrees are far below the least."""


def read_pupils(
    path: Path, provisions: Collection[str], zones: pd.DataFrame | None = None
) -> tuple[dict[str, pd.DataFrame], tuple[Fault, ...]]:
    """Return the children of a pupil file on both sides, and what a reader should know.

    Parameters
    ----------
    path
        CSV with the columns of `inputs.schemas.pupils.Pupil`.
    provisions
        Keys of the provisions that a child may go to.
    zones
        ``zone``, ``easting``, ``northing``: a child without a zone is given the nearest.

    Returns
    -------
    sides, warnings
        ``do_minimum`` (where each child goes now) and ``plan`` (where it would go), the same
        children in the same order (`geo.routing.types.CHILD_COLUMNS`).

    Raises
    ------
    InputError
        With every fault; a column that names children is refused, by its heading.
    """
    raw = open_one(path, Pupil.table)
    faults, warnings = _split(raw.faults)
    if Pupil.table not in raw.tables:
        raise InputError(faults)
    table = raw.tables[Pupil.table]
    faults += _naming(table)
    if faults:
        raise InputError(faults)
    judged = judge(table, Pupil)
    found, more = _split(judged.faults)
    faults += found
    warnings += more
    frame = judged.frame
    if not len(frame) and not faults:
        faults.append(Fault(path.name, "there is no child in it", "Add a row for each child"))
    faults += _unknown(path.name, frame, provisions) + _off_the_grid(path.name, frame)
    if faults:
        raise InputError(faults)
    frame = frame.reset_index(drop=True)
    frame["zone"] = _zones(frame, zones)
    now = frame["provision"]
    destinations = {"do_minimum": now, "plan": frame["plan_provision"].where(
        frame["plan_provision"].notna(), now)}  # fmt: skip
    sides = {side: child_table(frame.assign(provision=destinations[side])) for side in SIDES}
    return sides, tuple(warnings)


def _split(found: list[Fault] | tuple[Fault, ...]) -> tuple[list[Fault], list[Fault]]:
    faults = [fault for fault in found if fault.severity == "fault"]
    return faults, [fault for fault in found if fault.severity != "fault"]


def _naming(table: RawTable) -> list[Fault]:
    """Return a fault for each heading that would name a child or its family."""
    return [
        Fault(
            table.label,
            "would say who a child is, and the file is refused",
            "Take the column out, and give each child a pseudonym in the column child",
            row=1,
            column=heading,
            value=heading,
        )
        for heading in table.headings
        if NAMES_SOMEONE.search(re.sub(r"[^a-z0-9]+", "_", heading.lower()))
    ]


def _unknown(label: str, frame: pd.DataFrame, provisions: Collection[str]) -> list[Fault]:
    return [
        Fault(
            label,
            "is not a provision of the run",
            did_you_mean(str(value), provisions),
            cast("int", row),
            column,
            str(value),
        )
        for column in ("provision", "plan_provision")
        for row, value in frame[column].items()
        if value is not None and value == value and value not in provisions  # noqa: PLR0124
    ]


def _off_the_grid(label: str, frame: pd.DataFrame) -> list[Fault]:
    faults = []
    for column, (least, largest) in zip(("easting", "northing"), BRITISH_GRID_METRES, strict=True):
        for row, value in frame[column].items():
            if np.isfinite(value) and not least <= value <= largest:
                faults.append(
                    Fault(
                        label,
                        "is not in Great Britain",
                        "Give metres of the British National Grid, not degrees",
                        cast("int", row),
                        column,
                        f"{value:g}",
                    )
                )
    return faults


def _zones(frame: pd.DataFrame, zones: pd.DataFrame | None) -> pd.Series:
    """Return the home zone of each child: as stated, or the nearest."""
    stated = frame["zone"]
    if zones is None or not len(zones) or stated.notna().all():
        return stated
    from scipy.spatial import KDTree  # noqa: PLC0415 (slow to import)

    tree = KDTree(zones[["easting", "northing"]].to_numpy(float))
    _, nearest = tree.query(frame[["easting", "northing"]].to_numpy(float))
    there = pd.Series(zones["zone"].to_numpy(object)[nearest], index=frame.index, dtype=object)
    return stated.where(stated.notna(), there)
