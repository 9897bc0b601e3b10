"""Forecasts on longer periods: ADIDA on the mean gap between demands, IMAPA on every length up to it.

Chunks are counted back from the newest period; a chunk in which a period is unknown is unknown itself. The compiled
twins in `kernels.py` do the same operations in the same order.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.floating[Any]]

GOLDEN = (5**0.5 - 1) / 2
ALPHA_BOUNDS = (0.1, 0.3)
SEARCHES = 32
ALIKE = 1e-12


def adida(rows: Rows) -> Rows:
    """Forecast the mean per period by smoothing sums over the mean gap between demands.

    Shapes: rows is (series, periods), oldest first, NaN unknown; the result is (series,).
    Units: base units per period.
    Source: Nikolopoulos et al. (2011), Journal of the Operational Research Society 62(3), 544-554.
    """
    lengths = _mean_gap(rows)
    means = np.zeros(len(rows))
    for length in np.unique(lengths):
        of_length = lengths == length
        means[of_length] = _smoothed_chunks(rows[of_length], int(length))
    return np.nan_to_num(means)


def imapa(rows: Rows) -> Rows:
    """Forecast the mean per period: the average over all chunk lengths from one period to the mean gap.

    Shapes: rows is (series, periods), oldest first, NaN unknown; the result is (series,).
    Units: base units per period.
    Source: Petropoulos and Kourentzes (2015), Journal of the Operational Research Society 66(6), 914-924.
    """
    lengths = _mean_gap(rows)
    total, count = np.zeros(len(rows)), np.zeros(len(rows))
    for length in range(1, int(lengths.max(initial=1)) + 1):
        longer = np.flatnonzero(lengths >= length)
        mean = _smoothed_chunks(rows[longer], length)
        total[longer] += np.nan_to_num(mean)
        count[longer] += np.isfinite(mean)
    return np.asarray(total / np.maximum(count, 1))


def _mean_gap(rows: Rows) -> npt.NDArray[np.int64]:
    """Give the rounded mean number of periods from demand to demand; 1 where there was none."""
    known, demanded = ~np.isnan(rows), np.nan_to_num(rows) > 0
    waited = np.cumsum(known, axis=1)
    until_last = np.where(demanded, waited, 0).max(axis=1, initial=0)
    gap = np.round(until_last / np.maximum(demanded.sum(axis=1), 1))
    return np.asarray(np.maximum(gap, 1), np.int64)


def _smoothed_chunks(rows: Rows, length: int) -> Rows:
    """Smooth the sums of chunks with the alpha that erred least in sample; NaN where no chunk is known."""
    count = rows.shape[1] // length
    cut = rows[:, rows.shape[1] - count * length :].astype(np.float64).T
    sums = np.zeros((count, len(rows)))
    for place in range(length):
        sums += cut[place::length]
    chunks = _chunks_of(sums)
    level = _smooth(chunks, _least_error_alpha(chunks))[0]
    return np.asarray(np.where(chunks.known.any(axis=0), level, np.nan) / length)


class Chunks(NamedTuple):
    """Sums of chunks, zero where unknown, which are known, and of each series the first known one.

    Shapes: sums and known (chunks, series), oldest first; first (series,). Units: known is one or zero.
    """

    sums: Rows
    known: Rows
    first: Rows
    all_known: bool


def _chunks_of(sums: Rows) -> Chunks:
    known = ~np.isnan(sums)
    filled = np.where(known, sums, 0.0)
    first = np.take_along_axis(filled, known.argmax(axis=0)[np.newaxis], axis=0)[0]
    return Chunks(filled, known.astype(np.float64), first, bool(known.all()))


def _least_error_alpha(chunks: Chunks) -> Rows:
    """Search the smoothing constant between its bounds by golden section, all series at once.

    Where every constant errs alike (fewer than three chunks, or one change only) the middle one is taken.
    """
    left = np.full(len(chunks.first), ALPHA_BOUNDS[0])
    right = np.full(len(chunks.first), ALPHA_BOUNDS[1])
    inner, outer = right - GOLDEN * (right - left), left + GOLDEN * (right - left)
    error_inner, error_outer = _smooth(chunks, inner)[1], _smooth(chunks, outer)[1]
    for _ in range(SEARCHES):
        lower = error_inner <= error_outer
        left, right = np.where(lower, left, inner), np.where(lower, outer, right)
        probe = np.where(lower, right - GOLDEN * (right - left), left + GOLDEN * (right - left))
        error = _smooth(chunks, probe)[1]
        inner, outer = np.where(lower, probe, outer), np.where(lower, inner, probe)
        error_inner, error_outer = np.where(lower, error, error_outer), np.where(lower, error_inner, error)
    middle, ends = sum(ALPHA_BOUNDS) / 2, [np.full(len(chunks.first), alpha) for alpha in ALPHA_BOUNDS]
    at_least, at_most = (_smooth(chunks, end)[1] for end in ends)
    alike = np.abs(at_least - at_most) <= ALIKE * at_most
    return np.where(alike, middle, (left + right) / 2)


def _smooth(chunks: Chunks, alpha: Rows) -> tuple[Rows, Rows]:
    """Give the last level of SES and the sum of its squared one-step errors.

    The level begins at the first known chunk, so that up to there nothing is missed; what is unknown misses nothing.
    """
    level, error, miss = chunks.first.copy(), np.zeros_like(chunks.first), np.empty_like(chunks.first)
    for x, known in zip(chunks.sums, chunks.known, strict=True):
        np.subtract(x, level, out=miss)
        if not chunks.all_known:
            miss *= known
        error += miss * miss
        miss *= alpha
        level += miss
    return level, error
