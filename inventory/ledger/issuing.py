"""Moving allocated stock: carried to another bin of its warehouse, or issued out of it for good."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, Select, and_, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.db import returning
from inventory.ledger.ends import Carry, Issue, Posting, StockKey, in_bin
from inventory.ledger.errors import AllocationSpent
from inventory.ledger.models import Allocation, Balance, Condition, Place, Reservation
from inventory.ledger.moves import MOVES, move_columns


@dataclass(frozen=True, slots=True)
class Lying:
    """Where allocated stock lies, read under the balance lock."""

    allocation_id: int
    quantity: int
    key: StockKey
    lot_id: int
    unit_id: int | None
    bin_id: int


_LYING = text("""
    SELECT a.id, a.quantity, b.warehouse_id, b.part_id, b.owner_id, b.lot_id, b.unit_id, b.bin_id
    FROM allocation a JOIN lot_balance b ON b.id = a.lot_balance_id
    WHERE a.id = ANY(CAST(:allocations AS bigint[]))
""")
_CARRY = returning(
    "id",
    """
    WITH lying AS (
        SELECT a.id, a.quantity, a.lot_balance_id, b.warehouse_id, b.bin_id AS from_bin_id, b.part_id, b.lot_id,
               b.unit_id, b.owner_id, b.first_received_at, c.bin_id, c.document_kind, c.document_id, c.reason, c.n
        FROM unnest(CAST(:allocations AS bigint[]), CAST(:bins AS bigint[]), CAST(:kinds AS text[]),
                    CAST(:documents AS bigint[]), CAST(:reasons AS text[]))
             WITH ORDINALITY AS c (id, bin_id, document_kind, document_id, reason, n)
        JOIN allocation a ON a.id = c.id JOIN lot_balance b ON b.id = a.lot_balance_id
    ),
    carried AS (SELECT * FROM lying WHERE bin_id <> from_bin_id),
    moved AS (
        INSERT INTO move (part_id, lot_id, unit_id, quantity,
                          from_place, from_warehouse_id, from_bin_id, from_condition, from_owner_id,
                          to_place, to_warehouse_id, to_bin_id, to_condition, to_owner_id,
                          document_kind, document_id, reason, actor_id, command_id, recorded_at)
        SELECT part_id, lot_id, unit_id, quantity, 'bin', warehouse_id, from_bin_id, 'good', owner_id,
               'bin', warehouse_id, bin_id, 'good', owner_id,
               document_kind, document_id, reason, :actor_id, :command_id, :at
        FROM carried ORDER BY n
    ),
    taken AS (
        UPDATE lot_balance b SET on_hand = b.on_hand - t.quantity, allocated = b.allocated - t.quantity
        FROM (SELECT lot_balance_id, sum(quantity) AS quantity FROM carried GROUP BY lot_balance_id) t
        WHERE b.id = t.lot_balance_id
    ),
    put AS (
        INSERT INTO lot_balance (warehouse_id, bin_id, part_id, lot_id, unit_id, owner_id, condition,
                                 first_received_at, on_hand, allocated)
        SELECT warehouse_id, bin_id, part_id, lot_id, unit_id, owner_id, 'good', first_received_at,
               sum(quantity), sum(quantity)
        FROM carried
        GROUP BY warehouse_id, bin_id, part_id, lot_id, unit_id, owner_id, first_received_at
        ON CONFLICT (bin_id, lot_id, condition, owner_id, unit_id)
        DO UPDATE SET on_hand = lot_balance.on_hand + excluded.on_hand,
                      allocated = lot_balance.allocated + excluded.allocated
        RETURNING id, bin_id, lot_id, owner_id, unit_id
    ),
    placed AS (
        UPDATE allocation a SET lot_balance_id = put.id
        FROM carried c JOIN put ON put.bin_id = c.bin_id AND put.lot_id = c.lot_id AND put.owner_id = c.owner_id
             AND put.unit_id IS NOT DISTINCT FROM c.unit_id
        WHERE a.id = c.id
    )
    SELECT id FROM lying
    """,
)
_ISSUE = text(f"""
    WITH moved AS ({MOVES} RETURNING 1),
    issued AS (
        SELECT a.id, a.lot_balance_id, a.reservation_id, i.quantity, r.warehouse_id, r.part_id, r.owner_id
        FROM unnest(CAST(:allocations AS bigint[]), CAST(:issued AS bigint[])) AS i (id, quantity)
        JOIN allocation a ON a.id = i.id JOIN reservation r ON r.id = a.reservation_id
    ),
    allocation_spent AS (
        UPDATE allocation a SET quantity = a.quantity - i.quantity,
               lot_balance_id = CASE WHEN a.quantity > i.quantity THEN a.lot_balance_id END
        FROM issued i WHERE a.id = i.id
    ),
    taken AS (
        UPDATE lot_balance b SET on_hand = b.on_hand - t.quantity, allocated = b.allocated - t.quantity
        FROM (SELECT lot_balance_id, sum(quantity) AS quantity FROM issued GROUP BY lot_balance_id) t
        WHERE b.id = t.lot_balance_id
    ),
    put AS (
        INSERT INTO lot_balance (warehouse_id, bin_id, part_id, lot_id, unit_id, owner_id, condition,
                                 first_received_at, on_hand)
        SELECT p.warehouse_id, p.bin_id, l.part_id, p.lot_id, p.unit_id, p.owner_id, p.condition, l.first_received_at,
               sum(p.quantity)
        FROM unnest(CAST(:put_warehouses AS bigint[]), CAST(:put_bins AS bigint[]), CAST(:put_lots AS bigint[]),
                    CAST(:put_units AS bigint[]), CAST(:put_owners AS bigint[]), CAST(:put_conditions AS text[]),
                    CAST(:put_quantities AS bigint[]))
             AS p (warehouse_id, bin_id, lot_id, unit_id, owner_id, condition, quantity)
        JOIN lot l ON l.id = p.lot_id
        GROUP BY p.warehouse_id, p.bin_id, l.part_id, p.lot_id, p.unit_id, p.owner_id, p.condition, l.first_received_at
        ON CONFLICT (bin_id, lot_id, condition, owner_id, unit_id)
        DO UPDATE SET on_hand = lot_balance.on_hand + excluded.on_hand
    ),
    reservation_spent AS (
        UPDATE reservation r SET quantity = r.quantity - t.quantity, allocated = r.allocated - t.quantity
        FROM (SELECT reservation_id, sum(quantity) AS quantity FROM issued GROUP BY reservation_id) t
        WHERE r.id = t.reservation_id
    )
    UPDATE balance b SET on_hand = b.on_hand - t.quantity, reserved = b.reserved - t.quantity
    FROM (SELECT warehouse_id, part_id, owner_id, sum(quantity) AS quantity FROM issued
          GROUP BY warehouse_id, part_id, owner_id) t
    WHERE b.warehouse_id = t.warehouse_id AND b.part_id = t.part_id AND b.owner_id = t.owner_id
