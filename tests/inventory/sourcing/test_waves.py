"""Waves: which reservations they find and how, and what is due when."""

import pytest
from sqlalchemy import text

from inventory.sourcing import waves


@pytest.mark.parametrize("statement", [waves._WAITING, waves._WAREHOUSES])
def test_what_waits_for_a_wave_is_found_among_open_reservations_alone(session, statement):
    session.execute(text("SET LOCAL enable_seqscan = off"))
    names = {name: 1 for name in statement.compile().params}
    plan = session.execute(text(f"EXPLAIN {statement.text}"), names)  # noqa: S608 (the statement is ours)
    assert "ix_reservation_open" in "\n".join(plan.scalars())
