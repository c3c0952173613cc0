"""The field's own words: needs, phases, classes of provision, academic years.

Codes are the Department for Education's where it has them (SEN2 primary need codes); a class has
one key and many local names. Labels shown to people depend on the date; keys do not.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class Need(StrEnum):
    """Primary type of need, by its SEN2 code (in the order of the return)."""

    SPLD = "SPLD"
    MLD = "MLD"
    SLD = "SLD"
    PMLD = "PMLD"
    SEMH = "SEMH"
    SLCN = "SLCN"
    HI = "HI"
    VI = "VI"
    MSI = "MSI"
    PD = "PD"
    ASD = "ASD"
    DS = "DS"
    OTH = "OTH"


NEED_LABELS: dict[Need, str] = {
    Need.SPLD: "Specific learning difficulty",
    Need.MLD: "Moderate learning difficulty",
    Need.SLD: "Severe learning difficulty",
    Need.PMLD: "Profound and multiple learning difficulty",
    Need.SEMH: "Social, emotional and mental health",
    Need.SLCN: "Speech, language and communication needs",
    Need.HI: "Hearing impairment",
    Need.VI: "Vision impairment",
    Need.MSI: "Multi-sensory impairment",
    Need.PD: "Physical disability",
    Need.ASD: "Autistic spectrum disorder",
    Need.DS: "Down syndrome",
    Need.OTH: "Other difficulty",
}

NEED_ALIASES: dict[str, Need] = {
    "asc": Need.ASD,
    "autism": Need.ASD,
    "autistic": Need.ASD,
    "autism spectrum condition": Need.ASD,
    "hearing": Need.HI,
    "vision": Need.VI,
    "visual impairment": Need.VI,
    "physical": Need.PD,
    "dyslexia": Need.SPLD,
    "speech and language": Need.SLCN,
    "down's syndrome": Need.DS,
    "downs": Need.DS,
    "other": Need.OTH,
    "besd": Need.SEMH,
    "emotional": Need.SEMH,
} | {label.lower(): need for need, label in NEED_LABELS.items()}
"""Words seen in authorities' files; offered as a suggestion, never read silently."""


class Phase(StrEnum):
    """Phase of education."""

    EARLY_YEARS = "early_years"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    POST16 = "post16"


PHASE_LABELS: dict[Phase, str] = {
    Phase.EARLY_YEARS: "Early years",
    Phase.PRIMARY: "Primary",
    Phase.SECONDARY: "Secondary",
    Phase.POST16: "Post-16",
}

PHASE_YEARS: dict[Phase, tuple[int, int]] = {
    Phase.EARLY_YEARS: (-2, -1),
    Phase.PRIMARY: (0, 6),
    Phase.SECONDARY: (7, 11),
    Phase.POST16: (12, 14),
}
"""First and last national curriculum year of each phase: reception is 0, nursery -2 and -1.

Post-16 is taken to run for three years, to the end of the academic year of the 19th birthday; a
case that keeps young people to 25 says so in its ``stay`` table.
"""

NEXT_PHASE: dict[Phase, Phase] = {
    Phase.EARLY_YEARS: Phase.PRIMARY,
    Phase.PRIMARY: Phase.SECONDARY,
    Phase.SECONDARY: Phase.POST16,
}


class ProvisionClass(StrEnum):
    """Class of provision: what kind of place it is, and so how it is paid for."""

    SPECIAL_SCHOOL = "special_school"
    SPECIALIST_BASE = "specialist_base"
    SEN_UNIT = "sen_unit"
    COLOCATED_UNIT = "colocated_unit"
    INMSS_DAY = "inmss_day"
    INMSS_RESIDENTIAL = "inmss_residential"
    ALTERNATIVE_PROVISION = "alternative_provision"
    POST16_SPECIALIST = "post16_specialist"
    MAINSTREAM_TOPUP = "mainstream_topup"
    EOTAS = "eotas"


