"""What Seaborough says of itself: its ``case.toml``, and its assumptions in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inputs.examples.seaborough_children import (
    BASE_YEAR,
    FIRST_YEAR_SHARE,
    GO_ON,
    HORIZON_YEARS,
    NEW_GROWTH,
    REMAIN,
    UNKNOWN_HOME_SHARE,
)
from inputs.vocabulary import Phase, academic_year

if TYPE_CHECKING:
    from collections.abc import Mapping

Rows = list[dict[str, Any]]

CASE_TOML = f"""\
# Made up: no real place, school or child is described.
name = "Seaborough"
base_year = {BASE_YEAR}
price_year = {BASE_YEAR}
horizon_years = {HORIZON_YEARS}
crs = "EPSG:27700"
"""

README = """\
Everything in this folder is made up: Seaborough, its roads, schools, fees and children. It is made
by `python -m inputs.examples.make_seaborough`; `case-notes.md` says what was assumed.
"""


def _year_row(entrants: Rows, year: int) -> str:
    """Return a line of the table of entrants: waiting, new and transfers of a year."""
    counts = [
        sum(row["children"] for row in entrants if row["year"] == year and row["kind"] == kind)
        for kind in ("waiting", "new", "transfer")
    ]
    return " | ".join([f"| {academic_year(year)}", *(f"{count:.0f}" for count in counts)]) + " |"


def notes(tables: Mapping[str, Rows]) -> str:
    """Return the assumptions in plain words, with the totals that follow from them."""
    ours = sum(row["children"] for row in tables["placed"] if not row["authority"])
    others = sum(row["children"] for row in tables["placed"] if row["authority"])
    waiting = sum(row["children"] for row in tables["entrants"] if row["kind"] == "waiting")
    years = range(BASE_YEAR, BASE_YEAR + HORIZON_YEARS)
    by_year = "\n".join(_year_row(tables["entrants"], year) for year in years)
    cells = len({(row["zone"], row["need"], row["phase"]) for row in tables["entrants"]})
    return f"""\
# Seaborough: what was assumed

Seaborough is a made-up authority on a made-up coast. Its totals follow what real authorities of its
kind have published; its names, roads, schools and children follow nothing.

- **Land.** {len(tables["zones"])} home zones in six localities. No bridge crosses the estuary south
  of the bypass, so that neighbours by map can be far apart by road. One holiday park's roads join
  no others. The two residential schools lie beyond the road file.
- **Children placed now.** {ours:.0f} of ours and {others:.0f} of other authorities, on the roll of
  {BASE_YEAR}/{(BASE_YEAR + 1) % 100}: those who moved up in September are already counted. The home
  zone is blank for {UNKNOWN_HOME_SHARE:.0%}. About 12 % are in independent and non-maintained
  special schools, as Leicestershire reported in 2018 (366 pupils, 12 % of children, 36 % of cost).
- **Children waiting.** {waiting:.0f}, half of them primary, mostly autistic or with social,
  emotional and mental health needs, as BCP reported in November 2024. All need a place in
  {BASE_YEAR}.
- **New children.** A full year's new plans and moves in {BASE_YEAR + 1}, growing
  {NEW_GROWTH:.0%} a year; {FIRST_YEAR_SHARE:.0%} of that in {BASE_YEAR}, as
  the rest are waiting already.
- **Transfers.** Children placed now, waiting and new move up a year at a time; {1 - REMAIN:.0%} a
  year leave. All who finish early years or primary need a place in the next phase;
  {GO_ON[Phase.POST16]:.0%} of those who finish Year 11 do, as others go to general further
  education. Post-16 runs for three years.
- **Where.** A rare need is shown in few zones: small expected numbers are gathered into the nearest
  zone that has the need, and totals are kept exactly. There are {cells:,} combinations of zone,
  need and phase.
- **Fees.** Place funding of £10,000 in special schools and £6,000 in bases and units. A base place
  comes to about £18,000 with its top-up and a day place in an independent school to about £49,900
  on average, near BCP's £18,000 and £49,000. Amounts by need are plausible inventions.
- **What others can supply.** The number of places that we can take up in each independent school is
  stated and grows; it is less than the school's size.
- **Options.** Four co-located units of 70 places in all (BCP's first round); bases of 10, of 10
  growing to 20, and of 10 (Leicestershire's); a special free school of 60, 120 or 160 places that
  fills over five years; expansions, one already committed; one host that does not agree; one unit
  that shrinks; one base that would take another need. Capital a place is £20,000 to £35,000 in
  mainstream schools, £55,000 to £62,000 in special schools, £85,000 to £100,000 new.
- **Who suits what.** The shares in `suitable.csv` are judgement; no base is taken to be right for
  profound and multiple learning difficulty.

| year | waiting | new | transfers |
|---|---|---|---|
{by_year}
"""
