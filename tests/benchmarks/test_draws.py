"""The benchmark of the draws measures what it says, on an authority that it makes up."""

from __future__ import annotations

from benchmarks.draws import made_up
from inputs.demand.simulate import simulate


def test_the_made_up_authority_can_be_drawn() -> None:
    """It has the plans and zones asked for, and its draws balance."""
    basis = made_up(zones=7, plans=300)
    done = simulate(basis, (2025,), 20, seed=1)

    assert basis.stock.sum() == 300
    assert len(basis.zones.keys) == 7
    assert (done.totals[:, 0] == 300 + done.starts[:, 0] - done.ceased[:, 0]).all()
    assert set(done.entrants.rows["zone"]) == set(basis.zones.keys)
