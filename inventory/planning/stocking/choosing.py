"""Choose the stocks of given trees for a service target at the least value, judged by the exact model.

The system-wide optimum by two moments gives the start. From there the stocks above the last tier are stepped, each
step judged exactly with what the last tier would answer; for a choice above, the last tier is then given the cheapest
stocks that meet the target to the unit. A price of service proves how cheap a choice above could get at best, so that
only those which could win are worked out.
"""

import heapq
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from inventory.planning.stocking import exact, knapsack
from inventory.planning.stocking.arranging import family_order, in_order, passing_on, without
from inventory.planning.stocking.forest import Forest, Rows, Wholes
from inventory.planning.stocking.judging import MISSED_LEAST, Choice, Judge
from inventory.planning.stocking.starts import LEVELS_MAX, two_moment_start
from inventory.planning.stocking.steps import Step, steps_from
from inventory.planning.stocking.system import Bounds, Measure, unbounded

EFFORT_MAX = 50_000.0
"""Places worked out exactly in one search, over all trials together; one with much on its way counts for more."""
TRIED_LEAST = 0.1
"""Where effort is left for a smaller share of the steps, none is tried: they would find next to nothing."""
SPREADS_AN_EFFORT = 5.0
FINISHES_MAX = 200
"""Choices above for which the last tier is worked out to the unit."""
STARTS, STARTS_MAX, CLOSE_ENOUGH = 3, 12, 0.004
"""How often the two-moment start is aimed again, or while the last tier alone cannot meet the target from it, and how
near its exact fill must come to that."""
HELPFUL = 1e-10
"""A step helps when it saves more than this share of the cost."""
PLACES_JUDGED_AGAIN, ROWS_A_LEVEL = 50_000, 100
"""In forests for which it takes no more, every place above the last tier is tried with a unit less at last; to judge a
level takes as long as so many places at least."""
PRICE_OFF_MAX = 1e3
"""How far the last tier alone may raise the price of service before the tiers above are chosen again."""
PRICE_SPREAD, PRICE_SPREAD_AGAIN = 1e9, 1.5
"""How far from a first guess the price of service is looked for, and from one that an exact fill was near."""
JUST_ENOUGH = 0.0003
"""By how much a deep tree's start may fill more than the target."""
MARGIN = 1e-9
"""The target is met by at least this much, so that another way of adding up does not miss it."""
PRICE_FLOOR = 1e-7
"""A unit that costs nothing is taken to cost this share of the cheapest that does: stock is free there, not endless."""


class TargetOutOfReach(ValueError):
    """The stocks laid down do not allow the target."""


def choose(forest: Forest, target: float, bounds: Bounds | None = None) -> Wholes:
    """Base stocks of least total price at which `target` of all end demand is met at once, exactly.

    Shapes: (n,), base stock levels. Units: target is the demand-weighted share of end demand, in (0, 1).
    Raises: ValueError as exact.evaluate; TargetOutOfReach when the bounds do not allow the target.
    Source: marginal analysis of Sherbrooke (2004) replaced by Lagrangian bounds; exact model of Graves (1985).
    """
    exact.require_in_reach(forest)
    bounds = bounds or unbounded(len(forest))
    if not forest.rate.sum() > 0:
        return bounds.low.copy()
    forest = _priced(forest)
    empty = passing_on(forest, bounds)
    kept, stock = np.flatnonzero(~empty), np.zeros(len(forest), dtype=np.int64)
    order, ends = family_order(fewer := without(forest, empty))
    limits = Bounds(bounds.low[kept[order]], bounds.high[kept[order]])
    stock[kept[order]] = _Search(in_order(fewer, order), ends, target, limits).found()
    return stock


def _priced(forest: Forest) -> Forest:
    priced = forest.price[forest.price > 0]
    floor = (priced.min() if len(priced) else 1.0) * PRICE_FLOOR
    return replace(forest, price=np.maximum(forest.price, floor))


