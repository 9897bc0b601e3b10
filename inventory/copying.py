"""COPY: rows as people write them for the small tables, columns of arrays packed in the binary format for the large.

Binary rows are laid out side by side in one block of bytes, every field in a slot as wide as its widest value, and the
unused bytes are cut out in one step: about a million rows a second, where writing text row by row makes 0.2 million.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Bytes = NDArray[np.uint8]
Cursor = psycopg.Cursor[tuple[object, ...]]
CHUNK_ROWS = 4_000  # a block and its mask fit the processor's cache; with 100,000 rows it takes three times as long
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_POSTGRES_EPOCH_US = 946_684_800_000_000  # 2000-01-01 in microseconds since 1970


@dataclass(frozen=True, slots=True)
class Bigints:
    """A column of bigint; negative numbers stand for NULL, which no column of ours holds."""

    values: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.values)

    def slot(self, rows: slice) -> tuple[Bytes, NDArray[np.int64]]:
        """The values as bytes in network order, and how many bytes each has; NULL has -1."""
        values = self.values[rows]
        return _network_order(values, ">i8"), np.where(values < 0, -1, 8)


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column of a fixed-width kind, as the database writes it: `>i8` bigint, `>i4` integer or date, `>i2` smallint,
    `>f8` double precision, `>?` boolean. `known` is False where the value is NULL.
    """

    values: NDArray[Any]
    kind: str
    known: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.values)

    def slot(self, rows: slice) -> tuple[Bytes, NDArray[np.int64]]:
        """The values as bytes in network order, and how many bytes each has; NULL has -1."""
        values = _network_order(self.values[rows], self.kind)
        known = np.ones(len(values), dtype=bool) if self.known is None else self.known[rows]
        return values, np.where(known, values.shape[1], -1)


@dataclass(frozen=True, slots=True)
class Instants:
    """A column of timestamptz, given as microseconds since 1970."""

    values: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.values)

    def slot(self, rows: slice) -> tuple[Bytes, NDArray[np.int64]]:
        """The values as bytes in network order."""
        values = self.values[rows] - _POSTGRES_EPOCH_US
        return _network_order(values, ">i8"), np.full(len(values), 8)


@dataclass(frozen=True, slots=True)
class Words:
    """A column of text with few different values: codes into a list of words; a negative code is NULL."""

    words: Sequence[str]
    codes: NDArray[np.integer]

    def __len__(self) -> int:
        return len(self.codes)

    def slot(self, rows: slice) -> tuple[Bytes, NDArray[np.int64]]:
        """The words in UTF-8, side by side."""
        encoded = [word.encode() for word in self.words]
        table = np.zeros((len(encoded), max(map(len, encoded))), dtype=np.uint8)
        for row, word in enumerate(encoded):
            table[row, : len(word)] = np.frombuffer(word, dtype=np.uint8)
        lengths = np.array([len(word) for word in encoded])
        codes = self.codes[rows]
        return table[codes], np.where(codes < 0, -1, lengths[codes])


@dataclass(frozen=True, slots=True)
class Texts:
    """A column of ASCII text, given as an array of fixed-width bytes."""

    values: "NDArray[np.bytes_]"

    def __len__(self) -> int:
        return len(self.values)

    def slot(self, rows: slice) -> tuple[Bytes, NDArray[np.int64]]:
        """The texts side by side."""
        values = np.ascontiguousarray(self.values[rows])
        return values.view(np.uint8).reshape(len(values), -1), np.char.str_len(values)


Column = Bigints | Numbers | Instants | Words | Texts


@contextmanager
def driver_cursor(session: Session) -> Iterator[Cursor]:
    """A cursor of the driver in the session's transaction, for COPY.

    Raises: DBAPIError, as any statement of the session does: a disk that is full, a database that went away.
    """
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor:
            yield cursor
    except psycopg.Error as error:
        if driver.closed:
            connection.invalidate()
        gone = connection.invalidated
        raise DBAPIError.instance("COPY", None, error, psycopg.Error, connection_invalidated=gone) from error


def copy_columns(cursor: Cursor, table: str, columns: Mapping[str, Column]) -> None:
    """Append rows given as columns of equal length."""
    [count] = {len(column) for column in columns.values()}
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(_HEADER)
        for start in range(0, count, CHUNK_ROWS):
            copy.write(_pack(list(columns.values()), slice(start, min(start + CHUNK_ROWS, count))))
        copy.write(_TRAILER)


def lay_in(
    session: Session, table: str, *, like: str, columns: Mapping[str, Column], whole: Collection[str] = ()
) -> None:
    """Bring columns into an empty table of the transaction that is shaped like another; `whole` travel as bigint."""
    names = ", ".join(f"CAST({one} AS bigint) AS {one}" if one in whole else one for one in columns)
    session.execute(
        text(f"CREATE TEMP TABLE IF NOT EXISTS {table} ON COMMIT DELETE ROWS AS SELECT {names} FROM {like} LIMIT 0")  # noqa: S608 -- our own names
    )
    session.execute(text(f"TRUNCATE {table}"))
    with driver_cursor(session) as cursor:
        copy_columns(cursor, table, columns)
    session.execute(text(f"ANALYZE {table}"))


def copy_rows(cursor: Cursor, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Append rows given one by one."""
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _pack(columns: Sequence[Column], rows: slice) -> bytes:
    """Rows in the binary format: a count of fields, then each field's length and bytes.

    Shapes: the block is (rows, the widest row); `used` marks the bytes that are sent.
    """
    count = rows.stop - rows.start
    slots = [column.slot(rows) for column in columns]
    width = 2 + sum(4 + values.shape[1] for values, _ in slots)
    block, used = np.zeros((count, width), dtype=np.uint8), np.zeros((count, width), dtype=bool)
    block[:, :2] = np.frombuffer(len(columns).to_bytes(2, "big"), dtype=np.uint8)
    used[:, :2] = True
    at = 2
    for values, lengths in slots:
        block[:, at : at + 4] = _network_order(lengths, ">i4")
        used[:, at : at + 4] = True
        at += 4
        block[:, at : at + values.shape[1]] = values
        used[:, at : at + values.shape[1]] = np.arange(values.shape[1]) < lengths[:, None]
        at += values.shape[1]
    return block[used].tobytes()


def _network_order(values: NDArray[np.integer], kind: str) -> Bytes:
    return np.ascontiguousarray(values.astype(kind)).view(np.uint8).reshape(len(values), -1)