INMSS = frozenset({ProvisionClass.INMSS_DAY, ProvisionClass.INMSS_RESIDENTIAL})
STATE_PLACES = frozenset(
    {
        ProvisionClass.SPECIAL_SCHOOL,
        ProvisionClass.SPECIALIST_BASE,
        ProvisionClass.SEN_UNIT,
        ProvisionClass.COLOCATED_UNIT,
        ProvisionClass.ALTERNATIVE_PROVISION,
        ProvisionClass.POST16_SPECIALIST,
    }
)
"""Classes whose places an authority commissions and pays for, filled or not."""

CLASS_ALIASES: dict[str, ProvisionClass] = {
    "arp": ProvisionClass.SPECIALIST_BASE,
    "rp": ProvisionClass.SPECIALIST_BASE,
    "rb": ProvisionClass.SPECIALIST_BASE,
    "srp": ProvisionClass.SPECIALIST_BASE,
    "erp": ProvisionClass.SPECIALIST_BASE,
    "resourced provision": ProvisionClass.SPECIALIST_BASE,
    "resource provision": ProvisionClass.SPECIALIST_BASE,
    "resource base": ProvisionClass.SPECIALIST_BASE,
    "resourced base": ProvisionClass.SPECIALIST_BASE,
    "additional resource provision": ProvisionClass.SPECIALIST_BASE,
    "inclusion base": ProvisionClass.SPECIALIST_BASE,
    "base": ProvisionClass.SPECIALIST_BASE,
    "unit": ProvisionClass.SEN_UNIT,
    "special": ProvisionClass.SPECIAL_SCHOOL,
    "special free school": ProvisionClass.SPECIAL_SCHOOL,
    "academy special": ProvisionClass.SPECIAL_SCHOOL,
    "maintained special": ProvisionClass.SPECIAL_SCHOOL,
    "inmss": ProvisionClass.INMSS_DAY,
    "nmss": ProvisionClass.INMSS_DAY,
    "independent": ProvisionClass.INMSS_DAY,
    "independent special": ProvisionClass.INMSS_DAY,
    "residential": ProvisionClass.INMSS_RESIDENTIAL,
    "pru": ProvisionClass.ALTERNATIVE_PROVISION,
    "ap": ProvisionClass.ALTERNATIVE_PROVISION,
    "mainstream": ProvisionClass.MAINSTREAM_TOPUP,
    "spi": ProvisionClass.POST16_SPECIALIST,
}
"""Local names for a class; offered as a suggestion, never read silently."""

INCLUSION_BASES_FROM = date(2026, 6, 24)
"""The date of the guidance that renamed units and resourced provision as inclusion bases."""

_CLASS_LABELS: dict[ProvisionClass, str] = {
    ProvisionClass.SPECIAL_SCHOOL: "Special school",
    ProvisionClass.SPECIALIST_BASE: "Resourced provision",
    ProvisionClass.SEN_UNIT: "SEN unit",
    ProvisionClass.COLOCATED_UNIT: "Co-located unit",
    ProvisionClass.INMSS_DAY: "INMSS (day)",
    ProvisionClass.INMSS_RESIDENTIAL: "INMSS (residential)",
    ProvisionClass.ALTERNATIVE_PROVISION: "Alternative provision",
    ProvisionClass.POST16_SPECIALIST: "Specialist post-16",
    ProvisionClass.MAINSTREAM_TOPUP: "Mainstream with top-up",
    ProvisionClass.EOTAS: "Education other than at school",
}


def class_label(provision_class: ProvisionClass, on: date) -> str:
    """Return the words for a class as the sector used them on a date.

    >>> class_label(ProvisionClass.SPECIALIST_BASE, date(2025, 9, 1))
    'Resourced provision'
    >>> class_label(ProvisionClass.SPECIALIST_BASE, date(2026, 9, 1))
    'Specialist base'
    """
    if on >= INCLUSION_BASES_FROM and provision_class is ProvisionClass.SPECIALIST_BASE:
        return "Specialist base"
    return _CLASS_LABELS[provision_class]


def academic_year(first_september: int) -> str:
    """Return how an academic year is written.

    >>> academic_year(2026)
    '2026/27'
    """
    return f"{first_september}/{(first_september + 1) % 100:02d}"


def financial_year(april: int) -> str:
    """Return how a financial year is written, by the calendar year of its April.

    >>> financial_year(2026)
    '2026-27'
    """
    return f"{april}-{(april + 1) % 100:02d}"
