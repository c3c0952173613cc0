"""Small made-up returns, with the schools, postcodes and zones that go with them.

Sixty-three children of a made-up authority are written down first, as a case should have them; the
files of the return are then made from them, so that what is read can be held against what is true.
Every item about a person that a return may hold, but a case may not, holds a sentinel.
"""

from __future__ import annotations

import csv
import random
import zipfile
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from inputs.official.blade_dates import read_date
from tests.inputs.official import made_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CENSUS = date(2025, 1, 16)
"""The third Thursday of January 2025."""
AUTHORITY = ("E06000901", "901", "Saltmarsh")
"""One of the two authorities of the made-up release (``made_up``)."""
EXPORT = "27-01-2025"

SENTINELS = {
    "surname": "ZZSURNAME",
    "forename": "ZZFORENAME",
    "sex": "ZZSEX",
    "gendercurrent": "ZZGENDER",
    "ethnicity": "ZZETHNIC",
    "upn": "Z999888777",
    "uniquelearnernumber": "8877665544",
    "upnunknown": "ZZUPNREASON",
    "sensettingother": "ZZFREETEXT",
    "dmo": "ZZOFFICER",
    "dco": "ZZCLINIC",
    "dsco": "ZZSOCIAL",
    "nativeid": "ZZNATIVE",
}
"""What stands in each item that is never read; each row's ends in its number."""

SCHOOLS: tuple[tuple[str, str, str, str, str], ...] = (
    # URN, name, type, what GIAS says of a base, status
    ("100001", "Elm Primary", "Community school", "Resourced provision", "Open"),
    ("100002", "Oak Secondary", "Academy converter", "SEN unit", "Open"),
    ("100003", "Ash Primary", "Free schools", "Not applicable", "Open"),
    ("100004", "Harbour Special", "Community special school", "Not applicable", "Open"),
    ("100005", "Quay Academy", "Academy special converter", "Not applicable", "Open"),
    ("100006", "Gull House", "Other independent special school", "Not applicable", "Open"),
    ("100007", "Tern School", "Non-maintained special school", "Not applicable", "Open"),
    ("100008", "The Link", "Pupil referral unit", "Not applicable", "Open"),
    ("100009", "Saltmarsh College", "Further education", "Not applicable", "Open"),
    ("100010", "Pilot College", "Special post 16 institution", "Not applicable", "Open"),
    ("100011", "St Café Nursery", "Local authority nursery school", "Not applicable", "Open"),
    ("100012", "Grange House", "Other independent school", "Not applicable", "Open"),
    ("100013", "Old Quay School", "Community special school", "Not applicable", "Closed"),
    ("100014", "Elsewhere Online", "Online provider", "Not applicable", "Open"),
)

ZONES = tuple(f"E0100000{number}" for number in range(1, 9))
"""Home zones of the authority."""
AWAY = "E01999999"
"""A zone of another authority."""
POSTCODES: dict[str, tuple[str, str, str]] = {
    # postcode: LSOA 2011, LSOA 2021, terminated
    **{f"SB{n} {n}AA": (ZONES[n - 1], ZONES[n - 1], "") for n in range(1, 9)},
    "SB9 1ZZ": (ZONES[0], ZONES[0], "202406"),
    "SB9 2ZZ": (ZONES[1], ZONES[1], "202512"),
    "AW1 1ZZ": (AWAY, AWAY, ""),
    "CF1 1ZZ": ("W01000001", "W01000001", ""),
}

PLACES: dict[str, dict[str, str]] = {
    "mainstream": {"urn": "100003"},
    "resourced": {"urn": "100001", "resourcedprovisionindicator": "1"},
    "unit": {"urn": "100002", "senunitindicator": "1"},
    "special_maintained": {"urn": "100004"},
    "special_academy": {"urn": "100005"},
    "independent": {"urn": "100006"},
    "non_maintained": {"urn": "100007"},
    "alternative_provision": {"urn": "100008"},
    "further_education": {"urn": "100009"},
    "specialist_post16": {"urn": "100010"},
    "early_years": {"sensetting": "EYP"},
    "elective_home": {"sensetting": "EHE"},
    "other_arrangements": {"sensetting": "OLA"},
    "elsewhere": {"sensetting": "NEET"},
}
"""How a return says where a child is, by placement."""

NEEDS = ("ASD", "SEMH", "SLCN", "MLD", "SLD", "PMLD", "DS", "PD", "HI", "OTH")


