"""The command ``sendplaces prices``."""

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


def prices(
    source: CaseArgument = None,
    out: Annotated[Path, typer.Option(help="Folder to write: page, workbook, tables.")] = Path(
        "runs/prices"
    ),
    year: Annotated[
        list[int] | None,
        typer.Option(help="First September to price from (repeat for more; default: every year)."),
    ] = None,
    provision: Annotated[
        list[str] | None,
        typer.Option(help="Provision to price (repeat for more; default: all that are open)."),
    ] = None,
    reopen: Annotated[
        list[str] | None,
        typer.Option(
            help="Provision to ask about with other openings allowed (repeat for more; default: "
            "the five dearest, while time is left)."
        ),
    ] = None,
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
    """Say what one more place is worth a year, by need, phase, locality and year, to each purse.

    Takes a case, which is planned first, or a run folder of 'plan'.
    """
    with told_plainly(as_json=as_json):
        from optimiser.answer import Settings
        from sendplaces.asked import Asked
        from sendplaces.prices import run_prices

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
            told = run_prices(
                asked, years=year or (), provisions=provision or (), reopened=reopen or ()
            )
        if as_json:
            print_json(told)
            return
        from sendplaces.asked_telling import prices_lines

        sys.stdout.write(printable(prices_lines(told, out)) + "\n")
