"""A rehearsal: the year that has passed, lived once more with the levels that would have been worked out in it. Pure.

Levels promise a share of the orders. Forecasts err, and no demand has quite the shape that it is read as, so that more
is missed than was promised, in some segments of demand more than in others. What comes out so much worse is worth so
much more stock: where an order missed costs the same everywhere, the price at which a segment is planned rises in the
proportion in which its promise is broken. The price of each class then follows, so that what is likely to be met in it,
and not what is promised, is what its policy asks for.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from inventory.planning.calibration.grounds import Grounds
from inventory.planning.days import Day, Fixed, Replayed, from_own_shelf, simulate
from inventory.planning.policies import MEASURES, ServiceMeasure
from inventory.planning.replenishment.arrays import Ids, Reals, Rows
from inventory.planning.replenishment.constants import WEIGHED, Constants
from inventory.planning.replenishment.failing import lay_beside
from inventory.planning.replenishment.layout import nearest_stocked
from inventory.planning.replenishment.levels import Before, Levels, Trees, read_class, work_out_levels
from inventory.planning.replenishment.outlook import KINDS
from inventory.planning.replenishment.planning import Asking, ask, trees_of
from inventory.planning.stocking.forest import order_sizes
from inventory.planning.stocking.service_price import Service

YEAR_MONTHS: Final = 12
BEFORE_MONTHS: Final = 12
"""Months that must be known before the year, for its first forecasts."""
TELLING_MIN: Final = 200
"""Months of the year in which a place asked for a part; fewer tell nothing of how demand strays."""
PLANNED_EVERY: Final = 3
"""Months from levels to levels; the first such stretch is lived but not counted, for it begins with full shelves."""
PARTS_MAX: Final = 150
SIZE_MAX: Final = 20.0
"""Parts of which places ask for more units than this at a time, by the gram, are left out: they take the longest, and
tell no more of how demand strays than others."""
ROUNDS: Final = 2
DOUBT: Final = 25.0
"""Orders missed just as promised that are put beside what was seen, so that few do not tell for many."""
FURTHEST: Final = 4.0
"""No price goes further from what it was than by this factor, up or down."""
ORDERS_A_MONTH_MAX: Final = 31
SEED: Final = 1


def rehearsed(constants: Constants, grounds: Grounds) -> Constants:
    """Correct what service costs, and tell how far promises are broken, by what the year would have been.

    Where too little is known of the time before it, or little was asked for in it, nothing is corrected.
    """
    telling = int((grounds.matrix.quantity[:, -YEAR_MONTHS:] > 0).sum())
    if months_known(grounds) < YEAR_MONTHS + BEFORE_MONTHS or telling < TELLING_MIN:
        return constants
    year, prices = _Year(grounds.of_pieces(SIZE_MAX, parts=PARTS_MAX), constants), constants.service_prices
    for _ in range(ROUNDS):
        constants = corrected(constants, year.lived(constants))
        kept = {one: _within(price, prices[one]) for one, price in constants.service_prices.items()}
        constants = replace(constants, service_prices=kept)
    return constants


def _within(price: float, before: float) -> float:
    return min(max(price, before / FURTHEST), before * FURTHEST)


def months_known(grounds: Grounds) -> int:
    """For how many months up to now anything is known of demand."""
    quantity = grounds.matrix.quantity
    known = np.flatnonzero(~np.isnan(quantity).all(axis=0)) if len(quantity) else np.zeros(0, np.int64)
    return quantity.shape[1] - int(known[0]) if len(known) else 0


@dataclass(frozen=True, slots=True)
class Lived:
    """What the counted days of the year came to, each part of the sample counting for as many as it stands for.

    Shapes: `classes` (classes,), ascending; the others (classes, kinds of demand).
    Units: orders; `waited` in orders times days. `promised` is what the levels promised to miss of them.
    """

    classes: Ids
    orders: Reals
    missed: Reals
    promised: Reals
    waited: Reals


def corrected(constants: Constants, lived: Lived) -> Constants:
    """Let prices and promises follow what was seen.

    A kind of demand of which more was missed than promised is planned at as much higher a price. What a class then is
    expected to miss, of what it may miss, moves its own price.
    """
    before = np.array(constants.missed)
    told = [read_class(int(one)) for one in lived.classes]
    fills = np.array([MEASURES[one.measure] is ServiceMeasure.FILL_RATE for one in told], dtype=np.bool_)
    missed, promised = lived.missed[fills].sum(axis=0), lived.promised[fills].sum(axis=0)
    usual = (missed.sum() + DOUBT) / (promised.sum() + DOUBT)
    ratio = np.clip((missed + DOUBT * usual) / (promised + DOUBT), 1 / FURTHEST, FURTHEST)
    prices = dict(constants.service_prices)
    for row, (number, one) in enumerate(zip(lived.classes.tolist(), told, strict=True)):
        if number not in prices:
            continue
        allowed = Service(WEIGHED[MEASURES[one.measure]], one.target).allowed * lived.orders[row].sum()
        seen = (lived.promised[row] * before).sum() if fills[row] else lived.waited[row].sum()
        doubt = DOUBT if fills[row] else DOUBT * one.target
        prices[number] *= float((seen + doubt) / (allowed + doubt))
    return replace(constants, service_prices=prices, missed=tuple(ratio.tolist()))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The months between two workings-out of levels: what is asked of each place then, and its trees.

    Shapes: `serving`, `cell` and `orders_a_unit` (n,): the row meant to serve a place, -1 for none; in which class and
    for which kind of demand its orders count; how many orders, of all the parts stood for, a unit asked for is.
    """

    first_day: int
    asking: Asking
    trees: Trees
    serving: Rows
    cell: Ids
    orders_a_unit: Reals


