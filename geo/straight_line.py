"""Journeys without a road network: the straight line, lengthened, at one speed.

Also the statutory walking distances, which are about miles too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.speeds import METRES_PER_MILE
from inputs.vocabulary import Phase

if TYPE_CHECKING:
    import numpy.typing as npt

    Values = npt.NDArray[np.float64]

DETOUR = 1.3
"""Miles by road for each mile in a straight line (judgement). On Rutland's roads of July 2022, the
613 journeys of over a mile from its 23 lower-layer areas to schools have a median of 1.31, and half
of them lie between 1.23 and 1.43."""

STRAIGHT_LINE_MPH = 30.0
"""Speed along a road that is not known (judgement): between the 38 mph of those Rutland journeys,
which are rural, and the 23.3 mph of England's local A roads (DfT, year ending June 2023)."""

WALKING_MILES = {
    Phase.EARLY_YEARS: 2.0,
    Phase.PRIMARY: 2.0,
    Phase.SECONDARY: 3.0,
    Phase.POST16: 3.0,
}
"""Education Act 1996, section 444(5): two miles under the age of eight, three miles from eight.

By phase, the whole of primary is held to two miles: the cautious side, since a child of eight to
ten may by law be expected to walk three.
"""


def straight_line(
    from_points: Values,
    to_points: Values,
    *,
    detour: float = DETOUR,
    mph: float = STRAIGHT_LINE_MPH,
) -> tuple[Values, Values]:
    """Return minutes and miles between every pair of points, as the crow flies x a detour.

    Parameters
    ----------
    from_points, to_points
        Eastings and northings in metres (EPSG:27700), shapes (n, 2) and (m, 2). Distance on the
        grid differs from distance on the ground by less than 0.1 %.
    detour
        Miles by road for each straight mile, at least 1.
    mph
        Speed along the road.

    Returns
    -------
    minutes, miles
        Each of shape (n, m).

    Raises
    ------
    ValueError
        When the detour is below 1 or the speed is not above zero.

    Examples
    --------
    >>> a, b = np.array([[0.0, 0.0]]), np.array([[0.0, 1609.344]])
    >>> minutes, miles = straight_line(a, b, detour=1.5, mph=30)
    >>> round(float(minutes[0, 0]), 6), round(float(miles[0, 0]), 6)
    (3.0, 1.5)
    """
    if not (detour >= 1 and np.isfinite(detour)):
        raise ValueError("detour must be a number of at least 1")
    if not (mph > 0 and np.isfinite(mph)):
        raise ValueError("straight-line speed must be above zero")
    gap = from_points[:, None, :] - to_points[None, :, :]
    miles: Values = np.hypot(gap[..., 0], gap[..., 1]) / METRES_PER_MILE * detour
    return miles / mph * 60.0, miles


def within_walking_distance(miles: float, phase: Phase | str) -> bool:
    """Return whether a journey is within the statutory walking distance of a phase.

    The law measures the shortest route that a child can walk in reasonable safety, footpaths
    included, not the road; and it leaves aside children who cannot walk it for their special
    educational needs, disability or mobility. So this can only say that distance alone does not
    entitle a child to transport.

    Parameters
    ----------
    miles
        Length of the walk.
    phase
        ``early_years``, ``primary``, ``secondary`` or ``post16``.

    Examples
    --------
    >>> within_walking_distance(2.0, "primary"), within_walking_distance(2.1, "primary")
    (True, False)
    >>> within_walking_distance(2.1, "secondary")
    True
    """
    return miles <= WALKING_MILES[Phase(phase)]
