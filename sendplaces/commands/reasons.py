"""The command ``sendplaces reasons``."""

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


def reasons(
    source: CaseArgument = None,
    out: Annotated[Path, typer.Option(help="Folder to write: page, workbook, tables.")] = Path(
        "runs/reasons"
    ),
    seconds: Annotated[
        float, typer.Option(min=1.0, help="Seconds for all questions together.")
    ] = 300.0,
    scenario: ScenarioOption = None,
    demand: DemandOption = None,
    forecast: ForecastOption = None,
    network: NetworkOption = None,
    case: MovedCaseOption = None,
    gap: GapOption = 0.001,
    time_limit: PlanTimeOption = None,
    threads: ThreadsOption = 2,
    seed: SeedOption = 0,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say why each option is in the plan or not: what leaving it out, or forcing it in, costs.

    Takes a case, which is planned first, or a run folder of 'plan'.
    """
    with told_plainly(as_json=as_json):
        from optimiser.answer import Settings
        from sendplaces.asked import Asked
        from sendplaces.reasons import run_reasons

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
            told = run_reasons(asked)
        if as_json:
            print_json(told)
            return
        lines = [one["reason"] for one in told["reasons"]]
        sys.stdout.write(printable("\n\n".join([*lines, f"Page: {out}"])) + "\n")
