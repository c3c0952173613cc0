"""``start``: a case of an authority from official files, in one command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inputs.official import made_up
from tests.sendplaces.driving import nothing_written, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the made-up official files, by the option that takes each."""
    return made_up.write_all(tmp_path_factory.mktemp("official"))


def words(files: dict[str, Path], out: Path, **changed: object) -> list[object]:
    """Return the words of a command for Saltmarsh, with some options changed (None: left out)."""
    options: dict[str, object] = {"la": "Saltmarsh", **files, "out": out, **changed}
    return [
        part
        for name, value in options.items()
        if value is not None
        for part in (f"--{name.replace('_', '-')}", value)
    ]


@pytest.mark.slow
def test_start_check_and_plan(files: dict[str, Path], tmp_path: Path) -> None:
    """The case that ``start`` writes passes ``check`` and is planned by ``plan``, as it stands."""
    out = tmp_path / "saltmarsh"
    told = run("start", *words(files, out, draws=3, waiting=4))
    assert told.code == 0, told.err
    assert "12 zones" in told.out
    assert "Margin check: all 901 published margins hold exactly" in told.out
    assert f"sendplaces check {out}" in told.out
    # Each stage is told on the way, on the other stream.
    assert "Fitting children to the published margins" in told.err
    assert run("check", out).code == 0
    planned = run("plan", out, "--time-limit", 30, "--out", tmp_path / "run", "--quiet", "--json")
    assert planned.code == 0, planned.err
    assert planned.json()["audit"]["passed"] is True
    notes = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "No school has been asked" in notes
    # A second time it is refused at once, and forced it is replaced.
    with nothing_written(out):
        again = run("start", *words(files, out))
    assert again.code == 3
    assert "is there already" in again.err
    forced = run("start", *words(files, out, finance=None, projections=None), "--force", "--json")
    assert forced.code == 0, forced.err
    found = forced.json()
    assert found["margins"] == {"published": 901, "held": 901}
    assert found["authority"]["old_code"] == "901"
    assert found["zones"] == 12
    assert forced.err == ""
    notes = (out / "case-notes.md").read_text(encoding="utf-8")
    assert "because no section 251 file was given" in notes
    assert not (out / "draws.npz").exists()


def test_a_wrong_name_suggests_the_nearest_and_writes_nothing(
    files: dict[str, Path], tmp_path: Path
) -> None:
    """Exit 3, one line a fault, no traceback, and no folder."""
    with nothing_written(tmp_path):
        told = run("start", *words(files, tmp_path / "case", la="Saltmarhs"), "--quiet")
    assert told.code == 3
    assert "Did you mean 'Saltmarsh'?" in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


@pytest.mark.parametrize(
    ("option", "given", "message"),
    [
        ("gias", "population", "wanted: the register of schools"),
        ("population", "gias", "wanted: population of small areas"),
        ("finance", "population", "wanted: high needs benchmarking"),
        ("projections", "gias", "wanted: population projections"),
        ("sen2", "gias", "wanted: a release of EHC plans"),
        ("zones", "sen2", "the folder lacks the lookup from LSOA 2011 to district"),
    ],
)
def test_a_wrong_file_is_named_for_what_it_is(
    files: dict[str, Path], tmp_path: Path, option: str, given: str, message: str
) -> None:
    """Each file given in the place of another is refused by what was wanted."""
    told = run("start", *words(files, tmp_path / "case", **{option: files[given]}), "--json")
    assert told.code == 3
    assert message in "\n".join(fault["problem"] for fault in told.json()["faults"])


def test_a_file_that_is_not_there_is_told(files: dict[str, Path], tmp_path: Path) -> None:
    """A path with a slip: which, and what to do."""
    told = run("start", *words(files, tmp_path / "case", gias=tmp_path / "none.csv"), "--quiet")
    assert told.code == 3
    assert "there is no such file or folder. Check the spelling" in told.err


def test_a_year_before_the_count_is_told(files: dict[str, Path], tmp_path: Path) -> None:
    """A case cannot begin before its children were counted."""
    told = run("start", *words(files, tmp_path / "case", base_year=2020), "--quiet")
    assert told.code == 3
    assert "--base-year: '2020' is not after the count of January 2025" in told.err


def test_help_says_what_it_does() -> None:
    """The help names every file that it needs, and that options are suggestions."""
    told = run("start", "--help")
    assert told.code == 0
    for word in ("--la", "--gias", "--sen2", "--population", "--zones", "--out", "suggestions"):
        assert word in told.out
