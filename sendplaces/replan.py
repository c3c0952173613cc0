"""Next year's re-plan: last year's decisions locked, this year's case planned, the change told."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from inputs.errors import Fault, InputError, did_you_mean
from inputs.read import read_case
from inputs.scenario import read_scenario, resolve
from optimiser.answer import Settings, Stop
from optimiser.attribution import attributed
from optimiser.last_year import LastYear, stages, with_locks
from optimiser.openings_held import dearer
from optimiser.pose import pose
from outputs.findings import publish_findings
from outputs.publish import MANIFEST, check_free, kind_of
from outputs.replan_findings import KIND, openings_table, replan_findings
from sendplaces.asked import Read, manifest_of
from sendplaces.planned import NOTES
from sendplaces.posed import journeys, key_of
from sendplaces.runs import Silence, product_version, spare_inputs

if TYPE_CHECKING:
    from inputs.case import Case
    from sendplaces.runs import Tell


@dataclass(frozen=True)
class LastRun:
    """What a run folder says of last year.

    Parameters
    ----------
    folder, run_id, name, base_year, price_year
        Of the run and its case.
    openings
        option, name, year, committed.
    inputs
        File to its hash.
    scenario
        As resolved then.
    version
        Of the product that wrote it.
    """

    folder: Path
    run_id: str
    name: str
    base_year: int
    price_year: int
    openings: pd.DataFrame
    inputs: dict[str, str]
    scenario: dict[str, Any]
    version: str


def run_replan(
    source: Path,
    out: Path,
    *,
    last: Path,
    last_case: Path | None = None,
    also_locked: tuple[str, ...] = (),
    scenario: Path | None = None,
    network: str | Path | None = None,
    settings: Settings | None = None,
    force: bool = False,
    cache: Path | None = None,
    tell: Tell | None = None,
    stop: Stop | None = None,
) -> dict[str, Any]:
    """Plan this year's case with last year's decisions locked, and write what changed and why.

    Parameters
    ----------
    source
        This year's case.
    out
        The folder to write.
    last
        The run folder of last year's plan.
    last_case
        The case that it was planned from, where it is not known or has moved.
    also_locked
        Options of last year's plan that were decided too, though they open later.
    scenario, network
        This year's policy and roads; None takes those in the case folder, if any.
    settings, cache, tell, stop
        Gap, time limit of each search, threads and seed; where matrices are kept, who is told, the
        wish to stop.
    force
        Replace a folder that holds something else.

    Returns
    -------
    dict
        The summary, as it was published.

    Raises
    ------
    InputError
        For faults in the case; for a run that is no full plan, of another case or of a later
        year; for a last case that is not what the run was planned from.
    NoPlan, OutOfTime
        When a step has no plan, or none was found in time.
    """
    settings, tell, stop = settings or Settings(), tell or Silence(), stop or Stop()
    started = datetime.now(UTC)
    check_free(out, kind=KIND, force=force)
    spare_inputs(out, (source, scenario, network, last, last_case))
    tell.stage("Reading last year's run and this year's case")
    before, case = read_last_run(last), read_case(source)
    policy = read_scenario(scenario or case.scenario, case.price_year)
    _same_case(before, case)
    locked, notes = _locks(before, case, also_locked)
    found, why_not = _last_year(before, last_case, cache)
    if found is not None and {str(policy.demand), str(found.scenario.demand)} != {"mean"}:
        why_not = (
            "The change is not attributed: one of the two plans is for a draw of the entrants, and "
            "two draws do not compare. Plan both for the mean."
        )
        found = None
    if found is None:
        steps = [("", with_locks(case, locked), policy)]
    else:
        steps = stages(found, case, policy, locked)
    tell.stage("Working out journeys")
    union = _everywhere(case, [one for _, one, _ in steps])
    travel = journeys(union, policy, network, cache, tell)
    problems = [(group, pose(one, travel.journeys, rules)) for group, one, rules in steps]
    solved, answer = attributed(
        problems, settings, stop=stop, tell=lambda group: tell.stage(_stage(group))
    )
    problem = problems[-1][1]
    names = dict(zip(before.openings["option"], before.openings["name"], strict=True))
    names |= dict(zip(problem.options["option"], problem.options["name"], strict=True))
    planned = dict(zip(before.openings["option"], before.openings["year"], strict=True))
    table = openings_table(planned, solved[-1].openings, locked, case.base_year, names)
    findings = replan_findings(
        table,
        solved,
        whole=None if found is None else dearer(solved[-1].proof, solved[0].proof),
        proof=answer.proof,
        case_name=case.name,
        run_id=key_of(case, policy, settings),
        last_run=before.run_id,
        names=names,
        options=_as_typed(with_locks(case, locked).options),
        not_attributed=why_not,
        notes=notes,
        warnings=problem.warnings,
        attribution=tuple(travel.attribution),
    )
    tell.stage("Writing the findings")
    asked = {"last": before.run_id, "locked": dict(locked)}
    manifest = manifest_of(Read(case, policy, travel), settings, started, asked)
    publish_findings(findings, out, manifest=manifest, force=force)
    told = {"kind": KIND, "case": case.name, "run_id": findings.run_id, "locked": dict(locked)}
    return told | dict(findings.summary)


def _stage(group: str) -> str:
    return f"Solving with this year's {group}" if group else "Solving as last year expected"


def read_last_run(folder: Path) -> LastRun:
    """Return what a run folder says of last year.

    Its decisions are facts, whatever version of the product wrote them.

    Raises
    ------
    InputError
        When it is no full plan, or lacks what a plan says.
    """
    kind = kind_of(folder) if folder.is_dir() else None
    if kind != "plan":
        what = "is no run folder" if kind is None else f"holds a {kind}, not a plan"
        raise InputError(
            [Fault(str(folder), what, "Name the folder that sendplaces plan wrote last year")]
        )
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        if manifest.get("public"):
            raise InputError(
                [Fault(str(folder), "is a public run, which holds no homes",
                       "Name the full run, written by sendplaces plan without --public")]
            )  # fmt: skip
        openings = pd.read_csv(folder / "tables" / "openings.csv", dtype={"option": str})
        told = LastRun(
            folder=folder,
            run_id=str(manifest["run_id"]),
            name=str(manifest["case"]["name"]),
            base_year=int(manifest["case"]["base_year"]),
            price_year=int(manifest["case"]["price_year"]),
            openings=openings[["option", "name", "year", "committed"]].astype({"year": int}),
            inputs={str(one["file"]): str(one["sha256"]) for one in manifest["inputs"]},
            scenario=dict(manifest["scenario"]),
            version=str(manifest["versions"]["sendplaces"]),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            [Fault(str(folder), f"lacks what a run says ({error})", "Plan last year's case again")]
        ) from None
    return told


def _same_case(before: LastRun, case: Case) -> None:
    """Refuse a run of another authority, or one that is not of an earlier year."""
    if before.name != case.name:
        raise InputError(
            [Fault(str(before.folder), f"is a run of {before.name}, and the case is {case.name}",
                   "Name last year's run of the same case")]
        )  # fmt: skip
    if case.base_year <= before.base_year:
        raise InputError(
            [
                Fault(
                    str(before.folder),
                    f"begins in {before.base_year}, and the case in {case.base_year}: a re-plan "
                    "begins later",
                    "Set base_year of the case to the new first year, or compare the two runs",
                )
            ]
        )


def _locks(before: LastRun, case: Case, also: tuple[str, ...]) -> tuple[dict[str, int], list[str]]:
    """Return option to year of what was decided, and what was assumed.

    Raises
    ------
    InputError
        For an option named with ``--locked`` that last year's plan did not open.
    """
    year_of = dict(zip(before.openings["option"], before.openings["year"], strict=True))
    unknown = [
        Fault(
            "--locked", "is no opening of last year's plan", did_you_mean(one, year_of), value=one
        )
        for one in also
        if one not in year_of
    ]
    if unknown:
        raise InputError(unknown)
    committed = set(before.openings.loc[before.openings["committed"].astype(bool), "option"])
    here = {str(row["option"]): row for row in case.options.to_dict("records")}
    locked: dict[str, int] = {}
    notes: list[str] = []
    gone: list[str] = []
    late: list[str] = []
    for option, year in year_of.items():
        decided = year <= case.base_year or option in committed or option in also
        if option not in here:
            if decided:
                gone.append(option)
            continue
        row = here[option]
        if not decided:
            if year - int(row["lead_years"]) < case.base_year:
                late.append(option)
            continue
        own: Any = row["committed_year"]
        when = int(year) if pd.isna(own) else int(own)
        locked[option] = max(when, case.base_year)
        if when != year:
            notes.append(f"{option} is locked in {when}, as this year's case says, not in {year}.")
        elif year < case.base_year:
            notes.append(
                f"{option} was to open in {year} and is still an option: taken to open in "
                f"{case.base_year}."
            )
    if gone:
        notes.append(
            "Decided, and no option of this year's case, so taken to stand among its provisions: "
            + ", ".join(gone)
            + "."
        )
    if late:
        notes.append(
            f"Had to be decided before {case.base_year} to open as planned, and not locked: "
            + ", ".join(late)
            + ". If they were decided, say --locked."
        )
    if before.version != product_version():
        notes.append(
            f"Last year's run was written by version {before.version} of sendplaces: its openings "
            "are taken as they stand; every figure here is worked out by this version."
        )
    return locked, notes


def _last_year(
    before: LastRun, named: Path | None, cache: Path | None
) -> tuple[LastYear | None, str]:
    """Return last year's case and plan; or None, and why the change cannot be attributed.

    Raises
    ------
    InputError
        When the case named is not what the run was planned from.
    """
    path = named
    if path is None and cache is not None:
        with contextlib.suppress(OSError, ValueError, TypeError):
            note = json.loads((cache / NOTES / f"{before.run_id}.json").read_text("utf-8"))
            path = None if note.get("forecast") else Path(note["case"])
    missing = (
        "The change is not attributed: a run folder holds no inputs, and last year's case is not "
        "known here or has changed. Name it with --last-case."
    )
    if path is None or not path.exists():
        if named is not None:
            raise InputError([Fault(str(named), "there is no such case", "Check the path")])
        return None, missing
    old = read_case(path)
    now = {one.name: one.sha256 for one in old.sources}
    other = sorted(
        name
        for name in now.keys() | before.inputs.keys()
        if now.get(name) != before.inputs.get(name)
    )
    if other:
        if named is None:
            return None, missing
        raise InputError(
            [
                Fault(
                    str(named),
                    f"is not the case that last year's run was planned from: {', '.join(other)} "
                    "differ",
                    "Name the case as it was last year",
                )
            ]
        )
    try:
        policy = resolve(before.scenario, date(before.price_year, 9, 1), MANIFEST)
    except InputError:
        return None, (
            "The change is not attributed: last year's policy was written by another version of "
            "sendplaces. Plan last year's case again with this version, and name that run."
        )
    tables = before.folder / "tables"
    return LastYear(
        case=old,
        scenario=policy,
        placements=pd.read_csv(tables / "placements.csv", dtype={"zone": str, "provision": str}),
        unplaced=pd.read_csv(tables / "unplaced.csv", dtype={"zone": str}),
        openings=dict(zip(before.openings["option"], before.openings["year"], strict=True)),
    ), ""


def _everywhere(case: Case, cases: list[Case]) -> Case:
    """Return the case with every zone and provision of any step, to measure journeys once."""
    tables = {}
    for name, key in (("zones", "zone"), ("provisions", "provision")):
        every = pd.concat([getattr(one, name).astype(object) for one in (case, *cases)])
        every = every.drop_duplicates(key).reset_index(drop=True)
        tables[name] = every.astype(getattr(case, name).dtypes.to_dict())
    return replace(case, zones=tables["zones"], provisions=tables["provisions"])


def _as_typed(options: pd.DataFrame) -> pd.DataFrame:
    """Return the table of options as a person would type it: lists with semicolons."""
    out = options.copy().astype(object)
    for column in out.columns:
        out[column] = [
            "; ".join(f"{part:g}" if isinstance(part, float) else str(part) for part in cell)
            if isinstance(cell, tuple)
            else ("yes" if cell else "no")
            if isinstance(cell, bool)
            else cell
            for cell in out[column]
        ]
    return out
