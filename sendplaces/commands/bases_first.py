"""The command ``sendplaces bases-first``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sendplaces.commands.shared import (
    CaseArgument,
    DemandOption,
    ForceOption,
    ForecastOption,
    GapOption,
    JsonOption,
    MovedCaseOption,
    NetworkOption,
    PlanTimeOption,
    QuietOption,
    ScenarioOption,
    SeedOption,
    ThreadsOption,
    cache_folder,
    print_json,
    telling,
    told_plainly,
    unlimited,
    without_a_plan,
)
from sendplaces.terminal import printable


def bases_first(
    source: CaseArgument = None,
    out: Annotated[Path, typer.Option(help="Folder to write: page, workbook, tables.")] = Path(
        "runs/bases-first"
    ),
    scenario: ScenarioOption = None,
    demand: DemandOption = None,
    forecast: ForecastOption = None,
    network: NetworkOption = None,
    case: MovedCaseOption = None,
    gap: GapOption = 0.001,
    time_limit: PlanTimeOption = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, help="Seconds for each of the three searches.")
    ] = 60.0,
    threads: ThreadsOption = 2,
    seed: SeedOption = 0,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say what bases cannot do, for whom and why, and the least special-school growth left.

    Takes a case, which is planned first, or a run folder of 'plan'.
    """
    with told_plainly(as_json=as_json):
        from optimiser.answer import Settings
        from sendplaces.asked import Asked
        from sendplaces.bases_first import run_bases_first

        settings = Settings(
            gap=gap, time_limit_seconds=unlimited(time_limit), threads=threads, seed=seed
        )
        with without_a_plan(as_json=as_json), telling(quiet=quiet or as_json) as tell:
            asked = Asked(
                source,
                out,
                settings,
                scenario=scenario,
                network=network,
                demand=demand,
                forecast=forecast,
                case=case,
                seconds=seconds,
                force=force,
                cache=cache_folder(),
                tell=tell,
            )
            told = run_bases_first(asked)
        if as_json:
            print_json(told)
            return
        from sendplaces.asked_telling import bases_first_lines

        sys.stdout.write(printable(bases_first_lines(told, out)) + "\n")
