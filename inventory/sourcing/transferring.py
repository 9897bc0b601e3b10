"""Transfer orders: stock set aside in a given warehouse to be moved to another, for the sake of stock alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory import ledger, network
from inventory.actor import Actor
from inventory.ledger import Choice, Purpose, StockKey
from inventory.sourcing.models import TransferOrder
from inventory.sourcing.promises import DELIVERY_CLASS, TERMS_IN_FORCE

PRIORITY = 9
"""Nobody waits for a transfer: whatever else is released, picked or kept goes before it."""

POSITION_MAX = 32_767


@dataclass(frozen=True, slots=True)
class TransferLine:
    """A part and how many base units of it are to be moved."""

    part_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class TransferWish:
    """What is to be moved from one warehouse to another, and why."""

    source_id: int
    destination_id: int
    lines: Sequence[TransferLine]
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of a wish as it was ordered: `quantity` is what the source had; without any there is no line."""

    part_id: int
    wished: int
    quantity: int
    line_id: int | None = None


@dataclass(frozen=True, slots=True)
class PlacedTransfer:
    """A wish as it was ordered; without an id where the source had nothing of it."""

    source_id: int
    destination_id: int
    lines: tuple[PlacedLine, ...]
    request_id: int | None = None
    note: str = ""

    @property
    def number(self) -> str | None:
        """The number of the transfer order, if there is one."""
        return None if self.request_id is None else TransferOrder(self.request_id).number

    @property
    def ordered(self) -> tuple[PlacedLine, ...]:
        """The lines that something is set aside for."""
        return tuple(line for line in self.lines if line.quantity)


_DRAW = text("""
    SELECT ARRAY(SELECT nextval('part_request_id_seq') FROM generate_series(1, :requests)) AS request_ids,
           ARRAY(SELECT nextval('part_request_line_id_seq') FROM generate_series(1, :lines)) AS line_ids
""")
# The orders, their lines in their final state, and the first step of each timeline. No promise: nobody waits.
_BOOK = text(f"""
    WITH term AS MATERIALIZED ({TERMS_IN_FORCE}),
    ordered AS MATERIALIZED (
        SELECT o.*, CAST(:at AS timestamptz) + term.hours * interval '1 hour' AS due_at
        FROM unnest(CAST(:ids AS bigint[]), CAST(:sources AS bigint[]), CAST(:destinations AS bigint[]),
                    CAST(:notes AS text[])) AS o (id, source_id, destination_id, note)
        JOIN warehouse source ON source.id = o.source_id
        JOIN warehouse destination ON destination.id = o.destination_id
        LEFT JOIN term ON term.delivery_class = {DELIVERY_CLASS}
    ),
    request AS (
        INSERT INTO part_request (id, warehouse_id, source_id, requested_by_id, priority, note, requested_at)
        SELECT id, destination_id, source_id, :actor_id, :priority, note, :at FROM ordered
    ),
    line AS (
        INSERT INTO part_request_line (id, request_id, position, part_id, quantity, reserved, source_id,
                                       preferred_source_id, responsible_id, next_review_at, first_promised_at,
                                       promised_at)
        SELECT l.id, l.request_id, l.position, l.part_id, l.quantity, l.quantity, o.source_id, o.source_id, :actor_id,
               o.due_at, o.due_at, o.due_at
        FROM unnest(CAST(:line_ids AS bigint[]), CAST(:line_orders AS bigint[]), CAST(:positions AS smallint[]),
                    CAST(:parts AS bigint[]), CAST(:quantities AS bigint[]))
             AS l (id, request_id, position, part_id, quantity)
        JOIN ordered o ON o.id = l.request_id
        RETURNING id, request_id, status
    )
    INSERT INTO document_event (document_kind, document_id, happening, from_status, to_status, reason, facts,
                                actor_id, command_id, recorded_at)
    SELECT 'request_line', line.id, 'ordered', 'new', line.status, o.note, told.facts, :actor_id, :command_id, :at
    FROM line JOIN ordered o ON o.id = line.request_id
    JOIN unnest(CAST(:line_ids AS bigint[]), CAST(:facts AS jsonb[])) AS told (id, facts) ON told.id = line.id
    ORDER BY line.id
""")  # noqa: S608


