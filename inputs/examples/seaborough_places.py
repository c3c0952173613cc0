"""The made-up provision of Seaborough: schools, bases, units, fees and what could be built.

Rolls are written as need then phase and number: ``ASD p15 s6`` is 15 primary and 6 secondary
autistic children (``e`` early years, ``t`` post-16); ``t0`` is taught, with nobody there now.
Sources beside the figures are sections of the project's domain reference; figures without one are
plausible inventions, listed in the case notes.
"""

from __future__ import annotations

from dataclasses import dataclass

from inputs.vocabulary import Need, Phase, ProvisionClass

LETTERS = {
    "e": Phase.EARLY_YEARS,
    "p": Phase.PRIMARY,
    "s": Phase.SECONDARY,
    "t": Phase.POST16,
}

NeedPhase = tuple[Need, Phase]


def read_counts(text: str) -> dict[NeedPhase, float]:
    """Return children by need and phase from the short form.

    >>> read_counts("ASD p15 s6; HI t0")[(Need.ASD, Phase.SECONDARY)]
    6.0
    """
    counts: dict[NeedPhase, float] = {}
    for part in text.split(";"):
        need, *numbers = part.split()
        for number in numbers:
            counts[Need(need), LETTERS[number[0]]] = float(number[1:])
    return counts


@dataclass(frozen=True)
class Place:
    """A provision as made; ``price`` scales the price list of its class."""

    key: str
    name: str
    class_: ProvisionClass
    at: tuple[int, int] | None
    locality: str | None
    places: int
    physical: int
    roll: str
    others: int = 0
    available: str = ""
    price: float = 1.0
    features: str = ""
    site: str = ""


SPECIAL = ProvisionClass.SPECIAL_SCHOOL
BASE = ProvisionClass.SPECIALIST_BASE
UNIT = ProvisionClass.SEN_UNIT
COLOCATED = ProvisionClass.COLOCATED_UNIT
DAY = ProvisionClass.INMSS_DAY
RESIDENTIAL = ProvisionClass.INMSS_RESIDENTIAL

