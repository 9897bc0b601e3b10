"""Why a file cannot be read as a table at all. What is wrong with single rows is told with the rows."""

from inventory.errors import RuleBroken


class FileUnreadable(RuleBroken):
    """The file is not a table that we read."""

    code = "file_unreadable"


class FileEmpty(FileUnreadable):
    """There is not even a row of column names."""

    code = "file_empty"


class EncodingUnknown(FileUnreadable):
    """The text is neither UTF-8 nor GB18030."""

    code = "file_encoding_unknown"


class QuoteOpen(FileUnreadable):
    """A quotation mark is opened in this line and what follows it is swallowed, or it stands in the midst of a cell."""

    code = "file_quote_open"


class CellTooLong(FileUnreadable):
    """A cell is longer than any text we keep: most likely a quotation mark was opened and not closed."""

    code = "file_cell_too_long"


class TooManyRows(FileUnreadable):
    """The file has more rows than are taken at once."""

    code = "file_too_many_rows"


class SpreadsheetUnreadable(FileUnreadable):
    """It is no workbook of Excel 2007 or later, or a damaged one."""

    code = "file_spreadsheet_unreadable"


class SpreadsheetOld(FileUnreadable):
    """A workbook of the old format, or one that is protected by a password."""

    code = "file_spreadsheet_old"


class SpreadsheetTooLarge(FileUnreadable):
    """The workbook unpacks to more than we read, or takes more memory or time than a table of ours needs."""

    code = "file_spreadsheet_too_large"


class ColumnsMissing(FileUnreadable):
    """Columns that every row needs are not there."""

    code = "file_columns_missing"


class ColumnsUnknown(FileUnreadable):
    """Columns have no name, or one that this kind of table does not know."""

    code = "file_columns_unknown"


class ColumnsDoubled(FileUnreadable):
    """Two columns have the same name."""

    code = "file_columns_doubled"
