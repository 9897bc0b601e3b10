"""What the books say, read back as plain figures, and postings in few words."""

from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.timeline import DocumentKind
from tests import given

CHECKED = ledger.Document(DocumentKind.STOCK_CHECK, 1)
PICKED = ledger.Document(DocumentKind.PICK_TASK, 1)
SHIPPED = ledger.Document(DocumentKind.SHIPMENT, 1)


def balance(session: Session, key: ledger.StockKey) -> tuple[int, int]:
    """On hand and reserved of a part in a warehouse."""
    found = ledger.find_balance(session, key)
    return (found.on_hand, found.reserved) if found else (0, 0)


def position(session: Session, stock: given.Stock) -> tuple[int, int]:
    """On hand and allocated where the stock was put."""
    found = session.get_one(ledger.LotBalance, stock.position, populate_existing=True)
    return found.on_hand, found.allocated


def lying(session: Session, bin_id: int, condition: ledger.Condition = ledger.Condition.GOOD) -> int:
    """What lies in a bin in one condition."""
    total = select(func.coalesce(func.sum(ledger.LotBalance.on_hand), 0)).where(
        ledger.LotBalance.bin_id == bin_id, ledger.LotBalance.condition == condition
    )
    return int(session.scalar(total) or 0)


def reserved(session: Session, reservation_id: int) -> tuple[int, int]:
    """What is still set aside, and how much of it has lots."""
    found = session.get_one(ledger.Reservation, reservation_id, populate_existing=True)
    return found.quantity, found.allocated


def allocation(session: Session, allocation_id: int) -> ledger.Allocation:
    """An allocation as it stands."""
    return session.get_one(ledger.Allocation, allocation_id, populate_existing=True)


def move_count(session: Session) -> int:
    """How many moves there are."""
    return session.scalar(select(func.count()).select_from(ledger.Move)) or 0


def last_move(session: Session) -> ledger.Move:
    """The newest move."""
    return session.scalars(select(ledger.Move).order_by(ledger.Move.id.desc()).limit(1)).one()


def leaving(
    stock: given.Stock, quantity: int = 1, *, to: ledger.Place | ledger.End = ledger.Place.COUNT_DIFFERENCE
) -> ledger.Posting:
    """So much of the stock that goes elsewhere, by default to nowhere."""
    target = to if isinstance(to, ledger.End) else ledger.outside(to, stock.key.owner_id)
    unit_id = stock.unit_ids[0] if stock.unit_ids else None
    return ledger.Posting(
        stock.key.part_id, stock.lot_id, quantity, stock.end, target, CHECKED, "counted", unit_id=unit_id
    )


def coming(stock: given.Stock, quantity: int = 1, *, bin_id: int | None = None) -> ledger.Posting:
    """More of the same lot from the supplier, to where the stock lies or to another bin of its warehouse."""
    target = stock.end if bin_id is None else replace(stock.end, bin_id=bin_id)
    source = ledger.outside(ledger.Place.SUPPLIER, stock.key.owner_id)
    return ledger.Posting(stock.key.part_id, stock.lot_id, quantity, source, target, CHECKED, "received")