PLACES = (
    Place("marram_school", "Marram School", SPECIAL, (566200, 102300), "northgate", 152, 150,
          "SLD e6 p44 s38 t18; PMLD e4 p16 s14 t6; MSI p1 s1 t0; PD e1 p3 s2 t0; DS p0 s0",
          6, features="wheelchair; therapy; pool"),
    Place("lantern_school", "Lantern School", SPECIAL, (564700, 101100), "westcliff", 164, 160,
          "ASD p74 s78 t10", 6, price=1.05, features="therapy"),
    Place("gannet_academy", "Gannet Academy", SPECIAL, (569900, 102600), "northgate", 96, 104,
          "SEMH s84; ASD s4", 4),
    Place("chandler_school", "Chandler School", SPECIAL, (568300, 100900), "harbour", 168, 168,
          "MLD s58 t12; SLCN s34 t4; ASD s40 t6; SPLD s4; DS s4 t1; OTH s4", 5),
    Place("cockle_school", "Cockle School", SPECIAL, (567300, 99200), "harbour", 132, 130,
          "MLD p40; SLCN p35; ASD p45; DS p5; SPLD p2; OTH p4; SEMH p4", 3),
    Place("curlew_school", "Curlew School", SPECIAL, (570700, 100300), "harbour", 60, 64,
          "SEMH p54; ASD p3", 1),
    Place("samphire_school", "Samphire School", SPECIAL, (578600, 101200), "eastmarsh", 120, 120,
          "SLD e3 p22 s20 t8; PD e1 p7 s6 t2; PMLD e1 p6 s5 t2; ASD e0 p14 s12; VI p1 s1; HI p1 s0;"
          " MSI p1 s0; OTH p1 s2; DS p0 s0; SLCN e0", 4, features="wheelchair; therapy"),
    Place("tern_base", "Tern Primary base", BASE, (563100, 99100), "westcliff", 16, 16,
          "ASD p15; SLCN p1"),
    Place("limpet_base", "Limpet Primary base", BASE, (567200, 104300), "northgate", 20, 20,
          "SLCN p17; MLD p2"),
    Place("anchor_base", "Anchor Primary base", BASE, (569600, 98700), "harbour", 10, 12,
          "SEMH p9"),
    Place("pilot_base", "Pilot Academy base", BASE, (565900, 98700), "westcliff", 20, 20,
          "ASD s20"),
    Place("gorse_base", "Gorse High base", BASE, (577300, 100300), "eastmarsh", 20, 22,
          "SLCN s9; MLD s4"),
    Place("kelp_unit", "Kelp hearing unit", UNIT, (568900, 101800), "northgate", 18, 18,
          "HI p8 s8", features="acoustic treatment"),
    Place("beacon_unit", "Beacon vision and physical unit", UNIT, (567000, 98300), "harbour",
          16, 16, "VI p4 s4; PD p2 s3; MSI s1", features="wheelchair"),
    Place("saltern_unit", "Saltern literacy unit", UNIT, (562100, 101700), "westcliff", 20, 20,
          "SPLD s11"),
    Place("skerry_unit", "Skerry assessment unit", UNIT, (566100, 103500), "northgate", 30, 30,
          "ASD e8 p3; SLCN e6; SEMH e0; MLD e0; OTH e0", features="therapy"),
    Place("mast_lane_unit", "Mast Lane co-located unit", COLOCATED, (576600, 98300), "eastmarsh",
          24, 24, "ASD p14; SEMH p9"),
    Place("ropewalk_unit", "Ropewalk co-located unit", COLOCATED, (567900, 102500), "northgate",
          30, 32, "ASD s24; SEMH s5", site="ropewalk_academy"),
    Place("whitegate_house", "Whitegate House", DAY, (565200, 106600), "downs", 120, 120,
          "ASD p8 s26 t4; SEMH p4 s10", available="2026: 78; 2027: 90; 2028: 102; 2030: 110"),
    Place("tidewell_school", "Tidewell School", DAY, (581300, 102600), "saltings", 96, 96,
          "SEMH p8 s30; ASD s0", available="2026: 62; 2027: 74; 2028: 86; 2030: 92"),
    Place("larkfield_manor", "Larkfield Manor", DAY, (589300, 117600), None, 110, 110,
          "ASD p6 s18; SLCN p2 s4", available="2026: 46; 2027: 58; 2028: 68; 2030: 76", price=1.04),
    Place("thornhallow_school", "Thornhallow School", DAY, (546500, 122300), None, 140, 140,
          "ASD p0 s14 t2; SPLD s4; HI s1 t0; MLD s0",
          available="2026: 32; 2027: 40; 2029: 48", price=1.06),
    Place("greyling_court", "Greyling Court", DAY, (598200, 124400), None, 90, 90,
          "SEMH p0 s14; MLD p0 s2; SLD p0 s2; OTH p0 s1; PD s0; VI s0",
          available="2026: 30; 2027: 38; 2029: 46", price=0.98),
    Place("farholme_school", "Farholme School", RESIDENTIAL, (520000, 131000), None, 70, 70,
          "ASD s6 t2; SLD s2 t1; MSI s0; PMLD s0", available="2026: 13; 2028: 15"),
    Place("stonebeck_school", "Stonebeck School", RESIDENTIAL, (596000, 150000), None, 56, 56,
          "SEMH s7; ASD s2", available="2026: 11; 2028: 12"),
    Place("haverleigh_school", "Haverleigh School", SPECIAL, (566200, 116100), None, 140, 140,
          "MLD s6; ASD p5 s6; SLD p2 s2; PMLD p1 s0", available="24", price=1.08),
    Place("foreshore_centre", "Foreshore Centre", ProvisionClass.ALTERNATIVE_PROVISION,
          (569300, 99800), "harbour", 60, 64, "SEMH p6 s48"),
    Place("pierhead_college", "Pierhead College", ProvisionClass.POST16_SPECIALIST,
          (568000, 98200), "harbour", 140, 144,
          "ASD t46; MLD t25; SEMH t23; SLD t13; SLCN t11; OTH t5; PD t3; DS t3; HI t2; VI t1;"
          " SPLD t2; MSI t0; PMLD t0"),
    Place("home_tuition", "Education other than at school", ProvisionClass.EOTAS, None, None,
          60, 60, "ASD e0 p8 s16 t2; SEMH e0 p5 s12 t0; OTH s1; SLCN p0 s0"),
    Place("quayside_unit", "Quayside Primary co-located unit", COLOCATED, (570200, 99300),
          "harbour", 0, 0, ""),
    Place("fairway_unit", "Fairway Primary co-located unit", COLOCATED, (562600, 100200),
          "westcliff", 0, 0, ""),
    Place("dunlin_unit", "Dunlin High co-located unit", COLOCATED, (579300, 98500), "eastmarsh",
          0, 0, ""),
    Place("breakwater_unit", "Breakwater Primary co-located unit", COLOCATED, (569400, 103700),
          "northgate", 0, 0, ""),
    Place("rowans_base", "Rowans High base", BASE, (564300, 103600), "northgate", 0, 0, ""),
    Place("hinksea_base", "Hinksea Academy base", BASE, (568700, 107200), "downs", 0, 0, ""),
    Place("allhallows_base", "All Hallows Primary base", BASE, (580300, 104700), "saltings",
          0, 0, ""),
    Place("plover_free_school", "Plover Special Free School", SPECIAL, (572100, 101700),
          "harbour", 0, 0, "", features="wheelchair; therapy"),
)  # fmt: skip
"""29 provisions that teach now and 8 sites that only an option would open.

Five of the seven special schools in the area are full or over, as about two thirds are (3.4).
"""

