"""Run what has to happen by the clock."""

import signal
from threading import Event

import click

from web.jobs import keep_timetable
from web.log import log_as_json
from web.migrated import migrated_database
from web.settings import Settings
from web.timetable import timetable


@click.command("jobs")
def command() -> None:
    """Run what has to happen by the clock; start as many as you like, one of them leads."""
    log_as_json()
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with migrated_database(Settings.from_environment()) as settings:
        jobs = timetable(settings.timezone, planners=settings.planning_processes)
        keep_timetable(settings.database_url, jobs, stop)
