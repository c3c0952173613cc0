"""Read a case: a folder of CSV files, or one workbook. The one door by which a case comes in.

``folder`` and ``workbook`` open the files, ``validate`` judges the cells, ``coordinates`` puts
every place on one grid, and ``checks`` holds the tables against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from inputs.case import Case, CaseFacts
from inputs.checks import CHECKS
from inputs.columns import column
from inputs.coordinates import on_the_grid
from inputs.demand.chosen import draws_belong
from inputs.draft import Draft
from inputs.errors import Fault, InputError
from inputs.folder import open_folder
from inputs.raw import RawCase
from inputs.schemas import TABLES
from inputs.validate import Judged, empty, judge
from inputs.wording import explain, shown, suggest
from inputs.workbook import SUFFIXES, open_workbook

if TYPE_CHECKING:
    from pathlib import Path


def read_case(path: Path) -> Case:
    """Return the case in a folder of CSV files or in one workbook.

    Parameters
    ----------
    path
        The folder, or the workbook (.xlsx, .xlsm, .ods).

    Returns
    -------
    Case
        With its warnings; it has no fault.

    Raises
    ------
    InputError
        With every fault there is, not only the first.
    """
    case, found = inspect_case(path)
    if case is None:
        raise InputError(fault for fault in found if fault.severity == "fault")
    return case


def inspect_case(path: Path) -> tuple[Case | None, tuple[Fault, ...]]:
    """Return the case, or None where it has faults, with every fault and warning.

    Parameters
    ----------
    path
        The folder, or the workbook (.xlsx, .xlsm, .ods).

    Returns
    -------
    tuple
        The case and what was found: faults first, then warnings, each in reading order.
    """
    raw = _open(path)
    found = list(raw.faults)
    if not raw.tables and not raw.broken and any(f.severity == "fault" for f in found):
        return None, tuple(found)
    found += _about_files(raw)
    facts = _judge_facts(raw, found)
    judged = {name: judge(table, TABLES[name]) for name, table in raw.tables.items()}
    for name in TABLES:
        found += judged[name].faults if name in judged else ()
    draft = _draft(raw, judged, facts)
    for name in ("zones", "provisions"):
        frame, faults = on_the_grid(draft, name)
        draft.frames[name] = frame
        found += faults
    for check in CHECKS:
        found += check(draft)
    if raw.draws is not None and not {"zones", "entrants"} & draft.unsure:
        found += draws_belong(raw.draws, draft.frames["zones"]["zone"], draft.frames["entrants"])
    # The sort is stable: reading order stays within each kind.
    found.sort(key=lambda fault: fault.severity != "fault")
    if facts is None or any(fault.severity == "fault" for fault in found):
        return None, tuple(found)
    return _case(raw, draft, facts, tuple(found)), tuple(found)


def _open(path: Path) -> RawCase:
    """Return what stands at a path, or the fault that says why nothing does."""
    fault: Fault | None = None
    try:
        if path.is_dir():
            raw = open_folder(path)
            if not raw.tables and not raw.broken:
                raw.faults.insert(0, _nothing_in(path))
            return raw
        if not path.exists():
            near = suggest(path.name, (p.name for p in path.parent.iterdir()))
            near = near if near.startswith("Did") else "Check the spelling and the folder"
            fault = Fault(str(path), "there is no such file or folder", near)
        elif path.suffix.lower() in SUFFIXES:
            return open_workbook(path)
        elif path.suffix.lower() == ".csv":
            fault = Fault(path.name, "is one table of a case", "Give the folder that it stands in")
        else:
            fault = Fault(
                path.name,
                "is neither a folder of CSV files nor a workbook",
                "Give a folder, or a workbook saved as .xlsx, .xlsm or .ods",
            )
    except (OSError, ValueError) as error:
        fault = Fault(str(path), f"cannot be opened ({error})", "Check that you may read it")
    return RawCase(faults=[fault])


def _nothing_in(folder: Path) -> Fault:
    books = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)
    remedy = f"Give the workbook itself: {books[0]}" if books else (
        "Put zones.csv, provisions.csv, teaches.csv and entrants.csv there, or fill in a template"
    )  # fmt: skip
    return Fault(str(folder), "the folder holds no table of a case", remedy)


def _about_files(raw: RawCase) -> list[Fault]:
    """Return faults for tables that are missing, and warnings for files that are not tables."""
    ending, thing = raw.ending, "file" if raw.ending else "sheet"
    absent = [name for name in TABLES if name not in raw.tables and name not in raw.broken]
    faults: list[Fault] = []
    for name in absent:
        if TABLES[name].required:
            near = suggest(name + ending, raw.unknown) if raw.unknown else ""
            near = near.replace("Did you mean", "Is it") if near.startswith("Did") else ""
            faults.append(
                Fault(
                    name + ending,
                    f"the {thing} is missing",
                    near or "Add it: one row is " + _one_row(name),
                )
            )
    for stray in raw.unknown:
        near = suggest(stray, [name + ending for name in absent])
        faults.append(
            Fault(
                stray,
                f"the {thing} is not a table of a case, and is ignored",
                near if near.startswith("Did") else "",
                severity="warning",
            )
        )
    return faults


def _one_row(name: str) -> str:
    words = (TABLES[name].__doc__ or "").splitlines()[0].rstrip(".")
    return words[:1].lower() + words[1:]


def _judge_facts(raw: RawCase, found: list[Fault]) -> CaseFacts | None:
    """Return the keys of ``case.toml``, or None (and the faults, added to those found)."""
    if raw.facts is None:
        return None
    label, before, good = raw.facts_label, len(found), {}
    known = CaseFacts.model_fields
    found += [
        Fault(label, "is not a key", suggest(key, known), column=key[:60], value=shown(key))
        for key in raw.facts
        if key not in known
    ]
    for name, field in known.items():
        asked = column(name, field)
        value: Any = raw.facts.get(name)
        if value is None or value == "":
            if asked.required:
                found.append(
                    Fault(label, "is missing", f"Add it: {asked.description.rstrip('.')}",
                          column=name)
                )  # fmt: skip
            continue
        if isinstance(value, dict | list):
            found.append(Fault(label, "must be one value", asked.description.rstrip("."),
                               column=name))  # fmt: skip
            continue
        try:
            good[name] = asked.adapter.validate_python(value)
        except ValidationError as error:
            wrong = explain(asked, value, error)
            found.append(Fault(label, wrong.problem, wrong.remedy, column=name, value=wrong.value))
    return CaseFacts(**good) if len(found) == before else None


def _draft(raw: RawCase, judged: dict[str, Judged], facts: CaseFacts | None) -> Draft:
    frames = {
        name: judged[name].frame if name in judged else empty(model)
        for name, model in TABLES.items()
    }
    labels = {name: name + raw.ending for name in TABLES}
    labels |= {name: table.label for name, table in raw.tables.items()}
    unsure = {name for name, table in judged.items() if table.missing} | raw.broken
    unsure |= {name for name in TABLES if TABLES[name].required and name not in judged}
    return Draft(
        frames=frames,
        labels=labels,
        bad={name: table.bad for name, table in judged.items()},
        unsure=frozenset(unsure),
        facts=facts,
    )


def _case(raw: RawCase, draft: Draft, facts: CaseFacts, found: tuple[Fault, ...]) -> Case:
    frames: dict[str, Any] = {
        name: frame.reset_index(drop=True) for name, frame in draft.frames.items()
    }
    return Case(
        **facts.model_dump(),
        **frames,
        polygons=raw.polygons,
        warnings=found,
        sources=tuple(raw.sources),
        notes=raw.notes,
        scenario=raw.scenario,
        network=raw.network,
        draws=raw.draws,
    )
