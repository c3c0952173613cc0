"""The command ``sendplaces plan``."""

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


def plan(
    case: CaseArgument = None,
    scenario: ScenarioOption = None,
    demand: DemandOption = None,
    forecast: ForecastOption = None,
    network: NetworkOption = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Run folder to write (default: runs/<case>-<scenario>)."),
    ] = None,
    gap: GapOption = 0.001,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit", min=0.1, help="Seconds for the searches (default: until proven)."
        ),
    ] = None,
    threads: ThreadsOption = 2,
    seed: SeedOption = 0,
    public: Annotated[
        bool,
        typer.Option(
            "--public",
            help="Publish by need, phase and locality only, small numbers suppressed.",
        ),
    ] = False,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Work out what to open, how big, where, for whom and when; write a run folder.

    Ctrl-C while it searches stops the search and keeps the best plan so far; a second Ctrl-C ends
    the run and writes nothing.
    """
    with told_plainly(as_json=as_json):
        from optimiser.answer import Settings
        from sendplaces.pipeline import run_plan, stopped
        from sendplaces.posed import example

        source = case or example()
        name = "" if scenario is None else f"-{scenario.stem}"
        whole = source.resolve()  # so that "." has a name; a folder's may hold a dot
        folder = out or Path("runs") / f"{whole.name if whole.is_dir() else whole.stem}{name}"
        settings = Settings(
            gap=gap,
            time_limit_seconds=unlimited(time_limit),
            threads=threads,
            seed=seed,
        )
        with without_a_plan(as_json=as_json), telling(quiet=quiet or as_json) as tell:
            told = run_plan(
                source,
                folder,
                scenario_path=scenario,
                demand=demand,
                forecast=forecast,
                network=network,
                settings=settings,
                public=public,
                force=force,
                cache=cache_folder(),
                tell=tell,
            )
        if as_json:
            print_json(told.summary)
        else:
            from sendplaces.telling import headline

            sys.stdout.write(printable(headline(told, folder)) + "\n")
        if stopped(told):
            raise typer.Exit(Exit.STOPPED)
