"""Kill the workers, kill the database, cut the lines between them, under load: what was answered stands, exactly once.

`--kills` sets how often; small by default. The database keeps what it committed, as the product's does.
"""

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from tests.bench.world import Databases, serving
from tests.faults.drill import Client, Durable, Journal, Place, Proxy, await_answers, judge, lay, load, workers_of
from web.cluster import APP_ROLE

pytestmark = pytest.mark.slow

BETWEEN = 15
"""How many writes are answered, at least, between one fault and the next."""


@dataclass
class Drill:
    """The database of the module's drills with the place in it, and the journals of all drills so far."""

    folder: Path
    durable: Durable
    place: Place
    journals: list[Journal] = field(default_factory=list)
    names: Iterator[int] = field(default_factory=lambda: count(1))

    @contextmanager
    def under_load(self, databases: Databases | None = None) -> Iterator[tuple[Journal, int]]:
        """The server at work for clients, its journal and its first process; afterwards everything is judged."""
        databases = databases or Databases(self.durable.cluster.url("postgres", "postgres"))
        with serving(databases, self.folder) as target:
            with load(target.port, self.place, f"drill-{next(self.names)}") as journal:
                self.journals.append(journal)
                await_answers(journal, BETWEEN)
                yield journal, target.processes[0]
            with closing(Client(target.port, journal)) as last:
                for key in random.sample(sorted(journal.acknowledged()), BETWEEN):
                    last.ask_again(key)
        engine = create_engine(self.durable.cluster.url(APP_ROLE), poolclass=NullPool)
        judge(engine, self.journals)
        engine.dispose()


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    folder = Path(tempfile.mkdtemp(prefix="beijian-"))
    durable = Durable(folder)
    try:
        yield Drill(folder, durable, lay(durable))
    finally:
        durable.stop()
        shutil.rmtree(folder)


@pytest.fixture
def kills(pytestconfig: pytest.Config) -> int:
    return int(pytestconfig.getoption("--kills"))


def test_killed_workers_lose_nothing_and_double_nothing(drill: Drill, kills: int) -> None:
    with drill.under_load() as (journal, server):
        for _ in range(kills):
            # The oldest: a server whose worker dies twice within seconds takes it for hopeless and ends.
            victim = workers_of(server)[0]
            os.kill(victim, signal.SIGKILL)
            await_next_worker(server, victim)
            await_answers(journal, BETWEEN)
    assert any(one.sendings > 1 for one in journal.answered.values()), "no client noticed anything"


def test_a_killed_database_is_found_again_by_the_same_workers_with_all_it_acknowledged(
    drill: Drill, kills: int
) -> None:
    with drill.under_load() as (journal, server):
        workers = workers_of(server)
        for _ in range(kills):
            drill.durable.kill()
            await_put_off(journal)
            drill.durable.start()
            await_answers(journal, BETWEEN)
        assert workers_of(server) == workers
    assert set(journal.put_off) == {"2"}, "who is put off is told when to come back"


def test_cut_connections_lose_nothing_and_double_nothing(drill: Drill, kills: int) -> None:
    proxy = Proxy(drill.durable.cluster.socket / ".s.PGSQL.5432")
    try:
        with drill.under_load(Databases(proxy.url)) as (journal, _):
            for _ in range(kills * 10):
                proxy.cut()
                time.sleep(random.uniform(0.02, 0.2))
            await_answers(journal, BETWEEN)
    finally:
        proxy.close()
    assert proxy.cuts > kills
    assert any(one.sendings > 1 for one in journal.answered.values()), "no client noticed anything"


def await_next_worker(server: int, gone: int) -> None:
    """Wait until the server has put another worker in the place of the one that is gone."""
    deadline = time.monotonic() + 30
    while gone in (workers := workers_of(server)) or len(workers) < 2:
        assert time.monotonic() < deadline, f"the server did not replace its worker; it has {workers}"
        time.sleep(0.05)


def await_put_off(journal: Journal) -> None:
    """Wait until somebody was told to come back later."""
    before, deadline = len(journal.put_off), time.monotonic() + 30
    while len(journal.put_off) == before:
        assert time.monotonic() < deadline, "nobody was told that the database is away"
        time.sleep(0.02)
