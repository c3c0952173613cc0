"""The command ``sendplaces stochastic``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sendplaces.commands.shared import (
    CaseArgument,
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
    say,
    telling,
    told_plainly,
    unlimited,
    without_a_plan,
)
from sendplaces.terminal import printable


def stochastic(
    case: CaseArgument = None,
    draws: Annotated[
        int, typer.Option(min=1, max=200, help="Draws of demand to plan over, two or more.")
    ] = 5,
    method: Annotated[
        str,
        typer.Option(
            help="extensive (one model of all draws), hedging (mpi-sppy, a draw at a time), or "
            "auto: one model, but hedging where it does not fit and --ranks is above 1."
        ),
    ] = "auto",
    ranks: Annotated[
        int, typer.Option(min=1, max=64, help="Ranks of mpiexec that share the draws (hedging).")
    ] = 1,
    rounds: Annotated[
        int, typer.Option(min=1, max=1000, help="Rounds of prices at most (hedging).")
    ] = 10,
    scenario: ScenarioOption = None,
    network: NetworkOption = None,
    forecast: ForecastOption = None,
    run_case: Annotated[
        Path | None,
        typer.Option("--case", help="With a run folder: its case, where it has moved."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write (default: runs/<case>-stochastic).")
    ] = None,
    gap: GapOption = 0.001,
    time_limit: Annotated[
        float | None,
        typer.Option("--time-limit", min=1.0, help="Seconds for all searches (default: none)."),
    ] = None,
    threads: ThreadsOption = 2,
    seed: SeedOption = 0,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Choose openings that are best over many draws of demand at once, and say what that is worth.

    Openings are made now; children are placed once demand is known.
    """
    with told_plainly(as_json=as_json):
        from optimiser.answer import Settings, Stop
        from optimiser.hedging import HedgingMissing
        from sendplaces.posed import Supplied, example
        from sendplaces.stochastic import METHODS, How, run_stochastic

        if method not in METHODS:
            raise typer.BadParameter(
                f"{method!r} is not {', '.join(METHODS[:-1])} or {METHODS[-1]}",
                param_hint="--method",
            )
        source = case or example()
        whole = source.resolve()
        name = whole.name if whole.is_dir() else whole.stem
        folder = out or Path("runs") / f"{name}-stochastic"
        stop = Stop()
        try:
            with (
                without_a_plan(as_json=as_json),
                telling(quiet=quiet or as_json) as tell,
                stop.on_interrupt(),
            ):
                told = run_stochastic(
                    Supplied(source, scenario, network, None, forecast),
                    folder,
                    draws=draws,
                    how=How(method, ranks, rounds),
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
        except HedgingMissing as error:
            if as_json:
                print_json({"termination": None, "problem": str(error)})
            say(f"{str(error)[:1].upper()}{str(error)[1:]}")
            raise typer.Exit(Exit.WRONG_USAGE) from None
        if as_json:
            print_json(told)
        else:
            sys.stdout.write(printable(f"{told['lede']}\n{folder / 'report.html'}\n"))
        if stop.asked:
            raise typer.Exit(Exit.STOPPED)