IN_AREA = frozenset(place.key for place in PLACES if place.locality) | {"home_tuition"}

PLACE_FUNDING = {
    SPECIAL: 10_000, BASE: 6_000, UNIT: 6_000, COLOCATED: 6_000,
    ProvisionClass.ALTERNATIVE_PROVISION: 10_000, ProvisionClass.POST16_SPECIALIST: 6_000,
    DAY: 0, RESIDENTIAL: 0, ProvisionClass.EOTAS: 0,
}  # fmt: skip
"""£ a place a year: £10,000 special, £6,000 bases, units (3.3) and, as assumed in the dated
parameters, post-16; independents take a full fee."""

_BASE_PRICE = {
    Need.ASD: 12_000, Need.SEMH: 12_500, Need.SLCN: 9_000, Need.MLD: 8_500, Need.HI: 11_000,
    Need.VI: 11_500, Need.PD: 11_500, Need.MSI: 14_000, Need.SPLD: 7_500, Need.OTH: 9_000,
}  # fmt: skip

PRICES: dict[ProvisionClass, dict[Need, int]] = {
    SPECIAL: {
        Need.SPLD: 8_000, Need.MLD: 8_000, Need.SLCN: 9_500, Need.OTH: 9_500, Need.DS: 10_000,
        Need.HI: 12_000, Need.VI: 12_000, Need.ASD: 13_500, Need.PD: 14_000, Need.SLD: 15_000,
        Need.SEMH: 15_500, Need.MSI: 22_000, Need.PMLD: 24_000,
    },
    BASE: _BASE_PRICE,
    UNIT: _BASE_PRICE,
    COLOCATED: _BASE_PRICE,
    DAY: {
        Need.ASD: 50_500, Need.SEMH: 48_000, Need.SLCN: 46_000, Need.MLD: 45_000, Need.OTH: 47_000,
        Need.SPLD: 45_000, Need.HI: 56_000, Need.VI: 56_000, Need.PD: 60_000, Need.SLD: 63_000,
    },
    RESIDENTIAL: {
        Need.SEMH: 125_000, Need.ASD: 148_000, Need.SLD: 165_000, Need.MSI: 180_000,
        Need.PMLD: 180_000,
    },
    ProvisionClass.ALTERNATIVE_PROVISION: {Need.SEMH: 11_000},
    ProvisionClass.POST16_SPECIALIST: {
        Need.SPLD: 6_000, Need.MLD: 8_000, Need.SLCN: 8_500, Need.OTH: 9_000, Need.DS: 9_500,
        Need.HI: 10_000, Need.VI: 10_000, Need.ASD: 12_000, Need.SEMH: 12_500, Need.PD: 14_000,
        Need.SLD: 16_000, Need.MSI: 22_000, Need.PMLD: 24_000,
    },
    ProvisionClass.EOTAS: {
        Need.ASD: 31_000, Need.SEMH: 30_000, Need.OTH: 29_000, Need.SLCN: 28_000,
    },
}  # fmt: skip
"""£ a child a year beyond place funding: special £8,000-£26,000, bases near £12,000 so that place
and top-up come to £18,000, INMSS by need about a mean of £49,000-£64,000 (3.3, 8.3)."""


