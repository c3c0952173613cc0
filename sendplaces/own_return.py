"""A case whose children are those of the authority's own return: options, making, corrections."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from inputs.errors import Fault, InputError
from inputs.official.blade import corrections as as_table
from inputs.start.files import open_files
from inputs.start.from_return import children_from_return
from inputs.start.start import Choices, StartedCase, make_case

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from inputs.start.files import Files


@dataclass(frozen=True)
class OwnReturn:
    """An authority's own return, in place of the published tables.

    Parameters
    ----------
    blade, postcodes
        The return's folder or zip, and an ONS postcode file.
    census
        In place of the return's own census date.
    corrections
        Where to write what was found in it.
    """

    blade: Path
    postcodes: Path | None = None
    census: date | None = None
    corrections: Path | None = None


def own_return(
    blade: Path | None,
    postcodes: Path | None,
    census: str | None,
    corrections: Path | None,
    waiting: int,
) -> OwnReturn | None:
    """Return what was asked of a return, or None where there is none.

    Raises
    ------
    InputError
        When options clash, or the census date is no date.
    """
    given = {"--postcodes": postcodes, "--census": census, "--corrections": corrections}
    faults = [
        Fault(name, "goes with --blade, which was not given", "Give --blade, or leave it out")
        for name, value in given.items()
        if blade is None and value is not None
    ]
    if blade is not None and waiting:
        said = "cannot be stated beside --blade: the return says who waits"
        faults.append(Fault("--waiting", said, "Leave it out", value=str(waiting)))
    day = None
    if census is not None:
        try:
            day = date.fromisoformat(census)
        except ValueError:
            faults.append(Fault("--census", "is no date", "Write it as YYYY-MM-DD", value=census))
    if faults:
        raise InputError(faults)
    return None if blade is None else OwnReturn(blade, postcodes, day, corrections)


def case_from_return(
    la: str,
    files: Files,
    choices: Choices,
    own: OwnReturn,
    *,
    force: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> StartedCase:
    """Make a case of the children in a return, and write what was found in it.

    Parameters
    ----------
    la, files, choices
        As for any case (``start_case``).
    own
        The return.
    force
        Whether a file of corrections that is there is replaced.
    tell
        Told how far it is.

    Raises
    ------
    InputError
        With every fault of the files or of the return; the corrections are written all the same.
    """
    path = own.corrections
    if path is not None and path.exists() and not force:
        remedy = "Choose another --corrections, or say --force"
        raise InputError([Fault(str(path), "is there already", remedy)])
    opened = open_files(la, files, tell)
    tell("Reading the return")
    try:
        returned = children_from_return(opened, files, own.blade, own.postcodes, own.census)
    except InputError as error:
        _write(path, error.faults)
        raise
    _write(path, returned.read.findings)
    case = make_case(
        opened, choices, children=returned.children, waiting=returned.waiting, tell=tell
    )
    return replace(case, made={**case.made, "own_return": returned.read.counts})


def _write(path: Path | None, found: Sequence[Fault]) -> None:
    """Write what was found as a CSV that Excel opens, under a temporary name first."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")
    try:
        as_table(found).to_csv(half, index=False, encoding="utf-8-sig", lineterminator="\n")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
