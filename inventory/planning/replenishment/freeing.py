"""What frees a proposal whose source has nothing to give: what is on order for its source, or proposed to be.

The source's own source may be short as well; so it is looked for from place to place up to where the part is bought.
What is on order under a replaced number counts where its stock will count for the part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.planning import demand
from inventory.planning.replenishment.models import Proposal
from inventory.planning.replenishment.positions import read_stands_for
from inventory.procurement import PurchaseOrder

_FREED_BY = text("""
    WITH RECURSIVE upward AS (
        SELECT id, part_id, source_id AS place_id, 1 AS steps FROM proposal WHERE id = ANY(CAST(:ids AS bigint[]))
        UNION ALL
        SELECT upward.id, upward.part_id, above.parent_id, steps + 1
        FROM upward JOIN warehouse AS above ON above.id = upward.place_id
        WHERE above.parent_id IS NOT NULL
    ),
    older AS (
        SELECT * FROM unnest(CAST(:old AS bigint[]), CAST(:new AS bigint[])) AS older (part_id, stands_for_id)
    )
    SELECT DISTINCT ON (upward.id) upward.id, ordered.id AS order_id, ordered.due_on,
           bought.id AS proposal_id, bought.order_by_on, bought.lead_days
    FROM upward
    LEFT JOIN LATERAL (
        SELECT o.id, l.due_on FROM purchase_order_line AS l JOIN purchase_order AS o ON o.id = l.order_id
        WHERE (l.part_id = upward.part_id
               OR l.part_id IN (SELECT older.part_id FROM older WHERE older.stands_for_id = upward.part_id))
          AND o.warehouse_id = upward.place_id AND l.expected > l.received
          AND o.status NOT IN ('received', 'cancelled')
        ORDER BY l.due_on, o.id LIMIT 1
    ) AS ordered ON true
    LEFT JOIN proposal AS bought
        ON bought.status IN ('open', 'ahead') AND bought.kind = 'purchase'
        AND bought.part_id = upward.part_id AND bought.place_id = upward.place_id
    WHERE ordered.id IS NOT NULL OR bought.id IS NOT NULL
    ORDER BY upward.id, steps
""")


@dataclass(frozen=True, slots=True)
class FreedBy:
    """What frees it: a purchase order, or a proposal that somebody has to approve first; and when that should come."""

    order: str | None
    proposal: str | None
    on: date


def freed_by(session: Session, proposals: Sequence[Proposal], *, on: date) -> dict[int, FreedBy]:
    """What frees each of some proposals, by id; nothing for one whose part nobody has ordered or proposed to buy."""
    if not proposals:
        return {}
    parts = {one.part_id for one in proposals}
    stands_for = read_stands_for(session, demand.read_successors(session, on=on), on=on)
    older = {old: new for old, new in stands_for.items() if new in parts}
    told = {"ids": [one.id for one in proposals], "old": list(older), "new": list(older.values())}
    found = session.execute(_FREED_BY, told)
    freed: dict[int, FreedBy] = {}
    for row in found:
        if row.order_id is not None:
            freed[row.id] = FreedBy(PurchaseOrder(id=row.order_id).number, None, row.due_on)
        else:
            comes = max(row.order_by_on, on) + timedelta(days=round(row.lead_days))
            freed[row.id] = FreedBy(None, Proposal(id=row.proposal_id).number, comes)
    return freed
