"""The command ``sendplaces size``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sendplaces.commands.shared import (
    CaseArgument,
    DemandOption,
    Exit,
    ForceOption,
    ForecastOption,
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
    unlimited,
    without_a_plan,
)
from sendplaces.terminal import printable


def size(
    *,
    case: CaseArgument = None,
    option: Annotated[
        str, typer.Option(help="Key of the option whose size is asked, from the table options.")
    ],
    sizes: Annotated[
        str, typer.Option(help="Sizes in places: FROM:TO:STEP, such as 60:240:20, or 60,90,120.")
    ],
    draws: Annotated[
        int, typer.Option(min=0, max=1000, help="Draws of demand to try each size in (0: none).")
    ] = 20,
    capital_fixed: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            help="Fixed part of what a size costs to build, £. Without it and the next: read off "
            "the sizes that the case states, or so much a place.",
            show_default=False,
        ),
    ] = None,
    capital_per_place: Annotated[
        float | None,
        typer.Option(min=0.0, help="What each place costs to build, £.", show_default=False),
    ] = None,
    scenario: ScenarioOption = None,
    network: NetworkOption = None,
    demand: DemandOption = None,
    forecast: ForecastOption = None,
    run_case: Annotated[
        Path | None,
        typer.Option("--case", help="With a run folder: its case, where it has moved."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write (default: runs/<case>-size).")
    ] = None,
    gap: GapOption = 0.001,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit",
            min=1.0,
            help="Seconds for the plans of all sizes together; draws come on top (default: none).",
        ),
    ] = None,
    threads: ThreadsOption = 2,
    seed: SeedOption = 0,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say how big an option should be: every size, in every draw, with regret and break-even.

    Beside it: the cash for each place that is not built, bases instead, and the department's grid.
    """
    with told_plainly(as_json=as_json):
        from optimiser.answer import Settings, Stop
        from optimiser.size_options import CapitalRule, read_sizes
        from sendplaces.posed import Supplied, example
        from sendplaces.sizing import run_size

        asked = read_sizes(sizes)
        source = case or example()
        whole = source.resolve()
        name = whole.name if whole.is_dir() else whole.stem
        folder = out or Path("runs") / f"{name}-size"
        stop = Stop()
        with (
            without_a_plan(as_json=as_json),
            telling(quiet=quiet or as_json) as tell,
            stop.on_interrupt(),
        ):
            told = run_size(
                Supplied(source, scenario, network, demand, forecast),
                folder,
                option=option,
                sizes=asked,
                draws=draws,
                capital=CapitalRule(capital_fixed, capital_per_place),
                case=run_case,
                settings=Settings(
                    gap=gap,
                    time_limit_seconds=unlimited(time_limit),
                    threads=threads,
                    seed=seed,
                ),
                force=force,
                cache=cache_folder(),
                tell=tell,
                stop=stop,
            )
        if as_json:
            print_json(told)
        else:
            sys.stdout.write(printable(f"{told['lede']}\n{folder / 'report.html'}\n"))
        if stop.asked:
            raise typer.Exit(Exit.STOPPED)
