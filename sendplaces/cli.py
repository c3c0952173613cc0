"""The command line: parse, call the pipeline, print. Heavy imports stand inside commands."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from datetime import datetime  # noqa: TC003 - typer reads it at run time
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from sendplaces.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inputs.errors import Fault
    from sendplaces.runs import Tell

ORDER = ("start", "template", "check", "plan", "forecast", "travel", "routes", "round", "sweep")
"""The commands as a user comes to need them."""


class InOrder(TyperGroup):
    """Lists the commands in the order of use, wherever they stand below."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands."""
        known = super().list_commands(ctx)
        return sorted(known, key=lambda one: ORDER.index(one) if one in ORDER else len(ORDER))


app = typer.Typer(
    name="sendplaces",
    cls=InOrder,
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
ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace what is there, even if it is no earlier run.")
]


def _cache() -> Path:
    """Return where networks and matrices are kept between runs."""
    for name in ("SENDPLACES_CACHE", "LOCALAPPDATA", "XDG_CACHE_HOME"):
        if os.environ.get(name):
            return Path(os.environ[name]) / ("" if name == "SENDPLACES_CACHE" else "sendplaces")
    return Path.home() / ".cache" / "sendplaces"


def _print_json(content: object) -> None:
    sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _say(text: str) -> None:
    sys.stderr.write(printable(text) + "\n")


def _show_faults(faults: tuple[Fault, ...], *, as_json: bool) -> None:
    from inputs.errors import tell

    wrong = tuple(one for one in faults if one.severity == "fault")
    warnings = tuple(one for one in faults if one.severity == "warning")
    if as_json:
        _print_json(
            {
                "faults": [one.as_dict() for one in wrong],
                "warnings": [one.as_dict() for one in warnings],
                "fault_count": len(wrong),
                "warning_count": len(warnings),
            }
        )
        return
    if wrong:
        _say(f"{len(wrong):,} fault{'s' if len(wrong) > 1 else ''}; nothing was written:")
        for line in tell(wrong):
            _say(f"  {line}")


@contextlib.contextmanager
def _telling(*, quiet: bool) -> Iterator[Tell]:
    """Give who is told how far the work is: a person at the terminal, or nobody."""
    from sendplaces.progress import Shown
    from sendplaces.runs import Silence

    if quiet:
        yield Silence()
        return
    with Shown() as shown:
        yield shown


@contextlib.contextmanager
def _told_plainly(*, as_json: bool) -> Iterator[None]:
    """Turn what can go wrong into plain words and the right exit code."""
    from inputs.errors import Fault, InputError

    try:
        yield
    except InputError as error:
        _show_faults(error.faults, as_json=as_json)
        raise typer.Exit(Exit.FAULTS) from None
    except KeyboardInterrupt:
        if as_json:
            _print_json({"termination": "stopped", "cost_gbp": None})
        _say("Stopped; nothing was written.")
        raise typer.Exit(Exit.STOPPED) from None
    except OSError as error:
        fault = Fault(
            str(error.filename or "a file"),
            f"could not be read or written ({error.strerror or error}); nothing half-written is "
            "left",
            "Free some space, close it in other programs, and check that you may use the folder",
        )
        _show_faults((fault,), as_json=as_json)
        raise typer.Exit(Exit.FAULTS) from None


