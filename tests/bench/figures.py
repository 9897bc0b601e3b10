"""A figure and the line it is told in."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; null where a column has no meaning for it.

    Units: p50_ms, p95_ms are of one request by the client's clock; cpu_ms is of server and database for one request;
    yardstick has the unit of value; ratio is value / yardstick.
    """

    figure: str
    scale: str
    value: float | None
    unit: str
    p50_ms: float | None = None
    p95_ms: float | None = None
    cpu_ms: float | None = None
    round_trips: int | None = None
    yardstick: float | None = None
    ratio: float | None = None
    runs: int = 1

    def as_line(self) -> str:
        """The figure as one line of JSON, numbers to four significant digits."""
        return json.dumps({name: _told(value) for name, value in asdict(self).items()})


def _told(value: object) -> object:
    if not isinstance(value, float):
        return value
    rounded = float(f"{value:.4g}")
    return int(rounded) if rounded == int(rounded) else rounded


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def middle(values: Sequence[float | None]) -> float | None:
    """The median of what was measured; None when nothing was."""
    known = [value for value in values if value is not None]
    return median(known) if known else None
