"""Demand drawn from a part's own past: when it comes from a two-state chain, how much from the sizes that came.

Source: Willemain, Smart and Schwarz (2004), International Journal of Forecasting 20(3), 375-387.
"""

import numpy as np
import numpy.typing as npt

from inventory.planning.forecasting.arrays import Rows

DRAWS = 200
Floats = npt.NDArray[np.float64]


def bootstrap(history: Rows, origins: int, *, months: int, seed: int, draws: int = DRAWS) -> tuple[Rows, Rows]:
    """Give mean and variance of the demand of the next `months`, from draws at the end of each of the last periods.

    Every period begins with demand or without, as the chain counted from the past goes on from the last known
    period; a demand has the size of a past one, moved a little as Poisson would (never to nothing). A series draws the
    same numbers whatever stands beside it only for the same place in the array: the seed counts for the whole array.

    Shapes: history is (series, periods), oldest first, NaN unknown; the results (series, origins).
    Units: base units per `months`, and their square.
    """
    mean, variance = np.zeros((len(history), origins)), np.zeros((len(history), origins))
    for k in range(origins):
        chance = np.random.default_rng((seed, k))
        total = _totals(history[:, : history.shape[1] - origins + 1 + k].astype(np.float64), months, draws, chance)
        mean[:, k], variance[:, k] = total.mean(axis=1), total.var(axis=1)
    return mean, variance


def _totals(history: Floats, months: int, draws: int, chance: np.random.Generator) -> Floats:
    """Draw the demand of the next months. Shapes: (series, draws)."""
    count, sizes = _sizes(history)
    after = _chances(history)
    demanded = np.repeat(_last_known(history) > 0, draws).reshape(len(history), draws)
    total = np.zeros(demanded.shape)
    for _ in range(months):
        demanded = chance.random(demanded.shape) < np.where(demanded, after[1][:, None], after[0][:, None])
        place = (chance.random(demanded.shape) * count[:, None]).astype(np.int64)
        size = np.take_along_axis(sizes, place, axis=1)
        moved = np.round(size + np.sqrt(size) * chance.standard_normal(demanded.shape))
        total += np.where(demanded, np.where(moved > 0, moved, size), 0)
    total[count == 0] = 0
    return total


def _sizes(history: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Give how many demands each series had, and their sizes at the left of its row."""
    size = np.nan_to_num(history)
    order = np.argsort(size <= 0, axis=1, kind="stable")
    return (size > 0).sum(axis=1), np.take_along_axis(size, order, axis=1)


def _chances(history: Floats) -> tuple[Floats, Floats]:
    """Give the chance of demand after a period without and after one with, one of each having been seen before."""
    before, now = history[:, :-1], history[:, 1:]
    known = ~np.isnan(before) & ~np.isnan(now)
    base = (now > 0).sum(axis=1) / np.maximum((~np.isnan(now)).sum(axis=1), 1)
    chances = [
        ((known & state & (now > 0)).sum(axis=1) + base) / ((known & state).sum(axis=1) + 1)
        for state in (~(before > 0), before > 0)
    ]
    return chances[0], chances[1]


def _last_known(history: Floats) -> Floats:
    known = ~np.isnan(history)
    place = history.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    return np.nan_to_num(np.take_along_axis(history, place[:, None], axis=1)[:, 0])
