"""Exchanging: an allocation is given other stock than was chosen at release, because that is what is taken in fact."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.ledger.ends import Allocated, StockKey
from inventory.ledger.errors import AllocationSpent, LotNotFree, OlderStockPassedOver
from inventory.ledger.locking import lock_balances

_ALLOCATED_COLUMNS = """
    a.id AS allocation_id, a.reservation_id, r.line_id, r.warehouse_id, r.part_id, r.owner_id, b.id AS lot_balance_id,
    b.lot_id, b.unit_id, b.bin_id, bin.code AS bin_code, bin.pick_sequence, a.quantity
"""
_KEY_OF = text("""
    SELECT r.warehouse_id, r.part_id, r.owner_id FROM allocation a JOIN reservation r ON r.id = a.reservation_id
    WHERE a.id = :allocation_id
""")
_OLDER_FREE = text("""
    SELECT coalesce(sum(older.on_hand - older.allocated
                        + CASE WHEN older.id = a.lot_balance_id THEN a.quantity ELSE 0 END), 0) AS older_free
    FROM allocation a
    LEFT JOIN lot_balance other ON other.id = :lot_balance_id
    LEFT JOIN lot_balance older ON older.warehouse_id = other.warehouse_id AND older.part_id = other.part_id
         AND older.owner_id = other.owner_id AND older.condition = 'good'
         AND (older.first_received_at, older.lot_id) < (other.first_received_at, other.lot_id)
    WHERE a.id = :allocation_id AND a.quantity > 0
    GROUP BY a.id
""")
_EXCHANGE = text(f"""
    WITH old AS (SELECT id, lot_balance_id, quantity, reservation_id FROM allocation
                 WHERE id = :allocation_id AND quantity > 0),
    given AS (
        UPDATE lot_balance b SET allocated = b.allocated + old.quantity
        FROM old, reservation r
        WHERE b.id = :lot_balance_id AND b.id <> old.lot_balance_id AND r.id = old.reservation_id
          AND b.condition = 'good' AND b.on_hand - b.allocated >= old.quantity
          AND (b.warehouse_id, b.part_id, b.owner_id) = (r.warehouse_id, r.part_id, r.owner_id)
        RETURNING b.id, b.lot_id, b.unit_id, b.bin_id
    ),
    freed AS (
        UPDATE lot_balance b SET allocated = b.allocated - old.quantity
        FROM old, given WHERE b.id = old.lot_balance_id
    ),
    changed AS (
        UPDATE allocation a
        SET lot_balance_id = given.id, lot_id = given.lot_id, older_free = :older_free, override_reason = :reason,
            actor_id = :actor_id, command_id = :command_id, allocated_at = :at
        FROM given WHERE a.id = :allocation_id
        RETURNING a.*
    )
    SELECT {_ALLOCATED_COLUMNS}
    FROM changed a JOIN given b ON b.id = a.lot_balance_id
    JOIN reservation r ON r.id = a.reservation_id JOIN bin ON bin.id = b.bin_id
""")  # noqa: S608
# The piece is free, or another allocation has it and gets this one's: then both pieces stay allocated.
_EXCHANGE_PIECE = text("""
    WITH piece AS (
        SELECT a.id AS allocation_id, own.id AS own_id, other.id AS other_id, other.allocated = 0 AS free
        FROM lot_balance own JOIN lot_balance other USING (warehouse_id, part_id, owner_id, lot_id, condition)
        JOIN allocation a ON a.lot_balance_id = own.id
        WHERE a.id = :allocation_id AND other.id = :lot_balance_id AND other.id <> own.id
          AND own.unit_id IS NOT NULL AND other.unit_id IS NOT NULL AND other.on_hand = 1
    ),
    balanced AS (
        UPDATE lot_balance b SET allocated = 1 - b.allocated
        FROM piece WHERE piece.free AND b.id IN (piece.own_id, piece.other_id)
    )
    UPDATE allocation a
    SET lot_balance_id = CASE WHEN a.id = piece.allocation_id THEN piece.other_id ELSE piece.own_id END
    FROM piece WHERE a.id = piece.allocation_id OR a.lot_balance_id = piece.other_id
    RETURNING a.id
""")


def exchange_lot(
    session: Session, allocation_id: int, *, lot_balance_id: int, reason: str | None, by: Actor, at: datetime
) -> Allocated:
    """Give an allocation, as a whole, another lot position of the same warehouse than the one FIFO chose.

    Raises: LotNotFree when that position has too little free good stock of the part; OlderStockPassedOver when older
    stock is free and no reason is given; AllocationSpent when the allocation is gone.
    """
    names = {"allocation_id": allocation_id, "lot_balance_id": lot_balance_id}
    _hold_stock_of(session, allocation_id)
    older_free = session.execute(_OLDER_FREE, names).scalar_one_or_none()
    if older_free is None:
        raise AllocationSpent(allocation_id=allocation_id)
    if older_free > 0 and not reason:
        raise OlderStockPassedOver(older_free=int(older_free))
    row = session.execute(
        _EXCHANGE,
        {
            **names,
            "older_free": older_free,
            "reason": reason or None,
            "actor_id": by.person_id,
            "command_id": by.command_id,
            "at": at,
        },
    ).one_or_none()
    if row is None:
        raise LotNotFree(**names)
    return Allocated(**row._mapping)


def exchange_piece(session: Session, allocation_id: int, *, lot_balance_id: int) -> None:
    """Give an allocation of a piece another piece of its lot in the warehouse; who has that piece gets the first one.

    FIFO chose the lot, and no other is chosen here: what the allocations say of it stays as it was decided.

    Raises: LotNotFree when that is no other good piece of the lot, or the allocation is gone.
    """
    _hold_stock_of(session, allocation_id)
    names = {"allocation_id": allocation_id, "lot_balance_id": lot_balance_id}
    if session.execute(_EXCHANGE_PIECE, names).first() is None:
        raise LotNotFree(**names)


def _hold_stock_of(session: Session, allocation_id: int) -> None:
    key = session.execute(_KEY_OF, {"allocation_id": allocation_id})
    lock_balances(session, [StockKey(*one) for one in key])
