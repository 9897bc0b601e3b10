"""Levels that stand, and how long they stay: levels that swing cost more than they gain."""

from dataclasses import dataclass

import numpy as np

from inventory.planning.replenishment.arrays import Flags, Ids


@dataclass(frozen=True, slots=True)
class Before:
    """The levels that stand.

    Shapes: all (n,). `stocked` is False and the others 0 where there are none.
    """

    stocked: Flags
    reorder_point: Ids
    order_up_to: Ids

    @classmethod
    def nothing(cls, n: int) -> "Before":
        """No levels that stand. Shapes: (n,)."""
        return cls(np.zeros(n, np.bool_), np.zeros(n, np.int64), np.zeros(n, np.int64))


def steadied(point: Ids, up_to: Ids, point_before: Ids, up_to_before: Ids, band: float) -> tuple[Ids, Ids]:
    """Leave levels that stand within a band of what would be written now."""
    near = (np.abs(point - point_before) <= band * point_before) & (np.abs(up_to - up_to_before) <= band * up_to_before)
    return np.where(near, point_before, point), np.where(near, up_to_before, up_to)
