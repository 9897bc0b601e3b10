"""Rows of a file as the edge hands them to a context."""

from collections.abc import Mapping

from inventory.sheets import Row, Sheet


def sheet_rows(sheet: Sheet, *records: Mapping[str, str], without: tuple[str, ...] = ()) -> list[Row]:
    """Rows from the second line on, in the sheet's columns; cells not named are empty, columns in `without` missing."""
    return [
        Row(line, [None if name in without else record.get(name, "") for name in sheet.names])
        for line, record in enumerate(records, start=2)
    ]
