"""The pictures of a proposal as plain geometry: demand by month with what is ahead, and what waiting would cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10

from inventory.planning.replenishment import Ahead, Waiting

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 240, 66, 12, 26
MONTHS_AHEAD = 6
SEASON_HEIGHT, SEASON_PITCH = 40, 16
TOLD_APART = 5
LINES_MOST = 5
ONE_UNIT = 1.05
"""An order of no more units than that is one of a unit: promises are then told by the units."""


@dataclass(frozen=True, slots=True)
class MonthBar:
    """A month's bar. Units: of the picture, from its upper left corner."""

    month: date
    asked: float
    x: float
    width: float
    y: float
    height: float
    told: str


@dataclass(frozen=True, slots=True)
class AheadBand:
    """The forecast: its line and the band around it, to the right of the past."""

    x: float
    width: float
    mean_y: float
    high_y: float
    height: float


@dataclass(frozen=True, slots=True)
class MonthChart:
    """Months of demand, and the months ahead where something is known of them. Lines are (figure, y)."""

    bars: Sequence[MonthBar]
    ahead: AheadBand | None
    lines: Sequence[tuple[float, float]]
    now_x: float


@dataclass(frozen=True, slots=True)
class WaitingChart:
    """Three lines over days, as points of a polyline, with lines at round figures and at weeks.

    `promises` are round numbers of customers' orders at the right edge; none where an order is for one unit.
    """

    undone: str
    today: str
    in_a_week: str
    lines: Sequence[tuple[float, float]]
    promises: Sequence[tuple[float, float]]
    weeks: Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class SeasonChart:
    """Twelve bars from January on, (month, factor, x, y, height), the line of the mean month, and where the peak is."""

    bars: Sequence[tuple[int, float, float, float, float]]
    mean_y: float
    peak_month: int
    peak: float


def draw_season(factors: Sequence[float]) -> SeasonChart:
    """Draw what each month asks for beside the mean one, as high as the highest needs."""
    peak = max(factors)
    scale = SEASON_HEIGHT / max(peak, 1.0)
    bars = [
        (month, one, month * SEASON_PITCH - SEASON_PITCH, round(SEASON_HEIGHT - one * scale, 1), round(one * scale, 1))
        for month, one in enumerate(factors, start=1)
    ]
    return SeasonChart(bars, round(SEASON_HEIGHT - scale, 1), factors.index(peak) + 1, peak)


def draw_months(months: Sequence[date], asked: Sequence[float], ahead: Ahead | None) -> MonthChart:
    """Lay the months side by side, those ahead behind them, as high as the highest needs."""
    most = max([*asked, ahead.high if ahead else 0.0, ahead.mean if ahead else 0.0], default=0.0)
    lines, scale = _lines(most)
    pitch = (WIDTH - LEFT) / max(len(months) + MONTHS_AHEAD, 1)
    bars = [
        MonthBar(
            month=month,
            asked=quantity,
            x=round(LEFT + pitch * (at + 0.14), 1),
            width=round(pitch * 0.72, 1),
            y=_y(quantity, scale),
            height=round(quantity * scale, 1),
            told=_told(month, at),
        )
        for at, (month, quantity) in enumerate(zip(months, asked, strict=True))
    ]
    now_x = round(LEFT + pitch * len(months), 1)
    return MonthChart(bars, None if ahead is None else _band(ahead, now_x, scale), lines, now_x)


def _band(ahead: Ahead, x: float, scale: float) -> AheadBand:
    height = round((ahead.high - ahead.low) * scale, 1)
    return AheadBand(x, round(WIDTH - x, 1), _y(ahead.mean, scale), _y(ahead.high, scale), height)


def _told(month: date, at: int) -> str:
    """The year under each January, and the first month under its bar where no January is near."""
    if month.month == 1:
        return str(month.year)
    return f"{month:%Y-%m}" if at == 0 and 13 - month.month >= TOLD_APART else ""


def draw_waiting(waiting: Waiting) -> WaitingChart:
    """Draw the three ways day by day, as high as waiting longest goes."""
    most = float(waiting.undone.max(initial=0.0))
    lines, scale = _lines(most)
    last = int(waiting.days[-1])
    step = (WIDTH - LEFT) / last

    def points(values: Sequence[float]) -> str:
        return " ".join(f"{LEFT + step * day:.1f},{_y(value, scale)}" for day, value in enumerate(values))

    weeks = range(0, last + 1, 7 * ceil(last / 7 / 8))
    return WaitingChart(
        undone=points(waiting.undone.tolist()),
        today=points(waiting.today.tolist()),
        in_a_week=points(waiting.in_a_week.tolist()),
        lines=lines,
        promises=_promises(most, waiting.demand_size, scale),
        weeks=[(day, round(LEFT + step * day, 1)) for day in weeks],
    )


def _promises(most: float, demand_size: float, scale: float) -> list[tuple[float, float]]:
    """Round numbers of orders, at the height of the units that they ask for; none where an order is for one unit."""
    orders = most / demand_size
    if demand_size <= ONE_UNIT or not orders:
        return []
    step = round_step(orders)
    return [(round(at * step, 4), _y(at * step * demand_size, scale)) for at in range(floor(orders / step) + 1)]


def _lines(most: float) -> tuple[list[tuple[float, float]], float]:
    """Lines at round figures up to the highest, and how high one unit is drawn."""
    step = round_step(most)
    count = max(ceil(most / step), 1)
    scale = (HEIGHT - TOP - BOTTOM) / (count * step)
    return [(round(at * step, 4), _y(at * step, scale)) for at in range(count + 1)], scale


def round_step(most: float) -> float:
    """One, two or five times a power of ten, so that at most LINES_MOST steps reach the highest figure."""
    if most <= 0:
        return 1.0
    power = 10.0 ** floor(log10(most / LINES_MOST))
    return next(step for step in (power, 2 * power, 5 * power, 10 * power) if most / step <= LINES_MOST)


def _y(figure: float, scale: float) -> float:
    return round(HEIGHT - BOTTOM - figure * scale, 1)
