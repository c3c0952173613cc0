"""Education, health and care plans: the release files of the Department for Education (SEN2).

A release is a folder or a zip of CSV files. Since January 2023 each plan is counted by placement,
and by primary need, and each of these by single year of age; the layout up to 2022 has totals by
age group and by establishment from January 2010 on. Nothing is joined and nothing is smoothed
here: the rows come back tidy, with what is not published as NaN.

Source: "Education, health and care plans", Department for Education, Open Government Licence v3.0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.errors import Fault, InputError
from inputs.official.authorities import Authority
from inputs.official.opening import (
    MARKS,
    Source,
    find_tables,
    headings,
    numbers,
    read_table,
    wrong_file,
)
from inputs.official.sen2_labels import (
    AGE_GROUPS,
    AGES,
    ALL,
    COLUMNS,
    NEEDS,
    NOT_ALWAYS_THERE,
    PLACEMENT_LABELS,
    SPECIALIST,
    UNKNOWN_NEED,
    Placement,
    age_of,
    placement_of,
    placement_of_establishment,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = [
    "AGES",
    "AGE_GROUPS",
    "ALL",
    "NEEDS",
    "PLACEMENT_LABELS",
    "SPECIALIST",
    "UNKNOWN_NEED",
    "Placement",
    "Release",
    "read_release",
]

_AREA = ("time_period", "geographic_level", "old_la_code", "new_la_code", "la_name")
_REGION = ("country_code", "country_name", "region_code", "region_name")
_TOPIC = ("breakdown_topic", "breakdown")
_NEED_COLUMNS = {f"number_{need.value.lower()}": need.value for need in NEEDS} | {
    "number_need_unknown": UNKNOWN_NEED
}


@dataclass(frozen=True)
class _Table:
    """One table of a release: what it is, what its total is called, and which topics it has."""

    stem: str
    wanted: str
    total: str
    everyone: str
    age_topic: str = "Child or young persons age"


_TABLES = {
    one.stem: one
    for one in (
        _Table("caseload", "plans by placement", "ehcplans", "All EHC plans"),
        _Table("sen_needs_all_plans", "plans by primary need", "ehc_plans", "All EHC plans"),
        _Table(
            "newplans",
            "new plans by placement",
            "new_ehc_plans",
            "New EHC plans",
            "Age when plan started",
        ),
        _Table("sen_need_newplans", "new plans by primary need", "ehc_plans", "All EHC plans"),
        _Table(
            "ceased_plans",
            "ceased plans",
            "total_ceased",
            "All ceased EHC plans",
            "Age plan ceased",
        ),
        _Table(
            "requests",
            "requests for assessment",
            "requests_received_in_year",
            "All requests for EHC needs assessments",
        ),
        _Table(
            "residential_settings",
            "residential placements",
            "Res_tot",
            "All residential placements",
        ),
    )
}
_OLDER = {
    "sen2_age_caseload": ("plans by age group", "Total_all"),
    "sen2_age_new_plans": ("new plans by age group", "Total_new_all"),
    "sen2_estab_caseload": ("plans by establishment", "Total_all"),
}
_PLACEMENT_TOPIC = "Type of placement"


@dataclass(eq=False)
class Release:
    """The files of one release, read as they are asked for.

    Parameters
    ----------
    layout
        ``2023`` (counts of people, since January 2023) or ``2022`` (totals, to January 2022).
    tables
        The tables found, by name without prefix: ``caseload``.
    older
        The release of the other layout that stands in the same folder, if there is one.
    """

    layout: str
    tables: dict[str, Source]
    older: Release | None = None
    _read: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    _notices: list[tuple[str, str]] = field(default_factory=list, repr=False)

    @property
    def year(self) -> int:
        """Calendar year of the newest January count: 2025 is January 2025."""
        stem = "caseload" if self.layout == "2023" else "sen2_age_caseload"
        return int(self._table(stem)["year"].max()) + 1

    def authorities(self) -> list[Authority]:
        """Return the authorities with rows in the newest January count."""
        stem = "caseload" if self.layout == "2023" else "sen2_age_caseload"
        frame = self._table(stem)
        local = frame[(frame["level"] == "Local authority") & (frame["year"] == self.year - 1)]
        rows = local[["code", "old_code", "name"]].drop_duplicates("code")
        return sorted(Authority(*row) for row in rows.itertuples(index=False))

    def has(self, table: str) -> bool:
        """Return whether the release holds a table, by its name without prefix."""
        return table in self.tables

    def notices(self, la: Authority | str | None = None) -> tuple[str, ...]:
        """Return what was put right or found odd in the tables read so far, a sentence each."""
        code = None if la is None else self._code(la)
        return tuple(text for one, text in self._notices if code in (None, one))

    def marks(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return how many cells of the tables read so far hold a mark for a figure.

        Returns
        -------
        DataFrame
            Columns ``table``, ``code``, ``mark``, ``cells``.
        """
        parts = [
            pd.DataFrame(frame.attrs["marks"], columns=["table", "code", "mark", "cells"])
            for frame in self._read.values()
        ]
        found = (
            pd.concat(parts) if parts else pd.DataFrame(columns=["table", "code", "mark", "cells"])
        )
        if la is not None:
            found = found[found["code"] == self._code(la)]
        return found.reset_index(drop=True)

    # -- the 2023 layout ---------------------------------------------------------------------

    def stock(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return plans in January by placement, over all ages and by single year of age.

        Returns
        -------
        DataFrame
            ``code``, ``name``, ``year`` (academic, by first September: January 2025 is 2024),
            ``age`` (NA: all ages), ``placement`` (``all``: the total), ``children``.

        Raises
        ------
        InputError
            When the table is not in the release, or is another file.
        """
        return self._by_placement("caseload", la)

    def starts(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return new plans by placement; ``year`` is calendar, ``age`` 20 includes over."""
        return self._by_placement("newplans", la)

    def stock_by_need(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return plans in January by primary need.

        Returns
        -------
        DataFrame
            ``code``, ``name``, ``year`` (academic), ``age``, ``placement``, ``need``
            (``unknown`` where not recorded), ``children``. One of age and placement is set, or
            neither (everyone).

        Raises
        ------
        InputError
            When the table is not in the release, or counts another January than the caseload.
        """
        frame = self._by_need("sen_needs_all_plans", la)
        self._same_year("sen_needs_all_plans", self.year - 1)
        return frame

    def starts_by_need(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return new plans by primary need; ``year`` is calendar, ``age`` 20 includes over."""
        return self._by_need("sen_need_newplans", la)

    def ceased(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return plans that ceased: ``code, name, year`` (calendar), ``age, placement, children``.

        One of age and placement is set, or neither (all of them). Age 20 includes over; plans
        ceased at an unknown age are in no row by age.
        """
        return self._by_topic("ceased_plans", la)

    def requests(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return requests for assessment: ``code, name, year`` (calendar), ``age, children``."""
        return self._by_topic("requests", la).drop(columns="placement")

    def residential(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return residential placements of 38 weeks or more in January.

        Columns ``code, name, year`` (academic), ``age`` (20 includes over), ``placement``,
        ``children``; one of age and placement is set, or neither.
        """
        return self._by_topic("residential_settings", la)

    # -- the layout to 2022 ------------------------------------------------------------------

    def history(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return statements and plans in January by age group: ``code, name, year, age_group``.

        ``year`` is academic (January 2010 is 2009); ``age_group`` is ``all`` or one of AGE_GROUPS.
        Statements and plans ran side by side to 2018, and are counted together in ``children``.
        """
        return self._older("sen2_age_caseload", la)

    def starts_history(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return new statements and plans by age group; ``year`` is the calendar year."""
        return self._older("sen2_age_new_plans", la)

    def history_by_placement(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return statements and plans in January: ``code, name, year, placement, children``."""
        frame = self._pick("sen2_estab_caseload", la)
        kinds = frame["establishment_type"].str.strip()
        groups = frame["establishment_group"].str.strip()
        everyone = (kinds == "Total") & (groups == "Total")
        part = kinds != "Total"
        frame = frame.assign(
            placement=np.where(everyone, ALL, kinds.map(placement_of_establishment).astype(str)),
            children=frame["Total_all"],
        )[everyone | part]
        keys = ["code", "name", "year", "placement"]
        return frame.groupby(keys, as_index=False, sort=False)["children"].sum(min_count=1)

    # -- how -----------------------------------------------------------------------------------

    def _code(self, la: Authority | str) -> str:
        asked = la.code if isinstance(la, Authority) else la
        return self._codes.get(asked, asked)

    @property
    def _codes(self) -> dict[str, str]:
        """The newest code of each authority by its old code, over both layouts."""
        if "codes" not in self.__dict__:
            known = dict(self.older._codes) if self.older is not None else {}
            stem = "caseload" if self.layout == "2023" else "sen2_age_caseload"
            area = read_table(self._source(stem), stem, _AREA, keep=_local)
            area = area.sort_values("time_period", kind="stable")
            known |= dict(zip(area["old_la_code"], area["new_la_code"], strict=True))
            earlier = dict(zip(area["new_la_code"], area["old_la_code"], strict=True))
            for new, old in earlier.items():
                known.setdefault(new, known[old])
            self.__dict__["codes"] = known
        codes: dict[str, str] = self.__dict__["codes"]
        return codes

    def _source(self, stem: str) -> Source:
        if stem not in self.tables:
            listed = ", ".join(sorted(self.tables))
            problem = f"the release has no table {stem}.csv"
            if stem in _OLDER or self.layout == "2022":
                problem += f" (it is of the layout of {self.layout}; it holds {listed})"
            else:
                problem += f" (it holds {listed})"
            where = next(iter(self.tables.values())).path
            label = str(where if len(self.tables) == 1 else where.parent)
            raise InputError(
                [Fault(label, problem, "Download all files of the release, and give their folder")]
            )
        return self.tables[stem]

    def _table(self, stem: str) -> pd.DataFrame:
        """Return a table with its area columns tidied and its figures as numbers."""
        if stem not in self._read:
            self._read[stem] = self._open(stem)
        return self._read[stem]

    def _open(self, stem: str) -> pd.DataFrame:
        source = self._source(stem)
        older = _OLDER.get(stem)
        if older is not None:
            wanted, counts = f"{older[0]} (EHC plans, layout to 2022)", [older[1]]
            topics = (
                ("establishment_type", "establishment_group")
                if stem == "sen2_estab_caseload"
                else ("characteristic_age",)
            )
        else:
            table = _TABLES[stem]
            wanted, topics = f"{table.wanted} (EHC plans, 2023 layout onwards)", _TOPIC
            counts = [table.total]
            if stem in {"caseload", "newplans"}:
                counts += [name for names in COLUMNS.values() for name in names] + ["ed_elsewhere"]
            elif stem in {"sen_needs_all_plans", "sen_need_newplans"}:
                counts += list(_NEED_COLUMNS)
        optional = [name for name in counts if name in NOT_ALWAYS_THERE] + list(_REGION)
        needed = [*_AREA, *topics, *(name for name in counts if name not in optional)]
        drop = _dropped_topics(stem)
        frame = read_table(source, wanted, needed, optional=optional, keep=drop)
        codes = self._codes
        local = frame["geographic_level"].str.strip() == "Local authority"
        out = _areas(frame, local, codes)
        out["year"] = _years(source, frame["time_period"])
        if stem in {"sen2_age_caseload", "sen2_estab_caseload"}:
            # The count of January 2010 falls in the academic year that began in 2009.
            out["year"] -= 1
        marks: dict[tuple[str, str], int] = {}
        for name in topics:
            out[name] = frame[name].str.strip()
        for name in counts:
            if name not in frame:
                continue
            out[name] = numbers(source, frame[name])
            text = frame[name].str.strip().str.lower()
            for (code, mark), cells in (
                text[text.isin(list(MARKS))].groupby([out["code"], text]).size().items()
            ):
                marks[code, mark] = marks.get((code, mark), 0) + int(cells)
        if stem in {"caseload", "newplans"}:
            self._mend_totals(out, _TABLES[stem].total, source.name)
        out.attrs["marks"] = [(stem, code, mark, n) for (code, mark), n in marks.items()]
        return out

    def _mend_totals(self, frame: pd.DataFrame, total: str, label: str) -> None:
        """Replace an authority's total that is its region's, which some rows were published with.

        In new plans of 2022 the total of each authority of Yorkshire and the Humber is the
        region's (6,078), beside placements of its own.
        """
        columns = [name for names in COLUMNS.values() for name in names if name in frame]
        parts = frame[columns].sum(axis=1, min_count=1)
        keys = ["year", "region", *_TOPIC]
        regions = frame[frame["level"] == "Regional"].drop_duplicates(keys)
        theirs = frame[keys].merge(regions[[*keys, total]], on=keys, how="left")[total].to_numpy()
        wrong = (
            (frame["level"] == "Local authority").to_numpy()
            & (frame[total].to_numpy() == theirs)
            & (parts.to_numpy() < 0.9 * theirs)
        )
        for row in np.flatnonzero(wrong):
            at = frame.index[row]
            self._notices.append(
                (
                    str(frame["code"].iloc[row]),
                    f"{label}: the total of {frame['name'].iloc[row]} in {frame['year'].iloc[row]} "
                    f"({frame[total].iloc[row]:,.0f}) is its region's; the sum of its placements "
                    f"({parts.iloc[row]:,.0f}) is taken",
                )
            )
            frame.loc[at, total] = parts.iloc[row]

    def _same_year(self, stem: str, year: int) -> None:
        found = int(self._table(stem)["year"].max())
        if found != year:
            raise InputError(
                [
                    Fault(
                        self._source(stem).name,
                        f"counts January {found + 1}, and the caseload January {year + 1}",
                        "Give files of one release",
                    )
                ]
            )

    def _pick(self, stem: str, la: Authority | str | None) -> pd.DataFrame:
        frame = self._table(stem)
        return frame if la is None else frame[frame["code"] == self._code(la)]

    def _by_placement(self, stem: str, la: Authority | str | None) -> pd.DataFrame:
        table = _TABLES[stem]
        frame = self._pick(stem, la)
        frame = frame[frame["breakdown_topic"].isin([table.everyone, table.age_topic])]
        wide = _placements(frame, table.total)
        wide["age"] = _ages(self._source(stem), frame, table.age_topic)
        wide = wide[wide["age"].notna() | (frame["breakdown_topic"] == table.everyone)]
        out = pd.concat([frame.loc[wide.index, ["code", "name", "year"]], wide], axis=1).melt(
            ["code", "name", "year", "age"], var_name="placement", value_name="children"
        )
        return _complete(out, ["placement"], ages=_ages_of(table))

    def _by_need(self, stem: str, la: Authority | str | None) -> pd.DataFrame:
        table = _TABLES[stem]
        frame = self._by_label(stem, la)
        out = frame.rename(columns=_NEED_COLUMNS).melt(
            ["code", "name", "year", "age", "placement"],
            list(_NEED_COLUMNS.values()),
            var_name="need",
            value_name="children",
        )
        keys = ["code", "name", "year", "age", "placement", "need"]
        out = out.groupby(keys, as_index=False, sort=False, dropna=False)["children"].sum(
            min_count=1
        )
        return _complete(out, ["need"], ages=_ages_of(table), by_placement=True)

    def _by_topic(self, stem: str, la: Authority | str | None) -> pd.DataFrame:
        table = _TABLES[stem]
        frame = self._by_label(stem, la).rename(columns={table.total: "children"})
        keys = ["code", "name", "year", "age", "placement"]
        out = frame.groupby(keys, as_index=False, sort=False, dropna=False)["children"].sum(
            min_count=1
        )
        return _complete(out, [], ages=_ages_of(table), by_placement=stem != "requests")

    def _by_label(self, stem: str, la: Authority | str | None) -> pd.DataFrame:
        """Return the rows of a long table with ``age`` and ``placement``, one of them or none."""
        table, source = _TABLES[stem], self._source(stem)
        frame = self._pick(stem, la)
        topic = frame["breakdown_topic"]
        frame = frame[topic.isin([table.everyone, table.age_topic, _PLACEMENT_TOPIC])]
        topic = frame["breakdown_topic"]
        age = _ages(source, frame, table.age_topic)
        placement = _labelled(source, frame, _PLACEMENT_TOPIC, placement_of)
        keep = (topic == table.everyone) | age.notna() | placement.notna()
        placement = placement.where(placement.notna(), None).astype("str")
        counts = [name for name in (table.total, *_NEED_COLUMNS) if name in frame]
        return pd.concat(
            [frame[["code", "name", "year"]], age.rename("age"), placement.rename("placement"),
             frame[counts]], axis=1,
        )[keep]  # fmt: skip

    def _older(self, stem: str, la: Authority | str | None) -> pd.DataFrame:
        frame = self._pick(stem, la)
        groups = frame["characteristic_age"].replace({"Total": ALL})
        wrong = ~groups.isin([ALL, *AGE_GROUPS])
        if wrong.any():
            raise InputError(
                Fault(self._source(stem).name, "is no age group", "Give the file as published",
                      row=int(row) + 2, column="characteristic_age", value=groups[row])
                for row in groups.index[wrong]
            )  # fmt: skip
        out = frame[["code", "name", "year"]].assign(
            age_group=groups, children=frame[_OLDER[stem][1]]
        )
        return out.reset_index(drop=True)


def read_release(path: Path) -> Release:
    """Return the release in a folder or a zip, each table to be read when it is asked for.

    Parameters
    ----------
    path
        A folder or the zip as it is downloaded. Files may be compressed and may carry a year in
        front (``2025_caseload.csv.gz``); both layouts may stand side by side.

    Returns
    -------
    Release
        The newest of the 2023 layout, with the newest of the layout to 2022 as ``older``; or the
        latter alone.

    Raises
    ------
    InputError
        When no table of plans is found.
    """
    found: dict[str, dict[str, Source]] = {"2023": {}, "2022": {}}
    prefixes: dict[str, str] = {}
    for source in sorted(find_tables(path), key=lambda one: one.stem):
        match = re.fullmatch(r"(?:(\d{4})[_ -])?(.*)", source.stem)
        prefix, stem = (match[1] or "", match[2]) if match else ("", source.stem)
        stem = stem.replace("-", "_").replace(" ", "_")
        layout = "2023" if stem in _TABLES else "2022" if stem in _OLDER else ""
        if not layout:
            continue
        if prefix > prefixes.get(layout, ""):
            # Files of a later release stand beside it, and are taken whole.
            prefixes[layout], found[layout] = prefix, {}
        if prefix == prefixes.setdefault(layout, prefix):
            found[layout][stem] = source
    older = Release("2022", found["2022"]) if found["2022"] else None
    if found["2023"]:
        return Release("2023", found["2023"], older)
    if older is None:
        raise InputError([_no_release(path)])
    return older


def _no_release(path: Path) -> Fault:
    sources = find_tables(path)
    if len(sources) == 1:
        return wrong_file(sources[0], "a release of EHC plans", ["ehcplans"], headings(sources[0]))
    return Fault(
        str(path),
        "holds no table of education, health and care plans",
        "Give the folder or the zip with caseload.csv and sen_needs_all_plans.csv",
    )


def _local(frame: pd.DataFrame) -> pd.Series[bool]:
    return frame["geographic_level"].str.strip() == "Local authority"


def _dropped_topics(stem: str) -> Callable[[pd.DataFrame], pd.Series[bool]] | None:
    """Return which rows to keep of a table in the 2023 layout: no rows by sex and the like."""
    if stem not in _TABLES:
        return None
    topics = {_TABLES[stem].everyone, _TABLES[stem].age_topic, _PLACEMENT_TOPIC}
    return lambda frame: frame["breakdown_topic"].str.strip().isin(topics)


def _areas(frame: pd.DataFrame, local: pd.Series[bool], codes: dict[str, str]) -> pd.DataFrame:
    """Return ``level, code, old_code, name, region`` of each row."""
    blank = pd.Series("", index=frame.index)
    country = frame.get("country_code", blank), frame.get("country_name", blank)
    region = frame.get("region_code", blank), frame.get("region_name", blank)
    is_region = frame["geographic_level"].str.strip() == "Regional"
    own = frame["old_la_code"].map(codes).fillna(frame["new_la_code"])
    out = pd.DataFrame(
        {
            "level": frame["geographic_level"].str.strip(),
            "code": own.where(local, region[0].where(is_region, country[0])),
            "old_code": frame["old_la_code"].str.strip(),
            "name": frame["la_name"].where(local, region[1].where(is_region, country[1])),
            "region": region[0],
        }
    )
    out["name"] = out["name"].str.strip()
    return out


def _years(source: Source, periods: pd.Series[str]) -> pd.Series[int]:
    """Return 2024 for ``202425`` (an academic year) and for ``2024`` (a calendar year)."""
    text = periods.str.strip().str.replace("/", "")
    wrong = ~text.str.fullmatch(r"(19|20)\d{2}(\d{2})?")
    if wrong.any():
        row = text.index[wrong][0]
        raise InputError(
            [Fault(source.name, "is no year", "Give the file as published", row=int(row) + 2,
                   column="time_period", value=text[row])]
        )  # fmt: skip
    return text.str[:4].astype(int)


def _labelled(
    source: Source, frame: pd.DataFrame, topic: str, read: Callable[[str], object]
) -> pd.Series:
    """Return what the labels of one topic mean, NA in the rows of others.

    Raises
    ------
    InputError
        Naming every label that is not known.
    """
    at = frame["breakdown_topic"] == topic
    meaning: dict[str, object] = {}
    faults = []
    for label in frame.loc[at, "breakdown"].unique():
        try:
            meaning[label] = read(label)
        except ValueError:
            row = int(frame.index[at & (frame["breakdown"] == label)][0])
            what = "age from 2 to 25" if read is age_of else "placement"
            faults.append(
                Fault(source.name, f"is no {what} of the published tables",
                      "Give the file as its publisher ships it", row=row + 2, column="breakdown",
                      value=label)
            )  # fmt: skip
    if faults:
        raise InputError(faults)
    out = pd.Series(pd.NA, index=frame.index, dtype="object")
    out[at] = frame.loc[at, "breakdown"].map(meaning)
    return out


def _ages(source: Source, frame: pd.DataFrame, topic: str) -> pd.Series[int]:
    ages = _labelled(source, frame, topic, age_of)
    return ages.where(ages.notna(), None).astype("Int64")


def _placements(frame: pd.DataFrame, total: str) -> pd.DataFrame:
    """Return children by placement (columns) that add up to the total of each row.

    What is counted elsewhere is the larger of its parts and its published subtotal, for some
    parts are not shown; what is left of the total has no placement recorded.
    """
    wide = pd.DataFrame(index=frame.index)
    for placement, names in COLUMNS.items():
        have = [name for name in names if name in frame]
        wide[placement.value] = frame[have].sum(axis=1, min_count=1) if have else 0.0
    elsewhere, unknown = Placement.ELSEWHERE.value, Placement.UNKNOWN.value
    named = [one.value for one in COLUMNS if one.value not in {elsewhere, unknown}]
    home = wide[[Placement.ELECTIVE_HOME.value, Placement.OTHER_ARRANGEMENTS.value]].sum(axis=1)
    left = frame[total] - wide[named].sum(axis=1)
    if "ed_elsewhere" in frame:
        subtotal = (frame["ed_elsewhere"] - home).fillna(0.0)
        known = wide[unknown].fillna(0.0)
        most = np.maximum(wide[elsewhere].fillna(0.0), left - known)
        wide[elsewhere] = np.maximum(wide[elsewhere].fillna(0.0), np.minimum(subtotal, most))
    rest = left - wide[elsewhere].fillna(0.0)
    wide[unknown] = np.maximum(wide[unknown].fillna(0.0), rest.fillna(0.0))
    # A row with no total was not returned at all; and where one placement of a row is shown, a
    # mark in another means that it was counted under elsewhere in that year.
    wide = wide.fillna(0.0)
    wide[frame[total].isna()] = np.nan
    wide.insert(0, ALL, frame[total])
    return wide


def _ages_of(table: _Table) -> tuple[int, ...]:
    """Return the ages of a table: flows stop at 20, which includes over."""
    stock = table.stem in {"caseload", "sen_needs_all_plans"}
    return AGES if stock else tuple(range(AGES[0], 21))


def _complete(
    frame: pd.DataFrame,
    within: list[str],
    *,
    ages: tuple[int, ...],
    by_placement: bool = False,
) -> pd.DataFrame:
    """Return the rows with 0 where a published breakdown has no row for an age or a placement.

    Nothing is suppressed in these tables, so a row that is missing from a breakdown that an
    authority has in that year counts nobody.
    """
    area = ["code", "name", "year"]
    frame = frame.astype({"age": "Int64"})
    parts = [frame]
    for column, values in (("age", list(ages)), ("placement", [p.value for p in Placement])):
        if column == "placement" and not by_placement:
            continue
        there = frame[frame[column].notna()]
        if there.empty:
            continue
        other = "placement" if column == "age" else "age"
        grid = there[area].drop_duplicates().merge(pd.DataFrame({column: values}), how="cross")
        for name in within:
            grid = grid.merge(there[[name]].drop_duplicates(), how="cross")
        keys = [*area, column, *within]
        grid = grid.astype({column: there[column].dtype})
        have = pd.MultiIndex.from_frame(there[keys])
        grid = grid[~pd.MultiIndex.from_frame(grid[keys]).isin(have)]
        if other not in within:
            grid[other] = pd.Series(pd.NA, index=grid.index, dtype=frame[other].dtype)
        parts.append(grid.assign(children=0.0))
    out = pd.concat([part for part in parts if len(part)])
    columns = [*area, "age", "placement", *[w for w in within if w != "placement"], "children"]
    return out[columns].reset_index(drop=True)
