"""What the command line prints of a forecast."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inputs.start.area import slug
from inputs.vocabulary import academic_year
from outputs.forecast_groups import PLACES, PLANS, series
from outputs.forecast_publish import PAGE, WORKBOOK
from outputs.forecast_words import MEASURES, about, january, whole

if TYPE_CHECKING:
    from outputs.forecast_report import ForecastReport


def default_folder(case: Path | None, la: str | None) -> Path:
    """Return where a forecast goes unless told otherwise.

    >>> default_folder(Path("cases/bcp"), None).as_posix()
    'forecasts/bcp'
    >>> default_folder(None, "Bournemouth, Christchurch and Poole").as_posix()
    'forecasts/bournemouth_christchurch_and_poole'
    """
    if case is None:
        return Path("forecasts") / (slug(la or "") or "forecast")
    whole_path = case.resolve()
    return Path("forecasts") / (whole_path.name if whole_path.is_dir() else whole_path.stem)


def headline(report: ForecastReport, folder: Path) -> str:
    """Return the summary of a forecast for a terminal."""
    years = f"{academic_year(report.years[0])} to {academic_year(report.years[-1])}"
    lines = [f"{report.name}, {years}, {report.n_draws:,} draws", ""]
    if report.whole:
        for measure in (PLANS, PLACES):
            frame = series(report.tables["plans"], measure)
            now = frame[frame["year"] == report.count_year].iloc[0]
            lines.append(
                f"{MEASURES[measure]}: {whole(now['mean'])} in {january(report.count_year)}"
            )
            for ahead in dict.fromkeys((1, 3, len(report.years))):
                row = frame[frame["year"] == report.count_year + ahead]
                if len(row):
                    one = row.iloc[0]
                    beside = (
                        f"; without levers {about(one['unmitigated_mean'])}"
                        if report.levers
                        else ""
                    )
                    lines.append(
                        f"  {january(one['year'])}: {about(one['mean'])}, 8 times in 10 from "
                        f"{about(one['p10'])} to {about(one['p90'])}{beside}"
                    )
    groups = report.tables["entrants_by_group"]
    every = groups[(groups[["kind", "need", "phase"]] == "all").all(axis=1)]
    lines.append("Children who newly need a specialist place:")
    lines += [
        f"  {academic_year(int(row['year']))}: {about(row['mean'])}, 8 times in 10 from "
        f"{about(row['p10'])} to {about(row['p90'])}"
        for row in every.sort_values("year").to_dict("records")
    ]
    lines += ["", f"Open {folder / PAGE} in a browser; {folder / WORKBOOK} in Excel."]
    return "\n".join(lines)