@dataclass(frozen=True)
class Child:
    """One made-up child as the case should have it, and what the return needs beside it."""

    placement: str
    need: str
    age: int
    zone: str
    urn: str = ""
    residential: bool = False
    started: date = date(2021, 5, 4)
    postcode: str = ""
    born: date | None = None

    @property
    def birth(self) -> date:
        """A day that makes the child its age at 31 August 2024."""
        return self.born or date(2024 - self.age, 8, 31) - timedelta(days=40 + self.age)


def truth(seed: int = 1) -> list[Child]:
    """Return the children, four or five to a placement, of every age and need."""
    draw = random.Random(seed)
    ages = {
        "early_years": (2, 4), "further_education": (16, 22), "specialist_post16": (16, 24),
        "elsewhere": (16, 24), "mainstream": (4, 15), "alternative_provision": (12, 15),
    }  # fmt: skip
    made: list[Child] = []
    for number, placement in enumerate([*PLACES] * 4 + [*PLACES][:7]):
        low, high = ages.get(placement, (5, 15))
        age, zone = draw.randint(low, high), ZONES[draw.randrange(8)]
        new = number % 5 == 3 or age < 5
        made.append(
            Child(
                placement=placement,
                need=NEEDS[number % len(NEEDS)],
                age=age,
                zone=zone,
                urn=PLACES[placement].get("urn", ""),
                residential=placement == "independent" and number > 20,
                started=date(2024, 3, 5) if new else date(2021, 5, 4),
                postcode=f"SB{ZONES.index(zone) + 1} {ZONES.index(zone) + 1}AA",
            )
        )
    return made


Row = dict[str, Any]
HEADINGS: dict[str, list[str]] = {
    "sen2": ["sen2tableid", "NativeId", "year", "referencedate", "lea", "dmo", "dco", "dsco"],
    "person": [
        "persontableid", "NativeId", "personorderseqcolumn", "sen2tableid", "surname", "forename",
        "personbirthdate", "sex", "ethnicity", "postcode", "upn", "uniquelearnernumber",
        "upnunknown",
    ],
    "requests": ["requeststableid", "NativeId", "persontableid", "receiveddate", "rya"],
    "assessment": ["assessmenttableid", "NativeId", "requeststableid", "assessmentoutcome"],
    "namedplan": [
        "namedplantableid", "NativeId", "assessmenttableid", "startdate", "planres", "ceasedate",
        "ceasereason",
    ],
    "plandetail": [
        "plandetailtableid", "NativeId", "namedplantableid", "urn", "ukprn", "sensetting",
        "sensettingother", "placementrank", "senunitindicator", "resourcedprovisionindicator",
    ],
    "activeplans": ["activeplanstableid", "NativeId", "requeststableid", "transferla",
                    "reviewmeeting"],
    "placementdetail": [
        "placementdetailtableid", "NativeId", "activeplanstableid", "res", "wbp", "urn", "ukprn",
        "sensetting", "sensettingother", "placementrank", "entrydate", "leavingdate",
        "senunitindicator", "resourcedprovisionindicator",
    ],
    "senneed": ["senneedtableid", "NativeId", "activeplanstableid", "sentype", "sentyperank"],
}  # fmt: skip


