"""Demand drawn by chance, of the shape as which mean and variance are read."""

import numpy as np

from inventory.planning.stocking.counting import OVERDISPERSED, checked
from inventory.planning.stocking.loss import Wholes
from inventory.planning.stocking.normal import Floats


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
