"""A plan held for questions: planned for them, or taken from a run folder."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from inputs.errors import InputError
from outputs.decisions import DECISIONS, read_decisions, write_decisions
from sendplaces.commands.shared import cache_folder
from sendplaces.planned import planned
from tests.sendplaces.driving import run, without_page

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sendplaces.driving import Told


def _refused(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        planned(folder, cache=cache_folder())
    return "\n".join(fault.sentence() for fault in caught.value.faults)


@pytest.fixture
def copied(tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Return a case of one's own and its run."""
    without_page(monkeypatch)
    case, out = tmp_path / "case", tmp_path / "run"
    shutil.copytree(tiny_folder, case)
    told = run("plan", case, "--out", out, "--quiet")
    assert told.code == 0, told.err
    return case, out


def test_a_run_is_held_as_the_case_is_planned(
    tiny_folder: Path, tiny_run: tuple[Told, Path]
) -> None:
    """Read back from its folder, a plan has the decisions, costs and bounds that a solve gives."""
    _, folder = tiny_run
    read, solved = planned(folder, cache=cache_folder()), planned(tiny_folder)
    assert read.run == folder
    assert solved.run is None
    assert read.run_id == solved.run_id
    for ours, theirs in ((read.plan, solved.plan), (read.minimum, solved.minimum)):
        assert ours.proof.cost_gbp == pytest.approx(theirs.proof.cost_gbp, rel=1e-12)
        assert ours.proof.bound_gbp == pytest.approx(theirs.proof.bound_gbp, rel=1e-12)
        assert ours.proof.termination == theirs.proof.termination
        assert ours.decided.keys() == theirs.decided.keys()
        for family, values in ours.decided.items():
            np.testing.assert_array_equal(values, theirs.decided[family])


def test_decisions_come_back_to_the_last_bit(tmp_path: Path) -> None:
    """What is written is read: a family with no rows, thirds, and the very small."""
    sides = {"plan": {"place": np.array([[0.0, 1 / 3], [2e-17, -1.5]]), "open": np.zeros((0, 5))}}
    write_decisions(tmp_path, sides, "key")
    shapes = {"plan": {"place": (2, 2), "open": (0, 5)}}
    back = read_decisions(tmp_path, shapes)
    assert back["plan"]["open"].shape == (0, 5)
    np.testing.assert_array_equal(back["plan"]["place"], sides["plan"]["place"])


def test_a_case_that_changed_is_refused(copied: tuple[Path, Path]) -> None:
    """A run is not asked about once its case says something else; the file is named."""
    case, out = copied
    path = case / "provisions.csv"
    path.write_text(path.read_text("utf-8") + "\n", encoding="utf-8")
    message = _refused(out)
    assert "before provisions.csv changed" in message
    assert "Plan the case again" in message
    shutil.rmtree(case)
    assert "no longer there" in _refused(out)


def test_a_run_whose_case_moved_takes_it_by_name(copied: tuple[Path, Path]) -> None:
    """Where nothing is noted of a run, as with one sent by somebody else, its case is named."""
    case, out = copied
    moved = case.rename(case.with_name("moved"))
    with pytest.raises(InputError, match="not known here"):
        planned(out, cache=None)
    assert planned(out, cache=None, case=moved).run == out
    with pytest.raises(InputError, match="no run folder"):
        planned(moved, case=moved)


def test_another_version_is_refused(copied: tuple[Path, Path]) -> None:
    """A run of another version is refused, and so is one that says nothing of its inputs."""
    _, out = copied
    facts = json.loads((out / "manifest.json").read_text("utf-8"))
    older = facts | {"versions": facts["versions"] | {"sendplaces": "0.0.1"}}
    (out / "manifest.json").write_text(json.dumps(older), encoding="utf-8")
    assert "another version of sendplaces (0.0.1)" in _refused(out)
    (out / "manifest.json").write_text(json.dumps(facts | {"travel": {}}), encoding="utf-8")
    assert "lacks what a run of this version says" in _refused(out)
    (out / "manifest.json").write_text(json.dumps(facts | {"public": True}), encoding="utf-8")
    assert "is a public run" in _refused(out)
    (out / "manifest.json").write_text(json.dumps(facts | {"kind": "round"}), encoding="utf-8")
    assert "holds a round, not a plan" in _refused(out)


def test_damaged_decisions_are_refused(copied: tuple[Path, Path]) -> None:
    """Decisions that are missing, cut short, or of another problem stop the question."""
    table = copied[1] / "tables" / DECISIONS
    whole = table.read_text("utf-8")
    table.write_text(whole.replace("place", "placed"), encoding="utf-8")
    assert "of another problem ('placed')" in _refused(copied[1])
    table.write_text(whole[:8], encoding="utf-8")
    assert "is damaged" in _refused(copied[1])
    table.unlink()
    assert "tables/decisions.csv: is missing" in _refused(copied[1])


def test_a_run_has_its_own_policy(tiny_run: tuple[Told, Path]) -> None:
    """Demand or policy given beside a run is refused: the run was planned with its own."""
    _, folder = tiny_run
    with pytest.raises(InputError) as caught:
        planned(folder, demand="P90")
    assert "holds its own policy" in caught.value.faults[0].sentence()
