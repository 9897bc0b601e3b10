"""Columns of statements as arrays."""

import numpy as np
import pytest

from inventory.planning.columns import read_columns

NUMBERS = "SELECT n, n * 0.5 AS half, mod(n, 2) AS odd FROM generate_series(1, %(most)s) AS n"


def test_columns_come_in_the_order_of_the_statement_and_in_their_types(session):
    read = read_columns(
        session, f"{NUMBERS} ORDER BY n DESC", {"most": 5}, n="bigint", half="double precision", odd="smallint"
    )
    assert read["n"].tolist() == [5, 4, 3, 2, 1]
    assert read["half"].tolist() == [2.5, 2.0, 1.5, 1.0, 0.5]
    assert read["odd"].dtype == np.dtype(np.int16)


def test_the_order_holds_for_more_rows_than_are_read_at_once(session):
    read = read_columns(session, f"{NUMBERS} ORDER BY n DESC", {"most": 200_000}, n="integer")
    assert np.array_equal(read["n"], np.arange(200_000, 0, -1))


def test_no_rows_are_empty_columns(session):
    read = read_columns(session, NUMBERS, {"most": 0}, n="bigint", odd="smallint")
    assert [len(column) for column in read.values()] == [0, 0]


def test_a_value_that_is_not_known_is_refused_rather_than_left_out(session):
    statement = "SELECT nullif(n, 2) AS n FROM generate_series(1, 3) AS n"
    with pytest.raises(ValueError, match="NULL"):
        read_columns(session, statement, None, n="bigint")
