"""Single pieces: each is in one place, and its moves form a chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from inventory.ledger.ends import End, Posting
from inventory.ledger.errors import InsufficientStock, SerialElsewhere
from inventory.ledger.models import Condition, Place

_HOLD = text("SELECT id FROM unit WHERE id = ANY(CAST(:units AS bigint[])) ORDER BY id FOR NO KEY UPDATE")
_LAST_ENDS = text("""
    SELECT DISTINCT ON (m.unit_id) m.unit_id, u.serial, m.to_place, m.to_owner_id, m.to_condition, m.to_warehouse_id,
           m.to_bin_id, m.to_holder_id
    FROM move m JOIN unit u ON u.id = m.unit_id
    WHERE m.unit_id = ANY(CAST(:units AS bigint[]))
    ORDER BY m.unit_id, m.id DESC
""")
_MISSING = text("""
    SELECT u.id AS unit_id, u.lot_id, lot.number AS lot_number, last.*
    FROM unit u
    JOIN lot ON lot.id = u.lot_id
    JOIN LATERAL (
        SELECT to_place, to_owner_id, to_condition, to_warehouse_id, to_bin_id, to_holder_id
        FROM move WHERE unit_id = u.id ORDER BY id DESC LIMIT 1
    ) last ON true
    WHERE u.part_id = :part_id AND u.serial = :serial AND last.to_owner_id = :owner_id
      AND last.to_place IN ('count_difference', 'lost')
""")


@dataclass(frozen=True, slots=True)
class MissingPiece:
    """A piece that was not where the books had it: short at a pick, not found by a count, missing from a shipment."""

    unit_id: int
    lot_id: int
    lot_number: str
    end: End


def find_missing_piece(session: Session, part_id: int, serial: str, *, owner_id: int) -> MissingPiece | None:
    """The piece with this serial number, if it is missing: whoever finds it brings it back from where it was lost."""
    row = session.execute(_MISSING, {"part_id": part_id, "serial": serial, "owner_id": owner_id}).one_or_none()
    return None if row is None else MissingPiece(row.unit_id, row.lot_id, row.lot_number, _last_end(row))


def require_pieces_there(session: Session, postings: Sequence[Posting]) -> None:
    """Refuse to move a piece from where it did not go last. The pieces are held until the transaction ends.

    Raises: InsufficientStock when it is not in the bin it is to leave; SerialElsewhere when it is not outside.
    """
    units = sorted({one.unit_id for one in postings if one.unit_id is not None})
    if not units:
        return
    session.execute(_HOLD, {"units": units})
    lying, serials = {}, {}
    for row in session.execute(_LAST_ENDS, {"units": units}):
        serials[row.unit_id] = row.serial
        lying[row.unit_id] = _last_end(row)
    for one in postings:
        if one.unit_id is None:
            continue
        if lying.get(one.unit_id, one.source) != one.source:
            if one.source.place is Place.BIN:
                raise InsufficientStock(part_id=one.part_id, lot_id=one.lot_id)
            raise SerialElsewhere(serial=serials[one.unit_id])
        lying[one.unit_id] = one.target


def _last_end(row: Row[*tuple[Any, ...]]) -> End:
    return End(
        Place(row.to_place),
        row.to_owner_id,
        Condition(row.to_condition),
        row.to_warehouse_id,
        row.to_bin_id,
        row.to_holder_id,
    )
