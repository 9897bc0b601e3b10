"""Replenishment runs with real commits: done once, done again after they broke off, never two at a time."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from functools import partial
from itertools import compress, count
from multiprocessing import active_children
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from types import ModuleType

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from inventory import reporting
from inventory.identity import get_system_actor
from inventory.planning import replenishment
from inventory.planning.replenishment import PlanningRun, Proposal, ProposalStatus, RunTrigger, StockLevel, running
from inventory.reporting.planning_figures_models import (
    FiguresFold,
    ForecastMonth,
    PlaceStanding,
    PlanningFigure,
    RuleFigure,
    StockMonth,
)
from inventory.reporting.verifying import verify
from inventory.sourcing.models import PartRequest, PartRequestLine
from tests import given
from tests.conftest import opened
from tests.given import NOON
from tests.given.planning import MONTHS, ON, asked_monthly, three_tiers
from tests.given.procurement import sold, supplier
from tests.statements import statements_to
from web import planning
from web.cluster import APP_ROLE, OWNER_ROLE

MOST_NICE = 19
TREE = Path(__file__).parents[2]


@pytest.fixture
def sessions(fresh_database):
    return sessionmaker(fresh_database, expire_on_commit=False)


@pytest.fixture
def network(sessions):
    """Three parts that two repair centres ask for every month; their distribution centre has some of each."""
    with sessions.begin() as session:
        network = three_tiers(session, 2)
        seller = supplier(session)
        for number in range(3):
            part = given.part(session)
            sold(session, seller, part, (1, "8"))
            given.stock(session, warehouse=network.centre, part=part, quantity=20)
            asked_monthly(session, network.stations, part, number + 1, months=MONTHS[number:])


def counted(session: Session) -> dict[str, int]:
    return {
        "levels": session.scalar(select(func.count()).select_from(StockLevel)) or 0,
        "released": session.scalar(
            select(func.count()).select_from(Proposal).where(Proposal.status == ProposalStatus.RELEASED)
        )
        or 0,
        "moved": session.scalar(
            select(func.coalesce(func.sum(PartRequestLine.quantity), 0))
            .join(PartRequest)
            .where(PartRequest.source_id.is_not(None))
        )
        or 0,
    }


def test_a_night_writes_levels_moves_stock_and_ends(sessions, network):
    planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    with sessions() as session:
        run = session.scalars(select(PlanningRun)).one()
        found = counted(session)
        assert run.finished_at is not None
        assert run.parts_done == run.parts == 3
        assert found["levels"] > 0
        assert found["released"] == run.figures["released"] > 0
        assert all(not check.violations for check in verify(session))


def forecasts(sessions):
    with sessions() as session:
        kept = [column for column in ForecastMonth.__table__.columns if column.name != "unit_value"]
        return session.execute(select(*kept).order_by(ForecastMonth.month, ForecastMonth.part_id)).all()


def test_the_first_night_tells_how_its_forecasts_would_have_done_in_the_year_before_and_no_later_one_does(
    sessions, network
):
    planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    first = forecasts(sessions)
    told = [one for one in first if one.back_cast]
    assert sorted({one.month for one in told}) == [one.replace(day=1) for one in MONTHS[-12:]]
    assert all(one.asked > 0 and one.expected > 0 for one in told)
    assert {one.month for one in first if not one.back_cast} == {ON.replace(day=1)}
    planning.plan_now(sessions, on=ON)
    assert forecasts(sessions) == first


def test_a_second_run_of_the_day_orders_nothing_more(sessions, network):
    planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    with sessions() as session:
        first = counted(session)
    planning.plan_now(sessions, on=ON)
    with sessions() as session:
        assert counted(session) == first


def night(engine, processes=1):
    planning.plan_now(sessionmaker(engine, expire_on_commit=False), on=ON, processes=processes)


def night_without_numba(engine):
    """A night in a process that finds no numba."""
    plan = (
        "import sys; sys.modules['numba'] = None\n"
        "from sqlalchemy import create_engine\n"
        "from tests.web.test_planning_runs import night\n"
        f"night(create_engine({str(engine.url)!r}))"
    )
    subprocess.run([sys.executable, "-c", plan], cwd=TREE, check=True)


def written(engine):
    """All that a night writes, but for numbers that count up and the hour."""
    with engine.connect() as connection:
        rows = [connection.execute(select(*kept_of(one))).all() for one in WRITTEN]
        moved = select(PartRequest.warehouse_id, PartRequestLine.part_id, PartRequestLine.quantity).join(
            PartRequestLine
        )
        constants = connection.scalars(select(PlanningRun.constants)).all()
        return [sorted(some, key=repr) for some in (*rows, connection.execute(moved).all())], constants


def kept_of(model):
    return [one for one in model.__table__.columns if one.name not in COUNTED and not one.name.endswith("_at")]


WRITTEN = (StockLevel, Proposal, PlaceStanding, PlanningFigure, RuleFigure, StockMonth, ForecastMonth)
COUNTED = {"id", "run_id", "part_request_id"}


@contextmanager
def copy_of(database, server, name):
    """Another database with the very same rows in it."""
    server.execute(f"CREATE DATABASE {name} TEMPLATE {database} OWNER {OWNER_ROLE}")
    with opened(server.address(name, APP_ROLE)) as engine:
        yield engine
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def town(server, worker_id):
    """A database nobody is connected to: sixteen parts of many kinds that three repair centres ask for now and then."""
    rng = np.random.default_rng(7)
    with server.copy(f"{worker_id}_town") as database:
        with (
            opened(server.address(database, APP_ROLE), poolclass=NullPool) as engine,
            Session(engine) as session,
            session.begin(),
        ):
            network, seller = three_tiers(session, 3), supplier(session)
            for number in range(16):
                part = given.part(session)
                sold(session, seller, part, (1, str(5 + 30 * number)))
                given.stock(session, warehouse=network.centre, part=part, quantity=10)
                for station in network.stations:
                    asks = rng.random(len(MONTHS)) < 0.2 + number / 20
                    asked_monthly(session, [station], part, 1 + number % 3, months=compress(MONTHS, asks))
        yield database


@pytest.fixture(scope="module")
def plain(town, server):
    """What a night writes in one piece, in this process, with compiled kernels."""
    with copy_of(town, server, f"{town}_plain") as engine:
        night(engine)
        return written(engine)


@pytest.mark.parametrize(
    ("differently", "parts_a_piece"),
    [(night, 1), (partial(night, processes=2), 6), (night_without_numba, 16)],
    ids=["a part a piece", "six parts a piece, shared by two", "without compiled kernels"],
)
def test_a_night_writes_the_same_to_the_byte_however_it_is_done(
    town, plain, server, monkeypatch, differently, parts_a_piece
):
    monkeypatch.setattr(running, "PARTS_A_PIECE", parts_a_piece)
    with copy_of(town, server, f"{town}_other") as engine:
        differently(engine)
        other = written(engine)
    assert all(len(rows) > 0 for rows in plain[0])
    assert other == plain


class BrokenOff(Exception):
    """The process died."""


def dies_at(call: int, name: str, dying: pytest.MonkeyPatch, of: ModuleType = replenishment) -> None:
    """Let the process die where it calls a step of the run for the so-manieth time."""
    step, calls = getattr(of, name), count(1)

    def dies(*args, **named):
        if next(calls) == call:
            raise BrokenOff
        return step(*args, **named)

    dying.setattr(of, name, dies)


def test_a_run_that_broke_off_between_two_pieces_is_done_again(sessions, network, monkeypatch):
    monkeypatch.setattr(running, "PARTS_A_PIECE", 1)
    with monkeypatch.context() as dying:
        dies_at(2, "plan_piece", dying)
        with pytest.raises(BrokenOff):
            planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    with sessions() as session:
        run = session.scalars(select(PlanningRun)).one()
        assert run.finished_at is not None
        assert run.parts_done == 3


def test_a_run_tells_that_it_has_begun_before_its_constants_are_fixed(sessions, network, monkeypatch):
    with monkeypatch.context() as dying:
        dies_at(1, "note_constants", dying)
        with pytest.raises(BrokenOff):
            planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    with sessions() as session:
        run = session.scalars(select(PlanningRun)).one()
        assert (run.started_at is not None, run.parts, run.parts_done) == (True, 3, 0)


def test_each_step_is_written_down_when_it_is_done(sessions, network, monkeypatch):
    monkeypatch.setattr(running, "PARTS_A_PIECE", 1)
    with monkeypatch.context() as dying:
        dies_at(2, "note_progress", dying)
        with pytest.raises(BrokenOff):
            planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    with sessions() as session:
        run = session.scalars(select(PlanningRun)).one()
        assert run.parts_done == 1
        assert list(run.figures["seconds"]) == ["constants"]


def test_figures_that_a_process_died_over_are_folded_by_the_next_look_and_nothing_else_is(
    sessions, network, monkeypatch
):
    with monkeypatch.context() as dying:
        dies_at(1, "end_fold", dying, of=reporting)
        with pytest.raises(BrokenOff):
            planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    with sessions() as session:
        before = session.scalars(select(PlanningRun)).one()
        levels = session.scalars(select(StockLevel.computed_at)).all()
        assert session.scalars(select(FiguresFold)).all() == []
    planning.do_open_runs(sessions, do=planning.do_run)
    with sessions() as session:
        after = session.scalars(select(PlanningRun)).one()
        assert session.scalars(select(FiguresFold)).one().as_of_on == ON
        assert session.scalars(select(StockLevel.computed_at)).all() == levels
    assert after.finished_at == before.finished_at
    assert after.figures["released"] == before.figures["released"] > 0
    with statements_to(sessions.kw["bind"]) as sent:
        planning.do_open_runs(sessions)
    assert all(statement.startswith("SELECT") for statement in sent)


def test_a_night_whose_process_died_over_its_figures_is_asked_for_no_second_time(sessions, network, monkeypatch):
    with monkeypatch.context() as dying:
        dies_at(1, "end_fold", dying, of=reporting)
        with pytest.raises(BrokenOff):
            planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    with sessions() as session:
        assert len(session.scalars(select(PlanningRun)).all()) == 1
        assert session.scalars(select(FiguresFold)).one().as_of_on == ON


def test_a_run_that_is_done_before_its_process_begins_is_no_broken_one(sessions, network):
    planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    with sessions() as session:
        done = session.scalars(select(PlanningRun)).one()
    planning.do_aside(sessions, done.id)
    with sessions() as session:
        assert session.scalars(select(PlanningRun)).one().figures == done.figures


def test_a_run_ends_though_the_clock_is_set_back_while_it_is_at_work(session):
    run = replenishment.request_run(session, RunTrigger.MANUAL, on=ON, by=get_system_actor(session), at=NOON)
    replenishment.start(session, run, np.array([], np.int64), at=NOON)
    replenishment.finish(session, run.id, replenishment.Tally(), at=NOON - timedelta(hours=1))
    session.refresh(run)
    assert run.finished_at == NOON


def test_a_run_that_broke_off_while_it_released_orders_nothing_twice(sessions, network, monkeypatch):
    monkeypatch.setattr(running, "RELEASED_AT_ONCE", 1)
    with monkeypatch.context() as dying:
        dies_at(3, "release_within_limits", dying)
        with pytest.raises(BrokenOff):
            planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    with sessions() as session:
        doubled = session.execute(
            select(PartRequest.warehouse_id, PartRequestLine.part_id)
            .join(PartRequestLine)
            .where(PartRequest.source_id.is_not(None))
            .group_by(PartRequest.warehouse_id, PartRequestLine.part_id)
            .having(func.count() > 1)
        ).all()
        assert doubled == []


def test_nobody_plans_while_another_does(sessions, network):
    with planning.sole_planner(sessions) as sole:
        assert sole
        assert planning.plan_now(sessions, on=ON) is None
        planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    with sessions() as session:
        assert session.scalars(select(PlanningRun)).one().started_at is None


def test_a_run_somebody_asked_for_is_done_by_the_clock_in_a_process_that_stands_back(sessions, network):
    with sessions.begin() as session:
        by = get_system_actor(session)
        replenishment.request_run(session, RunTrigger.MANUAL, on=ON, by=by, at=NOON)
    doing = Thread(target=planning.do_open_runs, args=(sessions,))
    doing.start()
    nice = 0
    while doing.is_alive():
        for child in active_children():
            with suppress(ProcessLookupError):
                nice = max(nice, os.getpriority(os.PRIO_PROCESS, child.pid or 0))
        sleep(0.05)
    doing.join()
    with sessions() as session:
        assert session.scalars(select(PlanningRun)).one().finished_at is not None
        assert counted(session)["levels"] > 0
    assert nice == min(os.getpriority(os.PRIO_PROCESS, 0) + planning.NICENESS, MOST_NICE)
    assert active_children() == []


@pytest.mark.parametrize(("number", "told"), [(signal.SIGKILL, True), (signal.SIGTERM, False)])
def test_a_run_whose_process_dies_is_told_and_done_again(sessions, network, number, told):
    with sessions.begin() as session:
        replenishment.request_run(session, RunTrigger.MANUAL, on=ON, by=get_system_actor(session), at=NOON)
    struck = []

    def strike() -> None:
        while not struck:
            struck.extend(active_children())
            sleep(0.05)
        os.kill(struck[0].pid or 0, number)

    striking = Thread(target=strike, daemon=True)
    striking.start()
    with pytest.raises(ChildProcessError) if told else nullcontext():
        planning.do_open_runs(sessions)
    striking.join()
    planning.do_open_runs(sessions, do=planning.do_run)
    with sessions() as session:
        assert session.scalars(select(PlanningRun)).one().finished_at is not None


def test_with_nothing_asked_for_looking_writes_nothing(sessions, network):
    planning.do_open_runs(sessions)
    with statements_to(sessions.kw["bind"]) as sent:
        planning.do_open_runs(sessions)
    assert sent
    assert all(statement.startswith("SELECT") for statement in sent)


def test_a_run_that_breaks_off_again_and_again_is_left_alone_for_longer_each_time(monkeypatch):
    """The first time may have passed by; what a second time breaks it off will a third time, seconds later."""
    begun = []

    def breaks_off(_sessions, run_id):
        begun.append(run_id)
        raise ChildProcessError

    planner = planning.Resting(breaks_off)
    for _ in range(2):
        with pytest.raises(ChildProcessError):
            planner(sessionmaker(), 1)
    for waited, many in ((59, 2), (61, 3), (179, 3), (183, 4)):
        now = monotonic()
        with monkeypatch.context() as later:
            later.setattr("time.monotonic", lambda at=now + waited: at)
            with pytest.raises((planning.PlannerRests, ChildProcessError)):
                planner(sessionmaker(), 1)
        assert len(begun) == many


def test_a_run_that_went_well_rests_no_more():
    breaks = iter([True, False, True, True])

    def now_and_then(_sessions, _run_id):
        if next(breaks):
            raise ChildProcessError

    planner = planning.Resting(now_and_then)
    for told in (pytest.raises(ChildProcessError), nullcontext(), pytest.raises(ChildProcessError)):
        with told:
            planner(sessionmaker(), 1)
    with pytest.raises(ChildProcessError):
        planner(sessionmaker(), 1)


def test_while_a_run_rests_looking_for_it_ends_quietly(sessions, network):
    with sessions.begin() as session:
        replenishment.request_run(session, RunTrigger.MANUAL, on=ON, by=get_system_actor(session), at=NOON)

    def rests(_sessions, _run_id):
        raise planning.PlannerRests

    planning.do_open_runs(sessions, do=rests)
    with sessions() as session:
        assert session.scalars(select(PlanningRun)).one().started_at is None
