"""A forest: the places of all parts at once, each part's places being trees in which a place draws from its parent."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Wholes = npt.NDArray[np.int64]


def order_sizes(mean: Floats, variance: Floats) -> Floats:
    """The mean size of orders that come singly and are geometric in size.

    Shapes: all (n,). Units: base units, of demand in any time and its variance.
    """
    ratio = np.divide(variance, mean, out=np.ones(len(mean)), where=mean > 0)
    sizes: Floats = np.maximum((ratio + 1) / 2, 1.0)
    return sizes


@dataclass(frozen=True)
class Forest:
    """The places at which parts are stocked, as columns.

    A place asks its parent for one unit for every unit asked of it (one for one), and waits `transit` days from the
    moment the parent has it; a root asks a supplier who always has it. A parent stands before its children and the
    rows of one item stand together, so that a run of whole items is a forest again.

    Shapes: every column is (n,). parent is the row of the parent, -1 at a root; item is any number of the part.
    Units: rate is the place's own end demand a day, without its children's; variance_ratio is variance to mean of
    that demand a day (1 is Poisson); transit is days from the parent, or the supplier's lead time at a root; price is
    money a unit; transit_variance is how far the transit strays, in days squared, None where it never does.
    Raises: ValueError when the columns do not describe a forest.
    """

    parent: npt.NDArray[np.int32]
    item: npt.NDArray[np.int32]
    rate: Floats
    variance_ratio: Floats
    transit: Floats
    price: Floats
    transit_variance: Floats | None = None

    def __post_init__(self) -> None:
        straying = () if self.transit_variance is None else (self.transit_variance,)
        columns = (self.item, self.rate, self.variance_ratio, self.transit, self.price, *straying)
        if any(column.shape != self.parent.shape for column in columns) or self.parent.ndim != 1:
            raise ValueError("the columns of a forest are of one length")
        rows = np.arange(len(self.parent))
        if ((self.parent < -1) | (self.parent >= rows)).any():
            raise ValueError("a parent stands before its children")
        held = self.parent >= 0
        if (self.item[self.parent[held]] != self.item[held]).any():
            raise ValueError("a place and its parent are of one item")
        for column in columns[1:]:
            if not (np.isfinite(column).all() and (column >= 0).all()):
                raise ValueError("rates, variance ratios, days and prices are finite and not negative")

    def __len__(self) -> int:
        return len(self.parent)

    @cached_property
    def depth(self) -> npt.NDArray[np.int32]:
        """Steps from the root, 0 at a root. Shapes: (n,)."""
        depth = np.zeros(len(self), dtype=np.int32)
        held = above = self.parent >= 0
        ancestor = self.parent.copy()
        while above.any():
            depth[above] += 1
            ancestor[above] = self.parent[ancestor[above]]
            above = held & (ancestor >= 0)
        return depth

    @cached_property
    def levels(self) -> tuple[Rows, ...]:
        """The rows of each depth, roots first, in row order."""
        order = np.argsort(self.depth, kind="stable")
        return tuple(np.split(order, np.cumsum(np.bincount(self.depth))[:-1])) if len(self) else ()

    @cached_property
    def flow(self) -> Floats:
        """Units a day asked of each place: its own end demand and what its children pass up. Shapes: (n,)."""
        return self._summed_up(self.rate)

    @cached_property
    def flow_variance(self) -> Floats:
        """Variance a day of what is asked of each place. Shapes: (n,)."""
        return self._summed_up(self.rate * self.variance_ratio)

    @cached_property
    def lead_mean(self) -> Floats:
        """Units asked of each place during its transit. Shapes: (n,)."""
        return np.asarray(self.flow * self.transit)

    @cached_property
    def lead_variance(self) -> Floats:
        """Variance of what is asked of each place during its transit: of the demand, and of the transit itself.

        Shapes: (n,). Source: as stocking.lead_time_demand.over.
        """
        straying = 0.0 if self.transit_variance is None else self.flow**2 * self.transit_variance
        return np.asarray(self.flow_variance * self.transit + straying)

    @cached_property
    def share(self) -> Floats:
        """Share of the parent's flow that is the place's: the chance that a unit owed there is for it; 1 at a root."""
        above = np.where(self.parent >= 0, self.flow[self.parent], self.flow)
        return np.divide(self.flow, above, out=np.zeros(len(self)), where=above > 0)

    @cached_property
    def own_share(self) -> Floats:
        """Share of a place's flow that is its own end demand. Shapes: (n,)."""
        return np.divide(self.rate, self.flow, out=np.zeros(len(self)), where=self.flow > 0)

    @cached_property
    def lump(self) -> Floats:
        """Mean units an order, of the place's customers and of whoever draws from it. Shapes: (n,)."""
        return order_sizes(self.flow, self.flow_variance)

    @cached_property
    def orders(self) -> Floats:
        """End customers' orders a day at each place, as many units each as a lump. Shapes: (n,)."""
        return self.rate / self.lump

    @cached_property
    def is_leaf(self) -> npt.NDArray[np.bool_]:
        """Whether nobody draws from the place. Shapes: (n,)."""
        leaf = np.ones(len(self), dtype=np.bool_)
        leaf[self.parent[self.parent >= 0]] = False
        return leaf

    def as_served(self, figure: Floats) -> Floats:
        """What a figure of each place's own customers is in the mean of all whom the place serves, itself or below.

        A place that serves nobody keeps its own. Shapes: figure and the answer (n,).
        """
        total = self._summed_up(self.rate * figure)
        return np.divide(total, self.flow, out=figure.astype(np.float64), where=self.flow > 0)

    def _summed_up(self, own: Floats) -> Floats:
        total = own.astype(np.float64)
        for rows in reversed(self.levels[1:]):
            total += np.bincount(self.parent[rows], weights=total[rows], minlength=len(self))
        return total

    def part(self, start: int, stop: int) -> "Forest":
        """The rows from start to stop as a forest of their own; they must be whole items."""
        cut = slice(start, stop)
        parent = self.parent[cut]
        return self._rows(np.where(parent >= 0, parent - start, -1), cut)

    def only(self, rows: Rows) -> "Forest":
        """Some whole items as a forest of their own. Shapes: rows ascending."""
        place = np.full(len(self) + 1, -1, dtype=np.int32)
        place[rows] = np.arange(len(rows))
        return self._rows(place[self.parent[rows]], rows)

    def _rows(self, parent: npt.NDArray[np.integer[Any]], chosen: Rows | slice) -> "Forest":
        return Forest(
            parent.astype(np.int32),
            self.item[chosen],
            self.rate[chosen],
            self.variance_ratio[chosen],
            self.transit[chosen],
            self.price[chosen],
            None if self.transit_variance is None else self.transit_variance[chosen],
        )

    def cuts(self, rows_max: int) -> Iterator[tuple[int, int]]:
        """Runs of whole items of at most rows_max rows each (one item alone may have more), in row order."""
        firsts = np.flatnonzero(np.r_[True, self.item[1:] != self.item[:-1]]) if len(self) else np.zeros(0, np.int64)
        ends = np.r_[firsts[1:], len(self)]
        start = 0
        while start < len(self):
            fits = int(np.searchsorted(ends, start + rows_max, side="right")) - 1
            following = int(np.searchsorted(ends, start, side="right"))
            stop = int(ends[max(fits, following)])
            yield start, stop
            start = stop
