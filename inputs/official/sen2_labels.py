"""The words of the published tables of plans: placements, ages and needs, and their spellings.

The tables spell one thing in several ways: ``Special - academy/free school`` and ``Special -
Academy/free schools``, ``age 10`` and ``Aged 10``, ``under 3`` and ``age 2 and under``. Groups and
their subtotals stand in the same table; a subtotal has no placement here, save where it is one.
"""

from __future__ import annotations

import re
from enum import StrEnum

from inputs.vocabulary import Need


class Placement(StrEnum):
    """Where a child or young person with a plan is, as far as the published tables tell apart."""

    EARLY_YEARS = "early_years"
    MAINSTREAM = "mainstream"
    RESOURCED = "resourced"
    UNIT = "unit"
    SPECIAL_MAINTAINED = "special_maintained"
    SPECIAL_ACADEMY = "special_academy"
    INDEPENDENT = "independent"
    NON_MAINTAINED = "non_maintained"
    ALTERNATIVE_PROVISION = "alternative_provision"
    FURTHER_EDUCATION = "further_education"
    SPECIALIST_POST16 = "specialist_post16"
    ELECTIVE_HOME = "elective_home"
    OTHER_ARRANGEMENTS = "other_arrangements"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


ALL = "all"
"""Stands in the column ``placement`` for every placement together."""
UNKNOWN_NEED = "unknown"
"""Stands in the column ``need`` for plans whose primary need is not recorded."""

PLACEMENT_LABELS: dict[Placement, str] = {
    Placement.EARLY_YEARS: "Early years settings",
    Placement.MAINSTREAM: "Mainstream schools",
    Placement.RESOURCED: "Resourced provision",
    Placement.UNIT: "SEN units",
    Placement.SPECIAL_MAINTAINED: "Maintained special schools",
    Placement.SPECIAL_ACADEMY: "Special academies and free schools",
    Placement.INDEPENDENT: "Independent special schools",
    Placement.NON_MAINTAINED: "Non-maintained special schools",
    Placement.ALTERNATIVE_PROVISION: "Alternative provision",
    Placement.FURTHER_EDUCATION: "Further education",
    Placement.SPECIALIST_POST16: "Specialist post-16 institutions",
    Placement.ELECTIVE_HOME: "Elective home education",
    Placement.OTHER_ARRANGEMENTS: "Other arrangements by the authority",
    Placement.ELSEWHERE: "Elsewhere or not in education",
    Placement.UNKNOWN: "Placement not recorded",
}

SPECIALIST: frozenset[Placement] = frozenset(
    {
        Placement.RESOURCED,
        Placement.UNIT,
        Placement.SPECIAL_MAINTAINED,
        Placement.SPECIAL_ACADEMY,
        Placement.INDEPENDENT,
        Placement.NON_MAINTAINED,
        Placement.ALTERNATIVE_PROVISION,
        Placement.SPECIALIST_POST16,
    }
)
"""Placements that are specialist places, which a plan may have to find."""

NEEDS: tuple[Need, ...] = tuple(need for need in Need if need is not Need.DS)
"""The published needs: plans for Down syndrome are counted under OTH until 2025 (DfE guidance)."""
AGES: tuple[int, ...] = tuple(range(2, 26))
"""Age at 31 August before the academic year: 2 is every age under 3, and 25 includes over."""
AGE_GROUPS: tuple[str, ...] = (
    "Under 5",
    "Age 5 to 10",
    "Age 11 to 15",
    "Age 16 to 19",
    "Age 20 to 25",
)

_KINDS = ("la_maintained", "academy", "free_school")
COLUMNS: dict[Placement, tuple[str, ...]] = {
    Placement.EARLY_YEARS: ("nm_early_years",),
    Placement.MAINSTREAM: (
        *(f"mainstream_{kind}" for kind in _KINDS),
        "mainstream_independent",
    ),
    Placement.RESOURCED: tuple(f"mainstream_{kind}_resourced_provision" for kind in _KINDS),
    Placement.UNIT: tuple(f"mainstream_{kind}_senunit" for kind in _KINDS),
    Placement.SPECIAL_MAINTAINED: ("special_la_maintained",),
    Placement.SPECIAL_ACADEMY: ("special_academy_free",),
    Placement.INDEPENDENT: ("special_independent",),
    Placement.NON_MAINTAINED: ("special_non_maintained",),
    Placement.ALTERNATIVE_PROVISION: ("ap_pru_total",),
    Placement.FURTHER_EDUCATION: ("general_fe_tertiary_colleges", "ukrlp_provider"),
    Placement.SPECIALIST_POST16: ("specialist_post_16_institutions",),
    Placement.ELECTIVE_HOME: ("elective_home_education",),
    Placement.OTHER_ARRANGEMENTS: ("other_arrangements_la",),
    Placement.ELSEWHERE: (
        "other_arrangements_parents",
        "online_provider",
        "w_settings",
        "other_schools",
        "other_placement_settings",
        "neet",
        "neet_ntci",
        "neet_other",
        "neet_other_csa",
        "await_prov_2022",
        "perm_ex_2022",
    ),
    Placement.UNKNOWN: ("placement_unknown",),
}
"""Columns of the tables by placement, 2023 layout onwards."""

