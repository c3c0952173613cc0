"""The command line: the commands in the order in which a user comes to need them."""

from __future__ import annotations

import contextlib
import sys
from typing import Annotated

import typer

from sendplaces.commands import (
    alternatives,
    bases_first,
    bids,
    check,
    compare,
    displacement,
    forecast,
    frontier,
    plan,
    prices,
    reasons,
    replan,
    round,  # noqa: A004 - the command's own name
    routes,
    size,
    start,
    stochastic,
    sweep,
    template,
    travel,
)

app = typer.Typer(
    name="sendplaces",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=(
        "Where to open or grow specialist school places for children with special educational "
        "needs: how big, for whom and when, at the least placement and transport cost.\n\n"
        "Start with 'sendplaces plan', which runs a made-up authority, 'sendplaces start', which "
        "makes a case of any English authority from official files, or 'sendplaces template' for "
        "an empty workbook to fill in."
    ),
)

for name, command in (
    ("start", start.start),
    ("template", template.template),
    ("check", check.check),
    ("plan", plan.plan),
    ("forecast", forecast.forecast),
    ("travel", travel.travel),
    ("routes", routes.routes),
    ("round", round.placement_round),
    ("size", size.size),
    ("stochastic", stochastic.stochastic),
    ("reasons", reasons.reasons),
    ("prices", prices.prices),
    ("alternatives", alternatives.alternatives),
    ("frontier", frontier.frontier),
    ("bases-first", bases_first.bases_first),
    ("displacement", displacement.displacement),
    ("bids", bids.bids),
    ("replan", replan.replan),
    ("compare", compare.compare),
    ("sweep", sweep.sweep),
):
    app.command(name=name)(command)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError
        from importlib.metadata import version as installed

        try:
            found = installed("sendplaces")
        except PackageNotFoundError:
            found = "(not installed)"
        sys.stdout.write(f"sendplaces {found}\n")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and end.",
            is_eager=True,
            callback=_print_version,
        ),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def main() -> None:
    """Run the command line; text is UTF-8 whatever the code page."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    app()
