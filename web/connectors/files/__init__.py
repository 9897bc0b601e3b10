"""Tables that come and go as files: CSV and Excel, in, out, and back to their sender with what is wrong.

    KINDS[name].open(path)            the file as rows of that kind's sheet, or why it cannot be read
    kind.check(session, file.rows())  what it would do; kind.take(..., by=, at=) does it, all or nothing
    write_problem_file(...)           the file with a column that says what is wrong with which row
    export(session, kind, path)       what stands, in the same columns: it comes back as unchanged

Decisions:
- What a file is, its first bytes say. Workbooks are read by a child process with limits (`xlsx_files.py`).
- Excel turns codes into numbers and drops their leading zeros. In columns of codes (part number, warehouse, bin, lot,
  log-in) a cell that is a number is refused with the reason, for nobody can know the zeros; where the number of digits
  is known (GTIN, GLN, region) and in columns of numbers it is read as the whole number it is.
- Text that looks like a formula is kept: see `formulas.py`.
- Files are trimmed of blanks around cells, and full-width signs in codes and numbers are read as plain ones.
"""

from pathlib import Path

from sqlalchemy.orm import Session

from inventory.staging import export_rows
from web.connectors.files.errors import FileEmpty, FileUnreadable
from web.connectors.files.first_passwords import give_first_passwords
from web.connectors.files.kinds import KINDS, Kind, column_name
from web.connectors.files.problems import refusal_of, sentence_of, write_problem_file
from web.connectors.files.reading import SheetFile, read_table
from web.connectors.files.tables import Table
from web.connectors.files.writing import write_table

__all__ = [
    "KINDS",
    "FileEmpty",
    "FileUnreadable",
    "Kind",
    "SheetFile",
    "Table",
    "column_name",
    "export",
    "give_first_passwords",
    "read_table",
    "refusal_of",
    "sentence_of",
    "write_problem_file",
]


def export(session: Session, kind: Kind, path: Path) -> int:
    """Write what stands of a kind to a file, CSV or workbook by its name; return the number of rows."""
    return write_table(path, kind.sheet.names, export_rows(session, kind.sheet))
