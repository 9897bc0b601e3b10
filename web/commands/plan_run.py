"""Run the replenishment now: levels of all parts, proposals, and orders within limits."""

import logging
from concurrent.futures.process import BrokenProcessPool
from datetime import date, datetime

import click
from sqlalchemy.exc import DBAPIError

from inventory import subscriptions
from inventory.db import database_now
from inventory.planning.replenishment import Tally
from web.db import is_outage, open_database
from web.migrated import migrated_database
from web.planning import plan_now
from web.settings import Settings


@click.command("run")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day to plan for; else today.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True)
def command(on: datetime | None, processes: int) -> None:
    """Plan all parts: what each place should hold, what is to be moved and bought.

    Transfers within the limits of their policies become orders at once; the rest waits on the reorder report. How far
    it is is told on standard error. A run that breaks off is begun anew by the next: nothing is ordered twice.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    subscriptions.connect()
    try:
        tally = _plan(Settings.from_environment(), on=on.date() if on else None, processes=processes)
    except BrokenProcessPool as error:
        raise click.ClickException(f"A process that planned was killed. {BEGUN_ANEW}") from error
    except DBAPIError as error:
        if not is_outage(error):
            raise
        said = str(error.orig).partition("\n")[0]
        raise click.ClickException(f"The database is away, busy or full: {said}. {BEGUN_ANEW}") from error
    if tally is None:
        raise click.ClickException("Another process is planning; its run is seen under Replenishment.")
    click.echo(
        f"{tally.stocked} places of {tally.places} are stocked, {tally.levels_changed} levels changed; "
        f"{tally.proposals} proposals, of them {tally.released} released; {tally.seconds['all']:.0f} s."
    )


BEGUN_ANEW = "The run is not finished: this command, or `beijian jobs`, begins it anew, and nothing is ordered twice."


def _plan(wished: Settings, *, on: date | None, processes: int) -> Tally | None:
    """Plan for a day, else for today."""
    with migrated_database(wished) as settings:
        database = open_database(settings.database_url, threads=2)
        try:
            with database.sessions() as session:
                today = database_now(session).astimezone(settings.timezone).date()
            return plan_now(database.sessions, on=on or today, processes=processes)
        finally:
            database.dispose()