Extra = dict[str, str | int | float]


@dataclass(frozen=True)
class Scheme:
    """An option as made; ``teaches`` is in the short form, with the most children of each."""

    key: str
    name: str
    provision: str
    places: int
    per_place_gbp: int
    teaches: str
    lead: int
    extra: Extra


_SFF_TEACHES = "ASD p{0} s{0}; SEMH s{1}; SLCN p{1} s{1}; MLD p{1} s{1}"
_SFF: Extra = {
    "capital_profile": "0.15; 0.50; 0.35", "asset_life_years": 60, "setup_gbp": 250_000,
    "ramp": "0.2; 0.433; 0.6; 0.9; 1", "minimum_roll": 20, "viable_by": 1,
    "funding": "free_school",
}  # fmt: skip
_ROUND_1: Extra = {
    "round": "round_1", "asset_life_years": 25, "setup_gbp": 30_000, "ramp": "0.6; 1",
    "funding": "hnpca",
}  # fmt: skip
_BASE: Extra = {
    "asset_life_years": 25, "setup_gbp": 20_000, "minimum_roll": 5, "viable_by": 1,
    "funding": "hnpca",
}  # fmt: skip
_GROW: Extra = {"capital_profile": "0.4; 0.6", "asset_life_years": 40, "funding": "hnpca"}

