"""The command ``start``: a case folder from official files, and what to say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inputs.start.start import Choices, StartedCase, start_case
from inputs.start.writing import EVIDENCE, NOTES, check_out, write_case
from inputs.vocabulary import academic_year
from sendplaces.own_return import OwnReturn, case_from_return, own_return

if TYPE_CHECKING:
    from pathlib import Path

    from inputs.start.children import Children
    from inputs.start.files import Files
    from sendplaces.runs import Tell


__all__ = ["OwnReturn", "own_return", "run_start", "summary", "told"]


def run_start(
    la: str,
    files: Files,
    out: Path,
    choices: Choices,
    *,
    force: bool,
    tell: Tell,
    children: Children | None = None,
    own: OwnReturn | None = None,
) -> StartedCase:
    """Make a case of an authority from official files and write its folder.

    Raises
    ------
    InputError
        For every fault in the files, and where ``out`` is in use.
    """
    check_out(out, force=force)
    if own is None:
        case = start_case(la, files, choices, children=children, tell=tell.stage)
    else:
        case = case_from_return(la, files, choices, own, force=force, tell=tell.stage)
    tell.stage("Writing the case folder")
    write_case(case, out, force=force)
    return case


def summary(case: StartedCase, out: Path) -> dict[str, Any]:
    """Return what was made, for other programs."""
    margins = case.margins
    return {
        "case": str(out),
        "authority": {
            "name": case.authority.name,
            "code": case.authority.code,
            "old_code": case.authority.old_code,
        },
        "base_year": case.base_year,
        "price_year": case.price_year,
        "horizon_years": case.horizon_years,
        **case.made,
        "margins": None
        if margins is None
        else {"published": len(margins), "held": int((margins["difference"] == 0).sum())},
        "warnings": [one.as_dict() for one in case.warnings],
    }


def told(case: StartedCase, out: Path) -> str:
    """Return what was made and what to do next, for a terminal."""
    made = case.made
    source = "your own return and official files" if "own_return" in made else "official files"
    last = case.base_year + case.horizon_years - 1
    lines = [
        f"{case.authority.name}: a case from {source}, in {out}",
        f"  {made['zones']:,} zones, {made['provisions']:,} provisions, "
        f"{made['placed']:,} children placed, {made['entrants']:,.0f} entrants from "
        f"{academic_year(case.base_year)} to {academic_year(last)}, "
        f"{made['options']:,} suggested options",
    ]
    if case.check:
        lines.append(f"  Margin check: {case.check} ({EVIDENCE}/margins.csv)")
    lines += [f"  Warning: {one.sentence()}" for one in case.warnings]
    lines += [
        "",
        f"Next: read {out / NOTES}, where every assumption stands, and put right what you know "
        "better in the tables;",
        f"then  sendplaces check {out}",
        f"and   sendplaces plan {out}",
    ]
    return "\n".join(lines)
