"""An authority's own children: read as they are, refused when the file would name anyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from geo.routing.pupil_file import read_pupils
from inputs.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = "child,provision,phase,easting,northing"
ROW = "p1,oak,primary,408512,91233"


def written(folder: Path, *rows: str, headings: str = HEADINGS) -> Path:
    """Return a pupil file with these rows."""
    path = folder / "pupils.csv"
    path.write_text("\n".join([headings, *rows, ""]), encoding="utf-8")
    return path


def faults(path: Path) -> str:
    """Return every fault of a pupil file."""
    with pytest.raises(InputError) as wrong:
        read_pupils(path, ["oak", "elm"])
    return str(wrong.value)


def test_children_go_where_they_go_and_where_the_plan_sends_them(tmp_path: Path) -> None:
    """A blank plan provision is the same provision; flags default to no, travel to daily."""
    path = written(
        tmp_path,
        "p1,oak,,primary,408512,91233,yes",
        "p2,oak,elm,secondary,409000,92000,",
        headings="child,provision,plan_provision,phase,easting,northing,wheelchair",
    )
    sides, warnings = read_pupils(path, ["oak", "elm"])

    assert list(sides["do_minimum"]["provision"]) == ["oak", "oak"]
    assert list(sides["plan"]["provision"]) == ["oak", "elm"]
    assert list(sides["plan"]["wheelchair"]) == [True, False]
    assert list(sides["plan"]["travels"]) == ["daily", "daily"]
    assert list(sides["plan"]["need"]) == ["OTH", "OTH"]
    assert warnings == ()


@pytest.mark.parametrize(
    "heading",
    [
        "name",
        "Surname",
        "First name",
        "pupil_name",
        "date of birth",
        "DOB",
        "Birth date",
        "UPN",
        "NHS number",
        "home_address",
        "Parent email",
        "carer",
        "telephone",
    ],
)
def test_a_column_that_names_children_is_refused(tmp_path: Path, heading: str) -> None:
    """By its heading, whatever is in it; nothing else of the file is looked at."""
    said = faults(written(tmp_path, ROW + ",x", headings=f"{HEADINGS},{heading}"))

    assert "would say who a child is, and the file is refused" in said
    assert "give each child a pseudonym" in said


def test_headings_that_only_look_like_names_are_not_refused(tmp_path: Path) -> None:
    """A column that is not ours is ignored with a warning; the word for names must stand alone."""
    path = written(tmp_path, ROW + ",x", headings=f"{HEADINGS},tournament")
    _, warnings = read_pupils(path, ["oak"])

    assert "is not a column of this table, and is ignored" in warnings[0].sentence()


def test_every_fault_at_once(tmp_path: Path) -> None:
    """An unknown provision, degrees for metres, no such phase, a child given twice."""
    said = faults(
        written(
            tmp_path,
            "p1,oka,primary,408512,91233",
            "p2,oak,primary,-1.2,52.1",
            "p3,oak,infants,408512,91233",
            "p3,oak,primary,408512,91233",
        )
    )

    assert "row 2, provision: 'oka' is not a provision of the run. Did you mean 'oak'?" in said
    assert "row 3, easting: '-1.2' is not in Great Britain" in said
    assert "row 4, phase: 'infants'" in said
    assert "row 5, child: 'p3' repeats row 4" in said


def test_a_file_without_children(tmp_path: Path) -> None:
    """Headings only, or not there."""
    assert "there is no child in it" in faults(written(tmp_path))
    assert "cannot be opened" in faults(tmp_path / "nowhere.csv")


def test_a_child_without_a_zone_is_given_the_nearest(tmp_path: Path) -> None:
    """p1 is 10 m from b's point; p2 says its own."""
    path = written(
        tmp_path,
        "p1,oak,primary,408510,91233,",
        "p2,oak,primary,408510,91233,a",
        headings=f"{HEADINGS},zone",
    )
    zones = pd.DataFrame(
        {"zone": ["a", "b"], "easting": [400_000.0, 408_500.0], "northing": [91_233.0] * 2}
    )
    sides, _ = read_pupils(path, ["oak"], zones)

    assert list(sides["plan"]["zone"]) == ["b", "a"]
