"""How fast the arrays of planning are by themselves, beside plain numpy that does no more than the arithmetic.

The yardsticks: Croston, SBA, TSB and SES in one walk over time, series across, blocks of 32,768, float32, nothing
unknown; and the negative binomial's expected back-orders walked up unit by unit, all rows together.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inventory.planning.forecasting import METHODS, forecast_by
from inventory.planning.stocking import base_stock
from tests.bench.figures import Figure

Floats = NDArray[np.floating[Any]]

PERIODS: Final = 60
BLOCK: Final = 32_768
FOUR: Final = ("croston", "sba", "tsb", "ses")
SLOW: Final = {"imapa": 10, "adida": 10}
"""Methods that are measured on so many times fewer series."""
ALPHA: Final = np.float32(0.1)
TARGET: Final = 0.95


def measure_kernels(series: int, scale: str) -> Iterator[Figure]:
    """Series a second of each forecast, then the seconds of so many base stocks, each beside its yardstick."""
    history = draw_history(series)
    plain = series / _seconds(lambda: four_forecasts(history))
    for name, method in METHODS.items():
        some = history[: series // SLOW.get(name, 1)]
        method(some[:100], 1)  # compiled at its first call
        rate = len(some) / _seconds(lambda chosen=method, some=some: chosen(some, 1))  # type: ignore[misc]
        # The yardstick makes four forecasts at once.
        yardstick = 4 * plain if name in FOUR else None
        yield Figure(
            f"forecast_{name}", scale, rate, "1/s", yardstick=yardstick, ratio=rate / yardstick if yardstick else None
        )
    rate = series / _seconds(lambda: forecast_by(FOUR, history, 1))
    yield Figure("forecast_four", scale, rate, "1/s", yardstick=plain, ratio=rate / plain)
    mean, variance = draw_demands(series)
    base_stock.for_fill_rate(mean[:1000], variance[:1000], TARGET)
    seconds = _seconds(lambda: base_stock.for_fill_rate(mean, variance, TARGET))
    plain_seconds = _seconds(lambda: plain_base_stock(mean, variance))
    yield Figure(
        "base_stock", scale, seconds, "s", yardstick=plain_seconds, ratio=plain_seconds / seconds if seconds else None
    )


def draw_history(series: int) -> Floats:
    """Intermittent demand. Shapes: (series, PERIODS)."""
    rng = np.random.default_rng(7)
    chance = rng.beta(1.0, 3.0, (series, 1)).astype(np.float32)
    size = 1 + rng.poisson(0.5, (series, PERIODS)).astype(np.float32)
    return np.where(rng.random((series, PERIODS), dtype=np.float32) < chance, size, np.float32(0))


def draw_demands(rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Means and variances of lead-time demand as slow spares have them. Shapes: (rows,) each."""
    rng = np.random.default_rng(8)
    mean = rng.gamma(0.5, 2.0, rows) + 0.01
    return mean, mean * (1 + rng.gamma(1.0, 0.5, rows))


def four_forecasts(history: Floats) -> list[Floats]:
    """The yardstick: the last Croston, SBA, TSB and SES forecast of each series.

    Shapes: history (series, periods), all known; the answers (series,).
    Source: as inventory.planning.forecasting.recursions, without what unknown periods need.
    """
    made: list[list[Floats]] = [[], [], [], []]
    for start in range(0, len(history), BLOCK):
        for one, forecast in zip(made, _four_of(np.ascontiguousarray(history[start : start + BLOCK].T)), strict=True):
            one.append(forecast)
    return [np.concatenate(one) for one in made]


def _four_of(block: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    level = block[0].copy()
    chance = (block[0] > 0).astype(np.float32)
    size, gap, waited = np.zeros_like(level), np.zeros_like(level), np.ones_like(level)
    begun = np.zeros(len(level), dtype=np.bool_)
    for t, x in enumerate(block):
        asked = x > 0
        gain = np.where(begun, ALPHA, np.float32(1))
        size += np.where(asked, gain * (x - size), np.float32(0))
        gap += np.where(asked, gain * (waited - gap), np.float32(0))
        waited = np.where(asked, np.float32(1), waited + np.float32(1))
        begun |= asked
        if t:
            level += ALPHA * (x - level)
            chance += ALPHA * (asked - chance)
    croston = size / np.maximum(gap, np.float32(1))
    return croston, croston * np.float32(0.95), size * chance, level


def plain_base_stock(mean: NDArray[np.float64], variance: NDArray[np.float64]) -> NDArray[np.int64]:
    """The yardstick: smallest S with expected back-orders within (1 - TARGET) of the mean, walked up by one.

    Shapes: all (n,). Source: E[(X - S - 1)+] = E[(X - S)+] - P(X > S), negative binomial by its recursion.
    """
    answer = np.zeros(len(mean), dtype=np.int64)
    rows = np.arange(len(mean))
    p = np.clip(mean / variance, 1e-9, 1 - 1e-9)
    r = mean * p / (1 - p)
    probability = np.exp(r * np.log(p))
    below, missing, allowed, stock = probability.copy(), mean.copy(), (1 - TARGET) * mean, 0
    while len(rows):
        open_ = missing > allowed
        answer[rows[~open_]] = stock
        rows, r, p = rows[open_], r[open_], p[open_]
        probability, below, missing, allowed = probability[open_], below[open_], missing[open_], allowed[open_]
        missing -= np.maximum(1 - below, 0)
        probability *= (r + stock) / (stock + 1) * (1 - p)
        below += probability
        stock += 1
    return answer


def _seconds(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started
