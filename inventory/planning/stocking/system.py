"""The system-wide optimum: every part at every place chosen together, by one price of service.

With a price on what the customer misses, each part's tree is a problem of its own: the last tier answers with a
newsvendor quantile, the tiers above are tried one after another until trying on no longer helps, each trial with what
the tiers below would answer to it. The prices are found once, on a sample of parts, so that the service asked for
comes out; then every run of parts is planned by itself, and however the runs are cut the stock is the same.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from inventory.planning.stocking.forest import Floats, Forest, Rows, Wholes
from inventory.planning.stocking.last_tier import BETTER, Terms, answered, for_fill, for_wait
from inventory.planning.stocking.metric import nearly

ROWS_AT_ONCE = 65_536
SWEEPS_MAX = 3
STEPS_A_SPREAD = 16
"""No place is stepped by less than this share of the spread of what is on its way: the cost is flat there."""
STOCK_MAX = 999_999_999


class Measure(StrEnum):
    """What the price of service is paid for."""

    FILL = "fill_rate"
    WAIT = "wait"


@dataclass(frozen=True)
class Bounds:
    """Least and greatest stock of each place: what a planner, a phase of life or a stocking rule has laid down."""

    low: Wholes
    high: Wholes

    def part(self, start: int, stop: int) -> "Bounds":
        return Bounds(self.low[start:stop], self.high[start:stop])


def optimise(forest: Forest, theta: Floats, measure: Measure, bounds: Bounds | None = None) -> Wholes:
    """The base stocks of least value for a given price of service.

    Shapes: theta is (n,); the answer is (n,), base stock levels.
    Units: theta is money a unit of end demand not met at once (FILL: the value of stock is weighed against theta times
    the units missed a day) or money a unit that is waited for (WAIT: theta times the units back-ordered at any time).
    Source: Sherbrooke (2004), chapter 3, with Lagrangian nested enumeration in place of marginal analysis.
    """
    bounds = bounds or unbounded(len(forest))
    stock = np.zeros(len(forest), dtype=np.int64)
    for first, stop in forest.cuts(ROWS_AT_ONCE):
        cut = slice(first, stop)
        run = _Run(forest.part(first, stop), theta[cut], measure, bounds.part(first, stop))
        stock[cut] = run.settled()
    return stock


def unbounded(places: int) -> Bounds:
    """No limit below or above."""
    return Bounds(np.zeros(places, dtype=np.int64), np.full(places, STOCK_MAX, dtype=np.int64))


class _Level(NamedTuple):
    """The places of one depth in the order of their parents, so that the children of each stand together."""

    rows: Rows
    above: Rows
    first: Rows
    children: Rows


class _Run:
    """One run of whole items while it is being optimised."""

    def __init__(self, forest: Forest, theta: Floats, measure: Measure, bounds: Bounds) -> None:
        self.levels = _levels(forest)
        self.measure = measure
        order = [level.rows for level in self.levels]
        self.price = [forest.price[rows] for rows in order]
        self.share = [forest.share[rows] for rows in order]
        self.own = [forest.lead_mean[rows] for rows in order]
        self.own_variance = [forest.lead_variance[rows] for rows in order]
        self.lump = [forest.lump[rows] for rows in order]
        weight = theta * (forest.rate if measure is Measure.FILL else forest.own_share)
        self.weight = [weight[rows] for rows in order]
        self.low = [bounds.low[rows] for rows in order]
        self.high = [bounds.high[rows] for rows in order]
        guess = np.clip(np.rint(forest.lead_mean).astype(np.int64), bounds.low, bounds.high)
        self.stock = [guess[rows] for rows in order]
        self.places = len(forest)

    def settled(self) -> Wholes:
        """The stock of every place: tier by tier from the roots, again and again until no tree changes any more."""
        stock = np.zeros(self.places, dtype=np.int64)
        if not self.levels:
            return stock
        moving = np.arange(len(self.levels[0].rows))
        for sweep in range(SWEEPS_MAX):
            moving = moving[self._sweep(moving, wide=sweep == 0)]
            if not len(moving):
                break
        for level, chosen in zip(self.levels, self.stock, strict=True):
            stock[level.rows] = chosen
        return stock

    def _sweep(self, roots: Rows, *, wide: bool) -> Rows:
        """Let every place above the last tier of these trees find its stock once; which of the trees have changed."""
        at, tree = roots, np.arange(len(roots))
        owed, owed_variance = np.zeros(len(at)), np.zeros(len(at))
        changed = np.zeros(len(roots), dtype=np.bool_)
        for depth in range(len(self.levels)):
            mean, variance = self._coming(depth, at, owed, owed_variance)
            before = self.stock[depth][at]
            inner = np.flatnonzero(self.levels[depth].children[at] > 0)
            if depth == len(self.levels) - 1 or not len(inner):
                self._settle(depth, at, owed, owed_variance)
                break
            leaf = np.flatnonzero(self.levels[depth].children[at] == 0)
            if len(leaf):
                self._last_tier(depth, at[leaf], mean[leaf], variance[leaf])
            self._walk(depth, at[inner], mean[inner], variance[inner], wide=wide)
            changed[tree[inner[self.stock[depth][at[inner]] != before[inner]]]] = True
            left = nearly(mean, variance, self.stock[depth][at], self.lump[depth][at])
            owner, at = self._children(depth, at)
            tree, owed, owed_variance = tree[owner], left.mean[owner], left.variance[owner]
        return np.flatnonzero(changed)

    def _children(self, depth: int, at: Rows) -> tuple[Rows, Rows]:
        """The children of the places `at`, and which of `at` each belongs to."""
        count = self.levels[depth].children[at]
        owner = np.repeat(np.arange(len(at)), count)
        return owner, np.arange(len(owner)) + np.repeat(
            self.levels[depth].first[at] - (np.cumsum(count) - count), count
        )

    def _coming(self, depth: int, at: Rows, owed: Floats, owed_variance: Floats) -> tuple[Floats, Floats]:
        share = self.share[depth][at]
        mine = share * owed
        mean = self.own[depth][at] + mine
        return mean, self.own_variance[depth][at] + (1 - share) * mine + share * share * owed_variance

    def _settle(self, depth: int, at: Rows, owed: Floats, owed_variance: Floats) -> Floats:
        """The cost of the places `at` and of those below them, given the back-orders above; the last tier answers."""
        mean, variance = self._coming(depth, at, owed, owed_variance)
        inner = self.levels[depth].children[at] > 0
        leaf, rest = np.flatnonzero(~inner), np.flatnonzero(inner)
        cost = np.zeros(len(at))
        if len(leaf):
            cost[leaf] = self._last_tier(depth, at[leaf], mean[leaf], variance[leaf])
        if len(rest):
            cost[rest] = self._cost_of(depth, at[rest], mean[rest], variance[rest], self.stock[depth][at[rest]])
        return cost

    def _last_tier(self, depth: int, at: Rows, mean: Floats, variance: Floats) -> Floats:
        answer = for_fill if self.measure is Measure.FILL else for_wait
        terms = Terms(
            mean, variance, self.lump[depth][at], self.price[depth][at], self.weight[depth][at],
            self.low[depth][at], self.high[depth][at],
        )  # fmt: skip
        self.stock[depth][at], cost = answered(terms, answer)
        return cost

    def _walk(self, depth: int, at: Rows, mean: Floats, variance: Floats, *, wide: bool) -> None:
        """Step each place's stock up or down while the cost of its whole subtree falls; long steps first when wide."""
        low, high = self.low[depth][at], self.high[depth][at]
        stock = self.stock[depth][at]
        cost = self._cost_of(depth, at, mean, variance, stock)
        spread = np.sqrt(variance)
        least = _power_of_two(spread / STEPS_A_SPREAD)
        step = _power_of_two(spread) if wide else least.copy()
        way = np.full(len(at), -1, dtype=np.int64)
        tries = np.zeros(len(at), dtype=np.int64)
        on = np.arange(len(at))
        while len(on):
            trial = np.clip(stock[on] + way[on] * step[on], low[on], high[on])
            real = np.flatnonzero(trial != stock[on])
            new = np.full(len(on), np.inf)
            new[real] = self._cost_of(depth, at[on[real]], mean[on[real]], variance[on[real]], trial[real])
            better = new < cost[on] - BETTER * np.abs(cost[on])
            won, lost = on[better], on[~better]
            stock[won], cost[won], tries[won] = trial[better], new[better], 2
            turn = lost[tries[lost] == 0]
            shorten = lost[tries[lost] > 0]
            way[turn], tries[turn] = -way[turn], 1
            step[shorten], tries[shorten] = step[shorten] // 2, 0
            on = on[step[on] >= least[on]]
        if wide:
            self._jump(depth, at, mean, variance, stock, cost)
        self.stock[depth][at] = stock

    def _jump(self, depth: int, at: Rows, mean: Floats, variance: Floats, stock: Wholes, cost: Floats) -> None:
        """Try no stock at all: a place that only passes on is often a valley of its own, apart from where we stand."""
        some = np.flatnonzero(stock > self.low[depth][at])
        none = self.low[depth][at[some]]
        new = self._cost_of(depth, at[some], mean[some], variance[some], none)
        better = new < cost[some] * (1 - BETTER)
        stock[some[better]], cost[some[better]] = none[better], new[better]

    def _cost_of(self, depth: int, at: Rows, mean: Floats, variance: Floats, stock: Wholes) -> Floats:
        left = nearly(mean, variance, stock, self.lump[depth][at])
        missed = 1 - left.fill if self.measure is Measure.FILL else left.mean
        cost = self.price[depth][at] * stock + self.weight[depth][at] * missed
        owner, children = self._children(depth, at)
        below = self._settle(depth + 1, children, left.mean[owner], left.variance[owner])
        return cost + np.bincount(owner, weights=below, minlength=len(at))


def _power_of_two(largest: Floats) -> Wholes:
    """The largest power of two that is not above; 1 at least. Shapes: (n,)."""
    return np.left_shift(1, np.log2(np.maximum(largest, 1.0)).astype(np.int64))


def _levels(forest: Forest) -> list[_Level]:
    levels: list[_Level] = []
    place = np.zeros(len(forest), dtype=np.int64)
    for rows in forest.levels:
        above = place[forest.parent[rows]]
        order = np.argsort(above, kind="stable") if levels else np.arange(len(rows))
        rows, above = rows[order], above[order]
        place[rows] = np.arange(len(rows))
        if levels:
            count = np.bincount(above, minlength=len(levels[-1].rows))
            levels[-1] = levels[-1]._replace(first=np.cumsum(count) - count, children=count)
        levels.append(_Level(rows, above, np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)))
    return levels
