"""Putting away: goods on the move find their shelf, by scan of the bin they lie in and the bin they go to.

Stock that was put away keeps its lot and with it its age. A put-away finishes what brought the goods into the bin, so
its move belongs to that document: the receipt, the shipment, the pick task that was cancelled.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory import ledger, network
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.ledger import Document, Move, Posting, StockKey
from inventory.network import ZoneKind
from inventory.timeline import DocumentKind
from inventory.warehousing.errors import BinUnsuitable, NotInBin, QuantityTooSmall
from inventory.warehousing.scanning import (
    find_scanned_bin,
    find_scanned_part,
    list_positions_in,
    position_scanned,
)

SHELVING = (ZoneKind.SHELF, ZoneKind.HIGH_BAY)


@dataclass(frozen=True, slots=True)
class ToPutAway:
    """Free good stock in a bin where it does not stay, and where it might go: nowhere when all shelves are full."""

    bin_id: int
    bin_code: str
    part_id: int
    part_number: str
    part_name_zh: str
    part_name_en: str
    lot_id: int
    lot_number: str
    serial: str | None
    owner_id: int
    quantity: int
    suggested_bin: str | None


# A part goes where most of it lies already; parts that lie nowhere get the empty shelves in walking order, one each.
_LIST = text("""
    WITH waiting AS (
        SELECT b.id, b.bin_id, bin.code AS bin_code, b.part_id, b.lot_id, b.unit_id, b.owner_id, b.first_received_at,
               b.on_hand - b.allocated AS quantity
        FROM bin
        JOIN zone ON zone.id = bin.zone_id AND zone.kind IN ('dock', 'staging', 'quarantine')
        JOIN lot_balance b ON b.bin_id = bin.id
        WHERE bin.warehouse_id = :warehouse_id AND b.condition = 'good' AND b.on_hand > b.allocated
    ),
    home AS (
        SELECT DISTINCT ON (b.part_id) b.part_id, bin.code
        FROM (SELECT DISTINCT part_id FROM waiting) part
        JOIN lot_balance b ON b.warehouse_id = :warehouse_id AND b.part_id = part.part_id
             AND b.condition = 'good' AND b.on_hand > 0
        JOIN bin ON bin.id = b.bin_id AND bin.active
        JOIN zone ON zone.id = bin.zone_id AND zone.kind IN ('shelf', 'high_bay')
        ORDER BY b.part_id, sum(b.on_hand) OVER (PARTITION BY b.part_id, b.bin_id) DESC, bin.pick_sequence, bin.code
    ),
    homeless AS (
        SELECT part_id, row_number() OVER (ORDER BY part_id) AS turn
        FROM (SELECT DISTINCT part_id FROM waiting) part
        WHERE NOT EXISTS (SELECT FROM home WHERE home.part_id = part.part_id)
    ),
    empty AS (
        SELECT code, row_number() OVER (ORDER BY pick_sequence, code) AS turn FROM (
            -- Shelves are looked into one by one in walking order, and no further than needed.
            SELECT shelf.code, shelf.pick_sequence
            FROM (SELECT bin.id, bin.code, bin.pick_sequence
                  FROM bin JOIN zone ON zone.id = bin.zone_id AND zone.kind = 'shelf'
                  WHERE bin.warehouse_id = :warehouse_id AND bin.active
                  ORDER BY bin.pick_sequence, bin.code OFFSET 0) shelf
            WHERE (SELECT NOT EXISTS (SELECT FROM lot_balance b WHERE b.bin_id = shelf.id AND b.on_hand > 0))
            LIMIT (SELECT count(*) FROM homeless)
        ) free
    )
    SELECT w.bin_id, w.bin_code, w.part_id, part.number, part.name_zh, part.name_en, w.lot_id, lot.number,
           unit.serial, w.owner_id, w.quantity, coalesce(home.code, empty.code)
    FROM waiting w
    JOIN part ON part.id = w.part_id
    JOIN lot ON lot.id = w.lot_id
    LEFT JOIN unit ON unit.id = w.unit_id
    LEFT JOIN home ON home.part_id = w.part_id
    LEFT JOIN homeless ON homeless.part_id = w.part_id
    LEFT JOIN empty ON empty.turn = homeless.turn
    ORDER BY w.bin_code, part.number, w.first_received_at, w.lot_id, w.id
    LIMIT :most
