"""The ledger as people read it: moves with the names of parts, lots, warehouses, bins and people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session, aliased

from inventory import identity
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.identity import Permission, Person
from inventory.ledger import Lot, LotBalance, Move
from inventory.ledger.errors import LotNotFound
from inventory.network.models import Bin, Warehouse

AnyRow = Row[*tuple[Any, ...]]

_FROM, _TO = aliased(Warehouse, name="from_warehouse"), aliased(Warehouse, name="to_warehouse")
_FROM_BIN, _TO_BIN = aliased(Bin, name="from_bin"), aliased(Bin, name="to_bin")
_HOLDER = aliased(Person, name="holder")


def movements(by: Actor) -> Select[*tuple[Any, ...]]:
    """Moves that the actor may see, at either end, with the names of everything they concern; unordered.

    Columns: Move, Part, lot_number, from_warehouse, from_bin, to_warehouse, to_bin, actor_name, holder_name.
    """
    return (
        select(
            Move,
            Part,
            Lot.number.label("lot_number"),
            _FROM.code.label("from_warehouse"),
            _FROM_BIN.code.label("from_bin"),
            _TO.code.label("to_warehouse"),
            _TO_BIN.code.label("to_bin"),
            Person.name.label("actor_name"),
            _HOLDER.name.label("holder_name"),
        )
        .join(Part, Part.id == Move.part_id)
        .join(Lot, Lot.id == Move.lot_id)
        .join(Person, Person.id == Move.actor_id)
        .outerjoin(_FROM, _FROM.id == Move.from_warehouse_id)
        .outerjoin(_FROM_BIN, _FROM_BIN.id == Move.from_bin_id)
        .outerjoin(_TO, _TO.id == Move.to_warehouse_id)
        .outerjoin(_TO_BIN, _TO_BIN.id == Move.to_bin_id)
        .outerjoin(_HOLDER, or_(_HOLDER.id == Move.to_holder_id, _HOLDER.id == Move.from_holder_id))
        .where(identity.covers(by, Permission.SEE_LEDGER, Move.from_warehouse_id, Move.to_warehouse_id))
    )


@dataclass(frozen=True, slots=True)
class LotLife:
    """A lot of a part: where it lies, and every move of it that the reader may see, oldest first."""

    lot: Lot
    part: Part
    positions: Sequence[AnyRow]
    moves: Sequence[AnyRow]


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
    return LotLife(lot, part, positions, moves)
