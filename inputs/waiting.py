"""Read what a placement round needs beside its case: who waits, which places are open, what mixes.

The tables come from the case's own folder or workbook, or from files named for the round. They are
judged as a case is: every fault at once, with what to do about each; but a waiting list that says
who a child is, is refused, and no cell of it is repeated in any message, numbers apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from inputs.draft import Draft
from inputs.errors import Fault, InputError
from inputs.folder import open_one, paragraphs
from inputs.personal import identifying_columns, without_values
from inputs.read import inspect_case
from inputs.round_checks import ROUND_CHECKS
from inputs.schemas import ROUND_TABLES, TABLES, Waiting
from inputs.validate import Judged, empty, judge
from inputs.workbook import SUFFIXES, open_sheets

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd

    from inputs.case import Case, Source
    from inputs.raw import RawTable

NOTES = "round-notes.md"
"""Assumptions behind the round's tables, beside them in a case folder; printed in its report."""


@dataclass(frozen=True, eq=False)
class RoundTables:
    """The checked tables of one placement round.

    Frames have the columns of their row models in `inputs.schemas.waiting`, numbered from 0, with
    the types that `inputs.case.Case` promises; days are ``datetime.date`` (blank: None).

    Parameters
    ----------
    waiting
        One row a child; ``zone`` is filled in from the postcode, and ``postcode`` is emptied.
    vacancies
        Places open now; empty where none were supplied (see ``supplied``).
    mixes, groups
        Needs that cannot be held together, and teaching groups.
    supplied
        Names of the tables that were supplied.
    on
        The date of the round.
    warnings, sources, notes
        As of a case.
    """

    waiting: pd.DataFrame
    vacancies: pd.DataFrame
    mixes: pd.DataFrame
    groups: pd.DataFrame
    supplied: frozenset[str]
    on: date
    warnings: tuple[Fault, ...]
    sources: tuple[Source, ...]
    notes: tuple[str, ...]


def read_round(
    case_path: Path,
    *,
    waiting: Path | None = None,
    vacancies: Path | None = None,
    on: date | None = None,
    today: date | None = None,
) -> tuple[Case, RoundTables]:
    """Return a case and the tables of a placement round over it.

    Parameters
    ----------
    case_path
        A folder of CSV files or one workbook; it may hold the round's tables too.
    waiting, vacancies
        Files (CSV, or a workbook with a sheet of that name) to read in place of the case's own.
    on
        Date of the round; None takes ``as_at`` of the waiting list, and where that is blank
        ``today``.
    today
        The day on which it is run; None asks the clock.

    Raises
    ------
    InputError
        With every fault of the case and of the round's tables.
    """
    today = today or date.today()  # noqa: DTZ011 - the day on the wall of whoever runs it
    case, found = inspect_case(case_path)
    raws, about_files, sources = _open(case_path, {"waiting": waiting, "vacancies": vacancies})
    found = (*found, *about_files)
    judged, about_cells = _judge(raws, today)
    found = (*found, *about_cells)
    when, about_day = _date_of_the_round(judged.get("waiting"), raws, on, today)
    found = (*found, *about_day)
    draft = _draft(case, raws, judged, ".csv" if case_path.is_dir() else "")
    for check in ROUND_CHECKS:
        found = (*found, *_unsaid(draft, check(draft, when)))
    faults = [fault for fault in found if fault.severity == "fault"]
    if faults or case is None:
        raise InputError(faults)
    frames = {name: draft.frames[name].reset_index(drop=True) for name in ROUND_TABLES}
    frames["waiting"] = frames["waiting"].assign(postcode=None)
    known = set(case.warnings)
    return case, RoundTables(
        **frames,
        supplied=frozenset(raws),
        on=when,
        warnings=tuple(fault for fault in found if fault not in known),
        sources=tuple(sources),
        notes=_notes(case_path),
    )


def _unsaid(draft: Draft, faults: Iterable[Fault]) -> list[Fault]:
    """Return faults, those about the waiting list without what its cells held."""
    label = draft.labels["waiting"]
    kept: list[Fault] = []
    for fault in faults:
        kept += without_values([fault]) if fault.table == label else [fault]
    return kept


