"""The notes of a case made from published files: every figure and every assumption, plainly."""

from __future__ import annotations

from benchmarks import real_draft as rd
from benchmarks.real_demand import TYPES

TEXT = """\
# {name}: what is published and what is assumed

## Published figures that this case keeps

- Published: children aged 18 and under in specialist placements, January 2025 (2025_caseload):
  {counts}; residential placements (2025_residential_settings) are taken out of independent.
- Published: placement by primary need (2025_sen_needs_all_plans) and placement by age
  (2025_caseload), both exact after rounding. Need by age over all placements is met before
  rounding only: whole numbers can keep two of the three published tables.
- Published: new plans by placement, mean of 2022 to 2024 (2025_newplans); their mix by need is
  that of 2024 (2025_sen_need_newplans).
- Published: schools, their kind, roll and grid reference: Get Information About Schools, 24 May
  2025. Zones are LSOA 2011 with boundary centroids, which may lie far from homes in the country.
  Children by zone are mid-2020 estimates by single year of age.

## Assumptions about children

- Assumption: no table of need by placement by age is published; it is filled by proportional
  fitting to the three two-way tables.
- Assumption: the January 2025 count stands for 2025/26, unchanged. The children placed are that
  count a year on: those in the last year of a phase have left or are phase transfers.
- Assumption: {new_plans:.1f} new plans a year name a specialist place (published level) and
  {moves:.1f} children a year move there from mainstream (the part of the smoothed count's rise
  with age that new plans do not explain).
- Assumption: new plans and moves grow by {growth:.1%} a year from 2024/25, the national forecast of
  specialist places needed (229,000 to 273,000 in four years){people}.
- Assumption: every child in a specialist place goes on to one in the next phase, save at 16, where
  {kept:.0%} do (year 12 over year 11 in the January 2025 count). No place ceases within a phase in
  this projection; the plan applies its own default.
- Assumption: entrants are spread over zones by children of {homes}, mid-2020; need does not vary
  with deprivation. Entrants carry the mean year of entry of their need and phase.
- {waiting}
{pooled}
## Assumptions about provision

- Assumption: the roll stands in for places and for physical places: the register extract has no
  capacity. A specialist post-16 institution has no roll: its places are what is available to us.
- Assumption: needs and ages taught are not in the extract. A special school takes every need
  unless its name tells of one (therapeutic or behaviour: SEMH; autism: ASD), in every phase;
  independent ones not the early years; alternative provision primary and secondary.
- Assumption: which school a child attends is not published. Each placement type is shared over the
  schools of that kind in the area or within {radius:.0f} km of its middle ({post16:.0f} km for
  post-16 institutions) by roll, falling by a factor of e every {decay:.0f} km for those outside the
  area, none above its roll. Where there is none, the nearest in the country stands for it.
- Assumption: places available to us in INMSS and post-16 institutions are our children there,
  growing by {inmss:.1%} a year (England, independent and non-maintained special schools, January
  2019 to January 2025), at least 1 and never above the roll; in state schools outside the area and
  alternative provision, our children there now, at least 1.
- Assumption: which mainstream schools have a base or unit is not in the extract: they are put at
  the largest primary and secondary schools, with as many places as children there. Options use
  the next largest, none within {apart:g} km of another of its phase. That a school would agree is
  assumed; selective schools are passed over where known.
- Assumption: residential placements are put at the largest independent special school outside the
  area, which takes every need.
- Left out: hospital schools, and special schools with no roll yet{small}.
- {own}

## Assumptions about cost

- Published: mean INMSS fee £{fee:,.0f} and mean special school top-up £{topup:,.0f}: section 251
  outturn 2021-22 over plans of January 2021 (hn_benchmarking_2021-22_tidy), raised by 64/57 (INMSS
  cost an EHCP pupil, 2024/25 over 2021/22). Assumption: the same rise holds for top-ups. They mix
  two dates, and are not raised further to the price year.
- Assumption: cost by need beside autism (MLD and SPLD 0.75, SLCN 0.85, SEMH, SLD and PD 1.1, PMLD
  and MSI 1.3), and a residential fee {boarding:g} day fees; scaled so that the means above hold for
  the children placed.
- Assumption: a base costs £18,000 a place (BCP, November 2024): £6,000 of place funding and
  £{base:,.0f} of top-up. Post-16 institutions and alternative provision cost the top-up of a
  special school.
- Assumption: capital a place £22,500 for a base (£25,000 for one of 10 or fewer), £65,000 for an
  expansion, £105,000 for a new school: middles of ranges that are not verified. Lead years 1, 2
  and 3. No set-up cost.
{free_school}
## What is not in this case

- Left out: young people aged 19 to 25; children in mainstream, early years settings, general
  further education, elective home education and education other than at school.
{beyond}
## Attribution

- Contains public sector information licensed under the Open Government Licence v3.0.
- Source: Office for National Statistics licensed under the Open Government Licence v.3.0. Contains
  OS data (c) Crown copyright and database right.
- Roads, where a run uses them: (c) OpenStreetMap contributors, Open Database Licence 1.0.
"""

