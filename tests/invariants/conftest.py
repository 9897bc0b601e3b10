"""Histories and races on databases of their own, in sizes that options set."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from sqlalchemy import Engine

from inventory import events
from tests.conftest import Server, opened
from web.cluster import APP_ROLE

_arenas = count(1)


@pytest.fixture(scope="session")
def races(pytestconfig: pytest.Config) -> int:
    """How often a race is run."""
    return int(pytestconfig.getoption("--races"))


@pytest.fixture(scope="module")
def arena(server: Server, worker_id: str) -> Iterator[Engine]:
    """A database for the races of a module: what really commits stays for the next race."""
    with (
        server.copy(f"{worker_id}_arena_{next(_arenas)}") as database,
        opened(server.address(database, APP_ROLE), pool_size=32, max_overflow=8) as engine,
    ):
        yield engine


@pytest.fixture(scope="session")
def sizes(pytestconfig: pytest.Config) -> settings:
    """How many random histories, and how long."""
    phases = [Phase.explicit, Phase.generate, Phase.shrink]
    return settings(
        max_examples=pytestconfig.getoption("--histories"),
        stateful_step_count=pytestconfig.getoption("--steps"),
        phases=phases[:2] if pytestconfig.getoption("--unshrunk") else phases,
        report_multiple_bugs=False,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger by itself: what it announces is heard by nobody."""
    monkeypatch.setattr(events, "_listeners", defaultdict(list))
