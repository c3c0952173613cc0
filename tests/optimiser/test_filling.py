"""Sets and numbers filled at once are what Pyomo would have made of them."""

from __future__ import annotations

import pyomo.environ as pyo
import pytest

from optimiser.filling import fill, fill_each, fill_numbers

MEMBERS = [("b", 2), ("a", 1), ("c", 3)]


@pytest.fixture
def model() -> pyo.ConcreteModel:
    """Return a model with each component filled at once, and its twin filled by Pyomo."""
    m = pyo.ConcreteModel()
    m.plain = pyo.Set(initialize=MEMBERS, dimen=2)
    m.quick = pyo.Set(dimen=2)
    fill(m.quick, MEMBERS)
    groups = {("b", 2): ["x", "y"], ("c", 3): ["y"]}
    m.plain_groups = pyo.Set(m.plain, initialize=lambda _, *key: groups.get(key, []), dimen=1)
    m.quick_groups = pyo.Set(m.quick, dimen=1)
    fill_each(m.quick_groups, m.quick, groups, 1)
    values = {("b", 2): 1.5, ("a", 1): 0.0, ("c", 3): -2.0}
    m.plain_numbers = pyo.Param(m.plain, initialize=values, within=pyo.Any)
    m.quick_numbers = pyo.Param(m.quick, within=pyo.Any)
    fill_numbers(m.quick_numbers, values)
    return m


def test_a_set_holds_its_members_in_order(model: pyo.ConcreteModel) -> None:
    """Members, order, length and what is in it, as of a set that Pyomo looked through."""
    assert list(model.quick) == list(model.plain) == MEMBERS
    assert (len(model.quick), model.quick.dimen) == (len(model.plain), model.plain.dimen)
    assert ("a", 1) in model.quick
    assert ("a", 2) not in model.quick


def test_an_indexed_set_holds_a_set_for_each_key(model: pyo.ConcreteModel) -> None:
    """Each key has its group under its own name; a key without a group has an empty set."""
    for key in model.plain:
        quick, plain = model.quick_groups[key], model.plain_groups[key]
        assert list(quick) == list(plain)
        assert (quick.dimen, quick.index()) == (plain.dimen, plain.index())
        assert quick.name.replace("quick", "plain") == plain.name
    assert list(model.quick_groups["a", 1]) == []


def test_numbers_are_what_they_were(model: pyo.ConcreteModel) -> None:
    """Every value under its key, nought included."""
    assert dict(model.quick_numbers.items()) == dict(model.plain_numbers.items())
    assert model.quick_numbers.extract_values_sparse() == (
        model.plain_numbers.extract_values_sparse()
    )
