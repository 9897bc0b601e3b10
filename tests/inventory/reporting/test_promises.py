"""Promises kept are measured against the first promise, whatever was promised after it was broken."""

from collections import defaultdict
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from inventory import events, reporting, subscriptions
from tests import given
from tests.given import NOON
from tests.given.workorders import asked_for, repair

WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_listeners", defaultdict(list))
    subscriptions.connect()


def kept_of_a_line_received(session: Session, *, after: timedelta) -> tuple[int, int, float]:
    """Lines, kept lines and median hours of the week after somebody asked for what came so much later."""
    part, by = given.part(session), given.acting(session)
    job = repair(session)
    asked_for(session, job, part)
    given.stock(session, job.station, part, received_at=NOON + after, by=by)
    (row,) = reporting.list_kept_promises(session, since=NOON, until=NOON + WEEK, by=by)
    return row.lines, row.kept, row.hours_median


def test_a_line_received_within_its_first_promise_is_kept(session: Session) -> None:
    assert kept_of_a_line_received(session, after=timedelta(hours=1)) == (1, 1, 1.0)


def test_a_promise_renewed_after_it_was_broken_stays_broken(session: Session) -> None:
    assert kept_of_a_line_received(session, after=timedelta(days=5)) == (1, 0, 120.0)
