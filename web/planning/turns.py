"""Whose turn it is to plan: one process at a time, the run that was asked for first, and once more what broke off."""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from multiprocessing import get_context

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from inventory import subscriptions
from inventory.errors import NotFound
from inventory.planning import replenishment
from inventory.planning.replenishment import RunTrigger, RunUnderWay, Tally
from web.crew import address
from web.db import is_outage, open_database, transaction
from web.jobs import Sessions
from web.log import log_as_json
from web.planning.night import do_run
from web.processes import signalled_when_parent_dies

PLANNING_LOCK = 0x6265696A04  # "beij", one replenishment run at a time
REST_SECONDS_FIRST, REST_SECONDS_MAX = 60.0, 3600.0
NICENESS = 10
"""By how much a run in a process of its own stands back behind everybody who works at a screen."""

log = logging.getLogger(__name__)


class PlannerEnded(Exception):
    """The process that did a run was told to end."""


class PlannerRests(Exception):
    """A run broke off again and again, and it is not yet time to begin it once more."""


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
            except PlannerRests:
                return


def plan_tonight(sessions: Sessions, *, on: date, do: Do | None = None) -> None:
    """Ask for the nightly run of a day and do it; one that broke off is done again instead."""
    with suppress(RunUnderWay), transaction(sessions, "request_planning_run") as work:
        if not replenishment.is_left_undone(work.session, RunTrigger.NIGHTLY, on=on):
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
                with suppress(DBAPIError):  # a connection that is gone has let go of it
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


class Resting:
    """Does runs in a given way; one that broke off is begun anew at once, and then a while later, longer each time.

    What broke it off may pass (a database that starts again) or stay (a disk that is full): then a run that is begun
    every few seconds would take a processor for good and tell nobody anything new.
    """

    def __init__(self, do: Do) -> None:
        self._do = do
        self._breaks = 0
        self._rests_until = 0.0

    def __call__(self, sessions: Sessions, run_id: int) -> None:
        """Do a run. Raises: PlannerRests; PlannerEnded; ChildProcessError when it broke off."""
        if time.monotonic() < self._rests_until:
            raise PlannerRests
        try:
            self._do(sessions, run_id)
        except ChildProcessError:
            seconds = min(REST_SECONDS_FIRST * 2 ** (self._breaks - 1), REST_SECONDS_MAX) if self._breaks else 0.0
            self._breaks += 1
            self._rests_until = time.monotonic() + seconds
            log.error("run %s broke off, %d times by now; it is begun anew in %.0f s", run_id, self._breaks, seconds)
            raise
        self._breaks = 0


def _give_way(url: str, run_id: int, processes: int) -> None:
    """Do a run whenever nobody else wants the processor, for as long as whoever started it lives."""
    if dies_with_parent := signalled_when_parent_dies(signal.SIGTERM):
        dies_with_parent()
    os.nice(NICENESS)
    log_as_json()
    subscriptions.connect()
    try:
        do_run(open_database(url, threads=2).sessions, run_id, processes=processes)
    except NotFound:
        log.info("run %s is done by now, or a later one was asked for", run_id)
    except Exception as error:
        if isinstance(error, DBAPIError) and is_outage(error):
            log.error("run %s broke off: the database is away or full: %s", run_id, error.orig)
        else:
            log.exception("run %s broke off", run_id)
        raise SystemExit(1) from error


def _next_run(sessions: Sessions) -> int | None:
    with sessions() as session:
        run = replenishment.find_undone_run(session)
        return None if run is None else run.id
