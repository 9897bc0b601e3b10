"""A trial of order-up-to levels on demand that really came: month by month, with back-orders, as stock would run.

At the end of a month each part is ordered up to its level, counting what lies there and what is coming, less what is
owed. What is ordered at the end of a month is there for the demand of the month `lead` months later, so a level
covers the demand of `lead` months. The trial begins with every part at its first level. Demand that finds the shelf
empty waits and is served first.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inventory.planning.forecasting.arrays import Rows
from inventory.planning.forecasting.ladders import Levels

Floats = npt.NDArray[np.float64]


class Realised(NamedTuple):
    """What a trial came to.

    fill: share of lines met in full at once (a line is the demand of one part in one month), 1 where none was asked;
    stock_months: mean stock at the ends of months over mean demand a month, in units; stock_value: mean stock in money.
    """

    fill: float
    stock_months: float
    stock_value: float


class OrderTrial:
    """A shelf of every part, gone through month by month.

    Shapes: level, demand and price are (series,). Units: base units, price in money a unit.
    """

    def __init__(self, level: Levels, lead: int, price: Floats) -> None:
        self.on_hand = level.astype(np.float64)
        self.owed = np.zeros(len(level))
        self.coming = np.zeros((lead - 1, len(level)))
        self.price = price
        self.lines: list[int] = []
        self.met: list[int] = []
        self.asked = self.held = self.value = 0.0

    def month(self, level: Levels, demand: Floats) -> None:
        """Order up to the levels, receive what is due, serve what is owed and then what is asked for."""
        position = self.on_hand + self.coming.sum(axis=0) - self.owed
        self.coming = np.concatenate([self.coming, np.maximum(level - position, 0)[None]])
        self.on_hand += self.coming[0]
        self.coming = self.coming[1:]
        late = np.minimum(self.on_hand, self.owed)
        self.on_hand -= late
        self.owed -= late
        served = np.minimum(self.on_hand, demand)
        self._count(demand, served)
        self.on_hand -= served
        self.owed += demand - served
        self.held += float(self.on_hand.sum())
        self.value += float((self.on_hand * self.price).sum())

    def _count(self, demand: Floats, served: Floats) -> None:
        asked = demand > 0
        self.lines.append(int(asked.sum()))
        self.met.append(int((asked & (served >= demand)).sum()))
        self.asked += float(demand.sum())

    def fill(self, months: slice = slice(None)) -> float:
        """Share of the lines of some months that were met; 1 where none was asked."""
        lines = sum(self.lines[months])
        return sum(self.met[months]) / lines if lines else 1.0

    def realised(self) -> Realised:
        """What the months so far came to."""
        stock_months = self.held / self.asked if self.asked > 0 else 0.0
        return Realised(self.fill(), stock_months, self.value / max(len(self.lines), 1))


def try_levels(levels: Levels, demand: Rows, lead: int, price: Floats) -> OrderTrial:
    """Run a trial of levels that are given for every month.

    Shapes: levels and demand are (series, months), column k the level ordered up to just before month k's demand;
    unknown demand (NaN) is none; price is (series,). Units: base units; lead in months, at least 1.
    """
    asked = np.nan_to_num(demand).astype(np.float64)
    trial = OrderTrial(levels[:, 0], lead, price)
    for k in range(levels.shape[1]):
        trial.month(levels[:, k], asked[:, k])
    return trial
