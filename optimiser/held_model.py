"""What is held of a finished plan: its model's arrays, with a row for all that may be asked.

Every budget that a question may set and every measure that it may limit has its row from the
start, and a nought holds the place of every number that a change may put there. So a change alters
numbers and never the pattern, and nothing is built again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_array, csc_array, vstack

from optimiser.answer import Stop
from optimiser.coarse import alike, coarse
from optimiser.costs import objective
from optimiser.hold import Held
from optimiser.openings_alone import OpeningModel, opening_model
from optimiser.problem import placements
from optimiser.search import Search
from optimiser.standard_form import RowEntry, StandardForm

if TYPE_CHECKING:
    from optimiser.answer import Answer, Settings
    from optimiser.kinds import Array
    from optimiser.measures import Measure
    from optimiser.problem import Problem

GROUPS = 12
"""Groups of cells for each need and phase where no model of the whole problem is held."""
BUDGETS = frozenset({"capital_in_total", "capital_by_year", "capital_by_grant"})
VEHICLES = frozenset({"vehicles_run", "vehicles_for_each"})
MEASURE = "at_most"
"""Family of the rows that hold measures; no constraint of the plan has this name."""


@dataclass(frozen=True)
class HeldModel(OpeningModel):
    """The model held for questions, and which row and column is which.

    Parameters
    ----------
    family, index
        (rows,) the constraint of each row, and its index there.
    rows
        Constraint and index to the position of the row.
    always_gbp
        Cost that no decision changes, before any change.
    """

    family: np.ndarray[Any, Any]
    index: list[Any]
    rows: dict[tuple[str, Any], int]
    always_gbp: float


def held_model(
    problem: Problem,
    answer: Answer,
    settings: Settings,
    measures: tuple[Measure, ...],
    whole_at_most: int,
) -> HeldModel:
    """Return the model of an answer, ready for changes.

    Parameters
    ----------
    problem, answer
        The problem and its answer.
    settings
        Threads and seed of a model that has to be built.
    measures
        What a change may hold to a limit.
    whole_at_most
        Placements above which a model that has to be built has its cells merged.
    """
    _, always = objective(problem)
    held = _whole_or_merged(problem, answer, settings, whole_at_most)
    small = held.merged.problem if held.merged else problem
    form, family, index = _with_budgets(held.compiled.form, small, held)
    limits = {len(form.rows) + i: one for i, one in enumerate(measures)}
    form = _with_measures(form, problem, held, measures)
    family = np.r_[family, [MEASURE] * len(measures)]
    index += [one.name for one in measures]
    model = opening_model(small, held, form, limits)
    return HeldModel(
        held,
        small,
        form,
        limits,
        model.of_cells,
        model.of_openings,
        model.columns,
        family,
        index,
        {key: i for i, key in enumerate(zip(family, index, strict=True))},
        always,
    )


def _whole_or_merged(
    problem: Problem, answer: Answer, settings: Settings, whole_at_most: int
) -> Held:
    """Return the model that the answer holds, if it has all columns; else a new one.

    A new one is of the whole problem, or of one with cells merged where the whole is too large to
    be asked in a meeting: it has more placements than ``whole_at_most``.
    """
    held = answer.held
    if held is not None and len(held.compiled.columns) == sum(
        map(len, held.built.columns().values())
    ):
        return held
    merged = None
    if placements(problem) > whole_at_most:
        merged = coarse(problem, alike(problem, GROUPS), least=False)
    part = Search(settings, Stop(), None, time.monotonic())
    part.compile(merged.problem if merged else problem)
    if part.built is None:
        raise RuntimeError("nothing is built")
    return Held(part.built, part.model(), part.solver(part.model(), relaxed=True), merged)


def _with_budgets(
    form: StandardForm, problem: Problem, held: Held
) -> tuple[StandardForm, np.ndarray[Any, Any], list[Any]]:
    """Return the arrays with a row for every budget that might be asked for, and what rows are.

    A budget that the policy does not set has no limit until it is asked for.
    """
    family = [row.constraint.parent_component().name for row in form.rows]
    index = [row.constraint.index() for row in form.rows]
    known = set(zip(family, index, strict=True))
    where, at = held.built.index["open"], held.built.columns()["open"]
    funding = problem.options["funding"].to_numpy(object)[where.rows]
    gbp = problem.options["capital_gbp"].to_numpy(float)[where.rows]
    wanted: dict[tuple[str, Any], Array] = {("capital_in_total", "total"): gbp}
    for t, year in enumerate(problem.years):
        wanted["capital_by_year", year] = problem.spend[where.rows, where.years, t]
    for grant in sorted({str(one) for one in problem.options["funding"].dropna()}):
        wanted["capital_by_grant", grant] = np.where(funding == grant, gbp, 0.0)
    rows, columns, values = [], [], []
    n_rows, new = len(form.rows), 0
    for key, spent in wanted.items():
        if key in known:
            continue
        rows.append(np.full(len(at), n_rows + new))
        columns.append(at)
        values.append(spent)
        family.append(key[0])
        index.append(key[1])
        new += 1
    # a nought holds the place of every number that a change may put there
    names, columns_used = held.built.model.used, held.built.columns()["used"]
    used = dict(zip(names, columns_used, strict=True))
    for i, (rule, key) in enumerate(zip(family[:n_rows], index[:n_rows], strict=True)):
        spare = at if rule in BUDGETS else np.zeros(0, dtype=np.int64)
        if rule in VEHICLES:
            spare = np.array([used[key[0], key[2] if rule == "vehicles_run" else key[3]]])
        rows.append(np.full(len(spare), i))
        columns.append(spare)
        values.append(np.zeros(len(spare)))
    old = form.matrix.tocoo()
    matrix = coo_array(
        (
            np.concatenate([old.data, *values]),
            (
                np.concatenate([old.row, *rows]).astype(np.int32),
                np.concatenate([old.col, *columns]).astype(np.int32),
            ),
        ),
        shape=(n_rows + new, form.matrix.shape[1]),
    ).tocsc()
    padded = replace(
        form,
        matrix=csc_array(matrix),
        row_low=np.r_[form.row_low, np.full(new, -np.inf)],
        row_high=np.r_[form.row_high, np.full(new, np.inf)],
        rows=[*form.rows, *(RowEntry(None, 1) for _ in range(new))],
    )
    return padded, np.array(family, dtype=object), index


def _with_measures(
    form: StandardForm, problem: Problem, held: Held, measures: tuple[Measure, ...]
) -> StandardForm:
    """Return the arrays with a row for every measure, without a limit until it is asked for."""
    if not measures:
        return form
    columns = held.built.columns()
    rows = np.zeros((len(measures), form.matrix.shape[1]))
    for i, one in enumerate(measures):
        where = held.built.index[one.on]
        rows[i, columns[one.on]] = one.in_merged(problem, held.merged)[where.rows, where.years]
    new = len(measures)
    matrix = csc_array(vstack([form.matrix, csc_array(rows)], format="csc"))
    matrix.sort_indices()
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    return replace(
        form,
        matrix=matrix,
        row_low=np.r_[form.row_low, np.full(new, -np.inf)],
        row_high=np.r_[form.row_high, np.full(new, np.inf)],
        rows=[*form.rows, *(RowEntry(None, 1) for _ in range(new))],
    )
