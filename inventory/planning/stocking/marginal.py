"""What one unit more, or one less, is worth at a place: the back-orders it saves."""

from typing import NamedTuple

import numpy as np

from inventory.planning.stocking.loss import Wholes, expected_back_orders
from inventory.planning.stocking.normal import Floats

TURNS_MAX = 512
"""A larger quantity is not weighed unit by unit but in this many lumps."""
SPREAD_COUNTED = 30.0
"""Where the standard deviation is more units than this, several are counted as one: they weigh nearly the same."""


class Lumps(NamedTuple):
    """A quantity unit by unit, or lump by lump where it is large.

    Shapes: (lumps,) each, the lumps of a row together and in order.
    Units: row, of the quantities cut up; before, the units of the row that go before this lump, and its size in base
    units; worth is the expected back-orders that a unit of the lump saves.
    """

    row: Wholes
    before: Wholes
    size: Wholes
    worth: Floats


def worth_of_more(mean: Floats, variance: Floats, position: Wholes, quantity: Wholes) -> Lumps:
    """Cut up what would be added to each position: unit k saves E[(X - position - k)+] - E[(X - position - k - 1)+].

    Shapes: (n,) each. Units: base units; mean and variance of the demand that the position faces.
    Source: Sherbrooke (2004), Optimal Inventory Modeling of Systems, 2nd edition, chapter 2.
    """
    lump = np.maximum(-(-quantity // TURNS_MAX), 1)
    count = -(-quantity // lump)
    row = np.repeat(np.arange(len(quantity)), count)
    before = (np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)) * lump[row]
    size = np.minimum(lump[row], quantity[row] - before)
    unit = _counted_in(mean, variance)[row]
    demand = mean[row] / unit, variance[row] / (unit * unit)
    low = position[row] + before
    saved = expected_back_orders(*demand, low / unit) - expected_back_orders(*demand, (low + size) / unit)
    return Lumps(row, before, size, np.round(saved * unit / size, 12))


def _counted_in(mean: Floats, variance: Floats) -> Floats:
    """In how many units at once a demand is counted: never so many that its variance falls below its mean.

    Shapes: (n,) each.
    """
    tail = np.divide(variance, mean, out=np.ones_like(mean), where=mean > 0)
    unit: Floats = np.clip(np.ceil(np.sqrt(variance) / SPREAD_COUNTED), 1.0, np.maximum(np.floor(tail), 1.0))
    return unit


def worth_of_less(mean: Floats, variance: Floats, position: Wholes, quantity: Wholes) -> Lumps:
    """Cut up what would be taken from each position, its last unit first: unit k costs what it had saved.

    Shapes, Units, Source: as worth_of_more.
    """
    kept = worth_of_more(mean, variance, position - quantity, quantity)
    after = quantity[kept.row] - kept.before - kept.size
    order = np.lexsort((after, kept.row))
    return Lumps(kept.row, after[order], kept.size[order], kept.worth[order])
