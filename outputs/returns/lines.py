"""Where a child with a plan is, as finely as any of the returns asks; and the words of their rows.

Labels and their order are the templates' own, as far as they are known: the Department's files
themselves were not seen, only code that fills them in. Check them before a return is sent.
"""

from __future__ import annotations

from enum import StrEnum

from inputs.official.sen2_labels import AGE_GROUPS, UNKNOWN_NEED, Placement
from inputs.vocabulary import Need


class Line(StrEnum):
    """One kind of placement; the rows of each return are sums of these."""

    EARLY_YEARS = "early_years"
    MAINSTREAM = "mainstream"
    BASE = "base"
    BASE_POST16 = "base_post16"
    STATE_SPECIAL = "state_special"
    NON_MAINTAINED = "non_maintained"
    INDEPENDENT = "independent"
    ALTERNATIVE = "alternative"
    FURTHER_EARLY = "further_early"
    FURTHER = "further"
    SPECIALIST_EARLY = "specialist_early"
    SPECIALIST_POST16 = "specialist_post16"
    HOME = "home"
    EOTAS = "eotas"
    OTHER = "other"


POST16_FROM = 16
"""Age at 31 August from which a young person counts as post-16: national curriculum year 12."""

_AT_ANY_AGE: dict[str, Line] = {
    Placement.EARLY_YEARS: Line.EARLY_YEARS,
    Placement.MAINSTREAM: Line.MAINSTREAM,
    Placement.SPECIAL_MAINTAINED: Line.STATE_SPECIAL,
    Placement.SPECIAL_ACADEMY: Line.STATE_SPECIAL,
    Placement.INDEPENDENT: Line.INDEPENDENT,
    Placement.NON_MAINTAINED: Line.NON_MAINTAINED,
    Placement.ALTERNATIVE_PROVISION: Line.ALTERNATIVE,
    Placement.ELECTIVE_HOME: Line.HOME,
    Placement.OTHER_ARRANGEMENTS: Line.EOTAS,
    Placement.ELSEWHERE: Line.OTHER,
    Placement.UNKNOWN: Line.OTHER,
}
_BY_AGE: dict[str, tuple[Line, Line]] = {
    Placement.RESOURCED: (Line.BASE, Line.BASE_POST16),
    Placement.UNIT: (Line.BASE, Line.BASE_POST16),
    Placement.FURTHER_EDUCATION: (Line.FURTHER_EARLY, Line.FURTHER),
    Placement.SPECIALIST_POST16: (Line.SPECIALIST_EARLY, Line.SPECIALIST_POST16),
}
"""Placements that the returns tell apart at 16: below, and from it on."""


def line_of(placement: str, age: int) -> Line:
    """Return the line that a placement counts in.

    Parameters
    ----------
    placement
        Key of an `inputs.official.sen2_labels.Placement`.
    age
        Age at 31 August before the academic year.

    >>> line_of("unit", 15), line_of("unit", 16), line_of("unknown", 7)
    (<Line.BASE: 'base'>, <Line.BASE_POST16: 'base_post16'>, <Line.OTHER: 'other'>)
    """
    if placement in _BY_AGE:
        return _BY_AGE[placement][age >= POST16_FROM]
    return _AT_ANY_AGE[placement]


NEED_ROWS: tuple[tuple[Need, str], ...] = (
    (Need.ASD, "Autistic Spectrum Disorder"),
    (Need.HI, "Hearing Impairment"),
    (Need.MLD, "Moderate Learning Difficulty"),
    (Need.MSI, "Multi- Sensory Impairment"),
    (Need.PD, "Physical Disability"),
    (Need.PMLD, "Profound & Multiple Learning Difficulty"),
    (Need.SEMH, "Social, Emotional and Mental Health"),
    (Need.SLCN, "Speech, Language and Communications needs"),
    (Need.SLD, "Severe Learning Difficulty"),
    (Need.SPLD, "Specific Learning Difficulty"),
    (Need.VI, "Visual Impairment"),
    (Need.OTH, "Other Difficulty/Disability"),
)
"""The needs in the order of the LSRP and the DSG plan, with their labels there."""

NO_ASSESSMENT = "SEN support but no specialist assessment of type of need"
"""The thirteenth row of needs: no child with a plan is in it, so it is 0."""

COUNTED_AS: dict[str, Need] = {Need.DS: Need.OTH, UNKNOWN_NEED: Need.OTH}
"""Needs without a row: the Department's 2025 statistics count Down syndrome under other; where the
need is not known there is no other row that is true of all."""

_GROUP_AGES = (range(5), range(5, 11), range(11, 16), range(16, 20), range(20, 26))
AGE_GROUP_ROWS: tuple[tuple[str, range], ...] = tuple(zip(AGE_GROUPS, _GROUP_AGES, strict=True))
"""Age groups of the LSRP and the DSG plan, by age at 31 August before the academic year."""


def need_row(need: str) -> Need:
    """Return the need whose row a child counts in.

    >>> need_row("DS").value, need_row("ASD").value
    ('OTH', 'ASD')
    """
    return COUNTED_AS.get(str(need)) or Need(need)
