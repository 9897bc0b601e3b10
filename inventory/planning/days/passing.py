"""How a day passes: a night's look at all places, what comes, and then what is asked for. Pure.

A day begins with the night's run: needs are worked out from positions and levels by the very functions of the real run,
shared, and ordered at once. Then what is due comes, those who wait are served, and then those who ask. An order of a
night with a lead time of two days serves from the day after next on, so that a level covers the lead time and a night.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from inventory.planning.days.asking import Asks, Demand
from inventory.planning.days.serving import Lines, Routes, Served, serve
from inventory.planning.days.shelves import Shelves, holding
from inventory.planning.replenishment.arrays import Flags, Ids, Reals, Rows
from inventory.planning.replenishment.levels import Levels
from inventory.planning.replenishment.positions import Positions
from inventory.planning.replenishment.proposing import Needs

LEAD_STREAM = 1
"""Lead times are drawn from another stream than demand, so that neither changes the other."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What is ordered on a night.

    Shapes: all (orders,). Units: `giver` the row that it is moved from, -1 where it is bought; base units; days, days
    squared. `drawn` tells what follows from the place's own need, drawn from above or bought; the rest is moved between
    equals or back up. `alone`: in a real run it needs no person.
    """

    giver: Ids
    receiver: Ids
    quantity: Ids
    lead_days: Reals
    lead_variance: Reals
    drawn: Flags
    alone: Flags

    def __len__(self) -> int:
        return len(self.receiver)


class Planner(Protocol):
    """Who says what every part-place should hold, and what follows from it on a night."""

    @property
    def parent(self) -> Rows:
        """The row above each. Shapes: (n,)."""
        ...

    def levels_on(self, day: int, waited_for: Flags) -> Levels:
        """What every place should hold as of the night before a day; where somebody waits. Shapes: (n,) each."""
        ...

    def decide(self, positions: Positions, waited_for: Flags) -> tuple[Needs, Orders]:
        """What every place needs by the levels told last, and what is ordered. Shapes: all (n,)."""
        ...

    def see(self, day: int, asks: Asks) -> None:
        """Learn what was asked for on a day, when it is over."""
        ...


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it went.

    Shapes: `met` and `late` are pieces of what was given to those who asked today and to those who had waited;
    `unserved` are the lines of those who still waited as the day ended; `free`, `coming` and `waiting` are (n,), as it
    ended.
    """

    day: int
    levels: Levels
    routes: Routes
    needs: Needs
    orders: Orders
    asks: Asks
    met: Served
    late: Served
    unserved: Lines
    free: Ids
    coming: Ids
    waiting: Ids


def simulate(
    planner: Planner,
    demand: Demand,
    *,
    days: int,
    seed: int = 1,
    shelves: Shelves | None = None,
    routing: Callable[[Rows, Flags], Routes],
) -> Iterator[Day]:
    """Let days go by, one answer a day. Without shelves it begins with every place full up to its level.

    What a place draws or buys is never turned down: what a person would have to decide is decided in the same night.

    Units: `seed` draws lead times, where they stray; nothing else is left to chance here.
    """
    stand = _full(planner) if shelves is None else shelves
    for day in range(days):
        levels = planner.levels_on(day, stand.waited_for)
        routes = routing(planner.parent, levels.stocked)
        needs, orders = planner.decide(stand.positions(routes), stand.waited_for)
        _send(stand, orders, day=day, seed=seed)
        stand.receive(day)
        late, stand.waiting = serve(stand.waiting, stand.free, routes, day=day)
        asks = demand.on(day)
        met, short = serve(_lines(asks, day), stand.free, routes, day=day)
        stand.waiting = stand.waiting.followed_by(short)
        planner.see(day, asks)
        ended = (stand.free.copy(), stand.coming.copy(), stand.units_waiting())
        yield Day(day, levels, routes, needs, orders, asks, met, late, stand.waiting, *ended)


def _full(planner: Planner) -> Shelves:
    """Shelves with all that the first night's levels say."""
    levels = planner.levels_on(0, np.zeros(len(planner.parent), dtype=np.bool_))
    return holding(np.where(levels.stocked, levels.order_up_to, 0))


def _lines(asks: Asks, day: int) -> Lines:
    return Lines(asks.row, np.full(len(asks.row), day), asks.quantity)


def _send(stand: Shelves, orders: Orders, *, day: int, seed: int) -> None:
    """Take what is moved off its giver's shelf, and note when each order comes."""
    moved = orders.giver >= 0
    np.subtract.at(stand.free, orders.giver[moved], orders.quantity[moved])
    assert (stand.free >= 0).all(), "what is ordered of a place is shared from what it has"
    lead = lead_days(orders.lead_days, orders.lead_variance, day=day, seed=seed)
    stand.await_(orders.receiver, orders.quantity, day + lead)


def lead_days(mean: Reals, variance: Reals, *, day: int, seed: int) -> Ids:
    """How many days each order of a day takes: its mean in whole days, drawn from a gamma distribution where it strays.

    Shapes: (orders,) each. Units: days, days squared.
    """
    days = mean.copy()
    strays = np.flatnonzero((variance > 0) & (mean > 0))
    draw = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, day, LEAD_STREAM])))
    scale = variance[strays] / mean[strays]
    days[strays] = draw.gamma(mean[strays] / scale, scale)
    return np.rint(days).astype(np.int64)
