"""Sentences that several findings share."""

from __future__ import annotations

MERGED = (
    "The case is large: for these questions zones with like journeys were taken together, so the "
    "children are placed nearly as well as can be and not exactly. The intervals hold all the "
    "same, and are wider for it.",
)
"""Said first of what is proven, where the whole model could not be held."""
