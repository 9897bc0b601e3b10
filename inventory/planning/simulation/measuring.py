"""What a simulation came to, by tier and class: service, waits, stock, transfers and orders. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from inventory.planning.days.passing import Day
from inventory.planning.replenishment.arrays import Ids, Reals
from inventory.planning.replenishment.proposing import MONEY, Offers, value_of

WAITS_COUNTED = 400
"""Days of wait that are told apart."""
MOST = 0.95


@dataclass(frozen=True, slots=True)
class Groups:
    """Which part-places are told of together.

    Shapes: `tier` and `abc` are (n,), places in `tiers` and `classes`.
    """

    tiers: tuple[str, ...]
    classes: tuple[str, ...]
    tier: Ids
    abc: Ids

    def __len__(self) -> int:
        return len(self.tiers) * len(self.classes)

    @property
    def of(self) -> Ids:
        """The number of the group of each place. Shapes: (n,)."""
        return self.tier * len(self.classes) + self.abc


@dataclass(frozen=True, slots=True)
class Figures:
    """What a group came to in the days that count; None where nothing was asked for.

    A line is what a place asks of a part on a day. `fill` is the share of lines that the place meant to serve met in
    full at once: itself, or the one that stocks the part for it; `unit_fill` that of units, and `same_day` adds the
    units that places further up gave at once. `expected_fill` is what the levels themselves expected for these lines,
    `target` what the policies ask for where they ask for a fill rate. Of the `transfers` some are `moved` between
    equals or back up; `went_by_itself` is the share that needed no person.

    Units: base units; waits in days over all units asked for; stock, and what is coming, as the mean of the days' ends,
    in units and in the company's currency; transfers and orders as lines, counted where they go to.
    """

    tier: str | None
    abc: str | None
    places: int
    asked: int
    lines: int
    fill: float | None
    unit_fill: float | None
    same_day: float | None
    expected_fill: float | None
    target: float | None
    wait_mean: float | None
    wait_95: int | None
    wait_longest: int | None
    waiting: int
    stock: float
    stock_value: float
    coming_value: float
    transfers: int
    transferred: int
    moved: int
    went_by_itself: float | None
    orders: int
    ordered: int
    order_value: float


class Measured:
    """The days of a simulation added up."""

    def __init__(self, groups: Groups, offers: Offers, target: Reals) -> None:
        """Begin to add up.

        Shapes: offers and target (n,). Units: `target` a fill rate, NaN where none is asked for.
        """
        self.groups, self._offers, self._target, self._group = groups, offers, target, groups.of
        self._sums: dict[str, Reals] = {}
        self._waits = np.zeros((len(groups), WAITS_COUNTED), dtype=np.int64)
        self._places = np.zeros(len(groups), dtype=np.int64)
        self._waiting = np.zeros(len(groups), dtype=np.int64)
        self.days = 0

    def add(self, day: Day) -> None:
        """Count a day in."""
        self.days += 1
        self._add_service(day)
        self._add_stock(day)
        self._add_orders(day)
        self._places = self._by_group(day.levels.stocked.astype(np.float64)).astype(np.int64)
        self._waiting = self._by_group(day.waiting.astype(np.float64)).astype(np.int64)

    def _add_service(self, day: Day) -> None:
        asked, row = day.asks.quantity.astype(np.float64), day.asks.row
        self._add("asked", asked, row)
        self._add("met_anywhere", day.met.quantity.astype(np.float64), day.met.row)
        self._add("lines", np.ones(len(row)), row)
        at_once = np.zeros(len(day.waiting), dtype=np.int64)
        planned = day.met.step <= day.routes.planned[day.met.row]
        np.add.at(at_once, day.met.row[planned], day.met.quantity[planned])
        self._add("lines_met", (at_once[row] >= day.asks.quantity).astype(np.float64), row)
        self._add("met", at_once[row].astype(np.float64), row)
        serving = _serving(day)[row]
        expected = np.where(serving >= 0, day.levels.expected_fill[serving], 0.0)
        self._add("expected", expected, row)
        told = row[~np.isnan(self._target[row])]
        self._add("told", np.ones(len(told)), told)
        self._add("wished", self._target[told], told)
        self._add("unit_days", day.waiting.astype(np.float64), None)
        for served in (day.met, day.late):
            waited = np.minimum(served.waited, WAITS_COUNTED - 1)
            np.add.at(self._waits, (self._group[served.row], waited), served.quantity)

    def _add_stock(self, day: Day) -> None:
        price = self._offers.price / MONEY
        self._add("stock", day.free.astype(np.float64), None)
        self._add("stock_value", day.free * price, None)
        self._add("coming_value", day.coming * price, None)

    def _add_orders(self, day: Day) -> None:
        rows, quantity = day.orders.receiver, day.orders.quantity
        bought = day.orders.giver < 0
        units, one = quantity.astype(np.float64), np.ones(len(rows))
        for name, values, which in (
            ("transfers", one, ~bought),
            ("transferred", units, ~bought),
            ("by_itself", one, ~bought & day.orders.alone),
            ("moved", one, ~day.orders.drawn),
            ("orders", one, bought),
            ("ordered", units, bought),
            ("order_value", value_of(quantity, self._offers.price[rows]) / MONEY, bought),
        ):
            self._add(name, values[which], rows[which])

    def _add(self, name: str, values: Reals, rows: Ids | None) -> None:
        self._sums[name] = self._sums.get(name, np.zeros(len(self.groups))) + self._by_group(values, rows)

    def _by_group(self, values: Reals, rows: Ids | None = None) -> Reals:
        group = self._group if rows is None else self._group[rows]
        return np.bincount(group, weights=values, minlength=len(self.groups)).astype(np.float64)

    def figures(self) -> Iterator[Figures]:
        """The figures of each class of each tier that has any, of each tier, and of all."""
        if not self.days:
            return
        busy = (self._sums["asked"] + self._sums["stock"] + self._places + self._waiting) > 0
        number = np.arange(len(self.groups)).reshape(len(self.groups.tiers), len(self.groups.classes))
        for tier, of_tier in zip(self.groups.tiers, number, strict=True):
            for abc, one in zip(self.groups.classes, of_tier, strict=True):
                if busy[one]:
                    yield self._figures(tier, abc, of_tier[of_tier == one])
            if busy[of_tier].any():
                yield self._figures(tier, None, of_tier)
        yield self._figures(None, None, number.ravel())

    def _figures(self, tier: str | None, abc: str | None, which: Ids) -> Figures:
        sums = {name: float(values[which].sum()) for name, values in self._sums.items()}
        asked, waits = sums["asked"], self._waits[which].sum(axis=0)
        waited = np.flatnonzero(waits)
        return Figures(
            tier=tier,
            abc=abc,
            places=int(self._places[which].sum()),
            asked=int(asked),
            lines=int(sums["lines"]),
            fill=_share(sums["lines_met"], sums["lines"]),
            unit_fill=_share(sums["met"], asked),
            same_day=_share(sums["met_anywhere"], asked),
            expected_fill=_share(sums["expected"], sums["lines"]),
            target=_share(sums["wished"], sums["told"]),
            wait_mean=_share(sums["unit_days"], asked),
            wait_95=int(np.searchsorted(np.cumsum(waits), MOST * waits.sum())) if len(waited) else None,
            wait_longest=int(waited[-1]) if len(waited) else None,
            waiting=int(self._waiting[which].sum()),
            stock=sums["stock"] / self.days,
            stock_value=sums["stock_value"] / self.days,
            coming_value=sums["coming_value"] / self.days,
            transfers=int(sums["transfers"]),
            transferred=int(sums["transferred"]),
            moved=int(sums["moved"]),
            went_by_itself=_share(sums["by_itself"], sums["transfers"]),
            orders=int(sums["orders"]),
            ordered=int(sums["ordered"]),
            order_value=sums["order_value"],
        )


def _serving(day: Day) -> Ids:
    """The row that is meant to serve each place, -1 for none: the source at its last planned step."""
    rows = np.arange(day.routes.sources.shape[1])
    return np.asarray(day.routes.sources[day.routes.planned, rows])


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
