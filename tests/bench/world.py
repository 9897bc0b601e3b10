"""What the figures are taken on: the demo network in a database, people with tokens, a copy for pgbench, the server."""

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from inventory.db import database_now
from inventory.identity import Role
from inventory.network import Warehouse
from tests import given
from tests.bench.load import Target
from web.cluster import APP_ROLE, OWNER_ROLE
from web.commands.demo import SEED
from web.demo.loading import Wish, load
from web.demo.scales import Scale
from web.migrating import migrate
from web.processes import end, signalled_when_parent_dies

WORKERS, THREADS = 2, 4
ENGINEERS_MAX = 400
START_SECONDS_MAX = 60


@dataclass(frozen=True)
class Databases:
    """A server with the measured database and, once it was copied, the one in which pgbench makes the same writes."""

    url: str  # of the superuser, to any database of the server
    measured: str = "beijian"
    copied: str = "beijian_raw"

    def address(self, role: str, database: str) -> str:
        """The address of a database for a role."""
        url = make_url(self.url).set(username=role, database=database)
        return url.render_as_string(hide_password=False)

    @contextmanager
    def opened(self, role: str, database: str) -> Iterator[Engine]:
        """An engine for the length of the block; none of its connections outlives it."""
        engine = create_engine(self.address(role, database), poolclass=NullPool)
        try:
            yield engine
        finally:
            engine.dispose()

    def command(self, statement: str, database: str | None = None) -> None:
        """Run a statement that knows no transaction, as the superuser."""
        with self.opened("postgres", database or self.measured) as engine, engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(statement))

    def postmaster(self) -> int:
        """The first process of the server."""
        with self.opened("postgres", "postgres") as engine, engine.connect() as connection:
            return int(connection.scalar(text("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")) or 0)


@dataclass(frozen=True)
class World:
    """All that a figure needs. Parts are ordered by how much of them there is, which is how much they are asked for."""

    scale: str
    databases: Databases
    engineers: list[tuple[str, str]]  # a repair centre's code, and the token of its engineer
    parts: list[str]
    target: Target

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session of the program's role on the measured database; what it did is committed at the end."""
        opened = self.databases.opened(APP_ROLE, self.databases.measured)
        with opened as engine, Session(engine, expire_on_commit=False) as session, session.begin():
            yield session


def load_network(databases: Databases, scale: Scale) -> float:
    """Make the tables and load the demo network; tell how many seconds the load took."""
    owner = databases.address(OWNER_ROLE, databases.measured)
    migrate(owner, databases.address(APP_ROLE, databases.measured))
    started = time.monotonic()
    with databases.opened(OWNER_ROLE, databases.measured) as engine, Session(engine) as session, session.begin():
        load(session, Wish(scale, SEED, "9524000", 0), at=database_now(session))
    seconds = time.monotonic() - started
    databases.command("VACUUM (ANALYZE)")
    return seconds


def copy_database(databases: Databases) -> None:
    """Make the copy in which pgbench writes."""
    databases.command(
        f"CREATE DATABASE {databases.copied} TEMPLATE {databases.measured} OWNER {OWNER_ROLE} STRATEGY FILE_COPY",
        "postgres",
    )


def employ_engineers(databases: Databases) -> list[tuple[str, str]]:
    """An engineer with a token at each of some hundred repair centres, drawn at random."""
    rng = np.random.default_rng(SEED)
    with databases.opened(APP_ROLE, databases.measured) as engine, Session(engine) as session, session.begin():
        stations = session.query(Warehouse).filter(Warehouse.tier == "repair").order_by(Warehouse.id).all()
        chosen = rng.permutation(len(stations))[:ENGINEERS_MAX]
        return [employ(session, Role.ENGINEER, stations[index]) for index in chosen]


def employ(session: Session, role: Role, *at: Warehouse) -> tuple[str, str]:
    """Somebody in a role: the code of the warehouse he works at, and his token."""
    person = given.person(session, role, *at, login=f"bench-{secrets.token_hex(6)}")
    return (at[0].code if at else ""), given.token(session, person)


def parts_by_stock(databases: Databases) -> list[str]:
    """The part numbers, those of which the network holds most first."""
    with databases.opened(APP_ROLE, databases.measured) as engine, engine.connect() as connection:
        return list(
            connection.scalars(
                text(
                    "SELECT number FROM part LEFT JOIN (SELECT part_id, sum(on_hand) AS held FROM balance "
                    "GROUP BY part_id) stock ON part_id = id WHERE active ORDER BY coalesce(held, 0) DESC, id"
                )
            )
        )


@contextmanager
def serving(databases: Databases, folder: Path) -> Iterator[Target]:
    """Run the server as `beijian serve` does, on a free port of the loopback address, until the block ends."""
    port = _free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": databases.address(APP_ROLE, databases.measured),
        "SECRET_KEY": secrets.token_hex(32),
        "BEIJIAN_VAR": str(folder / "var"),
        "PORT": str(port),
        "WORKERS": str(WORKERS),
        "THREADS": str(THREADS),
    }
    with open(folder / "server.log", "wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "web.cli", "serve"],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=signalled_when_parent_dies(signal.SIGTERM),
        )
    try:
        _await_ready(server, port, folder / "server.log")
        yield Target("127.0.0.1", port, (server.pid, databases.postmaster()))
    finally:
        end(server, signal.SIGTERM, within_seconds=15)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _await_ready(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and server.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/api/v1/ready")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-3000:]}")
