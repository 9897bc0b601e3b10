"""What the constants of a run rest on: some parts, what is known of them, and for how many like them each stands."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from inventory.planning.demand import DemandMatrix, FittedUnits
from inventory.planning.policies import PolicyBook
from inventory.planning.replenishment.arrays import Ids, Reals
from inventory.planning.replenishment.buying import Sellers
from inventory.planning.replenishment.failing import NO_UNITS
from inventory.planning.replenishment.layout import Layout, lay_out


@dataclass(frozen=True, slots=True)
class Sample:
    """Some parts, ascending, and how many like it each stands for. Shapes: both (drawn,)."""

    part_ids: Ids
    stands_for: Reals

    def weight_of(self, part_ids: Ids) -> Reals:
        """How many like it each of these parts, all of the sample, stands for. Shapes: (n,)."""
        weight: Reals = self.stands_for[np.searchsorted(self.part_ids, part_ids)]
        return weight


@dataclass(frozen=True, slots=True)
class Grounds:
    """The parts of a sample with their places, what was asked for there, and who sells them.

    Shapes: `sellers` (drawn,) like the sample; `layout` (n,); `matrix` and `base` have series of these parts alone.
    """

    sample: Sample
    layout: Layout
    matrix: DemandMatrix
    sellers: Sellers
    book: PolicyBook
    base: FittedUnits = NO_UNITS

    def of_pieces(self, size: float, *, parts: int) -> "Grounds":
        """At most so many of the parts of which a month asks a place for few, evenly picked, each standing for more.

        Units: `size`, base units a month and place with demand, on average.
        """
        quantity = np.nan_to_num(self.matrix.quantity)
        here = np.searchsorted(self.sample.part_ids, self.matrix.part_ids)
        n = len(self.sample.part_ids)
        asked = np.bincount(here, weights=quantity.sum(axis=1), minlength=n)
        times = np.bincount(here, weights=(quantity > 0).sum(axis=1), minlength=n)
        small = np.flatnonzero(asked <= size * times)
        every = max(-(-len(small) // parts), 1)
        return self._only(small[::every], every)

    def _only(self, chosen: Ids, every: int) -> "Grounds":
        part_ids = self.sample.part_ids[chosen]
        laid = np.isin(self.layout.part_ids, part_ids)
        return replace(
            self,
            sample=Sample(part_ids, self.sample.stands_for[chosen] * every),
            layout=lay_out(self.book.places, self.layout.part_ids[laid], self.layout.warehouse_ids[laid]),
            matrix=_series(self.matrix, np.flatnonzero(np.isin(self.matrix.part_ids, part_ids))),
            sellers=of_parts(self.sellers, part_ids),
            base=_of_units(self.base, np.isin(self.base.part_ids, part_ids)),
        )

    def as_of(self, months: int) -> "Grounds":
        """What was known when the matrix had only so many of its months: series nobody asked of are left out."""
        quantity = self.matrix.quantity[:, :months]
        known = DemandMatrix(self.matrix.part_ids, self.matrix.warehouse_ids, self.matrix.months[:months], quantity)
        return replace(
            self,
            matrix=_series(known, np.flatnonzero((quantity > 0).any(axis=1))),
            base=replace(self.base, units=self.base.units[:, :months]),
        )


def _series(matrix: DemandMatrix, chosen: Ids) -> DemandMatrix:
    return DemandMatrix(matrix.part_ids[chosen], matrix.warehouse_ids[chosen], matrix.months, matrix.quantity[chosen])


def _of_units(base: FittedUnits, chosen: NDArray[np.bool_]) -> FittedUnits:
    return FittedUnits(*(getattr(base, one.name)[chosen] for one in fields(FittedUnits)))


def of_parts(sellers: Sellers, part_ids: Ids) -> Sellers:
    """Who sells some of the parts. Shapes: part_ids (parts,), ascending, like the answer."""
    chosen = np.isin(sellers.part_ids, part_ids)
    return Sellers(*(getattr(sellers, one.name)[chosen] for one in fields(Sellers)))
