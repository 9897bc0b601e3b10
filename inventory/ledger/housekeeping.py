"""Housekeeping: positions that were emptied are forgotten; what lay there stands in the moves."""

from sqlalchemy import CursorResult, text
from sqlalchemy.orm import Session

# A row that a transaction is about to fill again is held by it and skipped; nothing refers to an empty one.
_FORGET = text("""
    DELETE FROM lot_balance WHERE id IN (
        SELECT id FROM lot_balance WHERE on_hand = 0 AND allocated = 0 ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED
    )
""")


def forget_emptied_positions(session: Session, *, most: int) -> int:
    """Remove lot positions that hold nothing, so that FIFO does not walk past them for ever; tell how many."""
    result = session.execute(_FORGET, {"most": most})
    assert isinstance(result, CursorResult)
    return int(result.rowcount)
