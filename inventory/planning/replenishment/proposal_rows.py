"""What is proposed as columns of the table of proposals, with the figures that each quantity follows from."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from inventory.copying import Column, Words
from inventory.db import QUANTITY_MAX
from inventory.planning.policies import PolicyBook, lead_times_between
from inventory.planning.replenishment.arrays import Ids
from inventory.planning.replenishment.layout import Layout
from inventory.planning.replenishment.levels import Levels
from inventory.planning.replenishment.models import Held, ProposalKind, ProposalStatus
from inventory.planning.replenishment.positions import Positions
from inventory.planning.replenishment.proposing import MONEY, Needs, Offers, value_of
from inventory.planning.replenishment.resting import KINDS, TurnedDown
from inventory.planning.replenishment.settling import Orders, Planned, Settled
from inventory.planning.replenishment.writing import bigints, days, doubles

STATUSES: Final = tuple(ProposalStatus)
EPOCH: Final = date(1970, 1, 1)
NONE: Final = -1
NO_BENEFIT: Final = np.iinfo(np.int64).min
BENEFIT_MAX: Final = 9.0e17
"""In ten-thousandths, as money is written."""
Rows = dict[str, NDArray[Any]]


def ordered_rows(
    layout: Layout,
    levels: Levels,
    orders: Orders,
    offers: Offers,
    turned_down: TurnedDown,
    status: ProposalStatus = ProposalStatus.OPEN,
) -> Rows:
    """What is drawn from above and bought, now or ahead. Shapes: the answers are (asking,)."""
    rows, needs = orders.rows, orders.needs
    bought = levels.source[rows] < 0
    quantity = needs.quantity[rows]
    none = np.full(len(rows), NONE)
    kind = np.where(bought, KINDS.index(ProposalKind.PURCHASE), KINDS.index(ProposalKind.TRANSFER))
    return {
        **_figures(rows, layout, levels, orders.positions, needs, offers),
        "status": np.full(len(rows), STATUSES.index(status)),
        "kind": kind,
        "turned_down_id": turned_down.told(rows, kind),
        "held": orders.held,
        "source_id": np.where(bought, NONE, layout.warehouse_ids[levels.source[rows]]),
        "supplier_part_id": np.where(bought, offers.supplier_part[rows], NONE),
        "quantity": quantity,
        "value": value_of(quantity, offers.price[rows]),
        "lead_days": offers.lead_days(levels)[rows],
        "short_per_week": needs.short_per_week[rows],
        "source_free": none,
        "source_keeps": none,
        "benefit": np.full(len(rows), NO_BENEFIT),
    }


def moved_rows(planned: Planned, settled: Settled, offers: Offers, book: PolicyBook, turned_down: TurnedDown) -> Rows:
    """What is moved between equals and back up, with the figures of the place that gets. Shapes: (moves,)."""
    moves, layout = settled.moves, planned.layout
    source_ids = layout.warehouse_ids[moves.giver]
    lead_days, _, _ = lead_times_between(book, source_ids, layout.warehouse_ids[moves.receiver])
    returned = moves.kind == KINDS.index(ProposalKind.EXCESS_RETURN)
    return {
        **_figures(moves.receiver, layout, planned.levels, settled.before, settled.needs_before, offers),
        "status": np.full(len(moves), STATUSES.index(ProposalStatus.OPEN)),
        "kind": moves.kind,
        "turned_down_id": turned_down.told(moves.about, moves.kind),
        "held": settled.moves_held,
        "source_id": source_ids,
        "supplier_part_id": np.full(len(moves), NONE),
        "quantity": moves.quantity,
        "value": value_of(moves.quantity, offers.price[moves.receiver]),
        "lead_days": lead_days,
        # What goes back up saves money; the place above gets its ordinary order in time without it.
        "short_per_week": np.where(returned, 0.0, settled.needs_before.short_per_week[moves.receiver]),
        "source_free": moves.free,
        "source_keeps": moves.keeps,
        "benefit": np.rint(np.minimum(moves.benefit * MONEY, BENEFIT_MAX)).astype(np.int64),
    }


def _figures(rows: Ids, layout: Layout, levels: Levels, positions: Positions, needs: Needs, offers: Offers) -> Rows:
    """Of each place that gets something: the part, where it stands, and what its need follows from."""
    bought = levels.source[rows] < 0
    stand = positions.at(rows)
    return {
        "part_id": layout.part_ids[rows],
        "warehouse_id": layout.warehouse_ids[rows],
        "on_hand": stand.on_hand,
        "reserved": stand.reserved,
        "in_transit": stand.in_transit,
        "on_order": stand.on_order,
        "back_ordered": stand.back_ordered,
        "owed": needs.owed[rows],
        "waited_for": needs.waited_for[rows],
        "reorder_point": levels.reorder_point[rows],
        "order_up_to": levels.order_up_to[rows],
        "pack_size": np.where(bought, offers.pack[rows], levels.pack_size[rows]),
        "order_minimum": np.where(bought, offers.minimum[rows], levels.order_minimum[rows]),
        "order_maximum": levels.order_maximum[rows],
        "needed": needs.needed[rows],
        "unit_price": offers.price[rows],
        "order_by": needs.order_by[rows],
    }


_OR_NONE: Final = {
    "turned_down_id": NONE,
    "source_id": NONE,
    "supplier_part_id": NONE,
    "order_maximum": QUANTITY_MAX,
    "source_free": NONE,
    "source_keeps": NONE,
    "benefit": NO_BENEFIT,
}
"""The figure that stands for none."""


def as_columns(rows: Mapping[str, NDArray[Any]], *, on: date) -> dict[str, Column]:
    """Rows as they are written. Shapes: columns of equal length. Units: `order_by` in days from the day of the run."""
    columns: dict[str, Column] = {}
    for name, values in rows.items():
        if name == "kind":
            columns[name] = Words([one.value for one in KINDS], values)
        elif name == "held":
            columns[name] = Words([one.value for one in Held], values)
        elif name == "status":
            columns[name] = Words([one.value for one in STATUSES], values)
        elif name == "order_by":
            columns["order_by_on"] = days(values + (on - EPOCH).days)
        elif name in ("lead_days", "short_per_week"):
            columns[name] = doubles(values)
        else:
            columns[name] = bigints(values, none=_OR_NONE.get(name))
    return columns
