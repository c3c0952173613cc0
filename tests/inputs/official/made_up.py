"""Small made-up official files, in the layouts of their publishers, for tests without real ones.

Two authorities of one region: Saltmarsh (unitary, two towns) and Fellshire (a county of two
districts). Their children are drawn once, whole, by placement, need and age; every published table
is added up from them, so a test knows what each should say.

>>> stock = children("901")
>>> stock.shape, int(stock.sum())
((15, 13, 24), 900)
"""

from __future__ import annotations

import csv
import gzip
import io
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from inputs.official.sen2_labels import AGES, COLUMNS, NEEDS, SPECIALIST, Placement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

REGION = ("E12000009", "South West")
AUTHORITIES = {
    "901": ("E06000901", "Saltmarsh", 900),
    "902": ("E10000902", "Fellshire", 2600),
}
YEAR = 2025
"""Calendar year of the newest January count."""
PLACEMENTS = tuple(Placement)
NEED_WORDS = [need.value.lower() for need in NEEDS]
LABELS: dict[Placement, str] = {
    Placement.EARLY_YEARS: "Non-maintained early years",
    Placement.MAINSTREAM: "Mainstream - LA maintained",
    Placement.RESOURCED: "Mainstream - academy (resourced provision)",
    Placement.UNIT: "Mainstream - academy (SEN unit)",
    Placement.SPECIAL_MAINTAINED: "Special - LA maintained",
    Placement.SPECIAL_ACADEMY: "Special - Academy/free schools",
    Placement.INDEPENDENT: "Special - independent",
    Placement.NON_MAINTAINED: "Special - non-maintained",
    Placement.ALTERNATIVE_PROVISION: "AP/PRU - total",
    Placement.FURTHER_EDUCATION: "FE - general FE and tertiary colleges",
    Placement.SPECIALIST_POST16: "FE - specialist post-16 institutions",
    Placement.ELECTIVE_HOME: "Educated elsewhere - elective home education",
    Placement.OTHER_ARRANGEMENTS: "Educated elsewhere - other arrangements by LA",
    Placement.ELSEWHERE: "Educated elsewhere - NEET",
    Placement.UNKNOWN: "Placement not recorded",
}
_NEED_SHARES = (0.03, 0.10, 0.05, 0.02, 0.20, 0.20, 0.02, 0.01, 0.01, 0.04, 0.31, 0.01)


def children(la: str, year: int = YEAR) -> Counts:
    """Return the children of an authority in a January: (placements, needs and unknown, ages)."""
    total = AUTHORITIES[la][2]
    rng = np.random.default_rng([int(la), 7])
    age = np.array([0.4, 1, 3, 4, 4.5, 5, 5, 5, 5.5, 6, 6, 6, 6, 6, 5, 4, 3, 2, 1.2, 0.8, 0.6, 0.5,
                    0.3, 0.2])  # fmt: skip
    chance = np.zeros((len(PLACEMENTS), len(AGES)))
    school = [k for k, a in enumerate(AGES) if 4 <= a <= 15]
    teens = [k for k, a in enumerate(AGES) if 16 <= a <= 18]
    young, old = range(2), [k for k, a in enumerate(AGES) if a >= 19]
    for ages, shares in (
        (young, {Placement.EARLY_YEARS: 0.7, Placement.SPECIAL_MAINTAINED: 0.2}),
        (school, {Placement.MAINSTREAM: 0.45, Placement.RESOURCED: 0.03, Placement.UNIT: 0.03,
                  Placement.SPECIAL_MAINTAINED: 0.2, Placement.SPECIAL_ACADEMY: 0.12,
                  Placement.INDEPENDENT: 0.07, Placement.NON_MAINTAINED: 0.02,
                  Placement.ALTERNATIVE_PROVISION: 0.02, Placement.ELECTIVE_HOME: 0.01,
                  Placement.OTHER_ARRANGEMENTS: 0.02, Placement.ELSEWHERE: 0.02,
                  Placement.UNKNOWN: 0.01}),
        (teens, {Placement.FURTHER_EDUCATION: 0.5, Placement.SPECIAL_MAINTAINED: 0.2,
                 Placement.SPECIALIST_POST16: 0.1, Placement.MAINSTREAM: 0.1,
                 Placement.INDEPENDENT: 0.03, Placement.ELSEWHERE: 0.07}),
        (old, {Placement.FURTHER_EDUCATION: 0.7, Placement.SPECIALIST_POST16: 0.2,
               Placement.ELSEWHERE: 0.1}),
    ):  # fmt: skip
        for placement, share in shares.items():
            chance[PLACEMENTS.index(placement), list(ages)] = share
    # More of the older ones are in specialist places: children move there as they grow up.
    special = [k for k, one in enumerate(PLACEMENTS) if one in SPECIALIST]
    grown = np.interp(np.array(AGES), [4, 15], [0.5, 1.5])
    chance[special] *= grown
    needs = np.array([*_NEED_SHARES, 0.01])
    shares = chance[:, None, :] * needs[None, :, None] * age[None, None, :]
    whole = rng.multinomial(total, (shares / shares.sum()).ravel()).reshape(shares.shape)
    if year == YEAR:
        return np.asarray(whole, dtype=np.int64)
    kept = rng.binomial(whole, 0.92 ** (YEAR - year))
    return np.asarray(kept, dtype=np.int64)


