"""Forests put into another order, copied side by side, and cut down to the subtrees that a trial concerns."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from inventory.planning.stocking.forest import Forest, Rows
from inventory.planning.stocking.system import STOCK_MAX, Bounds


def family_order(forest: Forest) -> tuple[Rows, Rows]:
    """The rows so that all places below one follow it directly; and, in that order, where the places below each end."""
    size = np.ones(len(forest), dtype=np.int64)
    for rows in reversed(forest.levels[1:]):
        size += np.bincount(forest.parent[rows], weights=size[rows], minlength=len(forest)).astype(np.int64)
    place, following = np.zeros(len(forest), dtype=np.int64), np.zeros(len(forest) + 1, dtype=np.int64)
    for row, above in enumerate(forest.parent.tolist()):
        place[row] = following[above]
        following[above] += size[row]
        following[row] = place[row] + 1
    order = np.argsort(place)
    return order, np.arange(len(forest)) + size[order]


def in_order(forest: Forest, order: Rows) -> Forest:
    """The forest with its rows in another order, parents still before children; every tree is an item of its own."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    above = forest.parent[order]
    parent = np.where(above >= 0, place[above], -1).astype(np.int32)
    return Forest(
        parent,
        _trees(parent),
        forest.rate[order],
        forest.variance_ratio[order],
        forest.transit[order],
        forest.price[order],
    )


def _trees(parent: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    return (np.cumsum(parent < 0) - 1).astype(np.int32)


def copies(forest: Forest, count: int) -> Forest:
    """The forest so many times over, one copy after the other."""
    start = np.repeat(np.arange(count), len(forest)) * len(forest)
    parent = np.tile(forest.parent, count)
    parent = np.where(parent >= 0, parent + start, -1).astype(np.int32)
    return Forest(
        parent,
        _trees(parent),
        np.tile(forest.rate, count),
        np.tile(forest.variance_ratio, count),
        np.tile(forest.transit, count),
        np.tile(forest.price, count),
    )


def subtrees(forest: Forest, ends: Rows, tops: Sequence[int], paths: Sequence[Rows]) -> Forest:
    """The places from each top on, each under its path from the root, as trees of their own, side by side.

    What the path's places pass to others counts as their own demand, so that every flow is as it was.

    Shapes: the forest is in family order; ends is (n,), where the places below each row end.
    """
    parents, rates, transits, start = [], [], [], 0
    for top, path in zip(tops, paths, strict=True):
        cut = slice(top, int(ends[top]))
        others = forest.flow[path] - forest.flow[np.r_[path, top][1:]]
        chain = np.arange(len(path)) - 1
        parent = np.r_[np.where(chain >= 0, chain + start, -1), forest.parent[cut] - top + len(path) + start]
        parent[len(path)] = start + len(path) - 1 if len(path) else -1
        parents.append(parent)
        rates.append(np.r_[np.maximum(others, 0.0), forest.rate[cut]])
        transits.append(np.r_[forest.transit[path], forest.transit[cut]])
        start += len(parent)
    parent = np.concatenate(parents).astype(np.int32)
    rate, transit = np.concatenate(rates), np.concatenate(transits)
    return Forest(parent, _trees(parent), rate, np.ones(start), transit, np.ones(start))


def path_to(forest: Forest, row: int) -> Rows:
    """The places above a row, the root first."""
    above: list[int] = []
    while (row := int(forest.parent[row])) >= 0:
        above.append(row)
    return np.array(above[::-1], dtype=np.int64)


def passing_on(forest: Forest, bounds: Bounds) -> npt.NDArray[np.bool_]:
    """Places whose best stock is none: only one place asks there, where a unit costs no more and serves no later.

    Shapes: bounds and the answer are (n,).
    """
    asking = np.flatnonzero((forest.parent >= 0) & (forest.flow > 0))
    number = np.bincount(forest.parent[asking], minlength=len(forest))
    below = np.zeros(len(forest), dtype=np.int64)
    below[forest.parent[asking]] = asking
    movable = (forest.price[below] <= forest.price) & (bounds.high[below] == STOCK_MAX)
    none = (bounds.low == 0) & ((bounds.high == 0) | movable)
    empty: npt.NDArray[np.bool_] = none & (forest.rate == 0) & (number == 1)
    return empty


def without(forest: Forest, left_out: npt.NDArray[np.bool_]) -> Forest:
    """The forest without places that keep no stock and where nobody asks: the way through them is one transit.

    Shapes: left_out is (n,).
    """
    above, transit = forest.parent.copy(), forest.transit.copy()
    for rows in forest.levels[1:]:
        passed = rows[left_out[forest.parent[rows]]]
        transit[passed] += transit[forest.parent[passed]]
        above[passed] = above[forest.parent[passed]]
    kept = np.flatnonzero(~left_out)
    place = np.full(len(forest) + 1, -1, dtype=np.int32)
    place[kept] = np.arange(len(kept))
    return Forest(
        place[above[kept]],
        forest.item[kept],
        forest.rate[kept],
        forest.variance_ratio[kept],
        transit[kept],
        forest.price[kept],
    )
