"""Where a child is, as the published tables class it: by the school's type, its base, or a code.

The Department classes a placement by the type of establishment that GIAS gives its URN, and by the
two indicators of the return at a mainstream school; without a URN, by ``sensetting``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from inputs.official.blade_joins import look_up
from inputs.official.gias import KINDS, MAINSTREAM, OPEN, PROPOSED
from inputs.official.sen2_labels import Placement

if TYPE_CHECKING:
    from inputs.official.blade_faults import Findings
    from inputs.official.gias import Register

SETTINGS: dict[str, Placement] = {
    "OLA": Placement.OTHER_ARRANGEMENTS,
    "OPA": Placement.ELSEWHERE,
    "EHE": Placement.ELECTIVE_HOME,
    "EYP": Placement.EARLY_YEARS,
    "OTH": Placement.ELSEWHERE,
    "NEET": Placement.ELSEWHERE,
    "NIEC": Placement.ELSEWHERE,
    "NIEO": Placement.ELSEWHERE,
}
"""Codes of ``sensetting``, and the placement that the published tables count each under."""

NO_SETTING_YET = frozenset({"NIEO", "OTH"})
"""Codes of a child whom no setting has taken: not in education for another reason; none named."""

TYPES: dict[str, Placement] = (
    dict.fromkeys(MAINSTREAM, Placement.MAINSTREAM)
    | KINDS
    | {
        "Local authority nursery school": Placement.MAINSTREAM,
        "Other independent school": Placement.MAINSTREAM,
        "Studio schools": Placement.MAINSTREAM,
        "University technical college": Placement.MAINSTREAM,
        "Academy 16-19 converter": Placement.FURTHER_EDUCATION,
        "Academy 16 to 19 sponsor led": Placement.FURTHER_EDUCATION,
        "Free schools 16 to 19": Placement.FURTHER_EDUCATION,
        "Further education": Placement.FURTHER_EDUCATION,
        "Sixth form centres": Placement.FURTHER_EDUCATION,
        "Higher education institutions": Placement.FURTHER_EDUCATION,
        "Academy secure 16 to 19": Placement.ELSEWHERE,
        "British schools overseas": Placement.ELSEWHERE,
        "Institution funded by other government department": Placement.ELSEWHERE,
        "Miscellaneous": Placement.ELSEWHERE,
        "Offshore schools": Placement.ELSEWHERE,
        "Online provider": Placement.ELSEWHERE,
        "Secure units": Placement.ELSEWHERE,
        "Service children's education": Placement.ELSEWHERE,
        "Welsh establishment": Placement.ELSEWHERE,
    }
)
"""Types of establishment in GIAS, and the placement that the published tables count each under.