def england(year: int = YEAR) -> Counts:
    """Return the children of both authorities together."""
    return np.sum([children(la, year) for la in AUTHORITIES], axis=0)


Row = dict[str, Any]


def _area(la: str | None, *, regional: bool = False) -> Row:
    row: Row = {
        "geographic_level": "National",
        "country_code": "E92000001",
        "country_name": "England",
    }
    if regional or la is not None:
        row |= {"geographic_level": "Regional", "region_code": REGION[0], "region_name": REGION[1]}
    if la is not None:
        code, name, _ = AUTHORITIES[la]
        row |= {
            "geographic_level": "Local authority",
            "new_la_code": code,
            "old_la_code": la,
            "la_name": name,
        }
    return row


def areas() -> list[tuple[Row, Callable[[int], Counts]]]:
    """Return every area of the files, with its children in a January."""
    found: list[tuple[Row, Callable[[int], Counts]]] = [
        (_area(None), england),
        (_area(None, regional=True), england),
    ]
    return found + [(_area(la), partial(children, la)) for la in AUTHORITIES]


_HEAD_2023 = ("time_period", "time_identifier", "geographic_level", "country_code", "country_name",
              "region_code", "region_name", "new_la_code", "old_la_code", "la_name")  # fmt: skip
_HEAD_2022 = (*_HEAD_2023[:7], "old_la_code", "new_la_code", "la_name")


def _by_placement(counts: Counts) -> Row:
    """Return the columns of a table by placement for (placements) children."""
    row: Row = {name: 0 for names in COLUMNS.values() for name in names}
    for placement, number in zip(PLACEMENTS, counts, strict=True):
        column = COLUMNS[placement][0] if placement is not Placement.ELSEWHERE else "neet"
        row[column] = int(number)
    home = (Placement.ELECTIVE_HOME, Placement.OTHER_ARRANGEMENTS, Placement.ELSEWHERE)
    row["ed_elsewhere"] = sum(int(counts[PLACEMENTS.index(one)]) for one in home)
    row |= {"online_provider": "x", "await_prov_2022": "x"}
    return row


def _by_need(counts: Counts) -> Row:
    """Return the columns of a table by need for (needs and unknown) children."""
    row: Row = {"ehc_plans": int(counts.sum())}
    row |= {f"number_{word}": int(n) for word, n in zip(NEED_WORDS, counts[:-1], strict=True)}
    row["number_need_unknown"] = int(counts[-1])
    return row


def _stock_age(age: int) -> str:
    return "under 3" if age == 2 else f"age {age}"