def _open(
    case_path: Path, named: dict[str, Path | None]
) -> tuple[dict[str, RawTable], list[Fault], list[Source]]:
    """Return the round's tables as typed: those named for it, and the case's own for the rest."""
    raws: dict[str, RawTable] = {}
    faults: list[Fault] = []
    sources: list[Source] = []
    tried: set[str] = set()
    for name, path in named.items():
        if path is None:
            continue
        tried.add(name)
        if not path.is_file():
            faults.append(Fault(str(path), "there is no such file", "Check the path"))
            continue
        if path.suffix.lower() in SUFFIXES:
            read = open_sheets(path, ROUND_TABLES)
            if name not in read.tables and not read.faults:
                faults.append(
                    Fault(path.name, f"has no sheet {name!r}", "Name the sheet so, or save as CSV")
                )
        else:
            read = open_one(path, name)
        raws |= {key: table for key, table in read.tables.items() if key not in raws}
        faults += read.faults
        sources += read.sources
    own = [name for name in ROUND_TABLES if name not in raws and name not in tried]
    if case_path.is_dir():
        for name in own:
            for path in sorted(case_path.iterdir()):
                if path.is_file() and path.suffix.lower() == ".csv" and path.stem.lower() == name:
                    read = open_one(path, name)
                    raws |= read.tables
                    faults += read.faults
                    sources += read.sources
    elif case_path.suffix.lower() in SUFFIXES and case_path.is_file():
        read = open_sheets(case_path, own)
        raws |= read.tables  # faults of the file itself are told with the case
    if "waiting" not in raws and "waiting" not in tried and not faults:
        faults.append(
            Fault(
                "waiting",
                "there is no waiting list",
                "Name it with --waiting FILE, or put waiting.csv into the case folder",
            )
        )
    return raws, faults, sources


def _judge(raws: dict[str, RawTable], today: date) -> tuple[dict[str, Judged], list[Fault]]:
    """Return the tables judged; a waiting list that says who a child is, is not judged at all."""
    judged: dict[str, Judged] = {}
    faults: list[Fault] = []
    for name, raw in raws.items():
        if name == "waiting":
            refused = identifying_columns(raw, today)
            if refused:
                faults += refused
                continue
        one = judge(raw, ROUND_TABLES[name])
        judged[name] = one
        told = list(one.faults)
        if name == "waiting":
            told = without_values(told)
            if "child" in one.missing:  # row 1 may hold a child, not headings: say none of it
                told = [fault for fault in told if fault.severity == "fault"]
            if not raw.rows:
                told.append(
                    Fault(raw.label, "has no child in it", "Add a row for each child waiting")
                )
        faults += told
    return judged, faults


def _date_of_the_round(
    waiting: Judged | None, raws: dict[str, RawTable], on: date | None, today: date
) -> tuple[date, list[Fault]]:
    """Return the date of the round, and what is wrong with the days of the list."""
    if waiting is None:
        return on or today, []
    label = raws["waiting"].label
    days = waiting.frame["as_at"].dropna()
    faults = []
    second = days[days != days.iloc[0]] if len(days) else days
    if len(second):
        faults.append(
            Fault(
                label,
                "is another day than in the rows above: weeks waited must be as of one day",
                "Give every row the same as_at",
                row=int(second.index[0]),
                column="as_at",
            )
        )
    late = days[[day > today for day in days]]
    if len(late):
        faults.append(
            Fault(label, "is in the future", "Give the day on which the list was drawn",
                  row=int(late.index[0]), column="as_at")
        )  # fmt: skip
    if on is not None:
        return on, faults
    if len(days):
        return days.iloc[0], faults
    faults.append(
        Fault(
            label,
            f"does not say on which day it was drawn: the round is taken as of {today}",
            "Add the column as_at, or say --on",
            severity="warning",
        )
    )
    return today, faults


def _draft(
    case: Case | None, raws: dict[str, RawTable], judged: dict[str, Judged], ending: str
) -> Draft:
    """Return the case's tables and the round's together, for the checks between them."""
    frames = {
        name: (getattr(case, name) if case is not None else empty(model))
        for name, model in TABLES.items()
    }
    frames |= {
        name: judged[name].frame if name in judged else empty(model)
        for name, model in ROUND_TABLES.items()
    }
    unsure = {name for name, one in judged.items() if one.missing}
    if case is None:
        unsure |= set(TABLES)
    if Waiting.table not in judged:
        unsure.add(Waiting.table)
    return Draft(
        frames=frames,
        labels={name: raws[name].label if name in raws else name + ending for name in frames},
        bad={name: one.bad for name, one in judged.items()},
        unsure=frozenset(unsure),
    )


def _notes(case_path: Path) -> tuple[str, ...]:
    path = case_path / NOTES
    if not path.is_file():
        return ()
    return tuple(paragraphs(path.read_text(encoding="utf-8-sig", errors="replace")))
