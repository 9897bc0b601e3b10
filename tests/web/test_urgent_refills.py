"""Urgent refills with real commits: killed, doubled, among rivals; once, within seconds, and nothing lost."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from threading import Barrier, Event, Thread
from time import monotonic, sleep

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from inventory import ledger
from inventory.catalogue.models import Part
from inventory.identity import get_system_actor
from inventory.network.models import Warehouse
from inventory.planning import replenishment
from inventory.planning.replenishment import (
    PlanningRun,
    Proposal,
    ProposalStatus,
    RunTrigger,
    StockLevel,
    UrgentNote,
    urgent,
)
from inventory.planning.replenishment.holding import work_side_by_side
from inventory.reporting.verifying import verify
from inventory.sourcing.models import PartRequest, PartRequestLine
from tests import given
from tests.given import NOON
from tests.given.demand import ZONE
from tests.given.planning import plan, three_tiers
from tests.given.policies import override, planner
from tests.given.procurement import sold, supplier
from tests.given.replenishment import level, proposal, run
from tests.given.workorders import asked_for, repair
from tests.statements import statements_to
from web import planning
from web.crew import PATIENT
from web.db import transaction
from web.jobs import Watch, keep_timetable
from web.planning import refilling
from web.timetable import timetable

PARTS = 3
ON = date(2026, 3, 2)


@pytest.fixture
def sessions(fresh_database):
    return sessionmaker(fresh_database, expire_on_commit=False)


@pytest.fixture
def place(sessions) -> dict[str, int]:
    """An urgent repair centre with 8 of each part, which reorders at 5 up to 12; the places above have plenty."""
    with sessions.begin() as session:
        central, centre, station = three_tiers(session).places
        seller, night = supplier(session), run(session)
        for _ in range(PARTS):
            part = given.part(session)
            sold(session, seller, part, (1, "8"))
            for warehouse, quantity in ((central, 100), (centre, 100), (station, 8)):
                level(session, part, warehouse, night, urgent=warehouse is station)
                given.stock(session, warehouse, part, quantity)
        return {"central": central.id, "centre": centre.id, "station": station.id}


def fallen(sessions) -> None:
    """A repair needs three of each part, which lowers every position to the reorder point."""
    with sessions.begin() as session:
        station = session.scalars(select(StockLevel.warehouse_id).where(StockLevel.urgent)).first()
        job = repair(session, session.get_one(Warehouse, station))
        for part_id in session.scalars(select(StockLevel.part_id).distinct()).all():
            asked_for(session, job, session.get_one(Part, part_id), 3)


def refill(sessions) -> None:
    planning.refill_urgent(sessions, zone=ZONE)


def moved(session: Session) -> list[int]:
    """How much of each part transfer orders move."""
    ordered = select(func.sum(PartRequestLine.quantity)).join(PartRequest).where(PartRequest.source_id.is_not(None))
    return [int(one) for one in session.scalars(ordered.group_by(PartRequestLine.part_id))]


def ordered(sessions) -> bool:
    with sessions() as session:
        return moved(session) == [7] * PARTS


def left(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(UrgentNote)) or 0


def all_is_well(sessions) -> None:
    """Every part was ordered once, nothing is left to do, and the books are right."""
    with sessions() as session:
        assert moved(session) == [7] * PARTS
        assert left(session) == 0
        assert session.scalars(select(Proposal.status)).all() == [ProposalStatus.RELEASED] * PARTS
        assert [one.name for one in verify(session) if one.violations] == []


def test_what_fell_to_its_reorder_point_is_ordered_within_limits(sessions, place):
    fallen(sessions)
    refill(sessions)
    all_is_well(sessions)
    with sessions() as session:
        made = session.scalars(select(PlanningRun).where(PlanningRun.trigger == RunTrigger.URGENT)).one()
        assert (made.figures["proposals"], made.figures["released"]) == (PARTS, PARTS)


def test_refilling_twice_orders_once(sessions, place):
    fallen(sessions)
    refill(sessions)
    with sessions.begin() as session:
        for part_id in session.scalars(select(StockLevel.part_id).distinct()):
            session.add(UrgentNote(part_id=part_id))
    refill(sessions)
    all_is_well(sessions)


def test_what_is_undone_leaves_no_note(sessions, place):
    with sessions() as session:
        session.execute(text("UPDATE balance SET on_hand = 0"))
        assert left(session) == PARTS
        session.rollback()
        assert left(session) == 0


def test_with_nothing_noted_looking_writes_nothing(sessions, place):
    refill(sessions)
    with statements_to(sessions.kw["bind"]) as sent:
        refill(sessions)
    assert sent
    assert all(statement.startswith("SELECT") for statement in sent)


class BrokenOff(Exception):
    """The process died."""


@pytest.mark.parametrize(
    ("where", "step"), [(urgent, "propose_urgent"), (urgent, "release_rest"), (replenishment, "forget_noted")]
)
@pytest.mark.parametrize("after", [False, True])
def test_a_process_that_dies_anywhere_leaves_all_of_it_to_the_next_look(
    sessions, place, monkeypatch, where, step, after
):
    done = getattr(where, step)

    def dies(*args, **named):
        if after:
            done(*args, **named)
        raise BrokenOff

    fallen(sessions)
    with monkeypatch.context() as dying:
        dying.setattr(where, step, dies)
        with pytest.raises(BrokenOff):
            refill(sessions)
    with sessions() as session:
        assert (moved(session), left(session)) == ([], PARTS)
    refill(sessions)
    all_is_well(sessions)


def test_stock_that_somebody_does_not_let_go_of_keeps_no_other_part_waiting(sessions, place, monkeypatch):
    fallen(sessions)
    monkeypatch.setattr(refilling, "BRISK", text("SELECT set_config('lock_timeout', '200ms', true)"))
    with sessions() as rival:
        rival.execute(
            text("SELECT FROM balance WHERE warehouse_id = :one ORDER BY part_id LIMIT 1 FOR UPDATE"),
            {"one": place["centre"]},
        )
        refill(sessions)
        with sessions() as session:
            assert (moved(session), left(session)) == ([7] * (PARTS - 1), 1)
    refill(sessions)
    all_is_well(sessions)


def test_rivals_who_refill_at_once_order_once(sessions, place):
    fallen(sessions)
    start = Barrier(4)

    def race():
        start.wait()
        refill(sessions)

    rivals = [Thread(target=race) for _ in range(4)]
    for one in rivals:
        one.start()
    for one in rivals:
        one.join()
    all_is_well(sessions)


@contextmanager
def waiting(sessions, doing) -> Iterator[None]:
    """Something that has to wait for what the block holds, as the server tells, until the block is over."""
    thread = Thread(target=doing)
    thread.start()
    until = monotonic() + 30
    while not waits_for_a_lock(sessions):
        assert thread.is_alive(), "it did not wait"
        assert monotonic() < until, "it neither waits nor ends"
        sleep(0.02)
    yield
    thread.join(30)
    assert not thread.is_alive(), "it still waits"


def waits_for_a_lock(sessions) -> bool:
    told = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with sessions() as session:
        return session.scalar(text(told)) > 0


def piece_of_a_night(session: Session) -> int:
    """What the nightly run does for all parts, but that it plans nothing anew: the levels stand."""
    return plan(session, trigger=RunTrigger.NIGHTLY).id


def kept_to_its_levels(session: Session) -> None:
    """An override for each part and place, so that the night wants what stands: 6 to 12 at the urgent one."""
    by = planner(session)
    for one in session.scalars(select(StockLevel)).all():
        part = session.get_one(Part, one.part_id)
        warehouse = session.get_one(Warehouse, one.warehouse_id)
        override(session, part, warehouse, by=by, stocked=True, minimum=12, maximum=12)


def test_a_refill_waits_for_a_piece_of_the_night_and_orders_nothing_twice(sessions, place):
    with sessions.begin() as session:
        kept_to_its_levels(session)
    fallen(sessions)
    night = sessions()
    night_run = piece_of_a_night(night)
    with waiting(sessions, lambda: refill(sessions)):
        night.commit()
    planning.release_all(sessions, night_run)
    assert ordered(sessions)


def test_a_piece_of_the_night_waits_for_a_refill_and_orders_nothing_twice(sessions, place):
    with sessions.begin() as session:
        kept_to_its_levels(session)
    fallen(sessions)
    nights = []

    def night():
        with sessions.begin() as session:
            session.execute(PATIENT)
            nights.append(piece_of_a_night(session))

    with ExitStack() as stack, transaction(sessions, "refill_urgent") as work:
        noted = replenishment.list_noted(work.session)
        replenishment.refill(work.session, noted.part_ids, on=ON, by=work.by, at=work.at)
        stack.enter_context(waiting(sessions, night))
    [night_run] = nights
    planning.release_all(sessions, night_run)
    assert ordered(sessions)


def test_what_a_refill_leaves_to_the_night_is_not_forgotten_by_it(sessions, place):
    """The night looks for what it may order while a refill holds it; another repair centre waits for that."""
    with sessions.begin() as session:
        centre = session.get_one(Warehouse, place["centre"])
        other = given.warehouse(session, tier="repair", parent=centre)
        night = session.scalars(select(PlanningRun)).one()
        for part in session.scalars(select(Part)).all():
            level(session, part, other, night)
            proposal(session, part, other, source=centre, by_run=night)
    fallen(sessions)
    with ExitStack() as stack, transaction(sessions, "refill_urgent") as work:
        noted = replenishment.list_noted(work.session)
        replenishment.refill(work.session, noted.part_ids, on=ON, by=work.by, at=work.at)
        stack.enter_context(waiting(sessions, lambda: planning.release_all(sessions, night.id)))
    with sessions() as session:
        assert sorted(moved(session)) == [7 + 12] * PARTS
        by = get_system_actor(session)
        assert replenishment.count_released(session, night.id, by=by) == PARTS


def test_a_refill_waits_longer_for_its_turn_than_for_stock(sessions, place, monkeypatch):
    fallen(sessions)
    monkeypatch.setattr(refilling, "BRISK", text("SELECT set_config('lock_timeout', '200ms', true)"))
    with sessions() as night:
        work_side_by_side(night, [])
        with waiting(sessions, lambda: refill(sessions)):
            sleep(0.5)
            night.rollback()
    all_is_well(sessions)


def test_what_a_person_is_approving_is_not_ordered_a_second_time(sessions, place):
    fallen(sessions)
    with sessions.begin() as session:
        noted = replenishment.list_noted(session)
        by = given.acting(session)
        urgent.propose_urgent(session, noted.part_ids, on=ON, by=by, at=NOON)
    person = sessions()
    open_ones = person.scalars(select(Proposal.id)).all()
    replenishment.approve_proposals(person, open_ones, by=given.acting(person), at=NOON)
    with waiting(sessions, lambda: refill(sessions)):
        person.commit()
    assert ordered(sessions)


def test_whoever_keeps_the_timetable_orders_within_seconds(fresh_database_urls, sessions, place):
    watches = [one for one in timetable(ZONE) if isinstance(one, Watch) and one.name == "refill_urgent"]
    stop = Event()
    keeping = Thread(target=keep_timetable, args=(fresh_database_urls[0], watches, stop))
    keeping.start()
    try:
        sleep(2)
        fallen(sessions)
        since = monotonic()
        while not ordered(sessions):
            assert monotonic() - since < 15, "nothing was ordered"
            sleep(0.1)
    finally:
        stop.set()
        keeping.join()


def test_stock_that_falls_costs_whoever_takes_it_one_statement(sessions, place):
    """The note is written by the database: `balance` changed and the note stands, though nothing else was sent."""
    with sessions.begin() as session:
        session.execute(text("UPDATE balance SET on_hand = on_hand - 3 WHERE on_hand = 8"))
    with sessions() as session:
        assert left(session) == PARTS
        assert session.scalar(select(func.min(ledger.Balance.on_hand))) == 5
