"""Arrays kept on disk between runs: written whole or not at all, and never a pickle."""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def save_arrays(path: Path, **arrays: Any) -> None:
    """Write arrays to an ``.npz`` under a temporary name, then rename it.

    A cache that cannot be written (full disk, read-only folder) costs time, not an answer: the
    file is then simply not there.
    """
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=path.stem, suffix=".part", dir=path.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, **arrays)
        part.replace(path)
    except OSError:
        if part is not None:
            part.unlink(missing_ok=True)
    except BaseException:
        if part is not None:
            part.unlink(missing_ok=True)
        raise


def load_arrays(path: Path, names: Sequence[str]) -> dict[str, Any] | None:
    """Return the named arrays of an ``.npz``, or None when it is absent, damaged or incomplete."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            return {name: found[name] for name in names}
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
