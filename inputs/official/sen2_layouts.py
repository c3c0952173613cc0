"""What each table of the published plans is made of, in both layouts: columns, topics, totals."""

from __future__ import annotations

from dataclasses import dataclass

from inputs.official.sen2_labels import AGES, COLUMNS, NEEDS, UNKNOWN_NEED

TOPIC_COLUMNS = ("breakdown_topic", "breakdown")
NEED_COLUMNS = {f"number_{need.value.lower()}": need.value for need in NEEDS} | {
    "number_need_unknown": UNKNOWN_NEED
}


ASSESSED = "requests_decided_to_assess"
"""Of the requests received in a year, those that it was decided to assess; since 2023."""


@dataclass(frozen=True)
class Layout:
    """What one table of a release is made of.

    Parameters
    ----------
    stem
        Its name, without a year in front.
    wanted
        What it is, for a message.
    total
        The column that counts everyone.
    counts
        Every column of figures to read, the total first.
    topics
        The columns that say what a row breaks down by.
    everyone, age_topic
        The topics of rows for everyone and of rows by age (2023 layout).
    january_of_calendar_year
        Whether ``time_period`` names the calendar year of a January count (layout to 2022).
    """

    stem: str
    wanted: str
    total: str
    counts: tuple[str, ...]
    topics: tuple[str, ...] = TOPIC_COLUMNS
    everyone: str = "All EHC plans"
    age_topic: str = "Child or young persons age"
    january_of_calendar_year: bool = False

    @property
    def by_placement(self) -> bool:
        """Whether placements are its columns."""
        return "ed_elsewhere" in self.counts

    @property
    def ages(self) -> tuple[int, ...]:
        """The ages of its rows: flows stop at 20, which includes over."""
        return AGES if self.stem in {"caseload", "sen_needs_all_plans"} else tuple(range(2, 21))


PLACEMENT_COUNTS = (*(name for names in COLUMNS.values() for name in names), "ed_elsewhere")
_NEW = ", 2023 layout onwards"
_OLD = ", layout to 2022"
LAYOUT_2023: dict[str, Layout] = {
    one.stem: one
    for one in (
        Layout(
            "caseload",
            f"plans by placement (EHC plans{_NEW})",
            "ehcplans",
            ("ehcplans", *PLACEMENT_COUNTS),
        ),
        Layout(
            "sen_needs_all_plans",
            f"plans by primary need (EHC plans{_NEW})",
            "ehc_plans",
            ("ehc_plans", *NEED_COLUMNS),
        ),
        Layout(
            "newplans",
            f"new plans by placement (EHC plans{_NEW})",
            "new_ehc_plans",
            ("new_ehc_plans", *PLACEMENT_COUNTS),
            everyone="New EHC plans",
            age_topic="Age when plan started",
        ),
        Layout(
            "sen_need_newplans",
            f"new plans by primary need (EHC plans{_NEW})",
            "ehc_plans",
            ("ehc_plans", *NEED_COLUMNS),
        ),
        Layout(
            "ceased_plans",
            f"ceased plans (EHC plans{_NEW})",
            "total_ceased",
            ("total_ceased",),
            everyone="All ceased EHC plans",
            age_topic="Age plan ceased",
        ),
        Layout(
            "requests",
            f"requests for assessment (EHC plans{_NEW})",
            "requests_received_in_year",
            ("requests_received_in_year", ASSESSED),
            everyone="All requests for EHC needs assessments",
        ),
        Layout(
            "residential_settings",
            f"residential placements (EHC plans{_NEW})",
            "Res_tot",
            ("Res_tot",),
            everyone="All residential placements",
        ),
    )
}
LAYOUT_2022: dict[str, Layout] = {
    one.stem: one
    for one in (
        Layout(
            "sen2_age_caseload",
            f"plans by age group (EHC plans{_OLD})",
            "Total_all",
            ("Total_all",),
            ("characteristic_age",),
            january_of_calendar_year=True,
        ),
        Layout(
            "sen2_age_new_plans",
            f"new plans by age group (EHC plans{_OLD})",
            "Total_new_all",
            ("Total_new_all",),
            ("characteristic_age",),
        ),
        Layout(
            "sen2_estab_caseload",
            f"plans by establishment (EHC plans{_OLD})",
            "Total_all",
            ("Total_all",),
            ("establishment_type", "establishment_group"),
            january_of_calendar_year=True,
        ),
    )
}
LAYOUTS = LAYOUT_2023 | LAYOUT_2022
