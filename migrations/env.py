"""How alembic reaches the database: as its owner, one transaction per migration, never waiting long for a lock.

`beijian migrate` and the tests hand over an open connection; the alembic command reads MIGRATION_DATABASE_URL.
A migration that has to wait gives up after LOCK_TIMEOUT and can be run again: while it waits for its lock,
every command that comes after it waits as well.
"""

from alembic import context
from sqlalchemy import Connection, create_engine, text

from inventory.tables import metadata
from web.settings import Settings

LOCK_TIMEOUT = "3s"


def include_name(name: str | None, kind: str, _parents: dict[str, str | None]) -> bool:
    """Leave tables alone that are not ours: autogenerate would drop what it does not know."""
    return kind != "table" or name in metadata.tables


def migrate(connection: Connection) -> None:
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=include_name,
        compare_type=True,
        compare_server_default=True,
        transactional_ddl=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


connection: Connection | None = context.config.attributes.get("connection")
if connection is not None:
    migrate(connection)
else:
    engine = create_engine(Settings.from_environment().migration_database_url)
    with engine.connect() as own_connection:
        migrate(own_connection)
    engine.dispose()
