"""Checking: what somebody finds in a bin is posted at once, and what was promised of it falls into sourcing anew.

A check is of one lot in one bin. Counts and damage that make good stock smaller first take lots from tasks and then
displace reservations; the ledger does both. A second person's approval above a limit is not asked for yet.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from inventory import ledger, network, timeline
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.identity import Permission
from inventory.ledger import Condition, Document, End, LotOpening, Place, Posting, StockKey
from inventory.timeline import DocumentKind, Happening
from inventory.warehousing.errors import CountStale, NotInBin, QuantityTooSmall, ReasonMissing, SerialNeeded
from inventory.warehousing.models import CheckKind, StockCheck
from inventory.warehousing.scanning import (
    Position,
    ScannedBin,
    find_scanned_bin,
    find_scanned_part,
    list_positions_in,
    position_scanned,
    require_usable,
)


@dataclass(frozen=True, slots=True)
class CheckScan:
    """What was scanned at a bin, and why somebody checks. `owner_id`: the default owner's unless it says otherwise."""

    bin_code: str
    part: str
    reason: str
    lot: str | None = None
    serial: str | None = None
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Checked:
    """The bin, the part and the stock key at hand, its balance row held, and what lies there in one condition."""

    bin: ScannedBin
    part: Part
    key: StockKey
    positions: list[Position]

    def end(self, condition: Condition) -> End:
        return ledger.in_bin(self.key.warehouse_id, self.bin.bin_id, self.key.owner_id, condition)


