"""Load the demo network into an empty database."""

import time

import click
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from inventory.db import database_now
from web.cluster import reachable_database
from web.demo.loading import NetworkNotEmpty, Wish, load
from web.demo.scales import SCALES
from web.migrating import migrate
from web.settings import Settings

SEED = 20_260_101


@click.command("demo")
@click.option("--scale", type=click.Choice(list(SCALES)), default="small", show_default=True, help="How large it is.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="The same seed makes the same network.")
def command(scale: str, seed: int) -> None:
    """Load the demo network into an empty database: warehouses, parts, a year of stock."""
    started = time.monotonic()
    with reachable_database(Settings.from_environment()) as settings:
        migrate(settings.migration_database_url, settings.database_url)
        wish = Wish(SCALES[scale], seed, settings.gs1_prefix, settings.gln_reference_first)
        engine = create_engine(settings.migration_database_url, poolclass=NullPool)
        with Session(engine) as session, session.begin():
            try:
                load(session, wish, at=database_now(session))
            except NetworkNotEmpty as refusal:
                raise click.ClickException(
                    "There are warehouses already; the demo wants an empty network."
                ) from refusal
        engine.dispose()
    click.echo(f"The demo network ({scale}) is loaded; it took {time.monotonic() - started:.0f} s.")