NO_STATE_SCHOOL = """The authority has no state special school of its own: all that it uses lie \
outside the area."""
OTHERS = """Assumption: in the area's state special schools the roll less our children ({others} \
children) are other authorities', with the same mix of needs and phases as ours."""
WAITING_PUBLISHED = """Published: {waiting} children awaited a specialist placement in September \
2024 (scrutiny paper, 26 November 2024), about half of primary age, mainly autism and social, \
emotional and mental health. Assumption: they stand for the start of 2026/27; of those in primary \
40 % and 40 % have these needs, the rest follow those placed."""
WAITING_ASSUMED = """Assumption: {waiting} children wait at the start, half of them primary. None \
is published, so this is the rate of Bournemouth, Christchurch and Poole (143 of 4,432 plans) at \
this authority's 376 plans."""
POOLED = """- Choice: needs {needs} are counted under OTH.
"""
FREE_SCHOOL = """- Assumption: the special free school stands in the middle of the children's \
homes, takes autism and speech needs up to year 11, costs £19,500 of top-up (middle of the \
published £13,000 to £26,000) and fills as the Bath specification does; its largest size is the \
published 156 and 24 nursery places. Expansions are a fifth of the roll.
"""
BEYOND = """- The road extract covers Rutland only, and every state special school lies beyond it: \
journeys there are straight-line estimates, labelled so in the results.
"""


def notes(draft: rd.Draft) -> str:
    """Return the text of ``case-notes.md``: one line a note, under headings."""
    who, flow = draft.who, draft.demand
    if flow is None:
        raise ValueError("the demand of this case has not been worked out")
    counts = {kind: int(draft.placed[kind].sum()) for kind in (*TYPES, "residential")}
    others = sum(int(str(row["children"])) for row in draft.tables["placed"] if "authority" in row)
    waiting = WAITING_PUBLISHED if who.waiting_mix else WAITING_ASSUMED
    pooled = ", ".join(sorted(need.value for need in who.pooled))
    text = TEXT.format(
        name=who.name,
        counts=", ".join(f"{kind.replace('_', ' ')} {count}" for kind, count in counts.items()),
        new_plans=flow.new_plans_a_year,
        moves=flow.moves_a_year,
        growth=rd.DEMAND_GROWTH,
        people=(
            ", times the official projection of people of each age"
            if who.has_projection
            else "; no population projection for this authority is among the files"
        ),
        kept=flow.kept_at_16,
        homes=(
            "ages 0 to 10 (boarding schools swell the older ages of two zones)"
            if who.boarders
            else "the phase's ages"
        ),
        waiting=waiting.format(waiting=who.waiting),
        pooled=POOLED.format(needs=pooled) if pooled else "",
        radius=who.radius_km,
        post16=who.post16_km,
        decay=rd.DECAY_KM,
        inmss=draft.means["inmss_growth"],
        apart=who.apart_km,
        small=(
            f"; independent ones with fewer than {who.smallest_roll} pupils"
            if who.smallest_roll > 1
            else ""
        ),
        own=OTHERS.format(others=others) if others else NO_STATE_SCHOOL,
        fee=draft.means["fee"],
        topup=draft.means["topup"],
        boarding=rd.RESIDENTIAL_TIMES_DAY,
        base=rd.BASE_TOPUP_GBP,
        free_school=FREE_SCHOOL if who.key == "bcp" else "",
        beyond=BEYOND if who.key == "rutland" else "",
    )
    # One line a note: a reader of the case takes each line as one.
    return text.replace("\n  ", " ")
