"""Moving stock between equals: from where it lies too long to where it is missed, when that is worth the journey."""

from typing import NamedTuple

import numpy as np

from inventory.planning.stocking.loss import Wholes
from inventory.planning.stocking.marginal import worth_of_less, worth_of_more
from inventory.planning.stocking.normal import Floats


class Transfers(NamedTuple):
    """What should go from where to where.

    Shapes: (transfers,) each, in the order of giver and receiver. Units: giver and receiver are rows; quantity in base
    units; benefit is money: the back-orders saved less what the journey costs.
    """

    giver: Wholes
    receiver: Wholes
    quantity: Wholes
    benefit: Floats


def rebalance(
    *,
    cluster: Wholes,
    position: Wholes,
    excess: Wholes,
    room: Wholes,
    mean: Floats,
    variance: Floats,
    shortage_cost: Floats,
    unit_cost: Floats,
    transfer_cost: Floats | float,
) -> Transfers:
    """Pair excess with shortage inside each cluster while the back-orders avoided are worth more than moving it.

    The unit that its giver misses least goes to the receiver that it serves most, and so on, as long as what it saves
    there less what it costs here exceeds its unit cost; of the pairs that come about, those are left whose gain pays
    for a transfer of its own.

    Shapes: (n,) each, rows in any order; transfer_cost (n,) by giver, or one for all.
    Units: cluster is any number of one part's equals, such as the stations of one distribution centre; position in
    base units; excess is the most that may be taken, room the most that may be brought, and no place has both; mean
    and variance of the lead-time demand; shortage_cost is money a unit back-ordered, unit_cost money a unit taken away
    by its giver, transfer_cost money a transfer.
    Raises: ValueError when a quantity is negative or a place has both excess and room.
    Source: marginal analysis, Sherbrooke (2004), Optimal Inventory Modeling of Systems, 2nd edition, chapter 2;
    proactive lateral transshipment, Paterson et al. (2011), EJOR 210(2), 125-136.
    """
    if (excess < 0).any() or (room < 0).any() or ((excess > 0) & (room > 0)).any():
        raise ValueError("excess and room are not negative, and no place has both")
    giving, taking = np.flatnonzero(excess > 0), np.flatnonzero(room > 0)
    offers = worth_of_less(mean[giving], variance[giving], position[giving], excess[giving])
    wishes = worth_of_more(mean[taking], variance[taking], position[taking], room[taking])
    giver, receiver = giving[offers.row], taking[wishes.row]
    loss = offers.worth * shortage_cost[giver] + unit_cost[giver]
    gain = wishes.worth * shortage_cost[receiver]
    cheapest = np.lexsort((offers.before, giver, loss, cluster[giver]))
    keenest = np.lexsort((wishes.before, receiver, -gain, cluster[receiver]))
    left, right, size = _matched(
        (cluster[giver][cheapest], offers.size[cheapest]), (cluster[receiver][keenest], wishes.size[keenest])
    )
    saved = gain[keenest[right]] - loss[cheapest[left]]
    worth = saved > 0
    pairs = giver[cheapest[left[worth]]], receiver[keenest[right[worth]]]
    return _paid_for(*pairs, size[worth], saved[worth], np.broadcast_to(transfer_cost, excess.shape))


def _matched(offers: tuple[Wholes, Wholes], wishes: tuple[Wholes, Wholes]) -> tuple[Wholes, Wholes, Wholes]:
    """Lay offers and wishes, each given as (cluster, size) in order, end to end and cut them where either ends.

    Each cluster has its own stretch of the line, as long as the longer of the two; what overlaps nothing is left out.
    Gives the places of offer and wish, and the units, of every piece.
    """
    clusters, at = np.unique(np.concatenate([offers[0], wishes[0]]), return_inverse=True)
    of_offer, of_wish = at[: len(offers[0])], at[len(offers[0]) :]
    offered = np.bincount(of_offer, weights=offers[1], minlength=len(clusters)).astype(np.int64)
    wished = np.bincount(of_wish, weights=wishes[1], minlength=len(clusters)).astype(np.int64)
    stretch = np.maximum(offered, wished)
    begin = np.cumsum(stretch) - stretch
    offers_end = np.cumsum(offers[1]) + (begin - (np.cumsum(offered) - offered))[of_offer]
    wishes_end = np.cumsum(wishes[1]) + (begin - (np.cumsum(wished) - wished))[of_wish]
    ends = np.unique(np.concatenate([offers_end, wishes_end, begin]))
    left, right = np.searchsorted(offers_end, ends), np.searchsorted(wishes_end, ends)
    left, right = np.minimum(left, len(of_offer) - 1), np.minimum(right, len(of_wish) - 1)
    size = np.diff(ends, prepend=0)
    if not len(of_offer) or not len(of_wish):
        return left[:0], right[:0], size[:0]
    start = ends - size
    inside = (start >= offers_end[left] - offers[1][left]) & (ends <= offers_end[left])
    inside &= (start >= wishes_end[right] - wishes[1][right]) & (ends <= wishes_end[right]) & (size > 0)
    return left[inside], right[inside], size[inside]


def _paid_for(giver: Wholes, receiver: Wholes, size: Wholes, saved: Floats, transfer_cost: Floats) -> Transfers:
    """Put the pieces of each pair together and keep those that pay for their journey."""
    order = np.lexsort((receiver, giver))
    giver, receiver, size, saved = giver[order], receiver[order], size[order], saved[order]
    first = np.flatnonzero(np.r_[True, (giver[1:] != giver[:-1]) | (receiver[1:] != receiver[:-1])][: len(giver)])
    if not len(first):
        return Transfers(giver, receiver, size, saved)
    quantity = np.add.reduceat(size, first)
    benefit = np.add.reduceat(size * saved, first) - transfer_cost[giver[first]]
    pays = benefit > 0
    return Transfers(giver[first][pays], receiver[first][pays], quantity[pays], benefit[pays])
