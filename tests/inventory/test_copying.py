"""COPY goes round SQLAlchemy, and what goes wrong in it is told as by any other statement."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from inventory.copying import driver_cursor
from inventory.planning.columns import read_columns
from web.db import is_outage


def test_what_takes_too_long_is_told_as_by_a_statement(session):
    session.execute(text("SET LOCAL statement_timeout = '50ms'"))
    with pytest.raises(DBAPIError) as told:
        read_columns(session, "SELECT 1 AS one FROM pg_sleep(9)", one="integer")
    assert is_outage(told.value)


def test_a_database_that_goes_away_is_told_and_the_next_session_has_another_connection(fresh_database):
    with Session(fresh_database) as session, pytest.raises(DBAPIError) as told:
        read_columns(session, "SELECT 1 AS one FROM pg_terminate_backend(pg_backend_pid())", one="integer")
    assert is_outage(told.value)
    assert told.value.connection_invalidated
    with Session(fresh_database) as session:
        assert read_columns(session, "SELECT 1 AS one", one="integer")["one"].tolist() == [1]


def test_a_statement_that_is_wrong_is_no_outage(session):
    with pytest.raises(DBAPIError) as told, driver_cursor(session) as cursor, cursor.copy("COPY nothing FROM STDIN"):
        pass
    assert not is_outage(told.value)
