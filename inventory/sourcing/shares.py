"""Where the units of request lines are at this moment: set aside, on the floor, on the road, arrived; and whence."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.sourcing.models import DeliveryClass
from inventory.transport.models import Shipment


@dataclass(frozen=True, slots=True)
class LineShare:
    """So many units of a line in one state, from one source. `state` is a word of LineStatus.

    `promised_at` and `delivery_class` are those of the last promise made for the source; `arrived_at` is known of
    what came by shipment.
    """

    line_id: int
    state: str
    quantity: int
    source_id: int
    source: str
    source_zh: str
    source_en: str
    part: str
    delivery_class: DeliveryClass | None
    promised_at: datetime | None
    shipment_id: int | None
    due_at: datetime | None
    arrived_at: datetime | None

    @property
    def shipment(self) -> str | None:
        """The number of the shipment, once there is one."""
        return None if self.shipment_id is None else Shipment(id=self.shipment_id).number


# What is neither set aside nor back-ordered nor in a shipment came off the centre's own shelf.
_SHARES = text("""
    WITH line AS (
        SELECT l.id, l.received, l.part_id, r.warehouse_id AS destination_id
        FROM part_request_line l JOIN part_request r ON r.id = l.request_id
        WHERE l.id = ANY(CAST(:lines AS bigint[]))
    ),
    sent AS (
        SELECT s.line_id, s.shipment_id, s.part_id, h.source_id, h.due_at, h.received_at,
               sum(s.received) AS received, sum(s.quantity - s.received - s.damaged - s.missing) AS awaited
        FROM shipment_line s JOIN shipment h ON h.id = s.shipment_id
        WHERE s.line_id = ANY(CAST(:lines AS bigint[]))
        GROUP BY s.line_id, s.shipment_id, s.part_id, h.source_id, h.due_at, h.received_at
    ),
    shelf AS (
        SELECT line.id AS line_id, line.received - coalesce(sum(sent.received), 0) AS quantity, line.destination_id,
               coalesce((SELECT v.part_id FROM reservation v
                         WHERE v.line_id = line.id AND v.warehouse_id = line.destination_id AND v.purpose = 'earmark'
                         ORDER BY v.id LIMIT 1), line.part_id) AS part_id
        FROM line LEFT JOIN sent ON sent.line_id = line.id
        GROUP BY line.id, line.received, line.part_id, line.destination_id
    ),
    share AS (
        SELECT line_id, 2 AS stage, 'reserved' AS state, quantity - allocated AS quantity, warehouse_id AS source_id,
               part_id, CAST(NULL AS bigint) AS shipment_id, CAST(NULL AS timestamptz) AS due_at,
               CAST(NULL AS timestamptz) AS arrived_at
        FROM reservation
        WHERE line_id = ANY(CAST(:lines AS bigint[])) AND purpose <> 'earmark' AND quantity > allocated
        UNION ALL
        SELECT line_id, 3, 'released', allocated, warehouse_id, part_id, NULL, NULL, NULL
        FROM reservation WHERE line_id = ANY(CAST(:lines AS bigint[])) AND purpose <> 'earmark' AND allocated > 0
        UNION ALL
        SELECT line_id, 4, 'in_transit', awaited, source_id, part_id, shipment_id, due_at, NULL
        FROM sent WHERE awaited > 0
        UNION ALL
        SELECT line_id, 5, 'received', received, source_id, part_id, shipment_id, due_at, received_at
        FROM sent WHERE received > 0
        UNION ALL
        SELECT line_id, 5, 'received', quantity, destination_id, part_id, NULL, NULL, NULL
        FROM shelf WHERE quantity > 0
    )
    SELECT share.line_id, share.state, CAST(share.quantity AS bigint) AS quantity, share.source_id,
           source.code, source.name_zh, source.name_en, part.number, last.delivery_class, last.promised_at,
           share.shipment_id, share.due_at, share.arrived_at
    FROM share
    JOIN warehouse source ON source.id = share.source_id
    JOIN part ON part.id = share.part_id
    LEFT JOIN LATERAL (
        SELECT delivery_class, promised_at FROM promise p
        WHERE p.line_id = share.line_id AND p.source_id = share.source_id ORDER BY p.id DESC LIMIT 1
    ) last ON true
    ORDER BY share.line_id, share.stage, last.promised_at, source.code, share.shipment_id, part.number
""")


def list_shares(session: Session, line_ids: Sequence[int]) -> dict[int, list[LineShare]]:
    """The units of lines that have a source, the least advanced first; whoever asks may see the lines."""
    shares: dict[int, list[LineShare]] = defaultdict(list)
    for row in session.execute(_SHARES, {"lines": list(line_ids)}):
        shares[row.line_id].append(LineShare(*row))
    return shares
