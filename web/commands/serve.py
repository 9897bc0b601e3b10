"""Serve the screens and the API."""

import ctypes
import os
import shutil
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces

from web.cluster import reachable_database
from web.run import require_free_port
from web.settings import Settings

WORKER_END_SECONDS_MAX = 10
HEAPS_MAX = 2
_M_ARENA_MAX = -8  # its name in the C library's malloc.h


@click.command("serve")
def command() -> None:
    """Serve the screens and the API."""
    wished = Settings.from_environment()
    require_free_port(wished)
    with reachable_database(wished) as settings:
        os.environ.update(settings.as_environment())  # the workers read their settings from here
        share_heaps()
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


def share_heaps() -> None:
    """Let the threads of each worker share two heaps, where the C library is one that takes a number.

    glibc opens a heap for each thread and gives little of it back: a worker that prints labels on four threads kept
    207 MB, with two heaps 196 MB. The workers are forked and inherit it.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_ARENA_MAX, HEAPS_MAX)


def emptied(folder: Path) -> Path:
    """The folder in which workers add up their figures, without those of an earlier run (web/metrics.py)."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
