"""Reserving: a quantity of a part set aside in one warehouse for one line, and given back."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import events
from inventory.actor import Actor
from inventory.db import returning
from inventory.ledger.announcements import AllocationsFreed, StockAvailable
from inventory.ledger.ends import Choice, StockKey, Taken
from inventory.ledger.errors import ReservationSpent
from inventory.ledger.giving_up import cut_of, give_up, open_reservations
from inventory.ledger.locking import lock_balances
from inventory.ledger.models import Reservation

# Check and change at once: rivals wait at `held`, rows locked in key order, and see what the winner left.
_RESERVE = returning(
    "id line_id warehouse_id part_id owner_id",
    """
    WITH choice AS (
        SELECT * FROM unnest(CAST(:purposes AS text[]), CAST(:lines AS bigint[]), CAST(:warehouses AS bigint[]),
                             CAST(:parts AS bigint[]), CAST(:owners AS bigint[]), CAST(:quantities AS bigint[]),
                             CAST(:priorities AS smallint[]))
             WITH ORDINALITY AS choice (purpose, line_id, warehouse_id, part_id, owner_id, quantity, priority, n)
        WHERE quantity > 0
    ),
    held AS MATERIALIZED (
        SELECT b.warehouse_id, b.part_id, b.owner_id, b.on_hand, b.reserved
        FROM balance b
        JOIN (SELECT DISTINCT warehouse_id, part_id, owner_id FROM choice) k USING (warehouse_id, part_id, owner_id)
        ORDER BY b.warehouse_id, b.part_id, b.owner_id
        FOR UPDATE OF b
    ),
    taken AS (
        SELECT counted.* FROM (
            SELECT choice.*, sum(quantity) OVER (PARTITION BY warehouse_id, part_id, owner_id ORDER BY n) AS upto
            FROM choice
        ) counted JOIN held USING (warehouse_id, part_id, owner_id)
        WHERE counted.upto <= held.on_hand - held.reserved
    ),
    -- From the row as it was locked: the UPDATE itself first meets the row as it stood when the statement began, and
    -- the CHECK is asked about that before the rival's change is noticed.
    balanced AS (
        UPDATE balance b SET on_hand = t.on_hand, reserved = t.reserved + t.quantity
        FROM (SELECT warehouse_id, part_id, owner_id, held.on_hand, held.reserved, sum(taken.quantity) AS quantity
              FROM taken JOIN held USING (warehouse_id, part_id, owner_id)
              GROUP BY warehouse_id, part_id, owner_id, held.on_hand, held.reserved) t
        WHERE b.warehouse_id = t.warehouse_id AND b.part_id = t.part_id AND b.owner_id = t.owner_id
    )
    INSERT INTO reservation (purpose, line_id, warehouse_id, part_id, owner_id, quantity, priority, reserved_at)
    SELECT purpose, line_id, warehouse_id, part_id, owner_id, quantity, priority, :at FROM taken ORDER BY n
    RETURNING id, line_id, warehouse_id, part_id, owner_id
    """,
)


def reserve_many(session: Session, choices: Sequence[Choice], *, at: datetime) -> list[Taken]:
    """Set stock aside for many lines at once and tell which choices were granted; each wholly or not at all.

    Where choices ask the same stock, earlier ones go first. What is not granted was lost to a rival: rank again.
    """
    if not choices:
        return []
    by_line_and_key = {(choice.line_id, choice.key): choice for choice in choices}
    assert len(by_line_and_key) == len(choices), "a line names a stock key once a call"
    rows = session.execute(
        _RESERVE,
        {
            "purposes": [str(choice.purpose) for choice in choices],
            "lines": [choice.line_id for choice in choices],
            "warehouses": [choice.key.warehouse_id for choice in choices],
            "parts": [choice.key.part_id for choice in choices],
            "owners": [choice.key.owner_id for choice in choices],
            "quantities": [choice.quantity for choice in choices],
            "priorities": [choice.priority for choice in choices],
            "at": at,
        },
    )
    return [
        Taken(row.id, by_line_and_key[row.line_id, StockKey(row.warehouse_id, row.part_id, row.owner_id)])
        for row in rows
    ]


def unreserve(session: Session, releases: Sequence[tuple[int, int]], *, reason: str, by: Actor, at: datetime) -> None:
    """Give back (reservation id, quantity): what has no lots yet first, then the newest lots.

    Tasks on lots that were given up are cancelled, and waiting back-orders get what became free.

    Raises: ReservationSpent when less is still set aside than is to be given back.
    """
    wanted: dict[int, int] = defaultdict(int)
    for reservation_id, quantity in releases:
        wanted[reservation_id] += quantity
    keys = session.execute(
        select(Reservation.warehouse_id, Reservation.part_id, Reservation.owner_id).where(
            Reservation.id.in_(list(wanted))
        )
    )
    lock_balances(session, [StockKey(*key) for key in keys])
    held = {one.reservation_id: one for one in open_reservations(session, wanted)}
    for reservation_id, quantity in wanted.items():
        if reservation_id not in held or held[reservation_id].quantity < quantity:
            raise ReservationSpent(reservation_id=reservation_id)
    cuts = [cut_of(held[reservation_id], quantity) for reservation_id, quantity in wanted.items()]
    give_up(session, cuts)
    freed = tuple(one for cut in cuts for one in cut.freed)
    if freed:
        events.announce(session, AllocationsFreed(freed, reason=reason, by=by, at=at))
    events.announce(session, StockAvailable(tuple(sorted({cut.reservation.key for cut in cuts})), by=by, at=at))
