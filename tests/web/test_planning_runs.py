"""Replenishment runs with real commits: done once, done again after they broke off, never two at a time."""

import os
import signal
from contextlib import nullcontext, suppress
from functools import partial
from itertools import count
from multiprocessing import active_children
from threading import Thread
from time import sleep

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from inventory.identity import get_system_actor
from inventory.planning import replenishment
from inventory.planning.replenishment import PlanningRun, Proposal, ProposalStatus, RunTrigger, StockLevel, running
from inventory.reporting.planning_figures_models import ForecastMonth
from inventory.reporting.verifying import verify
from inventory.sourcing.models import PartRequest, PartRequestLine
from tests import given
from tests.given import NOON
from tests.given.planning import MONTHS, ON, asked_monthly, three_tiers
from tests.given.procurement import sold, supplier
from tests.statements import statements_to
from web import planning

MOST_NICE = 19


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


def test_two_processes_look_back_on_the_same_as_one(sessions, network, monkeypatch):
    planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    alone = forecasts(sessions)
    with sessions.begin() as session:
        session.execute(text("DELETE FROM forecast_month"))
    monkeypatch.setattr(running, "PARTS_A_PIECE", 1)
    planning.plan_now(sessions, on=ON, processes=2)
    assert forecasts(sessions) == alone


def test_a_second_run_of_the_day_orders_nothing_more(sessions, network):
    planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    with sessions() as session:
        first = counted(session)
    planning.plan_now(sessions, on=ON)
    with sessions() as session:
        assert counted(session) == first


def test_two_processes_plan_the_same_as_one(sessions, network):
    def levels():
        with sessions() as session:
            columns = [
                column for column in StockLevel.__table__.columns if column.name not in ("run_id", "computed_at")
            ]
            return session.execute(select(*columns).order_by(StockLevel.part_id, StockLevel.warehouse_id)).all()

    planning.plan_tonight(sessions, on=ON, do=planning.do_run)
    alone = levels()
    with sessions.begin() as session:
        session.execute(text("DELETE FROM stock_level"))
        session.execute(text("UPDATE proposal SET status = 'withdrawn', decided_at = now() WHERE status = 'open'"))
    planning.plan_now(sessions, on=ON, processes=2)
    assert levels() == alone


class BrokenOff(Exception):
    """The process died."""


def dies_at(call: int, name: str, dying: pytest.MonkeyPatch) -> None:
    """Let the process die where it calls a step of the run for the so-manieth time."""
    step, calls = getattr(replenishment, name), count(1)

    def dies(*args, **named):
        if next(calls) == call:
            raise BrokenOff
        return step(*args, **named)

    dying.setattr(replenishment, name, dies)


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
    aside = partial(planning.do_aside, processes=2)
    doing = Thread(target=planning.do_open_runs, args=(sessions,), kwargs={"do": aside})
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
