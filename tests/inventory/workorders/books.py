"""What the books say of a work order's parts, and the proof that all books agree."""

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.ledger.models import LotBalance, Move, Place
from inventory.network.models import Bin
from inventory.reporting.verifying import verify
from inventory.timeline import DocumentKind, list_events
from tests.given.network import owner


def key_of(session: Session, warehouse, part) -> ledger.StockKey:
    """The balance of the maker's stock of a part in a warehouse."""
    return ledger.StockKey(warehouse.id, part.id, owner(session).id)


def free_stock(session: Session, warehouse, part) -> int:
    """What anybody may still take of a part in a warehouse."""
    found = ledger.find_balance(session, key_of(session, warehouse, part))
    return found.on_hand - found.reserved if found else 0


def in_hands_of(session: Session, actor, part) -> int:
    """What the moves left in somebody's custody."""
    came = select(func.coalesce(func.sum(Move.quantity), 0)).where(
        Move.part_id == part.id, Move.to_place == Place.CUSTODY, Move.to_holder_id == actor.person_id
    )
    left = select(func.coalesce(func.sum(Move.quantity), 0)).where(
        Move.part_id == part.id, Move.from_place == Place.CUSTODY, Move.from_holder_id == actor.person_id
    )
    return int(session.scalar(came) or 0) - int(session.scalar(left) or 0)


def fitted(session: Session, part) -> int:
    """What the moves left in customers' appliances."""
    quantity = case((Move.to_place == Place.FITTED, Move.quantity), else_=-Move.quantity)
    query = select(func.sum(quantity)).where(
        Move.part_id == part.id, or_(Move.to_place == Place.FITTED, Move.from_place == Place.FITTED)
    )
    return int(session.scalar(query) or 0)


def lying_in(session: Session, bin: Bin, part, condition: ledger.Condition) -> int:
    """What lies in a bin in one condition."""
    query = select(func.coalesce(func.sum(LotBalance.on_hand), 0)).where(
        LotBalance.bin_id == bin.id, LotBalance.part_id == part.id, LotBalance.condition == condition
    )
    return int(session.scalar(query) or 0)


def told_of(session: Session, line) -> list[str]:
    """What the timeline of a request line tells, oldest first."""
    return [event.happening for event in list_events(session, DocumentKind.REQUEST_LINE, [line.id])]


def assert_books_agree(session: Session) -> None:
    """Every check of `beijian verify` finds nothing."""
    session.flush()
    broken = [finding for finding in verify(session) if finding.violations]
    assert broken == []
