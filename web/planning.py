"""Replenishment runs from outside the domain: one at a time, a transaction a piece, in one process or several."""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import reduce
from multiprocessing import get_context
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from inventory import reporting, subscriptions
from inventory.db import database_now
from inventory.errors import Refusal
from inventory.planning import calibration, replenishment
from inventory.planning.policies import PolicyBook, read_policy_book
from inventory.planning.replenishment import Noted, Piece, RunTrigger, RunUnderWay, Tally
from inventory.planning.replenishment.arrays import Ids, Reals
from inventory.planning.replenishment.constants import Constants
from web.crew import PATIENT, Crew, address, gathered
from web.db import open_database, transaction
from web.jobs import Sessions
from web.processes import signalled_when_parent_dies

PLANNING_LOCK = 0x6265696A04  # "beij", one replenishment run at a time
NICENESS = 10
"""By how much a run in a process of its own stands back behind everybody who works at a screen."""

BRISK = text("SELECT set_config('lock_timeout', '5s', true)")
"""What a refill asks for once it has its turn: the pieces of a night wait for it, so it waits for nobody long."""
RIVALS_AND_REFUSALS = (DBAPIError, Refusal)
"""What may befall one part and spare the others: a row that somebody holds too long, a rule that speaks against it."""

log = logging.getLogger(__name__)


class PlannerEnded(Exception):
    """The process that did a run was told to end."""


Do = Callable[[Sessions, int], object]
"""How a run is done."""


def do_open_runs(sessions: Sessions, *, do: Do | None = None) -> None:
    """Do the runs that were asked for, unless another process is at it; each aside, unless told how else."""
    if _next_run(sessions) is None:
        return
    with sole_planner(sessions) as sole:
        while sole and (run_id := _next_run(sessions)) is not None:
            try:
                (do or do_aside)(sessions, run_id)
            except PlannerEnded:
                log.info("run %s was broken off; it is begun anew", run_id)
                return


def plan_tonight(sessions: Sessions, *, on: date, do: Do | None = None) -> None:
    """Ask for the nightly run of a day and do it; one that broke off is done again instead."""
    with suppress(RunUnderWay), transaction(sessions, "request_planning_run") as work:
        replenishment.request_run(work.session, RunTrigger.NIGHTLY, on=on, by=work.by, at=work.at)
    do_open_runs(sessions, do=do)


def plan_now(sessions: Sessions, *, on: date, processes: int = 1) -> Tally | None:
    """Ask for a run of a day and do it now; None when another process is planning."""
    with sole_planner(sessions) as sole:
        if not sole:
            return None
        with suppress(RunUnderWay), transaction(sessions, "request_planning_run") as work:
            replenishment.request_run(work.session, RunTrigger.MANUAL, on=on, by=work.by, at=work.at)
        tally = None
        while (run_id := _next_run(sessions)) is not None:
            tally = do_run(sessions, run_id, processes=processes)
        return tally


@contextmanager
def sole_planner(sessions: Sessions) -> Iterator[bool]:
    """Whether this process is the one that plans; it stays so until the end of the block, or until it dies."""
    engine = sessions.kw["bind"]
    assert isinstance(engine, Engine), "sessions are made on an engine"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        sole = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": PLANNING_LOCK}))
        try:
            yield sole
        finally:
            if sole:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": PLANNING_LOCK})


def do_aside(sessions: Sessions, run_id: int, *, processes: int = 1) -> None:
    """Do a run in processes of its own that give way to people at work, and give back the memory that they took.

    Raises: PlannerEnded when somebody ended it; ChildProcessError when it died, or told of an error.
    """
    planner = get_context("spawn").Process(
        target=_give_way, args=(address(sessions), run_id, processes), name="planner"
    )
    planner.start()
    planner.join()
    if planner.exitcode == -signal.SIGTERM:
        raise PlannerEnded
    if planner.exitcode:
        raise ChildProcessError(f"run {run_id} broke off: its process ended with {planner.exitcode}")


def _give_way(url: str, run_id: int, processes: int) -> None:
    """Do a run whenever nobody else wants the processor, for as long as whoever started it lives."""
    if dies_with_parent := signalled_when_parent_dies(signal.SIGTERM):
        dies_with_parent()
    os.nice(NICENESS)
    subscriptions.connect()
    do_run(open_database(url, threads=2).sessions, run_id, processes=processes)


def _next_run(sessions: Sessions) -> int | None:
    with sessions() as session:
        run = replenishment.find_open_run(session)
        return None if run is None else run.id


