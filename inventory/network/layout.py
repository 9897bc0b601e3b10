"""The zones and bins that a new warehouse starts with; more come by file or screen."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

FIRST_SHELVES = tuple(f"A-{rack:02}-{level}" for rack in range(1, 6) for level in range(1, 5))
"""Aisle A, five racks of four levels: enough for a repair centre, a beginning for the others."""

_ZONES = text("""
    INSERT INTO zone (warehouse_id, code, kind, name_zh, name_en)
    SELECT warehouse_id, zone.code, zone.kind, zone.name_zh, zone.name_en
    FROM unnest(CAST(:warehouse_ids AS bigint[])) AS warehouse_id
    CROSS JOIN (VALUES ('DOCK', 'dock', '收货区', 'Dock'), ('STAGE', 'staging', '发货暂存区', 'Staging'),
                       ('QUAR', 'quarantine', '待检区', 'Quarantine'), ('SHELF', 'shelf', '货架区', 'Shelves'))
         AS zone (code, kind, name_zh, name_en)
    ON CONFLICT (warehouse_id, code) DO NOTHING
""")
_BINS = text("""
    INSERT INTO bin (warehouse_id, zone_id, code, pick_sequence)
    SELECT zone.warehouse_id, zone.id, bin.code, bin.pick_sequence
    FROM zone
    JOIN (SELECT * FROM (VALUES ('DOCK', 'DOCK-01', 0), ('STAGE', 'STAGE-01', 0), ('QUAR', 'QUAR-01', 0))
                   AS standard (zone_code, code, pick_sequence)
          UNION ALL
          SELECT 'SHELF', code, CAST(10 * turn AS integer)
          FROM unnest(CAST(:shelves AS text[])) WITH ORDINALITY AS shelf (code, turn))
         AS bin ON bin.zone_code = zone.code
    WHERE zone.warehouse_id = ANY(CAST(:warehouse_ids AS bigint[]))
    ON CONFLICT (warehouse_id, code) DO NOTHING
""")


def lay_out(session: Session, warehouse_ids: Sequence[int]) -> None:
    """Give the warehouses their dock, staging, quarantine and first shelves; what stands already stays."""
    session.execute(_ZONES, {"warehouse_ids": warehouse_ids})
    session.execute(_BINS, {"warehouse_ids": warehouse_ids, "shelves": list(FIRST_SHELVES)})
