"""The one lock of the ledger: balance rows, in (warehouse, part, owner) order, before anything else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.ledger.ends import StockKey


@dataclass(frozen=True, slots=True)
class Held:
    """A balance row that this transaction holds, as it stood when it was locked."""

    on_hand: int
    reserved: int


# All rows or none: were those that exist locked before the others are opened, two rivals could each hold what the
# other waits for.
_LOCK = text("""
    WITH key AS (
        SELECT * FROM unnest(CAST(:warehouses AS bigint[]), CAST(:parts AS bigint[]), CAST(:owners AS bigint[]))
             AS key (warehouse_id, part_id, owner_id)
    )
    SELECT b.warehouse_id, b.part_id, b.owner_id, b.on_hand, b.reserved
    FROM key JOIN balance b USING (warehouse_id, part_id, owner_id)
    WHERE (SELECT count(*) FROM key) = (SELECT count(*) FROM key JOIN balance USING (warehouse_id, part_id, owner_id))
    ORDER BY b.warehouse_id, b.part_id, b.owner_id
    FOR UPDATE OF b
""")
_OPEN = text("""
    INSERT INTO balance (warehouse_id, part_id, owner_id)
    SELECT * FROM unnest(CAST(:warehouses AS bigint[]), CAST(:parts AS bigint[]), CAST(:owners AS bigint[]))
         AS key (warehouse_id, part_id, owner_id)
    ORDER BY warehouse_id, part_id, owner_id
    ON CONFLICT DO NOTHING
""")


def lock_balances(session: Session, keys: Iterable[StockKey]) -> dict[StockKey, Held]:
    """Hold the balance rows of the keys until the transaction ends; rows that do not exist yet are opened.

    Whoever changes stock calls this first, once, with every key it may touch: that is what keeps rivals apart and
    deadlocks away. Documents are read before it without a lock, and locked and read again after it.
    """
    ordered = sorted(set(keys))
    held = _lock(session, ordered)
    if len(held) < len(ordered):
        session.execute(_OPEN, _columns(ordered))
        held = _lock(session, ordered)
    return held


def _lock(session: Session, ordered: Sequence[StockKey]) -> dict[StockKey, Held]:
    if not ordered:
        return {}
    rows = session.execute(_LOCK, _columns(ordered))
    return {
        StockKey(row.warehouse_id, row.part_id, row.owner_id): Held(on_hand=row.on_hand, reserved=row.reserved)
        for row in rows
    }


def _columns(keys: Sequence[StockKey]) -> dict[str, list[int]]:
    return {
        "warehouses": [key.warehouse_id for key in keys],
        "parts": [key.part_id for key in keys],
        "owners": [key.owner_id for key in keys],
    }
