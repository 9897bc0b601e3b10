"""The edge's way to the database: engines, sessions, and the transactions that use cases run in.

    reading()                    a read-only transaction of a request
    carry_out(...)               one use case under a command key: claimed, run, answered in one transaction; replayed
                                 when the key was used before; run again, at most three times, after a deadlock
    transaction(sessions, kind)  the same for jobs and commands of the command line, as the system account
    writing()                    a plain transaction for what has no key: log-in, log-out, language

The pool is as large as a worker has threads, so nobody waits for a connection. There is no ping before use: when the
server was restarted the first statement fails, SQLAlchemy throws the pool away, and the client is asked to repeat.
"""

import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from flask import current_app
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from inventory import commands, identity
from inventory.actor import Actor
from inventory.commands import Claim
from inventory.errors import Conflict
from web.cluster import APP_LIMITS

ATTEMPTS_MAX = 3
READY_SECONDS_MAX = 2


class CommandRunning(Conflict):
    """The same command is being carried out at this moment."""

    code = "command_running"


@dataclass(frozen=True, slots=True)
class Database:
    """The engines of one process and the sessions made on them."""

    engine: Engine
    direct: Engine  # autocommit: authentication is one statement and needs no BEGIN
    probe: Engine  # connections of its own, so that readiness is told while the pool is busy
    sessions: sessionmaker[Session]
    snapshots: sessionmaker[Session]

    def dispose(self) -> None:
        """Close every connection; after a fork, and at the end."""
        self.engine.dispose()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command is answered, as it is stored and given again."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Work:
    """A transaction of the system account: its session, its actor under a command, and the instant it counts as."""

    session: Session
    by: Actor
    at: datetime
    replayed: bool


UseCase = Callable[[Session, Actor, datetime], Answer]


def open_database(url: str, *, threads: int) -> Database:
    """Make the engines for a process of so many threads; connects at the first use."""
    # The role has these limits on our own server; on a server of somebody else's it may not.
    options = " ".join(f"-c {name}={value}" for name, value in APP_LIMITS.items())
    engine = create_engine(
        url,
        pool_size=threads,
        max_overflow=0,
        pool_timeout=5,
        pool_use_lifo=True,
        connect_args={"options": options, "connect_timeout": 5},
    )
    return Database(
        engine=engine,
        direct=engine.execution_options(isolation_level="AUTOCOMMIT"),
        probe=create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": READY_SECONDS_MAX}),
        sessions=sessionmaker(engine, expire_on_commit=False),
        snapshots=sessionmaker(engine.execution_options(postgresql_readonly=True), expire_on_commit=False),
    )


def database() -> Database:
    """The database of the running app."""
    opened: Database = current_app.extensions["database"]
    return opened


@contextmanager
def reading() -> Iterator[Session]:
    """Open a read-only transaction for a request; what is read stays usable afterwards.

    It ends in a COMMIT, of nothing: after a ROLLBACK psycopg throws away all statements prepared on the connection.
    """
    with database().snapshots.begin() as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """Open a transaction without a command key, for what may be repeated without harm; commits at the end."""
    with database().sessions.begin() as session:
        yield session


def carry_out(
    sessions: sessionmaker[Session], use_case: UseCase, *, by: Actor, key: str, kind: str, request: bytes
) -> Answer:
    """Run the use case once under its key and return its answer; the first answer when the key was used before.

    Raises: CommandRunning while a twin is at work; CommandKeyForeign, CommandKeyReused; whatever the use case raises.
    """
    for attempt in range(1, ATTEMPTS_MAX + 1):
        try:
            return _attempt(sessions, use_case, by=by, key=key, kind=kind, request=request)
        except OperationalError as error:
            if attempt == ATTEMPTS_MAX or not is_rivalry(error):
                raise
        time.sleep(random.uniform(0.005, 0.05) * attempt)  # noqa: S311 (rivals must not meet again; nothing secret)
    raise AssertionError("the last attempt returns or raises")


def _attempt(
    sessions: sessionmaker[Session], use_case: UseCase, *, by: Actor, key: str, kind: str, request: bytes
) -> Answer:
    with sessions.begin() as session:
        claimed = _claim(session, key=key, principal_id=by.person_id, kind=kind, request=request)
        if claimed.answer_status is not None:
            return Answer(claimed.answer_status, claimed.answer or b"")
        answer = use_case(session, by.under(claimed.command_id), claimed.at)
        commands.answer(session, claimed.command_id, status=answer.status, body=answer.body)
    return answer


def _claim(session: Session, *, key: str, principal_id: int, kind: str, request: bytes) -> Claim:
    try:
        return commands.claim(session, key=key, principal_id=principal_id, kind=kind, request=request)
    except OperationalError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise CommandRunning() from error
        raise


@contextmanager
def transaction(sessions: sessionmaker[Session], kind: str, *, key: str | None = None) -> Iterator[Work]:
    """Open a transaction of the system account under a command of this kind; commits at the end.

    With a key that was used before, `replayed` is true: the effect stands, and the block has nothing to do.
    """
    with sessions.begin() as session:
        system = identity.get_system_actor(session)
        claimed = _claim(
            session, key=key or f"{kind}:{secrets.token_hex(12)}", principal_id=system.person_id, kind=kind, request=b""
        )
        yield Work(session, system.under(claimed.command_id), claimed.at, claimed.replayed)
        if not claimed.replayed:
            commands.answer(session, claimed.command_id, status=200, body=b"")


def is_rivalry(error: DBAPIError) -> bool:
    """Whether the transaction lost against a rival and may simply be run again."""
    return isinstance(error.orig, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure)


def is_outage(error: DBAPIError) -> bool:
    """Whether the database was busy, full, stopping or away: nothing was done, and later it may work."""
    if error.connection_invalidated or is_rivalry(error):
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # no answer from the server at all
        return isinstance(error, OperationalError)
    return state in ("55P03", "57014") or state[:3] == "57P" or state[:2] in ("08", "53")
