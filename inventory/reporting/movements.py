"""The ledger as people read it: moves with the names of parts, lots, warehouses, bins and people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, literal_column, select, union_all
from sqlalchemy.orm import Session, aliased

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity import Permission, Person
from inventory.ledger import Condition, Lot, LotBalance, Move, Place, Unit
from inventory.ledger.errors import LotNotFound
from inventory.network.models import Bin, Warehouse
from inventory.sourcing import PartRequestLine
from inventory.timeline import DocumentKind
from inventory.warehousing import PickTask

AnyRow = Row[*tuple[Any, ...]]

_FROM, _TO = aliased(Warehouse, name="from_warehouse"), aliased(Warehouse, name="to_warehouse")
_FROM_BIN, _TO_BIN = aliased(Bin, name="from_bin"), aliased(Bin, name="to_bin")
_FROM_HOLDER, _TO_HOLDER = aliased(Person, name="from_holder"), aliased(Person, name="to_holder")


def movements(by: Actor) -> Select[*tuple[Any, ...]]:
    """Moves that the actor may see, at either end, with the names of everything they concern; unordered.

    Columns: Move, Part, lot_number, serial, from_warehouse and to_warehouse (rows), from_bin and to_bin (codes),
    from_holder and to_holder, actor_name, request_id of the request or transfer order that a pick task serves, and
    transfer_from_id, the source of a transfer order.
    """
    task_of_move = and_(
        Move.document_kind == literal_column(f"'{DocumentKind.PICK_TASK}'"), PickTask.id == Move.document_id
    )
    return (
        select(
            Move,
            Part,
            Lot.number.label("lot_number"),
            Unit.serial,
            _FROM,
            _FROM_BIN.code.label("from_bin"),
            _FROM_HOLDER.name.label("from_holder"),
            _TO,
            _TO_BIN.code.label("to_bin"),
            _TO_HOLDER.name.label("to_holder"),
            Person.name.label("actor_name"),
            PartRequestLine.request_id,
            PartRequestLine.source_id.label("transfer_from_id"),
        )
        .join(Part, Part.id == Move.part_id)
        .join(Lot, Lot.id == Move.lot_id)
        .join(Person, Person.id == Move.actor_id)
        .outerjoin(Unit, Unit.id == Move.unit_id)
        .outerjoin(_FROM, _FROM.id == Move.from_warehouse_id)
        .outerjoin(_FROM_BIN, _FROM_BIN.id == Move.from_bin_id)
        .outerjoin(_FROM_HOLDER, _FROM_HOLDER.id == Move.from_holder_id)
        .outerjoin(_TO, _TO.id == Move.to_warehouse_id)
        .outerjoin(_TO_BIN, _TO_BIN.id == Move.to_bin_id)
        .outerjoin(_TO_HOLDER, _TO_HOLDER.id == Move.to_holder_id)
        .outerjoin(PickTask, task_of_move)
        .outerjoin(PartRequestLine, PartRequestLine.id == PickTask.line_id)
        .where(identity.covers(by, Permission.SEE_LEDGER, Move.from_warehouse_id, Move.to_warehouse_id))
    )


def list_on_hand_after(session: Session, warehouse_id: int, part_id: int, move_ids: Sequence[int]) -> dict[int, int]:
    """How much of a part a warehouse had after each of the moves, in whatever condition.

    Ids of moves are drawn under the lock of the balance, so their order is that of the stock.
    """
    came = select(Move.id, Move.quantity).where(Move.to_warehouse_id == warehouse_id, Move.part_id == part_id)
    left = select(Move.id, -Move.quantity).where(Move.from_warehouse_id == warehouse_id, Move.part_id == part_id)
    ends = union_all(came, left).subquery()
    after = select(ends.c.id, func.sum(ends.c.quantity).over(order_by=ends.c.id).label("on_hand")).subquery()
    rows = session.execute(select(after.c.id, after.c.on_hand).where(after.c.id.in_(move_ids)).distinct())
    return {row.id: int(row.on_hand) for row in rows}


@dataclass(frozen=True, slots=True)
class PastPosition:
    """What lay in a bin at a past instant."""

    bin_code: str
    lot_number: str
    serial: str | None
    condition: Condition
    first_received_at: datetime
    on_hand: int


def list_positions_as_of(session: Session, warehouse_id: int, part_id: int, *, at: datetime) -> list[PastPosition]:
    """What lay where of a part at a past instant, the oldest lot first: the fold of the moves up to then."""
    moved = (Move.part_id == part_id, Move.recorded_at <= at)
    came = select(
        Move.to_bin_id.label("bin_id"), Move.lot_id, Move.unit_id, Move.to_condition.label("condition"), Move.quantity
    ).where(Move.to_warehouse_id == warehouse_id, *moved)
    left = select(Move.from_bin_id, Move.lot_id, Move.unit_id, Move.from_condition, -Move.quantity).where(
        Move.from_warehouse_id == warehouse_id, *moved
    )
    ends = union_all(came, left).subquery()
    key = (ends.c.bin_id, ends.c.lot_id, ends.c.unit_id, ends.c.condition)
    lay = select(*key, func.sum(ends.c.quantity).label("on_hand")).group_by(*key).subquery()
    rows = session.execute(
        select(Bin.code, Lot.number, Unit.serial, lay.c.condition, Lot.first_received_at, lay.c.on_hand)
        .join(Bin, Bin.id == lay.c.bin_id)
        .join(Lot, Lot.id == lay.c.lot_id)
        .outerjoin(Unit, Unit.id == lay.c.unit_id)
        .where(lay.c.on_hand > 0)
        .order_by(Lot.first_received_at, Lot.id, Bin.code, Unit.serial)
    )
    return [
        PastPosition(bin_code, lot, serial, Condition(condition), received_at, int(on_hand))
        for bin_code, lot, serial, condition, received_at, on_hand in rows
    ]


@dataclass(frozen=True, slots=True)
class LotLife:
    """A lot of a part: where it lies, and every move of it that the reader may see, oldest first.

    `ends` tells how much of it is where, in and outside warehouses; None for who does not see the whole network.
    """

    lot: Lot
    part: Part
    positions: Sequence[AnyRow]
    moves: Sequence[AnyRow]
    ends: dict[Place, int] | None


def life_of_lot(session: Session, part: Part, number: str, *, by: Actor) -> LotLife:
    """How a lot came into the network, where it went, and where it lies now.

    Raises: LotNotFound, also when the reader may see nothing of it.
    """
    by.require(Permission.SEE_LEDGER)
    lot = session.scalar(select(Lot).where(Lot.part_id == part.id, Lot.number == number))
    moves: Sequence[AnyRow] = []
    if lot is not None:
        moves = session.execute(movements(by).where(Move.lot_id == lot.id).order_by(Move.id)).all()
    if lot is None or not moves:
        raise LotNotFound(part=part.number, lot=number)
    positions = session.execute(
        select(LotBalance, Warehouse, Bin)
        .join(Warehouse, Warehouse.id == LotBalance.warehouse_id)
        .join(Bin, Bin.id == LotBalance.bin_id)
        .where(
            LotBalance.lot_id == lot.id,
            LotBalance.on_hand > 0,
            identity.covers(by, Permission.SEE_LEDGER, LotBalance.warehouse_id),
        )
        .order_by(Warehouse.code, Bin.code, LotBalance.id)
    ).all()
    sees_all = by.reach[Permission.SEE_LEDGER] is None
    return LotLife(lot, part, positions, moves, _ends_of(session, lot) if sees_all else None)


def _ends_of(session: Session, lot: Lot) -> dict[Place, int]:
    """How much of a lot is at each place now, by its moves; where it came from stands below 0."""
    came = select(Move.to_place.label("place"), Move.quantity).where(Move.lot_id == lot.id)
    left = select(Move.from_place, -Move.quantity).where(Move.lot_id == lot.id)
    ends = union_all(came, left).subquery()
    rows = session.execute(select(ends.c.place, func.sum(ends.c.quantity).label("quantity")).group_by(ends.c.place))
    found = {Place(row.place): int(row.quantity) for row in rows}
    return {place: found[place] for place in Place if found.get(place)}
