"""Rows of a benchmark as JSON: a list of objects with the names of the printed columns."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def write_rows(rows: Sequence[Any], path: Path | None) -> None:
    """Write rows (dataclasses) to a file, whole or not at all; without a path, do nothing.

    A number that is not finite, such as the gap of a plan without a bound, is null.
    """
    if path is None:
        return
    told = [
        {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in asdict(row).items()
        }
        for row in rows
    ]
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(told, indent=2, allow_nan=False), encoding="utf-8")
    part.replace(path)
