"""The cheapest choice of one option each that together gain enough: how much stock each last place gets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inventory.planning.stocking.forest import Floats, Wholes

STATES_MAX = 1_000
"""Partial choices kept at once; a tree needs few, and beyond this the ones of least reduced cost are kept."""
GROUPS_MAX = 3_000
"""With more groups than this the gap that pairing off could close is below a ten-thousandth: not worth its time."""


@dataclass(frozen=True)
class Options:
    """What can be chosen, a group a row, padded with infinite cost.

    Shapes: (groups, options). Units: cost in money, gain in whatever is needed.
    """

    cost: Floats
    gain: Floats

    @classmethod
    def of(cls, costs: Sequence[Floats], gains: Sequence[Floats]) -> "Options":
        width = max((len(cost) for cost in costs), default=1)
        cost, gain = np.full((len(costs), width), np.inf), np.zeros((len(costs), width))
        for line, (these, those) in enumerate(zip(costs, gains, strict=True)):
            cost[line, : len(these)], gain[line, : len(those)] = these, those
        return cls(cost, gain)

    def answer(self, theta: float) -> Wholes:
        """The option of each group that is best when a unit of gain is worth theta."""
        chosen: Wholes = np.argmin(self.cost - theta * self.gain, axis=1)
        return chosen

    def totals(self, chosen: Wholes) -> tuple[float, float]:
        """Cost and gain of a choice."""
        line = np.arange(len(chosen))
        return float(self.cost[line, chosen].sum()), float(self.gain[line, chosen].sum())


def cheapest(options: Options, need: float, below: float = np.inf) -> Wholes | None:
    """The choice of least cost whose gain reaches `need`; None when there is none.

    A price of gain brackets the answer; what can still be cheaper lies within the gap between the bound that the price
    proves and the best choice at hand, and is gone through group by group, dominated partial choices left out.

    Shapes: (groups,), the option of each group. Units: a choice that does not cost less than `below` need not be the
    cheapest.
    """
    best = _most(options)
    if options.totals(best)[1] < need:
        return None
    theta, best = _priced(options, need, best)
    best = _thinned_out(options, need, best)
    if len(best) > GROUPS_MAX:
        return best
    return _paired_off(options, need, theta, best, below)


def price_of(options: Options, need: float) -> float | None:
    """The price of a unit of gain at which the need is just met; None when no choice meets it."""
    most = _most(options)
    return None if options.totals(most)[1] < need else _priced(options, need, most)[0]


def _most(options: Options) -> Wholes:
    gain = np.where(np.isfinite(options.cost), options.gain, -np.inf)
    most: Wholes = np.argmax(gain, axis=1)
    return most


def _priced(options: Options, need: float, most: Wholes) -> tuple[float, Wholes]:
    """The price of gain at which the need is just met, and the choice it makes."""
    low, high = 0.0, 1.0
    while options.totals(options.answer(high))[1] < need:
        low, high = high, high * 8
        if high > 1e30:
            return high, most
    for _ in range(80):
        middle = (low + high) / 2 if low == 0 else (low * high) ** 0.5
        if options.totals(options.answer(middle))[1] < need:
            low = middle
        else:
            high = middle
        if high <= low * (1 + 1e-12):
            break
    return high, options.answer(high)


def _thinned_out(options: Options, need: float, chosen: Wholes) -> Wholes:
    """Give up, the largest saving first, what is not needed."""
    chosen, line = chosen.copy(), np.arange(len(chosen))
    while True:
        slack = options.totals(chosen)[1] - need
        saved = options.cost[line, chosen][:, None] - options.cost
        lost = options.gain[line, chosen][:, None] - options.gain
        saved = np.where((lost <= slack) & np.isfinite(options.cost), saved, 0.0)
        group, option = np.unravel_index(int(np.argmax(saved)), saved.shape)
        if not saved[group, option] > 0:
            return chosen
        chosen[group] = option


def _paired_off(options: Options, need: float, theta: float, best: Wholes, below: float) -> Wholes:
    reduced = options.cost - theta * options.gain
    base = options.answer(theta)
    line = np.arange(len(base))
    reduced = reduced - reduced[line, base][:, None]
    cost_best = min(options.totals(best)[0], below)
    cost_base, gain_base = options.totals(base)
    gap = cost_best - (cost_base - theta * (gain_base - need))
    open_groups = np.flatnonzero((reduced <= gap).sum(axis=1) > 1)
    over, cost, gain = np.zeros(1), np.array([cost_base]), np.array([gain_base])
    steps: list[tuple[Wholes, Wholes]] = []
    for group in open_groups.tolist():
        worth = np.flatnonzero(reduced[group] <= gap)
        tried = (over[:, None] + reduced[group, worth]).ravel()
        costs = (cost[:, None] + options.cost[group, worth] - options.cost[group, base[group]]).ravel()
        gains = (gain[:, None] + options.gain[group, worth] - options.gain[group, base[group]]).ravel()
        keep = _undominated(tried, costs, gains, gap)
        over, cost, gain = tried[keep], costs[keep], gains[keep]
        steps.append((keep // len(worth), worth[keep % len(worth)]))
    enough = np.flatnonzero((gain >= need) & (cost < cost_best - 1e-12 * abs(cost_best)))
    if not len(enough):
        return best
    return _traced(base, open_groups.tolist(), steps, int(enough[np.argmin(cost[enough])]), options, need, best)


def _undominated(tried: Floats, costs: Floats, gains: Floats, gap: float) -> Wholes:
    """The partial choices within the gap that gain more than every cheaper one."""
    inside: Wholes = np.flatnonzero(tried <= gap)
    inside = inside[np.lexsort((-gains[inside], costs[inside]))]
    before = np.r_[-np.inf, np.maximum.accumulate(gains[inside])[:-1]]
    inside = inside[gains[inside] > before + 1e-15]
    if len(inside) > STATES_MAX:
        inside = inside[np.sort(np.argsort(tried[inside], kind="stable")[:STATES_MAX])]
    return inside


def _traced(
    base: Wholes,
    groups: list[int],
    steps: list[tuple[Wholes, Wholes]],
    state: int,
    options: Options,
    need: float,
    best: Wholes,
) -> Wholes:
    chosen = base.copy()
    for group, (came_from, option) in zip(reversed(groups), reversed(steps), strict=True):
        chosen[group] = option[state]
        state = int(came_from[state])
    return chosen if options.totals(chosen)[1] >= need else best
