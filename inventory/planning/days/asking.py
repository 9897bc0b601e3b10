"""What is asked for, day by day: as it was, or drawn from what was forecast. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import numpy as np

from inventory.planning.replenishment.arrays import Ids, Reals
from inventory.planning.stocking import draw_demand

_DAY_BITS = 32


@dataclass(frozen=True, slots=True)
class Asks:
    """What part-places ask for on a day, each row once. Shapes: (asks,) each. Units: base units, above 0."""

    row: Ids
    quantity: Ids


class Demand(Protocol):
    """A source of demand: what is asked for on a day counted from the first one, 0."""

    def on(self, day: int) -> Asks:
        """What is asked for on a day."""
        ...


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was asked for, by day. Shapes: (asks,) each, days ascending; days below 0 were before the first."""

    row: Ids
    day: Ids
    quantity: Ids

    def on(self, day: int) -> Asks:
        """What was asked for on a day."""
        first, last = np.searchsorted(self.day, [day, day + 1])
        rows, which = np.unique(self.row[first:last], return_inverse=True)
        quantity = np.zeros(len(rows), dtype=np.int64)
        np.add.at(quantity, which, self.quantity[first:last])
        some = quantity > 0
        return Asks(rows[some], quantity[some])


@dataclass(frozen=True, slots=True)
class YearRound:
    """What days ask for beside the first one, by the months. Shapes: factor (n, 12), January first."""

    first: date
    factor: Reals

    def on(self, day: int) -> Reals:
        """What a day asks for beside the first. Shapes: (n,)."""
        month = (self.first + timedelta(days=day)).month
        beside: Reals = self.factor[:, month - 1] / self.factor[:, self.first.month - 1]
        return beside


@dataclass(frozen=True, slots=True)
class Drawn:
    """Demand drawn from what was forecast; the same for a seed, whatever policy is tried on it.

    Shapes: (n,) each. Units: base units on the first day, and their variance.
    """

    mean: Reals
    variance: Reals
    seed: int
    season: YearRound | None = None

    def on(self, day: int) -> Asks:
        """What is drawn for a day: a seed of its own for each, so that days need not be drawn in their order."""
        asking = np.flatnonzero(self.mean > 0)
        seed = (self.seed << _DAY_BITS) | day
        factor = 1.0 if self.season is None else self.season.on(day)[asking]
        drawn = draw_demand(self.mean[asking] * factor, self.variance[asking] * factor, 1, seed=seed)[:, 0]
        some = drawn > 0
        return Asks(asking[some], drawn[some])


def replayed(quantity: Ids) -> Replayed:
    """A table of demand as a source. Shapes: (n, days)."""
    row, day = np.nonzero(quantity)
    order = np.argsort(day, kind="stable")
    return Replayed(row[order], day[order], quantity[row[order], day[order]].astype(np.int64))
