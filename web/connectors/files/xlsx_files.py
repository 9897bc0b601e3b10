"""Workbooks of Excel, first sheet: looked at as an archive first, then read by a child process with limits.

An archive of 2 MB can unpack to gigabytes, and one cell at the far corner makes a sheet of 17 thousand million cells;
so the directory of the archive is added up before anything is unpacked, and the reader runs where memory and time are
bounded. A damaged or malicious file ends the child, not us.
"""

import csv
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

from web.connectors.files.errors import (
    CellTooLong,
    FileEmpty,
    SpreadsheetTooLarge,
    SpreadsheetUnreadable,
    TooManyRows,
)
from web.connectors.files.tables import ROWS_MAX, FileRow, Table

MEMBERS_MAX = 1_000
UNPACKED_BYTES_MAX = 400_000_000
UNPACKED_RATIO_MAX = 100
SMALL_BYTES = 10_000_000  # what any archive may unpack to, however well it packs
SECONDS_MAX = 120
WORKBOOK = "xl/workbook.xml"
CHILD = Path(__file__).with_name("xlsx_child.py")
UNREADABLE = 3  # the child's exit status when the file is damaged; whatever else ends it was a limit


def open_xlsx(path: Path) -> Table:
    """Open the workbook and read the header of its first sheet.

    Raises: SpreadsheetUnreadable, SpreadsheetTooLarge, FileEmpty; TooManyRows while rows are read.
    """
    _require_harmless(path)
    found = _rows(path, rows_max=1)
    header = next(found, None)
    found.close()
    if header is None:
        raise FileEmpty()

    def rows() -> Iterator[FileRow]:
        following = _rows(path, rows_max=ROWS_MAX + 2)
        next(following, None)
        for count, row in enumerate(following, start=1):
            if count > ROWS_MAX:
                raise TooManyRows(most=ROWS_MAX)
            yield row

    return Table(tuple(header.cells), rows)


def _require_harmless(path: Path) -> None:
    """Look at the directory of the archive: what it is, how many files, how large they would become."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise SpreadsheetUnreadable() from error
    names = {member.filename for member in members}
    if WORKBOOK not in names or len(names) < len(members):
        raise SpreadsheetUnreadable()
    unpacked = sum(member.file_size for member in members)
    allowed = min(UNPACKED_BYTES_MAX, max(SMALL_BYTES, UNPACKED_RATIO_MAX * path.stat().st_size))
    if len(members) > MEMBERS_MAX or unpacked > allowed:
        raise SpreadsheetTooLarge(megabytes=unpacked // 1_000_000, most=allowed // 1_000_000)


def _rows(path: Path, *, rows_max: int) -> Iterator[FileRow]:
    """Every row that is not blank, as the child tells them."""
    with tempfile.TemporaryFile() as complaints, path.open("rb") as file:
        child = subprocess.Popen(
            [sys.executable, "-I", str(CHILD), str(rows_max)], stdin=file, stdout=subprocess.PIPE, stderr=complaints
        )
        alarm = threading.Timer(SECONDS_MAX, child.kill)
        alarm.start()
        try:
            assert child.stdout is not None, "the child's output is a pipe"
            with TextIOWrapper(child.stdout, encoding="utf-8", newline="") as told:
                yield from _told_rows(told)
            status = child.wait()
        finally:
            alarm.cancel()
            child.kill()
            child.wait()
    if status == UNREADABLE:
        raise SpreadsheetUnreadable()
    if status != 0:
        raise SpreadsheetTooLarge(megabytes=path.stat().st_size // 1_000_000, most=UNPACKED_BYTES_MAX // 1_000_000)


def _told_rows(told: TextIOWrapper) -> Iterator[FileRow]:
    """The child writes CSV: the line, the places of the cells that were numbers, then the cells."""
    try:
        for line, numbers, *cells in csv.reader(told, strict=True):
            yield FileRow(int(line), cells, frozenset(int(place) for place in numbers.split()))
    except csv.Error as error:
        if "field larger" in str(error):
            raise CellTooLong() from error
        return  # the child was ended in the midst of a row; its exit status says why
