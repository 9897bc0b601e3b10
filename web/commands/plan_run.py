"""Run the replenishment now: levels of all parts, proposals, and orders within limits."""

from datetime import datetime

import click

from inventory import subscriptions
from inventory.db import database_now
from web.cluster import reachable_database
from web.db import open_database
from web.planning import plan_now
from web.settings import Settings


@click.command("run")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day to plan for; else today.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True)
def command(on: datetime | None, processes: int) -> None:
    """Plan all parts: what each place should hold, what is to be moved and bought.

    Transfers within the limits of their policies become orders at once; the rest waits on the reorder report.
    """
    subscriptions.connect()
    with reachable_database(Settings.from_environment()) as settings:
        database = open_database(settings.database_url, threads=2)
        try:
            with database.sessions() as session:
                today = database_now(session).astimezone(settings.timezone).date()
            tally = plan_now(database.sessions, on=on.date() if on else today, processes=processes)
        finally:
            database.dispose()
    if tally is None:
        raise click.ClickException("Another process is planning; its run is seen under Replenishment.")
    click.echo(
        f"{tally.stocked} places of {tally.places} are stocked, {tally.levels_changed} levels changed; "
        f"{tally.proposals} proposals, of them {tally.released} released; {tally.seconds['all']:.0f} s."
    )
