"""The system-wide optimum: every part at every place chosen together, by one price of service.

With a price on what the customer misses, each part's tree is a problem of its own: the last tier answers with a
newsvendor quantile, the tiers above are tried one after another until trying on no longer helps, each trial with what
the tiers below would answer to it. The prices are found once, on a sample of parts, so that the service asked for
comes out; then every run of parts is planned by itself, and however the runs are cut the stock is the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from inventory.planning.stocking import fast_movers
from inventory.planning.stocking.forest import Floats, Forest, Rows, Wholes
from inventory.planning.stocking.metric import nearly, start_of, window_of

ROWS_AT_ONCE = 65_536
SWEEPS_MAX = 6
NO_CHANCE = 1e-14
"""A chance of running out below this is rounding, however dear a miss is."""
STEPPED_MEAN_MAX = 60.0
"""A last place with more than this on its way is answered by itself, not by stepping the stock up from zero."""
STOCK_MAX = 999_999_999
REACH_LEAST = 1e-15
BETTER = 1e-9
"""A trial counts as better when it saves more than this share of the cost: rounding errors decide nothing."""


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
        self.own = [(forest.flow * forest.transit)[rows] for rows in order]
        self.own_variance = [(forest.flow_variance * forest.transit)[rows] for rows in order]
        self.lump = [forest.lump[rows] for rows in order]
        weight = theta * (forest.rate if measure is Measure.FILL else forest.own_share)
        self.weight = [weight[rows] for rows in order]
        self.low = [bounds.low[rows] for rows in order]
        self.high = [bounds.high[rows] for rows in order]
        guess = np.clip(np.rint(forest.flow * forest.transit).astype(np.int64), bounds.low, bounds.high)
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
        answer = _fill_newsvendor if self.measure is Measure.FILL else _wait_newsvendor
        terms = Terms(
            mean, variance, self.lump[depth][at], self.price[depth][at], self.weight[depth][at],
            self.low[depth][at], self.high[depth][at],
        )  # fmt: skip
        self.stock[depth][at], cost = _large_apart(terms, answer)
        return cost

    def _walk(self, depth: int, at: Rows, mean: Floats, variance: Floats, *, wide: bool) -> None:
        """Step each place's stock up or down while the cost of its whole subtree falls; long steps first when wide."""
        low, high = self.low[depth][at], self.high[depth][at]
        stock = self.stock[depth][at]
        cost = self._cost_of(depth, at, mean, variance, stock)
        spread = np.sqrt(variance) if wide else np.zeros(len(at))
        step = (1 << np.maximum(np.floor(np.log2(np.maximum(spread, 1.0))), 0).astype(np.int64)).astype(np.int64)
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
            on = on[step[on] > 0]
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


Answer = tuple[Wholes, Floats]


def _large_apart(terms: Terms, answer: Callable[[Terms], Answer]) -> Answer:
    """Places of large mean are answered as normal; the few that are large and lumpy one by one, on what matters."""
    fast = fast_movers.is_fast(terms.mean, terms.variance)
    large = (terms.mean > STEPPED_MEAN_MAX) & ~fast
    if not (large | fast).any():
        return answer(terms)
    stock, cost = np.zeros(len(large), dtype=np.int64), np.zeros(len(large))
    rows = np.flatnonzero(fast)
    stock[rows], cost[rows] = _fast_newsvendor(terms.of(rows), fill=answer is _fill_newsvendor)
    small = np.flatnonzero(~large & ~fast)
    stock[small], cost[small] = answer(terms.of(small))
    for row in np.flatnonzero(large):
        stock[row], cost[row] = _large_newsvendor(terms.of(np.array([row])), fill=answer is _fill_newsvendor)
    return stock, cost


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


def _large_newsvendor(terms: Terms, *, fill: bool) -> tuple[int, float]:
    low, probability = window_of(float(terms.mean[0]), float(terms.variance[0]))
    stocks = np.arange(low, low + len(probability) + 1)
    below = np.r_[0.0, np.cumsum(probability)]
    if fill:
        reach = 1 - 1 / float(terms.lump[0])
        missed = 1 - below if reach <= 0 else _lumpy_misses(below, reach)
    else:
        missed = float(terms.mean[0]) - low - np.r_[0.0, np.cumsum(1 - below[1:])]
    least, most = int(terms.low[0]), int(terms.high[0])
    allowed = (stocks >= least) & (stocks <= most)
    cost = np.where(allowed, terms.price[0] * stocks + terms.weight[0] * missed, np.inf)
    none = terms.price[0] * least + terms.weight[0] * (1.0 if fill else max(float(terms.mean[0]) - least, 0.0))
    best = int(np.argmin(cost))
    return (int(stocks[best]), float(cost[best])) if cost[best] < none else (least, float(none))


def _lumpy_misses(below: Floats, reach: float) -> Floats:
    """Share missed at each stock: fill(s) = reach fill(s - 1) + (1 - reach) below(s), summed as one convolution."""
    terms = min(len(below), int(np.ceil(np.log(REACH_LEAST) / np.log(reach))) + 1)
    weights = (1 - reach) * reach ** np.arange(terms)
    missed: Floats = 1 - np.convolve(below, weights)[: len(below)]
    return missed


def _fill_newsvendor(terms: Terms) -> Answer:
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


def _wait_newsvendor(terms: Terms) -> Answer:
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
