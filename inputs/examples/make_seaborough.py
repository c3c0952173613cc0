"""Make the embedded example: ``python -m inputs.examples.make_seaborough [FOLDER]``.

The same seed makes the same files. Change the numbers in ``seaborough_land`` (where people live),
``seaborough_roads``, ``seaborough_places`` (schools, fees, options), ``seaborough_children`` or
``seaborough_round`` (who waits now, and which places are open).
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inputs.examples.seaborough_children import (
    enter_children,
    place_children,
    project,
    waiting_children,
)
from inputs.examples.seaborough_land import HomeZone, make_zones, outlines
from inputs.examples.seaborough_notes import CASE_TOML, README, notes
from inputs.examples.seaborough_places import (
    IN_AREA,
    PLACE_FUNDING,
    PLACES,
    PRICES,
    SCHEMES,
    read_counts,
    suitable_share,
    taught,
)
from inputs.examples.seaborough_roads import as_osm, make_roads
from inputs.examples.seaborough_round import (
    ROUND_NOTES,
    group_rows,
    mix_rows,
    vacancy_rows,
    waiting_rows,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

SEED = 20261101
"""Any number would do; this one is kept so that the files stay as they are."""

HERE = Path(__file__).parent / "seaborough"

Rows = list[dict[str, Any]]


def _dice(name: str) -> random.Random:
    """Return a source of chance of its own for each part, so that one may change alone."""
    return random.Random(name)  # noqa: S311  (a made-up case, not a secret)


def zone_rows(zones: Sequence[HomeZone]) -> Rows:
    """Return the rows of ``zones``."""
    return [
        {
            "zone": zone.key,
            "name": zone.name,
            "easting": zone.easting,
            "northing": zone.northing,
            "locality": zone.locality,
            "children": zone.children,
            "deprivation_fifth": zone.fifth,
        }
        for zone in zones
    ]


def provision_rows() -> Rows:
    """Return the rows of ``provisions``; a site not yet open has no places."""
    return [
        {
            "provision": place.key,
            "name": place.name,
            "class": place.class_.value,
            "easting": place.at[0] if place.at else "",
            "northing": place.at[1] if place.at else "",
            "site": place.site,
            "locality": place.locality or "",
            "in_area": "yes" if place.key in IN_AREA else "no",
            "places": place.places,
            "physical_places": place.physical,
            "available_places": place.available,
            "place_funding_gbp": PLACE_FUNDING[place.class_],
            "features": place.features,
        }
        for place in PLACES
    ]


def _rounded(pounds: float) -> int:
    """Return pounds to the nearest £50, as fees are agreed."""
    return round(pounds / 50) * 50


def teaches_rows() -> Rows:
    """Return the rows of ``teaches``, each priced by its class and the provision's own level."""
    return [
        {
            "provision": place.key,
            "need": need.value,
            "phase": phase.value,
            "annual_cost_gbp": _rounded(PRICES[place.class_][need] * place.price),
        }
        for place in PLACES
        for need, phase in taught(place)
    ]


def option_rows() -> Rows:
    """Return the rows of ``options``."""
    blank = dict.fromkeys(
        (
            "option", "name", "provision", "places", "capital_gbp", "capital_profile",
            "asset_life_years", "setup_gbp", "fixed_annual_gbp", "lead_years", "ramp",
            "minimum_roll", "viable_by", "requires", "excludes", "committed_year", "round",
            "host_agrees", "funding",
        ),
        "",
    )  # fmt: skip
    return [
        blank
        | {
            "option": scheme.key,
            "name": scheme.name,
            "provision": scheme.provision,
            "places": scheme.places,
            "capital_gbp": scheme.per_place_gbp * scheme.places,
            "lead_years": scheme.lead,
        }
        | scheme.extra
        for scheme in SCHEMES
    ]


