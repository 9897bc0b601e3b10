"""Forgetting emptied positions: what it costs must not grow with the history of allocations."""

from sqlalchemy import text
from sqlalchemy.orm import Session


def test_a_forgotten_position_is_looked_for_among_allocations_by_index(session: Session) -> None:
    session.execute(text("SET LOCAL enable_seqscan = off"))
    # What the foreign key asks when a row of lot_balance is deleted.
    plan = session.execute(text("EXPLAIN SELECT 1 FROM ONLY allocation WHERE lot_balance_id = 1 FOR KEY SHARE"))
    assert "ix_allocation_lot_balance_id" in "\n".join(plan.scalars())