@app.command()
def plan(
    case: CaseArgument = None,
    scenario: Annotated[
        Path | None,
        typer.Option(help="Policy: a TOML file with what differs from its base."),
    ] = None,
    demand: Annotated[
        str | None,
        typer.Option(
            help="Entrants to plan for, instead of the policy's: mean, P10, P50, P90 (the draw at "
            "that rank of the authority's total), or the number of a draw.",
            show_default=False,
        ),
    ] = None,
    forecast: Annotated[
        Path | None,
        typer.Option(
            help="Folder that 'sendplaces forecast' wrote for this case: its entrants and draws "
            "take the place of the case's own.",
            show_default=False,
        ),
    ] = None,
    network: NetworkOption = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Run folder to write (default: runs/<case>-<scenario>)."),
    ] = None,
    gap: Annotated[
        float,
        typer.Option(min=0.0, max=0.5, help="Gap of cost within which a plan counts as proven."),
    ] = 0.001,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit", min=0.1, help="Seconds for the searches (default: until proven)."
        ),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Threads for the solver.")] = 2,
    seed: Annotated[
        int, typer.Option(min=0, max=LARGEST_SEED, help="Random seed of the solver.")
    ] = 0,
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
    with _told_plainly(as_json=as_json):
        from optimiser.audit import AuditFailed
        from optimiser.solve import NoPlan, OutOfTime, Settings, Termination
        from sendplaces.pipeline import example, run_plan, stopped

        source = case or example()
        name = "" if scenario is None else f"-{scenario.stem}"
        whole = source.resolve()  # so that "." has a name; a folder's may hold a dot
        folder = out or Path("runs") / f"{whole.name if whole.is_dir() else whole.stem}{name}"
        settings = Settings(
            gap=gap,
            time_limit_seconds=float("inf") if time_limit is None else time_limit,
            threads=threads,
            seed=seed,
        )
        try:
            with _telling(quiet=quiet or as_json) as tell:
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
                    cache=_cache(),
                    tell=tell,
                )
        except NoPlan as error:
            if as_json:
                _print_json({"termination": "infeasible", "clashes": list(error.clashes)})
            _say("No plan satisfies the rules, and nothing was written:")
            for clash in error.clashes:
                _say(f"  {clash}")
            raise typer.Exit(Exit.NO_PLAN) from None
        except OutOfTime as error:
            if as_json:
                _print_json({"termination": str(error.termination), "cost_gbp": None})
            was_stopped = error.termination is Termination.STOPPED
            advice = "" if was_stopped else " Allow more --time-limit."
            _say(f"{str(error).capitalize()}; nothing was written.{advice}")
            raise typer.Exit(Exit.STOPPED if was_stopped else Exit.OUT_OF_TIME) from None
        except AuditFailed as error:
            if as_json:
                _print_json({"audit": {"passed": False, "problem": str(error)}})
            _say(str(error))
            raise typer.Exit(1) from None
        if as_json:
            _print_json(told.summary)
        else:
            from sendplaces.telling import headline

            sys.stdout.write(printable(headline(told, folder)) + "\n")
        if stopped(told):
            raise typer.Exit(Exit.STOPPED)