@dataclass
class Blade:
    """A return that can be changed before it is written.

    Parameters
    ----------
    modules
        Rows of each module, by heading.
    headings
        Headings of each module, in the order of its file.
    """

    modules: dict[str, list[Row]]
    headings: dict[str, list[str]] = field(
        default_factory=lambda: {name: [*heads] for name, heads in HEADINGS.items()}
    )

    def put(self, module: str, row: int, **cells: Any) -> Blade:
        """Write cells into the row that a spreadsheet numbers so (the heading is row 1)."""
        self.modules[module][row - 2].update(cells)
        return self

    def add(self, module: str, like: int, **cells: Any) -> Blade:
        """Add a row like another, with other cells; it comes last."""
        self.modules[module].append({**self.modules[module][like - 2], **cells})
        return self

    def drop(self, module: str, row: int) -> Blade:
        """Remove a row."""
        del self.modules[module][row - 2]
        return self

    def last(self, module: str) -> int:
        """Return the number of the last row."""
        return len(self.modules[module]) + 1

    def without(self, module: str, *columns: str) -> Blade:
        """Remove columns, as an older export lacks them."""
        self.headings[module] = [one for one in self.headings[module] if one not in columns]
        return self

    def each(self, module: str, change: Callable[[Row], object]) -> Blade:
        """Change every row of a module."""
        for row in self.modules[module]:
            change(row)
        return self

    def write(
        self, folder: Path, *, export: str = EXPORT, encoding: str = "utf-8", line_end: str = "\r\n"
    ) -> Path:
        """Write the modules as COLLECT names them."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.modules.items():
            path = folder / f"Blade-Export_{export}_{name}.csv"
            with path.open("w", encoding=encoding, newline="") as file:
                writer = csv.writer(file, lineterminator=line_end)
                writer.writerow(self.headings[name])
                for row in rows:
                    writer.writerow([row.get(one, "") for one in self.headings[name]])
        return folder

    def zipped(self, folder: Path) -> Path:
        """Write the modules into a zip, in a folder of it."""
        inner = self.write(folder / "unzipped")
        with zipfile.ZipFile(folder / "blade.zip", "w") as bundle:
            for path in sorted(inner.iterdir()):
                bundle.write(path, f"export/{path.name}")
        return folder / "blade.zip"


def written(day: date | None) -> str:
    """Return a date as COLLECT exports it."""
    return "" if day is None else f"{day:%Y-%b-%d} 00:00:00"


def personal(number: int, *columns: str) -> Row:
    """Return sentinels for items of a row."""
    return {one: f"{SENTINELS[one.lower()]}{number:03d}" for one in columns}


def blade(children: list[Child] | None = None) -> Blade:
    """Return a return without a fault of the made-up children, or of others.

    Ids of a child's rows end in the child's number: person 1001, request 2001, and so on.
    """
    modules: dict[str, list[Row]] = {name: [] for name in HEADINGS}
    modules["sen2"].append(
        {"sen2tableid": "1", "year": "2025", "referencedate": written(CENSUS), "lea": AUTHORITY[1]}
        | personal(0, "NativeId", "dmo", "dco", "dsco")
    )
    for number, child in enumerate(truth() if children is None else children, start=1):
        _write_child(modules, number, child)
    return Blade(modules)


def _write_child(modules: dict[str, list[Row]], number: int, child: Child) -> None:
    ids = {name: str(1000 * place + number) for place, name in enumerate(HEADINGS)}
    parents = {
        "person": "sen2", "requests": "person", "assessment": "requests",
        "namedplan": "assessment", "plandetail": "namedplan", "activeplans": "requests",
        "placementdetail": "activeplans", "senneed": "activeplans",
    }  # fmt: skip
    setting = {
        "urn": "", "ukprn": "", "sensetting": "", "placementrank": "1", "senunitindicator": "0",
        "resourcedprovisionindicator": "0", **PLACES.get(child.placement, {}),
    }  # fmt: skip
    setting["urn"] = child.urn or setting["urn"]
    setting |= personal(number, "sensettingother")
    cells: dict[str, Row] = {
        "person": {
            "personorderseqcolumn": number,
            "personbirthdate": written(child.birth),
            "postcode": child.postcode,
            **personal(number, "surname", "forename", "sex", "ethnicity", "upn",
                       "uniquelearnernumber", "upnunknown"),
        },
        "requests": {"receiveddate": written(date(2020, 9, 1)), "rya": "0"},
        "assessment": {"assessmentoutcome": "Y"},
        "namedplan": {"startdate": written(child.started)},
        "plandetail": setting,
        "activeplans": {"reviewmeeting": written(date(2024, 6, 1))},
        "placementdetail": {
            **setting,
            "entrydate": written(max(date(2022, 9, 1), child.started)),
            "res": "A" if child.residential else "",
        },
        "senneed": {"sentype": child.need, "sentyperank": "1"},
    }  # fmt: skip
    for name, row in cells.items():
        parent = parents[name]
        joined = "1" if parent == "sen2" else ids[parent]
        key = {f"{name}tableid": ids[name], f"{parent}tableid": joined}
        modules[name].append({**key, **personal(number, "NativeId"), **row})


def cease(made: Blade, row: int, on: date, reason: str) -> Blade:
    """Cease the plan of a row of ``namedplan``."""
    return made.put("namedplan", row, ceasedate=written(on), ceasereason=reason)


def register_file(folder: Path, *, bases: bool = True, schools: Any = SCHOOLS) -> Path:
    """Write a register as GIAS ships it, in Windows text, with what it says of bases or without."""
    path = folder / "edubasealldata20250116.csv"
    folder.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file)
        heads = ["URN", "LA (code)", "LA (name)", "EstablishmentName",
                 "EstablishmentStatus (name)", "TypeOfEstablishment (name)",
                 "PhaseOfEducation (name)", "NumberOfPupils", "Easting", "Northing",
                 "LSOA (code)", "StatutoryLowAge", "StatutoryHighAge", "UKPRN"]  # fmt: skip
        writer.writerow(heads + (["TypeOfResourcedProvision (name)"] if bases else []))
        for place, (urn, name, kind, base, status) in enumerate(schools):
            at = [400_000 + 700 * place, 90_000 + 500 * place, ZONES[place % 8]]
            phase = next((one for one in ("Primary", "Secondary") if one in name), "Not applicable")
            row = [urn, *AUTHORITY[1:], name, status, kind, phase, 90, *at, 2, 19, f"1{urn}9"]
            writer.writerow(row + ([base] if bases else []))
    return path


def postcode_file(
    folder: Path, *, heads: str = "ONSPD", name: str = "ONSPD_FEB_2025_UK.csv"
) -> Path:
    """Write a postcode file in one of the layouts of ONS."""
    layouts = {
        "ONSPD": ["pcd", "pcd2", "pcds", "dointr", "doterm", "oslaua", "oseast1m", "lsoa11",
                  "msoa11", "lsoa21", "lat"],
        "ONSPD 2025": ["pcd7", "pcd8", "pcds", "dointr", "doterm", "lad25cd", "east1m", "lsoa11cd",
                       "lsoa21cd", "lat"],
        "NSPL 2011": ["pcd", "pcd2", "pcds", "dointr", "doterm", "usertype", "laua", "lsoa11"],
        "NSPL 2021": ["pcd7", "pcd8", "pcds", "dointr", "doterm", "lad25cd", "lsoa21cd"],
        "Geoportal": ["X", "Y", "OBJECTID", "PCDS", "DOTERM", "LSOA11"],
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(layouts[heads])
        for postcode, (older, newer, ended) in POSTCODES.items():
            out, inward = postcode.split()
            cells = {
                "pcds": postcode, "pcd": f"{out:<4}{inward}", "pcd7": f"{out:<4}{inward}",
                "pcd2": f"{out:<4} {inward}", "pcd8": f"{out:<4} {inward}", "dointr": "198001",
                "doterm": ended, "oslaua": AUTHORITY[0], "laua": AUTHORITY[0],
                "lad25cd": AUTHORITY[0], "lsoa11": older, "lsoa11cd": older, "lsoa21": newer,
                "lsoa21cd": newer,
            }  # fmt: skip
            writer.writerow([cells.get(one.lower(), "") for one in layouts[heads]])
    return folder / name


def child(**cells: Any) -> Child:
    """Return a child in mainstream with autism, aged 9, with other values where given."""
    plain = Child("mainstream", "ASD", 9, ZONES[0], "100003", postcode="SB1 1AA")
    return replace(plain, **cells)


def official_files(folder: Path) -> dict[str, Path]:
    """Write every official file of a case of the authority; return them by option of ``start``."""
    places = folder / "zones"
    code, _, name = AUTHORITY
    lookup = [
        {"LSOA11CD": zone, "LSOA11NM": f"{name} 00{n}A", "LAD22CD": code, "LAD22NM": name}
        for n, zone in enumerate(ZONES, start=1)
    ]
    centroids = [
        {"lsoa11_code": zone, "lon": -2.0 + 0.008 * n, "lat": 50.71 + 0.004 * n}
        for n, zone in enumerate(ZONES)
    ]
    upper = [{"LTLA22CD": code, "LTLA22NM": name, "UTLA22CD": code, "UTLA22NM": name}]
    for stem, rows in (("lookup", lookup), ("centroids", centroids), ("upper", upper)):
        made_up.write_table(places / f"{stem}.csv", rows)
    people = [
        {"lsoa11_code": zone, **{str(age): 10 + n + age % 3 for age in range(91)}}
        for n, zone in enumerate(ZONES)
    ]
    return {
        "--gias": register_file(folder / "gias"),
        "--sen2": made_up.write_release(folder / "sen2"),
        "--population": made_up.write_table(folder / "lsoa11_mid2023.csv", people),
        "--zones": places,
    }


def personal_words(blade: Blade) -> list[str]:
    """Return everything of a return that may stand nowhere: sentinels, birth dates, postcodes."""
    words = [*SENTINELS.values()]
    for row in blade.modules["person"]:
        words += [row["postcode"], row["postcode"].replace(" ", "")]
        born = read_date(str(row["personbirthdate"]))
        if isinstance(born, date):
            words += [
                born.strftime(form) for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y-%b-%d", "%Y%m%d")
            ]
    return sorted({word for word in words if len(word) > 5})


def found_in(data: bytes, words: list[str]) -> list[str]:
    """Return the words that stand in some bytes, in any case of letters."""
    text = data.decode("utf-8", errors="replace").lower()
    return [word for word in words if word.lower() in text]
