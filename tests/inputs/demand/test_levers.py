"""Levers: read from TOML with every slip told, and presets with the figures of their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from inputs.demand.axes import AGES, NEEDS
from inputs.demand.levers import Lever, change, levers_of, read_levers
from inputs.demand.presets import PRESETS, scenario_fragment
from inputs.errors import InputError
from inputs.scenario import resolve
from inputs.vocabulary import Need

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


def read(folder: Path, text: str) -> tuple[Lever, ...]:
    """Return the levers of a file with this text."""
    path = folder / "levers.toml"
    path.write_text(text, encoding="utf-8")
    return read_levers(path)


def test_a_lever_of_ones_own(tmp_path: Path) -> None:
    """Every key lands where it belongs; a single factor is a path of one."""
    (lever,) = read(
        tmp_path,
        '[[lever]]\nname = "help early"\nacts_on = "starts"\nfactor = 0.9\nfrom_year = 2027\n'
        'to_year = 2029\nneeds = ["SLCN"]\nfrom_age = 4\nto_age = 6\nwhy = "Speech therapists."\n'
        'source = "Our trial"',
    )

    assert lever == Lever(
        "help early", "starts", (0.9,), 2027, 2029, (Need.SLCN,), (4, 6), "Speech therapists.",
        "Our trial",
    )  # fmt: skip
    assert [lever.at(year, 2025) for year in (2026, 2027, 2029, 2030)] == [1.0, 0.9, 0.9, 1.0]
    for words in ("SLCN", "ages 4 to 6", "from 2027 to 2029", "0.9", "Our trial"):
        assert words in lever.sentence()


def test_a_path_is_followed_and_its_end_held() -> None:
    """0.9 in the first year, 0.8 in the second and ever after."""
    lever = Lever("x", "starts", (0.9, 0.8))

    assert [lever.at(2025 + k, 2025) for k in range(4)] == [0.9, 0.8, 0.8, 0.8]


def test_a_preset_can_be_changed(tmp_path: Path) -> None:
    """The keys stated win; another figure is the user's, and says whose it was."""
    (lever,) = read(tmp_path, '[[lever]]\npreset = "cease_plans"\nfactor = 1.2\nfrom_year = 2027')

    assert lever.factor == (1.2,)
    assert lever.acts_on == "cease"
    assert lever.ages == (16, 25)
    assert lever.source.startswith("stated by the user, instead of: ")


