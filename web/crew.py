"""Work on all parts, piece by piece, each in a transaction of its own: in this process or shared out among several."""

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context, parent_process
from typing import Protocol, TypeVar

from sqlalchemy import URL, text
from sqlalchemy.orm import Session, sessionmaker

from inventory import subscriptions
from inventory.planning.replenishment.arrays import Ids
from web.db import open_database
from web.jobs import Sessions
from web.processes import signalled_when_parent_dies

PATIENT = text("""
    SELECT set_config('idle_in_transaction_session_timeout', '0', true),
           set_config('statement_timeout', '600s', true), set_config('lock_timeout', '60s', true)
""")
"""What a planner's transaction asks for: it works things out between its statements, reads much at once, and waits its
turn with others who do."""

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")


class Task(Protocol[T_co]):
    """What is done with each piece; it travels to other processes."""

    def do(self, session: Session, part_ids: Ids) -> T_co:
        """Do a piece in the transaction of the session."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Those who do the pieces: this process alone, or a pool of others."""

    sessions: Sessions
    pool: ProcessPoolExecutor | None

    def each(self, task: Task[T], pieces: Sequence[Ids]) -> Iterator[T]:
        """What came of each piece as it is done; in order, whoever did it."""
        if self.pool is None:
            return (_done(self.sessions, task, piece) for piece in pieces)
        return self.pool.map(_do_in_worker, repeat(task), pieces)


@contextmanager
def gathered(sessions: Sessions, *, processes: int) -> Iterator[Crew]:
    """A crew for the length of the block."""
    if processes == 1:
        yield Crew(sessions, None)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _open_worker, (address(sessions),)) as pool:
        yield Crew(sessions, pool)


def address(sessions: Sessions) -> str:
    """The address of the database that sessions are made on."""
    url: URL = sessions.kw["bind"].url
    return url.render_as_string(hide_password=False)


def _done(sessions: Sessions, task: Task[T], part_ids: Ids) -> T:
    with sessions.begin() as session:
        session.execute(PATIENT)
        return task.do(session, part_ids)


_worker: sessionmaker[Session] | None = None


def _open_worker(url: str) -> None:
    """Make a process of the pool ready: with connections of its own. It ends with the one that opened the pool."""
    global _worker
    if dies_with_parent := signalled_when_parent_dies(signal.SIGTERM):
        dies_with_parent()
    parent = parent_process()
    if parent is None or not parent.is_alive():
        raise SystemExit  # it died before the kernel was told to tell us
    subscriptions.connect()
    _worker = open_database(url, threads=1).sessions


def _do_in_worker(task: Task[T], part_ids: Ids) -> T:
    assert _worker is not None, "the pool opens its processes first"
    return _done(_worker, task, part_ids)
