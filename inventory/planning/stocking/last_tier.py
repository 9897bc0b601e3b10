"""The answer of a last place to what its parent owes it: the stock at which its own cost is least."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from inventory.planning.stocking import fast_movers
from inventory.planning.stocking.forest import Floats, Rows, Wholes
from inventory.planning.stocking.metric import start_of

BETTER = 1e-9
"""A trial counts as better when it saves more than this share of the cost: rounding errors decide nothing."""
NO_CHANCE = 1e-14
"""A chance of running out below this is rounding, however dear a miss is."""


@dataclass(frozen=True)
class Terms:
    """What the last tier decides by. Shapes: (n,) each."""

    mean: Floats
    variance: Floats
    lump: Floats
    price: Floats
    weight: Floats
    low: Wholes
    high: Wholes

    def of(self, rows: Rows) -> "Terms":
        return Terms(
            self.mean[rows], self.variance[rows], self.lump[rows], self.price[rows], self.weight[rows],
            self.low[rows], self.high[rows],
        )  # fmt: skip

    def in_units_of(self, unit: Floats) -> "Terms":
        """The same demands and prices counted in units of so many base units; a weight is left. Shapes: (n,)."""
        return Terms(
            self.mean / unit, self.variance / unit / unit, fast_movers.lump_in(unit, self.lump), self.price * unit,
            self.weight, self.low // unit.astype(np.int64), self.high // unit.astype(np.int64),
        )  # fmt: skip


Answer = tuple[Wholes, Floats]


def answered(terms: Terms, answer: Callable[[Terms], Answer]) -> Answer:
    """Places of large mean are answered as normal, the others by stepping their stock up from zero."""
    fast = fast_movers.is_fast(terms.mean, terms.variance)
    if not fast.any():
        return _counted(terms, answer)
    stock, cost = np.zeros(len(fast), dtype=np.int64), np.zeros(len(fast))
    rows, slow = np.flatnonzero(fast), np.flatnonzero(~fast)
    stock[rows], cost[rows] = _fast_newsvendor(terms.of(rows), fill=answer is for_fill)
    stock[slow], cost[slow] = _counted(terms.of(slow), answer)
    return stock, cost


def _counted(terms: Terms, answer: Callable[[Terms], Answer]) -> Answer:
    """Step the stock up, in units of several where the demand spreads wide: a fine count changes nothing there."""
    unit = fast_movers.unit_of(terms.variance, terms.lump)
    if not (unit > 1).any():
        return answer(terms)
    counted = terms.in_units_of(unit)
    if answer is for_wait:  # what waits is counted in these units too, a share is not
        counted = replace(counted, weight=terms.weight * unit)
    stock, cost = answer(counted)
    return np.clip(stock * unit.astype(np.int64), terms.low, terms.high), cost


def _fast_newsvendor(terms: Terms, *, fill: bool) -> Answer:
    """The cheaper of the best stock and the least allowed, all places at once."""
    if fill:
        best = fast_movers.best_for_fill(terms.mean, terms.variance, terms.lump, terms.price, terms.weight)
    else:
        best = fast_movers.best_for_wait(terms.mean, terms.variance, terms.price, terms.weight)
    answers = []
    for stock in (np.clip(np.ceil(best), terms.low, terms.high), terms.low.astype(np.float64)):
        left = fast_movers.missing(terms.mean, terms.variance, stock, terms.lump)
        answers.append((stock, terms.price * stock + terms.weight * ((1 - left.fill) if fill else left.mean)))
    (stock, cost), (least, cheapest) = answers
    return np.where(cost < cheapest, stock, least).astype(np.int64), np.minimum(cost, cheapest)


def for_fill(terms: Terms) -> Answer:
    """The stock at which price times stock and weight times the share missed are least.

    The gain of one more unit rises up to the mode and falls after it, so the best so far is kept until no stock can
    beat it any more.
    """
    stock = terms.low.copy()
    best = np.where(terms.low == 0, terms.weight, np.inf)
    on, at, now = np.arange(len(best)), terms, _Stepping.of(terms)
    alive = np.ones(len(best), dtype=np.bool_)
    while True:
        gain = (now.below + now.probability - now.fill) / at.lump
        past = (now.step >= at.mean) & (at.weight * gain < at.price)
        done = (at.price * (now.step + 1) >= best[on]) | past | (now.step >= at.high)
        alive &= ~done | (now.step < at.low)
        living = np.count_nonzero(alive)
        if not living:
            return stock, best
        if living < 0.7 * len(on):
            keep = np.flatnonzero(alive)
            on, at, now, alive = on[keep], at.of(keep), now.only(keep), alive[keep]
        now.step_up(at)
        cost = at.price * now.step + at.weight * (1 - now.fill)
        better = np.flatnonzero(alive & (cost < best[on] * (1 - BETTER)) & (now.step >= at.low))
        stock[on[better]], best[on[better]] = now.step, cost[better]


def for_wait(terms: Terms) -> Answer:
    """The stock at which price times stock and weight times the units back-ordered are least: a quantile."""
    stock, cost = terms.low.copy(), np.empty(len(terms.mean))
    on, at, now = np.arange(len(cost)), terms, _Stepping.of(terms)
    ebo = terms.mean.copy()
    while len(on):
        short = 1 - now.below - now.probability
        worth = (short > NO_CHANCE) & (at.weight * short > at.price * (1 + BETTER))
        more = (worth & (now.step < at.high)) | (now.step < at.low)
        if not more.all():
            done, keep = np.flatnonzero(~more), np.flatnonzero(more)
            stock[on[done]] = now.step
            cost[on[done]] = at.price[done] * now.step + at.weight[done] * np.maximum(ebo[done], 0.0)
            on, at, now, ebo, short = on[keep], at.of(keep), now.only(keep), ebo[keep], short[keep]
        ebo -= short
        now.step_up(at)
    return stock, cost


@dataclass
class _Stepping:
    """A demand's distribution while the stock is stepped up: at `step`, P(X = step), P(X < step) and the fill."""

    step: int
    probability: Floats
    first: Floats
    slope: Floats
    below: Floats
    fill: Floats

    @classmethod
    def of(cls, terms: Terms) -> "_Stepping":
        probability, first, slope = start_of(terms.mean, terms.variance)
        return cls(0, probability, first, slope, np.zeros(len(first)), np.zeros(len(first)))

    def only(self, rows: Rows) -> "_Stepping":
        return _Stepping(
            self.step, self.probability[rows], self.first[rows], self.slope[rows], self.below[rows], self.fill[rows]
        )

    def step_up(self, terms: Terms) -> None:
        self.below += self.probability
        self.fill += (self.below - self.fill) / terms.lump
        self.probability *= (self.first + self.slope * self.step) / (self.step + 1)
        self.step += 1