BAD = {
    "an unknown key": ('[[lever]]\npreset = "surge"\nfator = 1.2', ["fator", "'factor'?"]),
    "an unknown preset": ('[[lever]]\npreset = "surg"', ["preset: 'surg'", "'surge'?"]),
    "an unknown flow": (
        '[[lever]]\nname = "x"\nacts_on = "start"\nfactor = 1', ["acts_on: 'start'", "'starts'?"]
    ),
    "no factor": ('[[lever]]\nname = "x"\nacts_on = "starts"', ["factor: is missing"]),
    "no name": ('[[lever]]\nacts_on = "starts"\nfactor = 1', ["name: is missing", "preset"]),
    "a factor in words": (
        '[[lever]]\nname = "x"\nacts_on = "starts"\nfactor = "10%"', ["factor: '10%'", "0 to 10"]
    ),
    "a negative factor": (
        '[[lever]]\nname = "x"\nacts_on = "starts"\nfactor = [0.9, -1]', ["factor", "0 to 10"]
    ),
    "an unknown need": (
        '[[lever]]\npreset = "surge"\nneeds = ["AST"]', ["holds 'AST'", "'ASD'?"]
    ),
    "a need not counted": ('[[lever]]\npreset = "surge"\nneeds = ["DS"]', ["DS", "OTH"]),
    "needs in one word": ('[[lever]]\npreset = "surge"\nneeds = "ASD"', ["list of needs"]),
    "an age beyond 25": ('[[lever]]\npreset = "surge"\nto_age = 30', ["to_age: '30'", "2 to 25"]),
    "ages the wrong way": (
        '[[lever]]\npreset = "surge"\nfrom_age = 9\nto_age = 4', ["to_age: '4'", "below from_age"]
    ),
    "years the wrong way": (
        '[[lever]]\npreset = "surge"\nfrom_year = 2030\nto_year = 2027', ["before from_year"]
    ),
    "a year that is none": ('[[lever]]\npreset = "surge"\nfrom_year = "soon"', ["from_year"]),
    "a name that is none": ('[[lever]]\npreset = "surge"\nname = 3', ["name: '3'", "not text"]),
    "a preset of many": ('[[lever]]\npreset = "transition_points"', ["made of 3 levers"]),
    "another table": ('[[levers]]\npreset = "surge"', ["levers", "'lever'?"]),
    "not a list": ("lever = 3", ["lever: is not a list", "[[lever]]"]),
    "nothing": ("", ["holds no lever"]),
    "no TOML": ("lever: surge", ["not a readable TOML file"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told(tmp_path: Path, name: str) -> None:
    """Each slip is a fault with the file, the key, the value and what to do."""
    text, saying = BAD[name]

    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    said = "\n".join(fault.sentence() for fault in caught.value.faults)
    for words in ("levers.toml", *saying):
        assert words in said


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """Two levers, three slips: three faults."""
    text = '[[lever]]\npreset = "surg"\nfator = 2\n[[lever]]\nname = "x"\nacts_on = "starts"'

    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert len(caught.value.faults) == 3


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A mistyped path is not no levers."""
    with pytest.raises(InputError, match="no such file"):
        read_levers(tmp_path / "x.toml")


def test_presets_by_name() -> None:
    """Several at once, in order; a slip suggests the nearest."""
    names = [lever.name for lever in levers_of(["surge", "transition_points"])]

    assert names == ["surge", "transition_primary", "transition_secondary", "transition_post16"]
    with pytest.raises(InputError, match="'more_in_mainstream'"):
        levers_of(["more_in_mainstrem"])


def factors(name: str, years: int = 6) -> dict[str, list[float]]:
    """Return each lever of a preset by year, from 2026."""
    return {
        lever.name: [lever.at(2026 + k, 2026) for k in range(years)]
        for lever in PRESETS[name].levers
    }


def test_figures_of_the_presets() -> None:
    """What the sources say: a third more assessments; 1 in 5 without a plan; more than half."""
    third = pytest.approx(4 / 3)
    assert factors("surge")["surge"] == [third] * 3 + [1.0] * 3
    cliff = factors("surge_and_cliff")
    # the reform's cliff is 2029/30: up to 2028 a third more, from 2029 a third fewer
    assert cliff["surge"] == [third] * 3 + [1.0] * 3
    assert cliff["cliff"] == [1.0] * 3 + [pytest.approx(2 / 3)] * 3
    assert factors("met_without_a_plan")["met_without_a_plan"][-1] == pytest.approx(1 - 1 / 5)
    assert factors("more_in_mainstream")["more_in_mainstream"][4] == pytest.approx(1 / 2)


def test_every_preset_tells_its_source() -> None:
    """A lever has a sentence and a source, and an assumption is called one."""
    for name, preset in PRESETS.items():
        assert preset.name == name
        assert preset.why
        assert preset.levers or preset.scenario
        for lever in preset.levers:
            assert lever.why
            assert lever.source != "stated by the user"
    assert "62 fewer requests" in PRESETS["fewer_requests"].why
    assert "assumption" in PRESETS["cease_plans"].why


def test_price_bands_are_for_a_plan() -> None:
    """They act on fees: no lever, and keys that a plan's scenario takes."""
    import tomllib
    from datetime import date as day

    bands = PRESETS["price_bands"]
    on: date = day(2026, 9, 1)
    scenario = resolve(tomllib.loads(scenario_fragment(bands)), on)

    assert not bands.levers
    assert set(scenario.fee_growth_by_class.values()) == {0.0}


def test_requests_become_plans_after_twenty_weeks() -> None:
    """Of a year's new plans 20/52 come from requests of the year before: 1 - 32/52 x 0.1."""
    lever = Lever("x", "requests", (0.9,))
    first, second = (change([lever], year, 2025).starts for year in (2025, 2026))

    assert first.flat[0] == pytest.approx(1 - 32 / 52 * 0.1)
    assert second.flat[0] == pytest.approx(0.9)


def test_levers_together_are_multiplied() -> None:
    """A tenth fewer of ASD and a tenth fewer at 5: of both, 0.81."""
    levers = [
        Lever("need", "starts", (0.9,), needs=(Need.ASD,)),
        Lever("age", "starts", (0.9,), ages=(5, 5)),
    ]
    starts = change(levers, 2025, 2025).starts
    asd, five = NEEDS.index(Need.ASD), AGES.index(5)

    assert starts[asd, five] == pytest.approx(0.81)
    assert starts[asd].sum() == pytest.approx(0.9 * 23 + 0.81)
    np.testing.assert_allclose(change(levers, 2025, 2025).cease, 1.0)
