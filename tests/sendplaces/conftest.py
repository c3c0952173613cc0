"""A cache of its own for every run of the tests, and one good run that many tests look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cases import write_case
from tests.sendplaces.driving import Told, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Keep networks and matrices apart from the user's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENDPLACES_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the tiny case as a folder; nobody writes to it."""
    return write_case(tmp_path_factory.mktemp("case") / "tiny")


@pytest.fixture(scope="session")
def tiny_run(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, Path]:
    """Return what ``plan --json`` of the tiny case said, and its run folder; nobody changes it."""
    out = tmp_path_factory.mktemp("runs") / "tiny"
    return run("plan", tiny_folder, "--out", out, "--json"), out