SCHEMES = (
    Scheme("quayside_unit_20", "Quayside Primary: co-located unit of 20", "quayside_unit", 20,
           30_000, "ASD p20; SEMH p20", 1, _ROUND_1),
    Scheme("fairway_unit_20", "Fairway Primary: co-located unit of 20", "fairway_unit", 20,
           31_000, "ASD p20; SLCN p20", 1, _ROUND_1),
    Scheme("dunlin_unit_20", "Dunlin High: co-located unit of 20", "dunlin_unit", 20,
           33_000, "ASD s20; SEMH s20", 1, _ROUND_1),
    Scheme("breakwater_unit_10", "Breakwater Primary: co-located unit of 10", "breakwater_unit",
           10, 35_000, "SEMH p10", 1, _ROUND_1),
    Scheme("rowans_base_10", "Rowans High: base of 10", "rowans_base", 10, 25_000,
           "ASD s10", 1, _BASE),
    Scheme("hinksea_base_10", "Hinksea Academy: base of 10", "hinksea_base", 10, 28_000,
           "ASD s10; SEMH s10", 1, _BASE),
    Scheme("hinksea_base_10_more", "Hinksea Academy: base grows from 10 to 20", "hinksea_base", 10,
           22_000, "ASD s10; SEMH s10", 2, _BASE | {"requires": "hinksea_base_10"}),
    Scheme("allhallows_base_10", "All Hallows Primary: base of 10", "allhallows_base", 10, 24_000,
           "ASD p10; SLCN p10", 1, _BASE),
    Scheme("pilot_base_10_more", "Pilot Academy: base grows by 10", "pilot_base", 10, 20_000,
           "ASD s10", 1, _BASE | {"host_agrees": "no"}),
    Scheme("marram_plus_24", "Marram School: 24 more places", "marram_school", 24, 62_000,
           "SLD e4 p24 s24 t12; PMLD e4 p12 s12 t6", 2, _GROW),
    Scheme("lantern_plus_24", "Lantern School: 24 more places", "lantern_school", 24, 58_000,
           "ASD p24 s24 t8", 2, _GROW),
    Scheme("gannet_plus_16", "Gannet Academy: 16 more places (under way)", "gannet_academy", 16,
           55_000, "SEMH s16", 1,
           {"asset_life_years": 40, "committed_year": 2027, "funding": "hnpca"}),
    Scheme("pierhead_plus_20", "Pierhead College: 20 more places", "pierhead_college", 20, 30_000,
           "ASD t20; MLD t10; SEMH t10; SLD t10; SLCN t10", 1,
           {"asset_life_years": 25, "funding": "hnpca"}),
    Scheme("plover_60", "Plover Special Free School: 60 places", "plover_free_school", 60, 100_000,
           _SFF_TEACHES.format(60, 20), 3, _SFF | {"excludes": "plover_120; plover_160"}),
    Scheme("plover_120", "Plover Special Free School: 120 places", "plover_free_school", 120,
           90_000, _SFF_TEACHES.format(120, 40), 3, _SFF | {"excludes": "plover_60; plover_160"}),
    Scheme("plover_160", "Plover Special Free School: 160 places", "plover_free_school", 160,
           85_000, _SFF_TEACHES.format(160, 60), 3, _SFF | {"excludes": "plover_60; plover_120"}),
    Scheme("saltern_unit_8_fewer", "Saltern literacy unit: 8 fewer places", "saltern_unit", -8,
           0, "SPLD s0", 1, {"setup_gbp": 15_000, "fixed_annual_gbp": -12_000}),
    Scheme("gorse_base_autism", "Gorse High base: also takes autistic children", "gorse_base", 0,
           0, "ASD s12", 1, {"capital_gbp": 60_000, "setup_gbp": 10_000, "funding": "hnpca"}),
)  # fmt: skip
"""18 options. Round 1 is four co-located units of 70 places in all (8.3); bases of 10, 10 growing
to 20, and 10 (8.1); capital a place £20,000-£35,000 for bases, £50,000-£65,000 for expansions,
£80,000-£100,000 new (3.5); the free school fills as 24, 52, 72, 108, 120 of 120 (3.4)."""

SUITABLE = {
    BASE: {
        Need.SPLD: 0.9, Need.MLD: 0.6, Need.SLD: 0.1, Need.PMLD: 0.0, Need.SEMH: 0.4,
        Need.SLCN: 0.7, Need.HI: 0.8, Need.VI: 0.8, Need.MSI: 0.3, Need.PD: 0.5, Need.ASD: 0.45,
        Need.DS: 0.4, Need.OTH: 0.4,
    },
    COLOCATED: {Need.ASD: 0.6, Need.SEMH: 0.55, Need.SLCN: 0.7},
    RESIDENTIAL: {Need.ASD: 0.04, Need.SEMH: 0.05, Need.SLD: 0.05, Need.MSI: 0.3, Need.PMLD: 0.05},
    ProvisionClass.ALTERNATIVE_PROVISION: {Need.SEMH: 0.3},
    ProvisionClass.EOTAS: {Need.ASD: 0.06, Need.SEMH: 0.06, Need.OTH: 0.1, Need.SLCN: 0.03},
}  # fmt: skip
"""Share of children for whom a class is right; 1 where nothing is said. Judgement, but that no
base is right for PMLD by default (9, rule 3)."""


def suitable_share(class_: ProvisionClass, need: Need) -> float:
    """Return the share of children of a need for whom a class can be right."""
    table = SUITABLE.get(BASE if class_ is UNIT else class_)
    return 1.0 if table is None else table.get(need, 1.0)


def taught(place: Place) -> dict[NeedPhase, float]:
    """Return what a provision teaches now, with the children there."""
    return read_counts(place.roll) if place.roll else {}
