"""Read a round of bids beside its case: every fault at once, and each bid made an option.

The case's own options that nobody has committed to stand aside, unless asked for: a round decides
between the bids, on top of what is there and what is decided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from inputs.case import CaseFacts
from inputs.checks import (
    capital_plausible,
    costs_plausible,
    known_links,
    no_circle,
    only_shrinking_saves,
    opening_in_order,
    shares_add_up,
    years_in_the_horizon,
)
from inputs.coordinates import on_the_grid
from inputs.draft import Draft, rows_of
from inputs.errors import Fault, InputError, did_you_mean
from inputs.folder import open_one
from inputs.raw import RawCase
from inputs.read import inspect_case
from inputs.schemas import BID_TABLES, TABLES, Bid, Option, OptionTeaches, Provision
from inputs.validate import Judged, empty, judge
from inputs.vocabulary import STATE_PLACES, Need, Phase
from inputs.wording import suggest
from inputs.workbook import SUFFIXES, open_sheets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from inputs.case import Case

NAME = Bid.table
_OF_THE_CASE = 10_000_000
"""Rows of the case stand beyond it in the tables that hold both, so that no two share a number."""


@dataclass(frozen=True, eq=False)
class Bids:
    """A checked round of bids.

    Parameters
    ----------
    table
        One row a bid, with the columns of :class:`inputs.schemas.bids.Bid`.
    case
        The case with each bid as an option, and each new provision that a bid opens.
    warnings
        What is odd in the round, but not wrong.
    """

    table: pd.DataFrame
    case: Case
    warnings: tuple[Fault, ...]


def read_bids(case_path: Path, bids: Path | None, *, beside_options: bool = False) -> Bids:
    """Return a round of bids over a case.

    Parameters
    ----------
    case_path
        A folder of CSV files or one workbook.
    bids
        The table of bids: a CSV file, or a workbook with a sheet ``bids``; None: the case's own.
    beside_options
        Whether the case's own options may be chosen too.

    Raises
    ------
    InputError
        With every fault of the case and of the bids.
    """
    case, found = inspect_case(case_path)
    faults = list(found)
    raw = _open(case_path, bids)
    faults += raw.faults
    table = empty(Bid)
    if NAME in raw.tables:
        judged = judge(raw.tables[NAME], Bid)
        table = judged.frame
        faults += judged.faults
        if not len(table):
            faults.append(
                Fault(raw.tables[NAME].label, "has no bid in it", "Add a row for each bid")
            )
        if case is not None and not judged.missing:
            faults += _checked(case, judged, raw.tables[NAME].label)
    wrong = [fault for fault in faults if fault.severity == "fault"]
    if wrong or case is None:
        raise InputError(wrong)
    known = set(case.warnings)
    return Bids(
        table.reset_index(drop=True),
        replace(
            _with_bids(case, table, beside_options=beside_options),
            sources=(*case.sources, *raw.sources),
        ),
        tuple(fault for fault in faults if fault not in known),
    )


def _open(case_path: Path, bids: Path | None) -> RawCase:
    """Return the table of bids as it was typed, or why there is none."""
    own = case_path / f"{NAME}.csv" if case_path.is_dir() else case_path
    path = bids or own
    if not path.is_file():
        asked = "there is no such file" if bids else "the case holds no table of bids"
        remedy = "Check the path" if bids else "Name it with --bids FILE, or put bids.csv there"
        return RawCase(faults=[Fault(str(path), asked, remedy)])
    if path.suffix.lower() in SUFFIXES:
        read = open_sheets(path, BID_TABLES)
        if NAME not in read.tables and not read.faults:
            remedy = f"Name the sheet {NAME}, or save it as CSV"
            read.faults.append(Fault(path.name, f"has no sheet {NAME!r}", remedy))
        return read
    return open_one(path, NAME)


def _checked(case: Case, judged: Judged, label: str) -> list[Fault]:
    """Return what is wrong between the bids, and between them and the case."""
    table = judged.frame
    faults = [*_codes(table, label), *_provisions(case, table, label), *_names(case, table, label)]
    theirs = case.options.set_index(case.options.index + _OF_THE_CASE)
    frames = {
        "zones": case.zones,
        "provisions": _new_provisions(case, table),
        "options": pd.concat([one for one in (_options(table), theirs) if len(one)]),
        "option_teaches": _teaches(table),
    }
    draft = Draft(
        frames={name: frames.get(name, empty(model)) for name, model in TABLES.items()},
        labels=dict.fromkeys(TABLES, label),
        bad={"options": judged.bad, "provisions": judged.bad},
        facts=_facts(case),
    )
    faults += on_the_grid(draft, "provisions")[1]
    for check in BETWEEN:
        faults += [
            _in_the_table(fault) for fault in check(draft) if (fault.row or 0) < _OF_THE_CASE
        ]
    return list(dict.fromkeys(faults))


BETWEEN = (
    known_links,
    no_circle,
    years_in_the_horizon,
    opening_in_order,
    shares_add_up,
    costs_plausible,
    capital_plausible,
    only_shrinking_saves,
)
"""Rules of a case that hold for bids too."""


def _in_the_table(fault: Fault) -> Fault:
    """Return a fault of an option as one of the bid that it was made from."""
    column = "bid" if fault.column == "option" else fault.column
    return replace(fault, column=column, problem=fault.problem.replace("an option", "a bid"))


def _facts(case: Case) -> CaseFacts:
    return CaseFacts(**{name: getattr(case, name) for name in CaseFacts.model_fields})


def _codes(table: pd.DataFrame, label: str) -> Iterator[Fault]:
    """Require that needs and phases are codes."""
    for heading, kinds in (("needs", Need), ("phases", Phase)):
        known = [one.value for one in kinds]
        for row, words in rows_of(table, heading):
            for word in words or ():
                if word not in known:
                    one = "need" if heading == "needs" else "phase"
                    yield Fault(
                        label, f"is not a {one}", did_you_mean(word, known), int(row), heading, word
                    )


def _provisions(case: Case, table: pd.DataFrame, label: str) -> Iterator[Fault]:
    """Require that a bid grows what is there, or says where and what a new provision is."""
    there = dict(zip(case.provisions["provision"], case.provisions["class"], strict=True))
    stated: dict[str, str] = {}
    for key, kind in zip(table["provision"], table["class"], strict=True):
        if key is not None and kind is not None:
            stated.setdefault(str(key), str(kind))
    state = [str(one) for one in STATE_PLACES]
    for row, key, kind in rows_of(table, "provision", "class"):
        if key is None:
            continue
        where = int(row), "class", kind
        if key in there and kind is not None and str(kind) != str(there[key]):
            yield Fault(
                label, f"is not the class of {key}, which is {there[key]}", "Leave it blank", *where
            )
        elif key not in there and key not in stated:
            yield Fault(
                label,
                "is not a provision of the case, and no class is given for a new one",
                f"{suggest(key, there)}, or give class, easting and northing",
                int(row),
                "provision",
                str(key),
            )
        elif kind is not None and str(kind) not in state:
            yield Fault(
                label, "is no class whose places an authority commissions",
                "Choose one of: " + ", ".join(state), *where,
            )  # fmt: skip
        elif key not in there and kind is not None and str(kind) != stated[str(key)]:
            yield Fault(
                label,
                f"differs from the class that another bid gives {key}",
                "Give one class",
                *where,
            )


def _names(case: Case, table: pd.DataFrame, label: str) -> Iterator[Fault]:
    """Require that no bid has the key of an option of the case."""
    for row, key in rows_of(table, "bid"):
        if key is not None and key in set(case.options["option"]):
            yield Fault(
                label, "is the key of an option of the case too", "Give the bid another key",
                int(row), "bid", str(key),
            )  # fmt: skip


def _with_bids(case: Case, table: pd.DataFrame, *, beside_options: bool) -> Case:
    """Return the case with each bid as an option."""
    kept = case.options
    if not beside_options:
        needed = _decided(case.options)
        kept = case.options[case.options["option"].isin(needed)]
    taught = case.option_teaches[case.option_teaches["option"].isin(kept["option"])]
    places = _new_provisions(case, table)
    draft = Draft(
        frames={"zones": case.zones, "provisions": places},
        labels={"zones": "zones", "provisions": NAME},
        facts=_facts(case),
    )
    places, _ = on_the_grid(draft, "provisions")
    return replace(
        case,
        provisions=_joined(case.provisions, places),
        options=_joined(kept, _options(table)),
        option_teaches=_joined(taught, _teaches(table)),
    )


def _joined(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return two tables of one kind under each other, of the same types."""
    if not len(other):
        return one.reset_index(drop=True)
    if not len(one):
        return other.reset_index(drop=True)
    both = pd.concat([one.astype(object), other.astype(object)], ignore_index=True)
    return both.astype(one.dtypes.to_dict())


