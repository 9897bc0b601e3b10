"""Posting: the only way stock changes. A posting becomes a move and, in the same statement, its two folds.

`post` moves free stock. `take_out` moves stock whether it is promised or not (damage, a count that found less) and
displaces what was promised. `arrive` brings stock in for request lines and sets it aside for them at once. With
`issuing.py`, which moves allocated stock, this is all that writes moves and quantities on hand.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory import events
from inventory.actor import Actor
from inventory.db import QUANTITY_MAX
from inventory.ledger.announcements import StockAvailable
from inventory.ledger.displacing import announce_fallen, displace, free_lots_of
from inventory.ledger.ends import Arrival, Document, End, Posting, StockKey
from inventory.ledger.errors import InsufficientStock, MoveAlreadyReversed, MoveNotFound, StockOverflow
from inventory.ledger.locking import Held, lock_balances
from inventory.ledger.models import Condition, Move, Place
from inventory.ledger.moves import MOVES, move_columns
from inventory.ledger.units import require_pieces_there
from inventory.timeline import DocumentKind

LotKey = tuple[int, int, int, int, str, int | None]
"""Where stock lies: warehouse, bin, lot, owner, condition, unit."""


def post(session: Session, postings: Sequence[Posting], *, by: Actor, at: datetime) -> None:
    """Move free stock, all of it or nothing, and let waiting back-orders have what became available.

    Raises: InsufficientStock when an end has less free stock than is to leave it, or when good stock would leave that
    is set aside for somebody; SerialElsewhere when a piece is not where it is said to come from; StockOverflow.
    """
    held = lock_balances(session, _keys(postings))
    _write(session, postings, held, by=by, at=at)
    _announce_gains(session, postings, by=by, at=at)


def take_out(session: Session, postings: Sequence[Posting], *, by: Actor, at: datetime) -> None:
    """Move stock that is gone whatever was promised: reservations fall first, lowest priority and last in first.

    Raises: InsufficientStock when an end has less stock, free or not, than is to leave it.
    """
    held = lock_balances(session, _keys(postings))
    losses = {key: -change for key, change in _lot_changes(postings).items() if change < 0}
    cuts = free_lots_of(session, losses)
    fallen = Counter[StockKey]()
    for cut in cuts:
        fallen[cut.reservation.key] += cut.falls
    missing = {
        key: held[key].reserved - fallen[key] - (held[key].on_hand + change)
        for key, change in _balance_changes(postings).items()
    }
    cuts += displace(session, {key: quantity for key, quantity in missing.items() if quantity > 0})
    _write(session, postings, held, by=by, at=at)
    announce_fallen(session, cuts, reason=postings[0].reason, by=by, at=at)
    _announce_gains(session, postings, by=by, at=at)


def arrive(session: Session, arrivals: Sequence[Arrival], *, by: Actor, at: datetime) -> None:
    """Bring stock into bins for request lines and set it aside for them, so that nobody else can take it."""
    postings = [arrival.posting for arrival in arrivals]
    assert all(one.target.condition is Condition.GOOD for one in postings), "only good stock is set aside"
    held = lock_balances(session, _keys(postings))
    _write(session, postings, held, by=by, at=at)
    session.execute(
        _EARMARK, {**_earmark_columns(arrivals), "actor_id": by.person_id, "command_id": by.command_id, "at": at}
    )


def reverse(session: Session, move_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Undo a move by its opposite; the first move stays as it is.

    Raises: MoveNotFound; MoveAlreadyReversed; InsufficientStock when the stock is no longer free where it went.
    """
    move = session.get(Move, move_id)
    if move is None:
        raise MoveNotFound(move=move_id)
    session.execute(_HOLD_MOVE, {"move_id": move_id})
    if session.scalar(select(Move.id).where(Move.reverses_id == move_id)) is not None:
        raise MoveAlreadyReversed(move=move_id)
    opposite = Posting(
        part_id=move.part_id,
        lot_id=move.lot_id,
        quantity=move.quantity,
        source=End(
            move.to_place, move.to_owner_id, move.to_condition, move.to_warehouse_id, move.to_bin_id, move.to_holder_id
        ),
        target=End(
            move.from_place,
            move.from_owner_id,
            move.from_condition,
            move.from_warehouse_id,
            move.from_bin_id,
            move.from_holder_id,
        ),
        document=Document(DocumentKind(move.document_kind), move.document_id),
        reason=reason,
        unit_id=move.unit_id,
        reverses_id=move_id,
    )
    post(session, [opposite], by=by, at=at)


