"""Single pieces: each is in one place, and its moves form a chain."""

from collections.abc import Sequence

from sqlalchemy import text
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
        lying[row.unit_id] = End(
            Place(row.to_place),
            row.to_owner_id,
            Condition(row.to_condition),
            row.to_warehouse_id,
            row.to_bin_id,
            row.to_holder_id,
        )
    for one in postings:
        if one.unit_id is None:
            continue
        if lying.get(one.unit_id, one.source) != one.source:
            if one.source.place is Place.BIN:
                raise InsufficientStock(part_id=one.part_id, lot_id=one.lot_id)
            raise SerialElsewhere(serial=serials[one.unit_id])
        lying[one.unit_id] = one.target
