"""The decisions of a run, exactly as they were found, for whoever asks about it later.

The other tables of a run are for a reader. Here every decision is kept to the last bit, so that a
question is asked about the plan itself and not about a copy of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.errors import Fault, InputError
from outputs.publish import write_csv

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Decided = Mapping[str, NDArray[np.float64]]

DECISIONS = "decisions.csv"
PLAN_AGAIN = "Plan it again with this version: sendplaces plan CASE --out RUN"


def write_decisions(folder: Path, sides: Mapping[str, Decided], run_id: str) -> None:
    """Write the decisions of both sides of a run, one that is not nought a row.

    Parameters
    ----------
    folder
        The tables of the run folder.
    sides
        ``plan`` and ``do_minimum`` to (rows, years) arrays by family.
    run_id
        Of the run.
    """
    parts = []
    for side, decided in sides.items():
        for family, values in decided.items():
            row, year = np.nonzero(values)
            told = {"side": side, "family": family, "row": row, "year": year}
            parts.append(pd.DataFrame(told | {"value": values[row, year]}))
    table = pd.concat(parts, ignore_index=True)
    write_csv(folder / DECISIONS, table, run_id)


def read_decisions(
    folder: Path, shapes: Mapping[str, Mapping[str, tuple[int, int]]]
) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Return what `write_decisions` wrote.

    Parameters
    ----------
    folder
        The tables of the run folder.
    shapes
        Side to family to (rows, years) of the problem that was decided.

    Raises
    ------
    InputError
        When the table is missing, damaged, or of another problem.
    """
    where = f"tables/{DECISIONS}"
    try:
        table = pd.read_csv(folder / DECISIONS, dtype={"value": str})
        sides = {
            side: {family: np.zeros(shape) for family, shape in families.items()}
            for side, families in shapes.items()
        }
        for (side, family), rows in table.groupby(["side", "family"]):
            at = rows["row"].to_numpy(np.int64), rows["year"].to_numpy(np.int64)
            sides[str(side)][str(family)][at] = [float(text) for text in rows["value"]]
    except FileNotFoundError:
        raise InputError([Fault(where, "is missing", PLAN_AGAIN)]) from None
    except (OSError, ValueError, KeyError, IndexError) as error:
        problem = f"is damaged, or of another problem ({error})"
        raise InputError([Fault(where, problem, PLAN_AGAIN)]) from None
    return sides