def option_teaches_rows() -> Rows:
    """Return the rows of ``option_teaches``, priced as the class of the provision."""
    place_of = {place.key: place for place in PLACES}
    return [
        {
            "option": scheme.key,
            "need": need.value,
            "phase": phase.value,
            "max_places": int(most),
            "annual_cost_gbp": _rounded(
                PRICES[place_of[scheme.provision].class_][need] * place_of[scheme.provision].price
            ),
        }
        for scheme in SCHEMES
        for (need, phase), most in read_counts(scheme.teaches).items()
    ]


def suitable_rows() -> Rows:
    """Return the rows of ``suitable``: each need and phase that a class teaches, now or later."""
    place_of = {place.key: place for place in PLACES}
    found = {(place.class_, *cell) for place in PLACES for cell in taught(place)}
    found |= {
        (place_of[scheme.provision].class_, *cell)
        for scheme in SCHEMES
        for cell in read_counts(scheme.teaches)
    }
    return [
        {
            "need": need.value,
            "phase": phase.value,
            "class": class_.value,
            "share": suitable_share(class_, need),
        }
        for class_, need, phase in sorted(found)
    ]


def make_tables(seed: int = SEED) -> tuple[dict[str, Rows], list[HomeZone]]:
    """Return every table of the example by name, and its zones."""
    zones = make_zones(_dice(f"{seed} zones"))
    placed = place_children(_dice(f"{seed} placed"), zones)
    waiting = waiting_children(_dice(f"{seed} waiting"))
    entrants = enter_children(_dice(f"{seed} homes"), zones, project(placed, waiting))
    tables = {
        "zones": zone_rows(zones),
        "provisions": provision_rows(),
        "teaches": teaches_rows(),
        "placed": placed,
        "entrants": entrants,
        "suitable": suitable_rows(),
        "options": option_rows(),
        "option_teaches": option_teaches_rows(),
        "waiting": waiting_rows(_dice(f"{seed} round"), zones, entrants),
        "vacancies": vacancy_rows(),
        "mixes": mix_rows(),
        "groups": group_rows(placed),
    }
    return tables, zones


def _cell(value: object) -> object:
    """Return a cell as written: children to the thousandth, whole numbers without a point."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else value


def as_csv(rows: Rows) -> str:
    """Return rows as CSV text."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: _cell(value) for key, value in row.items()})
    return text.getvalue()


def _write_zones(path: Path, zones: Sequence[HomeZone]) -> None:
    """Write the outlines of the zones as a GeoPackage with one fixed date in it."""
    import geopandas as gpd  # noqa: PLC0415  (slow to import, and only this file needs it)
    import pyogrio  # noqa: PLC0415

    frame = gpd.GeoDataFrame(
        {"zone": [zone.key for zone in zones]}, geometry=outlines(list(zones)), crs="EPSG:27700"
    )
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-09-01T00:00:00Z"})
    try:
        frame.to_file(path, layer="zones", driver="GPKG", engine="pyogrio", SPATIAL_INDEX="NO")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _write(path: Path, content: bytes) -> None:
    """Write a file under another name in the same folder, then give it its own."""
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    draft.replace(path)


def make(folder: Path = HERE, seed: int = SEED) -> None:
    """Write the whole example into a folder.

    Parameters
    ----------
    folder
        Made if absent; files of the same names are replaced.
    seed
        The same seed makes the same files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables, zones = make_tables(seed)
    texts = {f"{name}.csv": as_csv(rows) for name, rows in tables.items()}
    texts |= {"case.toml": CASE_TOML, "README.md": README, "case-notes.md": notes(tables)}
    texts["round-notes.md"] = ROUND_NOTES
    roads = as_osm(make_roads(_dice(f"{seed} roads"), zones)).encode()
    for name, text in texts.items():
        _write(folder / name, text.encode())
    _write(folder / "network.osm.gz", gzip.compress(roads, compresslevel=9, mtime=0))
    with tempfile.TemporaryDirectory() as drafts:
        _write_zones(Path(drafts) / "zones.gpkg", zones)
        _write(folder / "zones.gpkg", (Path(drafts) / "zones.gpkg").read_bytes())


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
