"""What a fault drill is made of: a durable PostgreSQL, the server on it, clients that never give up, and the judgement.

A client sends a write under a key of its own and repeats it with the same key until it gets an answer: whatever the
network or the server did, it can only know by asking again. The judgement compares what was answered with what stands.
"""

import http.client
import json
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from inventory.reporting.verifying import verify
from tests import given
from tests.given.network import JINAN
from web.cluster import APP_ROLE, DATABASE, OWNER_ROLE, Cluster, running
from web.migrating import migrate

PATIENCE_S = 60.0
"""How long a client repeats a write before the drill has failed."""
PAUSE_S = 0.05
PARTS, PIECES = 6, 25


# The database


class Durable:
    """A PostgreSQL as the product runs it, with fsync, that can be killed and started again on its data."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "pg"
        self._stack = ExitStack()
        self.cluster: Cluster
        self.start()

    def start(self) -> None:
        """Start it, the first time or after a crash; recovery is waited for."""
        self.cluster = self._stack.enter_context(running(self._data))

    def kill(self) -> None:
        """Kill every process of it at once, the first one first, so that nobody is left to tidy up."""
        postmaster = int((self._data / "postmaster.pid").read_text().splitlines()[0])
        for process in (postmaster, *children_of(postmaster)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        """Stop it, or reap what was killed."""
        self._stack.close()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session of the program's role on a connection of its own; commits at the end."""
        engine = create_engine(self.cluster.url(APP_ROLE), poolclass=NullPool)
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session
        engine.dispose()


def children_of(parent: int) -> list[int]:
    """The processes that a process started, the oldest first."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == parent:
                    found.append((int(fields[19]), int(entry.name)))
    return [process for _, process in sorted(found)]


def workers_of(server: int) -> list[int]:
    """The web workers of a server, the oldest first; what watches over shared memory is none."""
    found = []
    for process in children_of(server):
        with suppress(FileNotFoundError, ProcessLookupError):
            if b"resource_tracker" not in Path(f"/proc/{process}/cmdline").read_bytes():
                found.append(process)
    return found


class Proxy:
    """Stands between the program and its database, and cuts connections in the middle of what they say."""

    def __init__(self, target: Path) -> None:
        self._target = str(target)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The address of the database through the proxy, for the program's role."""
        host, port = self._listener.getsockname()
        return f"postgresql+psycopg://{APP_ROLE}@{host}:{port}/{DATABASE}"

    def cut(self) -> None:
        """Cut every connection that is open, whatever is on its way."""
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self.cuts += len(pairs)

    def close(self) -> None:
        """Cut everything and let nobody in."""
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                near, _ = self._listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._target)
                with self._lock:
                    self._pairs.add((near, far))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        """Hand over what one says to the other, and close the one when either falls silent."""
        with source, suppress(OSError):
            while received := source.recv(65536):
                sink.sendall(received)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)


# The clients


@dataclass(frozen=True)
class Place:
    """A station that asks and a centre in another city that supplies, with too little for all."""

    station: str
    source: str
    parts: list[str]
    asks: str
    picks: str


def lay(durable: Durable) -> Place:
    """Make the tables, the place and its people; `asks` and `picks` are their tokens."""
    migrate(durable.cluster.url(OWNER_ROLE), durable.cluster.url(APP_ROLE))
    with durable.session() as session:
        source = given.warehouse(session, tier="distribution", city=JINAN)
        station = given.warehouse(session, tier="repair", parent=source)
        parts = [given.part(session) for _ in range(PARTS)]
        for part in parts:
            for lot in ("L1", "L2", "L3"):
                given.stock(session, source, part, PIECES, lot=lot)
        manager = given.person(session, "station_manager", station)
        lead = given.person(session, "warehouse_lead", source)
        return Place(
            station=station.code,
            source=source.code,
            parts=[part.number for part in parts],
            asks=given.token(session, manager),
            picks=given.token(session, lead),
        )