""")


def list_to_put_away(session: Session, warehouse_id: int, *, by: Actor, limit: int = 200) -> list[ToPutAway]:
    """Free good stock in dock, staging and quarantine bins, with the bin where the part lies already or an empty shelf.

    What is earmarked for a line, or given to a task, stays where it is.
    """
    by.require(Permission.PUT_AWAY, warehouse_id)
    return [ToPutAway(*row) for row in session.execute(_LIST, {"warehouse_id": warehouse_id, "most": limit})]


@dataclass(frozen=True, slots=True)
class PutAwayScan:
    """What was scanned: the bin it comes from, the part's label, the bin it goes to; and how much.

    `owner_id` is whose stock it is, the default owner's unless it says otherwise.
    """

    from_bin: str
    part: str
    quantity: int
    to_bin: str
    lot: str | None = None
    serial: str | None = None
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class PutAway:
    """What was put away."""

    part_number: str
    lot_number: str
    serial: str | None
    quantity: int
    from_bin: str
    to_bin: str


def put_away(session: Session, warehouse_id: int, scan: PutAwayScan, *, by: Actor, at: datetime) -> PutAway:
    """Carry free good stock into a shelf or high-bay bin of the same warehouse; from a shelf, too: that moves it house.

    Raises: NotFound; QuantityTooSmall; BinUnsuitable; NotInBin, naming the lots that lie there; LotNeeded;
    SerialNeeded; InsufficientStock when less is free.
    """
    by.require(Permission.PUT_AWAY, warehouse_id)
    if scan.quantity < 1:
        raise QuantityTooSmall(quantity=scan.quantity)
    source = find_scanned_bin(session, warehouse_id, scan.from_bin)
    target = find_scanned_bin(session, warehouse_id, scan.to_bin)
    if target.kind not in SHELVING or not target.active or target.bin_id == source.bin_id:
        raise BinUnsuitable(bin=target.code)
    part = find_scanned_part(session, scan.part)
    owner_id = scan.owner_id or network.default_owner(session).id
    ledger.lock_balances(session, [StockKey(warehouse_id, part.id, owner_id)])
    positions = list_positions_in(session, source.bin_id, part.id, owner_id)
    meant = position_scanned(positions, lot=scan.lot, serial=scan.serial)
    if scan.quantity > meant.on_hand:
        raise NotInBin(lot=meant.lot_number, serial=meant.serial, on_hand=meant.on_hand)
    ledger.post(
        session,
        [
            Posting(
                part_id=part.id,
                lot_id=meant.lot_id,
                quantity=scan.quantity,
                source=ledger.in_bin(warehouse_id, source.bin_id, owner_id),
                target=ledger.in_bin(warehouse_id, target.bin_id, owner_id),
                document=_document_that_brought(session, meant.lot_id, source.bin_id),
                reason="put away",
                unit_id=meant.unit_id,
            )
        ],
        by=by,
        at=at,
    )
    return PutAway(part.number, meant.lot_number, meant.serial, scan.quantity, source.code, target.code)


def _document_that_brought(session: Session, lot_id: int, bin_id: int) -> Document:
    """The document of the last move of the lot into the bin."""
    row = session.execute(
        select(Move.document_kind, Move.document_id)
        .where(Move.lot_id == lot_id, Move.to_bin_id == bin_id)
        .order_by(Move.id.desc())
        .limit(1)
    ).one()
    return Document(DocumentKind(row.document_kind), row.document_id)
