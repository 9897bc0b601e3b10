"""CSV as Excel and other programs write it: UTF-8 with or without a mark, GB18030; comma, semicolon or tab.

Python's reader swallows damage unless it is watched: it is strict here, an open quotation mark is told by the line
where it was opened, and rows keep their line of the file. NULs and line breaks inside cells come through, and are
refused by whoever reads the cell.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from web.connectors.files.errors import CellTooLong, EncodingUnknown, FileEmpty, QuoteOpen, TooManyRows
from web.connectors.files.formulas import as_meant
from web.connectors.files.tables import ROWS_MAX, FileRow, Table

ENCODINGS = ("utf-8-sig", "gb18030")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
DELIMITERS = ",;\t"
CHUNK = 1 << 20


def open_csv(path: Path) -> Table:
    """Open the file and read its header.

    Raises: EncodingUnknown, FileEmpty, QuoteOpen; TooManyRows, CellTooLong while rows are read.
    """
    encoding = _encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        start = file.readline(CHUNK)
    delimiter = max(DELIMITERS, key=start.count)
    header = next(_rows(path, encoding, delimiter), None)
    if header is None:
        raise FileEmpty()

    def rows() -> Iterator[FileRow]:
        following = _rows(path, encoding, delimiter)
        next(following, None)
        for count, row in enumerate(following, start=1):
            if count > ROWS_MAX:
                raise TooManyRows(most=ROWS_MAX)
            yield row

    return Table(tuple(header.cells), rows)


def _encoding_of(path: Path) -> str:
    """The first encoding in which the whole file is text."""
    with path.open("rb") as file:
        if file.read(2) in UTF_16_MARKS:
            raise EncodingUnknown()
    for encoding in ENCODINGS:
        try:
            with path.open(encoding=encoding, newline="") as file:
                while file.read(CHUNK):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise EncodingUnknown()


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[FileRow]:
    """Every row that is not blank, the header among them."""
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        line = 1
        try:
            for cells in reader:
                if any(cells):
                    yield FileRow(line, [as_meant(cell) for cell in cells] if "'" in "".join(cells) else cells)
                line = reader.line_num + 1
        except csv.Error as error:
            if "field larger" in str(error):
                raise CellTooLong(line=line) from error
            raise QuoteOpen(line=line) from error