def _decided(options: pd.DataFrame) -> set[str]:
    """Return the options that are committed, and those that they require."""
    requires = dict(zip(options["option"], options["requires"], strict=True))
    needed = [str(one) for one in options["option"][options["committed_year"].notna()]]
    for one in needed:  # grows as it is walked
        needed += [name for name in requires.get(one, ()) if name not in needed]
    return set(needed)


def _options(table: pd.DataFrame) -> pd.DataFrame:
    """Return the bids as rows of ``options``, by the row of the bid."""
    renamed = table.rename(columns={"bid": "option"})
    return _laid_out(Option, renamed)


def _teaches(table: pd.DataFrame) -> pd.DataFrame:
    """Return what the bids teach as rows of ``option_teaches``, by the row of the bid."""
    rows: list[dict[str, Any]] = []
    index: list[int] = []
    cells = rows_of(table, "bid", "needs", "phases", "annual_cost_gbp")
    for row, bid, needs, phases, gbp in cells:
        for need in needs or ():
            for phase in phases or ():
                index.append(int(row))
                rows.append({"option": bid, "need": need, "phase": phase, "annual_cost_gbp": gbp})
    wanted = ["option", "need", "phase", "annual_cost_gbp"]
    return _laid_out(OptionTeaches, pd.DataFrame(rows, index=index, columns=wanted))


