"""Who is served from where: who has waited longest first, from the nearest shelf that has something. Pure."""

from dataclasses import dataclass, fields

import numpy as np

from inventory.planning.replenishment.arrays import Flags, Ids, Rows
from inventory.planning.replenishment.layout import nearest_stocked


@dataclass(frozen=True, slots=True)
class Lines:
    """What was asked for and has not come: the longest waiting first.

    Shapes: all (lines,). Units: `row` the part-place that asked, `since` the day on which it did; base units.
    """

    row: Ids
    since: Ids
    quantity: Ids

    def __len__(self) -> int:
        return len(self.row)

    def followed_by(self, others: "Lines") -> "Lines":
        """These lines, then others that were asked for later."""
        return Lines(*(np.concatenate([getattr(one, of.name) for one in (self, others)]) for of in fields(Lines)))


def nobody() -> Lines:
    """No line at all."""
    return Lines(*(np.zeros(0, dtype=np.int64) for _ in fields(Lines)))


@dataclass(frozen=True, slots=True)
class Routes:
    """From where each part-place is served, one source after another, and where its back-orders count.

    Shapes: `sources` is (steps, n), rows, -1 where no source is left; `counted` and `planned` are (n,).
    `counted` is the row whose position a back-order lowers; `planned` the last step that is still service as planned:
    from the place itself or, where it does not stock the part, from the one that stocks it for it.
    """

    sources: Ids
    counted: Ids
    planned: Ids


def upwards(parent: Rows, stocked: Flags) -> Routes:
    """Serve as part requests are: from the own shelf, else from the place above, and so on up the tree.

    A back-order counts at the place above, which would normally have served; at a root at itself.

    Shapes: (n,) each.
    """
    rows = np.arange(len(parent), dtype=np.int64)
    steps, planned = [rows], np.zeros(len(parent), dtype=np.int64)
    serving = nearest_stocked(parent, stocked)
    while (steps[-1] >= 0).any():
        here = steps[-1]
        planned[(here == serving) & (here >= 0)] = len(steps) - 1
        steps.append(np.where(here >= 0, parent[here], -1))
    return Routes(np.array(steps[:-1]).reshape(-1, len(parent)), np.where(parent >= 0, parent, rows), planned)


def from_own_shelf(parent: Rows, stocked: Flags) -> Routes:
    """Serve as the stock levels are worked out: from the nearest stocked place alone; what it lacks is waited for.

    Shapes: (n,) each.
    """
    serving = nearest_stocked(parent, stocked).astype(np.int64)
    rows = np.arange(len(parent), dtype=np.int64)
    return Routes(serving[None, :], np.where(serving >= 0, serving, rows), np.zeros(len(parent), dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Served:
    """What lines were given: a piece for each step of its route that gave some.

    Shapes: all (pieces,). Units: `row` the part-place that asked, `waited` days, `step` of its route. `last`: nothing
    is missing of its line any more.
    """

    row: Ids
    step: Ids
    waited: Ids
    quantity: Ids
    last: Flags


def serve(lines: Lines, free: Ids, routes: Routes, *, day: int) -> tuple[Served, Lines]:
    """Give lines what their sources have, taking it from `free`; the answer is what was given and who still waits.

    Shapes: free (n,), lowered in place.
    """
    left = lines.quantity.copy()
    pieces = []
    for step, sources in enumerate(routes.sources):
        source = sources[lines.row]
        asking = np.flatnonzero((left > 0) & (source >= 0))
        asking = asking[free[source[asking]] > 0]
        given = _in_turn(source[asking], left[asking], free)
        left[asking] -= given
        np.subtract.at(free, source[asking], given)
        some, given = asking[given > 0], given[given > 0]
        told = (lines.row[some], np.full(len(some), step), day - lines.since[some], given)
        pieces.append((*(column.astype(np.int64) for column in told), left[some] == 0))
    waiting = left > 0
    served = Served(*(np.concatenate(column) for column in zip(*pieces, strict=True)))
    return served, Lines(lines.row[waiting], lines.since[waiting], left[waiting])


def _in_turn(source: Ids, wanted: Ids, free: Ids) -> Ids:
    """What each of those who ask gets of its source, in the order in which they stand. Shapes: (asking,)."""
    order = np.argsort(source, kind="stable")
    ordered, sizes = source[order], wanted[order]
    until = np.cumsum(sizes)
    first = np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)]
    before = (until - sizes)[first][np.cumsum(first) - 1] if len(ordered) else until
    given = np.empty(len(source), dtype=np.int64)
    given[order] = np.clip(free[ordered] - (until - sizes - before), 0, sizes)
    return given
