"""A file as a table: the names of its columns, and rows of text with their lines."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

ROWS_MAX = 2_000_000
"""A file with more rows is sent in parts: one transaction should not hold the tables for longer."""


class FileRow(NamedTuple):
    """A row as it stands in the file: its line, its cells, and which of them were numbers to Excel."""

    line: int
    cells: list[str]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """The names of the columns as they stand in the file, and the rows below them, read anew at each call."""

    header: tuple[str, ...]
    rows: Callable[[], Iterator[FileRow]]
