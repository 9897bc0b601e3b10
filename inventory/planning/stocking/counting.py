"""How a mean and a variance are read as a demand of whole units, and the walk through its stock levels.

A demand is Poisson while its variance does not exceed its mean, negative binomial above. Both have the ratio
P(X = s + 1) / P(X = s) = (first + slope s) / (s + 1), so that one step of the walk is a handful of operations on whole
columns. A walk starts from P(X = 0), which must not underflow, and must end soon: where the mean or the length of the
tail (variance to mean) exceeds 600, the demand is normal if its mean is more than three deviations, and otherwise it
is counted in lumps of so many units that both are 600 at most.
"""

import numpy as np
import numpy.typing as npt

from inventory.planning.stocking.normal import Floats

Flags = npt.NDArray[np.bool_]

OVERDISPERSED = 1 + 1e-9
COUNTED_MAX = 600.0
DEVIATIONS_MIN = 3.0
MEAN_MAX = 1e12
TAIL_MAX = 1e12
"""Mean, and variance to mean, beyond any stock that is counted: larger ones are read as these."""
NEGLIGIBLE = 1e-18
BLOCK = 16_384
"""Rows walked at once: their columns stay in the processor's cache."""


def checked(mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Mean and variance as contiguous float64 columns of one length; variance from the mean to TAIL_MAX times it.

    Raises: ValueError when they are of different length, negative, or not finite.
    """
    mean, variance = np.broadcast_arrays(np.asarray(mean, np.float64), np.asarray(variance, np.float64))
    if mean.ndim != 1:
        raise ValueError("mean and variance are columns")
    if not (np.isfinite(mean).all() and np.isfinite(variance).all() and (mean >= 0).all() and (variance >= 0).all()):
        raise ValueError("mean and variance are finite and not negative")
    mean = np.minimum(np.ascontiguousarray(mean), MEAN_MAX)
    return mean, np.clip(variance, mean, mean * TAIL_MAX)


def is_normal(mean: Floats, variance: Floats) -> Flags:
    """Which rows are read as normal: too large to be counted, and far enough from zero. Shapes: (n,)."""
    large = mean > COUNTED_MAX
    return np.asarray(large & (mean > DEVIATIONS_MIN * np.sqrt(variance)), dtype=np.bool_)


def lump_of(mean: Floats, variance: Floats) -> Floats:
    """Units that are counted as one: 1 but for demands that would take too many steps. Shapes: (n,)."""
    tail = np.divide(variance, mean, out=np.zeros_like(mean), where=mean > 0)
    return np.maximum(np.ceil(np.maximum(mean, tail) / COUNTED_MAX), 1.0)


class Walk:
    """Stock levels 0, 1, 2 ... of many rows at once.

    `probability` is P(X = stock), `below` P(X <= stock) and `missing` E[(X - stock)+] of every row still walking.
    """

    def __init__(self, mean: Floats, variance: Floats) -> None:
        self.stock = 0
        self.mean = mean
        self.probability, self.first, self.slope = start(mean, variance)
        self.below = self.probability.copy()
        self.missing = mean.copy()

    def step(self) -> None:
        """Go one unit up."""
        self.missing -= 1.0 - self.below
        self.probability *= self.first + self.slope * self.stock
        self.stock += 1
        self.probability /= self.stock
        self.below += self.probability

    def keep(self, rows: npt.NDArray[np.int64] | slice) -> None:
        """Walk on with some rows only."""
        self.mean, self.first, self.slope = self.mean[rows], self.first[rows], self.slope[rows]
        self.probability, self.below, self.missing = self.probability[rows], self.below[rows], self.missing[rows]

    def ended(self) -> Flags:
        """Rows whose remaining probabilities are lost in rounding: no further step would change anything."""
        return np.asarray((self.probability < NEGLIGIBLE) & (self.mean < self.stock), dtype=np.bool_)


def start(mean: Floats, variance: Floats) -> tuple[Floats, Floats, Floats]:
    """P(X = 0), first and slope of the ratio of neighbouring probabilities.

    Poisson: first is the mean, slope 0. Negative binomial of w = variance / mean: first is mean / w, slope 1 - 1 / w,
    and P(X = 0) is w^(-mean / (w - 1)).

    Shapes: (n,) each.
    """
    ratio = np.divide(variance, mean, out=np.ones_like(mean), where=mean > 0)
    spread = ratio > OVERDISPERSED
    if not spread.any():
        return np.exp(-mean), mean.copy(), np.zeros_like(mean)
    ratio = np.where(spread, ratio, 1.0)
    excess = np.where(spread, ratio - 1.0, 1.0)
    exponent = np.where(spread, np.log1p(excess) / excess, 1.0)
    return np.exp(-mean * exponent), mean / ratio, np.where(spread, excess, 0.0) / ratio
