"""How a run ends: exit codes, what is said, and that nothing half-written is ever left."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import outputs.workbook
import sendplaces.pipeline
import sendplaces.planned
import sendplaces.posed
from optimiser.audit import Audit
from optimiser.checking import Check
from optimiser.solve import OutOfTime, Termination
from tests.cases import tiny_tables, write_case
from tests.sendplaces.driving import (
    ROOT,
    command,
    contents,
    environment,
    nothing_written,
    refused,
    run,
    without_page,
)

if TYPE_CHECKING:
    from pathlib import Path

ON_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="SIGINT ends a process there")
WRONG_USAGE = {
    "an unknown command": ("plna",),
    "an unknown option": ("plan", "nowhere", "--netwrok", "x"),
    "two cases": ("plan", "one", "two"),
    "check without a case": ("check",),
    "travel without a case": ("travel",),
    "a gap over a half": ("plan", "nowhere", "--gap", "5"),
    "a gap below nothing": ("plan", "nowhere", "--gap", "-0.1"),
    "a gap that is no number": ("plan", "nowhere", "--gap", "NaN"),
    "no time": ("plan", "nowhere", "--time-limit", "0"),
    "time that is no number": ("plan", "nowhere", "--time-limit", "nan"),
    "no threads": ("plan", "nowhere", "--threads", "0"),
    "a seed below nothing": ("plan", "nowhere", "--seed", "-1"),
    "a seed that no solver takes": ("plan", "nowhere", "--seed", "99999999999"),
}


@pytest.mark.parametrize("name", WRONG_USAGE)
def test_wrong_usage_is_exit_2(name: str, tmp_path: Path) -> None:
    """A command line that cannot be meant ends with 2 and says why on standard error."""
    with nothing_written(tmp_path):
        told = run(*WRONG_USAGE[name])
    assert told.code == 2
    assert told.out == ""
    assert "Usage:" in told.err
    assert "Traceback" not in told.err


def over_budget(folder: Path) -> tuple[Path, Path]:
    """Write a case with two commitments of £240,000 each, and a policy with £300,000 for both."""
    tables = tiny_tables()
    first = tables["options"][0] | {"committed_year": 2027}
    second = first | {"option": "oak_6_more", "provision": "oak_school"}
    tables["options"] = [first, second]
    tables["option_teaches"].append(tables["option_teaches"][0] | {"option": "oak_6_more"})
    policy = folder / "policy.toml"
    policy.write_text("capital_budget_gbp = 300000\n", encoding="utf-8")
    return write_case(folder / "case", **tables), policy


def test_commitments_over_the_budget_are_exit_4(tmp_path: Path) -> None:
    """Two commitments over the capital budget: 4, the rule and what stands against it, by name."""
    case, policy = over_budget(tmp_path)
    words = ("plan", case, "--scenario", policy, "--out", tmp_path / "out")
    with nothing_written(tmp_path):
        told = run(*words)
        as_json = run(*words, "--json")
    assert (told.code, as_json.code) == (4, 4)
    assert told.out == ""
    assert "No plan satisfies the rules, and nothing was written" in told.err
    assert "the capital budget (£300,000 in total) is £180,000 short" in told.err
    assert "elm_base_6_more" in told.err
    assert "oak_6_more" in told.err
    found = as_json.json()
    assert found["termination"] == "infeasible"
    assert any("capital budget" in clash for clash in found["clashes"])


@pytest.mark.parametrize(("why", "code"), [(Termination.TIME_LIMIT, 5), (Termination.STOPPED, 130)])
def test_no_plan_in_time_is_exit_5_and_stopped_130(
    tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch, why: Termination, code: int
) -> None:
    """A search that ends with no plan at all writes nothing; only lack of time advises more."""

    def never(*_args: object, **_more: object) -> object:
        raise OutOfTime(why)

    monkeypatch.setattr(sendplaces.planned, "solve", never)
    with nothing_written(tmp_path):
        told = run("plan", tiny_folder, "--out", tmp_path / "out", "--quiet")
        as_json = run("plan", tiny_folder, "--out", tmp_path / "out", "--json")
    assert (told.code, as_json.code) == (code, code)
    assert "nothing was written" in told.err
    assert ("--time-limit" in told.err) == (code == 5)
    assert as_json.json() == {"termination": str(why), "cost_gbp": None}


def test_a_time_limit_too_short_ends_in_order(tmp_path: Path, tiny_folder: Path) -> None:
    """A tenth of a second is either enough for a tiny case, or exit 5 with nothing written."""
    told = run("plan", tiny_folder, "--out", tmp_path / "out", "--time-limit", "0.1", "-q")
    assert told.code in {0, 5}, told.err
    assert (tmp_path / "out").exists() == (told.code == 0)


def test_a_plan_that_fails_its_audit_is_not_published(
    tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing unaudited is published, and the end is an error."""
    failed = Audit((Check("capacity", worst=3.0, tolerance=1e-6, where="elm_base 2027"),))
    monkeypatch.setattr(sendplaces.pipeline, "audit", lambda *_args: failed)
    with nothing_written(tmp_path):
        told = run("plan", tiny_folder, "--out", tmp_path / "out", "--json")
    assert told.code == 1
    assert told.json()["audit"]["passed"] is False
    assert "capacity" in told.err
    assert "Traceback" not in told.err


