"""Bursts of requests: sent by the load generator, counted in processor time of server and database."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.figures import Figure, middle, percentile
from tests.bench.machine import cpu_ms
from web.processes import signalled_when_parent_dies


class BurstFailed(Exception):
    """Not every request was answered as it should be: the figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Target:
    """The running server: where it listens, and the processes that work for a request."""

    host: str
    port: int
    processes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to be sent: with a key it is a write."""

    method: str
    path: str
    token: str
    body: dict[str, Any] | None = None
    key: str | None = None

    def as_text(self, host: str) -> str:
        """The request as it goes over the wire."""
        body = "" if self.body is None else json.dumps(self.body)
        head = [f"{self.method} /api/v1{self.path} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {self.token}"]
        if self.body is not None:
            head += ["Content-Type: application/json"]
        if self.method == "POST":
            head += [f"Content-Length: {len(body.encode())}"]
        if self.key is not None:
            head += [f"Idempotency-Key: {self.key}"]
        return "\r\n".join(head) + "\r\n\r\n" + body


@dataclass(frozen=True, slots=True)
class Burst:
    """What came of a burst.

    Units: seconds, and milliseconds of processor time in all.
    """

    seconds: float
    latencies: list[float]
    cpu_ms: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds


def send(target: Target, asks: Sequence[Ask], *, clients: int, seconds_max: float = 60, status: int = 201) -> Burst:
    """Send the requests and wait for all answers.

    Raises: BurstFailed when an answer has another status, a connection breaks, or not all was sent in time.
    """
    plan = {
        "host": target.host,
        "port": target.port,
        "clients": clients,
        "seconds_max": seconds_max,
        "requests": [ask.as_text(target.host) for ask in asks],
    }
    before = cpu_ms(*target.processes)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.client"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds_max + 60,
        preexec_fn=signalled_when_parent_dies(signal.SIGKILL),
    )
    told = json.loads(done.stdout)
    used = cpu_ms(*target.processes) - before
    if told["broken"] or told["statuses"] != {str(status): len(asks)}:
        raise BurstFailed(f"{told['statuses']} of {len(asks)}, {told['broken']}, {told['failures']}")
    return Burst(told["seconds"], told["latencies"], used)


def summed_up(name: str, scale: str, bursts: Sequence[Burst], yardsticks: Sequence[float | None] = ()) -> Figure:
    """The figure of some bursts: the middle one's, and processor time over all of them."""
    value = median(burst.rate for burst in bursts)
    yardstick = middle(yardsticks)
    return Figure(
        name,
        scale,
        value,
        "1/s",
        p50_ms=median(percentile(burst.latencies, 0.50) for burst in bursts) * 1000,
        p95_ms=median(percentile(burst.latencies, 0.95) for burst in bursts) * 1000,
        cpu_ms=sum(burst.cpu_ms for burst in bursts) / sum(len(burst.latencies) for burst in bursts),
        yardstick=yardstick,
        ratio=value / yardstick if yardstick else None,
        runs=len(bursts),
    )
