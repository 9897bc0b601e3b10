"""The steps by which the stocks of a tree's places above the last tier are changed on trial."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from inventory.planning.stocking.forest import Forest, Rows, Wholes
from inventory.planning.stocking.system import Bounds

STEP_ROWS = 150
"""A tree of this many places is stepped by one unit at a time, a smaller one by more, up to four."""


@dataclass(frozen=True)
class Step:
    """A change of some stocks among the places below `top` and of its own."""

    top: int
    rows: Rows
    by: Wholes


def steps_from(forest: Forest, bounds: Bounds, stock: Wholes) -> Iterator[Step]:
    """The steps from a choice: one place up or down, by itself or against those right below it, or these.

    A place may also leave all its stock to those below it, or take up stock for them: two ways of living between
    which no single unit leads.
    """
    inner = np.flatnonzero(~forest.is_leaf & (forest.flow > 0))
    far = range(1, 1 + max(1, min(4, STEP_ROWS // len(forest))))
    spread = np.sqrt(forest.flow * forest.transit) / 4
    for row in inner.tolist():
        below = inner[forest.parent[inner] == row]
        lengths = {*far, *([int(spread[row])] if spread[row] > len(far) else [])}
        for by in sorted({way * length for length in lengths for way in (-1, 1)} | {-int(stock[row])}):
            yield from _allowed(bounds, stock, row, np.array([row]), np.array([by]))
        if len(below):
            for by, each in ((1, -1), (-1, 1), (0, 1), (0, -1)):
                yield from _allowed(bounds, stock, row, np.r_[row, below], np.r_[by, np.full(len(below), each)])
            for by in (-int(stock[row]), int(forest.flow[row] * forest.transit[row])):
                for moved in (0.6, 0.9):
                    others = -np.rint(moved * by * forest.share[below]).astype(np.int64)
                    yield from _allowed(bounds, stock, row, np.r_[row, below], np.r_[by, others])


def _allowed(bounds: Bounds, stock: Wholes, top: int, rows: Rows, by: Wholes) -> Iterator[Step]:
    to = np.clip(stock[rows] + by, bounds.low[rows], bounds.high[rows])
    if (to != stock[rows]).any():
        yield Step(top, rows, to - stock[rows])
