"""A database that has the tables of this release: what a command asks for before it begins."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import click
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.pool import NullPool

from web.cluster import reachable_database
from web.settings import Settings

MIGRATIONS = Path(__file__).parent.parent / "migrations"


class MigrationDue(click.ClickException):
    """The database has no tables, or those of an earlier release."""

    def __init__(self) -> None:
        super().__init__("The database does not have the tables of this release: run `beijian migrate` first.")


@contextmanager
def migrated_database(settings: Settings) -> Iterator[Settings]:
    """Give the settings with the addresses of a database that answers, as `reachable_database`, and has the tables.

    One that a later release migrated will do: its tables serve this one, too. One that is away is not judged.

    Raises: MigrationDue.
    """
    with reachable_database(settings) as reached:
        engine = create_engine(reached.database_url, poolclass=NullPool)
        with suppress(OperationalError), engine.connect() as connection:
            _require_migrated(connection)
        yield reached


def _require_migrated(connection: Connection) -> None:
    found = revision_of(connection)
    if found is None or (found != newest_revision() and found in _revisions()):
        raise MigrationDue()


def revision_of(connection: Connection) -> str | None:
    """The revision that a database stands at; None where it was never migrated, or not to the end."""
    try:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except ProgrammingError:  # no such table, or no right to read it yet
        return None


@cache
def newest_revision() -> str | None:
    """The revision the migrations of this release lead to."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _revisions() -> set[str]:
    return {one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
