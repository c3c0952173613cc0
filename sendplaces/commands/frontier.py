"""The command ``sendplaces frontier``."""

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


def frontier(
    source: CaseArgument = None,
    out: Annotated[Path, typer.Option(help="Folder to write: page, workbook, tables.")] = Path(
        "runs/frontier"
    ),
    against: Annotated[
        list[str] | None,
        typer.Option(
            help="What is held to less: capital (default), openings, minutes, over_guideline, "
            "unplaced, or all; may be given again."
        ),
    ] = None,
    points: Annotated[int, typer.Option(min=2, max=100, help="Points of each frontier.")] = 10,
    fifth: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=5,
            help="With --against over_guideline: count only children of this deprivation fifth "
            "(1 is the most deprived).",
        ),
    ] = None,
    scenario: ScenarioOption = None,
    demand: DemandOption = None,
    forecast: ForecastOption = None,
    network: NetworkOption = None,
    case: MovedCaseOption = None,
    gap: GapOption = 0.001,
    time_limit: PlanTimeOption = None,
    seconds: Annotated[
        float | None,
        typer.Option(min=0.1, help="Seconds for all frontiers together."),
    ] = None,
    threads: ThreadsOption = 2,
    seed: SeedOption = 0,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Trace what is saved against capital, openings, journeys or children without a place.

    Takes a case, which is planned first, or a run folder of 'plan'. Ctrl-C stops the search and
    keeps what was found.
    """
    with told_plainly(as_json=as_json):
        from optimiser.answer import Settings, Stop
        from sendplaces.asked import Asked
        from sendplaces.margin import run_frontier

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
            told = run_frontier(asked, axes=against or ("capital",), points=points, fifth=fifth)
        if as_json:
            from outputs.publish import tidy

            print_json(tidy(told))
            return
        from sendplaces.margin_telling import frontier_lines

        sys.stdout.write(printable(frontier_lines(told, out)) + "\n")
