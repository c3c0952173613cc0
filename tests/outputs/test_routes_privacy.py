"""No home can be read from any file of a routed comparison, and the public version tells less."""

from __future__ import annotations

import json
import re
import struct
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pandas as pd
import pytest
from pyproj import Transformer

from outputs.routes_privacy import held_back, publish_routes_safely
from outputs.routes_publish import publish_routes
from outputs.suppression import SMALL
from tests.outputs.routed import HOMES, routed_report

if TYPE_CHECKING:
    from pathlib import Path

TO_DEGREES = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the folder of the made-up comparison, whole and public."""
    where = tmp_path_factory.mktemp("routes")
    report = routed_report()
    fragments = {"learned-term.toml": "# nothing\n"}
    return {
        "full": publish_routes(report, where / "full", manifest={}, fragments=fragments),
        "public": publish_routes(
            publish_routes_safely(report), where / "public", manifest={}, fragments=fragments
        ),
    }


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file's bytes; a workbook's sheets one by one, since it is packed."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        found[name] = path.read_bytes()
        if path.suffix == ".xlsx":
            with ZipFile(path) as book:
                for part in book.namelist():
                    found[f"{name}/{part}"] = book.read(part)
    return found


def test_no_file_holds_a_home(folders: dict[str, Path]) -> None:
    """Neither as metres nor as degrees, neither as text nor as the numbers of a map file."""
    looked_for: list[bytes] = []
    for _, east, north in HOMES.values():
        longitude, latitude = TO_DEGREES.transform(east, north)
        looked_for += [f"{value:.0f}".encode() for value in (east,)]
        looked_for += [f"{value:.5f}".encode() for value in (longitude, latitude)]
        looked_for += [struct.pack("<2d", east, north), struct.pack("<2d", longitude, latitude)]
    for kind, folder in folders.items():
        for name, data in contents(folder).items():
            for needle in looked_for:
                assert needle not in data, (kind, name, needle)


def test_no_file_names_a_child(folders: dict[str, Path]) -> None:
    """Pseudonyms stay inside: tables, maps and sheets speak of zones and numbers."""
    for kind, folder in folders.items():
        for name, data in contents(folder).items():
            for child in HOMES:
                assert child.encode() not in data, (kind, name, child)


def test_the_public_folder_has_no_routes_and_no_zones(folders: dict[str, Path]) -> None:
    """No map file, no lines, no sheets; and no zone is named in what is left."""
    names = set(contents(folders["public"]))
    assert "routes.html" in names
    assert not {name for name in names if name.startswith(("export/", "sheets/"))}
    assert "routes.gpkg" not in names
    for name, data in contents(folders["public"]).items():
        for zone in (b"North", b"South", b">north<", b">south<"):
            assert zone not in data, (name, zone)


def test_the_full_folder_is_marked_as_not_for_publication(folders: dict[str, Path]) -> None:
    """Page and sheets say at their head who may see them."""
    assert b"Not for publication" in contents(folders["full"])["routes.html"]
    assert b"Not for publication" in contents(folders["full"])["sheets/oak_school.html"]
    assert b"Public version" in contents(folders["public"])["routes.html"]


def test_no_small_number_of_children_is_public() -> None:
    """Every published count is nought, held back, or at least five and a multiple of it."""
    safe = publish_routes_safely(routed_report())
    counts = {"users", "children", "moved", "more_children", "learners", "affected"}
    for name, table in safe.tables.items():
        for column in table.columns:
            base = str(column).removeprefix("do_minimum_").removeprefix("plan_")
            if base not in counts:
                continue
            shown = pd.to_numeric(table[column], errors="coerce").dropna()
            assert ((shown == 0) | (shown.abs() >= SMALL)).all(), (name, column)
            assert (shown % 5 == 0).all(), (name, column)


def test_a_lone_provision_with_few_children_is_not_held_back_alone() -> None:
    """With one hidden row the total would give it away, so a second is hidden too."""
    report = routed_report()
    change = report.tables["provisions_change"].copy()
    for side in ("do_minimum", "plan"):
        change[f"{side}_users"] = [3.0, 40.0, 60.0]
    tables = report.tables | {"provisions_change": change}
    from dataclasses import replace

    safe = publish_routes_safely(replace(report, tables=tables)).tables["provisions_change"]
    hidden = (safe["plan_users"] == "c").tolist()
    assert hidden == [True, True, False]
    assert (safe.loc[hidden, "plan_cost_a_year_gbp"] == "c").all()
    assert safe.loc[2, "plan_users"] == 60.0


def test_publishing_safely_twice_changes_nothing() -> None:
    """The public version of a public version is itself."""
    safe = publish_routes_safely(routed_report())
    assert publish_routes_safely(safe) is safe


def test_the_public_summary_holds_none_for_small_numbers(folders: dict[str, Path]) -> None:
    """Five children are paid for with the plan, four without: 5 and nothing."""
    summary = json.loads((folders["public"] / "summary.json").read_text("utf-8"))
    assert summary["sides"]["plan"]["users"] == 5.0
    assert summary["sides"]["do_minimum"]["users"] is None
    assert summary["public"] is True


@pytest.mark.parametrize(("count", "shown"), [(0.0, 0.0), (4.9, "c"), (5.0, 5.0), (-7.0, -5.0)])
def test_counts_are_rounded_to_five(count: float, shown: object) -> None:
    """Above 0 and below 5 nothing is told, whichever way the number points."""
    assert held_back(count) == shown


def test_hostile_names_stay_text(folders: dict[str, Path]) -> None:
    """A provision called +Elm, or with markup in its name, is text in the page and the tables."""
    table = (folders["full"] / "tables" / "provisions_change.csv").read_text("utf-8")
    assert "'+Elm" in table
    page = (folders["full"] / "routes.html").read_text("utf-8")
    assert not re.search(r"<script", page)