class _Year:
    """The year that has passed, ready to be lived at any prices of service."""

    def __init__(self, grounds: Grounds, constants: Constants) -> None:
        """Forecast every stretch from what was known before it, and lay the year's demand out by day."""
        self._grounds = grounds
        self._months = grounds.matrix.months[-YEAR_MONTHS:]
        plans = list(self._plan(constants))
        self._classes = np.unique(np.concatenate([trees.service for _, trees in plans]))
        weight = grounds.sample.weight_of(grounds.layout.part_ids)
        self._weight = weight / weight.mean()
        firsts = range(0, YEAR_MONTHS, PLANNED_EVERY)
        self._stretches = [self._stretch(later, *plan) for later, plan in zip(firsts, plans, strict=True)]
        self._demand = self._by_day()

    def _plan(self, constants: Constants) -> Iterator[tuple[Asking, Trees]]:
        grounds, before = self._grounds, Before.nothing(len(self._grounds.layout))
        price = grounds.sellers.worth(grounds.layout.part_ids, constants.usual_price)
        for later in range(0, YEAR_MONTHS, PLANNED_EVERY):
            known = grounds.as_of(grounds.matrix.quantity.shape[1] - YEAR_MONTHS + later)
            fitted = lay_beside(known.matrix, known.base, grounds.book)
            on = self._months[later].astype("datetime64[D]").item()
            asking = ask(grounds.layout, known.matrix, before, grounds.book, constants, fitted, on=on)
            trees = trees_of(asking, price)
            yield asking, trees
            before = replace(before, stocked=np.isin(np.arange(len(grounds.layout)), trees.rows))

    def _stretch(self, later: int, asking: Asking, trees: Trees) -> _Stretch:
        n = len(asking.layout)
        cell, size = np.full(n + 1, -1), np.ones(n + 1)
        cell[trees.rows] = np.searchsorted(self._classes, trees.service) * len(KINDS) + trees.kind
        size[trees.rows] = trees.forest.lump
        serving = nearest_stocked(asking.layout.parent, cell[:n] >= 0)
        first_day = self._day_of(self._months[later])
        return _Stretch(first_day, asking, trees, serving, cell[serving], self._weight / size[serving])

    def _day_of(self, month: np.datetime64) -> int:
        first: np.timedelta64 = month.astype("datetime64[D]") - self._months[0].astype("datetime64[D]")
        return int(first.astype(int))

    @property
    def _days(self) -> int:
        return self._day_of(self._months[-1] + 1)

    def _by_day(self) -> Replayed:
        """What was asked for in each month, as orders of the usual size on days of it: a month tells no more."""
        grounds, asked = self._grounds, self._stretches[0].asking.asked
        at, which = grounds.layout.find(grounds.matrix.part_ids, grounds.matrix.warehouse_ids, grounds.book.places)
        quantity = np.rint(np.nan_to_num(grounds.matrix.quantity[which, -YEAR_MONTHS:])).astype(np.int64)
        series, month = np.nonzero(quantity > 0)
        row, units = at[series], quantity[series, month]
        starts = np.array([self._day_of(one) for one in self._months] + [self._days])
        size = order_sizes(asked.daily_mean[row], asked.daily_variance[row])
        orders = np.clip(np.rint(units / size).astype(np.int64), 1, ORDERS_A_MONTH_MAX)
        draw = np.random.Generator(np.random.PCG64(SEED))
        one = np.repeat(np.arange(len(row)), orders)
        day = starts[month[one]] + (draw.random(len(one)) * np.diff(starts)[month[one]]).astype(np.int64)
        pieces = split(units, orders, draw)
        turn = np.argsort(day, kind="stable")
        return Replayed(row[one][turn], day[turn], pieces[turn])

    def lived(self, constants: Constants) -> Lived:
        """Live the year at the prices of some constants."""
        grounds, days = self._grounds, self._days
        levels = {one.first_day: _levels(one, constants, grounds) for one in self._stretches}
        planner = Fixed(
            levels,
            grounds.sellers.offers(grounds.layout.part_ids),
            self._stretches[0].asking.wanted.lead_time_variance,
            grounds.layout.parent,
        )
        counted = np.zeros((4, len(self._classes) * len(KINDS)))
        for day in simulate(planner, self._demand, days=days, seed=SEED, routing=from_own_shelf):
            stretch = self._stretches[np.searchsorted(list(levels), day.day, side="right") - 1]
            if stretch.first_day:
                counted += _count(day, stretch, counted.shape[1])
        return Lived(self._classes, *counted.reshape(4, len(self._classes), len(KINDS)))