def _flow_ages(style: str = "age") -> list[tuple[str, list[int]]]:
    """Return the labels of a table of flows and the positions of the ages that each holds."""
    found = [(f"{style} {age}", [k]) for k, age in enumerate(AGES) if 3 <= age <= 19]
    old = [k for k, age in enumerate(AGES) if age >= 20]
    return [(f"{style} 2 and under", [0]), *found, (f"{style} 20 and over", old)]


def caseload() -> list[Row]:
    """Return the rows of ``caseload``: totals of six Januaries, ages of the last two."""
    rows = []
    for area, stock in areas():
        for year in range(YEAR - 5, YEAR + 1):
            when = {
                "time_period": f"{year - 1}{year % 100:02d}",
                "time_identifier": "Academic year",
            }
            table = stock(year).sum(axis=1)
            breakdowns = [("All EHC plans", "All EHC plans", table.sum(axis=1))]
            if year >= YEAR - 1:
                topic = "Child or young persons age"
                breakdowns += [
                    (topic, _stock_age(age), table[:, k])
                    for k, age in enumerate(AGES)
                    if table[:, k].sum()
                ]
            rows += [
                when | area | {"breakdown_topic": topic, "breakdown": label}
                | {"ehcplans": int(counts.sum())} | _by_placement(counts)
                for topic, label, counts in breakdowns
            ]  # fmt: skip
    return rows


def sen_needs_all_plans(year: int = YEAR) -> list[Row]:
    """Return the rows of ``sen_needs_all_plans``."""
    when = {"time_period": f"{year - 1}{year % 100:02d}", "time_identifier": "Academic year"}
    rows = []
    for area, stock in areas():
        table = stock(YEAR)
        breakdowns = [("All EHC plans", "All EHC plans", table.sum(axis=(0, 2)))]
        breakdowns += [
            ("Child or young persons age", _stock_age(age), table[:, :, k].sum(axis=0))
            for k, age in enumerate(AGES)
        ]
        breakdowns += [
            ("Type of placement", LABELS[placement], table[p].sum(axis=1))
            for p, placement in enumerate(PLACEMENTS)
        ]
        # A subtotal that must not be counted again.
        special = [PLACEMENTS.index(one) for one in PLACEMENTS if "special_" in one.value]
        breakdowns.append(("Type of placement", "Special - total", table[special].sum(axis=(0, 2))))
        rows += [
            when | area | {"breakdown_topic": topic, "breakdown": label} | _by_need(counts)
            for topic, label, counts in breakdowns
        ]
    return rows


def new_plans(la: str, year: int) -> Counts:
    """Return new plans of a calendar year: some of the younger ones, few in specialist places."""
    table = children(la, min(year + 1, YEAR))
    rng = np.random.default_rng([int(la), year])
    share = np.where(np.array(AGES) <= 16, 0.15, 0.02)[None, None, :]
    special = np.array([one in SPECIALIST for one in PLACEMENTS])[:, None, None]
    return np.asarray(rng.binomial(table, np.where(special, share / 4, share)), dtype=np.int64)


def _new(stock: Callable[[int], Counts], year: int) -> Counts:
    if isinstance(stock, partial):
        return new_plans(*stock.args, year)
    return np.asarray(np.sum([new_plans(la, year) for la in AUTHORITIES], axis=0))


def newplans() -> list[Row]:
    """Return the rows of ``newplans``, 2019 to 2024, ages of the last three years."""
    rows = []
    for area, stock in areas():
        for year in range(YEAR - 6, YEAR):
            table = _new(stock, year).sum(axis=1)
            breakdowns = [("New EHC plans", "New EHC plans", table.sum(axis=1))]
            if year >= YEAR - 3:
                breakdowns += [
                    ("Age when plan started", label, table[:, at].sum(axis=1))
                    for label, at in _flow_ages()
                ]
            rows += [
                {"time_period": str(year), "time_identifier": "Calendar year"} | area
                | {"breakdown_topic": topic, "breakdown": label,
                   "new_ehc_plans": int(counts.sum())} | _by_placement(counts)
                for topic, label, counts in breakdowns
            ]  # fmt: skip
    return rows


