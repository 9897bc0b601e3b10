"""What lies at a repair centre for request lines: which lots, in which bins, and which of them a draw takes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import ledger
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.ledger.models import Allocation, Lot, LotBalance, Purpose, Reservation, Unit
from inventory.network.models import Bin
from inventory.sourcing.models import PartRequestLine
from inventory.warehousing import LotNeeded, SerialNeeded
from inventory.workorders.errors import LotNotEarmarked, NotThatMuchEarmarked
from inventory.workorders.holding import hold_lines
from inventory.workorders.telling import Told, tell_lines


@dataclass(frozen=True, slots=True)
class Earmark:
    """A quantity set aside at the repair centre for a line."""

    reservation_id: int
    line_id: int
    key: ledger.StockKey
    quantity: int


@dataclass(frozen=True, slots=True)
class Lying:
    """Earmarked stock of one lot, or one unit of it, in one bin."""

    allocation_id: int
    line_id: int
    key: ledger.StockKey
    part_number: str
    gtin: str | None
    lot_id: int
    lot_number: str
    unit_id: int | None
    serial: str | None
    bin_code: str
    quantity: int

    @property
    def label(self) -> str:
        """What tells it from the others on the shelf: its lot and, where it has one, its serial number."""
        return f"{self.lot_number} / {self.serial}" if self.serial else self.lot_number


def list_earmarks(session: Session, line_ids: Sequence[int]) -> list[Earmark]:
    """What is set aside for the lines, oldest first."""
    rows = session.execute(
        select(
            Reservation.id,
            Reservation.line_id,
            Reservation.warehouse_id,
            Reservation.part_id,
            Reservation.owner_id,
            Reservation.quantity,
        )
        .where(Reservation.line_id.in_(line_ids), Reservation.purpose == Purpose.EARMARK, Reservation.quantity > 0)
        .order_by(Reservation.id)
    )
    return [
        Earmark(row.id, row.line_id, ledger.StockKey(row.warehouse_id, row.part_id, row.owner_id), row.quantity)
        for row in rows
    ]


def list_lying(session: Session, line_ids: Sequence[int]) -> list[Lying]:
    """Which lots lie in which bins for the lines, oldest first."""
    rows = session.execute(
        select(
            Allocation.id,
            Reservation.line_id,
            LotBalance.warehouse_id,
            LotBalance.part_id,
            LotBalance.owner_id,
            Part.number.label("part_number"),
            Part.gtin,
            LotBalance.lot_id,
            Lot.number.label("lot_number"),
            LotBalance.unit_id,
            Unit.serial,
            Bin.code.label("bin_code"),
            Allocation.quantity,
        )
        .join(Reservation, Reservation.id == Allocation.reservation_id)
        .join(LotBalance, LotBalance.id == Allocation.lot_balance_id)
        .join(Lot, Lot.id == LotBalance.lot_id)
        .join(Part, Part.id == LotBalance.part_id)
        .join(Bin, Bin.id == LotBalance.bin_id)
        .outerjoin(Unit, Unit.id == LotBalance.unit_id)
        .where(Reservation.line_id.in_(line_ids), Reservation.purpose == Purpose.EARMARK, Allocation.quantity > 0)
        .order_by(LotBalance.first_received_at, LotBalance.lot_id, Allocation.id)
    )
    return [
        Lying(
            allocation_id=row.id,
            line_id=row.line_id,
            key=ledger.StockKey(row.warehouse_id, row.part_id, row.owner_id),
            part_number=row.part_number,
            gtin=row.gtin,
            lot_id=row.lot_id,
            lot_number=row.lot_number,
            unit_id=row.unit_id,
            serial=row.serial,
            bin_code=row.bin_code,
            quantity=row.quantity,
        )
        for row in rows
    ]


def choose_lots(
    lying: Sequence[Lying], quantity: int, *, lot: str | None = None, serial: str | None = None
) -> list[tuple[Lying, int]]:
    """Which lots a draw takes: the lot scanned; without a scan only what leaves no doubt, all of it or the one lot.

    Raises: LotNotEarmarked; NotThatMuchEarmarked; LotNeeded; SerialNeeded.
    """
    labels = sorted({one.label for one in lying})
    fitting = [one for one in lying if lot in (None, one.lot_number) and serial in (None, one.serial)]
    if lying and not fitting:
        raise LotNotEarmarked(lot=lot, serial=serial, lots=labels)
    there = sum(one.quantity for one in fitting)
    if there < quantity:
        raise NotThatMuchEarmarked(wanted=quantity, there=there)
    if quantity < there and len({(one.lot_id, one.unit_id) for one in fitting}) > 1:
        serials = [one.serial for one in fitting if one.serial]
        raise SerialNeeded(serials=serials) if serials else LotNeeded(lots=labels)
    return _oldest(fitting, quantity)


def _oldest(lying: Sequence[Lying], quantity: int) -> list[tuple[Lying, int]]:
    takes = []
    for one in lying:
        taken = min(one.quantity, quantity)
        if taken:
            takes.append((one, taken))
        quantity -= taken
    return takes


def choose_earmarks(earmarks: Sequence[Earmark], quantity: int) -> list[tuple[Earmark, int]]:
    """Which earmarks fall when so much is freed: the last one first.

    Raises: NotThatMuchEarmarked.
    """
    there = sum(one.quantity for one in earmarks)
    if there < quantity:
        raise NotThatMuchEarmarked(wanted=quantity, there=there)
    cuts = []
    for one in reversed(earmarks):
        cut = min(one.quantity, quantity)
        if cut:
            cuts.append((one, cut))
        quantity -= cut
    return cuts


def free(
    session: Session, cuts: Sequence[tuple[Earmark, int]], what: str, *, reason: str, by: Actor, at: datetime
) -> None:
    """Let so much of earmarks become free stock, and tell it of their lines. Balances and lines are held."""
    if not cuts:
        return
    ledger.unreserve(session, [(one.reservation_id, quantity) for one, quantity in cuts], reason=reason, by=by, at=at)
    freed = Counter[int]()
    for one, quantity in cuts:
        freed[one.line_id] += quantity
    # Read again: what became free may have changed the lines themselves.
    lines = hold_lines(session, select(PartRequestLine).where(PartRequestLine.id.in_(freed)))
    tell_lines(session, [Told(line, what, {"quantity": freed[line.id]}, reason) for line in lines], by=by, at=at)
