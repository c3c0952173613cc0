"""The size curve: what each size saves against not building, in every draw and over all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimiser.size_verdicts import RANKS
from outputs.figures import AFTER, GREY, INK, LINE, OPENED, Picture, canvas, inline_svg
from outputs.words import pounds

if TYPE_CHECKING:
    from optimiser.kinds import Array
    from outputs.page_table import Table
    from outputs.size_found import SizeFound

KEY = "chart-size"


def gains(found: SizeFound) -> tuple[list[int], Array]:
    """Return the sizes with a cost in every draw, and (sizes, draws) what each saves, £.

    Against not building in the same draw: what they share falls away. Of the costs found.
    """
    curve = found.curve
    kept = [i for i, one in enumerate(curve.sizes) if one.size and np.isfinite(curve.high[i]).all()]
    return [curve.sizes[i].size for i in kept], curve.high[0] - curve.high[kept]


def size_chart(found: SizeFound, table: Table) -> Picture:
    """Return the size curve with its whole fan.

    Parameters
    ----------
    found
        What was found, with at least one draw.
    table
        The numbers.
    """
    sizes, saved = gains(found)
    title = "What each size saves against not building"
    choice = found.choice
    description = (
        f"One thin line for each of {len(found.totals)} draws of demand, from few children to "
        f"many; the band holds the middle four fifths of them, the thick line is their mean. "
        f"{_described(found)}"
    )
    with canvas(KEY, 9, 4.6) as figure:
        axes = figure.subplots()
        for w in range(saved.shape[1]):
            axes.plot(sizes, saved[:, w], color=LINE, linewidth=0.8, zorder=1)
        ordered = np.sort(saved, axis=1)
        n = saved.shape[1]
        at = {k: max(int(np.ceil(round(share * n, 9))), 1) - 1 for k, share in RANKS.items()}
        if n > 1:
            axes.fill_between(
                sizes, ordered[:, at["p10"]], ordered[:, at["p90"]], color=AFTER, alpha=0.16,
                linewidth=0, label="P10 to P90", zorder=2,
            )  # fmt: skip
            axes.plot(
                sizes, ordered[:, at["p50"]], "--", color=AFTER, linewidth=1.5, label="P50 (median)"
            )
        mean = saved.mean(axis=1)
        axes.plot(sizes, mean, "-o", color=INK, linewidth=2, markersize=5, label="Mean of draws")
        axes.axhline(0, color=INK, linewidth=1)
        told = {choice.least_expected: "least expected cost"}
        if choice.least_regret == choice.least_expected:
            told[choice.least_regret] = "least expected cost\nand least worst regret"
        else:
            told[choice.least_regret] = "least worst regret"
        for size, label in told.items():
            if size in sizes:
                y = float(mean[sizes.index(size)])
                axes.plot(
                    [size], [y], "o", markersize=14, markerfacecolor="none",
                    markeredgecolor=OPENED, markeredgewidth=2, zorder=5,
                )  # fmt: skip
                above = label.startswith("least exp")
                axes.annotate(
                    f"{size}: {label}", (size, y), xytext=(0, 18 if above else -18),
                    textcoords="offset points", ha="center", va="bottom" if above else "top",
                    size=9, weight="bold", bbox={"facecolor": "#ffffffcc", "edgecolor": "none"},
                    zorder=6,
                )  # fmt: skip
        _name_ends(axes, sizes, saved, found)
        axes.set_xticks(sizes)
        span = (sizes[-1] - sizes[0]) or 10
        axes.set_xlim(sizes[0] - span * 0.04, sizes[-1] + span * 0.2)
        axes.yaxis.set_major_formatter(lambda value, _: pounds(value))
        axes.grid(axis="y", color=LINE, linewidth=0.5)
        axes.set_axisbelow(True)
        axes.set_xlabel("Places at full size")
        axes.set_ylabel("Saving against not building, £ (present value)")
        figure.legend(loc="outside upper left", ncols=3)
        svg = inline_svg(figure, KEY, title, description)
    return Picture(KEY, title, description, svg, table)


def _name_ends(axes: object, sizes: list[int], saved: Array, found: SizeFound) -> None:
    """Write the children of the fewest and the most at the end of their lines."""
    totals = np.array(found.totals)
    for w in dict.fromkeys((int(np.argmin(totals)), int(np.argmax(totals)))):
        axes.annotate(  # type: ignore[attr-defined]
            f"{totals[w]:,.0f} children", (sizes[-1], float(saved[-1, w])), xytext=(6, 0),
            textcoords="offset points", va="center", size=8.5, color=GREY,
        )  # fmt: skip


def _described(found: SizeFound) -> str:
    choice = found.choice
    if choice.least_expected is None:
        return ""
    best = "not building" if not choice.least_expected else f"{choice.least_expected} places"
    safest = "not building" if not choice.least_regret else f"{choice.least_regret} places"
    return f"Least expected cost: {best}. Least worst regret: {safest}."
