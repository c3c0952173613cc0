"""The house: who may import whom, what ships, and what no file may say."""

from __future__ import annotations

import codecs
import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = {"inputs", "geo", "optimiser", "outputs", "sendplaces"}
NOT_OURS = {"build", "dist", "runs", "venv", "env", "__pycache__"}
TEXT = {".py", ".md", ".toml", ".txt", ".csv", ".html", ".css", ".yml", ".yaml", ".cfg", ""}
LARGEST_TEXT_BYTES = 2_000_000


def facts() -> dict[str, str]:
    """Return the project's own description of itself."""
    found: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return found


def files() -> list[Path]:
    """Return every text file of the project, those hidden or made by machines left out."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        within = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part not in {".ci", ".gitignore"} for part in within)
        # what is built, or installed beside the source, is not the source
        built = bool(NOT_OURS & set(within)) or any(part.endswith(".egg-info") for part in within)
        if not hidden and not built and path.is_file() and path.suffix in TEXT:
            found.append(path)
    return found


def test_imports_look_down_only() -> None:
    """The contracts of pyproject.toml hold: floors, the optimiser blind to maps, and the rest."""
    if importlib.util.find_spec("importlinter") is None:
        pytest.skip("import-linter is not installed")
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, so that nothing is written into the source tree."""
    if importlib.util.find_spec("build") is None or importlib.util.find_spec("hatchling") is None:
        pytest.skip("build and hatchling are not installed")
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for name in (*PACKAGES, "pyproject.toml", "README.md", "LICENSE"):
        one = ROOT / name
        if one.is_dir():
            shutil.copytree(one, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(one, source / name)
    words = ("--wheel", "--no-isolation", "--outdir", str(out), str(source))
    done = subprocess.run(
        [sys.executable, "-m", "build", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_holds_five_packages(wheel: Path) -> None:
    """Nothing but the five packages lands in a user's site-packages, tests least of all."""
    names = ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == PACKAGES


def test_what_is_read_at_run_time_ships(wheel: Path) -> None:
    """Every file in the packages that is not code is in the wheel: example, speeds, templates."""
    shipped = set(ZipFile(wheel).namelist())
    needed = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert not needed - shipped
    assert {
        "geo/speeds.csv",
        "inputs/parameters/national.csv",
        "inputs/examples/seaborough/network.osm.gz",
        "outputs/templates/report.html",
    } <= shipped


def test_the_version_is_in_the_changelog() -> None:
    """The version that is built is told to a reader."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## {re.escape(facts()['version'])}\b", text, re.MULTILINE)


def test_no_file_names_the_machine_it_was_written_on() -> None:
    """No file holds the folder of this checkout, of this virtual environment or of a home."""
    places = [ROOT]
    if sys.prefix != sys.base_prefix:
        places.append(Path(sys.prefix))
    here = [re.escape(str(place)) for place in places if len(place.parts) > 2]
    homes = [r"/home/[a-z]\w*", r"/Users/[A-Za-z]\w*", r"C:\\Users\\[A-Za-z]\w*"]
    named = re.compile("|".join(rf"(?<![\w.]){place}\b" for place in (*here, *homes)))
    assert not _holding(named)


def _holding(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in files():
        if path.stat().st_size > LARGEST_TEXT_BYTES:
            continue
        text = path.read_text("utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in pattern.finditer(text)]
    return found


def test_every_file_of_text_is_utf8_with_plain_line_ends() -> None:
    """Windows editors leave a mark at the start and returns at the ends: neither is kept."""
    for path in files():
        data = path.read_bytes()
        data.decode("utf-8")
        assert not data.startswith(codecs.BOM_UTF8), path
        assert b"\r" not in data, path
