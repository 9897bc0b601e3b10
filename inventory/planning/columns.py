"""Columns of a statement as arrays: PostgreSQL's binary COPY is read as it comes, without a Python object per row."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

HEADER_BYTES = 19
TRAILER_BYTES = 2
KINDS: Mapping[str, str] = {"bigint": ">i8", "integer": ">i4", "smallint": ">i2", "double precision": ">f8"}


def read_columns(
    session: Session, statement: str, parameters: Mapping[str, Any] | None = None, **columns: str
) -> dict[str, NDArray[Any]]:
    """Run a SELECT and give its columns as arrays, in the machine's own byte order.

    `columns` names each column and its type, one of KINDS; the statement is cast to them here. No value may be NULL:
    the rows would no longer be of one length, which is what makes this fast.

    Shapes: (rows,) each.
    Raises: ValueError when a value is NULL.
    """
    casts = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in columns.items())
    copied = f"COPY (SELECT {casts} FROM ({statement}) AS read) TO STDOUT (FORMAT binary)"  # noqa: S608 -- our own statements
    row = np.dtype(
        [
            ("fields", ">i2"),
            *(field for name, kind in columns.items() for field in ((f"{name}_bytes", ">i4"), (name, KINDS[kind]))),
        ]
    )
    data = _copied(session, copied, parameters or {})
    rows, rest = divmod(len(data) - HEADER_BYTES - TRAILER_BYTES, row.itemsize)
    table = np.frombuffer(data, dtype=row, count=rows, offset=HEADER_BYTES)
    if rest or any((table[f"{name}_bytes"] != table.dtype[name].itemsize).any() for name in columns):
        raise ValueError(f"a value of {', '.join(columns)} is NULL")
    return {name: table[name].astype(table.dtype[name].newbyteorder("=")) for name in columns}


def _copied(session: Session, statement: str, parameters: Mapping[str, Any]) -> bytes:
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(statement, parameters) as copy:
        return b"".join(copy)
