"""What stocks above the last tier come to, exactly, when the last tier answers with its best at a price of service."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from inventory.planning.stocking import exact
from inventory.planning.stocking.arranging import path_to, subtrees
from inventory.planning.stocking.exact import Outstanding
from inventory.planning.stocking.forest import Floats, Forest, Rows, Wholes
from inventory.planning.stocking.knapsack import Options
from inventory.planning.stocking.steps import Step
from inventory.planning.stocking.system import Bounds

MISSED_LEAST = 1e-9
"""Stock beyond what leaves this share of demand unmet is never looked at."""


@dataclass(frozen=True)
class Table:
    """The stocks a last place may have, what they cost and what they gain."""

    stock: Wholes
    cost: Floats
    gain: Floats


@dataclass(frozen=True)
class Choice:
    """Stocks above the last tier, and what follows from them exactly, row by row in family order."""

    stock: Wholes
    tables: list[Table | None]
    gain: Floats
    cost: Floats

    def bound(self, theta: float, need: float) -> float:
        """No stocks with this choice above meet the need for less."""
        return float(self.cost.sum()) + theta * need

    @property
    def options(self) -> Options:
        """What the last places may choose from, in their order."""
        tables = [table for table in self.tables if table is not None]
        return Options.of([table.cost for table in tables], [table.gain for table in tables])


class Judge:
    """Works out choices above the last tier of one forest in family order, at the price of service `theta`.

    Units: theta is money a unit of demand a day that is met at once.
    """

    def __init__(self, forest: Forest, ends: Rows, bounds: Bounds) -> None:
        self.forest, self.ends, self.bounds = forest, ends, bounds
        self.leaves = np.flatnonzero(forest.is_leaf)
        self.theta = 0.0

    def worked_out(self, stock: Wholes) -> Choice:
        """The choice that some stocks are, those of the last tier left to it."""
        forest = self.forest
        tables: list[Table | None] = [None] * len(forest)
        gain, cost = np.zeros(len(forest)), np.zeros(len(forest))
        self._judge(np.arange(len(forest)), exact.outstanding(forest, stock), stock, tables, gain, cost)
        return Choice(stock, tables, gain, cost)

    def _judge(
        self,
        rows: Rows,
        coming: Sequence[Outstanding],
        stock: Wholes,
        tables: list[Table | None],
        gain: Floats,
        cost: Floats,
    ) -> None:
        """Fill in what each row gains and costs, at the price of service; a last place answers with its best stock."""
        forest, leaf = self.forest, self.forest.is_leaf
        for row, units in zip(rows.tolist(), coming, strict=True):
            if leaf[row]:
                table = self._table(row, units)
                tables[row] = table
                cost[row] = (table.cost - self.theta * table.gain).min()
            else:
                gain[row] = forest.rate[row] * units.fill(int(stock[row]))
                cost[row] = forest.price[row] * stock[row] - self.theta * gain[row]

    def _table(self, row: int, units: Outstanding) -> Table:
        least, most = int(self.bounds.low[row]), int(self.bounds.high[row])
        rate = float(self.forest.rate[row])
        below = np.cumsum(units.probability)
        last = units.low + 1 + int(np.searchsorted(below, 1 - MISSED_LEAST))
        first = max(least, units.low) + 1
        stock = np.r_[least, np.arange(first, max(min(last, most), first - 1) + 1)] if rate > 0 else np.array([least])
        reached = np.clip(stock - units.low, 0, len(below))
        fill = np.r_[0.0, below][reached]
        return Table(stock, self.forest.price[row] * stock, rate * fill)

    def fill_of(self, choice: Choice, stock: Wholes) -> float:
        """The exact fill of the stocks from which a choice was worked out."""
        gain = float(choice.gain.sum())
        for row in self.leaves.tolist():
            table = choice.tables[row]
            assert table is not None, "every last place has a table"
            gain += float(
                table.gain[min(int(np.searchsorted(table.stock, stock[row], side="right")) - 1, len(table.gain) - 1)]
            )
        return gain / float(self.forest.rate.sum())

    def repriced(self, choice: Choice) -> Choice:
        """The same choice with its costs at the price of service as it is now."""
        cost = self.forest.price * choice.stock - self.theta * choice.gain
        for row in self.leaves.tolist():
            table = choice.tables[row]
            assert table is not None, "every last place has a table"
            cost[row] = (table.cost - self.theta * table.gain).min()
        return Choice(choice.stock, choice.tables, choice.gain, cost)

    def joined(self, choice: Choice, after: Choice, step: Step) -> Choice:
        """A choice with what a step changed of another one."""
        cut = slice(step.top, int(self.ends[step.top]))
        tables = choice.tables.copy()
        stock, gain, cost = choice.stock.copy(), choice.gain.copy(), choice.cost.copy()
        tables[cut], stock[cut], gain[cut], cost[cut] = (
            after.tables[cut],
            after.stock[cut],
            after.gain[cut],
            after.cost[cut],
        )
        return Choice(stock, tables, gain, cost)

    def tried(self, choice: Choice, steps: Sequence[Step]) -> Iterator[tuple[Step, Choice]]:
        """Every step worked out: the places above its top keep what is on their way, those below it are judged anew."""
        paths = [path_to(self.forest, step.top) for step in steps]
        forest = subtrees(self.forest, self.ends, [step.top for step in steps], paths)
        stocks = []
        for step, path in zip(steps, paths, strict=True):
            stock = choice.stock.copy()
            stock[step.rows] += step.by
            stocks.append((stock, np.r_[stock[path], stock[step.top : self.ends[step.top]]]))
        coming = exact.outstanding(forest, np.concatenate([rows for _, rows in stocks]))
        start = 0
        for step, path, (stock, rows) in zip(steps, paths, stocks, strict=True):
            cut = np.arange(step.top, self.ends[step.top])
            units = coming[start + len(path) : start + len(rows)]
            start += len(rows)
            tables, gain, cost = choice.tables.copy(), choice.gain.copy(), choice.cost.copy()
            self._judge(cut, units, stock, tables, gain, cost)
            yield step, Choice(stock, tables, gain, cost)
