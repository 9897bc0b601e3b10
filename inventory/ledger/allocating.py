"""Allocating: at release the oldest eligible lots are given to reservations. FIFO is decided here and nowhere else."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.db import returning
from inventory.ledger.ends import Allocated, AllocationWish
from inventory.ledger.errors import AllocationSpent

# Wishes and free lots are laid end to end along one line each; where the two lines overlap, a wish gets the lot.
_ALLOCATE = returning(
    """
    allocation_id reservation_id line_id warehouse_id part_id owner_id lot_balance_id lot_id unit_id bin_id bin_code
    pick_sequence quantity
    """,
    """
    WITH wish AS (
        SELECT r.id, r.line_id, r.warehouse_id, r.part_id, r.owner_id, w.quantity,
               sum(w.quantity) OVER (PARTITION BY r.warehouse_id, r.part_id, r.owner_id
                                     ORDER BY r.priority, r.reserved_at, r.id) AS upto
        FROM unnest(CAST(:reservations AS bigint[]), CAST(:quantities AS bigint[])) AS w (id, quantity)
        JOIN reservation r ON r.id = w.id AND r.quantity - r.allocated >= w.quantity
    ),
    free AS MATERIALIZED (
        SELECT b.id, b.warehouse_id, b.part_id, b.owner_id, b.lot_id, b.unit_id, b.bin_id, b.first_received_at,
               b.on_hand - b.allocated AS quantity
        FROM (SELECT DISTINCT warehouse_id, part_id, owner_id FROM wish) key
        JOIN lot_balance b USING (warehouse_id, part_id, owner_id)
        WHERE b.condition = 'good' AND b.on_hand > b.allocated
        ORDER BY b.warehouse_id, b.part_id, b.first_received_at, b.lot_id, b.id
        FOR UPDATE OF b
    ),
    supply AS (
        SELECT free.*, sum(quantity) OVER (PARTITION BY warehouse_id, part_id, owner_id
                                           ORDER BY first_received_at, lot_id, id) AS upto
        FROM free
    ),
    share AS (
        SELECT wish.id AS reservation_id, wish.line_id, supply.*,
               least(wish.upto, supply.upto)
               - greatest(wish.upto - wish.quantity, supply.upto - supply.quantity) AS given
        FROM wish JOIN supply USING (warehouse_id, part_id, owner_id)
        WHERE supply.upto > wish.upto - wish.quantity AND supply.upto - supply.quantity < wish.upto
    ),
    taken AS (SELECT id, sum(given) AS given FROM share GROUP BY id),
    -- Counted anew from what is left, not from the order above: it proves that the oldest was taken.
    passed_over AS (
        SELECT free.id,
               sum(free.quantity - coalesce(taken.given, 0))
                   OVER (PARTITION BY warehouse_id, part_id, owner_id ORDER BY first_received_at, lot_id
                         RANGE UNBOUNDED PRECEDING EXCLUDE GROUP) AS older_free
        FROM free LEFT JOIN taken USING (id)
    ),
    lot_taken AS (
        UPDATE lot_balance b SET allocated = b.allocated + taken.given FROM taken WHERE b.id = taken.id
    ),
    reservation_filled AS (
        UPDATE reservation r SET allocated = r.allocated + t.given
        FROM (SELECT reservation_id, sum(given) AS given FROM share GROUP BY reservation_id) t
        WHERE r.id = t.reservation_id
    ),
    allocated AS (
        INSERT INTO allocation (reservation_id, lot_balance_id, lot_id, quantity, older_free, actor_id, command_id,
                                allocated_at)
        SELECT reservation_id, id, lot_id, given, coalesce(older_free, 0), :actor_id, :command_id, :at
        FROM share JOIN passed_over USING (id)
        ORDER BY reservation_id, first_received_at, lot_id, id
        RETURNING id, reservation_id, lot_balance_id
    )
    SELECT a.id AS allocation_id, s.reservation_id, s.line_id, s.warehouse_id, s.part_id, s.owner_id,
           s.id AS lot_balance_id, s.lot_id, s.unit_id, s.bin_id, bin.code AS bin_code, bin.pick_sequence,
           CAST(s.given AS bigint) AS quantity
    FROM allocated a
    JOIN share s ON s.reservation_id = a.reservation_id AND s.id = a.lot_balance_id
    JOIN bin ON bin.id = s.bin_id
    ORDER BY bin.pick_sequence, bin.code, a.id
    """,
)


def allocate_oldest(session: Session, wishes: Sequence[AllocationWish], *, by: Actor, at: datetime) -> list[Allocated]:
    """Give the oldest eligible lots to reservations, the most urgent first; in walking order of their bins.

    Eligible is good stock in any bin of the warehouse that no other reservation was given. The balance rows are held
    by the caller (by reserving in the same transaction, or by `lock_balances`): that makes it first in, first out.
    A reservation is named once a call.

    Raises: AllocationSpent when a reservation has less left without lots than is wished.
    """
    if not wishes:
        return []
    assert len({wish.reservation_id for wish in wishes}) == len(wishes), "a reservation is named once a call"
    rows = session.execute(
        _ALLOCATE,
        {
            "reservations": [wish.reservation_id for wish in wishes],
            "quantities": [wish.quantity for wish in wishes],
            "actor_id": by.person_id,
            "command_id": by.command_id,
            "at": at,
        },
    )
    allocated = [Allocated(**row._mapping) for row in rows]
    if sum(one.quantity for one in allocated) != sum(wish.quantity for wish in wishes):
        raise AllocationSpent()
    return allocated
