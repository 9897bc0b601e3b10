"""What `make run` does: one process that owns the database, the server and the jobs, and ends with all of them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Self

import click
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from web.migrating import migrate
from web.processes import end, signalled_when_parent_dies
from web.settings import Settings

END_SECONDS_MAX = 12.0
LISTEN_SECONDS_MAX = 60.0
LOOK_EVERY_SECONDS = 0.1
RESTART_SECONDS_FIRST = 1.0
RESTARTS_MAX = 5
RESTARTS_SECONDS = 300.0


class PartEnded(click.ClickException):
    """A part that all the others need cannot be kept running; without it nothing is left to run."""


def require_free_port(settings: Settings) -> None:
    """Refuse to start where another program listens already: before the database is touched."""
    try:
        family, kind, *_, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as taken:
        raise click.ClickException(
            f"cannot listen on {settings.host}:{settings.port}: {taken.strerror}; PORT names another"
        ) from taken


def prepare(settings: Settings) -> None:
    """Bring the database to this release."""
    migrate(settings.migration_database_url, settings.database_url)


def load_demo_into_empty(settings: Settings) -> None:
    """Load the demo network if there is not one warehouse.

    Raises: PartEnded when it could not be loaded.
    """
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        settled = connection.scalar(text("SELECT EXISTS (SELECT FROM warehouse)"))
    engine.dispose()
    if not settled:
        click.echo("The network is empty: loading the demo.")
        done = subprocess.run(
            _beijian("demo", "--scale", "small"), env={**os.environ, **settings.as_environment()}, check=False
        )
        if done.returncode:
            raise PartEnded("the demo could not be loaded; `--empty` starts without it")


def supervise(settings: Settings) -> None:
    """Run the server and the jobs until we are interrupted; one that ends by itself is started again.

    Raises: PartEnded when one ends again and again, or the server before it ever listened; the other is ended, too.
    """
    environment = {**os.environ, **settings.as_environment()}
    with ExitStack() as stack:
        parts = [stack.enter_context(Part(name, _beijian(name), environment)) for name in ("serve", "jobs")]
        _await_listening(settings, parts[0])
        _say_where(settings)
        while True:
            for part in parts:
                part.look_after(time.monotonic())
            time.sleep(LOOK_EVERY_SECONDS)


class Part:
    """A part of the running program: a child process that is started again, a little later each time, when it ends.

    A server ends when a worker dies again within seconds: what killed it may pass, and nobody may be there to start it.
    A part that ends more than `RESTARTS_MAX` times within `RESTARTS_SECONDS` will not mend by being started once more.
    """

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._name = name
        self._command = command
        self._environment = environment
        self._ends: list[float] = []
        self._due_at: float | None = None
        self._process = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._due_at is None:
            end(self._process, signal.SIGTERM, within_seconds=END_SECONDS_MAX)

    def has_ended(self) -> bool:
        """Whether the process is over."""
        return self._process.poll() is not None

    def look_after(self, now: float) -> None:
        """Start the part again if it is time to, or note that it ended.

        Raises: PartEnded when it ended too often.
        """
        if self._due_at is not None:
            if now >= self._due_at:
                self._process, self._due_at = self._start(), None
        elif self.has_ended():
            end(self._process, signal.SIGTERM, within_seconds=END_SECONDS_MAX)  # what it left behind holds the port
            self._due_at = now + self._wait(now)

    def _wait(self, now: float) -> float:
        self._ends = [then for then in self._ends if now - then < RESTARTS_SECONDS] + [now]
        status = self._process.returncode
        if len(self._ends) > RESTARTS_MAX:
            raise PartEnded(f"{self._name} ended by itself {len(self._ends)} times (last exit status {status})")
        wait: float = RESTART_SECONDS_FIRST * 2 ** (len(self._ends) - 1)
        click.echo(f"{self._name} ended by itself (exit status {status}); it starts again in {wait:g} s", err=True)
        return wait

    def _start(self) -> "subprocess.Popen[bytes]":
        """Start it in a group of its own, so that Ctrl-C reaches us alone and we end the parts in order."""
        return subprocess.Popen(
            self._command,
            env=self._environment,
            start_new_session=True,
            preexec_fn=signalled_when_parent_dies(signal.SIGTERM),
        )


def _beijian(*arguments: str) -> Sequence[str]:
    return (sys.executable, "-P", "-m", "web.cli", *arguments)


def _await_listening(settings: Settings, server: Part) -> None:
    """Wait for the server's first sign of life; one that cannot even begin is not started again.

    Raises: PartEnded.
    """
    deadline = time.monotonic() + LISTEN_SECONDS_MAX
    while time.monotonic() < deadline:
        if server.has_ended():
            raise PartEnded("serve ended before it listened; what it said stands above")
        try:
            socket.create_connection((settings.host, settings.port), timeout=1).close()
            return
        except OSError:
            time.sleep(LOOK_EVERY_SECONDS)


def _say_where(settings: Settings) -> None:
    click.echo(f"Beijian runs at http://{settings.host}:{settings.port}")
    log_ins = settings.var / "logins.txt"
    if log_ins.exists():
        click.echo(f"Log-ins of the demo: {log_ins}")
    click.echo("Ctrl-C ends all of it.")
