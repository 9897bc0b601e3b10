"""Promises kept are measured against the first promise, whatever was promised after it was broken."""

from collections import defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import events, reporting, subscriptions, transport
from inventory.transport import PieceScan
from inventory.warehousing import PickTask
from tests import given
from tests.given import NOON
from tests.given.transport import closed, shipped
from tests.given.warehousing import picked
from tests.given.workorders import asked_for, repair

WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_listeners", defaultdict(list))
    subscriptions.connect()


def test_a_line_received_within_its_first_promise_is_kept(session: Session) -> None:
    part, by = given.part(session), given.acting(session)
    job = repair(session)
    asked_for(session, job, part)
    given.stock(session, job.station, part, received_at=NOON + timedelta(hours=1), by=by)
    (row,) = reporting.list_kept_promises(session, since=NOON, until=NOON + WEEK, by=by)
    assert (row.lines, row.kept, row.hours_median) == (1, 1, 1.0)


def test_a_promise_renewed_after_it_was_broken_stays_broken(session: Session) -> None:
    part, by = given.part(session), given.acting(session)
    job = repair(session)
    line = asked_for(session, job, part)
    late = NOON + timedelta(days=5)
    given.stock(session, given.warehouse(session, tier="distribution"), part, received_at=late, by=by)
    tasks = list(session.scalars(select(PickTask).where(PickTask.line_id == line.id)))
    shipment = shipped(session, [closed(session, picked(session, tasks, at=late), at=late)], at=late)
    arrived = late + timedelta(hours=3)
    transport.receive_shipment(session, shipment.id, [PieceScan(part.number, received=1)], by=by, at=arrived)
    session.refresh(line)
    assert line.first_promised_at < arrived < line.promised_at
    (row,) = reporting.list_kept_promises(session, since=NOON, until=NOON + WEEK, by=by)
    assert (row.lines, row.kept, row.hours_median) == (1, 0, 123.0)
