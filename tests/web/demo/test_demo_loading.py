"""The way into the tables: COPY packed from arrays, and keys that come back as they were."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from inventory import copying
from inventory.copying import Bigints, Instants, Texts, Words, copy_columns, copy_rows
from web.demo.indexes import put_aside
from web.demo.loading import LARGE

_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2
"""
_INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"


@pytest.fixture
def cursor(owner_session: Session) -> Iterator[Any]:
    with owner_session.connection().connection.cursor() as cursor:
        yield cursor


def test_arrays_arrive_as_the_rows_they_stand_for(cursor: Any) -> None:
    cursor.execute("CREATE TEMP TABLE arrived (n bigint, at timestamptz, word varchar, code varchar)")
    columns = {
        "n": Bigints(np.array([1, -1, 9_000_000_000])),
        "at": Instants(np.array([0, 1_700_000_000_123_456, -5])),
        "word": Words(["良品", "good"], np.array([0, 1, 0], dtype=np.int8)),
        "code": Texts(np.array([b"260101-7", b"", b"x"], dtype="S20")),
    }
    copy_columns(cursor, "arrived", columns)
    rows = cursor.execute("SELECT n, extract(epoch FROM at) * 1000000, word, code FROM arrived").fetchall()
    assert [tuple(map(str, row)) for row in rows] == [
        ("1", "0.000000", "良品", "260101-7"),
        ("None", "1700000000123456.000000", "good", ""),
        ("9000000000", "-5.000000", "良品", "x"),
    ]


def test_arrays_longer_than_a_chunk_arrive_whole_and_in_order(cursor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "CHUNK_ROWS", 7)
    cursor.execute("CREATE TEMP TABLE arrived (id bigint GENERATED ALWAYS AS IDENTITY, n bigint)")
    copy_columns(cursor, "arrived", {"n": Bigints(np.arange(50))})
    assert [n for (n,) in cursor.execute("SELECT n FROM arrived ORDER BY id")] == list(range(50))


def test_columns_of_unequal_length_are_a_bug(cursor: Any) -> None:
    with pytest.raises(ValueError, match="too many values"):
        copy_columns(cursor, "move", {"id": Bigints(np.arange(2)), "part_id": Bigints(np.arange(3))})


def test_rows_arrive_with_tabs_newlines_and_nothing(cursor: Any) -> None:
    cursor.execute("CREATE TEMP TABLE arrived (a text, b text)")
    copy_rows(cursor, "arrived", ("a", "b"), [("电脑板\t\\n\n", None)])
    assert cursor.execute("SELECT a, b FROM arrived").fetchall() == [("电脑板\t\\n\n", None)]


def test_keys_and_indexes_come_back_exactly_as_they_were(cursor: Any) -> None:
    before = cursor.execute(_KEYS).fetchall(), cursor.execute(_INDEXES).fetchall()
    with put_aside(cursor, LARGE):
        assert cursor.execute(_KEYS).fetchall() != before[0]
        assert cursor.execute(_INDEXES).fetchall() != before[1]
    assert (cursor.execute(_KEYS).fetchall(), cursor.execute(_INDEXES).fetchall()) == before


def test_checks_primary_keys_and_triggers_stay_while_keys_are_put_aside(cursor: Any) -> None:
    guards = """
        SELECT conname FROM pg_constraint WHERE contype IN ('c', 'p', 'u') AND connamespace = 'public'::regnamespace
        UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1
    """
    before = cursor.execute(guards).fetchall()
    with put_aside(cursor, LARGE):
        assert cursor.execute(guards).fetchall() == before


def test_rows_that_break_a_key_keep_it_from_coming_back(owner_engine: Engine) -> None:
    """The load as a whole is undone: nothing commits without its keys."""
    with owner_engine.connect() as connection, connection.connection.cursor() as cursor:
        with pytest.raises(Exception, match="fk_lot_part_id"), put_aside(cursor, LARGE):  # type: ignore[arg-type]
            cursor.execute("INSERT INTO lot (part_id, number, first_received_at) VALUES (424242, 'X', now())")
        connection.rollback()
    with owner_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM pg_constraint WHERE conname = 'fk_lot_part_id'")) == 1
