"""The load generator, a process of its own: sends prepared requests from several clients, each one at a time.

Reads a plan from standard input and writes what came of it to standard output, both JSON. A client is a thread with a
connection that is kept; it takes the next request of the list as soon as its last one was answered. The run is bounded
by the list and by a number of seconds.
"""

import json
import socket
import sys
import threading
import time
from collections import Counter
from typing import Any

TIMEOUT_SECONDS = 30
FAILURES_SHOWN = 3


class Client(threading.Thread):
    """One client: a kept connection, and how long each of its requests took."""

    def __init__(self, plan: dict[str, Any], requests: "Shared", until: float) -> None:
        super().__init__(daemon=True)
        self.address = (plan["host"], plan["port"])
        self.requests = requests
        self.until = until
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.failures: list[str] = []
        self.broken: str | None = None

    def run(self) -> None:
        try:
            with socket.create_connection(self.address, TIMEOUT_SECONDS) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for request in self.requests:
                    if time.perf_counter() > self.until:
                        break
                    self.ask(connection, request)
        except OSError as error:
            self.broken = repr(error)

    def ask(self, connection: socket.socket, request: bytes) -> None:
        started = time.perf_counter()
        connection.sendall(request)
        status, body = read_response(connection)
        self.latencies.append(time.perf_counter() - started)
        self.statuses[status] += 1
        if status >= 300 and len(self.failures) < FAILURES_SHOWN:
            self.failures.append(body.decode(errors="replace")[:500])


class Shared:
    """The requests, handed out one by one to whoever asks next."""

    def __init__(self, requests: list[bytes]) -> None:
        self._left = iter(requests)
        self._lock = threading.Lock()

    def __iter__(self) -> "Shared":
        return self

    def __next__(self) -> bytes:
        with self._lock:
            return next(self._left)


def read_response(connection: socket.socket) -> tuple[int, bytes]:
    """Read one answer that tells its length."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += some_of(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    length = next(int(line[15:]) for line in lines if line[:15].lower() == b"content-length:")
    while len(body) < length:
        body += some_of(connection)
    return int(lines[0].split(b" ")[1]), body


def some_of(connection: socket.socket) -> bytes:
    """What has come; an answer that ends too early is an error."""
    received = connection.recv(65536)
    if not received:
        raise ConnectionError("the server closed the connection")
    return received


def main() -> None:
    """Run the plan."""
    plan = json.load(sys.stdin)
    requests = Shared([text.encode() for text in plan["requests"]])
    started = time.perf_counter()
    clients = [Client(plan, requests, started + plan["seconds_max"]) for _ in range(plan["clients"])]
    for client in clients:
        client.start()
    for client in clients:
        client.join(plan["seconds_max"] + TIMEOUT_SECONDS)
    seconds = time.perf_counter() - started
    broken = [client.broken or "no answer" for client in clients if client.broken or client.is_alive()]
    json.dump(
        {
            "seconds": seconds,
            "latencies": [one for client in clients for one in client.latencies],
            "statuses": dict(sum((client.statuses for client in clients), Counter())),
            "failures": [one for client in clients for one in client.failures][:FAILURES_SHOWN],
            "broken": broken,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
