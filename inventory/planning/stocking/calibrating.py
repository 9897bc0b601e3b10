"""Whether a rule delivers what was asked of it, and what to ask so that it does.

Levels worked out for a fill rate of 0.90 deliver 0.86 to 0.89, and far less on lumpy demand: forecasts err, and demand
is not of the shape it is read as. So each segment of parts is replayed, and its share missed is scaled until it fits.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from inventory.planning.stocking.counting import OVERDISPERSED, checked
from inventory.planning.stocking.loss import Wholes
from inventory.planning.stocking.normal import Floats

MULTIPLIER_MIN = 1 / 4096
MULTIPLIER_MAX = 8.0
ROUNDS = 16
MISSED_MIN = 1e-6
MISSED_MAX = 0.999


class Service(NamedTuple):
    """What was asked for and what was met at once. Shapes: (series,) each. Units: base units."""

    asked: Wholes
    met: Wholes


class Calibration(NamedTuple):
    """By what each segment's share missed has to be multiplied, and the fill rate before and after.

    Shapes: (segments,) each. Units: a multiplier of (1 - target); shares, NaN where nothing was asked for.
    """

    multiplier: Floats
    plain: Floats
    calibrated: Floats


def replay(demand: Wholes, levels: Wholes, *, lead_periods: int, warm_up: int) -> Service:
    """Order up to a level at the start of every period, wait the lead time, and count what is met at once.

    What is not met is back-ordered. An order of period t can be used from the start of period t + lead_periods on, so
    that a level covers lead_periods + 1 periods of demand. The first level lies on the shelf at the beginning.

    Shapes: demand and levels are (series, periods), oldest first.
    Units: base units a period; warm_up periods at the beginning are not counted.
    Raises: ValueError when demand is negative, the shapes differ, or lead time or warm-up are negative.
    """
    if (demand < 0).any() or demand.shape != levels.shape or lead_periods < 0 or warm_up < 0:
        raise ValueError("demand, lead time and warm-up are not negative, and there is a level for every period")
    series, periods = demand.shape
    net = levels[:, 0].astype(np.int64) if periods else np.zeros(series, dtype=np.int64)
    coming = np.zeros((periods + lead_periods + 1, series), dtype=np.int64)
    position = net.copy()
    asked, met = np.zeros(series, dtype=np.int64), np.zeros(series, dtype=np.int64)
    for period in range(periods):
        order = np.maximum(levels[:, period] - position, 0)
        coming[period + lead_periods] += order
        net += coming[period]
        wanted = demand[:, period].astype(np.int64)
        if period >= warm_up:
            asked += wanted
            met += np.clip(net, 0, wanted)
        net -= wanted
        position += order - wanted
    return Service(asked, met)


def calibrate(
    demand: Wholes,
    levels: Callable[[Floats], Wholes],
    target: Floats,
    segment: Wholes,
    *,
    lead_periods: int,
    warm_up: int,
) -> Calibration:
    """Find, for each segment, the largest multiplier of its share missed at which the replay still meets its target.

    Ask for `corrected(target, multiplier[segment])` and get `target`. The segment's target is that of its units: the
    mean of its series' targets, weighed by what they ask for. A segment whose target cannot be reached gets the
    smallest multiplier, one without demand gets 1.

    Shapes: demand is (series, periods); levels gives (series, periods) for targets (series,), from what was known
    before each period; target and segment, counted from 0, are (series,).
    Units: as replay.
    Raises: ValueError as replay.
    Source: simulation search as in Syntetos, Nikolopoulos and Boylan (2010), International Journal of Forecasting
    26(1), 134-143; the rates met move with the multiplier in one direction, so that halving finds it.
    """
    segments = int(segment.max(initial=-1)) + 1

    def realised(multiplier: Floats) -> tuple[Floats, Floats]:
        asked_levels = levels(corrected(target, multiplier[segment]))
        asked, met = replay(demand, asked_levels, lead_periods=lead_periods, warm_up=warm_up)
        counted = np.bincount(segment, weights=asked, minlength=segments)
        wished = np.bincount(segment, weights=asked * target, minlength=segments)
        some = np.where(counted > 0, counted, np.nan)
        return np.bincount(segment, weights=met, minlength=segments) / some, wished / some

    plain, wished = realised(np.ones(segments))
    low, high = np.full(segments, np.log(MULTIPLIER_MIN)), np.full(segments, np.log(MULTIPLIER_MAX))
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        enough = realised(np.exp(middle))[0] >= wished
        low, high = np.where(enough, middle, low), np.where(enough, high, middle)
    multiplier = np.where(np.isnan(plain), 1.0, np.exp(low))
    return Calibration(multiplier, plain, realised(multiplier)[0])


def corrected(target: Floats, multiplier: Floats) -> Floats:
    """What to ask for in order to get `target`: 1 - multiplier (1 - target), within what can be asked for.

    Shapes: (n,) each. Units: shares.
    """
    return 1.0 - np.clip(multiplier * (1.0 - target), MISSED_MIN, MISSED_MAX)


def draw_demand(mean: Floats, variance: Floats, periods: int, *, seed: int) -> Wholes:
    """Draw demand from the distributions that the figures are read as: Poisson, or negative binomial above the mean.

    Shapes: mean and variance of a period are (series,); the answer is (series, periods). Units: base units a period.
    Raises: ValueError when mean or variance are negative or not finite.
    """
    mean, variance = checked(mean, variance)
    draw = np.random.Generator(np.random.PCG64(seed))
    spread = variance > mean * OVERDISPERSED
    excess = np.where(spread, variance - mean, 1.0)
    scale = np.where(spread, excess / np.where(mean > 0, mean, 1.0), 1.0)
    rate = draw.gamma(np.where(spread, mean / scale, 1.0)[:, None], scale[:, None], (len(mean), periods))
    return draw.poisson(np.where(spread[:, None], rate, mean[:, None])).astype(np.int64)
