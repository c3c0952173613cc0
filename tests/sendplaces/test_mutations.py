"""Any one cell of a case changed to anything: a plan, a list of faults, or a clash; no crash."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import outputs.publish
import sendplaces.pipeline
from inputs.schemas import TABLES
from tests.cases import tiny_tables, write_case
from tests.sendplaces.driving import run

ENDINGS = {0, 3, 4, 5}

CELLS = st.sampled_from(
    [
        (table, row, heading)
        for table, rows in tiny_tables().items()
        for row in range(len(rows))
        for heading in TABLES[table].columns()
    ]
)
NASTY = st.sampled_from(
    [
        "", " ", "0", "-1", "1e999", "1e308", "1e-308", "99999999999999999999", "nan", "-inf",
        "0.5", "£18,000", "18k", "1,00", "120%", "yes", "None", "NA", "=1+1", "@x", "#N/A",
        "2026", "2030", "46266", "2026/27", "2026: 0; 2028: 16", "2026: 1; 2026: 2", "0.3; 0.7",
        "1; 0", "north", "oak_school", "elm_base_6_more", "ASD", "asd", "SEMH", "post16",
        "secondary", "eotas", "mainstream_topup", "inmss_residential", "../../etc", "<b>",
        "[red]x[/red]", "{{7*7}}", "%s", "\x00", "\x1b[2J", "\u202e", "a\nb", '"', "²", "٣",
    ]
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(-10, 5_000).map(str),
    st.floats(allow_nan=True, allow_infinity=True).map(repr),
    st.integers(2024, 2032).map(str),
)
TEXT = st.text(max_size=40).filter(lambda text: text.isprintable())


@pytest.fixture
def _light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish the tables alone: the workbook, map and page have tests of their own."""

    def tables_only(report: object, folder: Path, manifest: object) -> None:
        outputs.publish.write_json(folder / "summary.json", report.summary)  # type: ignore[attr-defined]
        outputs.publish.write_json(folder / "manifest.json", manifest)  # type: ignore[arg-type]

    monkeypatch.setattr(outputs.publish, "write_files", tables_only)
    monkeypatch.setattr(sendplaces.pipeline, "FACTORS", (1.0,))


@pytest.mark.usefixtures("_light")
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # one cell is small enough; shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cell=CELLS, value=st.one_of(NASTY, NUMBERS, TEXT))
def test_no_cell_ends_in_a_traceback(cell: tuple[str, int, str], value: str) -> None:
    """Whatever stands in one cell, the run ends in one of the ways it says it can end."""
    table, row, heading = cell
    tables = tiny_tables()
    tables[table][row][heading] = value
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        case = write_case(here / "case", **tables)
        told = run("plan", case, "--out", here / "out", "--quiet", "--time-limit", "20")
        assert told.code in ENDINGS, (cell, value, told.err)
        assert "Traceback" not in told.err
        assert (here / "out").exists() == (told.code == 0)
        assert {path.name for path in here.iterdir()} <= {"case", "out"}
