"""Tables on their way out: CSV that opens in Excel with its Chinese whole, or a workbook; text stays text."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from web.connectors.files.errors import TooManyRows
from web.connectors.files.formulas import defused

XLSX_ROWS_MAX = 1_048_575  # what a sheet of Excel holds below its header


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a workbook if the name ends in .xlsx, else CSV; return how many rows there were.

    Raises: TooManyRows when a workbook cannot hold them.
    """
    write = write_xlsx if path.suffix.lower() == ".xlsx" else write_csv
    return write(path, header, rows)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write UTF-8 with a mark, by which Excel knows it; cells that look like formulas are defused."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow([defused(text_of(value)) for value in row])
            count += 1
    return count


def write_xlsx(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a workbook row by row; numbers are numbers, everything else is text, whatever it looks like."""
    count = 0
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, header)
        for count, row in enumerate(rows, start=1):
            if count > XLSX_ROWS_MAX:
                raise TooManyRows(most=XLSX_ROWS_MAX)
            for place, value in enumerate(row):
                if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                    sheet.write_number(count, place, value)
                else:
                    sheet.write_string(count, place, text_of(value))
    return count


def text_of(value: Any) -> str:
    """A value as a file shows it and as it is read again."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
