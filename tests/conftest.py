"""A real PostgreSQL for every test that asks for one, and a real Chromium for those marked `browser`.

The server is TEST_DATABASE_URL (a superuser's address) when given, else our own cluster in a temporary folder, without
fsync. The migrations run once, into a template; each worker and each `fresh_database` is a copy of it.

    session         as the program's role, inside a transaction that is rolled back: commits become savepoints
    owner_session   the same as the owner of the tables, to plant what the program's role may not write
    engine          the worker's database as the program's role; who commits there leaves it to the next test
    fresh_database  an engine on a database of the test's own, for what really commits or races
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from web.cluster import APP_ROLE, OWNER_ROLE, make_roles, running
from web.migrating import migrate

NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_connections": "200",
}
IN_CI = os.environ.get("CI") == "true"
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
SERVER = pytest.StashKey["Server"]()
SERVER_STACK = pytest.StashKey[ExitStack]()


@dataclass(frozen=True)
class Server:
    """The one server of a run: its superuser's address, and how this run's databases begin."""

    url: str
    prefix: str

    def execute(self, *statements: str) -> None:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def address(self, database: str, role: str) -> str:
        url = make_url(self.url).set(database=database, username=role)
        return url.render_as_string(hide_password=False)

    @property
    def template(self) -> str:
        return f"{self.prefix}_template"

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        """Make a database from the template for the length of the block; give its name."""
        database = f"{self.prefix}_{name}"
        self.execute(f"CREATE DATABASE {database} TEMPLATE {self.template} OWNER {OWNER_ROLE}")
        try:
            yield database
        finally:
            self.execute(f"DROP DATABASE {database} WITH (FORCE)")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let whoever has the time run more of what is random: small by default, so that `make test` stays quick."""
    sizes = parser.getgroup("sizes", "how much of what is random is tried")
    sizes.addoption("--races", type=int, default=3, help="times that each race between rivals is run")
    sizes.addoption("--histories", type=int, default=8, help="random histories a state machine goes through")
    sizes.addoption("--steps", type=int, default=40, help="steps of a random history")
    sizes.addoption("--unshrunk", action="store_true", help="tell a failing history as found, not made shorter")
    sizes.addoption("--kills", type=int, default=3, help="times that a fault drill kills a worker or the server")


@contextmanager
def temporary_server() -> Iterator[str]:
    """Run a PostgreSQL that ends with the tests; give its superuser's address."""
    folder = Path(tempfile.mkdtemp(prefix="beijian-test-"))
    try:
        with running(folder / "pg", extra_settings=NOT_DURABLE) as cluster:
            yield cluster.url("postgres", "postgres")
    finally:
        shutil.rmtree(folder)


@contextmanager
def given_server(url: str) -> Iterator[str]:
    """Use the server of TEST_DATABASE_URL, whose user may make roles and databases; the roles get its password."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        make_roles(connection)
        if password := make_url(url).password:
            for role in (OWNER_ROLE, APP_ROLE):
                quoted = "'" + password.replace("'", "''") + "'"
                connection.exec_driver_sql(f"ALTER ROLE {role} PASSWORD {quoted}")
    engine.dispose()
    yield url


@contextmanager
def template(server: Server) -> Iterator[None]:
    """Migrate the database that all others are copies of, by the real migrations."""
    server.execute(f"CREATE DATABASE {server.template} TEMPLATE template0 ENCODING 'UTF8' OWNER {OWNER_ROLE}")
    try:
        migrate(server.address(server.template, OWNER_ROLE), server.address(server.template, APP_ROLE))
        yield
    finally:
        server.execute(f"DROP DATABASE {server.template} WITH (FORCE)")


def server_of(config: pytest.Config) -> Server:
    """Return the run's server, starting it at the first call; workers of xdist are told by their controller."""
    if hasattr(config, "workerinput"):
        return Server(**config.workerinput["server"])
    if SERVER not in config.stash:
        stack = config.stash[SERVER_STACK] = ExitStack()
        given = os.environ.get("TEST_DATABASE_URL")
        url = stack.enter_context(given_server(given) if given else temporary_server())
        server = config.stash[SERVER] = Server(url=url, prefix=f"beijian_test_{os.getpid()}")
        stack.enter_context(template(server))
    return config.stash[SERVER]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["server"] = asdict(server_of(node.config))


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVER_STACK in config.stash:
        config.stash[SERVER_STACK].close()


# Databases and sessions.


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Server:
    """The server itself, for tests that need databases of another kind."""
    return server_of(pytestconfig)


@pytest.fixture(scope="session")
def _worker_database(server: Server, worker_id: str) -> Iterator[str]:
    with server.copy(worker_id) as database:
        yield database


@pytest.fixture(scope="session")
def database_url(server: Server, _worker_database: str) -> str:
    """This worker's database as the program's role."""
    return server.address(_worker_database, APP_ROLE)


@pytest.fixture(scope="session")
def owner_database_url(server: Server, _worker_database: str) -> str:
    """This worker's database as the owner of its tables."""
    return server.address(_worker_database, OWNER_ROLE)


@contextmanager
def opened(url: str, **options: Any) -> Iterator[Engine]:
    engine = create_engine(url, **options)
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    with opened(database_url) as engine:
        yield engine


@pytest.fixture(scope="session")
def owner_engine(owner_database_url: str) -> Iterator[Engine]:
    with opened(owner_database_url) as engine:
        yield engine


@contextmanager
def rolled_back(engine: Engine) -> Iterator[Session]:
    """Give a session whose commits are savepoints of a transaction that is rolled back."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with rolled_back(engine) as session:
        yield session


@pytest.fixture
def owner_session(owner_engine: Engine) -> Iterator[Session]:
    with rolled_back(owner_engine) as session:
        yield session


_fresh = itertools.count(1)


@pytest.fixture
def fresh_database_urls(server: Server, worker_id: str) -> Iterator[tuple[str, str]]:
    """A database of the test's own: its address as the program's role, and as the owner."""
    with server.copy(f"{worker_id}_{next(_fresh)}") as database:
        yield server.address(database, APP_ROLE), server.address(database, OWNER_ROLE)


@pytest.fixture
def fresh_database(fresh_database_urls: tuple[str, str]) -> Iterator[Engine]:
    """An engine on a database of the test's own, as the program's role; room for races of 32 threads."""
    with opened(fresh_database_urls[0], pool_size=32, max_overflow=8) as engine:
        yield engine


# The browser: Debian's Chromium.

NO_CHROMIUM = "no Chromium on this machine: the screens are NOT tested in a browser (apt-get install chromium)"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no browser; in CI let them fail instead."""
    if CHROMIUM is None and not IN_CI:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if CHROMIUM is None:
        terminalreporter.section("WARNING", sep="!", red=True, bold=True)
        terminalreporter.line(NO_CHROMIUM)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How pytest-playwright starts Chromium: as root, without talking to the outside."""
    if CHROMIUM is None:
        pytest.fail(NO_CHROMIUM)
    return {
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ],
    }