def do_run(sessions: Sessions, run_id: int, *, processes: int = 1) -> Tally:
    """Do a run from its constants to the release of what needs no person, and fold the planners' figures."""
    begun = time.monotonic()
    tally = Tally()
    with sessions.begin() as session:
        session.execute(PATIENT)
        run = replenishment.get_open_run(session, run_id)
        book = read_policy_book(session, on=run.as_of_on)
        part_ids = replenishment.list_parts(session)
        constants = calibration.fix_constants(session, part_ids, book, on=run.as_of_on)
        replenishment.start(session, run, part_ids, constants, at=database_now(session))
    tally.seconds["constants"] = time.monotonic() - begun
    plan = Plan(run_id, run.as_of_on, constants, book)
    with gathered(sessions, processes=processes) as crew:
        _plan(crew, plan, part_ids, tally)
        tally.seconds["pieces"] = time.monotonic() - begun - tally.seconds["constants"]
        tally.released = release_all(sessions, run_id)
        tally.seconds["all"] = time.monotonic() - begun
        tally.seconds["release"] = tally.seconds["all"] - tally.seconds["constants"] - tally.seconds["pieces"]
        with sessions.begin() as session:
            replenishment.finish(session, run_id, tally, at=database_now(session))
        back_cast(crew, plan, part_ids)
        fold_figures(crew, on=run.as_of_on)
    tally.seconds["figures"] = time.monotonic() - begun - tally.seconds["all"]
    with sessions.begin() as session:
        replenishment.note_tally(session, run_id, tally)
    return tally


def _plan(crew: Crew, plan: "Plan", part_ids: Ids, tally: Tally) -> None:
    pieces, done = list(replenishment.pieces_of(part_ids)), 0
    for ids, piece in zip(pieces, crew.each(plan, pieces), strict=True):
        tally.add(piece)
        done += len(ids)
        with crew.sessions.begin() as session:
            replenishment.note_progress(session, plan.run_id, done)


def back_cast(crew: Crew, plan: "Plan", part_ids: Ids) -> None:
    """Work out once what would have been expected of the months before the first run, all of it or nothing."""
    with crew.sessions.begin() as session:
        months = reporting.months_to_back_cast(session, on=plan.on)
    if not months:
        return
    some = reporting.parts_to_back_cast(part_ids)
    looking = LookingBack(plan, months)
    expected = np.concatenate(list(crew.each(looking, list(replenishment.pieces_of(some)))), axis=1)
    with crew.sessions.begin() as session:
        session.execute(PATIENT)
        reporting.keep_back_cast(session, months, some, expected, on=plan.on)


def fold_figures(crew: Crew, *, on: date) -> None:
    """Fold the figures of the planners' cockpit, part by part; then those of the pieces are written at once."""
    with crew.sessions.begin() as session:
        session.execute(PATIENT)
        ground = reporting.begin_fold(session, on=on)
    sums = reduce(reporting.Sums.plus, crew.each(Folding(ground), reporting.pieces_to_fold(ground)))
    with crew.sessions.begin() as session:
        session.execute(PATIENT)
        reporting.end_fold(session, ground, sums, at=database_now(session))


def release_all(sessions: Sessions, run_id: int) -> int:
    """Turn into orders what of a run needs no person, some at a time; how many lines were ordered, ever."""
    while True:
        with transaction(sessions, "release_proposals") as work:
            work.session.execute(PATIENT)
            if replenishment.release_within_limits(work.session, run_id, by=work.by, at=work.at) is None:
                return replenishment.count_released(work.session, run_id, by=work.by)


def refill_urgent(sessions: Sessions, *, zone: ZoneInfo) -> None:
    """Refill the urgent places whose position was lowered, orders within limits included.

    Where that fails for some parts together it is done part by part, so that one does not keep the others waiting; what
    fails alone is left to the next look.
    """
    last = 0
    while (noted := _noted_after(sessions, last)).ids:
        last = noted.ids[-1]
        try:
            _refill(sessions, noted, zone=zone)
        except RIVALS_AND_REFUSALS:
            for one in noted.by_part():
                try:
                    _refill(sessions, one, zone=zone)
                except RIVALS_AND_REFUSALS as error:
                    log.warning("part %s is not refilled now: %s", one.part_ids[0], error)


def _noted_after(sessions: Sessions, last: int) -> Noted:
    with sessions() as session:
        return replenishment.list_noted(session, after=last)


def _refill(sessions: Sessions, noted: Noted, *, zone: ZoneInfo) -> None:
    """Do what follows from notes and forget them, in one transaction: whoever dies on the way leaves them."""
    with transaction(sessions, "refill_urgent") as work:
        work.session.execute(PATIENT)
        replenishment.take_turn(work.session)
        work.session.execute(BRISK)
        on = work.at.astimezone(zone).date()
        replenishment.refill(work.session, noted.part_ids, on=on, by=work.by, at=work.at)
        replenishment.forget_noted(work.session, noted.ids)


@dataclass(frozen=True, slots=True)
class Plan:
    """What every piece of a run goes by."""

    run_id: int
    on: date
    constants: Constants
    book: PolicyBook

    def do(self, session: Session, part_ids: Ids) -> Piece:
        """Plan some parts."""
        return replenishment.plan_piece(
            session, self.run_id, part_ids, self.book, self.constants, on=self.on, at=database_now(session)
        )


@dataclass(frozen=True, slots=True)
class LookingBack:
    """What every piece of a back-cast goes by."""

    plan: Plan
    months: Sequence[date]

    def do(self, session: Session, part_ids: Ids) -> Reals:
        """Look back at some parts."""
        return replenishment.look_back(session, part_ids, self.plan.book, self.plan.constants, self.months)


@dataclass(frozen=True, slots=True)
class Folding:
    """What every piece of a fold goes by."""

    ground: reporting.Ground

    def do(self, session: Session, part_ids: Ids) -> reporting.Sums:
        """Fold some parts."""
        return reporting.fold_parts(session, self.ground, part_ids)