@dataclass(frozen=True)
class Answered:
    """A write and what it was answered in the end, after so many sendings."""

    path: str
    token: str
    body: dict[str, Any] | None
    status: int
    said: bytes
    sendings: int

    @property
    def json(self) -> Any:
        """What the answer says."""
        return json.loads(self.said)


@dataclass
class Journal:
    """All that was answered, by key, and the answers that told a client to come back later."""

    answered: dict[str, Answered] = field(default_factory=dict)
    put_off: list[str | None] = field(default_factory=list)

    def acknowledged(self) -> dict[str, Answered]:
        """The writes that were granted."""
        return {key: one for key, one in self.answered.items() if one.status < 300}


class Client:
    """Somebody who sends writes until they are answered."""

    def __init__(self, port: int, journal: Journal) -> None:
        self._journal = journal
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def get(self, path: str, token: str) -> Any:
        """Read, until it can be read."""
        _, said, _ = self._insist("GET", path, token, None, None)
        return json.loads(said)

    def write(self, path: str, token: str, body: dict[str, Any] | None = None, *, key: str) -> Answered:
        """Write once, however often it has to be sent; now and then ask again, and hear the same."""
        status, said, sendings = self._insist("POST", path, token, body, key)
        answered = self._journal.answered[key] = Answered(path, token, body, status, said, sendings)
        if status < 300 and random.random() < 0.2:
            self.ask_again(key)
        return answered

    def ask_again(self, key: str) -> None:
        """Send a write once more, of which the answer is known."""
        first = self._journal.answered[key]
        status, said, _ = self._insist("POST", first.path, first.token, first.body, key)
        assert (status, said) == (first.status, first.said), f"{key} was answered {first.said!r} and then {said!r}"

    def _insist(
        self, method: str, path: str, token: str, body: dict[str, Any] | None, key: str | None
    ) -> tuple[int, bytes, int]:
        deadline, sendings = time.monotonic() + PATIENCE_S, 0
        while time.monotonic() < deadline:
            sendings += 1
            with suppress(OSError, http.client.HTTPException):
                status, said, retry_after = self._send(method, path, token, body, key)
                if status == http.HTTPStatus.SERVICE_UNAVAILABLE:
                    self._journal.put_off.append(retry_after)
                elif b'"command_running"' not in said:
                    assert status < 500, f"{method} {path} was answered {status}: {said!r}"
                    return status, said, sendings
                time.sleep(PAUSE_S)
                continue
            self._connection.close()
            time.sleep(PAUSE_S)
        raise AssertionError(f"{method} {path} found no answer in {PATIENCE_S} seconds and {sendings} sendings")

    def _send(
        self, method: str, path: str, token: str, body: dict[str, Any] | None, key: str | None
    ) -> tuple[int, bytes, str | None]:
        headers = {"Authorization": f"Bearer {token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        if body is not None:
            headers["Content-Type"] = "application/json"
        sent = None if body is None else json.dumps(body)
        self._connection.request(method, f"/api/v1{path}", sent, headers)
        response = self._connection.getresponse()
        return response.status, response.read(), response.getheader("Retry-After")


def ask_and_withdraw(client: Client, place: Place, name: str, stop: threading.Event) -> None:
    """Ask for parts without end, and withdraw every third request again."""
    number = 0
    while not stop.is_set():
        number += 1
        wished = random.sample(place.parts, 2)
        body = {
            "warehouse": place.station,
            "priority": random.choice((1, 5)),
            "lines": [{"part": part, "quantity": random.randint(1, 3)} for part in wished],
        }
        accepted = client.write("/part-requests", place.asks, body, key=f"{name}-ask-{number}")
        assert accepted.status == 201, accepted.said
        if number % 3 == 0:
            path = f"/part-requests/{accepted.json['number']}/cancel"
            withdrawn = client.write(path, place.asks, {"reason": "drill"}, key=f"{name}-cancel-{number}")
            assert withdrawn.status == 200, withdrawn.said  # refused, it would have been withdrawn under no key


def pick(client: Client, place: Place, name: str, stop: threading.Event) -> None:
    """Confirm pick after pick; what was withdrawn meanwhile is refused."""
    while not stop.is_set():
        tasks = client.get(f"/warehouses/{place.source}/tasks?limit=5", place.picks)["items"]
        for task in tasks:
            body = {"bin": task["bin"], "part": task["part"], "lot": task["lot"], "quantity": task["quantity"]}
            client.write(f"/tasks/{task['id']}/confirm", place.picks, body, key=f"{name}-pick-{task['id']}")
        if not tasks:
            time.sleep(PAUSE_S)


@contextmanager
def load(port: int, place: Place, name: str) -> Iterator[Journal]:
    """Three who ask and one who picks, at work until the block ends; whatever one of them met is raised then."""
    journal, stop = Journal(), threading.Event()

    def work(act: Callable[[Client, Place, str, threading.Event], None], who: str) -> None:
        with closing(Client(port, journal)) as client:
            act(client, place, f"{name}-{who}", stop)

    acts = [(ask_and_withdraw, "a"), (ask_and_withdraw, "b"), (ask_and_withdraw, "c"), (pick, "p")]
    with ThreadPoolExecutor(len(acts)) as threads:
        at_work = [threads.submit(work, *one) for one in acts]
        try:
            yield journal
        finally:
            stop.set()
    for one in at_work:
        one.result()


def await_answers(journal: Journal, more: int) -> None:
    """Let so many writes more be answered: only a server that works again answers them."""
    wanted, deadline = len(journal.answered) + more, time.monotonic() + PATIENCE_S
    while len(journal.answered) < wanted:
        assert time.monotonic() < deadline, f"{len(journal.answered)} of {wanted} writes were answered"
        time.sleep(PAUSE_S)


# The judgement

_STORED_KEYS = text("SELECT key FROM command WHERE starts_with(key, :name) AND answer_status IS NOT NULL")
_UNANSWERED = text("SELECT count(*) FROM command WHERE answer_status IS NULL")
_NUMBER_OF_REQUESTS = text("SELECT count(*) FROM part_request")
_WITHDRAWN = text("SELECT coalesce(sum(cancelled), 0) FROM part_request_line")
# What was picked and withdrawn lies in staging, and is picked from there anew without a move: told it is all the same.
_PICKS = text("""
    SELECT c.key, count(DISTINCT e.id) AS told, count(DISTINCT m.id) AS moves
    FROM command c
    LEFT JOIN document_event e ON e.command_id = c.id AND e.happening = 'picked'
    LEFT JOIN move m ON m.command_id = c.id
    WHERE strpos(c.key, '-pick-') > 0 GROUP BY c.key
""")


def judge(engine: Engine, journals: Sequence[Journal]) -> None:
    """Compare all that was ever answered with all that stands: once each, nothing doubled, nothing half."""
    acknowledged = {key: one for journal in journals for key, one in journal.acknowledged().items()}
    with Session(engine) as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        stored = set(session.scalars(_STORED_KEYS, {"name": "drill-"}))
        assert stored == set(acknowledged), f"answered or stored, not both: {sorted(stored ^ set(acknowledged))[:9]}"
        assert session.scalar(_UNANSWERED) == 0
        asked = [one.json["number"] for one in acknowledged.values() if one.path.endswith("/part-requests")]
        assert len(asked) == len(set(asked)) == session.scalar(_NUMBER_OF_REQUESTS)
        withdrawn = sum(one.json["cancelled"] for one in acknowledged.values() if one.path.endswith("/cancel"))
        assert withdrawn == session.scalar(_WITHDRAWN)
        found = session.execute(_PICKS).all()
        assert all(row.moves <= 1 for row in found), "moved twice under one command"
        picks = {row.key: row.told for row in found}
        confirmed = dict.fromkeys((key for key, one in acknowledged.items() if one.path.endswith("/confirm")), 1)
        assert picks == confirmed, f"picked once each, but for {sorted(picks.items() ^ confirmed.items())[:9]}"
        broken = [finding for finding in verify(session) if finding.violations]
        assert not broken, broken
