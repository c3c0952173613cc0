"""The command ``sendplaces check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sendplaces.commands.shared import (
    Exit,
    JsonOption,
    say,
    show_faults,
    told_plainly,
)


def check(
    case: Annotated[Path, typer.Argument(help="Folder of CSV files, or one Excel workbook.")],
    scenario: Annotated[Path | None, typer.Option(help="Policy file to check too.")] = None,
    annotate: Annotated[
        Path | None,
        typer.Option(
            help="Write a copy of the workbook here, with every problem marked in its cell."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List every fault and warning of a case at once: where, what is wrong, what to do."""
    with told_plainly(as_json=as_json):
        from inputs.errors import InputError
        from inputs.read import inspect_case
        from inputs.scenario import read_scenario

        found, faults = inspect_case(case)
        policy = scenario or (found.scenario if found is not None else None)
        if policy is not None:
            try:
                read_scenario(policy, found.price_year if found is not None else 2026)
            except InputError as error:
                faults = (*error.faults, *faults)
        if annotate is not None:
            from inputs.annotate import annotate as write_copy

            written = write_copy(case, faults, annotate)
            say(f"Problems marked in {written}")
        if as_json:
            show_faults(faults, as_json=True)
        else:
            from sendplaces.telling import fault_table

            fault_table(faults)
        if any(one.severity == "fault" for one in faults):
            raise typer.Exit(Exit.FAULTS)