def _count(day: Day, stretch: _Stretch, cells: int) -> Reals:
    """Orders, those missed, those that levels promised to miss, and those that wait as a day ends.

    Shapes: (4, cells).
    """
    served = np.flatnonzero(stretch.cell[day.asks.row] >= 0)
    row, asked = day.asks.row[served], day.asks.quantity[served]
    met = np.bincount(day.met.row, weights=day.met.quantity, minlength=len(day.waiting))[row]
    orders = asked * stretch.orders_a_unit[row]
    missed = (asked - met) * stretch.orders_a_unit[row]
    promised = orders * (1.0 - day.levels.expected_fill[stretch.serving[row]])
    waiting = np.flatnonzero((day.waiting > 0) & (stretch.cell >= 0))
    waited = day.waiting[waiting] * stretch.orders_a_unit[waiting]
    cell = stretch.cell[row]
    by_cell = [np.bincount(cell, weights=one, minlength=cells) for one in (orders, missed, promised)]
    return np.array([*by_cell, np.bincount(stretch.cell[waiting], weights=waited, minlength=cells)])


def split(units: Ids, orders: Ids, draw: np.random.Generator) -> Ids:
    """Split quantities into so many orders each, of sizes as geometric ones have that add up to as much.

    Shapes: units and orders (n,), 1 at least; the answer has the orders of each after those of the one before.
    """
    of = np.repeat(np.arange(len(units)), orders)
    weight = draw.exponential(size=len(of))
    reached = np.cumsum(weight)
    ends = np.cumsum(orders)
    begins = np.r_[0.0, reached[ends[:-1] - 1]] if len(units) else np.zeros(0)
    whole = reached[ends - 1] - begins if len(units) else np.zeros(0)
    upto = np.rint((reached - begins[of]) / whole[of] * units[of]).astype(np.int64)
    upto[ends - 1] = units
    firsts = np.zeros(len(of), dtype=np.bool_)
    firsts[ends - orders] = True
    return np.asarray(np.where(firsts, upto, upto - np.r_[0, upto[:-1]]))


def _levels(stretch: _Stretch, constants: Constants, grounds: Grounds) -> Levels:
    asking = stretch.asking
    n = len(asking.layout)
    theta = constants.theta_of(stretch.trees, grounds.book.settings)
    return work_out_levels(
        asking.layout,
        stretch.trees,
        asking.asked,
        asking.wanted,
        Before.nothing(n),
        theta,
        days_left=np.full(n, np.nan),
        band=0.0,
        order_stock=grounds.book.settings.order_stock,
    )
