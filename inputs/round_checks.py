"""Hold the tables of a placement round against each other and the case: one function per rule.

Each takes the draft and the date of the round, and yields what it finds. A cell at fault is blank
in the draft, and a rule says nothing of a blank: one slip is told once.
"""

from __future__ import annotations

import math
import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pandas as pd

from inputs.draft import Draft, rows_of
from inputs.errors import Fault, did_you_mean
from inputs.vocabulary import CLASS_ALIASES, PHASE_YEARS, Phase, ProvisionClass
from inputs.wording import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date


def blank(value: object) -> bool:
    """Return whether a cell holds nothing."""
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def homes_known(draft: Draft, on: date) -> Iterator[Fault]:  # noqa: ARG001
    """Require a known zone of each child, by key or by postcode, and fill it in."""
    waiting = draft.frames["waiting"]
    if "zones" in draft.unsure or waiting.empty:
        return
    zones = draft.frames["zones"]["zone"].tolist()
    known, plain = set(zones), {_plain(zone): zone for zone in zones}
    filled = waiting["zone"].copy()
    for row, zone, postcode in rows_of(waiting, "zone", "postcode"):
        if not blank(zone):
            if zone not in known:
                yield draft.fault(
                    "waiting", row, "zone", zone, f"is not in {draft.labels['zones']}",
                    suggest(zone, known),
                )  # fmt: skip
            continue
        if blank(postcode):
            if row not in draft.bad.get("waiting", ()):
                yield draft.fault(
                    "waiting", row, "zone", None, "is blank, and so is postcode", "Give one of them"
                )
            continue
        whole = _plain(postcode)
        # the whole postcode, its sector (less two letters), its district (less three characters)
        found = next((plain[k] for k in (whole, whole[:-2], whole[:-3]) if k in plain), None)
        if found is None:
            yield draft.fault(
                "waiting", row, "postcode", None, "lies in no zone of the case",
                "Zones must be postcode sectors or districts for this; otherwise give zone",
            )  # fmt: skip
        filled.loc[row] = found
    draft.frames["waiting"] = waiting.assign(zone=filled)


