"""Stock to test with, the actors who move it, and request lines to set it aside for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.commands import Command
from inventory.identity.models import Person, Role
from inventory.identity.permissions import ROLE_PERMISSIONS, Permission
from inventory.network.models import Bin, StockOwner, Warehouse
from inventory.sourcing.models import PartRequest, PartRequestLine
from inventory.timeline import DocumentKind, Happening, record
from tests.given.network import bin as new_bin
from tests.given.network import owner as the_owner

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_numbers = count(1)


@dataclass(frozen=True)
class Stock:
    """Good stock of one lot in one bin. `positions` are its lot balances: one, or one a serial number."""

    key: ledger.StockKey
    lot_id: int
    bin_id: int
    quantity: int
    positions: tuple[int, ...]
    unit_ids: tuple[int, ...] = ()

    @property
    def position(self) -> int:
        """The one lot balance of stock without serial numbers."""
        (only,) = self.positions
        return only

    @property
    def end(self) -> ledger.End:
        """Where it lies, as an end of a posting."""
        return ledger.in_bin(self.key.warehouse_id, self.bin_id, self.key.owner_id)


def acting(
    session: Session,
    role: Role | str | None = None,
    *warehouses: Warehouse,
    person: Person | None = None,
    name: str = "测试员",
) -> Actor:
    """Somebody at work under a command: in a role at these warehouses (none: everywhere), or allowed everything."""
    if person is None:
        number = next(_numbers)
        person = Person(login=f"tester-{number}", name=name)
        session.add(person)
        session.flush()
    allowed = frozenset(Permission) if role is None else ROLE_PERMISSIONS[Role(role)]
    covered = frozenset(one.id for one in warehouses) or None
    return under_new_command(session, Actor(person.id, person.name, dict.fromkeys(map(str, allowed), covered)))


def under_new_command(session: Session, by: Actor) -> Actor:
    """The same actor with another command, already answered."""
    command = Command(
        key=uuid4().hex, principal_id=by.person_id, kind="test", request_hash=b"", answer_status=200, answer=b""
    )
    session.add(command)
    session.flush()
    return by.under(command.id)


def stock(
    session: Session,
    warehouse: Warehouse,
    part: Part,
    quantity: int = 1,
    *,
    received_at: datetime = NOON,
    lot: str | None = None,
    bin: Bin | None = None,
    owner: StockOwner | None = None,
    serials: Sequence[str] = (),
    by: Actor | None = None,
) -> Stock:
    """Good stock from a supplier in a bin (by default a new shelf); with serials, one piece of each."""
    by, bin, owner = by or acting(session), bin or new_bin(session, warehouse), owner or the_owner(session)
    (lot_id,) = ledger.open_lots(session, [ledger.LotOpening(part.id, lot, received_at)])
    unit_ids = ledger.open_units(session, [(part.id, lot_id, serial) for serial in serials])
    postings = [
        ledger.Posting(
            part_id=part.id,
            lot_id=lot_id,
            quantity=1 if unit_ids else quantity,
            source=ledger.outside(ledger.Place.SUPPLIER, owner.id),
            target=ledger.in_bin(warehouse.id, bin.id, owner.id),
            document=ledger.Document(DocumentKind.IMPORT, 1),
            reason="imported",
            unit_id=unit_id,
        )
        for unit_id in unit_ids or [None]
    ]
    ledger.post(session, postings, by=by, at=received_at)
    positions = session.scalars(
        select(ledger.LotBalance.id)
        .where(
            ledger.LotBalance.bin_id == bin.id,
            ledger.LotBalance.lot_id == lot_id,
            ledger.LotBalance.owner_id == owner.id,
            ledger.LotBalance.condition == ledger.Condition.GOOD,
            ledger.LotBalance.unit_id.in_(unit_ids) if unit_ids else ledger.LotBalance.unit_id.is_(None),
        )
        .order_by(ledger.LotBalance.unit_id)
    )
    key = ledger.StockKey(warehouse.id, part.id, owner.id)
    return Stock(key, lot_id, bin.id, len(unit_ids) or quantity, tuple(positions), tuple(unit_ids))


def line(
    session: Session,
    warehouse: Warehouse,
    part: Part,
    quantity: int = 1,
    *,
    priority: int = 5,
    requested_at: datetime = NOON,
    needed_by: datetime | None = None,
    by: Actor | None = None,
) -> PartRequestLine:
    """A line of a part request of its own, wholly back-ordered: no stock is set aside for it yet."""
    by = by or acting(session)
    request = PartRequest(
        warehouse_id=warehouse.id,
        requested_by_id=by.person_id,
        priority=priority,
        needed_by=needed_by,
        requested_at=requested_at,
    )
    session.add(request)
    session.flush()
    due = requested_at + timedelta(hours=24)
    made = PartRequestLine(
        request_id=request.id,
        position=1,
        part_id=part.id,
        quantity=quantity,
        back_ordered=quantity,
        responsible_id=by.person_id,
        next_review_at=due,
        first_promised_at=due,
        promised_at=due,
    )
    session.add(made)
    session.flush()
    opened = Happening(DocumentKind.REQUEST_LINE, made.id, "requested", "new", "back_ordered")
    record(session, [opened], by=by, at=requested_at)
    return made


def reservation(
    session: Session,
    warehouse: Warehouse,
    key: ledger.StockKey,
    quantity: int = 1,
    *,
    line: PartRequestLine | None = None,
    priority: int = 5,
    purpose: ledger.Purpose = ledger.Purpose.SUPPLY,
    at: datetime = NOON,
) -> int:
    """So much of the stock set aside for a line (by default a new one of the warehouse); the reservation's id."""
    wanting = line or _line_of(session, warehouse, key, quantity, priority)
    chosen = ledger.Choice(wanting.id, key, quantity, priority, purpose)
    (taken,) = ledger.reserve_many(session, [chosen], at=at)
    return taken.reservation_id


def _line_of(
    session: Session, warehouse: Warehouse, key: ledger.StockKey, quantity: int, priority: int
) -> PartRequestLine:
    return line(session, warehouse, session.get_one(Part, key.part_id), quantity, priority=priority)
