"""Policy files: differences from a base, unknown words with the nearest, circles and absences."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.sendplaces.driving import refused, run, without_page

if TYPE_CHECKING:
    from pathlib import Path

POLICIES = {
    "an unknown key": ("discount_rat = 0.03", ["policy.toml, discount_rat", "'discount_rate'?"]),
    "no number": ('discount_rate = "3.5%"', ["policy.toml, discount_rate", "'3.5%'"]),
    "NaN": ("discount_rate = nan", ["policy.toml, discount_rate", "finite"]),
    "infinity": ("interim_annual_gbp = inf", ["policy.toml, interim_annual_gbp", "finite"]),
    "beyond all money": ("transport_fixed_per_run_gbp = 1e308", ["is far too large"]),
    "NaN in a table": ("[goes_to_inmss]\nASD = nan", ["policy.toml, goes_to_inmss.ASD"]),
    "a share over one": ("[goes_to_inmss]\nASD = 1.2", ["goes_to_inmss.ASD", "from 0 to 1"]),
    "an unknown need": ("[goes_to_inmss]\nASC = 0.1", ["policy.toml, goes_to_inmss", "ASD"]),
    "an unknown class": (
        "[drawn_from_mainstream]\nspecialist_bass = 0.1", ["Did you mean 'specialist_base'?"]
    ),
    "an unknown rule": ('switched_off = ["capacty"]', ["switched_off", "Did you mean 'capacity'?"]),
    "an unknown base": ('base = "nothing"', ["nothing.toml", "no such file"]),
    "itself as base": ('base = "policy"', ["policy.toml", "names itself as its base"]),
    "no TOML": ("discount_rate: 0.03", ["policy.toml", "not a readable TOML file"]),
    "a hopeless limit": ("hard_limit_minutes = -5", ["hard_limit_minutes", "negative"]),
    "a year that is none": ("[capital_budget_by_year_gbp]\nnext = 5", ["capital_budget_by_year"]),
    "a locality that is none": (
        '[[places_rules]]\nmeasure = "at_least"\nplaces = 5\nyear = 2027\nlocality = "harbor"',
        ["places_rules", "harbor"],
    ),
    "a grant that is none": ("[capital_budget_by_grant_gbp]\nhnpac = 5", ["hnpac", "hnpca"]),
    "a draw that is none": ("demand = 7", ["demand", "7"]),
}  # fmt: skip


@pytest.mark.parametrize("name", POLICIES)
def test_a_bad_policy_is_refused(tmp_path: Path, tiny_folder: Path, name: str) -> None:
    """Each slip in a scenario file is exit 3 with the file, the key and what to do."""
    text, saying = POLICIES[name]
    policy = tmp_path / "policy.toml"
    policy.write_text(text, encoding="utf-8")
    refused(tmp_path, tiny_folder, "--scenario", policy, saying=saying)


def test_a_policy_that_is_not_there_is_refused(tmp_path: Path, tiny_folder: Path) -> None:
    """A name mistyped after --scenario is not the base policy in silence."""
    refused(tmp_path, tiny_folder, "--scenario", tmp_path / "x.toml", saying=["x.toml", "no such"])
    told = run("check", tiny_folder, "--scenario", tmp_path / "x.toml")
    assert told.code == 3
    assert "no such file" in told.out


def test_bases_that_go_in_a_circle_are_refused(tmp_path: Path, tiny_folder: Path) -> None:
    """One names two and two names one: told, not followed for ever."""
    (tmp_path / "one.toml").write_text('base = "two"', encoding="utf-8")
    (tmp_path / "two.toml").write_text('base = "one"', encoding="utf-8")
    policy = tmp_path / "one.toml"
    refused(tmp_path, tiny_folder, "--scenario", policy, saying=["one.toml", "circle"])


def test_check_judges_the_policy_of_the_case(tmp_path: Path, tiny_folder: Path) -> None:
    """A policy's slip is in the list of ``check`` too, beside those of the tables."""
    policy = tmp_path / "policy.toml"
    policy.write_text("discount_rat = 0.03", encoding="utf-8")
    found = run("check", tiny_folder, "--scenario", policy, "--json")
    assert found.code == 3
    assert [one["column"] for one in found.json()["faults"]] == ["discount_rat"]


def test_differences_are_laid_over_the_base(
    tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is stated wins; what is not comes from the base; tables merge key by key."""
    without_page(monkeypatch)
    (tmp_path / "base.toml").write_text(
        "discount_rate = 0.01\nopenings_per_year = 0\n[goes_to_inmss]\nASD = 0.2\nSLD = 0.3\n",
        encoding="utf-8",
    )
    policy = tmp_path / "dear.toml"
    policy.write_text(
        'base = "base"\ndiscount_rate = 0.02\n[goes_to_inmss]\nASD = 0.1\n', encoding="utf-8"
    )
    told = run("plan", tiny_folder, "--scenario", policy, "--out", tmp_path / "out", "--json")
    assert told.code == 0, told.err
    assert told.json()["scenario"] == "dear"
    assert told.json()["options_opened"] == [], "the base allows no opening"
    resolved = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["scenario"]
    assert resolved["discount_rate"] == 0.02
    assert (resolved["goes_to_inmss"]["ASD"], resolved["goes_to_inmss"]["SLD"]) == (0.1, 0.3)
