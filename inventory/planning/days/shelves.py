"""Where part-places stand as days pass: what is free, what comes on which day, who waits. Pure."""

from dataclasses import dataclass, field

import numpy as np

from inventory.planning.days.serving import Lines, Routes, nobody
from inventory.planning.replenishment.arrays import Flags, Ids, Reals
from inventory.planning.replenishment.positions import Positions


@dataclass(slots=True)
class Shelves:
    """The stock of part-places as the days go by.

    Shapes: `free` and `coming` are (n,). Units: base units. `due` tells by day which rows get how many.
    """

    free: Ids
    coming: Ids
    due: dict[int, list[tuple[Ids, Ids]]] = field(default_factory=dict)
    waiting: Lines = field(default_factory=nobody)

    def await_(self, rows: Ids, quantity: Ids, days: Ids) -> None:
        """Note that so much comes to these rows on these days. Shapes: all (m,)."""
        np.add.at(self.coming, rows, quantity)
        for day in np.unique(days).tolist():
            then = days == day
            self.due.setdefault(day, []).append((rows[then], quantity[then]))

    def receive(self, day: int) -> None:
        """Put what comes on a day on the shelves."""
        for rows, quantity in self.due.pop(day, []):
            np.add.at(self.free, rows, quantity)
            np.subtract.at(self.coming, rows, quantity)

    @property
    def waited_for(self) -> Flags:
        """Which places somebody waits at. Shapes: (n,)."""
        waited_for = np.zeros(len(self.free), dtype=np.bool_)
        waited_for[self.waiting.row] = True
        return waited_for

    def units_waiting(self) -> Ids:
        """How many units each place waits for. Shapes: (n,)."""
        waiting = np.zeros(len(self.free), dtype=np.int64)
        np.add.at(waiting, self.waiting.row, self.waiting.quantity)
        return waiting

    def positions(self, routes: Routes) -> Positions:
        """The positions as a night's run sees them. What is free was never reserved; what comes is on order."""
        none = np.zeros(len(self.free), dtype=np.int64)
        back_ordered = none.copy()
        np.add.at(back_ordered, routes.counted[self.waiting.row], self.waiting.quantity)
        return Positions(self.free.copy(), none, none, self.coming.copy(), back_ordered)


def holding(free: Ids) -> Shelves:
    """Shelves with so much on them, nothing coming and nobody waiting. Shapes: (n,)."""
    return Shelves(free.astype(np.int64), np.zeros(len(free), dtype=np.int64))


def as_they_stand(positions: Positions, lead_days: Reals) -> Shelves:
    """Shelves as the books say: what is coming comes when half the lead time of its place is over.

    Who waits is taken to wait where the back-order counts, since the first day.

    Shapes: (n,) each. Units: days.
    """
    coming = positions.in_transit + positions.on_order
    shelves = holding(positions.free)
    rows = np.flatnonzero(coming > 0)
    shelves.await_(rows, coming[rows], np.rint(lead_days[rows] / 2).astype(np.int64))
    waiting = np.flatnonzero(positions.back_ordered > 0)
    shelves.waiting = Lines(waiting, np.zeros(len(waiting), dtype=np.int64), positions.back_ordered[waiting])
    return shelves
