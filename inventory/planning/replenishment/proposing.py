"""From positions and levels to what should be moved and bought: the deciding part of a run. Pure.

The places furthest down order first; what they need is owed by the place they draw from, which then orders with that in
mind. What a place above cannot give to all is shared. Every quantity follows from the figures that are kept with it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inventory.planning.policies import PHASES, Phase, PlacePolicies
from inventory.planning.replenishment.arrays import Ids, Reals
from inventory.planning.replenishment.levels import Levels
from inventory.planning.replenishment.models import Held, ProposalKind
from inventory.planning.replenishment.positions import Positions
from inventory.planning.replenishment.resting import KINDS, NOTHING_TURNED_DOWN, TurnedDown
from inventory.planning.stocking.fair_share import fair_share
from inventory.planning.stocking.loss import expected_back_orders
from inventory.planning.stocking.ordering import order_quantity

WEEK = 7.0
DAYS_TO_ORDER_MAX = 3_650
"""No day further ahead is told."""
PURCHASE, TRANSFER = KINDS.index(ProposalKind.PURCHASE), KINDS.index(ProposalKind.TRANSFER)
HELD = tuple(Held)
"""Why a proposal waits, by code."""
MONEY = 10_000
"""Money is worked with in whole ten-thousandths, so that quantity times price is exact."""
VALUE_MAX = 9 * 10**17
"""In ten-thousandths: more would not fit where it is kept."""


@dataclass(frozen=True, slots=True)
class Offers:
    """Who sells the part of each place, and how; of a place that draws from another nothing is asked.

    Shapes: all (n,). Units: `supplier_part` -1 where nobody sells it; `price` in ten-thousandths of the company's
    currency a base unit; `chosen_days` the lead time of a supplier that somebody chose, NaN where nobody did, None
    where nobody did anywhere.
    """

    supplier_part: Ids
    minimum: Ids
    pack: Ids
    price: Ids
    chosen_days: Reals | None = None

    def lead_days(self, levels: Levels) -> Reals:
        """How long each place waits for what it orders. Shapes: levels and the answer (n,). Units: days."""
        if self.chosen_days is None:
            return levels.lead_days
        return np.where(np.isnan(self.chosen_days), levels.lead_days, self.chosen_days)


@dataclass(frozen=True, slots=True)
class Needs:
    """What each part-place needs, is owed by those below it, and gets.

    Shapes: all (n,), like the levels.
    Units: base units; `short_per_week` customers' orders; `order_by` days from today, below 0 where it is overdue.

    `owed` is what the places below need from here; `needed` the order that follows from position less owed and the
    levels; `quantity` what the place above has of it now, all of it where it is bought. `waited_for` are the units that
    repairs wait for already, here or further down. `short_per_week` are the promises at risk: customers who wait, or
    begin to, when it comes a week later.
    """

    owed: Ids
    waited_for: Ids
    needed: Ids
    quantity: Ids
    short_per_week: Reals
    order_by: Ids


def work_out_needs(
    levels: Levels, positions: Positions, offers: Offers, turned_down: TurnedDown = NOTHING_TURNED_DOWN
) -> Needs:
    """Order at every place, from the last tier up, and share what the places above have.

    Shapes: all (n,).
    """
    owed, waited_for, needed = _ordered_up(levels, positions, offers, turned_down)
    firm = np.minimum(waited_for, needed)
    quantity = needed.copy()
    drawing = np.flatnonzero((needed > 0) & (levels.source >= 0))
    quantity[drawing] = _shared(levels, positions, needed, owed, firm, drawing)
    asking = np.flatnonzero(needed > 0)
    short, order_by = np.zeros(len(levels)), np.zeros(len(levels), dtype=np.int64)
    position = (positions.position - owed)[asking]
    short[asking] = short_per_week(levels.at(asking), position, firm[asking])
    order_by[asking] = days_to_order(levels.at(asking), position)
    return Needs(owed, waited_for, needed, quantity, short, order_by)


def _ordered_up(levels: Levels, positions: Positions, offers: Offers, turned_down: TurnedDown) -> tuple[Ids, Ids, Ids]:
    owed, needed = np.zeros(len(levels), dtype=np.int64), np.zeros(len(levels), dtype=np.int64)
    waited_for = positions.back_ordered.copy()
    for rows in reversed(levels.tiers):
        bought = levels.source[rows] < 0
        left = positions.position[rows] - owed[rows]
        asked = order_quantity(
            left,
            reorder_point=levels.reorder_point[rows],
            order_up_to=levels.order_up_to[rows],
            pack_size=np.where(bought, offers.pack[rows], levels.pack_size[rows]),
            minimum=np.where(bought, offers.minimum[rows], levels.order_minimum[rows]),
            maximum=levels.order_maximum[rows],
        )
        kind, wanted = np.where(bought, PURCHASE, TRANSFER), levels.order_up_to[rows] - left
        rests = turned_down.rest(rows, kind, wanted=wanted, waited_for=waited_for[rows])
        needed[rows] = np.where(rests, 0, asked)
        drawing = rows[~bought]
        np.add.at(owed, levels.source[drawing], needed[drawing])
        np.add.at(waited_for, levels.source[drawing], np.minimum(waited_for, needed)[drawing])
    return owed, waited_for, needed


def _shared(levels: Levels, positions: Positions, needed: Ids, owed: Ids, firm: Ids, drawing: Ids) -> Ids:
    """Share what each place above has free among those that draw from it: what repairs wait for goes first."""
    sources, group = np.unique(levels.source[drawing], return_inverse=True)
    return fair_share(
        available=positions.free[sources],
        group=group,
        position=(positions.position - owed)[drawing],
        firm=firm[drawing],
        needed=needed[drawing],
        mean=levels.lead_mean[drawing],
        variance=levels.lead_variance[drawing],
    )


def short_per_week(levels: Levels, position: Ids, firm: Ids) -> Reals:
    """How many customers' orders would be broken, or stay broken, when it comes a week later.

    The units back-ordered that the week adds, and those that somebody waits for and that nothing covers. With sizes of
    orders geometric, as everywhere, what is open of an order is as large as an order is in the mean, so that units over
    the mean size are orders.

    Shapes: all (asking,).
    """
    later = levels.lead_mean + WEEK * levels.daily_mean * levels.season
    ratio = np.divide(levels.lead_variance, levels.lead_mean, out=np.ones(len(levels)), where=levels.lead_mean > 0)
    now = expected_back_orders(levels.lead_mean, levels.lead_variance, position)
    then = expected_back_orders(later, later * ratio, position)
    waiting = np.minimum(firm, np.maximum(-position, 0))
    return np.asarray((np.maximum(then - now, 0.0) + waiting) / levels.demand_size)


def days_to_order(levels: Levels, position: Ids) -> Ids:
    """In how many days the position falls to the reorder point: waiting longer breaks the target.

    days = floor((position - reorder point) / demand a day). Below 0 it is overdue by so many days, at most by the lead
    time: what had been ordered then would be there by now.

    Shapes: all (asking,). Units: days; position less what is owed.
    """
    above = (position - levels.reorder_point).astype(np.float64)
    never = np.where(above < 0, -np.inf, np.where(above > 0, np.inf, 0.0))
    days = np.divide(above, levels.daily_mean, out=never, where=levels.daily_mean > 0)
    to_order: Ids = np.clip(np.floor(days), -np.ceil(levels.lead_days), DAYS_TO_ORDER_MAX).astype(np.int64)
    return to_order


def hold_back(rows: Ids, levels: Levels, needs: Needs, offers: Offers, policies: PlacePolicies) -> NDArray[np.int8]:
    """Say why each order waits for a person; -1 for one that goes by itself.

    Buying is always somebody's decision. A transfer goes by itself within the limits of its place's policy.

    Shapes: rows (asking,) of all (n,); the answer is (asking,), places in HELD.
    """
    bought = levels.source[rows] < 0
    quantity = needs.quantity[rows]
    worth = quantity * (offers.price[rows] / MONEY)
    over = (worth > policies.release_value_max[rows]) | (quantity > policies.release_quantity_max[rows])
    last = policies.phase[rows] == PHASES.index(Phase.LAST_TIME_BUY)
    held = np.full(len(rows), -1, dtype=np.int8)
    for reason, where in (
        (Held.OVER_LIMIT, ~bought & over),
        (Held.SHORT_AT_SOURCE, ~bought & (quantity == 0)),
        (Held.PURCHASE, bought),
        (Held.PHASE, bought & last),
        (Held.NO_SUPPLIER, bought & (offers.supplier_part[rows] < 0)),
    ):
        held[where] = HELD.index(reason)
    return held


def value_of(quantity: Ids, price: Ids) -> Ids:
    """What quantities cost, exactly; at most VALUE_MAX, for beyond it the machine's whole numbers would turn over.

    Shapes: (n,). Units: base units; price and the answer in ten-thousandths of the company's currency.
    """
    fits = quantity.astype(np.float64) * price < VALUE_MAX
    return np.where(fits, quantity * np.where(fits, price, 0), VALUE_MAX)
