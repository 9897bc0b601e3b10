"""What `make run` does: one process that owns the database, the server and the jobs, and ends with all of them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack

import click
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from web.migrating import migrate
from web.processes import end, signalled_when_parent_dies
from web.settings import Settings

END_SECONDS_MAX = 12.0
LISTEN_SECONDS_MAX = 60.0
LOOK_EVERY_SECONDS = 0.1


class PartEnded(click.ClickException):
    """A part that all the others need ended by itself; without it nothing is left to run."""


def require_free_port(settings: Settings) -> None:
    """Refuse to start where another program listens already: before the database is touched."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
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
    """Run the server and the jobs until we are interrupted.

    Raises: PartEnded when one of them ends by itself; the other is ended, too.
    """
    with ExitStack() as parts:
        running = {name: _start(parts, settings, name) for name in ("serve", "jobs")}
        _await_listening(settings, running["serve"])
        _say_where(settings)
        while True:
            for name, process in running.items():
                if process.poll() is not None:
                    raise PartEnded(f"{name} ended by itself (exit status {process.returncode})")
            time.sleep(LOOK_EVERY_SECONDS)


def _start(parts: ExitStack, settings: Settings, name: str) -> "subprocess.Popen[bytes]":
    """Start a part in a group of its own, so that Ctrl-C reaches us alone and we end the parts in order."""
    process = subprocess.Popen(
        _beijian(name),
        env={**os.environ, **settings.as_environment()},
        start_new_session=True,
        preexec_fn=signalled_when_parent_dies(signal.SIGTERM),
    )
    parts.callback(end, process, signal.SIGTERM, within_seconds=END_SECONDS_MAX)
    return process


def _beijian(*arguments: str) -> Sequence[str]:
    return (sys.executable, "-P", "-m", "web.cli", *arguments)


def _await_listening(settings: Settings, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + LISTEN_SECONDS_MAX
    while time.monotonic() < deadline and server.poll() is None:
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
