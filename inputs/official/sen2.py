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
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from inputs.errors import Fault, InputError
from inputs.official.authorities import Authority
from inputs.official.opening import Source, find_tables, headings, wrong_file
from inputs.official.sen2_labels import (
    AGE_GROUPS,
    AGES,
    ALL,
    NEEDS,
    PLACEMENT_LABELS,
    SPECIALIST,
    UNKNOWN_NEED,
    Placement,
    placement_of_establishment,
)
from inputs.official.sen2_layouts import (
    ASSESSED,
    LAYOUT_2022,
    LAYOUT_2023,
    LAYOUTS,
    NEED_COLUMNS,
)
from inputs.official.sen2_tables import (
    AREA,
    Table,
    complete,
    label_ages,
    label_placements,
    newest_codes,
    open_table,
    placements,
)

if TYPE_CHECKING:
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

_LAYOUTS = {"2023": LAYOUT_2023, "2022": LAYOUT_2022}
_MAIN = {"2023": "caseload", "2022": "sen2_age_caseload"}
"""The table that says which authorities and years a release has."""


@dataclass(eq=False)
class Release:
    """The files of one release, each read when it is asked for and then kept.

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
    _read: dict[str, Table] = field(default_factory=dict, repr=False)

    @cached_property
    def year(self) -> int:
        """Calendar year of the newest January count: 2025 is January 2025."""
        return int(self._table(_MAIN[self.layout]).frame["year"].max()) + 1

    def authorities(self) -> list[Authority]:
        """Return the authorities with rows in the newest January count."""
        frame = self._table(_MAIN[self.layout]).frame
        local = frame[(frame["level"] == "Local authority") & (frame["year"] == self.year - 1)]
        rows = local[["code", "old_code", "name"]].drop_duplicates("code")
        return sorted(Authority(*row) for row in rows.itertuples(index=False))

    def has(self, table: str) -> bool:
        """Return whether the release holds a table, by its name without prefix."""
        return table in self.tables

    def notices(self, la: Authority | str | None = None) -> tuple[str, ...]:
        """Return what was put right in the tables read so far, a sentence each."""
        code = None if la is None else self._code(la)
        every = [notice for table in self._read.values() for notice in table.notices]
        return tuple(text for one, text in every if code in (None, one))

    def marks(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return how many figures of the tables read so far are not published.

        Returns
        -------
        DataFrame
            Columns ``table``, ``code``, ``mark`` (a key of ``opening.MARKS``), ``cells``.
        """
        parts = [table.marks for table in self._read.values()]
        found = pd.concat(parts) if parts else pd.DataFrame(columns=["table", "code", "mark"])
        if la is not None:
            found = found[found["code"] == self._code(la)]
        return found.reset_index(drop=True)

    # -- the 2023 layout -----------------------------------------------------------------------

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
        table = self._table("sen_needs_all_plans")
        found = int(table.frame["year"].max()) + 1
        if found != self.year:
            problem = f"counts January {found}, and the caseload January {self.year}"
            raise InputError([Fault(table.source.name, problem, "Give files of one release")])
        return self._by_need("sen_needs_all_plans", la)

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

    def assessments(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return requests that it was decided to assess, as ``requests``; no rows if not known."""
        if ASSESSED not in self._table("requests").frame:
            return pd.DataFrame(columns=[*AREA, "age", "children"])
        return self._by_topic("requests", la, ASSESSED).drop(columns="placement")

    def residential(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return residential placements of 38 weeks or more in January.

        Columns ``code, name, year`` (academic), ``age`` (20 includes over), ``placement``,
        ``children``; one of age and placement is set, or neither.
        """
        return self._by_topic("residential_settings", la)

    # -- the layout to 2022 --------------------------------------------------------------------

    def history(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return statements and plans in January: ``code, name, year, age_group, children``.

        ``year`` is academic (January 2010 is 2009); ``age_group`` is ``all`` or one of AGE_GROUPS.
        Statements and plans ran side by side to 2018, and are counted together.
        """
        return self._by_age_group("sen2_age_caseload", la)

    def starts_history(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return new statements and plans by age group; ``year`` is the calendar year."""
        return self._by_age_group("sen2_age_new_plans", la)

    def history_by_placement(self, la: Authority | str | None = None) -> pd.DataFrame:
        """Return statements and plans in January: ``code, name, year, placement, children``."""
        table = self._table("sen2_estab_caseload")
        frame = self._pick(table, la)
        kinds, groups = frame["establishment_type"], frame["establishment_group"]
        placement = kinds.map(placement_of_establishment).astype(str)
        everyone = (kinds == "Total") & (groups == "Total")
        placement[everyone] = ALL
        rows = frame[AREA].assign(placement=placement, children=frame[table.layout.total])
        return _added(rows[everyone | (kinds != "Total")], [*AREA, "placement"])

    # -- how -----------------------------------------------------------------------------------

    @cached_property
    def codes(self) -> dict[str, str]:
        """The newest code of each authority, by its old code and by each code it ever had."""
        stem = _MAIN[self.layout]
        known = {} if self.older is None else dict(self.older.codes)
        return known | newest_codes(self._source(stem), LAYOUTS[stem])

    def _code(self, la: Authority | str) -> str:
        asked = la.code if isinstance(la, Authority) else la
        return self.codes.get(asked, asked)

    def _source(self, stem: str) -> Source:
        if stem not in self.tables:
            where = next(iter(self.tables.values())).path.parent
            held = ", ".join(sorted(self.tables))
            problem = f"the release has no table {stem}.csv; of its layout it holds {held}"
            remedy = "Download all files of the release, and give their folder"
            raise InputError([Fault(str(where), problem, remedy)])
        return self.tables[stem]

    def _table(self, stem: str) -> Table:
        if stem not in self._read:
            self._read[stem] = open_table(self._source(stem), LAYOUTS[stem], self.codes)
        return self._read[stem]

    def _pick(self, table: Table, la: Authority | str | None) -> pd.DataFrame:
        frame = table.frame
        return frame if la is None else frame[frame["code"] == self._code(la)]

    def _by_placement(self, stem: str, la: Authority | str | None) -> pd.DataFrame:
        table = self._table(stem)
        layout, frame = table.layout, self._pick(table, la)
        age = label_ages(table, frame)
        keep = (frame["breakdown_topic"] == layout.everyone) | age.notna()
        wide = placements(frame[keep], layout.total)
        rows = pd.concat([frame.loc[keep, AREA], age[keep].rename("age"), wide], axis=1).melt(
            [*AREA, "age"], var_name="placement", value_name="children"
        )
        return complete(rows, layout.ages)

    def _by_need(self, stem: str, la: Authority | str | None) -> pd.DataFrame:
        rows = self._long(stem, la).rename(columns=NEED_COLUMNS)
        keys = [*AREA, "age", "placement"]
        rows = rows.melt(keys, list(NEED_COLUMNS.values()), var_name="need", value_name="children")
        rows = _added(rows, [*keys, "need"])
        return complete(rows, LAYOUTS[stem].ages, need=True, by_placement=True)

    def _by_topic(
        self, stem: str, la: Authority | str | None, figure: str | None = None
    ) -> pd.DataFrame:
        rows = self._long(stem, la).rename(columns={figure or LAYOUTS[stem].total: "children"})
        rows = _added(rows, [*AREA, "age", "placement"])
        return complete(rows, LAYOUTS[stem].ages, by_placement=stem != "requests")

    def _long(self, stem: str, la: Authority | str | None) -> pd.DataFrame:
        """Return the rows of a long table with ``age`` and ``placement``, one of them or none."""
        table = self._table(stem)
        frame = self._pick(table, la)
        age, placement = label_ages(table, frame), label_placements(table, frame)
        everyone = frame["breakdown_topic"] == table.layout.everyone
        keep = everyone | age.notna() | placement.notna()
        parts = [frame[AREA], age.rename("age"), placement.rename("placement")]
        figures = [name for name in table.layout.counts if name in frame]
        return pd.concat([*parts, frame[figures]], axis=1)[keep]

    def _by_age_group(self, stem: str, la: Authority | str | None) -> pd.DataFrame:
        table = self._table(stem)
        frame = self._pick(table, la)
        groups = frame["characteristic_age"].replace({"Total": ALL})
        wrong = groups.index[~groups.isin([ALL, *AGE_GROUPS])]
        if len(wrong):
            raise InputError(
                Fault(
                    table.source.name,
                    "is no age group",
                    "Give the file as published",
                    row=int(row) + 2,
                    column="characteristic_age",
                    value=groups[row],
                )
                for row in wrong
            )
        rows = frame[AREA].assign(age_group=groups, children=frame[table.layout.total])
        return rows.reset_index(drop=True)


def _added(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the children of equal keys added up; NaN where none of them is published."""
    groups = rows.groupby(keys, as_index=False, sort=False, dropna=False)
    return pd.DataFrame(groups["children"].sum(min_count=1))


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
    found: dict[str, dict[str, Source]] = {layout: {} for layout in _LAYOUTS}
    prefixes: dict[str, str] = {}
    sources = find_tables(path)
    for source in sorted(sources, key=lambda one: one.stem):
        year, stem = _split(source.stem)
        layout = next((name for name, one in _LAYOUTS.items() if stem in one), "")
        if layout and year > prefixes.get(layout, ""):
            # Files of a later release stand beside an earlier one, and are taken whole.
            prefixes[layout], found[layout] = year, {}
        if layout and year == prefixes.setdefault(layout, year):
            found[layout][stem] = source
    older = Release("2022", found["2022"]) if "sen2_age_caseload" in found["2022"] else None
    if "caseload" in found["2023"]:
        return Release("2023", found["2023"], older)
    if older is None or found["2023"]:
        raise InputError([_no_release(path, sources)])
    return older


def _split(stem: str) -> tuple[str, str]:
    """Return the year in front of a file's name, and the name.

    >>> _split("2025_sen-needs-all-plans")
    ('2025', 'sen_needs_all_plans')
    """
    match = re.fullmatch(r"(?:(\d{4})[_ -])?(.*)", stem)
    year, name = (match[1] or "", match[2]) if match else ("", stem)
    return year, re.sub(r"[ -]", "_", name)


def _no_release(path: Path, sources: list[Source]) -> Fault:
    if len(sources) == 1:
        return wrong_file(sources[0], "a release of EHC plans", ["ehcplans"], headings(sources[0]))
    return Fault(
        str(path),
        "holds no caseload.csv of a release of education, health and care plans",
        "Give the folder or the zip with caseload.csv and sen_needs_all_plans.csv",
    )