# Takes and puts are netted per lot position before, so that no row is changed twice in the statement.
_WRITE = text(f"""
    WITH moved AS ({MOVES} RETURNING 1),
    change AS (
        SELECT * FROM unnest(CAST(:warehouses AS bigint[]), CAST(:bins AS bigint[]), CAST(:lots AS bigint[]),
                             CAST(:owners AS bigint[]), CAST(:conditions AS text[]), CAST(:units AS bigint[]),
                             CAST(:changes AS bigint[]))
             AS change (warehouse_id, bin_id, lot_id, owner_id, condition, unit_id, quantity)
    ),
    take AS (
        UPDATE lot_balance b SET on_hand = b.on_hand + c.quantity FROM change c
        WHERE c.quantity < 0 AND b.bin_id = c.bin_id AND b.lot_id = c.lot_id AND b.owner_id = c.owner_id
          AND b.condition = c.condition AND b.unit_id IS NOT DISTINCT FROM c.unit_id
          AND b.on_hand - b.allocated >= -c.quantity
        RETURNING 1
    ),
    put AS (
        INSERT INTO lot_balance (warehouse_id, bin_id, part_id, lot_id, unit_id, owner_id, condition,
                                 first_received_at, on_hand)
        SELECT c.warehouse_id, c.bin_id, l.part_id, c.lot_id, c.unit_id, c.owner_id, c.condition,
               l.first_received_at, c.quantity
        FROM change c JOIN lot l ON l.id = c.lot_id WHERE c.quantity > 0
        ORDER BY l.first_received_at, l.id, c.unit_id
        ON CONFLICT (bin_id, lot_id, condition, owner_id, unit_id)
        DO UPDATE SET on_hand = lot_balance.on_hand + excluded.on_hand
        WHERE lot_balance.on_hand + excluded.on_hand <= {QUANTITY_MAX}
        RETURNING 1
    ),
    fold AS (
        SELECT * FROM unnest(CAST(:key_warehouses AS bigint[]), CAST(:key_parts AS bigint[]),
                             CAST(:key_owners AS bigint[]), CAST(:key_changes AS bigint[]))
             AS fold (warehouse_id, part_id, owner_id, quantity)
    ),
    balanced AS (
        UPDATE balance b SET on_hand = b.on_hand + f.quantity FROM fold f
        WHERE b.warehouse_id = f.warehouse_id AND b.part_id = f.part_id AND b.owner_id = f.owner_id
          AND b.on_hand + f.quantity >= b.reserved
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM take) AS taken, (SELECT count(*) FROM put) AS put,
           (SELECT count(*) FROM balanced) AS balanced
""")  # noqa: S608
_EARMARK = text("""
    WITH arrival AS (
        SELECT * FROM unnest(CAST(:lines AS bigint[]), CAST(:priorities AS smallint[]), CAST(:warehouses AS bigint[]),
                             CAST(:bins AS bigint[]), CAST(:parts AS bigint[]), CAST(:lots AS bigint[]),
                             CAST(:owners AS bigint[]), CAST(:units AS bigint[]), CAST(:quantities AS bigint[]))
             AS arrival (line_id, priority, warehouse_id, bin_id, part_id, lot_id, owner_id, unit_id, quantity)
    ),
    key AS (
        SELECT line_id, priority, warehouse_id, part_id, owner_id, sum(quantity) AS quantity
        FROM arrival GROUP BY line_id, priority, warehouse_id, part_id, owner_id
    ),
    reserved AS (
        UPDATE balance b SET reserved = b.reserved + k.quantity
        FROM (SELECT warehouse_id, part_id, owner_id, sum(quantity) AS quantity FROM key
              GROUP BY warehouse_id, part_id, owner_id) k
        WHERE b.warehouse_id = k.warehouse_id AND b.part_id = k.part_id AND b.owner_id = k.owner_id
    ),
    reservation AS (
        INSERT INTO reservation (purpose, line_id, warehouse_id, part_id, owner_id, quantity, allocated, priority,
                                 reserved_at)
        SELECT 'earmark', line_id, warehouse_id, part_id, owner_id, quantity, quantity, priority, :at FROM key
        ORDER BY line_id, priority, part_id
        RETURNING id, line_id, priority, warehouse_id, part_id, owner_id
    ),
    lying AS (
        SELECT r.id AS reservation_id, b.id AS lot_balance_id, a.lot_id, a.quantity
        FROM arrival a
        JOIN reservation r USING (line_id, priority, warehouse_id, part_id, owner_id)
        JOIN lot_balance b ON b.bin_id = a.bin_id AND b.lot_id = a.lot_id AND b.owner_id = a.owner_id
             AND b.condition = 'good' AND b.unit_id IS NOT DISTINCT FROM a.unit_id
    ),
    allocated AS (
        UPDATE lot_balance b SET allocated = b.allocated + l.quantity
        FROM (SELECT lot_balance_id, sum(quantity) AS quantity FROM lying GROUP BY lot_balance_id) l
        WHERE b.id = l.lot_balance_id
    )
    INSERT INTO allocation (reservation_id, lot_balance_id, lot_id, quantity, actor_id, command_id, allocated_at)
    SELECT reservation_id, lot_balance_id, lot_id, quantity, :actor_id, :command_id, :at FROM lying
""")