def place_transfers(
    session: Session, wishes: Sequence[TransferWish], *, by: Actor, at: datetime
) -> list[PlacedTransfer]:
    """Order transfers: set aside what each source has free, earlier wishes first, and write the orders down.

    A wish names two different warehouses and at least one line, whose quantities are positive. What a source does not
    have is not ordered; the answer tells how much was. An order a wish, in the order of the wishes; so many statements
    for a thousand lines as for one. Whoever calls decided who may.
    """
    owner_id = network.default_owner(session).id
    held = ledger.lock_balances(
        session, {StockKey(wish.source_id, line.part_id, owner_id) for wish in wishes for line in wish.lines}
    )
    free = {key: balance.on_hand - balance.reserved for key, balance in held.items()}
    placed = _with_ids(session, [_clamped(wish, free, owner_id) for wish in wishes])
    choices = [
        Choice(
            line.line_id, StockKey(order.source_id, line.part_id, owner_id), line.quantity, PRIORITY, Purpose.TRANSFER
        )
        for order, line in _ordered(placed)
        if line.line_id is not None
    ]
    taken = ledger.reserve_many(session, choices, at=at)
    assert len(taken) == len(choices), "what is free under a held balance can be set aside"
    if choices:
        _book(session, placed, by=by, at=at)
    return placed


def _clamped(wish: TransferWish, free: dict[StockKey, int], owner_id: int) -> PlacedTransfer:
    """The wish as far as its source can serve it; what it takes is no longer free for the next."""
    assert wish.lines, "a transfer moves something"
    assert len(wish.lines) <= POSITION_MAX, "so many lines has no order"
    lines = []
    for line in wish.lines:
        assert line.quantity > 0, "a line moves something"
        key = StockKey(wish.source_id, line.part_id, owner_id)
        quantity = min(line.quantity, free[key])
        free[key] -= quantity
        lines.append(PlacedLine(line.part_id, line.quantity, quantity))
    return PlacedTransfer(wish.source_id, wish.destination_id, tuple(lines), note=wish.note)


def _with_ids(session: Session, placed: Sequence[PlacedTransfer]) -> list[PlacedTransfer]:
    """The orders and lines that something is moved by, with ids drawn for them."""
    orders = sum(1 for order in placed if order.ordered)
    lines = sum(len(order.ordered) for order in placed)
    if not orders:
        return list(placed)
    drawn = session.execute(_DRAW, {"requests": orders, "lines": lines}).one()
    request_ids, line_ids = iter(drawn.request_ids), iter(drawn.line_ids)
    return [
        replace(
            order,
            request_id=next(request_ids),
            lines=tuple(replace(line, line_id=next(line_ids)) if line.quantity else line for line in order.lines),
        )
        if order.ordered
        else order
        for order in placed
    ]


def _ordered(placed: Sequence[PlacedTransfer]) -> Iterator[tuple[PlacedTransfer, PlacedLine]]:
    """The lines that something is moved by, each with its order."""
    return ((order, line) for order in placed for line in order.ordered)


def _book(session: Session, placed: Sequence[PlacedTransfer], *, by: Actor, at: datetime) -> None:
    orders = [order for order in placed if order.request_id is not None]
    lines = list(_ordered(orders))
    session.execute(
        _BOOK,
        {
            "ids": [order.request_id for order in orders],
            "sources": [order.source_id for order in orders],
            "destinations": [order.destination_id for order in orders],
            "notes": [order.note for order in orders],
            "line_ids": [line.line_id for _, line in lines],
            "line_orders": [order.request_id for order, _ in lines],
            "positions": [n for order in orders for n in range(1, len(order.ordered) + 1)],
            "parts": [line.part_id for _, line in lines],
            "quantities": [line.quantity for _, line in lines],
            "facts": [Jsonb({"quantity": line.quantity, "wished": line.wished}) for _, line in lines],
            "priority": PRIORITY,
            "actor_id": by.person_id,
            "command_id": by.command_id,
            "at": at,
        },
    )
