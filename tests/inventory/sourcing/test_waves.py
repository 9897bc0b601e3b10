"""Waves: how they find what waits, and when each share of a line is due."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from inventory import sourcing
from inventory.sourcing import PartRequestWish, WishedLine, waves
from inventory.warehousing import PickTask
from tests import given
from tests.given import NOON
from tests.given.network import BEIJING, JINAN, QINGDAO


@pytest.mark.parametrize("statement", [waves._WAITING, waves._WAREHOUSES])
def test_what_waits_for_a_wave_is_found_among_open_reservations_alone(fresh_database, statement):
    """In a database of its own: what other tests left behind would sway the choice between indexes."""
    names = dict.fromkeys(statement.compile().params, 1)
    with fresh_database.connect() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection.execute(text(f"EXPLAIN {statement.text}"), names)
        assert "ix_reservation_open" in "\n".join(plan.scalars())


def test_a_share_is_due_at_the_hour_of_its_own_source(session):
    by, part = given.acting(session), given.part(session)
    station = given.warehouse(session, tier="repair", city=QINGDAO)
    near = given.warehouse(session, tier="distribution", city=JINAN)
    far = given.warehouse(session, tier="distribution", city=BEIJING)
    for source in (near, far):
        given.stock(session, source, part, 1, by=by)
    wish = PartRequestWish(station.code, [WishedLine(part.number, 2)])
    sourcing.request_parts(session, wish, by=by, at=NOON)

    shown = sourcing.list_waiting(session, near.id, by=by)
    sourcing.release_wave(session, near.id, by=by, at=NOON)

    (task,) = session.scalars(select(PickTask))
    assert task.due_at == NOON + timedelta(hours=24)
    assert [row.promised_at for row in shown] == [task.due_at]
