"""ADIDA and IMAPA compiled, where numba is installed; the same operations in the same order as `aggregating.py`.

Shapes: rows is (series, periods), oldest period first, NaN unknown; a walk gives (series, origins) for the ends of its
last periods.
"""

import math
from collections.abc import Callable

import numpy as np

from inventory.planning.forecasting.aggregating import ALIKE, ALPHA_BOUNDS, GOLDEN, SEARCHES
from inventory.planning.forecasting.arrays import Rows
from inventory.planning.forecasting.kernels import compiled, njit


@compiled
def _chunk_sums(row: Rows, end: int, length: int, sums: Rows) -> int:
    """Sum a row's periods before `end` over chunks counted back from it, and keep those known; give how many they are.

    An unknown chunk would leave level and error as they are.
    """
    count = end // length
    start = end - count * length
    known = 0
    for k in range(count):
        total = 0.0
        for place in range(length):
            total += row[start + k * length + place]
        if total == total:
            sums[known] = total
            known += 1
    return known


@compiled
def _smoothed(sums: Rows, count: int, alpha: float) -> tuple[float, float]:
    """Give the last level of SES and its squared errors; twin of aggregating._smooth."""
    if count == 0:
        return math.nan, 0.0
    level, error = sums[0], 0.0
    for k in range(1, count):
        miss = sums[k] - level
        error += miss * miss
        level += alpha * miss
    return level, error


@compiled
def _least_error_alpha(sums: Rows, count: int) -> float:
    """Search the smoothing constant by golden section; twin of aggregating._least_error_alpha."""
    low, high = ALPHA_BOUNDS
    left, right = low, high
    inner, outer = right - GOLDEN * (right - left), left + GOLDEN * (right - left)
    error_inner, error_outer = _smoothed(sums, count, inner)[1], _smoothed(sums, count, outer)[1]
    at_least, at_most = _smoothed(sums, count, low)[1], _smoothed(sums, count, high)[1]
    if abs(at_least - at_most) <= ALIKE * at_most:
        return (low + high) / 2
    for _ in range(SEARCHES):
        if error_inner <= error_outer:
            right, outer, error_outer = outer, inner, error_inner
            inner = right - GOLDEN * (right - left)
            error_inner = _smoothed(sums, count, inner)[1]
        else:
            left, inner, error_inner = inner, outer, error_outer
            outer = left + GOLDEN * (right - left)
            error_outer = _smoothed(sums, count, outer)[1]
    return (left + right) / 2


@compiled
def _aggregated(rows: Rows, origins: int, every: bool) -> Rows:
    """Walk ADIDA, or IMAPA (`every` length up to the mean gap); twin of aggregating.adida and imapa."""
    periods = rows.shape[1]
    means = np.zeros((rows.shape[0], origins))
    sums = np.empty(periods)
    for i in range(rows.shape[0]):
        waited, until_last, demands = 0, 0, 0
        for t in range(periods):
            x = rows[i, t]
            waited += 1 if x == x else 0
            demands += 1 if x > 0 else 0
            until_last = waited if x > 0 else until_last
            k = t - (periods - origins)
            if k < 0 or demands == 0:
                continue
            longest = max(int(np.round(until_last / demands)), 1)
            total, found = 0.0, 0
            for length in range(1 if every else longest, longest + 1):
                count = _chunk_sums(rows[i], t + 1, length, sums)
                alpha = _least_error_alpha(sums, count)
                mean = _smoothed(sums, count, alpha)[0] / length
                if mean == mean:
                    total += mean
                    found += 1
            means[i, k] = total / max(found, 1)
    return means


def adida(rows: Rows, origins: int) -> Rows:
    """Forecast by ADIDA at the end of each of the last periods."""
    return np.asarray(_aggregated(np.ascontiguousarray(rows), origins, False))


def imapa(rows: Rows, origins: int) -> Rows:
    """Forecast by IMAPA at the end of each of the last periods."""
    return np.asarray(_aggregated(np.ascontiguousarray(rows), origins, True))


WALKS: dict[str, Callable[[Rows, int], Rows]] = {} if njit is None else {"adida": adida, "imapa": imapa}
