"""Arrays in one file (.npz), text and numbers only: nothing in it can run."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

VERSION = 1


def as_text(values: Iterable[str]) -> np.ndarray:
    """Return text as an array that needs no pickle.

    >>> as_text([]).tolist(), as_text(["a"]).tolist()
    ([], ['a'])
    """
    found = list(values)
    return np.array(found, dtype=np.str_) if found else np.empty(0, dtype="<U1")


def write_arrays(path: Path, what: str, arrays: Mapping[str, Any]) -> None:
    """Write named arrays and what they are, under a temporary name first."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        np.savez_compressed(file, what=np.array(f"{what}, version {VERSION}"), **arrays)
    part.replace(path)


def read_arrays(path: Path, what: str) -> dict[str, Any]:
    """Return the named arrays of a file.

    Raises
    ------
    InputError
        When the file is not there, cannot be read, or holds something else.
    """
    remedy = f"Give the file of the {what} as it was written"
    try:
        # opened here, so that a file that is broken is closed too
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            found = {name: held[name] for name in held.files}
    except FileNotFoundError:
        raise InputError([Fault(path.name, "there is no such file", remedy)]) from None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, KeyError):
        raise InputError([Fault(path.name, f"is not a readable {what}", remedy)]) from None
    told = str(found.pop("what", ""))
    if not told.startswith(f"{what}, "):
        raise InputError([Fault(path.name, f"is not a {what}", remedy)])
    if told != f"{what}, version {VERSION}":
        raise InputError(
            [Fault(path.name, f"is a {what} of another version of sendplaces", "Make it again")]
        )
    return found
