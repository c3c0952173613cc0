"""The tables of the Local SEND Reform Plan: 5.1, 6, 7, 7.1 to 7.7, 10, 11 and 12.

A calendar year *n* is the January count of *n* + 1, so that 2024 is the count of January 2025.
Rows, their order and how children count in them follow code that fills in the 2026 template; the
template itself was not seen. Figures are the expected numbers, rounded so that the tables tie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from outputs.returns.counts import PROJECTED, Row, ranges, wide
from outputs.returns.lines import AGE_GROUP_ROWS, NEED_ROWS, NO_ASSESSMENT, Line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outputs.returns.counts import Counts

_ALL_PLANS = "Current and projected number of all CYP with EHC plans"
_POST16 = frozenset(
    {
        Line.BASE_POST16,
        Line.FURTHER_EARLY,
        Line.FURTHER,
        Line.SPECIALIST_EARLY,
        Line.SPECIALIST_POST16,
    }
)

PROVISIONS: tuple[Row, ...] = (
    Row("Early Years settings including PVIs", frozenset({Line.EARLY_YEARS})),
    Row(
        "Mainstream schools or academies",
        frozenset({Line.MAINSTREAM}),
        note="Sixth forms of schools are here. Independent mainstream schools are too: the "
        "published tables read here count them as mainstream.",
    ),
    Row(
        "Support bases in mainstream settings",
        blank="Not in the official files: schools fund these bases themselves, so their children "
        "are counted under mainstream schools",
    ),
    Row("Specialist bases in mainstream settings", frozenset({Line.BASE}), note="Up to age 15"),
    Row(
        "Maintained special schools or special academies",
        frozenset({Line.STATE_SPECIAL}),
        note="With maintained hospital schools, which the official files count as special schools.",
    ),
    Row(
        "NMSS or independent schools - LA funded placements",
        frozenset({Line.NON_MAINTAINED, Line.INDEPENDENT}),
        note="Every such placement: the official files do not say who pays.",
    ),
    Row(
        "NMSS or independent schools - other suitable arrangements",
        blank="Not in the official files: they do not say who pays, so these children are in the "
        "row above",
    ),
    Row("Alternative Provision", frozenset({Line.ALTERNATIVE})),
    Row(
        "Mainstream Post 16 provision",
        frozenset({Line.FURTHER_EARLY, Line.FURTHER}),
        note="Further education and sixth-form colleges.",
    ),
    Row(
        "Mainstream Post 16 specialist provision",
        frozenset({Line.BASE_POST16}),
        note="Young people of 16 and over at a specialist base.",
    ),
    Row(
        "Specialist Post-16 institutions",
        frozenset({Line.SPECIALIST_EARLY, Line.SPECIALIST_POST16}),
    ),
    Row("Elective Home Education (EHE)", frozenset({Line.HOME})),
    Row("Other arrangements by LA (EOTAS)", frozenset({Line.EOTAS})),
    Row(
        "Other (including hospital schools where applicable)",
        frozenset({Line.OTHER}),
        note="With those not in education, and those whose placement is not recorded.",
    ),
)
"""The rows of table 6, in order."""

_NEED_TABLES: tuple[tuple[str, str, frozenset[Line]], ...] = (
    ("7.1", "in Early Years Settings including PVIs", frozenset({Line.EARLY_YEARS})),
    (
        "7.2",
        "in Mainstream Schools or Academies (including Support Bases)",
        frozenset({Line.MAINSTREAM}),
    ),
    ("7.3", "in Specialist Bases", frozenset({Line.BASE})),
    (
        "7.4",
        "in Maintained Special Schools or Special Academies",
        frozenset({Line.STATE_SPECIAL}),
    ),
    (
        "7.5",
        "in Non-Maintained Special Schools or Independent Schools",
        frozenset({Line.NON_MAINTAINED, Line.INDEPENDENT}),
    ),
    ("7.6", "in Alternative Provision or Hospital Schools", frozenset({Line.ALTERNATIVE})),
    (
        "7.7",
        "in Post-16 (Further Education or Specialist Further Education) Settings",
        _POST16,
    ),
)

FLOW_TABLES: dict[str, str] = {
    "10": "Current and projected number of all EHCNA requests by CYP age",
    "11": "Current and projected number of all EHC Needs Assessments by CYP age",
    "12": "Current and projected number of all EHCNAs that result in an EHCP",
}
"""Tables of a year's flow rather than of a count."""


