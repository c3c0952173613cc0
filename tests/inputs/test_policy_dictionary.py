"""The pages on scenarios and parameters say what the code does."""

from __future__ import annotations

import re
import tomllib

import pytest

from inputs.parameters import parameters
from inputs.policy_dictionary import DOCS, ON, PAGES, STATUSES, parameters_page, scenario_page
from inputs.scenario import PlacesRule, Scenario, resolve


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_current(name: str) -> None:
    """Each page is what the code says; write them with python -m inputs.policy_dictionary."""
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name]()


def test_every_key_of_a_scenario_is_told_once() -> None:
    """Keys stand first in their row, and none is left out or told twice."""
    told = re.findall(r"^\| `(\w+)`", scenario_page(), re.MULTILINE)
    rules = [field.alias or name for name, field in PlacesRule.model_fields.items()]

    assert told == [*Scenario.model_fields, *rules]


def test_every_key_of_a_scenario_has_a_meaning() -> None:
    """A row without its last cell would leave a reader to guess."""
    for line in scenario_page().splitlines():
        if line.startswith("| `"):
            assert not line.endswith("|  |"), line


def test_every_parameter_is_told_with_its_source() -> None:
    """One row a value, as many as there are in the file."""
    rows = [line for line in parameters_page().splitlines() if line.startswith("| `")]

    assert len(rows) == len(parameters())
    assert all(
        one.source and one.source in row for one, row in zip(parameters(), rows, strict=True)
    )


def test_every_status_is_explained() -> None:
    """A status that is not in the head of the page would mean nothing to a reader."""
    assert {one.status for one in parameters()} <= set(STATUSES)


def test_the_scenario_shown_can_be_used() -> None:
    """The example is a scenario: all its keys are known, and it says what its comments say."""
    block = re.search(r"```toml\n(.*?)```", scenario_page(), re.DOTALL)
    assert block is not None
    stated = tomllib.loads(block[1])
    assert stated.pop("base") == "scenario"

    scenario = resolve(stated, ON)

    assert scenario.drawn_from_mainstream["specialist_base"] == 0.2
    # the share of special schools is not stated, so it keeps its national value
    assert scenario.drawn_from_mainstream["special_school"] == 0.15
    assert scenario.places_rules[0].places == 40


def test_one_number_stands_for_every_key() -> None:
    """The page says that hard_limit_minutes = 60 is 60 for each phase."""
    assert "hard_limit_minutes = 60" in scenario_page()
    limits = resolve({"hard_limit_minutes": 60}, ON).hard_limit_minutes

    assert len(limits) == 4
    assert set(limits.values()) == {60.0}