Source: "Education, health and care plans", data guidance 2025 (columns of ``caseload``, footnote 2
for the types under "other schools"). That maintained nursery schools are under mainstream, and
provision for ages 16 to 19 only under further education, is read from the names of the columns.
"""

ODD_TYPES = frozenset(
    {
        "British schools overseas",
        "Higher education institutions",
        "Institution funded by other government department",
        "Miscellaneous",
        "Offshore schools",
        "Online provider",
        "Service children's education",
    }
)
"""Types at which a plan is unusual, and a URN more likely a slip."""

_YES = frozenset({"1", "true", "t", "yes", "y"})
_NO = frozenset({"0", "false", "f", "no", "n"})
MISMATCH_ABOVE = 0.5
"""Share of URNs not in the register above which it is the wrong one (a judgement)."""


def place(rows: pd.DataFrame, register: Register, has: frozenset[str]) -> pd.DataFrame:
    """Return where each row of a module that names settings is.

    Parameters
    ----------
    rows
        Of ``placementdetail`` or ``plandetail``.
    register
        The schools; closed ones in it are known too.
    has
        The columns that the module's file had.

    Returns
    -------
    DataFrame
        ``placement`` (a ``Placement``), ``urn`` (blank unless it is in the register), ``code``
        (``sensetting``), ``type`` (in GIAS; blank if not known), ``unit`` and ``base`` (``yes``,
        ``no``, ``unset``, or ``absent`` where the file has no such indicator) and ``by_ukprn``
        (found in the register by its UKPRN).
    """
    schools = _by_urn(register)
    urn, by_ukprn = _found_by_ukprn(rows, schools)
    out = pd.DataFrame(
        {
            "urn": urn.where(urn.isin(schools.index), ""),
            "code": rows["sensetting"].str.upper(),
            "type": look_up(urn, schools["type"]),
            "unit": _flag(rows["senunitindicator"], has),
            "base": _flag(rows["resourcedprovisionindicator"], has),
            "by_ukprn": by_ukprn,
        }
    )
    placement = look_up(out["type"], TYPES)
    mainstream = placement == Placement.MAINSTREAM
    placement = placement.mask(mainstream & out["base"].eq("yes"), Placement.RESOURCED.value)
    placement = placement.mask(mainstream & out["unit"].eq("yes"), Placement.UNIT.value)
    by_code = look_up(out["code"], SETTINGS)
    placement = placement.mask(placement == "", by_code)
    # The Department counts a provider with a UKPRN alone (ukrlp_provider) in further education.
    provider = (rows["urn"] == "") & (rows["ukprn"] != "")
    placement = placement.mask((placement == "") & provider, Placement.FURTHER_EDUCATION.value)
    return out.assign(placement=placement.mask(placement == "", Placement.UNKNOWN.value))


def _by_urn(register: Register) -> pd.DataFrame:
    return register.schools.drop_duplicates("urn").set_index("urn")


def _flag(column: pd.Series[str], has: frozenset[str]) -> pd.Series[str]:
    if column.name not in has:
        return pd.Series("absent", column.index)
    said = dict.fromkeys(_YES, "yes") | dict.fromkeys(_NO, "no")
    return look_up(column.str.lower(), said, "unset")


def _found_by_ukprn(
    rows: pd.DataFrame, schools: pd.DataFrame
) -> tuple[pd.Series[str], pd.Series[bool]]:
    """Return URNs, with those that the register knows by UKPRN alone, and which these are."""
    urn = rows["urn"]
    named = schools[schools["ukprn"] != ""].reset_index().drop_duplicates("ukprn")
    found = look_up(rows["ukprn"], named.set_index("ukprn")["urn"]).where(urn == "", "")
    return urn.mask(found != "", found), found != ""


def check_places(
    rows: pd.DataFrame, placed: pd.DataFrame, register: Register, file: str, findings: Findings
) -> None:
    """Note what is odd in the settings of placements.

    Parameters
    ----------
    rows, placed
        Rows of ``placementdetail`` with ``who``, and where ``place`` says that they are.
    register
        The schools.
    file
        Name of the module's file.
    findings
        Where it is noted.
    """

    def told(
        code: str,
        which: pd.Series[bool],
        column: str | None,
        problem: str,
        *,
        of_type: bool = False,
    ) -> None:
        more = placed["type"] if of_type else None
        findings.each(code, file, rows, which, problem, column=column, more=more)

    given, code, kind, source = rows["urn"] != "", placed["code"], placed["type"], register.source
    sound, known = rows["urn"].str.fullmatch(r"\d{6}"), placed["urn"] != ""
    mainstream = look_up(kind, TYPES) == Placement.MAINSTREAM
    unit, base = placed["unit"].eq("yes"), placed["base"].eq("yes")
    nothing = ~given & (rows["ukprn"] == "") & (code == "")
    told("setting_missing", nothing, None, "has no URN, UKPRN or sensetting")
    codes = ", ".join(SETTINGS)
    wrong = (code != "") & ~code.isin(list(SETTINGS))
    told("setting_invalid", wrong, "sensetting", f"is none of {codes}")
    told("urn_invalid", given & ~sound, "urn", "has not six digits")
    told("urn_unknown", sound & ~known, "urn", f"is not in {source}")
    told("type_unknown", known & ~kind.isin(list(TYPES)), "urn", "is of a type not known here",
         of_type=True)  # fmt: skip
    told("ukprn_only", ~given & (rows["ukprn"] != "") & ~placed["by_ukprn"], "ukprn",
         "is given without a URN")  # fmt: skip
    told("urn_odd", kind.isin(list(ODD_TYPES)), "urn", "is unusual for a plan", of_type=True)
    status = look_up(placed["urn"], _by_urn(register)["status"])
    told("urn_closed", known & ~status.isin([*OPEN, PROPOSED]), "urn", f"has closed in {source}")
    for column, flag in (("senunitindicator", "unit"), ("resourcedprovisionindicator", "base")):
        told("flags_unset", given & placed[flag].eq("unset"), column, "is not set")
    told("flags_both", mainstream & unit & base, "senunitindicator",
         "is set, and resourcedprovisionindicator too")  # fmt: skip
    told("flags_special", known & ~mainstream & (unit | base), "urn",
         "has an indicator set and is no mainstream school", of_type=True)  # fmt: skip
    for check, column, which, has in (
        ("unit_not_registered", "senunitindicator", unit, _registered(register, "unit")),
        ("base_not_registered", "resourcedprovisionindicator", base,
         _registered(register, "resourced")),
    ):  # fmt: skip
        if has is not None:
            told(check, mainstream & which & ~placed["urn"].isin(has), column,
                 f"is set, and {source} has none at this school")  # fmt: skip
    lost = int((sound & ~known).sum())
    if lost > MISMATCH_ABOVE * int(sound.sum()):
        problem = f"{lost:,} of {int(sound.sum()):,} URNs are not in {source}"
        findings.add("register_mismatch", file, problem, column="urn")


def _registered(register: Register, word: str) -> list[str] | None:
    """Return the URNs that the register says have a unit or resourced provision; None if silent."""
    if not register.has("resourced"):
        return None
    schools = register.schools
    has = schools["resourced"].str.contains(word, case=False, regex=False)
    has |= (schools[f"{word}_capacity"] > 0) | (schools[f"{word}_roll"] > 0)
    return schools["urn"][has].tolist()