class _Search:
    """The search for the cheapest stocks of one forest in family order."""

    def __init__(self, forest: Forest, ends: Rows, target: float, bounds: Bounds) -> None:
        self.forest, self.ends, self.bounds = forest, ends, bounds
        self.target = target
        self.need = min(target + MARGIN, 1 - MISSED_LEAST) * float(forest.rate.sum())
        self.inner = np.flatnonzero(~forest.is_leaf & (forest.flow > 0))
        self.judge = Judge(forest, ends, bounds)
        spread = np.sqrt(forest.flow * forest.transit)
        self.effort = np.cumsum(1 + spread * spread[forest.parent] / SPREADS_AN_EFFORT)
        self.way = np.maximum(forest.depth - LEVELS_MAX, 0)
        self.deep = len(forest.levels) > LEVELS_MAX
        self.spent = 0.0
        self.best: Wholes | None = None
        self.value = np.inf

    def found(self) -> Wholes:
        """The cheapest stocks found. Raises: TargetOutOfReach."""
        starts = [(self._deep_start if self.deep else self._start)(measure) for measure in Measure]
        values = [self._finish(choice) for _, choice in starts]
        self.judge.theta, choice = starts[int(np.argmin(values))]
        choice = self._descended(choice)
        self._finish(choice)
        self._explore(choice)
        if self.best is None:
            raise TargetOutOfReach
        judged = max(len(self.forest), ROWS_A_LEVEL * len(self.forest.levels))
        if len(self.inner) * judged <= PLACES_JUDGED_AGAIN:
            self._give_up(self.best)
        return self.best

    def _give_up(self, stock: Wholes) -> None:
        """Take units away above the last tier as long as the target is met without them, the dearest first."""
        waiting = sorted(self.inner.tolist(), key=lambda row: (-self.forest.price[row], row))
        while waiting:
            row = waiting[0]
            stock[row] -= 1
            enough = stock[row] >= self.bounds.low[row]
            if not enough or float(exact.evaluate(self.forest, stock).fill @ self.forest.rate) < self.need:
                stock[row] += 1
                waiting.pop(0)

    def _start(self, measure: Measure) -> tuple[float, Choice]:
        """The two-moment optimum whose exact fill comes near the target, with the price at which it just meets it.

        Paid for the share filled it is the cheaper one, unless a few places have most of the demand: giving up one of
        them altogether then looks cheap, and paying for the wait, which never does that, sets out from a better point.
        """
        aim, theta = self.target, float(self.forest.price.max()) / max(float(self.forest.rate.max()), 1e-12)
        spread, stock = PRICE_SPREAD, np.zeros(0, dtype=np.int64)
        for attempt in range(1, STARTS_MAX + 1):
            before = stock
            theta, stock = two_moment_start(self.forest, self.bounds, measure, aim, theta, spread)
            self.judge.theta = theta
            choice = self.judge.worked_out(stock)
            price = knapsack.price_of(choice.options, self._still_needed(choice))
            reached = self.judge.fill_of(choice, stock)
            near = abs(reached - self.target) < CLOSE_ENOUGH or attempt >= STARTS
            if near and price is not None:
                break
            if price is None and np.array_equal(stock, before):
                break
            short = max(self.target - reached, CLOSE_ENOUGH) if price is None else self.target - reached
            aim, spread = min(max(aim + short, aim / 2), (1 + aim) / 2), PRICE_SPREAD**0.1
        if price is not None and (measure is Measure.WAIT or price < theta * PRICE_OFF_MAX):
            self.judge.theta = price
        return self.judge.theta, self.judge.repriced(choice)

    def _deep_start(self, measure: Measure) -> tuple[float, Choice]:
        """The two-moment optimum of a deep tree, aimed again until its exact fill is just enough.

        The last tier is too small a part of a deep tree to make up for a start that is off.
        """
        aim, theta, spread = self.target, float(self.forest.price.max() / self.forest.own_share.max()), PRICE_SPREAD
        stock = np.zeros(0, dtype=np.int64)
        for attempt in range(1, STARTS_MAX + 1):
            before = stock
            theta, stock = two_moment_start(self.forest, self.bounds, measure, aim, theta, spread)
            choice = self.judge.worked_out(stock)
            over = self.judge.fill_of(choice, stock) - self.target
            price = knapsack.price_of(choice.options, self._still_needed(choice))
            enough = price is not None and (over < JUST_ENOUGH or attempt >= STARTS)
            if enough or np.array_equal(stock, before):
                break
            aim, spread = min(max(aim + JUST_ENOUGH / 3 - over, aim / 2), (1 + aim) / 2), PRICE_SPREAD_AGAIN
        self.judge.theta = theta if price is None else price
        return self.judge.theta, self.judge.repriced(choice)

    def _still_needed(self, choice: Choice) -> float:
        return self.need - float(choice.gain.sum())

    def _finish(self, choice: Choice) -> float:
        """Give the last tier the cheapest stocks that meet the target, and keep the whole when it is the best so far.

        Returns its value, endless when the last tier cannot meet the target.
        """
        above = float(self.forest.price @ np.where(self.forest.is_leaf, 0, choice.stock))
        chosen = knapsack.cheapest(choice.options, self._still_needed(choice), self.value - above)
        if chosen is None:
            return float(np.inf)
        stock = choice.stock.copy()
        for row, option in zip(self.judge.leaves.tolist(), chosen.tolist(), strict=True):
            table = choice.tables[row]
            assert table is not None, "every last place has a table"
            stock[row] = table.stock[option]
        value = float(self.forest.price @ stock)
        if value < self.value * (1 - 1e-12):
            self.value, self.best = value, stock
        return value

    def _descended(self, choice: Choice) -> Choice:
        """Take the steps that lower the cost most, any number at once whose subtrees are apart, until none is left."""
        while steps := self._affordable(list(steps_from(self.forest, self.bounds, choice.stock))):
            helpful: list[tuple[float, int, Step, Choice]] = []
            for number, (step, after) in enumerate(self.judge.tried(choice, steps)):
                change = float((after.cost - choice.cost)[step.top : self.ends[step.top]].sum())
                if change < -HELPFUL * float(np.abs(choice.cost).sum()):
                    helpful.append((change, number, step, after))
            if not helpful:
                break
            taken = np.zeros(len(self.forest), dtype=np.bool_)
            for _, _, step, after in sorted(helpful, key=lambda one: one[:2]):
                cut = slice(step.top, int(self.ends[step.top]))
                if not taken[cut].any():
                    taken[cut] = True
                    choice = self.judge.joined(choice, after, step)
        return choice

    def _affordable(self, steps: Sequence[Step]) -> Sequence[Step]:
        """Those of the steps, the smallest first, for which effort is left; it is spent on them."""
        effort = np.r_[0.0, self.effort]
        each = np.array([effort[self.ends[step.top]] - effort[step.top] + self.way[step.top] for step in steps])
        order = np.argsort(each, kind="stable")
        spent = self.spent + np.cumsum(each[order])
        chosen = order[: int(np.searchsorted(spent, EFFORT_MAX, side="right"))]
        if len(chosen) < TRIED_LEAST * len(steps):
            return []
        self.spent += float(each[chosen].sum())
        return [steps[number] for number in np.sort(chosen).tolist()]

    def _explore(self, choice: Choice) -> None:
        """Go from choice to choice, the one with the least bound first, until no bound is below the best value."""
        queue = [(choice.bound(self.judge.theta, self.need), 0, choice)]
        seen, number, finished = {choice.stock[self.inner].tobytes()}, 0, 0
        while queue and queue[0][0] < self.value * (1 - 1e-9) and finished < FINISHES_MAX:
            _, _, choice = heapq.heappop(queue)
            steps = list(steps_from(self.forest, self.bounds, choice.stock))
            if not steps or len(self._affordable(steps)) < len(steps):
                return
            after = [(tried.bound(self.judge.theta, self.need), tried) for _, tried in self.judge.tried(choice, steps)]
            for bound, tried in sorted(after, key=lambda one: one[0]):
                key = tried.stock[self.inner].tobytes()
                if key in seen or bound >= self.value * (1 - 1e-9):
                    continue
                seen.add(key)
                number, finished = number + 1, finished + 1
                self._finish(tried)
                heapq.heappush(queue, (bound, number, tried))
