"""The command ``sendplaces round``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from sendplaces.commands.shared import (
    CaseArgument,
    Exit,
    ForceOption,
    JsonOption,
    NetworkOption,
    QuietOption,
    ScenarioOption,
    cache_folder,
    print_json,
    say,
    telling,
    told_plainly,
    unlimited,
)
from sendplaces.terminal import printable


def placement_round(
    case: CaseArgument = None,
    waiting: Annotated[
        Path | None,
        typer.Option(
            help="The waiting list: a CSV, or a workbook with a sheet 'waiting'. Without it: the "
            "list that lies in the case.",
        ),
    ] = None,
    vacancies: Annotated[
        Path | None,
        typer.Option(help="Places open now: a CSV or workbook. Without it: those in the case."),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Date of the round. Without it: as_at of the list, else today.",
        ),
    ] = None,
    scenario: ScenarioOption = None,
    network: NetworkOption = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Run folder to write (default: runs/<case>-round)."),
    ] = None,
    solver: Annotated[str, typer.Option(help="Who solves: highs or cbc.")] = "highs",
    export: Annotated[
        str | None,
        typer.Option(help="Write the model of each step too, as lp or mps, for anyone to solve."),
    ] = None,
    child_pages: Annotated[
        bool, typer.Option("--child-pages", help="Write a page for each child too.")
    ] = False,
    values: Annotated[
        bool,
        typer.Option(
            "--values/--no-values", help="Find what one place more is worth at each full provision."
        ),
    ] = True,
    time_limit: Annotated[
        float | None,
        typer.Option("--time-limit", min=0.1, help="Seconds for the arrangement (default: none)."),
    ] = None,
    public: Annotated[
        bool,
        typer.Option("--public", help="Publish totals only, small numbers suppressed."),
    ] = False,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Give a panel its evidence: children waiting now, places open now. Never a decision.

    For each child: the suitable places, why the others are not, and what would have to change.
    """
    with told_plainly(as_json=as_json):
        from optimiser.round.check import RoundFailedError
        from optimiser.round.solver import Ended, NoSolverError, NotProvenError, SolverName
        from sendplaces.posed import example
        from sendplaces.round import refuse_public, run_round
        from sendplaces.telling import round_headline

        for asked, known, option in (
            (solver, [*SolverName], "--solver"),
            (export, [None, "lp", "mps"], "--export"),
        ):
            if asked not in known:
                said = " or ".join(str(one) for one in known if one)
                raise typer.BadParameter(f"{asked!r} is not {said}", param_hint=option)
        refuse_public(public=public, pages=child_pages, export=export)
        source = case or example()
        whole = source.resolve()
        name = whole.name if whole.is_dir() else whole.stem
        folder = out or Path("runs") / f"{name}-round"
        try:
            with telling(quiet=quiet or as_json) as tell:
                told = run_round(
                    source,
                    folder,
                    waiting=waiting,
                    vacancies=vacancies,
                    on=None if on is None else on.date(),
                    scenario_path=scenario,
                    network=network,
                    solver_name=SolverName(solver),
                    time_limit_seconds=unlimited(time_limit),
                    export=export,
                    pages=child_pages,
                    values=values,
                    public=public,
                    force=force,
                    cache=cache_folder(),
                    tell=tell,
                )
        except NotProvenError as error:
            if as_json:
                print_json({"termination": str(error.ended), "children": None})
            late = error.ended is Ended.OUT_OF_TIME
            advice = "Allow more --time-limit." if late else "Try the other --solver."
            said = str(error)
            say(f"{said[:1].upper()}{said[1:]}; nothing was written. {advice}")
            raise typer.Exit(Exit.OUT_OF_TIME if late else 1) from None
        except (NoSolverError, RoundFailedError) as error:
            if as_json:
                print_json({"termination": None, "problem": str(error)})
            say(str(error))
            usage = isinstance(error, NoSolverError)
            raise typer.Exit(Exit.WRONG_USAGE if usage else 1) from None
        if as_json:
            print_json(told.summary)
        else:
            sys.stdout.write(printable(round_headline(told, folder)) + "\n")
