"""What happens by the clock, on a real database with real commits."""

from collections import defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from inventory import events, ledger, sourcing
from inventory.planning import demand
from inventory.planning.demand import DemandDay, DemandFold
from inventory.sourcing import PartRequestLine, PartRequestWish, WishedLine, resourcing
from inventory.timeline import DocumentKind
from inventory.warehousing.models import Trigger, Wave
from tests import given
from tests.given import NOON
from tests.given.demand import ZONE
from tests.given.network import BEIJING, QINGDAO
from tests.given.workorders import asked_for, repair
from web.timetable import fold_demand, keep_house, release_waves, review_backorders, timetable


@pytest.fixture(autouse=True)
def _connected(monkeypatch):
    monkeypatch.setattr(events, "_listeners", defaultdict(list))
    timetable(ZONE)


def requested(session: Session, *, in_stock: bool) -> sourcing.AcceptedRequest:
    station, far = given.warehouse(session, city=QINGDAO), given.warehouse(session, tier="central", city=BEIJING)
    part, by = given.part(session), given.acting(session)
    if in_stock:
        given.stock(session, far, part, 1, by=by)
    wish = PartRequestWish(station.code, [WishedLine(part.number, 1)])
    return sourcing.request_parts(session, wish, by=by, at=NOON)


def test_the_job_releases_what_waits_and_leaves_nothing_to_the_next_run(fresh_database):
    sessions = sessionmaker(fresh_database)
    with sessions.begin() as session:
        accepted = requested(session, in_stock=True)

    release_waves(sessions)
    release_waves(sessions)

    with sessions() as session:
        assert session.get(PartRequestLine, accepted.lines[0].line_id).status == "released"
        assert session.scalars(select(Wave.trigger)).all() == [Trigger.JOB]


def test_a_warehouse_whose_books_do_not_add_up_does_not_keep_the_others_from_their_waves(fresh_database):
    sessions = sessionmaker(fresh_database)
    with sessions.begin() as session:
        broken, sound = requested(session, in_stock=True), requested(session, in_stock=True)
        first = broken.lines[0].shares[0].source_id
        session.execute(update(ledger.LotBalance).where(ledger.LotBalance.warehouse_id == first).values(on_hand=0))

    release_waves(sessions)

    with sessions() as session:
        statuses = [session.get(PartRequestLine, one.lines[0].line_id).status for one in (broken, sound)]
    assert statuses == ["reserved", "released"]


def test_reviewing_back_orders_with_nothing_in_stock_leaves_them_waiting(fresh_database):
    sessions = sessionmaker(fresh_database)
    with sessions.begin() as session:
        accepted = requested(session, in_stock=False)

    review_backorders(sessions)

    with sessions() as session:
        assert session.get(PartRequestLine, accepted.lines[0].line_id).status == "back_ordered"


def test_reviewing_gets_to_every_line_however_many_wait_before_it(fresh_database, monkeypatch):
    monkeypatch.setattr(resourcing, "FILLS_MAX", 1)
    sessions = sessionmaker(fresh_database)
    with sessions.begin() as session:
        station, far = given.warehouse(session, city=QINGDAO), given.warehouse(session, tier="central", city=BEIJING)
        nowhere, passed_by, by = given.part(session), given.part(session), given.acting(session)
        wishes = [(nowhere, 1), (nowhere, 2), (passed_by, 9)]
        *_, last = [
            sourcing.request_parts(
                session, PartRequestWish(station.code, [WishedLine(part.number, 1)], priority=priority), by=by, at=NOON
            )
            for part, priority in wishes
        ]
        far.active = False  # so that the arrival passes the line by
        session.flush()
        given.stock(session, far, passed_by, 1, by=by)
        far.active = True

    review_backorders(sessions)

    with sessions() as session:
        assert session.get(PartRequestLine, last.lines[0].line_id).status == "reserved"


def test_emptied_positions_are_forgotten_and_others_stay(fresh_database):
    sessions = sessionmaker(fresh_database)
    with sessions.begin() as session:
        warehouse, part = given.warehouse(session, tier="central"), given.part(session)
        emptied, kept = given.stock(session, warehouse, part, 2), given.stock(session, warehouse, part, 3)
        out = ledger.Posting(
            part.id,
            emptied.lot_id,
            2,
            emptied.end,
            ledger.outside(ledger.Place.SCRAP, emptied.key.owner_id),
            ledger.Document(DocumentKind.STOCK_CHECK, 1),
            "scrapped",
        )
        ledger.post(session, [out], by=given.acting(session), at=NOON)

    keep_house(sessions)

    with sessions() as session:
        assert session.scalars(select(ledger.LotBalance.lot_id)).all() == [kept.lot_id]


def test_the_job_folds_what_work_orders_asked_for_and_notes_how_far_it_came(fresh_database):
    sessions = sessionmaker(fresh_database)
    with sessions.begin() as session:
        line = asked_for(session, repair(session), given.part(session), 3)
        part_id = line.part_id

    fold_demand(sessions, zone=ZONE)
    fold_demand(sessions, zone=ZONE)

    with sessions() as session:
        days = session.execute(select(DemandDay.part_id, DemandDay.quantity)).all()
        reached = session.scalars(select(DemandFold.event_id)).all()
    assert days == [(part_id, 3)]
    assert len(reached) == 2
    assert reached[0] == reached[1] > 0


def test_a_folding_that_broke_off_is_made_up_for_by_the_next(fresh_database):
    sessions = sessionmaker(fresh_database)
    with sessions.begin() as session:
        job = repair(session)
        for days in range(3):
            asked_for(session, job, given.part(session), at=NOON + timedelta(days=days))
    with sessions.begin() as session:
        demand.fold_day(session, demand.begin_fold(session, ZONE).days[0], ZONE)

    fold_demand(sessions, zone=ZONE)

    with sessions() as session:
        assert len(session.scalars(select(DemandDay.asked_on)).all()) == 3