def _interrupt_at(monkeypatch: pytest.MonkeyPatch, search: int, times: int) -> None:
    """Press Ctrl-C in this process at the first plan of the first or second search."""
    before = sendplaces.planned.solve
    searches = iter((1, 2))

    def pressed(problem: Any, settings: Any, **more: Any) -> Any:
        number, left = next(searches), [times]

        def show(progress: Any) -> None:
            if number == search and progress.cost_gbp < float("inf"):
                while left[0]:
                    left[0] -= 1
                    os.kill(os.getpid(), signal.SIGINT)

        # no gap at all, so that the first plan is not yet the proven one
        return before(problem, replace(settings, gap=0.0), **more | {"show": show})

    monkeypatch.setattr(sendplaces.planned, "solve", pressed)


@ON_POSIX
def test_ctrl_c_keeps_the_best_plan(
    tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C once a plan is found: the plan is audited and written, says so, and ends with 130."""
    without_page(monkeypatch)
    _interrupt_at(monkeypatch, search=2, times=1)
    told = run("plan", tiny_folder, "--out", tmp_path / "out", "--quiet")
    assert told.code == 130, told.err
    assert "the search was stopped" in told.out
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["termination"] == "stopped"
    assert summary["audit"]["passed"] is True
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@ON_POSIX
@pytest.mark.parametrize(("search", "times"), [(1, 1), (2, 2)])
def test_ctrl_c_before_a_plan_or_twice_writes_nothing(
    tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch, search: int, times: int
) -> None:
    """Ctrl-C in the do-minimum, when there is no plan yet, or twice: 130, and nothing written."""
    _interrupt_at(monkeypatch, search, times)
    with nothing_written(tmp_path):
        told = run("plan", tiny_folder, "--out", tmp_path / "out", "--quiet")
    assert told.code == 130, told.err
    assert "nothing was written" in told.err
    assert "Traceback" not in told.err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@ON_POSIX
def test_a_process_that_is_interrupted_leaves_nothing(tmp_path: Path, tiny_folder: Path) -> None:
    """SIGINT from outside, while a real process reads and solves: 130 and no scrap on the disk."""
    with subprocess.Popen(
        command("plan", tiny_folder, "--out", tmp_path / "out"),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if b"Working out journeys" in line:
                break
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err.decode()
    assert b"nothing was written" in err
    assert b"Traceback" not in err
    assert out == b""
    assert list(tmp_path.iterdir()) == []


def _full_disk(_report: object, path: Path) -> None:
    path.write_bytes(b"half a workb")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


@pytest.mark.parametrize("earlier", [False, True])
def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch, earlier: bool
) -> None:
    """A disk that fills half way: exit 3 in words; an earlier run stays to the byte."""
    monkeypatch.setattr(outputs.workbook, "write_workbook", _full_disk)
    out = tmp_path / "out"
    if earlier:
        (out / "tables").mkdir(parents=True)
        (out / "manifest.json").write_text("{}", encoding="utf-8")
        (out / "tables" / "gap.csv").write_text("run_id\nolder\n", encoding="utf-8")
    with nothing_written(tmp_path):
        told = run("plan", tiny_folder, "--out", out, "--json")
    assert told.code == 3
    assert "Traceback" not in told.err
    assert "No space left" in told.json()["faults"][0]["problem"]


def test_a_cache_that_cannot_be_written_costs_no_answer(
    tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file where the cache should be is no reason to refuse: journeys are worked out anew."""
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    monkeypatch.setenv("SENDPLACES_CACHE", str(tmp_path / "cache"))
    told = run("travel", tiny_folder, "--out", tmp_path / "travel.csv", "--json")
    assert told.code == 0, told.err


def _never_read(*_args: object) -> object:
    raise AssertionError("the case was read before the folder was looked at")


@pytest.mark.parametrize("what", ["a folder of work", "a file"])
def test_a_folder_that_is_no_run_is_refused_before_the_work(
    tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """What stands there and is no earlier run is never replaced unasked, and is seen at once."""
    out = tmp_path / "out"
    if what == "a file":
        out.write_text("a thesis", encoding="utf-8")
    else:
        out.mkdir()
        (out / "thesis.docx").write_text("a thesis", encoding="utf-8")
    monkeypatch.setattr(sendplaces.posed, "read_case", _never_read)
    saying = ["is a file" if what == "a file" else "not an earlier run", "--out"]
    refused(tmp_path, tiny_folder, saying=saying)


def test_force_replaces_and_an_earlier_run_is_replaced(
    tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--force`` replaces a folder of anything; after that, it is an earlier run."""
    without_page(monkeypatch)
    out = tmp_path / "out"
    out.mkdir()
    (out / "old.txt").write_text("old", encoding="utf-8")
    for words in (["--force"], []):
        told = run("plan", tiny_folder, "--out", out, "--quiet", *words)
        assert told.code == 0, told.err
        assert not (out / "old.txt").exists()
    assert list(tmp_path.iterdir()) == [out], "nothing set aside is left"


@pytest.mark.parametrize("where", [".", "..", "case"])
def test_even_force_spares_the_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """A run folder that is, or holds, the case would remove it: refused, whatever is said."""
    case = write_case(tmp_path / "here" / "case")
    (tmp_path / "here" / "manifest.json").write_text("{}", encoding="utf-8")
    (case / "manifest.json").write_text("{}", encoding="utf-8")
    monkeypatch.chdir(case)
    out = {".": ".", "..": "..", "case": case}[where]
    before = contents(tmp_path)
    for words in ([], ["--force"]):
        told = run("plan", ".", "--out", out, "--quiet", *words)
        assert told.code == 3
        assert "which the run would replace" in told.err
    assert contents(tmp_path) == before


def test_the_run_folder_is_named_after_the_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --out a run goes to runs/<case>-<scenario>, from inside the case folder too."""
    without_page(monkeypatch)
    case = write_case(tmp_path / "v1.2 autumn")
    (case / "tight.toml").write_text("openings_per_year = 0\n", encoding="utf-8")
    monkeypatch.chdir(case)
    told = run("plan", ".", "--scenario", "tight.toml", "--quiet")
    assert told.code == 0, told.err
    assert (case / "runs" / "v1.2 autumn-tight" / "manifest.json").is_file()