def check_bin(
    session: Session,
    warehouse_id: int,
    scan: CheckScan,
    *,
    found: int,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> StockCheck:
    """Post what was counted of a lot in a bin: good stock is what was found from now on.

    `seen` is what the books said when the counter looked; when they changed meanwhile the count is worth nothing. A lot
    found where the books have none of it joins the lot of that number, or opens a new one. A piece with a serial number
    that was missing and turns up comes back from where it was lost.

    Raises: NotFound; ReasonMissing; CountStale; LotNeeded; SerialNeeded; CodeUnusable; NotInBin when nothing was found
    where nothing is, and for a piece that the books never had, or have elsewhere: that comes in by a receipt.
    """
    checked = _hold(session, warehouse_id, scan, Condition.GOOD, by=by)
    position, difference = _counted(session, checked, scan, found, at=at)
    if seen is not None and seen != position.on_hand:
        raise CountStale(seen=seen, on_hand=position.on_hand)
    if position.unit_id is not None and found > 1:
        raise SerialNeeded(serials=[position.serial])
    check = _note(session, CheckKind.COUNT, checked, position, found, scan, by=by, at=at)
    if found > position.on_hand:
        gain = _posting(check, checked, found - position.on_hand, difference, checked.end(Condition.GOOD))
        ledger.post(session, [gain], by=by, at=at)
    elif found < position.on_hand:
        loss = _posting(check, checked, position.on_hand - found, checked.end(Condition.GOOD), difference)
        ledger.take_out(session, [loss], by=by, at=at)
    return check


def report_damage(
    session: Session, warehouse_id: int, scan: CheckScan, *, quantity: int, by: Actor, at: datetime
) -> StockCheck:
    """Good stock in a bin is damaged: it stays there as defective, and whoever it was promised to is sourced anew.

    Raises: NotFound; ReasonMissing; QuantityTooSmall; NotInBin; LotNeeded; SerialNeeded.
    """
    return _set_apart(
        session, CheckKind.DAMAGE, Condition.DEFECTIVE, warehouse_id, scan, quantity=quantity, by=by, at=at
    )


def quarantine(
    session: Session, warehouse_id: int, scan: CheckScan, *, quantity: int, by: Actor, at: datetime
) -> StockCheck:
    """Good stock in a bin is in doubt: it stays there, and nobody may use it until it is released.

    Raises: as `report_damage`.
    """
    return _set_apart(
        session, CheckKind.QUARANTINE, Condition.QUARANTINE, warehouse_id, scan, quantity=quantity, by=by, at=at
    )


def release_from_quarantine(
    session: Session, warehouse_id: int, scan: CheckScan, *, quantity: int, by: Actor, at: datetime
) -> StockCheck:
    """Stock in doubt is good after all, and free for whoever waits for it.

    Raises: as `report_damage`.
    """
    checked = _hold(session, warehouse_id, scan, Condition.QUARANTINE, by=by)
    position = _taken_from(checked, scan, quantity)
    good = list_positions_in(session, checked.bin.bin_id, checked.part.id, checked.key.owner_id)
    before = sum(one.on_hand for one in good if (one.lot_id, one.unit_id) == (position.lot_id, position.unit_id))
    check = _note(session, CheckKind.RELEASE, checked, position, before + quantity, scan, before=before, by=by, at=at)
    released = _posting(check, checked, quantity, checked.end(Condition.QUARANTINE), checked.end(Condition.GOOD))
    ledger.post(session, [released], by=by, at=at)
    return check


def _set_apart(
    session: Session,
    kind: CheckKind,
    condition: Condition,
    warehouse_id: int,
    scan: CheckScan,
    *,
    quantity: int,
    by: Actor,
    at: datetime,
) -> StockCheck:
    checked = _hold(session, warehouse_id, scan, Condition.GOOD, by=by)
    position = _taken_from(checked, scan, quantity)
    check = _note(session, kind, checked, position, position.on_hand - quantity, scan, by=by, at=at)
    apart = _posting(check, checked, quantity, checked.end(Condition.GOOD), checked.end(condition))
    ledger.take_out(session, [apart], by=by, at=at)
    return check


def _hold(session: Session, warehouse_id: int, scan: CheckScan, condition: Condition, *, by: Actor) -> _Checked:
    """Find what was scanned and hold its balance row, so that what is read next cannot change."""
    by.require(Permission.CHECK_STOCK, warehouse_id)
    if not scan.reason.strip():
        raise ReasonMissing()
    bin = find_scanned_bin(session, warehouse_id, scan.bin_code)
    part = find_scanned_part(session, scan.part)
    key = StockKey(warehouse_id, part.id, scan.owner_id or network.default_owner(session).id)
    ledger.lock_balances(session, [key])
    return _Checked(bin, part, key, list_positions_in(session, bin.bin_id, part.id, key.owner_id, condition))


def _taken_from(checked: _Checked, scan: CheckScan, quantity: int) -> Position:
    """The position that so much is taken from, whatever tasks were given of it."""
    if quantity < 1:
        raise QuantityTooSmall(quantity=quantity)
    position = position_scanned(checked.positions, lot=scan.lot, serial=scan.serial)
    if quantity > position.on_hand:
        raise NotInBin(lot=position.lot_number, serial=position.serial, on_hand=position.on_hand)
    return position


def _counted(session: Session, checked: _Checked, scan: CheckScan, found: int, *, at: datetime) -> tuple[Position, End]:
    """The position that was counted, and where what is too much comes from or what is too little goes.

    Where the books have none of the lot or piece, it is an empty position to be filled.
    """
    difference = ledger.outside(Place.COUNT_DIFFERENCE, checked.key.owner_id)
    if checked.part.serial_tracked:
        return _counted_piece(session, checked, scan, found, difference)
    known = any(scan.lot is None or one.lot_number == scan.lot for one in checked.positions)
    if known or found == 0:
        return position_scanned(checked.positions, lot=scan.lot, serial=scan.serial), difference
    if scan.lot is not None:
        require_usable(scan.lot)
    (lot_id,) = ledger.open_lots(session, [LotOpening(checked.part.id, scan.lot, at)])
    return _empty(lot_id, scan.lot or ""), difference


def _counted_piece(
    session: Session, checked: _Checked, scan: CheckScan, found: int, difference: End
) -> tuple[Position, End]:
    here = any(one.serial == scan.serial for one in checked.positions)
    if scan.serial is not None and found and not here:
        piece = ledger.find_missing_piece(session, checked.part.id, scan.serial, owner_id=checked.key.owner_id)
        if piece is not None and scan.lot in (None, piece.lot_number):
            return _empty(piece.lot_id, piece.lot_number, piece.unit_id, scan.serial), piece.end
    return position_scanned(checked.positions, lot=scan.lot, serial=scan.serial), difference


def _empty(lot_id: int, lot_number: str, unit_id: int | None = None, serial: str | None = None) -> Position:
    return Position(
        lot_balance_id=0, lot_id=lot_id, lot_number=lot_number, unit_id=unit_id, serial=serial, on_hand=0, free=0
    )


def _note(
    session: Session,
    kind: CheckKind,
    checked: _Checked,
    position: Position,
    found: int,
    scan: CheckScan,
    *,
    before: int | None = None,
    by: Actor,
    at: datetime,
) -> StockCheck:
    check = StockCheck(
        kind=kind,
        warehouse_id=checked.key.warehouse_id,
        bin_id=checked.bin.bin_id,
        part_id=checked.part.id,
        lot_id=position.lot_id,
        unit_id=position.unit_id,
        expected=position.on_hand if before is None else before,
        found=found,
        reason=scan.reason.strip(),
        checked_by_id=by.person_id,
        checked_at=at,
    )
    session.add(check)
    session.flush()
    posted = Happening(DocumentKind.STOCK_CHECK, check.id, str(kind), "new", "posted", check.reason)
    timeline.record(session, [posted], by=by, at=at)
    return check


def _posting(check: StockCheck, checked: _Checked, quantity: int, source: End, target: End) -> Posting:
    return Posting(
        part_id=check.part_id,
        lot_id=check.lot_id,
        quantity=quantity,
        source=source,
        target=target,
        document=Document(DocumentKind.STOCK_CHECK, check.id),
        reason=check.reason,
        unit_id=check.unit_id,
    )
