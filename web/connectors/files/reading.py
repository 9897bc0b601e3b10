"""From a file to the rows of a sheet: which column of the file is which, and what it leaves out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from inventory.sheets import Row, Sheet
from web.connectors.files.csv_files import open_csv
from web.connectors.files.errors import (
    ColumnsDoubled,
    ColumnsMissing,
    ColumnsUnknown,
    FileEmpty,
    SpreadsheetOld,
    SpreadsheetUnreadable,
)
from web.connectors.files.tables import Table
from web.connectors.files.xlsx_files import open_xlsx

ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROBLEM = "problem"
PROBLEM_NAMES = frozenset({PROBLEM, "问题"})
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def read_table(path: Path) -> Table:
    """Open a CSV file or a workbook. What it is, its first bytes say, not its name.

    Raises: the kinds of FileUnreadable, some of them only while rows are read.
    """
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise FileEmpty()
    if start.startswith(ZIP):
        return open_xlsx(path)
    if start == OLD_EXCEL:
        raise SpreadsheetOld()
    if path.suffix.lower() == ".xlsx":
        raise SpreadsheetUnreadable()
    return open_csv(path)


@dataclass(frozen=True, slots=True)
class SheetFile:
    """A file whose columns were recognised: rows in the order of the sheet's columns."""

    table: Table
    sheet: Sheet
    places: tuple[int | None, ...]

    def rows(self, progress: Callable[[int], None] = lambda count: None) -> Iterator[Row]:
        """The rows as the domain takes them; `progress` is told now and then how many were read."""
        width = len(self.table.header)
        for count, (line, cells, numbers) in enumerate(self.table.rows(), start=1):
            fault = "" if len(cells) == width else _length_fault(cells, width)
            if len(cells) < width:
                cells = cells + [""] * (width - len(cells))
            told = [None if place is None else cells[place] for place in self.places]
            yield Row(line, told, self._numbers(numbers) if numbers else numbers, fault)
            if count % 5_000 == 0:
                progress(count)

    def _numbers(self, places: frozenset[int]) -> frozenset[int]:
        return frozenset(index for index, place in enumerate(self.places) if place in places)


def recognise(table: Table, sheet: Sheet, names: Mapping[str, str], ignored: frozenset[str]) -> SheetFile:
    """Find the sheet's columns in a header: `names` maps what people write, folded, to the column it means.

    Raises: ColumnsUnknown, ColumnsDoubled, ColumnsMissing.
    """
    header = [fold(name) for name in table.header]
    meant = [names.get(name, "") for name in header]
    known = PROBLEM_NAMES | ignored
    unknown = [
        table.header[place] or f"#{place + 1}"
        for place, name in enumerate(meant)
        if not name and header[place] not in known and (header[place] or any(header[place:]))
    ]
    if unknown:
        raise ColumnsUnknown(columns=", ".join(one[:40] for one in unknown[:10]))
    doubled = sorted({name for name in meant if name and meant.count(name) > 1})
    if doubled:
        raise ColumnsDoubled(columns=", ".join(doubled))
    missing = [one.name for one in sheet.columns if one.required and one.name not in meant]
    if missing:
        raise ColumnsMissing(columns=", ".join(missing))
    return SheetFile(table, sheet, tuple(meant.index(name) if name in meant else None for name in sheet.names))


def fold(name: str) -> str:
    """A column's name for comparing: without blanks around it, plain signs, small letters."""
    return name.strip().translate(_FULL_WIDTH).lower().replace(" ", "_")


def _length_fault(cells: list[str], width: int) -> str:
    """Trailing commas that Excel leaves behind are no fault."""
    if len(cells) < width:
        return "row_too_short"
    return "row_too_long" if any(cells[width:]) else ""
