"""Levels that were fixed beforehand, and what follows from them on a night. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from inventory.planning.days.asking import Asks
from inventory.planning.days.passing import Orders
from inventory.planning.replenishment.arrays import Flags, Ids, Reals, Rows
from inventory.planning.replenishment.levels import Levels
from inventory.planning.replenishment.positions import Positions, where_stocked
from inventory.planning.replenishment.proposing import Needs, Offers, work_out_needs


@dataclass(slots=True)
class Fixed:
    """Levels by the day from which each holds; nothing is moved between equals, and nobody holds an order back.

    Shapes: all (n,). Units: `lead_variance` in days squared. The levels of day 0 are among `steps`.
    """

    steps: Mapping[int, Levels]
    offers: Offers
    lead_variance: Reals
    parent: Rows
    _day: int = 0

    def levels_on(self, day: int, _waited_for: Flags) -> Levels:
        """The levels that hold on a day."""
        self._day = max(first for first in self.steps if first <= day)
        return self.steps[self._day]

    def decide(self, positions: Positions, _waited_for: Flags) -> tuple[Needs, Orders]:
        """Order what is needed."""
        levels = self.steps[self._day]
        positions = where_stocked(positions, self.parent, levels.stocked)
        needs = work_out_needs(levels, positions, self.offers)
        rows = np.flatnonzero(needs.quantity > 0)
        return needs, orders_of(rows, levels, needs, self.lead_variance, np.ones(len(rows), dtype=np.bool_))

    def see(self, _day: int, _asks: Asks) -> None:
        """Learn nothing."""


def orders_of(rows: Ids, levels: Levels, needs: Needs, lead_variance: Reals, alone: Flags) -> Orders:
    """What some places draw or buy. Shapes: rows and `alone` (orders,), the others (n,)."""
    return Orders(
        giver=levels.source[rows].astype(np.int64),
        receiver=rows,
        quantity=needs.quantity[rows],
        lead_days=levels.lead_days[rows],
        lead_variance=lead_variance[rows],
        drawn=np.ones(len(rows), dtype=np.bool_),
        alone=alone,
    )
