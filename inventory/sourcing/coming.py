"""What is coming to the stock of warehouses: ordered and not shipped, shipped and not received, not yet shelved.

What somebody waits for at a customer's counts nowhere; what suppliers owe is procurement's to tell.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session


class Coming(NamedTuple):
    """A part on its way to the stock of a warehouse.

    `on_order`: back-ordered, set aside or on the floor of its source. `in_transit`: shipped and not accounted for.
    `arrived`: set aside at the warehouse itself until somebody puts it on the shelf; it is on hand there, and reserved.
    Units: base units of the part that is really sent, of the one asked for while it has no source.
    """

    warehouse_id: int
    part_id: int
    on_order: int
    in_transit: int
    arrived: int


_COMING = """
    SELECT warehouse_id, part_id, CAST(sum(on_order) AS bigint) AS on_order,
           CAST(sum(in_transit) AS bigint) AS in_transit, CAST(sum(arrived) AS bigint) AS arrived
    FROM (
        SELECT r.warehouse_id, l.part_id, l.back_ordered AS on_order, 0 AS in_transit, 0 AS arrived
        FROM part_request_line l JOIN part_request r ON r.id = l.request_id
        WHERE l.back_ordered > 0 AND r.purpose <> 'work_order' {of_lines}
        UNION ALL
        SELECT r.warehouse_id, v.part_id, CASE WHEN v.purpose <> 'earmark' THEN v.quantity ELSE 0 END, 0,
               CASE WHEN v.purpose = 'earmark' THEN v.quantity ELSE 0 END
        FROM reservation v JOIN part_request_line l ON l.id = v.line_id JOIN part_request r ON r.id = l.request_id
        WHERE v.quantity > 0 AND r.purpose <> 'work_order' {of_reservations}
        UNION ALL
        SELECT r.warehouse_id, s.part_id, 0, s.quantity - s.received - s.damaged - s.missing, 0
        FROM shipment h JOIN shipment_line s ON s.shipment_id = h.id
        JOIN part_request_line l ON l.id = s.line_id JOIN part_request r ON r.id = l.request_id
        WHERE h.status <> 'received' AND s.quantity > s.received + s.damaged + s.missing
          AND r.purpose <> 'work_order' {of_shipments}
    ) coming
    GROUP BY warehouse_id, part_id
    ORDER BY part_id, warehouse_id
"""
COMING = _COMING.format(of_lines="", of_reservations="", of_shipments="")
"""All that is coming as a statement, for who reads it by COPY: the columns of `Coming`, by part and warehouse."""

_OF_PARTS = text(
    _COMING.format(
        **{
            f"of_{rows}": f"AND {alias}.part_id = ANY(CAST(:parts AS bigint[]))"
            for rows, alias in (("lines", "l"), ("reservations", "v"), ("shipments", "s"))
        }
    )
)


def list_coming(session: Session, *, part_ids: Sequence[int] | None = None) -> list[Coming]:
    """What is coming, of some parts or of all: a row a part and warehouse where there is any, in that order."""
    if part_ids is None:
        return [Coming(*row) for row in session.execute(text(COMING))]
    return [Coming(*row) for row in session.execute(_OF_PARTS, {"parts": list(part_ids)})]
