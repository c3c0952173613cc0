"""How many are still there: by hand, and beside the plan's own account, which shares no code."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.round.lasting import share_there
from optimiser.stays import Stays

COLUMNS = ["need", "phase", "nc_year", "years_since_entry", "share_remaining"]


def stated(*rows: tuple[float | None, int, float]) -> pd.DataFrame:
    """Return a table ``stay`` of ASD in primary: year group, years since entry, share."""
    return pd.DataFrame([("ASD", "primary", *row) for row in rows], columns=COLUMNS)


@pytest.mark.parametrize(
    ("nc_year", "kind", "since", "share"),
    [
        (3, "new", 0, 1.0),
        (3, "new", 3, 0.9**3),  # Year 6 is the last of primary
        (3, "new", 4, 0.0),
        (None, "transfer", 6, 0.9**6),  # from Reception
        (None, "new", 6, 0.9**6 / 7),  # one year group in seven has so long
    ],
)
def test_without_a_table_the_phase_and_the_rate_decide(
    nc_year: float | None, kind: str, since: int, share: float
) -> None:
    """A tenth leaves each year, and everybody after Year 6."""
    found = share_there(stated(), 0.1, "ASD", "primary", nc_year, kind, since)
    assert found == pytest.approx(share)


def test_a_stated_share_goes_before_the_rate() -> None:
    """Half after two years; in between, as before; after the last that is stated, nobody."""
    table = stated((None, 2, 0.5))
    shares = [share_there(table, 0.1, "ASD", "primary", None, "new", k) for k in range(4)]
    assert shares == [1.0, 1.0, 0.5, 0.0]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, 2.0, 6.0]), st.integers(1, 5), st.sampled_from([0.2, 0.5, 0.8])
        ),
        max_size=5,
        unique_by=lambda row: row[:2],
    ),
    st.sampled_from([None, 0, 2, 6]),
    st.sampled_from(["new", "transfer"]),
)
@settings(max_examples=60, deadline=None)
def test_it_is_what_the_plan_counts_with(
    rows: list[tuple[float | None, int, float]], nc_year: float | None, kind: str
) -> None:
    """Whatever is stated, and of whatever year group: the same share in each of eight years."""
    table = stated(*rows)
    plan = Stays(table, 0.05).remaining("ASD", "primary", nc_year, kind)
    ours = [share_there(table, 0.05, "ASD", "primary", nc_year, kind, k) for k in range(8)]
    assert ours == pytest.approx(plan[:8].tolist())
