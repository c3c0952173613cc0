"""The command ``sendplaces routes``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sendplaces.commands.shared import (
    LARGEST_SEED,
    ForceOption,
    JsonOption,
    QuietOption,
    cache_folder,
    print_json,
    say,
    telling,
    told_plainly,
)
from sendplaces.terminal import printable


def routes(
    run: Annotated[Path, typer.Argument(help="Run folder that 'sendplaces plan' wrote.")],
    draws: Annotated[int, typer.Option(min=1, max=100, help="Draws of children and homes.")] = 5,
    seconds: Annotated[
        float | None,
        typer.Option(
            min=1.0,
            help="Seconds for all searches together (default: a fixed effort, which the same seed "
            "gives again).",
        ),
    ] = None,
    year: Annotated[
        int | None,
        typer.Option(help="Academic year to route, such as 2030 (default: the plan's last)."),
    ] = None,
    network: Annotated[
        str | None,
        typer.Option(help="Roads: a file, or a place name (default: those of the run)."),
    ] = None,
    fleet: Annotated[
        Path | None,
        typer.Option(
            help="Vehicles and prices: a CSV file (default: the case's, else dated ones)."
        ),
    ] = None,
    pupils: Annotated[
        Path | None,
        typer.Option(
            help="The authority's own children, by pseudonym: a CSV file (default: drawn)."
        ),
    ] = None,
    rate: Annotated[
        list[float] | None,
        typer.Option(
            "--budget-rate",
            min=0.0,
            max=10.0,
            help="£ a mile of a personal travel budget to show; may be given several times.",
        ),
    ] = None,
    options: Annotated[
        bool, typer.Option("--options/--no-options", help="Route the policy options too.")
    ] = True,
    iterate: Annotated[
        bool,
        typer.Option(
            "--iterate",
            help="Plan again with what routes taught, and route again, until both agree.",
        ),
    ] = False,
    case: Annotated[
        Path | None,
        typer.Option(help="The case that the run was planned from; --iterate needs it."),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of children and searches.")
    ] = 0,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=64,
            help="Processes that route at the same time (default: one a core). Routes do not "
            "depend on it.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write (default: the run's name and '-routes').")
    ] = None,
    public: Annotated[
        bool,
        typer.Option("--public", help="Publish without routes, zones and small numbers."),
    ] = False,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Put the children of a run into vehicles, before and after: what the plan does to transport.

    The do-minimum and the plan are routed alike: the same children and homes, the same search, the
    same limits. Writes a page, a workbook, a map, a sheet for each provision and tables.
    """
    with told_plainly(as_json=as_json):
        from sendplaces.routes import Asked, RoutesWrong, run_routes
        from sendplaces.side_by_side import cores

        if iterate and case is None:
            raise typer.BadParameter("needs --case, the case that the run was planned from",
                                     param_hint="--iterate")  # fmt: skip
        folder = out or run.with_name(f"{run.resolve().name}-routes")
        asked = Asked(draws, seconds, seed, tuple(rate or ()), options, workers or cores())
        try:
            with telling(quiet=quiet or as_json) as tell:
                told = run_routes(
                    run,
                    folder,
                    asked,
                    year=year,
                    network=network,
                    fleet=fleet,
                    pupils=pupils,
                    case=case if iterate else None,
                    public=public,
                    force=force,
                    cache=cache_folder(),
                    tell=tell,
                )
        except RoutesWrong as error:
            if as_json:
                print_json({"violations": list(error.sentences)})
            say("Routes do not hold what they say, and nothing was written:")
            for sentence in error.sentences[:20]:
                say(f"  {sentence}")
            raise typer.Exit(1) from None
        if as_json:
            print_json(told.summary)
        else:
            from sendplaces.routes_telling import headline

            sys.stdout.write(printable(headline(told, folder)) + "\n")
