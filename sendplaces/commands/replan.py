"""The command ``sendplaces replan``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sendplaces.commands.shared import (
    ForceOption,
    GapOption,
    JsonOption,
    NetworkOption,
    QuietOption,
    ScenarioOption,
    SeedOption,
    ThreadsOption,
    cache_folder,
    print_json,
    telling,
    told_plainly,
    without_a_plan,
)
from sendplaces.terminal import printable


def replan(
    case: Annotated[Path, typer.Argument(help="This year's case: its base_year is later.")],
    last: Annotated[Path, typer.Option(help="Run folder of last year's plan.")],
    last_case: Annotated[
        Path | None,
        typer.Option("--last-case", help="Last year's case, if it is not known here or moved."),
    ] = None,
    locked: Annotated[
        list[str] | None,
        typer.Option(help="An opening of last year's plan that is decided too; may be repeated."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write: page, workbook, tables.")] = Path(
        "runs/replan"
    ),
    scenario: ScenarioOption = None,
    network: NetworkOption = None,
    gap: GapOption = 0.001,
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=0.1, help="Seconds for the search of each step.")
    ] = 120.0,
    threads: ThreadsOption = 2,
    seed: SeedOption = 0,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Plan again a year on: decisions taken are locked, and what changed is explained."""
    with told_plainly(as_json=as_json):
        from optimiser.answer import Settings
        from sendplaces.replan import run_replan

        settings = Settings(gap=gap, time_limit_seconds=time_limit, threads=threads, seed=seed)
        with without_a_plan(as_json=as_json), telling(quiet=quiet or as_json) as tell:
            told = run_replan(
                case,
                out,
                last=last,
                last_case=last_case,
                also_locked=tuple(locked or ()),
                scenario=scenario,
                network=network,
                settings=settings,
                force=force,
                cache=cache_folder(),
                tell=tell,
            )
        if as_json:
            print_json(told)
            return
        from sendplaces.asked_telling import replan_lines

        sys.stdout.write(printable(replan_lines(told, out)) + "\n")
