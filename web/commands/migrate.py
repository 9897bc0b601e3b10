"""Bring the database to this release: tables, indexes, rights."""

import click

from web.cluster import reachable_database
from web.migrating import migrate
from web.settings import Settings


@click.command("migrate")
def command() -> None:
    """Bring the database to this release: tables, indexes, rights."""
    with reachable_database(Settings.from_environment()) as settings:
        for index in migrate(settings.migration_database_url, settings.database_url):
            click.echo(f"repaired index {index}")
    click.echo("The database is up to date.")
