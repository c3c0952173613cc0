"""Progressive hedging on several ranks: mpiexec runs :mod:`optimiser.hedging` once a rank."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from optimiser.hedging import EXTRA, Hedged, HedgingMissing, hedge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optimiser.problem import Problem

LETTING = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    "OMP_NUM_THREADS": "1",
}
"""Unless told, Open MPI runs no ranks as root (as in a container) nor more than there are cores."""
LAST_LINES = 8


def mpiexec() -> str | None:
    """Return the mpiexec beside this Python, else one on the path, else None."""
    beside = Path(sys.executable).with_name("mpiexec")
    return str(beside) if beside.exists() else shutil.which("mpiexec")


def hedge_on_ranks(
    problems: Sequence[Problem],
    ranks: int,
    *,
    rounds: int = 10,
    gap: float = 0.001,
    seconds: float = 1e9,
) -> Hedged:
    """Run progressive hedging on so many ranks; on one, in this process.

    Parameters
    ----------
    problems
        One a draw, equally likely; all with the same options.
    ranks
        At most one a draw.
    rounds, gap, seconds
        As for :func:`optimiser.hedging.hedge`.

    Raises
    ------
    HedgingMissing
        When mpi-sppy is not installed or, for several ranks, mpiexec is not found.
    RuntimeError
        When the ranks failed; what they said last is told.
    """
    if ranks <= 1:
        return hedge(problems, rounds=rounds, gap=gap, seconds=seconds)
    runner = mpiexec()
    if runner is None:
        raise HedgingMissing(f"several ranks need mpiexec, and there is none: {EXTRA}")
    ranks = min(ranks, len(problems))
    options = {"rounds": rounds, "gap": gap, "seconds": seconds}
    with tempfile.TemporaryDirectory(prefix="hedging-") as folder:
        asked, told = Path(folder) / "asked.pickle", Path(folder) / "told.json"
        asked.write_bytes(pickle.dumps({"problems": list(problems), "options": options}))
        command = [runner, "-n", str(ranks), sys.executable, "-m", "mpi4py"]
        command += ["-m", "optimiser.hedging", str(asked), str(told)]
        package = str(Path(__file__).resolve().parent.parent)
        paths = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
        done = subprocess.run(  # noqa: S603 - our own module, on files of our own
            command,
            env=os.environ | LETTING | {"PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not told.exists():
            last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-LAST_LINES:])
            raise RuntimeError(f"the {ranks} ranks of progressive hedging failed:\n{last}")
        found = json.loads(told.read_text("utf-8"))
    return Hedged(
        tuple(found["candidates"]),
        float(found["bound_gbp"]),
        int(found["rounds"]),
        int(found["ranks"]),
    )
