"""The projection of real authorities from the published files: sane beside what is published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inputs.demand.axes import AGES, IS_SPECIALIST, NEEDS, PLACEMENTS
from inputs.demand.basis import Basis, basis_of
from inputs.demand.flows import aged, flows
from inputs.demand.national import learn_national
from inputs.demand.project import project
from inputs.demand.published import Published, published
from inputs.errors import InputError
from inputs.official.authorities import Authority, find
from inputs.official.sen2 import Release, read_release
from inputs.vocabulary import Need

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "sen2"
pytestmark = pytest.mark.real
BCP = "Bournemouth, Christchurch and Poole"
YEARS = (2025, 2026, 2027, 2028, 2029)


@pytest.fixture(scope="module")
def release() -> Release:
    """Return the published files, or skip."""
    if not DATA.is_dir():
        pytest.skip(f"the official files are not at {DATA}")
    return read_release(DATA)


@pytest.fixture(scope="module")
def tables(release: Release) -> Published:
    """Return them as arrays."""
    return published(release)


@pytest.fixture(scope="module", params=[BCP, "Leicestershire", "Rutland"])
def basis(release: Release, request: pytest.FixtureRequest) -> Basis:
    """Return the basis of each authority."""
    return basis_of(release, find(request.param, release.authorities()))


def test_arrays_hold_what_is_published(tables: Published) -> None:
    """England's plans in January 2025 are 638,745, its new plans of 2024 97,747 (DfE, 2025)."""
    assert np.nansum(tables.stock[tables.england, -1]) == pytest.approx(638_745)
    assert np.nansum(tables.starts_total[tables.england, -1]) == pytest.approx(97_747)
    assert tables.ceased_total[tables.england, -1] == 44_862


def test_england_s_flows_lead_from_one_january_to_the_next(tables: Published) -> None:
    """Kept, moved, aged and joined by new plans, the count of January 2024 is that of 2025.

    Exact at each age; at each placement within 2 in 1,000 of England's plans, for under 5s who
    are counted in other kinds of setting than the tables of new plans name.
    """
    found = flows(tables)
    before, after = (np.nan_to_num(tables.stock[tables.england, k]) for k in (-2, -1))
    then = aged(np.einsum("pa,pqa->qa", before * found.kept, found.move)) + found.arrivals

    np.testing.assert_allclose(then.sum(axis=0)[1:], after.sum(axis=0)[1:], rtol=1e-6)
    assert np.abs(then - after).sum() < 0.002 * after.sum()


def test_moves_peak_where_they_are_known_to(tables: Published) -> None:
    """Moves into specialist places peak at 11, and those into INMSS go on at 12 to 15 (DBV)."""
    found = flows(tables)
    before = np.nan_to_num(tables.stock[tables.england, -2])
    moved = ((before * found.kept)[:, None] * found.move)[~IS_SPECIALIST]
    into = moved[:, IS_SPECIALIST].sum(axis=(0, 1))
    independent = moved[:, PLACEMENTS.index("independent")].sum(axis=0)  # type: ignore[arg-type]

    school = [AGES.index(age) for age in range(6, 15)]
    assert max(school, key=lambda k: into[k]) == AGES.index(10)
    later = independent[[AGES.index(age) for age in (11, 12, 13)]].sum()
    earlier = independent[[AGES.index(age) for age in (5, 6, 7)]].sum()
    assert later > 1.5 * earlier
    assert independent[AGES.index(10)] > 1_000


def test_the_rate_of_moves_has_held_for_six_years(tables: Published) -> None:
    """Each year since 2019 is within 15 % of what the last year's rates give."""
    ratios = learn_national(tables).into_by_year

    assert len(ratios) == 6
    assert np.abs(np.log(ratios)).max() < 0.15


def test_needs_of_england_stay_about_what_they_are(release: Release) -> None:
    """Severe and profound learning difficulties do not fade away, as new plans alone would say."""
    leicester = find("Leicestershire", release.authorities())
    rates = basis_of(release, leicester).rates
    sld = NEEDS.index(Need.SLD)

    assert rates.need_change[NEEDS.index(Need.SLCN), sld].max() > 0
    assert rates.start_mix[:, sld].sum() / rates.start_mix.sum() < 0.04


def test_expected_numbers_are_sane(basis: Basis) -> None:
    """Totals follow their forecast; specialist places grow, and slower than all plans do.

    England's places grew 6 to 7.5 % a year from 2019 to 2025, and its plans 10 %; an authority's
    grow between nothing and 12 % a year here.
    """
    done = project(basis, YEARS)
    before = float(basis.stock[IS_SPECIALIST].sum())

    np.testing.assert_allclose(done.totals, basis.totals.mean[:5], rtol=2e-3)
    growth = (done.specialist[-1] / before) ** (1 / 5) - 1
    assert 0 < growth < 0.12
    assert done.specialist[-1] / before < done.totals[-1] / basis.stock.sum()
    share = done.stock.sum(axis=(1, 2)) / done.totals[:, None]
    now = basis.stock.sum(axis=(0, 1)) / basis.stock.sum()
    assert np.abs(share[0] - now).max() < 0.05  # a year of age of Rutland is ten children
    entrants = done.into_specialist.sum(axis=(1, 2)) / before
    assert ((entrants > 0.1) & (entrants < 0.35)).all()


def test_a_basis_starts_from_the_published_count(basis: Basis, tables: Published) -> None:
    """Plans by placement and age are the published ones, unknown placements shared out."""
    area = tables.at(basis.authority.code)
    wanted = np.rint(np.nan_to_num(tables.stock[area, -1]))

    np.testing.assert_array_equal(basis.stock.sum(axis=1), wanted)
    assert basis.count_year == 2024
    assert basis.past.total_years[-1] == 2024
    assert any("people" in note or "population" in note for note in basis.notes)


def test_an_authority_that_is_not_there_is_told(release: Release) -> None:
    """A code that the caseload does not hold is a fault with its name."""
    with pytest.raises(InputError, match="Nowhere"):
        basis_of(release, Authority("E06999999", "999", "Nowhere"))


def test_the_notes_say_how_far_rates_are_its_own(basis: Basis) -> None:
    """Every multiple stands in the notes, with how sure it is."""
    told = " ".join(basis.notes)

    assert f"{basis.rates.into_factor.mean:.2f} times England's" in told
    assert "net of those who went the other way" in told


def test_files_without_england_are_told(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cut of one authority alone has nothing for small numbers to lean on."""
    for name in ("stock", "starts", "ceased", "stock_by_need", "starts_by_need"):
        whole = getattr(release, name)()
        cut = whole[whole["code"] == "E06000058"]
        monkeypatch.setattr(release, name, lambda cut=cut: cut)

    with pytest.raises(InputError, match="no rows for England"):
        published(release)


def test_one_january_is_not_enough(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ages in one count only, nobody can be followed to the next."""
    whole = release.stock()
    monkeypatch.setattr(
        release, "stock", lambda: whole[whole["age"].isna() | (whole["year"] == 2024)]
    )

    with pytest.raises(InputError, match="two are needed"):
        published(release)


def test_the_older_layout_is_not_enough(release: Release) -> None:
    """Totals to 2022 have no single years of age."""
    assert release.older is not None
    with pytest.raises(InputError, match="2024 or later"):
        published(release.older)