def _new_provisions(case: Case, table: pd.DataFrame) -> pd.DataFrame:
    """Return the provisions that bids open, by the row of the bid that says where each is."""
    new = table[table["class"].notna() & table["provision"].notna()]
    new = new[~new["provision"].isin(case.provisions["provision"])]
    new = new.drop_duplicates("provision")
    taken = ["provision", "name", "class", "easting", "northing", "longitude", "latitude"]
    frame = new[[*taken, "locality", "place_funding_gbp"]].copy()
    frame["name"] = [name or key for name, key in zip(new["name"], new["provision"], strict=True)]
    return _laid_out(Provision, frame.assign(places=0.0, in_area=True))


def _laid_out(model: type[Any], frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame in the columns and types of a row model; what it lacks is at its default."""
    blank = empty(model)
    made = {}
    for heading in blank.columns:
        if heading in frame.columns:
            made[heading] = frame[heading]
        else:
            field = next(
                one for name, one in model.model_fields.items() if (one.alias or name) == heading
            )
            value = None if field.is_required() else field.default
            cells = np.empty(len(frame), dtype=object)
            cells[:] = [value] * len(frame)
            made[heading] = pd.Series(cells, index=frame.index)
    out = pd.DataFrame(made, index=frame.index)
    for heading in blank.columns:
        kind, column = blank[heading].dtype, out[heading]
        if kind == np.float64:
            out[heading] = pd.to_numeric(column).astype(float)
        elif str(kind) == "Int64" or (kind.kind in "iub" and column.isna().any()):
            out[heading] = column.astype("Int64")
        elif kind.kind in "iub":
            out[heading] = column.astype(kind)
        else:
            out[heading] = column.astype(object)
    return out
