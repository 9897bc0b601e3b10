"""Part requests accepted through HTTP, one line of one unit each, with everything on; and their yardstick."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from math import ceil

import numpy as np
from sqlalchemy import event

from tests.bench.figures import Figure
from tests.bench.load import Ask, Burst, send, summed_up
from tests.bench.world import Databases, World
from tests.bench.yardstick import Yardstick
from web import create_app
from web.cluster import APP_ROLE
from web.settings import Settings

PILOT = 48
"""Requests of a first burst that is not counted: it warms caches and tells how many more fit into the time."""

_bursts = count(1)


@dataclass(frozen=True, slots=True)
class Demand:
    """Who asks for what: engineers alike, parts alike or by Zipf's law, rank r with the weight 1 / r."""

    name: str
    flat: bool

    def draw(self, world: World, number: int) -> list[Ask]:
        """So many requests, the same for the same burst of a run, each with a key of its own."""
        burst = next(_bursts)
        rng = np.random.default_rng(burst)
        weights = np.ones(len(world.parts)) if self.flat else 1 / np.arange(1, len(world.parts) + 1)
        parts = rng.choice(len(world.parts), number, p=weights / weights.sum())
        engineers = rng.integers(0, len(world.engineers), number)
        return [
            part_request(*world.engineers[engineer], world.parts[part], f"bench-{world.scale}-{burst}-{n}")
            for n, (engineer, part) in enumerate(zip(engineers, parts, strict=True))
        ]


UNIFORM, ZIPF = Demand("uniform", flat=True), Demand("zipf", flat=False)


def part_request(warehouse: str, token: str, part: str, key: str) -> Ask:
    """A request for one unit of a part."""
    body = {"warehouse": warehouse, "lines": [{"part": part, "quantity": 1}]}
    return Ask("POST", "/part-requests", token, body, key)


@dataclass
class Accepting:
    """The bursts of one number of clients and one kind of demand."""

    demand: Demand
    clients: int
    bursts: list[Burst] = field(default_factory=list)
    yardsticks: list[float | None] = field(default_factory=list)

    def run(self, world: World, yardstick: Yardstick | None, *, seconds: float) -> None:
        """Send requests for about so many seconds; then let pgbench write the same."""
        pilot, _ = self._burst(world, yardstick, PILOT)
        number = ceil(pilot.rate * seconds / self.clients) * self.clients
        burst, rate = self._burst(world, yardstick, number)
        self.bursts.append(burst)
        self.yardsticks.append(rate)

    def _burst(self, world: World, yardstick: Yardstick | None, number: int) -> tuple[Burst, float | None]:
        asks = self.demand.draw(world, number)
        since = yardstick.last_line() if yardstick else 0
        burst = send(world.target, asks, clients=self.clients)
        return burst, yardstick.replay(since, clients=self.clients) if yardstick else None

    def figure(self, scale: str) -> Figure:
        """What came of all bursts."""
        name = f"request_accept_c{self.clients}_{self.demand.name}"
        return summed_up(name, scale, self.bursts, self.yardsticks)


def measure_accepting(
    world: World, yardstick: Yardstick | None, *, clients: Sequence[int], seconds: float, runs: int
) -> Iterator[Figure]:
    """Accept requests from so many clients, parts alike and by Zipf's law; all bursts in turn, as often as `runs`."""
    if yardstick is None:
        print("bench: no pgbench here: there is no yardstick", file=sys.stderr)
    groups = [Accepting(demand, number) for number in clients for demand in (UNIFORM, ZIPF)]
    for _ in range(runs):
        for group in groups:
            group.run(world, yardstick, seconds=seconds)
    if yardstick is not None:
        yardstick.require_equal_stock()
    for group in groups:
        yield group.figure(world.scale)


def measure_round_trips(
    databases: Databases, scale: str, engineers: Sequence[tuple[str, str]], parts: Sequence[str], *, requests: int
) -> Figure:
    """The most statements that accepting one line takes, BEGIN and COMMIT apart; counted in this process."""
    url = databases.address(APP_ROLE, databases.measured)
    app = create_app(Settings.from_environment({"DATABASE_URL": url, "SECRET_KEY": "k" * 40}))
    sent = 0
    most = 0

    def note(*_: object) -> None:
        nonlocal sent
        sent += 1

    event.listen(app.extensions["database"].engine, "before_cursor_execute", note)
    client, rng = app.test_client(), np.random.default_rng(1)
    with disposed(app.extensions["database"]):
        for n in range(requests):
            warehouse, token = engineers[rng.integers(len(engineers))]
            for again in ("first", "second"):  # the first use of a token is written down, once an hour
                ask = part_request(warehouse, token, parts[rng.integers(len(parts))], f"trips-{scale}-{n}-{again}")
                sent = 0
                headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(ask.key)}
                answer = client.post(f"/api/v1{ask.path}", json=ask.body, headers=headers)
                assert answer.status_code == 201, answer.text
            most = max(most, sent)
    return Figure("request_accept_round_trips", scale, most, "statements", round_trips=most, runs=requests)


@contextmanager
def disposed(database: object) -> Iterator[None]:
    """Close the app's connections at the end of the block."""
    try:
        yield
    finally:
        database.dispose()  # type: ignore[attr-defined]