@app.command()
def check(
    case: Annotated[Path, typer.Argument(help="Folder of CSV files, or one Excel workbook.")],
    scenario: Annotated[Path | None, typer.Option(help="Policy file to check too.")] = None,
    annotate: Annotated[
        Path | None,
        typer.Option(
            help="Write a copy of the workbook here, with every problem marked in its cell."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List every fault and warning of a case at once: where, what is wrong, what to do."""
    with _told_plainly(as_json=as_json):
        from inputs.errors import InputError
        from inputs.read import inspect_case
        from inputs.scenario import read_scenario

        found, faults = inspect_case(case)
        policy = scenario or (found.scenario if found is not None else None)
        if policy is not None:
            try:
                read_scenario(policy, found.price_year if found is not None else 2026)
            except InputError as error:
                faults = (*error.faults, *faults)
        if annotate is not None:
            from inputs.annotate import annotate as write_copy

            written = write_copy(case, faults, annotate)
            _say(f"Problems marked in {written}")
        if as_json:
            _show_faults(faults, as_json=True)
        else:
            from sendplaces.telling import fault_table

            fault_table(faults)
        if any(one.severity == "fault" for one in faults):
            raise typer.Exit(Exit.FAULTS)


@app.command()
def start(
    la: Annotated[str, typer.Option("--la", help="Authority: its name, or either of its codes.")],
    gias: Annotated[
        Path, typer.Option(help="Register of schools: edubasealldata*.csv, or its zip.")
    ],
    sen2: Annotated[
        Path, typer.Option(help="Release 'Education, health and care plans': its folder or zip.")
    ],
    population: Annotated[Path, typer.Option(help="People by LSOA and single year of age (ONS).")],
    zones: Annotated[
        Path,
        typer.Option(help="Folder of LSOA centroids, lookups and (if any) deprivation."),
    ],
    out: Annotated[Path, typer.Option(help="Case folder to write.")],
    projections: Annotated[
        Path | None, typer.Option(help="Subnational population projections (ONS).")
    ] = None,
    finance: Annotated[
        Path | None, typer.Option(help="High needs benchmarking (section 251 outturn, DfE).")
    ] = None,
    radius_km: Annotated[
        float | None,
        typer.Option(
            "--radius-km",
            min=0.0,
            max=200.0,
            help="How far from the authority's zones provision is taken in (default: 15).",
        ),
    ] = None,
    base_year: Annotated[
        int | None,
        typer.Option(
            "--base-year",
            help="First academic year of the plan, such as 2026 for 2026/27 (default: the year "
            "after the count; a later one starts from projected children).",
        ),
    ] = None,
    horizon_years: Annotated[
        int, typer.Option("--horizon-years", min=1, max=10, help="Years that the plan covers.")
    ] = 5,
    waiting: Annotated[
        int,
        typer.Option(min=0, max=100_000, help="Children with a plan who wait for a place now."),
    ] = 0,
    draws: Annotated[
        int,
        typer.Option(min=0, max=10_000, help="Futures of demand to write beside the case."),
    ] = 0,
    blade: Annotated[
        Path | None,
        typer.Option(
            help="The authority's own SEN2 return (COLLECT Blade CSVs: folder or zip), in place of "
            "fitting children to the published tables. Nothing personal is kept."
        ),
    ] = None,
    postcodes: Annotated[
        Path | None,
        typer.Option(help="With --blade: an ONS postcode file (ONSPD or NSPL), for homes."),
    ] = None,
    census: Annotated[
        str | None,
        typer.Option(help="With --blade: the census date, YYYY-MM-DD (default: the return's own)."),
    ] = None,
    corrections: Annotated[
        Path | None,
        typer.Option(
            help="With --blade: CSV to write of what was found in the return, row by row; also "
            "when a fault stops the case."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of the draws.")] = 0,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the case that is in the folder.")
    ] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a case of any English authority from official files, every assumption noted.

    What is published is kept; what is not is assumed and said in case-notes.md. Options are
    suggestions, marked so: no school has been asked. With --blade the children are those of the
    authority's own return.
    """
    with _told_plainly(as_json=as_json):
        from inputs.start.files import Files
        from inputs.start.start import Choices
        from sendplaces.starting import own_return, run_start, summary, told

        own = own_return(blade, postcodes, census, corrections, waiting)
        files = Files(gias, sen2, population, zones, projections, finance)
        choices = Choices(radius_km, base_year, horizon_years, waiting, draws, seed)
        with _telling(quiet=quiet or as_json) as tell:
            case = run_start(la, files, out, choices, force=force, tell=tell, own=own)
        if as_json:
            _print_json(summary(case, out))
        else:
            sys.stdout.write(printable(told(case, out)) + "\n")


@app.command()
def template(
    out: Annotated[
        Path | None,
        typer.Option(help="Workbook to write (default: sendplaces-case.xlsx).", show_default=False),
    ] = None,
    for_round: Annotated[
        bool,
        typer.Option("--round", help="Write the tables of a placement round instead of a case's."),
    ] = False,
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write an empty workbook with drop-downs, notes and an example row on each sheet."""
    with _told_plainly(as_json=as_json):
        from inputs.errors import Fault, InputError
        from inputs.template import write_round_template, write_template

        out = out or Path(f"sendplaces-{'round' if for_round else 'case'}.xlsx")

        if out.suffix.lower() != ".xlsx":
            raise InputError([Fault(str(out), "is no name of a workbook", "End it in .xlsx")])
        if out.exists() and not force:
            raise InputError(
                [Fault(str(out), "is there already", "Choose another --out, or say --force")]
            )
        written = (write_round_template if for_round else write_template)(out)
        if as_json:
            _print_json({"file": str(written)})
        else:
            sys.stdout.write(f"{written}\n")


@app.command()
def travel(
    case: Annotated[Path, typer.Argument(help="Folder of CSV files, or one Excel workbook.")],
    network: NetworkOption = None,
    out: Annotated[Path, typer.Option(help="CSV to write.")] = Path("travel.csv"),
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Work out the minutes and miles from every zone to every provision, and write them."""
    with _told_plainly(as_json=as_json):
        from sendplaces.pipeline import run_travel
        from sendplaces.telling import travel_summary

        with _telling(quiet=quiet or as_json) as tell:
            table = run_travel(case, out, network=network, cache=_cache(), tell=tell, force=force)
        summary: dict[str, Any] = travel_summary(table, out)
        if as_json:
            _print_json(summary)
            return
        for line in (fault.sentence() for fault in table.warnings[:20]):
            _say(f"warning: {line}")
        sys.stdout.write(
            f"{summary['journeys']:,} journeys in {out} "
            f"({summary['by_road']:,} by road, {summary['straight_line']:,} by straight line, "
            f"{summary['supplied']:,} supplied)\n"
        )


@app.command()
def sweep(
    cases: Annotated[list[Path], typer.Argument(help="Cases: folders of CSV files, or workbooks.")],
    out: Annotated[
        Path, typer.Option(help="Folder to write: a run folder for each plan, and a table.")
    ],
    scenario: Annotated[
        list[Path] | None,
        typer.Option(help="Policy, for every case; may be given again (default: each case's own)."),
    ] = None,
    demand: Annotated[
        list[str] | None,
        typer.Option(help="As for 'plan'; may be given again, such as P10, P50 and P90."),
    ] = None,
    network: NetworkOption = None,
    gap: Annotated[
        float,
        typer.Option(min=0.0, max=0.5, help="Gap of cost within which a plan counts as proven."),
    ] = 0.001,
    time_limit: Annotated[
        float | None,
        typer.Option("--time-limit", min=0.1, help="Seconds for the searches of each plan."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=512,
            help="Plans made at the same time on this machine (default: one a core).",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="Address of a Dask scheduler that runs already: its workers make the plans."
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=LARGEST_SEED, help="Random seed of the solver.")
    ] = 0,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make many plans at once: every case under every scenario and demand.

    Each is the plan that 'plan --threads 1' makes, in a run folder of its own. Ends with 4 where
    one of them could not be made; the table says why, and the others are there.
    """
    with _told_plainly(as_json=as_json):
        from optimiser.solve import Settings
        from sendplaces.side_by_side import cores
        from sendplaces.sweep import pieces_of, run_sweep

        pieces = pieces_of(cases, scenario or (), demand or ())
        limit = float("inf") if time_limit is None else time_limit
        settings = Settings(gap=gap, time_limit_seconds=limit, threads=1, seed=seed)
        with _telling(quiet=quiet or as_json) as tell:
            told = run_sweep(
                pieces,
                out,
                settings,
                workers=workers or cores(),
                cluster=cluster,
                network=network,
                force=force,
                cache=_cache(),
                tell=tell,
            )
        if as_json:
            _print_json(told)
        else:
            from sendplaces.telling import sweep_lines

            sys.stdout.write(printable(sweep_lines(told["rows"], out)) + "\n")
        if told["planned"] < told["plans"]:
            raise typer.Exit(Exit.NO_PLAN)


@app.command()
def forecast(
    case: Annotated[
        Path | None,
        typer.Argument(
            help="Case to forecast for: best one that 'sendplaces start' made. Without it: --sen2 "
            "and --la.",
            show_default=False,
        ),
    ] = None,
    sen2: Annotated[
        Path | None,
        typer.Option(
            help="Release 'Education, health and care plans': its folder or zip. Beside a case it "
            "fills the returns' tables of requests and assessments."
        ),
    ] = None,
    la: Annotated[
        str | None,
        typer.Option("--la", help="With --sen2: the authority, by name or either of its codes."),
    ] = None,
    population: Annotated[
        Path | None, typer.Option(help="With --sen2: people by LSOA and single year of age (ONS).")
    ] = None,
    zones: Annotated[
        Path | None, typer.Option(help="With --sen2: folder of LSOA centroids and lookups.")
    ] = None,
    projections: Annotated[
        Path | None, typer.Option(help="With --sen2: subnational population projections (ONS).")
    ] = None,
    draws: Annotated[int, typer.Option(min=20, max=10_000, help="Futures to draw.")] = 1000,
    years: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Years ahead of the count (default: 7, or to the end of the case).",
            show_default=False,
        ),
    ] = None,
    lever: Annotated[
        list[str] | None,
        typer.Option("--lever", help="A preset, such as fewer_requests; may be given again."),
    ] = None,
    levers: Annotated[Path | None, typer.Option(help="TOML file of levers of your own.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of the draws.")] = 0,
    public: Annotated[
        bool,
        typer.Option(
            "--public",
            help="Hold back small numbers; leave out zones, draws and returns.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write (default: forecasts/<case or authority>)."),
    ] = None,
    force: ForceOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Project plans, specialist places and entrants, and say how far off that may be.

    Levers say what might change, each with its source; the folder holds the forecast with them
    and without, and the shapes of three returns (SCAP, LSRP, DSG plan).
    """
    with _told_plainly(as_json=as_json):
        from sendplaces.forecast_telling import default_folder, headline
        from sendplaces.forecasting import Asked, Sources, run_forecast

        sources = Sources(case, sen2, la, population, zones, projections)
        asked = Asked(draws, seed, years, tuple(lever or ()), levers)
        folder = out or default_folder(case, la)
        with _telling(quiet=quiet or as_json) as tell:
            told = run_forecast(sources, folder, asked, public=public, force=force, tell=tell)
        if as_json:
            _print_json(told.summary)
            return
        for one in () if quiet else told.warnings[:20]:
            _say(f"warning: {one.sentence()}")
        sys.stdout.write(printable(headline(told, folder)) + "\n")


@app.command()
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
    with _told_plainly(as_json=as_json):
        from sendplaces.routes import Asked, RoutesWrong, run_routes
        from sendplaces.side_by_side import cores

        if iterate and case is None:
            raise typer.BadParameter("needs --case, the case that the run was planned from",
                                     param_hint="--iterate")  # fmt: skip
        folder = out or run.with_name(f"{run.resolve().name}-routes")
        asked = Asked(draws, seconds, seed, tuple(rate or ()), options, workers or cores())
        try:
            with _telling(quiet=quiet or as_json) as tell:
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
                    cache=_cache(),
                    tell=tell,
                )
        except RoutesWrong as error:
            if as_json:
                _print_json({"violations": list(error.sentences)})
            _say("Routes do not hold what they say, and nothing was written:")
            for sentence in error.sentences[:20]:
                _say(f"  {sentence}")
            raise typer.Exit(1) from None
        if as_json:
            _print_json(told.summary)
        else:
            from sendplaces.routes_telling import headline

            sys.stdout.write(printable(headline(told, folder)) + "\n")


@app.command(name="round")
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
    scenario: Annotated[
        Path | None,
        typer.Option(help="Policy: a TOML file with what differs from its base."),
    ] = None,
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
    with _told_plainly(as_json=as_json):
        from optimiser.round.check import RoundFailedError
        from optimiser.round.solver import Ended, NoSolverError, NotProvenError, SolverName
        from sendplaces.pipeline import example
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
            with _telling(quiet=quiet or as_json) as tell:
                told = run_round(
                    source,
                    folder,
                    waiting=waiting,
                    vacancies=vacancies,
                    on=None if on is None else on.date(),
                    scenario_path=scenario,
                    network=network,
                    solver_name=SolverName(solver),
                    time_limit_seconds=float("inf") if time_limit is None else time_limit,
                    export=export,
                    pages=child_pages,
                    values=values,
                    public=public,
                    force=force,
                    cache=_cache(),
                    tell=tell,
                )
        except NotProvenError as error:
            if as_json:
                _print_json({"termination": str(error.ended), "children": None})
            late = error.ended is Ended.OUT_OF_TIME
            advice = "Allow more --time-limit." if late else "Try the other --solver."
            said = str(error)
            _say(f"{said[:1].upper()}{said[1:]}; nothing was written. {advice}")
            raise typer.Exit(Exit.OUT_OF_TIME if late else 1) from None
        except (NoSolverError, RoundFailedError) as error:
            if as_json:
                _print_json({"termination": None, "problem": str(error)})
            _say(str(error))
            usage = isinstance(error, NoSolverError)
            raise typer.Exit(Exit.WRONG_USAGE if usage else 1) from None
        if as_json:
            _print_json(told.summary)
        else:
            sys.stdout.write(printable(round_headline(told, folder)) + "\n")


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
