"""Who says what places should hold: a night's run that learns as the days go by. Pure."""

from dataclasses import fields
from datetime import date, timedelta

import numpy as np

from inventory.planning import demand
from inventory.planning.calibration.grounds import Grounds, Sample, of_parts
from inventory.planning.calibration.sampling import BUSY_DAYS, SAMPLE_PARTS, draw, settle_constants
from inventory.planning.days.asking import Asks
from inventory.planning.days.fixed import orders_of
from inventory.planning.days.passing import Orders
from inventory.planning.demand import Asked
from inventory.planning.policies import lead_times_between
from inventory.planning.replenishment.arrays import Flags
from inventory.planning.replenishment.constants import Constants
from inventory.planning.replenishment.failing import lay_beside
from inventory.planning.replenishment.layout import lay_out, nearest_stocked
from inventory.planning.replenishment.levels import Levels
from inventory.planning.replenishment.planning import (
    HISTORY_MONTHS,
    Asking,
    Standing,
    ask,
    before_in,
    plan_places,
)
from inventory.planning.replenishment.positions import PartPlaces, Positions
from inventory.planning.replenishment.proposing import Needs
from inventory.planning.replenishment.settling import Planned, Settled, settle
from inventory.planning.simulation.scene import Scene


def _and_then(first: Orders, second: Orders) -> Orders:
    return Orders(*(np.concatenate([getattr(one, of.name) for one in (first, second)]) for of in fields(Orders)))


