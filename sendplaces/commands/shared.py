"""What the commands share: options, exit codes, and how faults and progress are told."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sendplaces.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inputs.errors import Fault
    from sendplaces.runs import Tell

LARGEST_SEED = 2**31 - 1
"""HiGHS takes no larger seed, and would go on with its own."""


class Exit(IntEnum):
    """What a command ends with."""

    DONE = 0
    WRONG_USAGE = 2
    FAULTS = 3
    NO_PLAN = 4
    OUT_OF_TIME = 5
    STOPPED = 130


CaseArgument = Annotated[
    Path | None,
    typer.Argument(
        help="Folder of CSV files, or one Excel workbook. Without it: the made-up authority "
        "'seaborough'.",
        show_default=False,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object to standard output, nothing else.")
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing on the way; only the result.")
]
NetworkOption = Annotated[
    str | None,
    typer.Option(
        "--network",
        help="Roads: an .osm, .osm.gz, .osm.bz2, .osm.pbf or .graphml file, or a place name when "
        "online. Without it: the network in the case folder, else straight lines, labelled.",
        show_default=False,
    ),
]
ScenarioOption = Annotated[
    Path | None, typer.Option(help="Policy: a TOML file with what differs from its base.")
]
DemandOption = Annotated[
    str | None,
    typer.Option(
        help="Entrants to plan for, instead of the policy's: mean, P10, P50, P90 (the draw at "
        "that rank of the authority's total), or the number of a draw.",
        show_default=False,
    ),
]
ForecastOption = Annotated[
    Path | None,
    typer.Option(
        help="Folder that 'sendplaces forecast' wrote for this case: its entrants and draws "
        "take the place of the case's own.",
        show_default=False,
    ),
]
GapOption = Annotated[
    float,
    typer.Option(min=0.0, max=0.5, help="Gap of cost within which a plan counts as proven."),
]
MovedCaseOption = Annotated[
    Path | None,
    typer.Option(help="With a run folder: the case it was planned from, if it has moved."),
]
PlanTimeOption = Annotated[
    float | None,
    typer.Option("--time-limit", min=0.1, help="Seconds for the searches of the plan."),
]
ThreadsOption = Annotated[int, typer.Option(min=1, max=64, help="Threads for the solver.")]
SeedOption = Annotated[
    int, typer.Option(min=0, max=LARGEST_SEED, help="Random seed of the solver.")
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace what is there, even if it is no earlier run.")
]


def cache_folder() -> Path:
    """Return where networks and matrices are kept between runs."""
    for name in ("SENDPLACES_CACHE", "LOCALAPPDATA", "XDG_CACHE_HOME"):
        if os.environ.get(name):
            return Path(os.environ[name]) / ("" if name == "SENDPLACES_CACHE" else "sendplaces")
    return Path.home() / ".cache" / "sendplaces"


def print_json(content: object) -> None:
    """Print one JSON object to standard output."""
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def say(text: str) -> None:
    """Tell the person at the terminal, on standard error."""
    sys.stderr.write(printable(text) + "\n")


def show_faults(faults: tuple[Fault, ...], *, as_json: bool) -> None:
    """Tell faults: as sentences on standard error, or as one JSON object with the warnings."""
    from inputs.errors import tell

    wrong = tuple(one for one in faults if one.severity == "fault")
    warnings = tuple(one for one in faults if one.severity == "warning")
    if as_json:
        print_json(
            {
                "faults": [one.as_dict() for one in wrong],
                "warnings": [one.as_dict() for one in warnings],
                "fault_count": len(wrong),
                "warning_count": len(warnings),
            }
        )
        return
    if wrong:
        say(f"{len(wrong):,} fault{'s' if len(wrong) > 1 else ''}; nothing was written:")
        for line in tell(wrong):
            say(f"  {line}")


def unlimited(seconds: float | None) -> float:
    """Return the seconds allowed: without end where none are said."""
    return float("inf") if seconds is None else seconds


@contextlib.contextmanager
def telling(*, quiet: bool) -> Iterator[Tell]:
    """Give who is told how far the work is: a person at the terminal, or nobody."""
    from sendplaces.progress import Shown
    from sendplaces.runs import Silence

    if quiet:
        yield Silence()
        return
    with Shown() as shown:
        yield shown


@contextlib.contextmanager
def told_plainly(*, as_json: bool) -> Iterator[None]:
    """Turn what can go wrong into plain words and the right exit code."""
    from inputs.errors import Fault, InputError

    try:
        yield
    except InputError as error:
        show_faults(error.faults, as_json=as_json)
        raise typer.Exit(Exit.FAULTS) from None
    except KeyboardInterrupt:
        if as_json:
            print_json({"termination": "stopped", "cost_gbp": None})
        say("Stopped; nothing was written.")
        raise typer.Exit(Exit.STOPPED) from None
    except OSError as error:
        fault = Fault(
            str(error.filename or "a file"),
            f"could not be read or written ({error.strerror or error}); nothing half-written is "
            "left",
            "Free some space, close it in other programs, and check that you may use the folder",
        )
        show_faults((fault,), as_json=as_json)
        raise typer.Exit(Exit.FAULTS) from None


@contextlib.contextmanager
def without_a_plan(*, as_json: bool) -> Iterator[None]:
    """Tell why there is no plan to show, with the right exit code."""
    from optimiser.answer import NoPlan, OutOfTime, Termination
    from optimiser.audit import AuditFailed

    try:
        yield
    except NoPlan as error:
        if as_json:
            print_json({"termination": "infeasible", "clashes": list(error.clashes)})
        say("No plan satisfies the rules, and nothing was written:")
        for clash in error.clashes:
            say(f"  {clash}")
        raise typer.Exit(Exit.NO_PLAN) from None
    except OutOfTime as error:
        if as_json:
            print_json({"termination": str(error.termination), "cost_gbp": None})
        was_stopped = error.termination is Termination.STOPPED
        advice = "" if was_stopped else " Allow more --time-limit."
        say(f"{str(error).capitalize()}; nothing was written.{advice}")
        raise typer.Exit(Exit.STOPPED if was_stopped else Exit.OUT_OF_TIME) from None
    except AuditFailed as error:
        if as_json:
            print_json({"audit": {"passed": False, "problem": str(error)}})
        say(str(error))
        raise typer.Exit(1) from None
