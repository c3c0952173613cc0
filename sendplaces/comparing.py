"""Two runs side by side: read, compared and published."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from outputs import compare_page
from outputs.compare_tables import two_runs
from outputs.findings import publish_findings
from outputs.publish import check_free
from sendplaces.runs import product_version, spare_inputs

if TYPE_CHECKING:
    from pathlib import Path


def run_compare(first: Path, second: Path, out: Path, *, force: bool = False) -> dict[str, Any]:
    """Compare two run folders, and publish what was found.

    Parameters
    ----------
    first, second
        Run folders of ``sendplaces plan``: A and B.
    out
        Folder to write.
    force
        Replace a folder that holds something else.

    Returns
    -------
    dict
        As it stands in ``summary.json``.

    Raises
    ------
    InputError
        When either is no full run of this layout, or they cannot be compared.
    """
    started = datetime.now(UTC)
    check_free(out, kind=compare_page.KIND, force=force)
    spare_inputs(out, (first, second))
    two = two_runs(first, second)
    page = compare_page.findings(two)
    manifest = {
        "planned_runs": [two.a.run_id, two.b.run_id],
        "versions": {"sendplaces": product_version()},
        "started": started.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    publish_findings(page, out, manifest=manifest, force=force)
    return {"kind": page.kind, "case": page.case_name, "run_id": page.run_id} | dict(page.summary)
