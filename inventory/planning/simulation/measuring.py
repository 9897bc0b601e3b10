"""What a simulation came to, by tier and class: service, waits, stock, transfers and orders. Pure.

Service, waits, transfers and orders are counted in lines and in money: grams and pieces do not add up. Units are told
only of groups whose parts are all counted in one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from inventory.planning.days.passing import Day
from inventory.planning.days.serving import nobody
from inventory.planning.replenishment.arrays import Flags, Ids, Reals
from inventory.planning.replenishment.proposing import MONEY, Offers, value_of

MOST = 0.95


@dataclass(frozen=True, slots=True)
class Groups:
    """Which part-places are told of together.

    Shapes: `tier`, `abc` and `unit` are (n,), places in `tiers`, `classes` and `units`.
    """

    tiers: tuple[str, ...]
    classes: tuple[str, ...]
    units: tuple[str, ...]
    tier: Ids
    abc: Ids
    unit: Ids

    def __len__(self) -> int:
        return len(self.tiers) * len(self.classes)

    @property
    def of(self) -> Ids:
        """The number of the group of each place. Shapes: (n,)."""
        return self.tier * len(self.classes) + self.abc

    @property
    def counted_in(self) -> Flags:
        """In which units the parts of each group are counted. Shapes: (groups, units)."""
        found = np.zeros((len(self), len(self.units)), dtype=np.bool_)
        found[self.of, self.unit] = True
        return found


@dataclass(frozen=True, slots=True)
class Figures:
    """What a group came to in the days that count; None where nothing tells it.

    A line is what a place asks of a part on a day. `fill` is the share of lines that the place meant to serve met in
    full at once: itself, or the one that stocks the part for it; `same_day` that of lines which it and places further
    up met together. `expected_fill` is what the levels themselves expected for these lines, `target` what the policies
    ask for where they ask for a fill rate. A line waits until all of it is there. Waits are those of all lines open in
    these days; who still waits as they end (`waiting`) counts with the days so far, the last of them included. Of the
    `transfers` some are `moved` between equals or back up; `went_by_itself` is the share that needed no person.

    Units: lines; days; `value`, of stock and of what is coming as the mean of the days' ends, in the company's
    currency; transfers and orders counted where they go to. In base units, where all parts of the group are counted in
    one, `unit`: `asked`, `unit_fill` the share met at once by the place meant to serve, `stock`, `transferred`,
    `ordered`.
    """

    tier: str | None
    abc: str | None
    places: int
    lines: int
    fill: float | None
    same_day: float | None
    expected_fill: float | None
    target: float | None
    wait_mean: float | None
    wait_95: int | None
    wait_longest: int | None
    waiting: int
    asked_value: float
    stock_value: float
    coming_value: float
    transfers: int
    transfer_value: float
    moved: int
    went_by_itself: float | None
    orders: int
    order_value: float
    unit: str | None
    asked: int | None
    unit_fill: float | None
    stock: float | None
    transferred: int | None
    ordered: int | None


class Measured:
    """The days of a simulation added up."""

    def __init__(self, groups: Groups, offers: Offers, target: Reals) -> None:
        """Begin to add up.

        Shapes: offers and target (n,). Units: `target` a fill rate, NaN where none is asked for.
        """
        self.groups, self._offers, self._target, self._group = groups, offers, target, groups.of
        self._counted_in = groups.counted_in
        self._sums: dict[str, Reals] = {}
        self._waits = np.zeros((len(groups), 1), dtype=np.int64)
        self._unserved, self._last_day = nobody(), 0
        self._places = np.zeros(len(groups), dtype=np.int64)
        self.days = 0

    def add(self, day: Day) -> None:
        """Count a day in."""
        self.days += 1
        self._add_service(day)
        self._add_stock(day)
        self._add_orders(day)
        for served in (day.met, day.late):
            self._waits = _waited(self._waits, self._group[served.row[served.last]], served.waited[served.last])
        self._unserved, self._last_day = day.unserved, day.day
        self._places = self._by_group(day.levels.stocked.astype(np.float64)).astype(np.int64)

    def _add_service(self, day: Day) -> None:
        asked, row = day.asks.quantity, day.asks.row
        self._add("lines", np.ones(len(row)), row)
        self._add("asked", asked.astype(np.float64), row)
        self._add("asked_value", asked * self._price[row], row)
        met, n = day.met, len(day.free)
        planned = met.step <= day.routes.planned[met.row]
        as_meant = _by_place(met.row[planned], met.quantity[planned], n)[row]
        self._add("lines_met", (as_meant >= asked).astype(np.float64), row)
        self._add("met", as_meant.astype(np.float64), row)
        anywhere = _by_place(met.row, met.quantity, n)[row]
        self._add("lines_same_day", (anywhere >= asked).astype(np.float64), row)
        serving = _serving(day)[row]
        expected = np.where(serving >= 0, day.levels.expected_fill[serving], 0.0)
        self._add("expected", expected, row)
        told = row[~np.isnan(self._target[row])]
        self._add("told", np.ones(len(told)), told)
        self._add("wished", self._target[told], told)

    def _add_stock(self, day: Day) -> None:
        self._add("stock", day.free.astype(np.float64), None)
        self._add("stock_value", day.free * self._price, None)
        self._add("coming_value", day.coming * self._price, None)

    def _add_orders(self, day: Day) -> None:
        rows, quantity = day.orders.receiver, day.orders.quantity
        bought = day.orders.giver < 0
        units, one = quantity.astype(np.float64), np.ones(len(rows))
        value = value_of(quantity, self._offers.price[rows]) / MONEY
        for name, values, which in (
            ("transfers", one, ~bought),
            ("transferred", units, ~bought),
            ("transfer_value", value, ~bought),
            ("by_itself", one, ~bought & day.orders.alone),
            ("moved", one, ~day.orders.drawn),
            ("orders", one, bought),
            ("ordered", units, bought),
            ("order_value", value, bought),
        ):
            self._add(name, values[which], rows[which])

    @property
    def _price(self) -> Reals:
        return self._offers.price / MONEY

    def _add(self, name: str, values: Reals, rows: Ids | None) -> None:
        self._sums[name] = self._sums.get(name, np.zeros(len(self.groups))) + self._by_group(values, rows)

    def _by_group(self, values: Reals, rows: Ids | None = None) -> Reals:
        group = self._group if rows is None else self._group[rows]
        return np.bincount(group, weights=values, minlength=len(self.groups)).astype(np.float64)

    def figures(self) -> Iterator[Figures]:
        """The figures of each class of each tier that has any, of each tier, and of all."""
        if not self.days:
            return
        group = self._group[self._unserved.row]
        waits = _waited(self._waits, group, self._last_day + 1 - self._unserved.since)
        waiting = np.bincount(group, minlength=len(self.groups))
        busy = (self._sums["lines"] + self._sums["stock"] + self._places + waiting) > 0
        number = np.arange(len(self.groups)).reshape(len(self.groups.tiers), len(self.groups.classes))
        for tier, of_tier in zip(self.groups.tiers, number, strict=True):
            for abc, one in zip(self.groups.classes, of_tier, strict=True):
                if busy[one]:
                    yield self._figures(tier, abc, of_tier[of_tier == one], waits, waiting)
            if busy[of_tier].any():
                yield self._figures(tier, None, of_tier, waits, waiting)
        yield self._figures(None, None, number.ravel(), waits, waiting)

    def _figures(self, tier: str | None, abc: str | None, which: Ids, waits: Ids, waiting: Ids) -> Figures:
        sums = {name: float(values[which].sum()) for name, values in self._sums.items()}
        unit, waited = self._unit(which), waits[which].sum(axis=0)
        open_lines, days = int(waited.sum()), np.arange(len(waited))
        return Figures(
            tier=tier,
            abc=abc,
            places=int(self._places[which].sum()),
            lines=int(sums["lines"]),
            fill=_share(sums["lines_met"], sums["lines"]),
            same_day=_share(sums["lines_same_day"], sums["lines"]),
            expected_fill=_share(sums["expected"], sums["lines"]),
            target=_share(sums["wished"], sums["told"]),
            wait_mean=_share(float(waited @ days), open_lines),
            wait_95=int(np.searchsorted(np.cumsum(waited), MOST * open_lines)) if open_lines else None,
            wait_longest=int(np.flatnonzero(waited)[-1]) if open_lines else None,
            waiting=int(waiting[which].sum()),
            asked_value=sums["asked_value"],
            stock_value=sums["stock_value"] / self.days,
            coming_value=sums["coming_value"] / self.days,
            transfers=int(sums["transfers"]),
            transfer_value=sums["transfer_value"],
            moved=int(sums["moved"]),
            went_by_itself=_share(sums["by_itself"], sums["transfers"]),
            orders=int(sums["orders"]),
            order_value=sums["order_value"],
            unit=unit,
            asked=int(sums["asked"]) if unit else None,
            unit_fill=_share(sums["met"], sums["asked"]) if unit else None,
            stock=sums["stock"] / self.days if unit else None,
            transferred=int(sums["transferred"]) if unit else None,
            ordered=int(sums["ordered"]) if unit else None,
        )

    def _unit(self, which: Ids) -> str | None:
        """The base unit of all parts of some groups, None where they have several."""
        [found] = np.nonzero(self._counted_in[which].any(axis=0))
        return self.groups.units[found[0]] if len(found) == 1 else None


def _by_place(rows: Ids, quantity: Ids, n: int) -> Ids:
    """How many units each place got. Shapes: rows and quantity (pieces,), the answer (n,)."""
    got = np.zeros(n, dtype=np.int64)
    np.add.at(got, rows, quantity)
    return got


def _waited(waits: Ids, group: Ids, days: Ids) -> Ids:
    """Lines by group and days of wait, with some more. Shapes: waits and the answer (groups, days), others (lines,)."""
    longest = max(waits.shape[1], int(days.max(initial=0)) + 1)
    longer = np.zeros((len(waits), longest), dtype=np.int64)
    longer[:, : waits.shape[1]] = waits
    np.add.at(longer, (group, days), 1)
    return longer


def _serving(day: Day) -> Ids:
    """The row that is meant to serve each place, -1 for none: the source at its last planned step."""
    rows = np.arange(day.routes.sources.shape[1])
    return np.asarray(day.routes.sources[day.routes.planned, rows])


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