def _plain(key: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", key.upper())


def preferences_known(draft: Draft, on: date) -> Iterator[Fault]:  # noqa: ARG001
    """Require that preferred provisions exist."""
    if "provisions" in draft.unsure:
        return
    known = set(draft.frames["provisions"]["provision"])
    for row, keys in rows_of(draft.frames["waiting"], "preferred"):
        for key in keys or ():
            if key not in known:
                yield draft.fault(
                    "waiting", row, "preferred", key,
                    f"names a provision that is not in {draft.labels['provisions']}",
                    did_you_mean(key, known),
                )  # fmt: skip


def classes_known(draft: Draft, on: date) -> Iterator[Fault]:  # noqa: ARG001
    """Require that the classes advised are classes of provision."""
    known = {kind.value for kind in ProvisionClass}
    for row, keys in rows_of(draft.frames["waiting"], "classes"):
        for key in keys or ():
            if key not in known:
                alias = CLASS_ALIASES.get(key.lower())
                remedy = f"Did you mean {alias.value!r}?" if alias else did_you_mean(key, known)
                yield draft.fault(
                    "waiting", row, "classes", key, "names a class of provision that is unknown",
                    remedy,
                )  # fmt: skip


def features_offered(draft: Draft, on: date) -> Iterator[Fault]:  # noqa: ARG001
    """Warn of a feature that a child must have and no provision offers."""
    if "provisions" in draft.unsure:
        return
    offered = {
        plain_feature(one) for some in draft.frames["provisions"]["features"] for one in some or ()
    }
    asked: dict[str, int] = {}
    for row, features in rows_of(draft.frames["waiting"], "must_have"):
        for one in features or ():
            if plain_feature(one) not in offered:
                asked.setdefault(plain_feature(one), row)
    for row in asked.values():
        yield draft.warning(
            "waiting",
            "asks for a feature that no provision offers",
            did_you_mean("", offered) if offered else "Add it to features of provisions",
            row=row,
            column="must_have",
        )


def plain_feature(text: str) -> str:
    """Return a feature as it is compared: lower case, words apart.

    >>> plain_feature("Single-Sex"), plain_feature(" single_sex ")
    ('single sex', 'single sex')
    """
    return " ".join(re.split(r"[\s_-]+", text.strip().lower()))


def years_fit(draft: Draft, on: date) -> Iterator[Fault]:  # noqa: ARG001
    """Warn where a child's year group is not of the phase in which the place is needed."""
    odd = [
        row
        for row, phase, year in rows_of(draft.frames["waiting"], "phase", "nc_year")
        if not blank(phase)
        and not blank(year)
        and not PHASE_YEARS[Phase(phase)][0] <= year <= PHASE_YEARS[Phase(phase)][1]
    ]
    if odd:
        more = f" (and in {len(odd) - 1:,} more rows)" if len(odd) > 1 else ""
        yield draft.warning(
            "waiting",
            "is not a year of the phase beside it" + more,
            "Check the phase or the year: places are matched by both",
            row=odd[0],
            column="nc_year",
        )


def waits_known(draft: Draft, on: date) -> Iterator[Fault]:  # noqa: ARG001
    """Warn of children whose wait is blank: they come last."""
    frame = draft.frames["waiting"]
    missing = frame.index[frame["weeks_waiting"].isna()].difference(
        list(draft.bad.get("waiting", ()))
    )
    if len(missing):
        yield draft.warning(
            "waiting",
            f"is blank for {len(missing):,} of {len(frame):,} children: taken as 0 weeks, so that "
            "they come after every other",
            "Fill it in",
            row=int(missing[0]),
            column="weeks_waiting",
        )
    draft.frames["waiting"] = frame.assign(weeks_waiting=frame["weeks_waiting"].fillna(0.0))


def days_to_come(draft: Draft, on: date) -> Iterator[Fault]:
    """Refuse a day that has passed: a start of places, or the day by which a child must start."""
    for table, heading, remedy in (
        ("vacancies", "start", "Leave it blank for places open now, or correct it"),
        ("waiting", "start_by", "Leave it blank for no limit, or correct it"),
    ):
        for row, day in rows_of(draft.frames[table], heading):
            if not blank(day) and day < on:
                yield draft.fault(
                    table, row, heading, day, f"is in the past: the round is of {on}", remedy
                )


def vacancies_taught(draft: Draft, on: date) -> Iterator[Fault]:
    """Require that places are at a known provision, open by then, for what it teaches."""
    if draft.unsure & {"provisions", "teaches"}:
        return
    provisions = draft.frames["provisions"].set_index("provision")
    taught: dict[str, set[tuple[str, str]]] = {}
    for _, key, need, phase in rows_of(draft.frames["teaches"], "provision", "need", "phase"):
        taught.setdefault(key, set()).add((need, phase))
    frame = draft.frames["vacancies"]
    for row, key, need, phase, start in rows_of(frame, "provision", "need", "phase", "start"):
        if blank(key):
            continue
        if key not in provisions.index:
            yield draft.fault(
                "vacancies", row, "provision", key, f"is not in {draft.labels['provisions']}",
                did_you_mean(key, provisions.index),
            )  # fmt: skip
            continue
        fits = [
            (n, h)
            for n, h in taught.get(key, ())
            if (blank(need) or n == need) and (blank(phase) or h == phase)
        ]
        if not fits:
            what = " ".join(str(one) for one in (need, phase) if not blank(one)) or "anything"
            yield draft.fault(
                "vacancies", row, "provision", key,
                f"does not teach {what} by {draft.labels['teaches']}, so that its cost is unknown",
                f"Add it to {draft.labels['teaches']}, or correct need and phase",
            )  # fmt: skip
        day = on if blank(start) else start
        year = day.year if day.month >= 9 else day.year - 1
        opens, closes = provisions.loc[key, "opens"], provisions.loc[key, "closes"]
        shut = (not blank(opens) and year < opens) or (not blank(closes) and year >= closes)
        if shut:
            yield draft.fault(
                "vacancies", row, "start", None if blank(start) else start,
                f"is a day on which {key} takes no new child, by {draft.labels['provisions']}",
                "Correct start, or opens and closes of the provision",
            )  # fmt: skip


def vacancies_fit(draft: Draft, on: date) -> Iterator[Fault]:  # noqa: ARG001
    """Warn where more places are said to be open than the case has free."""
    frame = draft.frames["vacancies"]
    if draft.unsure & {"provisions", "placed"} or frame.empty:
        return
    provisions = draft.frames["provisions"].set_index("provision")
    rolls = draft.frames["placed"].groupby("provision")["children"].sum()
    commissioned = dict(zip(provisions.index, provisions["places"], strict=True))
    for key, places in frame.groupby("provision")["places"].sum().items():
        if key not in commissioned:
            continue
        free = commissioned[str(key)] - rolls.get(key, 0.0)
        if places > free:
            yield draft.warning(
                "vacancies",
                f"says {places:g} places are open at {key}, whose places less the children placed "
                f"come to {max(free, 0.0):g}",
                "They are used as stated; check places and placed of the case",
                row=int(frame.index[frame["provision"] == key][0]),
                column="places",
            )


def years_in_order(draft: Draft, on: date) -> Iterator[Fault]:  # noqa: ARG001
    """Require that year groups run upwards, and that no year is taught in two groups."""
    for table in ("vacancies", "groups"):
        for row, first, last in rows_of(draft.frames[table], "nc_from", "nc_to"):
            if not blank(first) and not blank(last) and first > last:
                yield draft.fault(
                    table, row, "nc_from", first, f"is after nc_to ({last})", "Change them round"
                )
    whole = draft.frames["groups"].dropna(subset=["provision", "group", "nc_from", "nc_to"])
    for _, some in whole.groupby("provision", sort=True):
        for one, other in combinations(rows_of(some, "group", "nc_from", "nc_to"), 2):
            if one[2] <= other[3] and other[2] <= one[3]:
                yield draft.fault(
                    "groups", other[0], "nc_from", other[2],
                    f"overlaps the years of group {one[1]!r}, so that a child would be in both",
                    "Give each year of a provision one group",
                )  # fmt: skip


def mixes_make_sense(draft: Draft, on: date) -> Iterator[Fault]:  # noqa: ARG001
    """Require that a mix names two needs, and a provision or a class but not both."""
    provisions = draft.frames["provisions"]
    known = set(provisions["provision"])
    frame = draft.frames["mixes"]
    for row, key, kind, need, other in rows_of(frame, "provision", "class", "need", "with_need"):
        if not blank(need) and need == other:
            yield draft.fault(
                "mixes", row, "with_need", other, "is the same need twice", "Name another need"
            )
        if not blank(key) and not blank(kind):
            yield draft.fault(
                "mixes", row, "class", kind, "stands beside a provision", "Leave one of them blank"
            )
    for table in ("mixes", "groups"):
        for row, key in rows_of(draft.frames[table], "provision"):
            if not blank(key) and key not in known and "provisions" not in draft.unsure:
                yield draft.fault(
                    table, row, "provision", key, f"is not in {draft.labels['provisions']}",
                    did_you_mean(key, known),
                )  # fmt: skip


def places_are_open(draft: Draft, on: date) -> Iterator[Fault]:  # noqa: ARG001
    """Warn of a round in which no place is open."""
    frame = draft.frames["vacancies"]
    if len(frame) and not draft.bad.get("vacancies") and not frame["places"].sum():
        yield draft.warning("vacancies", "no place is open anywhere", column="places")


def keys_apart(draft: Draft, on: date) -> Iterator[Fault]:  # noqa: ARG001
    """Refuse two children whose pseudonyms differ only by capitals: one page would be the other."""
    first: dict[str, tuple[int, Any]] = {}
    for row, key in rows_of(draft.frames["waiting"], "child"):
        if blank(key):
            continue
        earlier = first.setdefault(key.lower(), (row, key))
        if earlier[0] != row and earlier[1] != key:
            yield draft.fault(
                "waiting", row, "child", None,
                f"differs from row {earlier[0]} only by capital letters",
                "Give each child a pseudonym of its own",
            )  # fmt: skip


ROUND_CHECKS: tuple[Callable[[Draft, date], Iterator[Fault]], ...] = (
    keys_apart,
    homes_known,
    preferences_known,
    classes_known,
    features_offered,
    years_fit,
    waits_known,
    days_to_come,
    vacancies_taught,
    vacancies_fit,
    years_in_order,
    mixes_make_sense,
    places_are_open,
)
"""Every rule, in the order in which a person would think of them."""
