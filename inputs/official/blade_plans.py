"""Who has a plan on the census date, where each is placed, and what each one's primary need is.

A child is counted once. A plan is current that has started and has not ceased on or before the
census date; a placement is attended that has begun and does not end before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from inputs.official.blade_joins import look_up
from inputs.official.blade_settings import check_places, place
from inputs.official.sen2_labels import UNKNOWN_NEED, Placement
from inputs.vocabulary import Need

if TYPE_CHECKING:
    from datetime import date

    from inputs.official.blade_faults import Findings
    from inputs.official.blade_joins import Joined
    from inputs.official.gias import Register

REASONS = ("1", "2", "3", "4", "5", "6", "7", "8", "9")
"""Codes of ``ceasereason``: maximum age, needs met, higher education, employment, transfer to
another authority, no engagement, left England, deceased, other."""
NOT_RETURNED_ABOVE = 0.1
"""Share of children without a placement above which placements were not returned, rather than the
children waiting: a judgement. In January 2025 two authorities could not return many (DfE)."""
LOST_ABOVE = 0.5
"""Share of children without a placement above which there can be no honest case (a judgement)."""
_UNRANKED = 9


@dataclass(frozen=True, eq=False)
class Plans:
    """What a return says of plans on its census date.

    Parameters
    ----------
    current
        One row a child with a current plan, by ``child``: ``who``, ``row`` (of the plan in
        ``namedplan``), ``request``, ``placement``, ``urn``, ``code`` (``sensetting``),
        ``attended`` (whether there is a placement on the census date), ``residential``, ``need``
        (a ``Need``, or ``unknown``), ``transferred`` (in from another authority).
    placed
        Every row of ``placementdetail`` with ``placement``, ``urn`` and ``child``.
    needs
        Primary need by ``activeplanstableid``: ``unknown`` where its code is none.
    active
        Every row of ``activeplans``.
    returned
        Whether placements were returned for nearly all, so that none means waiting.
    """

    current: pd.DataFrame
    placed: pd.DataFrame
    needs: pd.Series[str]
    active: pd.DataFrame
    returned: bool


def read_plans(joined: Joined, census: date, register: Register, findings: Findings) -> Plans:
    """Return the children with a current plan, each with one placement and one need.

    Parameters
    ----------
    joined
        The modules. All but ``sen2`` and ``plandetail`` are needed.
    census
        The census date.
    register
        The schools.
    findings
        Where what is wrong or odd is noted.
    """
    check_reasons(joined, findings)
    active = joined.tables["activeplans"]
    plans = _current_plans(joined, census, findings)
    attended = _attended(joined, census, register, findings)
    needs = _primary_needs(joined, findings)
    placed = _all_placed(joined, register)
    linked = _linked(plans, active, joined.files["namedplan"], findings)
    best = attended.groupby("activeplanstableid").head(1).set_index("activeplanstableid")
    key = "activeplanstableid"
    rows = linked.assign(
        attended=linked[key].isin(best.index),
        placement=look_up(linked[key], best["placement"], Placement.UNKNOWN.value),
        urn=look_up(linked[key], best["urn"]),
        code=look_up(linked[key], best["code"]),
        residential=linked[key].isin(best.index[best["residential"]]),
        need=look_up(linked[key], needs, UNKNOWN_NEED),
    )
    needless = active[key].isin(rows[key]) & ~active[key].isin(needs.index)
    findings.each("need_missing", joined.files["activeplans"], active, needless,
                  "has no need of rank 1")  # fmt: skip
    rows["transferred"] = ~rows["transferla"].str.lower().isin(["", "0", "no", "false"])
    once = rows.drop_duplicates("row").set_index("row")
    several = once["child"].duplicated()
    findings.each(
        "requests_several", joined.files["namedplan"], once, several,
        "the child has more than one current plan",
    )  # fmt: skip
    rows = rows.sort_values(
        ["child", "attended", "startdate", "row"], ascending=[True, False, False, True]
    )
    current = rows.drop_duplicates("child").set_index("child")
    _without_plan(joined, attended, plans, findings)
    returned = _check_attendance(current, joined, findings)
    return Plans(current, placed, needs, active, returned)


def check_reasons(joined: Joined, findings: Findings) -> None:
    """Note reasons for ceasing that are no code, missing, or without a date."""
    plans, file = joined.tables["namedplan"], joined.files["namedplan"]
    if "ceasereason" not in joined.has["namedplan"]:
        return
    reason, ceased = plans["ceasereason"], plans["ceasedate"].notna()
    unread = plans.index.isin(list(joined.unread["namedplan", "ceasedate"]))
    findings.each("reason_invalid", file, plans, (reason != "") & ~reason.isin(REASONS),
                  "is no code from 1 to 9", column="ceasereason")  # fmt: skip
    findings.each("reason_missing", file, plans, ceased & (reason == ""),
                  "the plan ceased and no reason is given")  # fmt: skip
    findings.each("reason_alone", file, plans, ~ceased & ~unread & (reason != ""),
                  "is given without a ceasedate", column="ceasereason")  # fmt: skip


def _current_plans(joined: Joined, census: date, findings: Findings) -> pd.DataFrame:
    """Return the plans current on the census date, by row, with the odd ones noted."""
    plans, file, day = joined.tables["namedplan"], joined.files["namedplan"], pd.Timestamp(census)
    start, cease = plans["startdate"], plans["ceasedate"]
    findings.each("cease_before_start", file, plans, cease < start, "ceases before it starts")
    current = ~(start > day) & ~(cease <= day)
    unread = plans.index.isin(list(joined.unread["namedplan", "startdate"]))
    findings.each("start_missing", file, plans, current & start.isna() & ~unread,
                  "has no startdate")  # fmt: skip
    findings.each("start_after_census", file, plans, start > day, "starts after the census date")
    columns = ["child", "request", "who", "startdate"]
    return plans.loc[current, columns].assign(row=plans.index[current])


def _attended(joined: Joined, census: date, register: Register, findings: Findings) -> pd.DataFrame:
    """Return the placements on the census date, best first within each active plan."""
    table, file, day = (
        joined.tables["placementdetail"],
        joined.files["placementdetail"],
        pd.Timestamp(census),
    )
    findings.each("leave_before_entry", file, table, table["leavingdate"] < table["entrydate"],
                  "ends before it begins")  # fmt: skip
    rows = table[~(table["entrydate"] > day) & ~(table["leavingdate"] < day)]
    rank = pd.to_numeric(rows["placementrank"].where(rows["placementrank"].str.fullmatch(r"0*\d")))
    ranked = rank.isin([1, 2])
    findings.each("rank_invalid", file, rows, ~ranked, "is no rank of 1 or 2",
                  column="placementrank")  # fmt: skip
    rows = rows.assign(rank=rank.where(ranked, _UNRANKED).astype(int), row=rows.index)
    twice = ranked & rows.duplicated(["activeplanstableid", "rank"], keep=False)
    later = twice & rows.duplicated(["activeplanstableid", "rank"])
    findings.each("rank_twice", file, rows, later, "another placement has this rank",
                  column="placementrank")  # fmt: skip
    placed = place(rows, register, joined.has["placementdetail"])
    check_places(rows, placed, register, file, findings)
    out = rows[["activeplanstableid", "child", "who", "rank", "entrydate", "row"]].join(
        placed[["placement", "urn", "code"]]
    )
    out["residential"] = _residential(rows, joined, findings)
    return out.sort_values(
        ["activeplanstableid", "rank", "entrydate", "row"], ascending=[True, True, False, True]
    )


def _residential(rows: pd.DataFrame, joined: Joined, findings: Findings) -> pd.Series[bool]:
    """Return which placements are residential: ``res`` is A or B, in 5b or, in older exports, 5a.

    A was 38 to 51 weeks and B 52 weeks; from the return of 2025 they are up to 38, and 39 to 52.
    """
    if "res" in joined.has["placementdetail"]:
        text, table, file = rows["res"], rows, joined.files["placementdetail"]
    else:
        table, file = joined.tables["activeplans"], joined.files["activeplans"]
        text = look_up(rows["activeplanstableid"], table.set_index("activeplanstableid")["res"])
    wrong = ~table["res"].str.upper().isin(["A", "B", "", "0", "N", "NO", "FALSE"])
    findings.each("res_invalid", file, table, wrong, "is neither A nor B", column="res")
    return text.str.upper().isin(["A", "B"])


def _all_placed(joined: Joined, register: Register) -> pd.DataFrame:
    """Return every placement there ever was in the return, the latest last."""
    table = joined.tables["placementdetail"]
    placed = place(table, register, joined.has["placementdetail"])
    columns = ["activeplanstableid", "child", "entrydate", "leavingdate"]
    out = table[columns].join(placed[["placement", "urn"]])
    return out.sort_values("entrydate", na_position="first", kind="stable")


def _primary_needs(joined: Joined, findings: Findings) -> pd.Series[str]:
    """Return the primary need by active plan; a plan that has none is not in it."""
    table, file = joined.tables["senneed"], joined.files["senneed"]
    code = table["sentype"].str.upper()
    valid = code.isin([need.value for need in Need])
    findings.each("need_invalid", file, table, ~valid, "is no primary need of the return",
                  column="sentype")  # fmt: skip
    key = "activeplanstableid"
    first = table["sentyperank"].str.fullmatch(r"0*1")
    findings.each("need_twice", file, table, first & table[first].duplicated(key).reindex(
        table.index, fill_value=False), "is a second need of rank 1", column="sentype")  # fmt: skip
    alone = ~table.duplicated(key, keep=False) & ~first
    findings.each("need_unranked", file, table, alone, "is the only need, and not ranked 1",
                  column="sentype")  # fmt: skip
    ranked = table.assign(code=code)[first | alone].drop_duplicates(key)
    return ranked.set_index(key)["code"].where(valid.loc[ranked.index].to_numpy(), UNKNOWN_NEED)


def _linked(
    plans: pd.DataFrame, active: pd.DataFrame, file: str, findings: Findings
) -> pd.DataFrame:
    """Return current plans with their active plan: by request, else the only one of the child."""
    key = "activeplanstableid"
    by_request = plans.merge(active[["request", key]], on="request", how="left")
    only = active[~active["child"].duplicated(keep=False)].set_index("child")[key]
    known = by_request[key].where(by_request[key].notna(), look_up(by_request["child"], only))
    rows = by_request.assign(**{key: known.astype(str)}, index=by_request["row"]).set_index("index")
    findings.each("active_missing", file, rows, rows[key] == "", "has no row of module activeplans")
    rows = rows.reset_index(drop=True)
    return rows.assign(transferla=look_up(rows[key], active.set_index(key)["transferla"]))


def _without_plan(
    joined: Joined, attended: pd.DataFrame, plans: pd.DataFrame, findings: Findings
) -> None:
    """Note children with a placement on the census date and no current plan."""
    active = joined.tables["activeplans"]
    there = active["activeplanstableid"].isin(attended["activeplanstableid"])
    findings.each("plan_missing", joined.files["activeplans"], active,
                  there & ~active["child"].isin(plans["child"]),
                  "a placement is attended and no plan is current")  # fmt: skip


def _check_attendance(current: pd.DataFrame, joined: Joined, findings: Findings) -> bool:
    """Note children without a placement; return whether that can mean that they wait."""
    file = joined.files["namedplan"]
    rows = current.set_index("row")
    without = ~rows["attended"]
    findings.each("placement_missing_transfer", file, rows, without & rows["transferred"],
                  "has no placement on the census date, transferred in")  # fmt: skip
    findings.each("placement_missing", file, rows, without & ~rows["transferred"],
                  "has no placement on the census date")  # fmt: skip
    share = without.mean() if len(rows) else 0.0
    said = f"{int(without.sum()):,} of {len(rows):,} plans have no placement on the census date"
    if share > LOST_ABOVE:
        findings.add("placements_lost", joined.files["placementdetail"], said)
    elif share > NOT_RETURNED_ABOVE:
        findings.add("placements_not_returned", joined.files["placementdetail"], said)
    return bool(share <= NOT_RETURNED_ABOVE)
