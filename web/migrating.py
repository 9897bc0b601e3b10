"""Bringing a database to the tables of this release: migrations, indexes that were left half-built, rights.

Runs as the owner of the tables. What `serve` and `jobs` use is another role, which gets rights on rows and none to
change tables; on the append-only tables it may only read and insert. A database with a single role works as well:
there is nobody to grant to, and only the triggers keep history.
"""

import re

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from inventory import tables
from web.migrated import MIGRATIONS

MIGRATING_LOCK = 0x6265696A01  # "beij", one migration of a database at a time
LEFT_BY_REINDEX = re.compile(r"_cc(new|old)[0-9]*$")


def migrate(owner_url: str, app_url: str) -> list[str]:
    """Upgrade to the newest revision, repair indexes, and grant the program's role what it needs.

    Returns the names of the indexes that had to be repaired.
    """
    engine = create_engine(owner_url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATING_LOCK})
        connection.commit()
        command.upgrade(configuration(connection), "head")
        repaired = repair_indexes(connection)
        grant_rights(connection, make_url(app_url).username)
    engine.dispose()
    return repaired


def configuration(connection: Connection) -> Config:
    """Return alembic's configuration for a connection of ours."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def repair_indexes(connection: Connection) -> list[str]:
    """Rebuild indexes that CREATE INDEX CONCURRENTLY left invalid, drop those that REINDEX left; return their names.

    An invalid index is kept up to date but never used, and one that should be unique does not refuse a double.
    """
    invalid = connection.execute(
        text(
            "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relnamespace = current_schema()::regnamespace "
            "ORDER BY 1"
        )
    ).scalars()
    names = [str(name) for name in invalid]
    connection.commit()
    with connection.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as alone:
        for name in names:
            verb = "DROP" if LEFT_BY_REINDEX.search(name.strip('"')) else "REINDEX"
            alone.execute(text(f"{verb} INDEX CONCURRENTLY {name}"))
    return names


def grant_rights(connection: Connection, role: str | None) -> None:
    """Let the program's role read and write rows, and only append where history is kept."""
    if role is None or role == connection.execute(text("SELECT current_user")).scalar_one():
        connection.rollback()
        return
    grantee = connection.dialect.identifier_preparer.quote(role)
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {grantee}"))
    connection.execute(text(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {grantee}"))
    for table in connection.execute(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    ).scalars():
        quoted = connection.dialect.identifier_preparer.quote(table)
        connection.execute(text(f"REVOKE ALL ON {quoted} FROM {grantee}"))
        connection.execute(text(f"GRANT {rights_on(table)} ON {quoted} TO {grantee}"))
    connection.commit()


def rights_on(table: str) -> str:
    """Return what the program's role may do with the rows of a table."""
    if table == "alembic_version":
        return "SELECT"
    if table in tables.APPEND_ONLY:
        return "SELECT, INSERT"
    return "SELECT, INSERT, UPDATE, DELETE"
