"""Columns of a statement as arrays, without a Python object per row.

The database packs the rows into one value: a COPY of single rows costs several microseconds a row in the driver alone,
packed it is less than half of one, the database's own work included. One value holds a gigabyte, some ten million
rows of a few columns.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from inventory.copying import driver_cursor

KINDS: Mapping[str, tuple[str, str]] = {
    "bigint": (">i8", "int8send"),
    "integer": (">i4", "int4send"),
    "smallint": (">i2", "int2send"),
    "double precision": (">f8", "float8send"),
}


def read_columns(
    session: Session, statement: str, parameters: Mapping[str, Any] | None = None, **columns: str
) -> dict[str, NDArray[Any]]:
    """Run a SELECT and give its columns as arrays, in its order and in the machine's own byte order.

    `columns` names each column and its type, one of KINDS; the statement is cast to them here. No value may be NULL:
    the rows would no longer be of one length, which is what makes this fast.

    Shapes: (rows,) each.
    Raises: ValueError when a value is NULL.
    """
    casts = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in columns.items())
    packed = " || ".join(f"{KINDS[kind][1]}({name})" for name, kind in columns.items())
    copied = (
        f"COPY (SELECT int8send(count(*)), string_agg({packed}, '') FROM (SELECT {casts} FROM ({statement}) AS read)"  # noqa: S608 -- our own statements
        " AS cast_) TO STDOUT (FORMAT binary)"
    )
    row = np.dtype([(name, KINDS[kind][0]) for name, kind in columns.items()])
    count, data = _copied(session, copied, parameters or {})
    table = np.frombuffer(data or b"", dtype=row)
    if len(table) != int.from_bytes(count, "big"):
        raise ValueError(f"a value of {', '.join(columns)} is NULL")
    return {name: table[name].astype(row[name].newbyteorder("=")) for name in columns}


def _copied(session: Session, statement: str, parameters: Mapping[str, Any]) -> tuple[bytes, bytes | None]:
    with driver_cursor(session) as cursor, cursor.copy(statement, parameters) as copy:
        copy.set_types(["bytea", "bytea"])
        [(count, data)] = copy.rows()
    return count, data
