"""The command ``sendplaces template``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sendplaces.commands.shared import (
    ForceOption,
    JsonOption,
    print_json,
    told_plainly,
)


def template(
    out: Annotated[
        Path | None,
        typer.Option(help="Workbook to write (default: sendplaces-case.xlsx).", show_default=False),
    ] = None,
    for_round: Annotated[
        bool,
        typer.Option("--round", help="Write the tables of a placement round instead of a case's."),
    ] = False,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write an empty workbook with drop-downs, notes and an example row on each sheet."""
    with told_plainly(as_json=as_json):
        from inputs.errors import Fault, InputError
        from inputs.template import write_round_template, write_template

        out = out or Path(f"sendplaces-{'round' if for_round else 'case'}.xlsx")

        if out.suffix.lower() != ".xlsx":
            raise InputError([Fault(str(out), "is no name of a workbook", "End it in .xlsx")])
        if out.exists() and not force:
            raise InputError(
                [Fault(str(out), "is there already", "Choose another --out, or say --force")]
            )
        written = (write_round_template if for_round else write_template)(out)
        if as_json:
            print_json({"file": str(written)})
        else:
            sys.stdout.write(f"{written}\n")
