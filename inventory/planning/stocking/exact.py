"""The exact answer for a forest with Poisson demand: the whole distribution of what is on its way to every place.

What is on its way to a place is what the parent owes it, a binomial share of the parent's back-orders, and the Poisson
demand of its own transit time; the two are independent. It costs more than two moments and is the oracle they are
tested against, and what a tree of stocks is chosen by.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from inventory.planning.stocking.forest import Floats, Forest, Rows, Wholes
from inventory.planning.stocking.metric import window_of

WIDTH_TOGETHER_MAX = 384
"""Places whose distributions are at most this long are worked out many at once, longer ones one by one."""
STEPS_ALONE = 40
"""Working out many at once takes a step for every unit of their length, working out one by itself as long as these."""
CELLS_AT_ONCE = 200_000
OUTSTANDING_MAX = 2_000_000.0
"""Mean units on their way above which the distribution is not written out any more."""
NOTHING = 1e-16
"""Probabilities below this at the ends of a distribution are left off."""


@dataclass(frozen=True)
class Outstanding:
    """How many units are on their way to a place: the probabilities of low, low + 1, ..."""

    low: int
    probability: Floats

    @property
    def moments(self) -> tuple[float, float]:
        """Mean and variance."""
        x = np.arange(self.low, self.low + len(self.probability), dtype=np.float64)
        mean = float(x @ self.probability)
        return mean, max(float(((x - mean) ** 2) @ self.probability), 0.0)

    def fill(self, stock: int) -> float:
        """Chance that a unit asked for is there."""
        return float(self.probability[: max(stock - self.low, 0)].sum())

    def back_ordered(self, stock: int) -> "Outstanding":
        """What of it the stock does not cover: the back-orders."""
        covered = stock - self.low
        if covered < 0:
            return Outstanding(-covered, self.probability)
        rest = self.probability[covered:].copy()
        if not len(rest):
            return Outstanding(0, np.ones(1))
        rest[0] = self.probability[: covered + 1].sum()
        seen = np.flatnonzero(rest > NOTHING)
        return Outstanding(0, rest[: seen[-1] + 1] if len(seen) else np.ones(1))


@dataclass(frozen=True)
class ExactStock:
    """What stocks do, exactly: mean units back-ordered and on hand, share of units met at once. Shapes: (n,) each."""

    back_orders: Floats
    fill: Floats
    on_hand: Floats


def evaluate(forest: Forest, stock: Wholes) -> ExactStock:
    """Back-orders, fill and stock on hand at every place, exactly.

    Shapes: stock is (n,), base stock levels.
    Raises: ValueError when a demand is not Poisson or more is on its way than can be written out.
    Source: Graves (1985), Management Science 31(10), 1247-1256, for two levels; the same step repeated for more.
    """
    back_orders, fill, on_hand = np.zeros(len(forest)), np.zeros(len(forest)), np.zeros(len(forest))
    for row, coming in enumerate(outstanding(forest, stock)):
        mean, _ = coming.moments
        short = coming.back_ordered(int(stock[row]))
        back_orders[row], _ = short.moments
        fill[row] = coming.fill(int(stock[row]))
        on_hand[row] = max(stock[row] - mean + back_orders[row], 0.0)
    return ExactStock(back_orders, fill, on_hand)


def outstanding(forest: Forest, stock: Wholes) -> Sequence[Outstanding]:
    """The distribution of what is on its way to every place, row by row.

    Shapes: stock is (n,), base stock levels; those of leaves do not matter.
    Raises: ValueError as evaluate.
    """
    require_in_reach(forest)
    coming: list[Outstanding] = [Outstanding(0, np.ones(1))] * len(forest)
    owed = {-1: Outstanding(0, np.ones(1))}
    for rows in forest.levels:
        _one_level(forest, rows, owed, coming)
        inner = rows[~forest.is_leaf[rows]]
        owed |= {row: coming[row].back_ordered(int(stock[row])) for row in inner.tolist()}
    return coming


def require_in_reach(forest: Forest) -> None:
    """Raises: ValueError when a demand is not Poisson, a transit strays or too much is on its way to be written."""
    if (forest.variance_ratio[forest.rate > 0] != 1.0).any():
        raise ValueError("the exact model takes Poisson demand only")
    if forest.transit_variance is not None and forest.transit_variance.any():
        raise ValueError("the exact model takes transits that do not stray")
    if (forest.lead_mean > OUTSTANDING_MAX).any():
        raise ValueError(f"more than {OUTSTANDING_MAX:,.0f} units are on their way to one place")


def _one_level(forest: Forest, rows: Rows, owed: dict[int, Outstanding], coming: list[Outstanding]) -> None:
    parents = forest.parent[rows]
    above, which = np.unique(parents, return_inverse=True)
    length_owed = np.array([owed[row].low + len(owed[row].probability) for row in above.tolist()])[which]
    share = forest.share[rows]
    own = forest.flow[rows] * forest.transit[rows]
    width_shared = np.where(share > 0, np.minimum(_reach(share, length_owed).astype(np.int64), length_owed), 1)
    width = width_shared + (own + 10 * np.sqrt(own) + 15).astype(np.int64)
    together = np.maximum(width, length_owed) <= WIDTH_TOGETHER_MAX
    for row in rows[~together].tolist():
        coming[row] = _alone(forest, row, owed[int(forest.parent[row])])
    for group in _alike(np.flatnonzero(together), length_owed, width_shared, width):
        if len(group) * STEPS_ALONE < int(width[group].max()):
            for row in rows[group].tolist():
                coming[row] = _alone(forest, row, owed[int(forest.parent[row])])
            continue
        block = np.zeros((len(group), int(length_owed[group].max())))
        for line, parent in enumerate(parents[group].tolist()):
            short = owed[parent]
            block[line, short.low : short.low + len(short.probability)] = short.probability
        part = _thinned(block, share[group], int(width_shared[group].max()))
        whole = _with_poisson(part, own[group], int(width[group].max()))
        for line, row in enumerate(rows[group].tolist()):
            coming[row] = Outstanding(0, whole[line])


def _reach(share: Any, units: Any) -> Any:
    """More than so many of `units` are never kept when each is kept with the chance `share`."""
    return share * units + 9 * np.sqrt(share * (1 - share) * units) + 15


def _alike(group: Rows, *lengths: Wholes) -> Iterable[Rows]:
    """Split rows into runs whose distributions are about as long, short enough to stay in the processor's cache."""
    keys = np.stack([np.ceil(np.log2(length[group] + 1) * 2).astype(np.int64) for length in lengths], axis=1)
    order = np.lexsort(keys.T)
    edges = np.flatnonzero((np.diff(keys[order], axis=0) != 0).any(axis=1)) + 1
    for run in np.split(group[order], edges):
        if len(run):
            at_once = max(1, CELLS_AT_ONCE // int(max(length[run].max() for length in lengths)))
            yield from np.split(run, range(at_once, len(run), at_once))


def _thinned(block: Floats, share: Floats, width: int) -> Floats:
    """Each row's distribution after every unit is kept with the chance `share`, by Horner's rule."""
    kept = np.zeros((len(block), width))
    keep, drop = share[:, None], 1 - share[:, None]
    for column in range(block.shape[1] - 1, -1, -1):
        moved = kept[:, :-1] * keep
        kept *= drop
        kept[:, 1:] += moved
        kept[:, 0] += block[:, column]
    return kept


def _with_poisson(part: Floats, mean: Floats, width: int) -> Floats:
    """The distribution of each row's units and a Poisson of the given mean together."""
    ratio = np.ones((len(part), width))
    ratio[:, 1:] = mean[:, None] / np.arange(1, width)
    poisson = np.exp(-mean)[:, None] * np.cumprod(ratio, axis=1)
    length = part.shape[1] + width
    product = np.fft.irfft(np.fft.rfft(part, length) * np.fft.rfft(poisson, length), length)
    return np.maximum(product[:, :width], 0.0)


def _alone(forest: Forest, row: int, owed: Outstanding) -> Outstanding:
    """One place whose distribution is long: only the stretch that matters of each is written out."""
    part = _thinned_alone(owed, float(forest.share[row]))
    mean = float(forest.flow[row] * forest.transit[row])
    if mean == 0:
        return part
    low, poisson = window_of(mean, mean)
    return _trimmed(part.low + low, _convolved(part.probability, poisson))


def _convolved(one: Floats, other: Floats) -> Floats:
    if min(len(one), len(other)) < 2_000:
        return np.convolve(one, other)
    length = len(one) + len(other) - 1
    product = np.fft.irfft(np.fft.rfft(one, length) * np.fft.rfft(other, length), length)
    return np.maximum(product, 0.0)


def _trimmed(low: int, probability: Floats) -> Outstanding:
    seen = np.flatnonzero(probability > NOTHING)
    return Outstanding(low + int(seen[0]), probability[seen[0] : seen[-1] + 1])


def _thinned_alone(short: Outstanding, share: float) -> Outstanding:
    if share >= 1.0:
        return short
    most = short.low + len(short.probability)
    if share == 0.0 or most == 1:
        return Outstanding(0, np.ones(1))
    units = np.arange(max(0, int(2 * share * short.low) - int(_reach(share, short.low))), int(_reach(share, most)) + 1)
    kept = np.zeros(len(units))
    logs = _log_factorials(1 << int(max(most, units[-1] + 1)).bit_length())
    chosen = units * np.log(share) - logs[units]
    unlikely = np.r_[np.arange(len(logs)) * np.log1p(-share) - logs, -np.inf]
    step = max(1, CELLS_AT_ONCE // 4 // len(units))
    for start in range(0, len(short.probability), step):
        weights = short.probability[start : start + step]
        total = short.low + start + np.arange(len(weights))
        rest = total[:, None] - units
        chance = np.exp(unlikely[np.maximum(rest, -1)] + logs[total][:, None] + chosen)
        kept += weights @ chance
    return _trimmed(int(units[0]), kept)


@lru_cache(maxsize=4)
def _log_factorials(size: int) -> Floats:
    logs = np.zeros(size, dtype=np.longdouble)
    np.cumsum(np.log(np.arange(1, size, dtype=np.longdouble)), out=logs[1:])
    return logs.astype(np.float64)
