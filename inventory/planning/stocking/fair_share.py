"""Sharing what a place above has among those that draw from it, when it is not enough for all."""

import numpy as np

from inventory.planning.stocking.loss import Wholes
from inventory.planning.stocking.marginal import worth_of_more
from inventory.planning.stocking.normal import Floats


def fair_share(
    *,
    available: Wholes,
    group: Wholes,
    position: Wholes,
    firm: Wholes,
    needed: Wholes,
    mean: Floats,
    variance: Floats,
    service_class: Wholes | None = None,
) -> Wholes:
    """Give each place of a group its share of what the group's source has: the next unit where it saves most.

    Firm orders come first, the best class's first; then what is needed beyond them, class by class, each unit to the
    place where it saves the most expected back-orders, so that within a class all end up equally likely to run out.
    Where units save the same, each place gets one in turn. What there is is given away to the last unit while anything
    is needed.

    Shapes: available is (sources,); group, the source of each place, and the others are (n,), in any order.
    Units: base units; position is what the place has and gets before this share less all it owes, firm orders too;
    firm <= needed; mean and variance of its lead-time demand; service_class counts up from the best, all alike when
    it is left out.
    Raises: ValueError when a quantity is negative or firm is more than needed.
    Source: equal marginal analysis, Sherbrooke (2004), Optimal Inventory Modeling of Systems, chapter 2; deployment by
    fair share, Martin (1995), Distribution Resource Planning.
    """
    _check(available, firm, needed)
    rank = np.zeros(len(group), dtype=np.int64) if service_class is None else service_class
    wanted = np.bincount(group, weights=needed, minlength=len(available))
    scarce = wanted > available
    given = np.where(scarce[group], 0, needed).astype(np.int64)
    rows = np.flatnonzero(scarce[group] & (needed > 0))
    if not len(rows):
        return given
    asked = [firm[rows], (needed - firm)[rows]]
    lumps = [
        worth_of_more(mean[rows], variance[rows], start, quantity)
        for start, quantity in zip((position[rows], (position + firm)[rows]), asked, strict=True)
    ]
    owner = np.concatenate([one.row for one in lumps])
    size = np.concatenate([one.size for one in lumps])
    shelf = np.repeat([0, 1], [len(one.row) for one in lumps])
    before = np.concatenate([one.before for one in lumps])
    worth = np.concatenate([one.worth for one in lumps])
    source = group[rows][owner]
    order = np.lexsort((owner, before, -worth, rank[rows][owner], shelf, source))
    taken = _served(source[order], size[order], available)
    given[rows] = np.bincount(owner[order], weights=taken, minlength=len(rows)).astype(np.int64)
    return given


def _check(available: Wholes, firm: Wholes, needed: Wholes) -> None:
    if (available < 0).any() or (firm < 0).any() or (firm > needed).any():
        raise ValueError("quantities are not negative, and firm orders are part of what is needed")


def _served(source: Wholes, size: Wholes, available: Wholes) -> Wholes:
    """Serve lumps in the order in which they stand, source by source, until nothing is left."""
    so_far = np.cumsum(size)
    first = np.r_[True, source[1:] != source[:-1]]
    before = (so_far - size)[first][np.cumsum(first) - 1]
    return np.asarray(np.clip(available[source] - (so_far - size - before), 0, size), dtype=np.int64)