""")  # noqa: S608


def balances_under(allocations: ColumnElement[Sequence[int]]) -> Select[int]:
    """The statement that holds the balance rows under an array of allocations; put together once, it may be run often.

    What the allocations hang on never changes, so they are read and their rows locked at once.
    """
    return (
        select(Balance.warehouse_id)
        .select_from(Allocation)
        .join(Reservation, Reservation.id == Allocation.reservation_id)
        .join(
            Balance,
            and_(
                Balance.warehouse_id == Reservation.warehouse_id,
                Balance.part_id == Reservation.part_id,
                Balance.owner_id == Reservation.owner_id,
            ),
        )
        .where(Allocation.id == any_(allocations))
        .order_by(Balance.warehouse_id, Balance.part_id, Balance.owner_id)
        .with_for_update(of=Balance)
    )


_HOLD = balances_under(bindparam("allocations", type_=ARRAY(BigInteger)))


def lock_allocations(session: Session, allocation_ids: Iterable[int]) -> None:
    """Hold the balance rows under the allocations, before the documents that work on them are locked."""
    session.execute(_HOLD, {"allocations": list(allocation_ids)})


def carry(session: Session, carries: Sequence[Carry], *, by: Actor, at: datetime) -> None:
    """Carry allocated stock, each allocation as a whole, to another bin of its warehouse; it stays allocated.

    The balance rows are held by the caller (`lock_allocations`, `balances_under`). What lies in that bin already is
    left there, and no move is made.

    Raises: AllocationSpent when an allocation is gone.
    """
    wanted = [one.allocation_id for one in carries]
    assert len(set(wanted)) == len(wanted), "an allocation is named once a call"
    lying = set(
        session.scalars(
            _CARRY,
            {
                "allocations": wanted,
                "bins": [one.bin_id for one in carries],
                "kinds": [str(one.document.kind) for one in carries],
                "documents": [one.document.id for one in carries],
                "reasons": [one.reason for one in carries],
                "actor_id": by.person_id,
                "command_id": by.command_id,
                "at": at,
            },
        )
    )
    for allocation_id in wanted:
        if allocation_id not in lying:
            raise AllocationSpent(allocation_id=allocation_id)


def issue(session: Session, issues: Sequence[Issue], *, by: Actor, at: datetime) -> None:
    """Let allocated stock leave: on hand, reserved and allocated fall together with the reservation.

    The target is a place outside, a custody, or a bin in another condition than good; an allocation is named once.

    Raises: AllocationSpent when less of an allocation is left than is to leave.
    """
    if not issues:
        return
    lying = _lying(session, [one.allocation_id for one in issues])
    postings = []
    for one in issues:
        here = lying[one.allocation_id]
        if here.quantity < one.quantity:
            raise AllocationSpent(allocation_id=one.allocation_id)
        source = in_bin(here.key.warehouse_id, here.bin_id, here.key.owner_id)
        postings.append(
            Posting(
                here.key.part_id, here.lot_id, one.quantity, source, one.target, one.document, one.reason, here.unit_id
            )
        )
    put = [posting for posting in postings if posting.target.place is Place.BIN]
    assert all(posting.target.condition is not Condition.GOOD for posting in put), "good stock is carried, not issued"
    session.execute(
        _ISSUE,
        {
            **move_columns(postings),
            "allocations": [one.allocation_id for one in issues],
            "issued": [one.quantity for one in issues],
            "put_warehouses": [one.target.warehouse_id for one in put],
            "put_bins": [one.target.bin_id for one in put],
            "put_lots": [one.lot_id for one in put],
            "put_units": [one.unit_id for one in put],
            "put_owners": [one.target.owner_id for one in put],
            "put_conditions": [str(one.target.condition) for one in put],
            "put_quantities": [one.quantity for one in put],
            "actor_id": by.person_id,
            "command_id": by.command_id,
            "at": at,
        },
    )


def _lying(session: Session, allocation_ids: list[int]) -> dict[int, Lying]:
    assert len(set(allocation_ids)) == len(allocation_ids), "an allocation is named once a call"
    lock_allocations(session, allocation_ids)
    rows = session.execute(_LYING, {"allocations": allocation_ids})
    lying = {
        row.id: Lying(
            row.id,
            row.quantity,
            StockKey(row.warehouse_id, row.part_id, row.owner_id),
            row.lot_id,
            row.unit_id,
            row.bin_id,
        )
        for row in rows
    }
    for allocation_id in allocation_ids:
        if allocation_id not in lying:
            raise AllocationSpent(allocation_id=allocation_id)
    return lying