# Two who reverse the same move come one after the other; the unique index would only break the second.
_HOLD_MOVE = text("SELECT pg_advisory_xact_lock(hashtextextended('move', :move_id))")


def _write(
    session: Session, postings: Sequence[Posting], held: Mapping[StockKey, Held], *, by: Actor, at: datetime
) -> None:
    """Write the moves and fold them into both balances, in one statement.

    Raises: InsufficientStock when not every take and every fold found its stock; StockOverflow when a balance would
    outgrow what a quantity may be; SerialElsewhere when a piece comes from where it is not. The caller's transaction is
    undone.
    """
    require_pieces_there(session, postings)
    lots, keys = _lot_changes(postings), _balance_changes(postings)
    for key, change in keys.items():
        if held[key].on_hand + change > QUANTITY_MAX:
            raise StockOverflow(part_id=key.part_id, most=QUANTITY_MAX)
    result = session.execute(
        _WRITE,
        {
            **move_columns(postings),
            "actor_id": by.person_id,
            "command_id": by.command_id,
            "at": at,
            "warehouses": [key[0] for key in lots],
            "bins": [key[1] for key in lots],
            "lots": [key[2] for key in lots],
            "owners": [key[3] for key in lots],
            "conditions": [key[4] for key in lots],
            "units": [key[5] for key in lots],
            "changes": list(lots.values()),
            "key_warehouses": [key.warehouse_id for key in keys],
            "key_parts": [key.part_id for key in keys],
            "key_owners": [key.owner_id for key in keys],
            "key_changes": list(keys.values()),
        },
    ).one()
    if result.put < sum(1 for change in lots.values() if change > 0):
        raise StockOverflow(part_id=postings[0].part_id, most=QUANTITY_MAX)
    if result.taken < sum(1 for change in lots.values() if change < 0) or result.balanced < len(keys):
        raise InsufficientStock(part_id=postings[0].part_id, lot_id=postings[0].lot_id)


def _earmark_columns(arrivals: Sequence[Arrival]) -> dict[str, list[Any]]:
    targets = [arrival.posting for arrival in arrivals]
    return {
        "lines": [arrival.line_id for arrival in arrivals],
        "priorities": [arrival.priority for arrival in arrivals],
        "warehouses": [one.target.warehouse_id for one in targets],
        "bins": [one.target.bin_id for one in targets],
        "parts": [one.part_id for one in targets],
        "lots": [one.lot_id for one in targets],
        "owners": [one.target.owner_id for one in targets],
        "units": [one.unit_id for one in targets],
        "quantities": [one.quantity for one in targets],
    }


def _ends(postings: Sequence[Posting]) -> list[tuple[Posting, End, int]]:
    """Every end in a bin, with the change of stock there."""
    both = [(one, one.source, -one.quantity) for one in postings] + [
        (one, one.target, one.quantity) for one in postings
    ]
    return [entry for entry in both if entry[1].place is Place.BIN]


def _keys(postings: Sequence[Posting]) -> set[StockKey]:
    return {
        StockKey(end.warehouse_id, one.part_id, end.owner_id)
        for one, end, _ in _ends(postings)
        if end.warehouse_id is not None
    }


def _lot_changes(postings: Sequence[Posting]) -> dict[LotKey, int]:
    """The net change of each lot position, those that change only."""
    changes: dict[LotKey, int] = defaultdict(int)
    for one, end, change in _ends(postings):
        assert end.warehouse_id is not None, "a bin end names its warehouse"
        assert end.bin_id is not None, "a bin end names its bin"
        changes[end.warehouse_id, end.bin_id, one.lot_id, end.owner_id, str(end.condition), one.unit_id] += change
    return {key: change for key, change in changes.items() if change}


def _balance_changes(postings: Sequence[Posting]) -> dict[StockKey, int]:
    """The net change of good stock of each balance, those that change only."""
    changes: dict[StockKey, int] = defaultdict(int)
    for one, end, change in _ends(postings):
        if end.condition is Condition.GOOD and end.warehouse_id is not None:
            changes[StockKey(end.warehouse_id, one.part_id, end.owner_id)] += change
    return {key: change for key, change in changes.items() if change}


def _announce_gains(session: Session, postings: Sequence[Posting], *, by: Actor, at: datetime) -> None:
    gains = tuple(sorted(key for key, change in _balance_changes(postings).items() if change > 0))
    if gains:
        events.announce(session, StockAvailable(gains, by=by, at=at))
