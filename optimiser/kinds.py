"""Types that the optimiser's modules share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]
Model = Any
"""A Pyomo model: the library ships no types."""
