"""Every row that the solver is given reads like the one worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyomo.core.base.constraint import TemplateConstraintData

from optimiser.constraints import CONSTRAINTS
from optimiser.model import build
from tests.optimiser import builders
from tests.optimiser.reading import read, read_by_pyomo, written

if TYPE_CHECKING:
    from collections.abc import Callable

SPECIMENS = Path(__file__).parent / "specimens"
MODELS: dict[str, Any] = {}


def specimen_of(rule: Callable[..., Any]) -> Path:
    """Return where the specimen of a rule stands."""
    path = SPECIMENS / f"{rule.__name__}.txt"
    assert path.exists(), "a rule cannot be added without its specimen"
    return path


def model_of(rule: Callable[..., Any]) -> Any:
    """Return the model of the case that a specimen names in its first line, built once."""
    first = specimen_of(rule).read_text("utf-8").splitlines()[0]
    assert first.startswith("# case: "), "a specimen names its case in the first line"
    name = first.removeprefix("# case: ")
    if name not in MODELS:
        MODELS[name] = build(getattr(builders, name)()).model
    return MODELS[name]


@pytest.mark.parametrize("rule", CONSTRAINTS, ids=lambda rule: rule.__name__)
def test_each_rule_reads_like_its_specimen(rule: Callable[..., Any]) -> None:
    """The rows of a rule are those derived by hand from its equation (in the specimen's head)."""
    assert sorted(read(model_of(rule), rule.__name__)) == sorted(written(specimen_of(rule)))


@pytest.mark.parametrize("rule", CONSTRAINTS, ids=lambda rule: rule.__name__)
def test_the_arrays_are_those_of_pyomo(rule: Callable[..., Any]) -> None:
    """What goes to HiGHS is what Pyomo's own compiler would hand over, row by row."""
    ours = read(model_of(rule), rule.__name__)

    assert sorted(ours) == sorted(read_by_pyomo(model_of(rule), rule.__name__))


@pytest.mark.parametrize("rule", CONSTRAINTS, ids=lambda rule: rule.__name__)
def test_each_rule_is_a_template(rule: Callable[..., Any]) -> None:
    """A rule that cannot be templated is quietly built row by row, which is slow."""
    rows = list(model_of(rule).component(rule.__name__).values())

    assert rows
    assert all(isinstance(row, TemplateConstraintData) for row in rows)


def test_no_specimen_is_left_over() -> None:
    """A specimen whose rule is gone would be read by no test."""
    assert {path.stem for path in SPECIMENS.iterdir()} == {rule.__name__ for rule in CONSTRAINTS}


def test_every_derivation_is_written() -> None:
    """Rows without their reason could have been pasted from the model: each file says why."""
    for path in SPECIMENS.iterdir():
        comments = [line for line in path.read_text("utf-8").splitlines() if line[:1] == "#"]
        assert len(comments) >= 2, path.name
