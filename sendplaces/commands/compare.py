"""The command ``sendplaces compare``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sendplaces.commands.shared import ForceOption, JsonOption, print_json, told_plainly
from sendplaces.terminal import printable


def compare(
    first: Annotated[Path, typer.Argument(help="A run folder of 'plan': A.", metavar="RUN_A")],
    second: Annotated[
        Path, typer.Argument(help="Another run of the same case: B.", metavar="RUN_B")
    ],
    out: Annotated[Path, typer.Option(help="Folder to write: page, workbook, tables.")] = Path(
        "runs/compare"
    ),
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Set two runs of one case side by side: openings, purses, journeys, who is better off."""
    with told_plainly(as_json=as_json):
        from outputs.publish import tidy
        from sendplaces.comparing import run_compare

        told = run_compare(first, second, out, force=force)
        if as_json:
            print_json(tidy(told))
            return
        from sendplaces.margin_telling import compare_lines

        sys.stdout.write(printable(compare_lines(told, out)) + "\n")
