"""From one release to the next: revisions up and down, indexes left half-built, rights of the two roles."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from inventory import tables
from web.cluster import APP_ROLE, OWNER_ROLE, running
from web.migrating import configuration, migrate, repair_indexes

VERSION_15 = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def owner(fresh_database_urls: tuple[str, str]) -> Iterator[Connection]:
    """The owner's connection to a migrated database of the test's own."""
    engine = create_engine(fresh_database_urls[1], poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def names_of_tables(connection: Connection) -> set[str]:
    found = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
    names = set(found)
    connection.commit()
    return names


def test_the_tables_are_those_that_the_models_say(owner: Connection) -> None:
    command.check(configuration(owner))


def test_down_leaves_nothing_and_up_again_brings_all_back(owner: Connection) -> None:
    before = names_of_tables(owner)
    command.downgrade(configuration(owner), "base")
    assert names_of_tables(owner) == {"alembic_version"}
    command.upgrade(configuration(owner), "head")
    assert names_of_tables(owner) == before


def test_foreign_tables_are_left_alone(owner: Connection) -> None:
    owner.execute(text("CREATE TABLE of_somebody_else (id int)"))
    owner.commit()
    command.check(configuration(owner))


@pytest.mark.skipif(not VERSION_15.is_dir(), reason="no server of version 15 on this machine")
def test_version_15_goes_up_down_and_up() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="beijian-15-") as folder,
        running(Path(folder) / "pg", binaries=VERSION_15) as cluster,
    ):
        for _ in range(2):
            migrate(cluster.url(OWNER_ROLE), cluster.url(APP_ROLE))
            engine = create_engine(cluster.url(OWNER_ROLE), poolclass=NullPool)
            with engine.connect() as connection:
                assert set(tables.metadata.tables) <= names_of_tables(connection)
                command.check(configuration(connection))
                command.downgrade(configuration(connection), "base")
            engine.dispose()


def test_an_index_left_invalid_is_rebuilt(owner: Connection) -> None:
    alone = owner.execution_options(isolation_level="AUTOCOMMIT")
    alone.execute(text("CREATE TABLE doubled AS SELECT 1 AS figure FROM generate_series(1, 2)"))
    with pytest.raises(IntegrityError):
        alone.execute(text("CREATE UNIQUE INDEX CONCURRENTLY uq_doubled ON doubled (figure)"))
    alone.execute(text("DELETE FROM doubled WHERE ctid = (SELECT min(ctid) FROM doubled)"))
    assert repair_indexes(owner) == ["uq_doubled"]
    assert repair_indexes(owner) == []
    with pytest.raises(IntegrityError, match="uq_doubled"):
        owner.execute(text("INSERT INTO doubled VALUES (1)"))


def test_an_index_left_by_a_broken_rebuild_is_dropped(owner: Connection) -> None:
    alone = owner.execution_options(isolation_level="AUTOCOMMIT")
    alone.execute(text("CREATE TABLE doubled AS SELECT 1 AS figure FROM generate_series(1, 2)"))
    with pytest.raises(IntegrityError):
        alone.execute(text("CREATE UNIQUE INDEX CONCURRENTLY uq_doubled_ccnew ON doubled (figure)"))
    assert repair_indexes(owner) == ["uq_doubled_ccnew"]
    assert alone.scalar(text("SELECT to_regclass('uq_doubled_ccnew')")) is None


def test_the_programs_role_cannot_change_tables(session: Session) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("CREATE TABLE mine (id int)"))


@pytest.mark.parametrize("table", tables.APPEND_ONLY)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}"])
def test_the_programs_role_cannot_take_history_away(session: Session, table: str, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement.format(table)))


def test_the_programs_role_may_read_and_write_every_other_table(engine: Engine) -> None:
    with engine.connect() as connection:
        lacking = connection.execute(
            text(
                "SELECT name, privilege FROM unnest(CAST(:names AS text[])) AS name, "
                "unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege "
                "WHERE NOT has_table_privilege(name, privilege)"
            ),
            {"names": sorted(set(tables.metadata.tables) - set(tables.APPEND_ONLY))},
        )
        assert lacking.all() == []
