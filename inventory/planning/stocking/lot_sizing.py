"""How many at a time: economic lots, lots for a known plan, and the lots that hold nothing back for tomorrow."""

from typing import NamedTuple

import numpy as np

from inventory.planning.stocking import normal
from inventory.planning.stocking.loss import Wholes
from inventory.planning.stocking.normal import Floats


class Lot(NamedTuple):
    """A lot and what it costs.

    Shapes: (n,) each. Units: quantity in base units, not rounded; cost is money a time unit of the demand rate.
    """

    quantity: Floats
    cost: Floats


class BackOrderedLot(NamedTuple):
    """A lot, what it costs, and the share of the demand that is let wait for it.

    Shapes: (n,) each. Units: as Lot; stockout_fraction is a share.
    """

    quantity: Floats
    cost: Floats
    stockout_fraction: Floats


class Newsvendor(NamedTuple):
    """A stock for one period and what holding and missing cost with it. Shapes: (n,) each. Units: base units, money."""

    stock: Floats
    cost: Floats


class Plan(NamedTuple):
    """What is ordered in each period and what that costs in all. Shapes: (n, periods) and (n,)."""

    quantity: Wholes
    cost: Floats


def economic_lot(demand_rate: Floats, order_cost: Floats, holding_cost: Floats) -> Lot:
    """The lot at which ordering and holding cost least together: sqrt(2 K d / h), and its cost sqrt(2 K d h).

    Shapes: (n,) each. Units: base units a time, money an order, money a unit held for that time.
    Raises: ValueError when a figure is negative or holding costs nothing.
    Source: Harris (1913); Snyder and Shen (2019), Fundamentals of Supply Chain Theory, 2nd edition, section 3.2.
    """
    _check(demand_rate, order_cost, holding_cost)
    return Lot(
        np.sqrt(2 * order_cost * demand_rate / holding_cost), np.sqrt(2 * order_cost * demand_rate * holding_cost)
    )


def economic_lot_with_back_orders(
    demand_rate: Floats, order_cost: Floats, holding_cost: Floats, shortage_cost: Floats
) -> BackOrderedLot:
    """The economic lot where customers may wait at a cost: larger by sqrt((h + p) / p), and h / (h + p) of them wait.

    Shapes: (n,) each. Units: as economic_lot; shortage_cost p is money a unit waited for over that time.
    Raises: ValueError as economic_lot, and when waiting costs nothing.
    Source: Snyder and Shen (2019), section 3.5.
    """
    _check(demand_rate, order_cost, holding_cost)
    if not (np.asarray(shortage_cost) > 0).all():
        raise ValueError("waiting costs more than nothing")
    both, plain = holding_cost + shortage_cost, economic_lot(demand_rate, order_cost, holding_cost)
    longer = np.sqrt(both / shortage_cost)
    return BackOrderedLot(plain.quantity * longer, plain.cost / longer, holding_cost / both)


def whole_lot(quantity: Floats, pack_size: Wholes, minimum: Wholes) -> Wholes:
    """The lot in whole packs that costs least: the lower neighbour a of the exact lot unless that exceeds sqrt(a b).

    Shapes: (n,) each. Units: base units; pack_size and minimum (the least order) at least 1.
    Raises: ValueError when they are not.
    Source: Snyder and Shen (2019), section 3.2: the cost is convex in the lot and symmetric in its logarithm.
    """
    if (np.asarray(pack_size) < 1).any() or (np.asarray(minimum) < 1).any():
        raise ValueError("a pack and a least order are 1 or more")
    low = np.floor(quantity / pack_size) * pack_size
    nearest = np.where(quantity <= np.sqrt(low * (low + pack_size)), low, low + pack_size)
    least = -(-minimum // pack_size) * pack_size
    return np.asarray(np.maximum(np.where(low == quantity, low, nearest), least), dtype=np.int64)


def newsvendor_normal(mean: Floats, deviation: Floats, shortage_cost: Floats, holding_cost: Floats) -> Newsvendor:
    """The stock for one period of normal demand at which holding and missing cost least.

    Shapes: (n,) each. Units: base units; money a unit missing and a unit left over.
    Raises: ValueError when a cost is not above zero.
    Source: Snyder and Shen (2019), section 4.3. For whole units see base_stock.for_shortage_cost.
    """
    if not ((np.asarray(shortage_cost) > 0).all() and (np.asarray(holding_cost) > 0).all()):
        raise ValueError("missing and holding cost more than nothing")
    z = normal.quantile(shortage_cost / (shortage_cost + holding_cost))
    return Newsvendor(mean + z * deviation, (shortage_cost + holding_cost) * normal.density(z) * deviation)


def wagner_whitin(demand: Wholes, order_cost: Floats, holding_cost: Floats) -> Plan:
    """When to order how many for a demand that is known: the least of ordering and holding over all periods.

    Shapes: demand is (n, periods), oldest first; the costs are (n,).
    Units: base units a period; money an order; money a unit held from one period to the next.
    Raises: ValueError when a figure is negative.
    Source: Wagner and Whitin (1958), Management Science 5(1), 89-96.
    """
    if (demand < 0).any() or (np.asarray(order_cost) < 0).any() or (np.asarray(holding_cost) < 0).any():
        raise ValueError("demand and costs are not negative")
    rows, periods = demand.shape
    least = np.zeros((rows, periods + 1))
    begun = np.zeros((rows, periods), dtype=np.int64)
    for last in range(periods):
        least[:, last + 1] = np.inf
        units, held = np.zeros(rows), np.zeros(rows)
        for first in range(last, -1, -1):
            held += units * holding_cost
            units += demand[:, first]
            cost = least[:, first] + np.where(units > 0, order_cost, 0.0) + held
            better = cost < least[:, last + 1]
            least[better, last + 1], begun[better, last] = cost[better], first
    return Plan(_orders(demand, begun), least[:, periods])


def _orders(demand: Wholes, begun: Wholes) -> Wholes:
    """Read the plan back from its end: each order reaches from where it began to where the next one begins."""
    rows, periods = demand.shape
    quantity = np.zeros((rows, periods), dtype=np.int64)
    into = np.full(rows, periods)
    for period in range(periods - 1, -1, -1):
        into = np.where(into > period, begun[:, period], into)
        quantity[np.arange(rows), into] += demand[:, period]
    return quantity


def _check(demand_rate: Floats, order_cost: Floats, holding_cost: Floats) -> None:
    if (np.asarray(demand_rate) < 0).any() or (np.asarray(order_cost) < 0).any():
        raise ValueError("demand and costs are not negative")
    if not (np.asarray(holding_cost) > 0).all():
        raise ValueError("holding costs more than nothing")
