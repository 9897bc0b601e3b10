"""Reading the ledger: what lies where, stock now and as of an instant, the proof of FIFO."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from inventory.catalogue.models import Part
from inventory.ledger.ends import StockKey
from inventory.ledger.models import (
    Allocation,
    Balance,
    Condition,
    Lot,
    LotBalance,
    Move,
    Place,
    Purpose,
    Reservation,
    Unit,
)
from inventory.network.models import Bin

AnyRow = Row[*tuple[Any, ...]]
WarehouseId = int | BindParameter[int]


def find_balance(session: Session, key: StockKey) -> Balance | None:
    """What the warehouse has of the part, if it ever had any."""
    return session.get(Balance, tuple(key), populate_existing=True)


def list_positions(
    session: Session, warehouse_id: int, *, part_id: int | None = None, bin_id: int | None = None
) -> Sequence[AnyRow]:
    """What lies where in a warehouse now, oldest lot of a part first: LotBalance, bin_code, lot_number, serial."""
    query = (
        select(LotBalance, Bin.code.label("bin_code"), Lot.number.label("lot_number"), Unit.serial)
        .join(Bin, Bin.id == LotBalance.bin_id)
        .join(Lot, Lot.id == LotBalance.lot_id)
        .outerjoin(Unit, Unit.id == LotBalance.unit_id)
        .where(LotBalance.warehouse_id == warehouse_id, LotBalance.on_hand > 0)
        .order_by(LotBalance.part_id, LotBalance.first_received_at, LotBalance.lot_id, LotBalance.id)
    )
    if part_id is not None:
        query = query.where(LotBalance.part_id == part_id)
    if bin_id is not None:
        query = query.where(LotBalance.bin_id == bin_id)
    return session.execute(query).all()


@dataclass(frozen=True, slots=True)
class StockLine:
    """What a warehouse has, or had, of a part. `available` is good stock that nobody set aside; None in the past."""

    part_id: int
    number: str
    name_zh: str
    name_en: str
    good: int
    quarantine: int
    defective: int
    available: int | None = None


def list_stock(
    session: Session,
    warehouse_id: int,
    *,
    at: datetime | None = None,
    search: str = "",
    after: str = "",
    limit: int = 50,
) -> list[StockLine]:
    """The stock of a warehouse, now or as of a past instant, by part number; `after` continues a page.

    The past is the fold of all moves recorded up to that instant.
    """
    query = _stock(warehouse_id, at).where(Part.number > after).order_by(Part.number).limit(limit)
    if search:
        query = query.where(
            or_(
                Part.number.istartswith(search, autoescape=True),
                Part.name_zh.contains(search, autoescape=True),
                Part.name_en.icontains(search, autoescape=True),
            )
        )
    return [StockLine(*row) for row in session.execute(query)]


def find_stock(session: Session, warehouse_id: int, part_id: int, *, at: datetime | None = None) -> StockLine | None:
    """What a warehouse has of one part, or had at a past instant; None for nothing."""
    query = _OF_ONE_NOW if at is None else _of_one(at)
    row = session.execute(query, {"warehouse_id": warehouse_id, "part_id": part_id}).one_or_none()
    return StockLine(*row) if row else None


def _stock(warehouse_id: WarehouseId, at: datetime | None) -> Select[*tuple[Any, ...]]:
    """The lines of a warehouse's stock, added up part by part: a page reads the rows of its parts and no others.

    Whatever a warehouse ever held has a balance there.
    """
    stock = (_stock_now(warehouse_id) if at is None else _stock_as_of(warehouse_id, at)).lateral()
    known = exists().where(Balance.warehouse_id == warehouse_id, Balance.part_id == Part.id)
    query = (
        select(Part.id, Part.number, Part.name_zh, Part.name_en, stock.c.good, stock.c.quarantine, stock.c.defective)
        .join(stock, true())
        .where(known, stock.c.good + stock.c.quarantine + stock.c.defective > 0)
    )
    if at is not None:
        return query
    free = select(func.coalesce(func.sum(Balance.on_hand - Balance.reserved), 0)).where(
        Balance.warehouse_id == warehouse_id, Balance.part_id == Part.id
    )
    return query.add_columns(free.correlate(Part).scalar_subquery())


def _by_condition(condition: Any, quantity: Any) -> list[ColumnElement[int]]:
    return [
        func.coalesce(func.sum(case((condition == one.value, quantity), else_=0)), 0).label(one.value)
        for one in Condition
    ]


def _stock_now(warehouse_id: WarehouseId) -> Select[*tuple[Any, ...]]:
    return (
        select(*_by_condition(LotBalance.condition, LotBalance.on_hand))
        .where(LotBalance.warehouse_id == warehouse_id, LotBalance.part_id == Part.id, LotBalance.on_hand > 0)
        .correlate(Part)
    )


def _stock_as_of(warehouse_id: WarehouseId, at: datetime) -> Select[*tuple[Any, ...]]:
    came = select(Move.to_condition.label("condition"), Move.quantity.label("quantity")).where(
        Move.to_warehouse_id == warehouse_id, Move.part_id == Part.id, Move.recorded_at <= at
    )
    left = select(Move.from_condition, -Move.quantity).where(
        Move.from_warehouse_id == warehouse_id, Move.part_id == Part.id, Move.recorded_at <= at
    )
    ends = union_all(came.correlate(Part), left.correlate(Part)).subquery()
    return select(*_by_condition(ends.c.condition, ends.c.quantity))


def _of_one(at: datetime | None) -> Select[*tuple[Any, ...]]:
    return _stock(bindparam("warehouse_id", type_=BigInteger), at).where(Part.id == bindparam("part_id"))


# Each scan asks this. It is put together once: that takes longer than the answer.
_OF_ONE_NOW = _of_one(None)


@dataclass(frozen=True, slots=True)
class FifoProof:
    """How a warehouse took its stock in a period: every allocation, and whether older stock was passed over."""

    allocations: int
    oldest_taken: int
    overridden: int
    unexplained: int
    rows: Sequence[AnyRow]


def fifo_proof(session: Session, warehouse_id: int, *, since: datetime, until: datetime, limit: int = 200) -> FifoProof:
    """The proof of first in, first out for a warehouse and a period.

    What arrived for a line and was kept for it in the same command is left out: nothing was chosen. Every other
    allocation shows its lot's age and how much older eligible stock was free when it was decided; 0 means that
    the oldest was taken. Overrides carry their reason; an allocation with neither would break a CHECK.
    """
    arrived_for_it = exists().where(
        Move.lot_id == Allocation.lot_id,
        Move.command_id == Allocation.command_id,
        Move.from_place == Place.IN_TRANSIT,
        Move.to_warehouse_id == Reservation.warehouse_id,
    )
    decided = (
        or_(Reservation.purpose != Purpose.EARMARK, ~arrived_for_it),
        and_(Allocation.allocated_at >= since, Allocation.allocated_at < until),
        Reservation.warehouse_id == warehouse_id,
    )
    totals = session.execute(
        select(
            func.count(),
            func.count().filter(Allocation.older_free == 0),
            func.count().filter(Allocation.older_free > 0, Allocation.override_reason.is_not(None)),
            func.count().filter(Allocation.older_free > 0, Allocation.override_reason.is_(None)),
        )
        .select_from(Allocation)
        .join(Reservation, Reservation.id == Allocation.reservation_id)
        .where(*decided)
    ).one()
    rows = session.execute(
        select(Allocation, Reservation, Lot, Part)
        .join(Reservation, Reservation.id == Allocation.reservation_id)
        .join(Lot, Lot.id == Allocation.lot_id)
        .join(Part, Part.id == Reservation.part_id)
        .where(*decided)
        .order_by((Allocation.older_free > 0).desc(), Allocation.allocated_at.desc(), Allocation.id.desc())
        .limit(limit)
    ).all()
    return FifoProof(*totals, rows=rows)
