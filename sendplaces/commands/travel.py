"""The command ``sendplaces travel``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from sendplaces.commands.shared import (
    ForceOption,
    JsonOption,
    NetworkOption,
    QuietOption,
    cache_folder,
    print_json,
    say,
    telling,
    told_plainly,
)


def travel(
    case: Annotated[Path, typer.Argument(help="Folder of CSV files, or one Excel workbook.")],
    network: NetworkOption = None,
    out: Annotated[Path, typer.Option(help="CSV to write.")] = Path("travel.csv"),
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Work out the minutes and miles from every zone to every provision, and write them."""
    with told_plainly(as_json=as_json):
        from sendplaces.pipeline import run_travel
        from sendplaces.telling import travel_summary

        with telling(quiet=quiet or as_json) as tell:
            table = run_travel(
                case, out, network=network, cache=cache_folder(), tell=tell, force=force
            )
        summary: dict[str, Any] = travel_summary(table, out)
        if as_json:
            print_json(summary)
            return
        for line in (fault.sentence() for fault in table.warnings[:20]):
            say(f"warning: {line}")
        sys.stdout.write(
            f"{summary['journeys']:,} journeys in {out} "
            f"({summary['by_road']:,} by road, {summary['straight_line']:,} by straight line, "
            f"{summary['supplied']:,} supplied)\n"
        )
