"""The command ``sendplaces alternatives``."""

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


def alternatives(
    source: CaseArgument = None,
    out: Annotated[Path, typer.Option(help="Folder to write: page, workbook, tables.")] = Path(
        "runs/alternatives"
    ),
    margin: Annotated[
        str,
        typer.Option(
            help="What a plan may cost above the bound of the best: pounds of present value, such "
            "as 500000, or a share of the saving that is proven, such as 2%."
        ),
    ] = "2%",
    count: Annotated[
        int, typer.Option(min=2, max=50, help="Plans wanted, the best plan among them.")
    ] = 5,
    scenario: ScenarioOption = None,
    demand: DemandOption = None,
    forecast: ForecastOption = None,
    network: NetworkOption = None,
    case: MovedCaseOption = None,
    gap: GapOption = 0.001,
    time_limit: PlanTimeOption = None,
    seconds: Annotated[
        float | None,
        typer.Option(min=0.1, help="Seconds for the search for other plans."),
    ] = None,
    threads: ThreadsOption = 2,
    seed: SeedOption = 0,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Find plans that cost nearly as little as the best and differ most in what they open.

    Takes a case, which is planned first, or a run folder of 'plan'. Ctrl-C stops the search and
    keeps what was found.
    """
    with told_plainly(as_json=as_json):
        from optimiser.answer import Settings, Stop
        from sendplaces.asked import Asked
        from sendplaces.margin import run_alternatives

        settings = Settings(
            gap=gap, time_limit_seconds=unlimited(time_limit), threads=threads, seed=seed
        )
        stop = Stop()
        with (
            without_a_plan(as_json=as_json),
            telling(quiet=quiet or as_json) as tell,
            stop.on_interrupt(),
        ):
            asked = Asked(
                source,
                out,
                settings,
                seconds=unlimited(seconds),
                scenario=scenario,
                network=network,
                demand=demand,
                forecast=forecast,
                case=case,
                force=force,
                cache=cache_folder(),
                tell=tell,
                stop=stop,
            )
            told = run_alternatives(asked, margin=margin, count=count)
        if as_json:
            from outputs.publish import tidy

            print_json(tidy(told))
            return
        from sendplaces.margin_telling import alternatives_lines

        sys.stdout.write(printable(alternatives_lines(told, out)) + "\n")
