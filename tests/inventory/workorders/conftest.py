"""Work orders with all that stands below them: the contexts are connected as in the running program."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from inventory import subscriptions
from tests.conftest import Server, opened
from web.cluster import APP_ROLE


@pytest.fixture(autouse=True)
def _connected() -> None:
    subscriptions.connect()


@pytest.fixture(scope="module")
def arena(server: Server, worker_id: str) -> Iterator[Engine]:
    """A database for the races of a module: what really commits stays for the next race."""
    with (
        server.copy(f"{worker_id}_repairs") as database,
        opened(server.address(database, APP_ROLE), pool_size=8) as engine,
    ):
        yield engine


@pytest.fixture(scope="session")
def races(pytestconfig: pytest.Config) -> int:
    """How often a race is run."""
    return int(pytestconfig.getoption("--races"))
