"""The pictures of the planners' cockpit as plain geometry: shares of a bar, and figures over months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil, log10

from inventory.reporting import ForecastOfMonth, StockOfMonth

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 220, 84, 14, 28
BAR = 100.0
LINES_MOST = 5
ACCURACY_STEP = 0.25
MONTHS_LEAST = 6  # so that the first months do not fill the picture


@dataclass(frozen=True, slots=True)
class Segment:
    """A share of a bar that is BAR wide: where it begins, and how wide it is."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class MonthColumn:
    """A month: its column, where its line passes, and what is told under it. Units: of the picture."""

    month: date
    x: float
    width: float
    y: float
    height: float
    line_x: float
    line_y: float
    told: str


@dataclass(frozen=True, slots=True)
class MonthsChart:
    """Columns over months with a line through them, and horizontal lines at round figures (figure, y)."""

    columns: Sequence[MonthColumn]
    lines: Sequence[tuple[float, float]]
    zero_y: float

    @property
    def points(self) -> str:
        """The line through the months as the points of a polyline."""
        return " ".join(f"{one.line_x},{one.line_y}" for one in self.columns)


def shares(*amounts: float | Decimal) -> list[Segment]:
    """Amounts side by side on one bar, that together fill it; nothing at all fills nothing."""
    whole = float(sum(amounts))
    segments, x = [], 0.0
    for amount in amounts:
        width = BAR * float(amount) / whole if whole else 0.0
        segments.append(Segment(round(x, 2), round(width, 2)))
        x += width
    return segments


def against(amount: float | Decimal, most: float | Decimal) -> float:
    """How much of a bar an amount fills, against the most that is shown."""
    return round(min(BAR, BAR * float(amount) / float(most)), 2) if most else 0.0


def draw_stock(months: Sequence[StockOfMonth]) -> MonthsChart:
    """Stock as columns, its target as the line."""
    rows = [(one.month, float(one.on_hand_value), float(one.target_value)) for one in months]
    top = max((max(held, target) for _, held, target in rows), default=0.0)
    step = _round_step(top)
    figures = [step * at for at in range(max(ceil(top / step), 1) + 1)]
    return _draw(rows, figures)


def draw_forecasts(months: Sequence[ForecastOfMonth]) -> MonthsChart:
    """Accuracy as columns, bias as the line, which may pass below nothing; both as shares, bias cut at 100 %."""
    rows = [(one.month, one.accuracy or 0.0, max(-1.0, min(1.0, one.bias or 0.0))) for one in months]
    lowest = min([bias for *_, bias in rows] + [0.0])
    below = ceil(-lowest / ACCURACY_STEP)
    figures = [ACCURACY_STEP * at for at in range(-below, round(1 / ACCURACY_STEP) + 1)]
    return _draw(rows, figures)


def _draw(rows: Sequence[tuple[date, float, float]], figures: Sequence[float]) -> MonthsChart:
    lowest, highest = figures[0], figures[-1]
    scale = (HEIGHT - TOP - BOTTOM) / (highest - lowest)
    pitch = (WIDTH - LEFT) / max(len(rows), MONTHS_LEAST)

    def y(figure: float) -> float:
        return round(HEIGHT - BOTTOM - (figure - lowest) * scale, 1)

    columns = [
        MonthColumn(
            month=month,
            x=round(LEFT + pitch * (at + 0.2), 1),
            width=round(pitch * 0.6, 1),
            y=y(column),
            height=round(y(0) - y(column), 1),
            line_x=round(LEFT + pitch * (at + 0.5), 1),
            line_y=y(line),
            told=_told(month, at, len(rows)),
        )
        for at, (month, column, line) in enumerate(rows)
    ]
    return MonthsChart(columns, [(figure, y(figure)) for figure in figures], y(0))


def _told(month: date, at: int, months: int) -> str:
    """Every third month by its name, counted from the last, so that words do not run into each other on a phone."""
    return f"{month:%Y-%m}" if (months - 1 - at) % 3 == 0 else ""


def _round_step(top: float) -> float:
    """One, two or five times a power of ten, so that at most LINES_MOST lines reach the top."""
    if top <= 0:
        return 1.0
    power = 10.0 ** int(log10(max(top / LINES_MOST, 1)))
    return next(step for step in (power, 2 * power, 5 * power, 10 * power) if top / step <= LINES_MOST)