class Nightly:
    """The nightly run: constants, forecasts and levels worked out anew by what has been asked for until then.

    On nights between two workings-out only needs are looked at: a forecast hears of no demand before its month has
    ended, so that levels hardly move until then; a season's weeks are seen at the next working-out. The policies and
    prices are those of the scene, on every day. What an override says holds until its last day.
    """

    def __init__(self, scene: Scene, *, every: int | None = None) -> None:
        """Plan a scene; levels are worked out on the first night of each month, and every so many nights if told."""
        self.scene, self.every = scene, every
        self.book = scene.book_on(scene.start)
        self.parent, self.wanted = scene.layout.parent, scene.wanted(self.book)
        self.offers = scene.sellers.offers(scene.layout.part_ids)
        self._planned: Planned | None = None
        self._planned_for: int | None = None
        self._in_vain: Flags = np.zeros(len(scene.layout), dtype=np.bool_)
        self._history = scene.history
        past = scene.asked.day < 0
        on = np.datetime64(scene.start, "D") + scene.asked.day[past]
        self._lately = [
            (on.astype("datetime64[M]").astype(np.int32), scene.asked.row[past], scene.asked.quantity[past])
        ]
        self._sample = _sample_of(scene)
        chosen = self._sample.part_ids
        sampled = np.isin(scene.layout.part_ids, chosen)
        self._sample_layout = lay_out(
            scene.book.places, scene.layout.part_ids[sampled], scene.layout.warehouse_ids[sampled]
        )
        self._sample_sellers = of_parts(scene.sellers, chosen)

    def levels_on(self, day: int, waited_for: Flags) -> Levels:
        """The levels as of the night before a day, worked out anew when it is time.

        It is time too when somebody waits for what nobody stocks, and when an override has ended.
        """
        on = self.scene.start + timedelta(days=day)
        ended = self._end_overrides(on)
        due = ended or on.day == 1 or (self.every is not None and day % self.every == 0)
        due = due or self._planned is None or bool((self._unserved(waited_for) & ~self._in_vain).any())
        if self._planned is None or (due and self._planned_for != day):
            self._planned, self._planned_for = self._work_out(on, waited_for), day
            self._in_vain = self._unserved(waited_for)
        return self._planned.levels

    def _end_overrides(self, on: date) -> bool:
        """Let overrides go whose last day is over; whether any did."""
        if (self.book.overrides.last_on >= np.datetime64(on, "D")).all():
            return False
        self.book = self.scene.book_on(on)
        self.wanted = self.scene.wanted(self.book)
        return True

    def see(self, day: int, asks: Asks) -> None:
        """Note what was asked for on a day."""
        month = np.datetime64(self.scene.start + timedelta(days=day), "M").astype(np.int32)
        self._lately.append((np.full(len(asks.row), month), asks.row, asks.quantity))

    def decide(self, positions: Positions, waited_for: Flags) -> tuple[Needs, Orders]:
        """Move what is worth it and needs no person, then draw and buy what is still needed."""
        assert self._planned is not None, "levels come before orders"
        settled = settle(self._planned, positions, positions.free, waited_for, self.offers, self.book)
        ordered, needs = settled.orders, settled.orders.needs
        some = needs.quantity[ordered.rows] > 0
        drawn = orders_of(
            ordered.rows[some],
            self._planned.levels,
            needs,
            self.wanted.lead_time_variance,
            ordered.held[some] < 0,
        )
        return needs, _and_then(drawn, self._moved(settled))

    def _moved(self, settled: Settled) -> Orders:
        moves = settled.moves.at(settled.moves_held < 0)
        ids = self.scene.layout.warehouse_ids
        days, variance, _ = lead_times_between(self.book, ids[moves.giver], ids[moves.receiver])
        none, all_ = np.zeros(len(moves), dtype=np.bool_), np.ones(len(moves), dtype=np.bool_)
        return Orders(moves.giver, moves.receiver, moves.quantity, days, variance, none, all_)

    def _unserved(self, waited_for: Flags) -> Flags:
        """Where somebody waits for what nobody above stocks. Shapes: (n,) each."""
        if self._planned is None or not waited_for.any():
            return np.zeros(len(waited_for), dtype=np.bool_)
        return waited_for & (nearest_stocked(self.parent, self._planned.levels.stocked) < 0)

    def _work_out(self, on: date, waited_for: Flags) -> Planned:
        self._grow(on)
        constants = self._constants(on)
        asking = self._ask(on, constants, waited_for)
        price = self.scene.sellers.worth(self.scene.layout.part_ids, constants.usual_price)
        return plan_places(asking, constants, self.book, price, on=on)

    def _constants(self, on: date) -> Constants:
        matrix = demand.lay_in_months(
            self._history, on=on, months=HISTORY_MONTHS, part_ids=self._sample.part_ids.tolist()
        )
        before = before_in(self._sample_layout, self.book, self._standing())
        fitted = self.scene.fitted_on(on, self._sample.part_ids)
        grounds = Grounds(self._sample, self._sample_layout, matrix, self._sample_sellers, self.book, fitted)
        return settle_constants(grounds, before, on=on)

    def _ask(self, on: date, constants: Constants, waited_for: Flags) -> Asking:
        matrix = demand.lay_in_months(
            self._history, on=on, months=HISTORY_MONTHS, part_ids=self.scene.part_ids.tolist()
        )
        before = before_in(self.scene.layout, self.book, self._standing())
        fitted = self.scene.fitted_on(on, self.scene.part_ids)
        layout = self.scene.layout
        waiting = PartPlaces(layout.part_ids[waited_for], layout.warehouse_ids[waited_for])
        beside = lay_beside(matrix, fitted, self.book)
        return ask(layout, matrix, before, self.book, constants, beside, waiting, on=on)

    def _standing(self) -> Standing:
        """The levels that stand, as the next run would read them."""
        if self._planned is None:
            return self.scene.standing
        layout, levels = self.scene.layout, self._planned.levels
        rows = np.flatnonzero(levels.stocked)
        columns = (layout.part_ids, layout.warehouse_ids, levels.reorder_point, levels.order_up_to)
        return Standing(*(column[rows] for column in columns))

    def _grow(self, on: date) -> None:
        """Move what was asked for in months that have ended into the history."""
        month, row, quantity = (np.concatenate(column) for column in zip(*self._lately, strict=True))
        ended = month < np.datetime64(on, "M").astype(np.int32)
        layout = self.scene.layout
        above = np.where(layout.parent >= 0, layout.parent, np.arange(len(layout)))
        over = row[ended]
        self._history = self._history.followed_by(
            Asked(
                part=layout.part_ids[over],
                warehouse=layout.warehouse_ids[over],
                source=layout.warehouse_ids[above[over]],
                month=month[ended],
                quantity=quantity[ended].astype(np.float64),
            )
        )
        self._lately = [(month[~ended], row[~ended], quantity[~ended])]


def _sample_of(scene: Scene) -> Sample:
    """The parts that constants are worked out on, as `sampling` draws them: by the days on which they were asked for.

    The history has a row for each of them.
    """
    if len(scene.part_ids) <= SAMPLE_PARTS:
        return Sample(scene.part_ids, np.ones(len(scene.part_ids)))
    asked = scene.history.asked
    since = np.datetime64(scene.start - timedelta(days=BUSY_DAYS), "M").astype(np.int32)
    counted = asked.part[(asked.month >= since) & (asked.quantity > 0)]
    at = np.searchsorted(scene.part_ids, counted[np.isin(counted, scene.part_ids)])
    busy = np.bincount(at, minlength=len(scene.part_ids))
    return draw(scene.part_ids, busy.astype(np.float64), SAMPLE_PARTS)
