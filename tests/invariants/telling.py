"""What the books of a few parts say, told without ids, so that the same story in two worlds is told alike."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.reporting.ledger_checks import LEDGER_CHECKS

# Warehouses are told by their code, lots by their age; other ids by their rank among those that the story knows.
_BALANCES = text("""
    SELECT w.code, dense_rank() OVER (ORDER BY b.part_id) AS part, b.on_hand, b.reserved
    FROM balance b JOIN warehouse w ON w.id = b.warehouse_id
    WHERE b.part_id = ANY(:parts) AND (b.on_hand > 0 OR b.reserved > 0) ORDER BY 1, 2
""")
_POSITIONS = text("""
    SELECT w.code, dense_rank() OVER (ORDER BY b.part_id) AS part, z.kind,
           to_char(l.first_received_at, 'YYYY-MM-DD') AS lot, u.serial, b.condition,
           CAST(sum(b.on_hand) AS bigint) AS on_hand, CAST(sum(b.allocated) AS bigint) AS allocated
    FROM lot_balance b JOIN warehouse w ON w.id = b.warehouse_id
    JOIN bin ON bin.id = b.bin_id JOIN zone z ON z.id = bin.zone_id
    JOIN lot l ON l.id = b.lot_id LEFT JOIN unit u ON u.id = b.unit_id
    WHERE b.part_id = ANY(:parts)
    GROUP BY w.code, b.part_id, z.kind, l.first_received_at, u.serial, b.condition
    HAVING sum(b.on_hand) > 0
    ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
""")
_RESERVATIONS = text("""
    SELECT dense_rank() OVER (ORDER BY r.line_id) AS line, dense_rank() OVER (ORDER BY r.warehouse_id) AS warehouse,
           r.purpose, r.quantity, r.allocated
    FROM reservation r WHERE r.part_id = ANY(:parts) AND r.quantity > 0 ORDER BY 1, 2, 3, 4, 5
""")
_ELSEWHERE = text("""
    SELECT place, CAST(sum(quantity) AS bigint) AS quantity FROM (
        SELECT to_place AS place, quantity FROM move WHERE part_id = ANY(:parts)
        UNION ALL SELECT from_place, -quantity FROM move WHERE part_id = ANY(:parts)
    ) AS ends WHERE place <> 'bin' GROUP BY place HAVING sum(quantity) <> 0 ORDER BY place
""")


def tell_stock(session: Session, part_ids: Sequence[int]) -> dict[str, Any]:
    """Where the parts are, what of them is set aside, and what was given lots."""
    return {
        name: [tuple(row) for row in session.execute(query, {"parts": list(part_ids)})]
        for name, query in (
            ("balances", _BALANCES),
            ("positions", _POSITIONS),
            ("reservations", _RESERVATIONS),
            ("elsewhere", _ELSEWHERE),
        )
    }


def require_true_ledger(session: Session) -> None:
    """Fail when the ledger breaks any of its rules."""
    wrong = [finding for finding in (check.run(session) for check in LEDGER_CHECKS) if finding.violations]
    assert not wrong, "\n".join(f"{one.name}: {one.rule}: {one.violations} {one.sample}" for one in wrong)