def sen_need_newplans() -> list[Row]:
    """Return the rows of ``sen_need_newplans`` of the last year."""
    rows = []
    for area, stock in areas():
        table = _new(stock, YEAR - 1)
        breakdowns = [("All EHC plans", "All EHC plans", table.sum(axis=(0, 2)))]
        breakdowns += [
            ("Child or young persons age", label, table[:, :, at].sum(axis=(0, 2)))
            for label, at in _flow_ages()
        ]
        breakdowns += [
            ("Type of placement", LABELS[placement], table[p].sum(axis=1))
            for p, placement in enumerate(PLACEMENTS)
        ]
        rows += [
            {"time_period": str(YEAR - 1), "time_identifier": "Calendar year"} | area
            | {"breakdown_topic": topic, "breakdown": label} | _by_need(counts)
            for topic, label, counts in breakdowns
        ]  # fmt: skip
    return rows


def _one_count(
    stem: str, total: str, everyone: str, age_topic: str, style: str, tables: Sequence[int]
) -> list[Row]:
    """Return the rows of a table of one figure: by age and, for some, by placement."""
    rows = []
    academic = stem == "residential_settings"
    for area, stock in areas():
        for year in tables:
            table = stock(min(year + (0 if academic else 1), YEAR))
            if academic:
                # Half of the children of each kind in independent schools board.
                boards = np.zeros_like(table)
                at = PLACEMENTS.index(Placement.INDEPENDENT)
                boards[at] = table[at] // 2
                table = boards
            else:
                table = -(-table // {"ceased_plans": 15, "requests": 5}[stem])
            period = f"{year - 1}{year % 100:02d}" if academic else str(year)
            breakdowns = [(everyone, everyone, table)]
            breakdowns += [(age_topic, label, table[:, :, at]) for label, at in _flow_ages(style)]
            if stem != "requests":
                breakdowns += [
                    ("Type of placement", LABELS[placement].replace("Academy/free schools",
                     "academy/free school"), table[p])
                    for p, placement in enumerate(PLACEMENTS)
                ]  # fmt: skip
            rows += [
                {"time_period": period,
                 "time_identifier": "Academic year" if academic else "Calendar year"} | area
                | {"breakdown_topic": topic, "breakdown": label, total: int(counts.sum())}
                for topic, label, counts in breakdowns
            ]  # fmt: skip
    return rows


def _age_groups(table: Counts) -> dict[str, int]:
    by_age = table.sum(axis=(0, 1))
    edges = {"Under 5": (0, 4), "Age 5 to 10": (5, 10), "Age 11 to 15": (11, 15),
             "Age 16 to 19": (16, 19), "Age 20 to 25": (20, 25)}  # fmt: skip
    ages = np.array(AGES)
    return {
        "Total": int(by_age.sum()),
        **{
            n: int(by_age[(ages >= low) & (ages <= high)].sum()) for n, (low, high) in edges.items()
        },
    }


def older() -> dict[str, list[Row]]:
    """Return the tables of the layout to 2022, January 2010 to 2022."""
    ages, starts, kinds = [], [], []
    for area, stock in areas():
        for year in range(2010, 2023):
            when = {"time_period": str(year), "time_identifier": "Calendar year"} | area
            table = stock(year)
            for group, number in _age_groups(table).items():
                ages.append(when | {"characteristic_age": group, "Total_st": "z",
                                    "Total_ehc": number, "Total_all": number})  # fmt: skip
                before = when | {"time_period": str(year - 1)}
                starts.append(before | {"characteristic_age": group, "Total_new_all": number // 8})
            rows = [("Total", "Total", table.sum()),
                    ("Mainstream - Academy - SEN unit", "Mainstream school",
                     table[PLACEMENTS.index(Placement.UNIT)].sum()),
                    ("Special - LA maintained", "Special school",
                     table[PLACEMENTS.index(Placement.SPECIAL_MAINTAINED)].sum()),
                    ("Total", "Special school",
                     table[PLACEMENTS.index(Placement.SPECIAL_MAINTAINED)].sum())]  # fmt: skip
            kinds += [
                when | {"establishment_type": kind, "establishment_group": group,
                        "Total_all": int(number)}
                for kind, group, number in rows
            ]  # fmt: skip
    return {
        "sen2_age_caseload": ages,
        "sen2_age_new_plans": starts,
        "sen2_estab_caseload": kinds,
    }


def tables() -> dict[str, list[Row]]:
    """Return every table of the newest release."""
    ceased = ("total_ceased", "All ceased EHC plans", "Age plan ceased", "age")
    asked = ("requests_received_in_year", "All requests for EHC needs assessments",
             "Child or young persons age", "Aged")  # fmt: skip
    away = ("Res_tot", "All residential placements", "Child or young persons age", "age")
    return {
        "caseload": caseload(),
        "sen_needs_all_plans": sen_needs_all_plans(),
        "newplans": newplans(),
        "sen_need_newplans": sen_need_newplans(),
        "ceased_plans": _one_count("ceased_plans", *ceased, range(YEAR - 3, YEAR)),
        "requests": _one_count("requests", *asked, range(YEAR - 3, YEAR)),
        "residential_settings": _one_count("residential_settings", *away, [YEAR - 1, YEAR]),
    }


def write_table(path: Path, rows: Sequence[Row], head: Iterable[str] = ()) -> Path:
    """Write rows as a CSV, gzipped where the name ends so; what a row lacks is blank."""
    columns = list(dict.fromkeys([*head, *(name for row in rows for name in row)]))
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def write_release(
    folder: Path, changed: dict[str, list[Row] | None] | None = None, *, with_older: bool = True
) -> Path:
    """Write a release as a folder, both layouts; a table can be changed, or left out by None."""
    for stem, rows in (tables() | (changed or {})).items():
        if rows is not None:
            write_table(folder / f"{YEAR}_{stem}.csv.gz", rows, _HEAD_2023)
    if with_older:
        for stem, rows in older().items():
            write_table(folder / f"2022_{stem}.csv.gz", rows, _HEAD_2022)
    return folder


# -- the other files of a case ----------------------------------------------------------------

SALTMARSH_ZONES = [f"E0190{number:04d}" for number in range(1, 13)]
FELLSHIRE_ZONES = [f"E0191{number:04d}" for number in range(1, 9)]
_TOWNS = {"901": ("Saltmarsh", "Quayham"), "902": ("Fell East", "Fell West")}
_DISTRICTS = {
    "901": (("E06000901", "Saltmarsh"), ("E06000901", "Saltmarsh")),
    "902": (("E07000911", "Fell East"), ("E07000912", "Fell West")),
}


def zone_list(la: str) -> list[Row]:
    """Return the zones of an authority: code, name, district, where, how deprived."""
    codes = SALTMARSH_ZONES if la == "901" else FELLSHIRE_ZONES
    west = -2.0 if la == "901" else -2.6
    rows = []
    for k, code in enumerate(codes):
        half = 2 * k // len(codes)
        district_code, district = _DISTRICTS[la][half]
        rows.append(
            {
                "LSOA11CD": code,
                "LSOA11NM": f"{_TOWNS[la][half]} {1 + k // 4:03d}{'ABCD'[k % 4]}",
                "LAD22CD": district_code,
                "LAD22NM": district,
                "utla_code": AUTHORITIES[la][0],
                "utla": AUTHORITIES[la][1],
                "lon": round(west + 0.02 * (k % 4), 4),
                "lat": round(50.8 + 0.02 * (k // 4), 4),
                "index_of_multiple_deprivation_imd_decile": 1 + k % 10,
                "IDACI": round(0.05 + 0.03 * (k % 8), 2),
            }
        )
    return rows


def every_zone() -> list[Row]:
    """Return the zones of both authorities."""
    return [row for la in AUTHORITIES for row in zone_list(la)]


def write_zones(folder: Path, *, deprivation: bool = True) -> Path:
    """Write the folder of zones: lookup, centroids, authorities and (if asked) deprivation."""
    rows = every_zone()
    names = ("LSOA11CD", "LSOA11NM", "LAD22CD", "LAD22NM")
    lookup = [{name: row[name] for name in names} | {"LSOA21CD": row["LSOA11CD"]} for row in rows]
    write_table(folder / "LSOA_2011_to_LSOA_2021_Lookup.csv", lookup)
    at = [{"lsoa11_code": row["LSOA11CD"], "lon": row["lon"], "lat": row["lat"]} for row in rows]
    write_table(folder / "lsoa2011_centroids.csv.gz", at)
    upper = {
        row["LAD22CD"]: {
            "LTLA22CD": row["LAD22CD"],
            "LTLA22NM": row["LAD22NM"],
            "UTLA22CD": row["utla_code"],
            "UTLA22NM": row["utla"],
        }
        for row in rows
    }
    write_table(folder / "Lower_Tier_to_Upper_Tier.csv", list(upper.values()))
    if deprivation:
        depth = ("LSOA11CD", "index_of_multiple_deprivation_imd_decile", "IDACI")
        write_table(folder / "imd.csv", [{name: row[name] for name in depth} for row in rows])
    return folder


def people(code: str) -> list[int]:
    """Return people of a zone by age, 0 to 90."""
    rng = np.random.default_rng([int(code[3:]), 3])
    return [int(number) for number in rng.poisson(30, 91)]


def write_population(path: Path) -> Path:
    """Write people by zone and single year of age."""
    rows = [
        {"lsoa11_name": row["LSOA11NM"], "lsoa11_code": row["LSOA11CD"]}
        | {("90+" if age == 90 else str(age)): n for age, n in enumerate(people(row["LSOA11CD"]))}
        for row in every_zone()
    ]
    return write_table(path, rows)


def write_projections(path: Path, code: str = "E06000901") -> Path:
    """Write a projection that grows by 1 % a year from 400 of each age in 2022."""
    rows = [
        {"AREA_CODE": code, "AREA_NAME": "Saltmarsh", "COMPONENT": "Population", "SEX": "persons",
         "AGE_GROUP": age} | {str(year): 400 * 1.01 ** (year - 2022) for year in range(2022, 2040)}
        for age in range(26)
    ]  # fmt: skip
    return write_table(path, rows)


def write_finance(path: Path, changed: Row | None = None) -> Path:
    """Write benchmarking for 30 authorities, ours the first; ``changed`` alters ours."""
    rows = []
    for k in range(30):
        fee, topup = 50_000 + 500 * k, 12_000 + 200 * k
        rows.append(
            {
                "region": "SOUTH WEST ",
                "la_code": 901 + k,
                "la_name": f"Authority {k}",
                "ehcp_maintained_special_or_academy": 200,
                "ehcp_nmss_or_independent": 60,
                "ehcp_hospital_or_ap": 10,
                "s251_outturn_topup_maint_special": 200 * topup,
                "s251_outturn_topup_nmi_special": 60 * fee,
                "s251_outturn_topup_nmi_pru_ap": 100_000,
                "s251_outturn_topup_nmi_post_school": 400_000,
            }
        )
    rows[0] |= changed or {}
    return write_table(path, rows)


def schools(*, full: bool = False) -> list[Row]:
    """Return a register round both authorities; ``full`` adds the columns that an extract lacks."""
    kinds = [
        ("Community special school", "Not applicable", "Saltmarsh School", 901, 260, 2.0),
        ("Academy special converter", "Not applicable", "Quayham Academy", 901, 160, 4.0),
        ("Community special school", "Not applicable", "Fell Top School", 902, 160, 45.0),
        ("Free schools special", "Not applicable", "Border Free School", 902, 80, -8.0),
        ("Other independent special school", "Not applicable", "Oak Autism School", 901, 40, 3.0),
        ("Other independent special school", "Not applicable", "Elm House", 902, 60, -6.0),
        ("Non-maintained special school", "Not applicable", "Beacon School", 901, 40, 5.0),
        ("Pupil referral unit", "Not applicable", "The Bridge", 901, 30, 1.0),
        ("Special post 16 institution", "Not applicable", "Harbour College", 901, "", 2.5),
        ("Foundation special school", "Not applicable", "Marsh Hospital School", 901, 20, 2.2),
    ]
    kinds += [
        ("Community school", "Primary", f"{name} Primary School", 901, 210 + 30 * k, 1.0 + k)
        for k, name in enumerate(["Ash", "Beech", "Cedar", "Damson"])
    ]
    kinds += [
        ("Academy converter", "Secondary", f"{name} High School", 901, 800 + 50 * k, 1.5 + 2 * k)
        for k, name in enumerate(["Elder", "Fir", "Gorse"])
    ]
    kinds.append(("Community school", "Secondary", "Hazel Grammar School", 901, 900, 3.0))
    # Selective too, for its name does not tell and its free meals do.
    kinds.append(("Community school", "Secondary", "Ivy School", 901, 990, 6.0))
    rows = []
    for k, (kind, phase, name, la, roll, east) in enumerate(kinds):
        row: Row = {
            "URN": 100_001 + k,
            "LA (code)": la,
            "LA (name)": AUTHORITIES[str(la)][1],
            "EstablishmentName": name,
            "EstablishmentStatus (name)": "Open",
            "TypeOfEstablishment (name)": kind,
            "PhaseOfEducation (name)": phase,
            "NumberOfPupils": roll,
            "PercentageFSM": 5 if name == "Ivy School" else 20 + k,
            "Easting": round(400_000 + 1000 * east),
            "Northing": 100_000 + 500 * k,
        }
        if full:
            special = phase == "Not applicable"
            row |= {
                "SchoolCapacity": "" if roll == "" else int(roll) + 10,
                "StatutoryLowAge": {"Primary": 4, "Secondary": 11}.get(phase, 3),
                "StatutoryHighAge": {"Primary": 11, "Secondary": 16}.get(phase, 19),
                "SEN1 (name)": "ASD - Autistic Spectrum Disorder" if special else "Not Applicable",
                "SEN2 (name)": "SLD - Severe Learning Difficulty" if special else "",
                "TypeOfResourcedProvision (name)": "Resourced provision and SEN unit"
                if name.startswith(("Ash", "Elder"))
                else "Not applicable",
                "ResourcedProvisionCapacity": 12 if name.startswith(("Ash", "Elder")) else "",
                "SenUnitCapacity": 10 if name.startswith(("Ash", "Elder")) else "",
                "Boarders (name)": "Boarding school" if name == "Elm House" else "No boarders",
            }
        rows.append(row)
    return rows


def write_register(path: Path, rows: Sequence[Row] | None = None) -> Path:
    """Write a register in Windows text, as it is published."""
    write_table(path, rows or schools())
    path.write_bytes(path.read_text("utf-8").encode("cp1252"))
    return path


def write_all(folder: Path) -> dict[str, Path]:
    """Write every file of a case; return where each is, by the option that takes it."""
    return {
        "gias": write_register(folder / "edubasealldata20250524.csv"),
        "sen2": write_release(folder / "sen2"),
        "population": write_population(folder / "lsoa_mid2020.csv.gz"),
        "zones": write_zones(folder / "zones"),
        "projections": write_projections(folder / "snpp2022.csv"),
        "finance": write_finance(folder / "benchmarking_2021-22.csv"),
    }