@dataclass(frozen=True)
class Table:
    """One table of the plan: its number, its title, its rows."""

    number: str
    title: str
    rows: tuple[Row, ...]

    @property
    def key(self) -> str:
        """Return the name of its file, such as ``lsrp_7_1``."""
        return "lsrp_" + self.number.replace(".", "_")


@dataclass(frozen=True, eq=False)
class Flow:
    """What is known of a yearly flow: new plans, requests, assessments.

    Parameters
    ----------
    figures
        Columns ``age_group``, ``year`` (calendar), ``status``, ``children`` (whole), ``p10``,
        ``p50``, ``p90``; empty where nothing is known.
    note
        How the figures were made, or why there are none.
    """

    figures: pd.DataFrame
    note: str


def need_rows(lines: frozenset[Line] | None = None) -> tuple[Row, ...]:
    """Return the thirteen rows of needs, of all placements or of some."""
    of = frozenset(Line) if lines is None else lines
    rows = [Row(label, of, needs=frozenset({need})) for need, label in NEED_ROWS]
    return (*rows, Row(NO_ASSESSMENT, nil=True, note="0: the table counts plans only."))


TABLES: tuple[Table, ...] = (
    Table(
        "5.1",
        "Total number of EHC plans by age group (with estimated future projections)",
        tuple(Row(label, ages=ages) for label, ages in AGE_GROUP_ROWS),
    ),
    Table("6", f"{_ALL_PLANS} by provision", PROVISIONS),
    Table("7", f"{_ALL_PLANS} by primary need", need_rows()),
    *(
        Table(number, f"{_ALL_PLANS} {where} by primary need", need_rows(lines))
        for number, where, lines in _NEED_TABLES
    ),
)
"""The tables of counts, in order."""


def year_heading(year: int, status: str) -> str:
    """Return the heading of a calendar year.

    >>> year_heading(2025, "projected")
    '2025 projected'
    """
    return f"{year} {status}"


def lsrp(counts: Counts, flows: Mapping[str, Flow]) -> dict[str, pd.DataFrame]:
    """Return every table in its own shape, by the name of its file.

    Parameters
    ----------
    counts
        Children by year.
    flows
        What is known for tables 10, 11 and 12, by their numbers; one that is missing is blank.

    Returns
    -------
    dict
        ``lsrp_5_1`` and so on: ``row``, a column a calendar year, ``note``; and ``lsrp_ranges``:
        table, title, row, year, status, children, p10, p50, p90.
    """
    heads = [year_heading(year, counts.status(year)) for year in counts.years]
    out = {table.key: wide(counts, table.rows, heads) for table in TABLES}
    parts = [ranges(counts, one.rows, table=one.number, title=one.title) for one in TABLES]
    for number, title in FLOW_TABLES.items():
        flow = flows.get(number)
        out[Table(number, title, ()).key] = _flow_table(flow)
        if flow is not None and len(flow.figures):
            part = flow.figures.rename(columns={"age_group": "row"})
            parts.append(part.assign(table=number, title=title)[list(parts[0].columns)])
    out["lsrp_ranges"] = pd.concat(parts, ignore_index=True)
    return out


def titles() -> pd.DataFrame:
    """Return which file holds which table: file, table, title."""
    every = [*TABLES, *(Table(number, title, ()) for number, title in FLOW_TABLES.items())]
    return pd.DataFrame(
        [{"file": f"{one.key}.csv", "table": one.number, "title": one.title} for one in every]
    )


def _flow_table(flow: Flow | None) -> pd.DataFrame:
    """Return a table of a yearly flow by age group; blank where nothing is known."""
    note = "The official files given here do not hold it" if flow is None else flow.note
    labels = [label for label, _ in AGE_GROUP_ROWS]
    if flow is None or flow.figures.empty:
        return pd.DataFrame({"row": labels, "note": note})
    figures = flow.figures
    status = figures.groupby("year")["status"].agg(
        lambda some: PROJECTED if (some == PROJECTED).any() else "actual"
    )
    pairs = zip(status.index.tolist(), status.tolist(), strict=True)
    heads = {year: year_heading(int(year), str(kind)) for year, kind in pairs}
    table = figures.pivot_table(index="age_group", columns="year", values="children")
    table = table.reindex(index=labels, columns=list(heads)).rename(columns=heads)
    table = table.round().astype("Int64").rename_axis(columns=None)
    return table.rename_axis("row").reset_index().assign(note=note)
