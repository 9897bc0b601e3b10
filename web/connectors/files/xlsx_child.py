"""Run by `xlsx_files.py` as a process of its own: a workbook comes in, the rows of its first sheet go out as CSV.

It limits its own memory and time before it opens anything. Nothing of ours is imported here: it starts quickly and
holds no connection and no secret.
"""

import csv
import io
import resource
import sys
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import TextIO

from python_calamine import CalamineError, CalamineWorkbook

MEMORY_BYTES_MAX = 2_000_000_000
CPU_SECONDS_MAX = 100
UNREADABLE = 3
EXACT_MAX = 2**53  # whole numbers above it are not what was typed any more


def main(rows_max: int, out: TextIO) -> int:
    """Read standard input, write rows to `out`; 3 says that the file is no workbook."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        sheet = book.get_sheet_by_index(0)
    except (CalamineError, IndexError, ValueError):
        return UNREADABLE
    writer = csv.writer(out)
    told = 0
    for line, values in enumerate(sheet.iter_rows(), start=1):
        cells = [text_of(value) for value in values]
        if any(cells):
            numbers = " ".join(str(place) for place, value in enumerate(values) if type(value) in (int, float))
            writer.writerow((line, numbers, *cells))
            told += 1
            if told >= rows_max:
                break
    return 0


def text_of(value: object) -> str:
    """A cell as a person would have typed it in a text file."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < EXACT_MAX
        return str(int(value)) if whole else format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


if __name__ == "__main__":
    status = 0
    # Whoever asked may have read enough and gone: that is no failure.
    with suppress(BrokenPipeError), open(1, "w", encoding="utf-8", newline="", closefd=False) as told_to:
        status = main(int(sys.argv[1]), told_to)
    sys.exit(status)
