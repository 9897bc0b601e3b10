"""What happens by the clock, and who does it.

Any number of `beijian jobs` may run. An advisory lock makes one of them the leader, for calm; the row that a run
inserts for its slot decides, for truth: a slot is run once even when two believe that they lead.

A slot is a stretch of the database's clock, `every` long, counted from 1970. A job is looked at more often than that:
what failed is tried again within its slot, and a slot missed while nobody ran is made up for at the next start.

A watch is looked after every few seconds instead and claims no slot: with nothing to do it writes nothing, and what it
does is claimed by rows of its own.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import active_children
from threading import Event

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from inventory.db import database_now
from inventory.slots import claim_slot

Sessions = sessionmaker[Session]

LEADING_LOCK = 0x6265696A02  # "beij", the timetable's leader
LOOK_EVERY_MAX = timedelta(seconds=30)
JOBS_AT_ONCE = 4
WATCHES_AT_ONCE = 4
"""Threads of their own: however long the jobs take, a watch is looked after."""
LEADER_POLL_SECONDS = 0.5
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# A leader cut off from the database has to notice before it has done much: ten seconds of silence.
NOTICE_DEATH = {"keepalives_idle": 4, "keepalives_interval": 2, "keepalives_count": 3, "connect_timeout": 5}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to run once in each slot. `run` opens its transactions itself, one per item it works on.

    Slots begin `after` so long from 1970 on: what runs by day is put into somebody's night.
    """

    name: str
    every: timedelta
    run: Callable[[Sessions], None]
    after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Watch:
    """Something to look after every few seconds. `run` does once what there is to do, however many watch."""

    name: str
    every: timedelta
    run: Callable[[Sessions], None]


def keep_timetable(database_url: str, timetable: Sequence[Job | Watch], stop: Event) -> None:
    """Lead when nobody else does, and while leading run what is due, until told to stop."""
    engine = create_engine(database_url, pool_size=2 * (JOBS_AT_ONCE + WATCHES_AT_ONCE), pool_pre_ping=True)
    leadership = Leadership(create_engine(database_url, poolclass=NullPool, connect_args=NOTICE_DEATH))
    scheduler: BackgroundScheduler | None = None
    while not stop.is_set():
        leads = leadership.is_ours()
        if leads and scheduler is None:
            log.info("leading the timetable")
            scheduler = start_scheduler(sessionmaker(engine, expire_on_commit=False), timetable)
        elif not leads and scheduler is not None:
            log.warning("lost the lead")
            scheduler.shutdown(wait=False)
            scheduler = None
        stop.wait(LEADER_POLL_SECONDS)
    if scheduler is not None:
        for child in active_children():  # what they do is begun anew; waiting for its end could take minutes
            child.terminate()
        scheduler.shutdown(wait=True)
    leadership.end()
    engine.dispose()


def start_scheduler(sessions: Sessions, timetable: Sequence[Job | Watch]) -> BackgroundScheduler:
    """Look at every job at once (slots may have been missed), and then at least twice per slot."""
    # It warns each time that a job still runs when it is looked at again, which here is as it should be.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    logging.getLogger("apscheduler.executors.default").setLevel(logging.WARNING)
    logging.getLogger("apscheduler.executors.watches").setLevel(logging.WARNING)
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(JOBS_AT_ONCE), "watches": ThreadPoolExecutor(WATCHES_AT_ONCE)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone=UTC,
    )
    for one in timetable:
        what: Callable[[], object]
        if isinstance(one, Watch):
            what, every, executor = partial(one.run, sessions), one.every, "watches"
        else:
            what, every, executor = partial(run_if_due, sessions, one), min(one.every / 2, LOOK_EVERY_MAX), "default"
        scheduler.add_job(
            what,
            "interval",
            seconds=every.total_seconds(),
            next_run_time=datetime.now(UTC),
            id=one.name,
            name=one.name,
            executor=executor,
        )
    scheduler.start()
    return scheduler


def run_if_due(sessions: Sessions, job: Job) -> bool:
    """Run the job for the present slot unless that is done or under way; say whether it ran.

    The claim is open while the job runs: if the job fails or its process dies, the slot is free again.
    """
    with sessions.begin() as claim:
        claim.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        slot = slot_at(database_now(claim) - job.after, job.every)
        if not _claimed(claim, job, slot):
            return False
        job.run(sessions)
        return True


def _claimed(claim: Session, job: Job, slot: datetime) -> bool:
    """Say whether the slot is ours; a rival that has it open keeps it: waiting for him ends in a lock timeout."""
    try:
        return claim_slot(claim, job.name, slot)
    except OperationalError as refused:
        if getattr(refused.orig, "sqlstate", None) != "55P03":  # lock_not_available
            raise
        claim.rollback()
        return False


def slot_at(at: datetime, every: timedelta) -> datetime:
    """Return the beginning of the slot that holds an instant."""
    return at - (at - EPOCH) % every


class Leadership:
    """An advisory lock on a connection of its own: whoever's connection dies leads no longer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None
        self._leads = False

    def is_ours(self) -> bool:
        """Say whether we lead now; take the lead if nobody has it."""
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            if self._leads:
                self._connection.execute(text("SELECT 1"))
            else:
                self._leads = bool(
                    self._connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LEADING_LOCK})
                )
        except DBAPIError as cut_off:
            log.warning("no connection to lead by: %s", cut_off.orig)
            self.end()
        return self._leads

    def end(self) -> None:
        """Let go of the lead by closing the connection for good: back in a pool it would lead on."""
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.invalidate()
            self._connection.close()
        self._connection = None
        self._leads = False