NOT_ALWAYS_THERE = frozenset(
    {
        *COLUMNS[Placement.ELSEWHERE],
        "ukrlp_provider",
        "placement_unknown",
        "ed_elsewhere",
        "requests_decided_to_assess",
    }
)
"""Columns that came or went with a release; what they count is then under another."""

_PREFIXES: tuple[tuple[str, Placement], ...] = (
    ("ap/pru - total", Placement.ALTERNATIVE_PROVISION),
    ("educated elsewhere - elective home education", Placement.ELECTIVE_HOME),
    ("educated elsewhere - other arrangements by la", Placement.OTHER_ARRANGEMENTS),
    ("fe - general fe", Placement.FURTHER_EDUCATION),
    ("fe - ukrlp provider", Placement.FURTHER_EDUCATION),
    ("fe - specialist post-16", Placement.SPECIALIST_POST16),
    ("non-maintained early years", Placement.EARLY_YEARS),
    ("placement not recorded", Placement.UNKNOWN),
    ("special - academy", Placement.SPECIAL_ACADEMY),
    ("special - independent", Placement.INDEPENDENT),
    ("special - la maintained", Placement.SPECIAL_MAINTAINED),
    ("special - non-maintained", Placement.NON_MAINTAINED),
)
_SUBTOTALS = frozenset(
    {
        "mainstream - total",
        "special - total",
        "fe - total",
        "educated elsewhere - total",
        "ap/pru - academy",
        "ap/pru - free school",
        "ap/pru - la maintained",
    }
)


def placement_of(label: str) -> Placement | None:
    """Return the placement that a label of the 2023 layout names; None for a subtotal.

    Raises
    ------
    ValueError
        When the label is not known.

    >>> placement_of("Special - Academy/free schools").value
    'special_academy'
    >>> placement_of("Mainstream - academy (SEN unit)").value
    'unit'
    """
    words = " ".join(label.lower().split())
    if words in _SUBTOTALS:
        return None
    for prefix, placement in _PREFIXES:
        if words.startswith(prefix):
            return placement
    if words.startswith("mainstream - "):
        if "resourced provision" in words:
            return Placement.RESOURCED
        return Placement.UNIT if "sen unit" in words else Placement.MAINSTREAM
    if words.startswith("educated elsewhere - "):
        return Placement.ELSEWHERE
    raise ValueError(f"{label!r} is no placement of the published tables")


def age_of(label: str) -> int | None:
    """Return the age that a label names; None where it is unknown.

    In tables of flows the oldest label is ``age 20 and over``, which is returned as 20.

    Raises
    ------
    ValueError
        When the label names no age from 2 to 25.

    >>> age_of("Aged 10"), age_of("under 3"), age_of("age 2 and under"), age_of("Age unknown")
    (10, 2, 2, None)
    """
    words = " ".join(label.lower().split())
    if "unknown" in words:
        return None
    if words == "under 3":
        return AGES[0]
    match = re.fullmatch(r"(?:aged? )?(\d{1,2})(?: and (?:under|over))?", words)
    if match is None or int(match[1]) not in AGES:
        raise ValueError(f"{label!r} is no age from {AGES[0]} to {AGES[-1]}")
    return int(match[1])


ESTABLISHMENTS: dict[str, Placement] = {
    "non-maintained early years": Placement.EARLY_YEARS,
    "mainstream - la maintained": Placement.MAINSTREAM,
    "mainstream - academy": Placement.MAINSTREAM,
    "mainstream - free school": Placement.MAINSTREAM,
    "mainstream - independent": Placement.MAINSTREAM,
    "special - la maintained": Placement.SPECIAL_MAINTAINED,
    # Hospital schools are maintained special schools in the register and in later tables.
    "hospital school": Placement.SPECIAL_MAINTAINED,
    "special - academy": Placement.SPECIAL_ACADEMY,
    "special - free school": Placement.SPECIAL_ACADEMY,
    "special - academy/free": Placement.SPECIAL_ACADEMY,
    "special - independent": Placement.INDEPENDENT,
    "special - non-maintained": Placement.NON_MAINTAINED,
    "ap/pru - la maintained": Placement.ALTERNATIVE_PROVISION,
    "ap/pru - academy": Placement.ALTERNATIVE_PROVISION,
    "ap/pru - free school": Placement.ALTERNATIVE_PROVISION,
    "general fe and tertiary colleges/he": Placement.FURTHER_EDUCATION,
    "other fe": Placement.FURTHER_EDUCATION,
    "sixth form college": Placement.FURTHER_EDUCATION,
    "specialist post-16 institutions": Placement.SPECIALIST_POST16,
    "independent specialist providers": Placement.SPECIALIST_POST16,
    "elective home education": Placement.ELECTIVE_HOME,
    "other arrangements by local authority": Placement.OTHER_ARRANGEMENTS,
}
"""Types of establishment of the layout to 2022, in lower case; what is not here is elsewhere."""


def placement_of_establishment(label: str) -> Placement:
    """Return the placement that a type of establishment of the layout to 2022 names.

    >>> placement_of_establishment("Mainstream - Academy - Resourced Provision").value
    'resourced'
    """
    words = " ".join(label.lower().split())
    if words.endswith("resourced provision"):
        return Placement.RESOURCED
    if words.endswith("sen unit"):
        return Placement.UNIT
    return ESTABLISHMENTS.get(words, Placement.ELSEWHERE)
