"""A season in which nights are run by rivals and killed, and people order and decide while they run: clean books."""

import os
import signal
from contextlib import suppress
from datetime import timedelta
from multiprocessing import active_children
from threading import Thread
from time import sleep

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import sessionmaker

from inventory import subscriptions
from inventory.identity import get_system_actor
from inventory.planning import replenishment
from inventory.planning.replenishment import PlanningRun, Proposal, ProposalKind, ProposalStatus, RunTrigger
from inventory.planning.replenishment.errors import ProposalDecided
from inventory.procurement.models import PurchaseOrderLine
from inventory.reporting.verifying import verify
from inventory.sourcing.models import PartRequest, PartRequestLine
from tests import given
from tests.conftest import opened
from tests.inventory.planning.simulation.season import BEGINS, Season, instant
from web import planning
from web.cluster import APP_ROLE

DAYS = 5
KILLED_ON = (1, 3)


def together(*doings):
    """Do several things at once; what one of them raises is raised here."""
    raised = []

    def guarded(doing):
        try:
            doing()
        except BaseException as error:  # noqa: BLE001 -- told below, in the thread that waits
            raised.append(error)

    threads = [Thread(target=guarded, args=(doing,)) for doing in doings]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if raised:
        raise raised[0]


def killed(sessions, on):
    """A night whose process is killed in the midst of it; whether it was."""
    with sessions.begin() as session:
        replenishment.request_run(session, RunTrigger.MANUAL, on=on, by=get_system_actor(session), at=instant(on, 0))

    def strike():
        while not active_children():
            sleep(0.01)
        [victim, *_] = active_children()
        while last_run(sessions).started_at is None:
            sleep(0.01)
        with suppress(ProcessLookupError):
            os.kill(victim.pid or 0, signal.SIGKILL)

    def run():
        with suppress(ChildProcessError):
            planning.do_open_runs(sessions)

    together(strike, run)
    return last_run(sessions).finished_at is None


def last_run(sessions):
    with sessions() as session:
        return session.scalars(select(PlanningRun).order_by(PlanningRun.id.desc()).limit(1)).one()


def approve_all(sessions, on):
    """One of two buyers who both want to buy everything."""
    with sessions.begin() as session:
        wanted = session.scalars(
            select(Proposal.id)
            .where(Proposal.status == ProposalStatus.OPEN, Proposal.kind == ProposalKind.PURCHASE)
            .order_by(Proposal.id)
        ).all()
        by = given.acting(session)
        if wanted:
            with suppress(ProposalDecided):
                replenishment.approve_proposals(session, wanted, by=by, at=instant(on, 3))


@pytest.fixture(scope="module")
def rough(server, worker_id):
    subscriptions.connect()
    with server.copy(f"{worker_id}_rough") as database, opened(server.address(database, APP_ROLE)) as engine:
        sessions = sessionmaker(engine, expire_on_commit=False)
        season, draw = Season(sessions), np.random.default_rng(8)
        places = [(station, part) for station in season.stations for part in season.parts]
        for number in range(DAYS):
            on = BEGINS + timedelta(days=number)
            wanted = {place: 1 + int(draw.integers(3)) for place in places if draw.random() < 0.3}
            if number in KILLED_ON:
                assert killed(sessions, on)
            together(
                lambda on=on: planning.plan_now(sessions, on=on),
                lambda on=on: planning.plan_now(sessions, on=on),
                lambda on=on, wanted=wanted: season.ask(on, wanted),
            )
            together(*[lambda on=on: approve_all(sessions, on)] * 2)
            season.send(on)
            season.receive(on)
        yield sessions


def test_the_books_are_right(rough):
    with rough() as session:
        assert [check.rule for check in verify(session) if check.violations] == []


def test_every_run_came_to_its_end(rough):
    planning.do_open_runs(rough, do=planning.do_run)
    with rough() as session:
        assert session.scalars(select(PlanningRun.id).where(PlanningRun.finished_at.is_(None))).all() == []
        assert session.scalar(select(func.count()).select_from(PlanningRun)) >= DAYS


def test_what_was_released_was_ordered_once(rough):
    with rough() as session:
        released = select(func.sum(Proposal.released_quantity)).where(Proposal.status == ProposalStatus.RELEASED)
        bought = Proposal.kind == ProposalKind.PURCHASE
        ordered = select(func.sum(PartRequestLine.quantity)).join(PartRequest)
        moved = session.scalar(ordered.where(PartRequest.source_id.is_not(None)))
        assert session.scalar(released.where(~bought)) == moved > 0
        assert (
            session.scalar(released.where(bought)) == session.scalar(select(func.sum(PurchaseOrderLine.quantity))) > 0
        )


def test_of_a_part_and_a_place_never_two_proposals_stand_open(rough):
    with rough() as session:
        doubled = (
            select(Proposal.part_id, Proposal.kind, Proposal.warehouse_id)
            .where(Proposal.status == ProposalStatus.OPEN, Proposal.kind != ProposalKind.EXCESS_RETURN)
            .group_by(Proposal.part_id, Proposal.kind, Proposal.warehouse_id)
            .having(func.count() > 1)
        )
        assert session.execute(doubled).all() == []
