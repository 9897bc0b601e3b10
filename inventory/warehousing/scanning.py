"""What a scan names on the floor: a bin of this warehouse, a part, one of the lots that lie there.

The edge has read the symbol; what comes here is the text in it: a bin code, a part number or GTIN, a lot, a serial.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.catalogue import Part, find_part, find_part_by_gtin
from inventory.ledger import Condition, Lot, LotBalance, Unit
from inventory.network import Bin, Zone, ZoneKind
from inventory.warehousing.errors import BinUnknown, CodeUnusable, LotNeeded, NotInBin, PartUnknown, SerialNeeded

GTIN_DIGITS = 14
# What GS1 allows in a lot or serial number, (10) and (21): character set 82, at most twenty.
_CODE = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}")


@dataclass(frozen=True, slots=True)
class ScannedBin:
    """A bin of the warehouse at hand."""

    bin_id: int
    code: str
    kind: ZoneKind
    active: bool


@dataclass(frozen=True, slots=True)
class Position:
    """What lies of one lot, or one piece with a serial number, in a bin; `free` is what no task was given."""

    lot_balance_id: int
    lot_id: int
    lot_number: str
    unit_id: int | None
    serial: str | None
    on_hand: int
    free: int


def names_bin(code: str, scanned: str) -> bool:
    """Whether the scan names this bin; letters in either case."""
    return scanned.strip().upper() == code.upper()


def names_part(number: str, gtin: str | None, scanned: str) -> bool:
    """Whether the scan names this part, by its number in either case or by its GTIN in any length."""
    text = scanned.strip()
    return text.upper() == number.upper() or (gtin is not None and as_gtin(text) == gtin)


def as_gtin(text: str) -> str | None:
    """The text as a GTIN of fourteen digits, None where it cannot be one."""
    return text.zfill(GTIN_DIGITS) if text.isascii() and text.isdigit() and len(text) <= GTIN_DIGITS else None


def require_usable(code: str) -> None:
    """Refuse a lot or serial number that no label could carry.

    Raises: CodeUnusable.
    """
    if not _CODE.fullmatch(code):
        raise CodeUnusable(value=code[:40])


def find_scanned_bin(session: Session, warehouse_id: int, code: str) -> ScannedBin:
    """The bin of the warehouse that the scan names.

    Raises: BinUnknown.
    """
    text = code.strip()
    row = session.execute(
        select(Bin.id, Bin.code, Zone.kind, Bin.active)
        .join(Zone, Zone.id == Bin.zone_id)
        .where(Bin.warehouse_id == warehouse_id, Bin.code.in_({text, text.upper()}))
        .order_by(Bin.code != text, Bin.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        raise BinUnknown(bin=text[:40])
    return ScannedBin(*row)


def find_scanned_part(session: Session, scanned: str) -> Part:
    """The part that the scan names: a part number goes before a GTIN.

    Raises: PartUnknown.
    """
    text = scanned.strip()
    gtin = as_gtin(text)
    part = find_part(session, text) or (find_part_by_gtin(session, gtin) if gtin else None)
    if part is None:
        raise PartUnknown(part=text[:40])
    return part


def list_positions_in(
    session: Session, bin_id: int, part_id: int, owner_id: int, condition: Condition = Condition.GOOD
) -> list[Position]:
    """What lies in the bin of the part, oldest lot first."""
    rows = session.execute(
        select(
            LotBalance.id,
            LotBalance.lot_id,
            Lot.number,
            LotBalance.unit_id,
            Unit.serial,
            LotBalance.on_hand,
            LotBalance.on_hand - LotBalance.allocated,
        )
        .join(Lot, Lot.id == LotBalance.lot_id)
        .outerjoin(Unit, Unit.id == LotBalance.unit_id)
        .where(
            LotBalance.bin_id == bin_id,
            LotBalance.part_id == part_id,
            LotBalance.owner_id == owner_id,
            LotBalance.condition == condition,
            LotBalance.on_hand > 0,
        )
        .order_by(LotBalance.first_received_at, LotBalance.lot_id, LotBalance.id)
    )
    return [Position(*row) for row in rows]


def position_scanned(positions: Sequence[Position], *, lot: str | None, serial: str | None) -> Position:
    """The one position that the label means; what the label leaves out is asked for where there is a choice.

    Raises: NotInBin when nothing like it lies there; LotNeeded; SerialNeeded.
    """
    meant = [
        one for one in positions if (lot is None or one.lot_number == lot) and (serial is None or one.serial == serial)
    ]
    if not meant:
        raise NotInBin(lot=lot, serial=serial, lots=_lots(positions))
    if len(_lots(meant)) > 1:
        raise LotNeeded(lots=_lots(meant))
    if len(meant) > 1:
        raise SerialNeeded(serials=[one.serial for one in meant])
    return meant[0]


def _lots(positions: Sequence[Position]) -> list[str]:
    return list(dict.fromkeys(one.lot_number for one in positions))
