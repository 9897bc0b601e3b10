"""Serve the screens and the API."""

import os
import shutil
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces

from web.cluster import reachable_database
from web.settings import Settings

WORKER_END_SECONDS_MAX = 10


@click.command("serve")
def command() -> None:
    """Serve the screens and the API."""
    with reachable_database(Settings.from_environment()) as settings:
        os.environ.update(settings.as_environment())  # the workers read their settings from here
        if settings.metrics:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(emptied(settings.var / "metrics"))
        Granian(
            "web:create_app",
            factory=True,
            interface=Interfaces.WSGI,
            address=settings.host,
            port=settings.port,
            workers=settings.workers,
            blocking_threads=settings.threads,
            respawn_failed_workers=True,
            workers_kill_timeout=WORKER_END_SECONDS_MAX,
            websockets=False,
            log_access=False,
        ).serve()


def emptied(folder: Path) -> Path:
    """The folder in which workers add up their figures, without those of an earlier run (web/metrics.py)."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
