"""Tables that people send: their columns, how a cell is read, and what is told about rows that cannot be taken.

A sheet is one kind of table (parts, bins ...). A row comes with its line in the file and its cells as text, in the
order of the sheet's columns; a column that the file does not have is None in every row and leaves what it would set as
it is. Reading a cell is pure; what needs the database is checked by `staging.py`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Boolean, Date, Double, Numeric, Text
from sqlalchemy.types import TypeEngine

from barcode.gs1 import has_check_digit
from inventory.db import QUANTITY_MAX
from inventory.errors import RuleBroken


class Unreadable(Exception):
    """A cell does not hold what its column takes; `code` says why, `fact` what would do."""

    def __init__(self, code: str, fact: str = "") -> None:
        super().__init__(code, fact)
        self.code = code
        self.fact = fact


class Row(NamedTuple):
    """A row of a file: its line, its cells, which of them were numbers to Excel, and what the file itself got wrong."""

    line: int
    cells: Sequence[str | None]
    numbers: frozenset[int] = frozenset()
    fault: str = ""


class Problem(NamedTuple):
    """What is wrong with a row; without a column it is the row as a whole."""

    line: int
    column: str
    code: str
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a file would do, or has done: good rows by what becomes of them, and every problem, by line.

    `cut_short`: there were more problems than anybody mends; rows after the last one told were not read.
    """

    rows: int
    new: int
    changed: int
    unchanged: int
    problems: Sequence[Problem] = ()
    cut_short: bool = False


class ImportRefused(RuleBroken):
    """The file has rows that cannot be taken, so none of it was."""

    code = "import_refused"

    def __init__(self, findings: Findings) -> None:
        super().__init__(problems=len(findings.problems))
        self.findings = findings


Reader = Callable[[str], str]
"""From the text of a cell, without blanks around it, to the text the database reads. Raises: Unreadable."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet.

    An empty cell takes the default; a required column has none and has to be in the file. `identifier`: a code in
    which leading zeros count, so a cell that Excel turned into a number is refused rather than guessed.
    """

    name: str
    read: Reader
    type: TypeEngine[Any] = field(default_factory=Text)
    required: bool = False
    default: str | None = ""
    identifier: bool = False
    folded: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of table: its name, its columns, those that name a row, and the SELECT of what stands in the database.

    `current` has the same columns; it says which rows are new, changed or unchanged, and it is the export.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    current: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)


# Full-width letters, digits and signs, as a Chinese input method writes them, and the blank that goes with them.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/+()*-]*")
_SHORTENED = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]+")
_NAME = re.compile("[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd]*")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_MONTH = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})月?")
_MONEY = re.compile(r"[0-9]{1,11}(\.[0-9]{1,4})?")
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,15})?")
_YES_NO = {
    **dict.fromkeys(("true", "yes", "y", "1", "是"), "true"),
    **dict.fromkeys(("false", "no", "n", "0", "否"), "false"),
}


def cell_text(column: Column, text: str) -> str:
    """What a cell holds for its column: blanks around it cut off and, but in names, full-width signs made plain."""
    text = text.strip()
    return text if not column.folded or text.isascii() else text.translate(_FULL_WIDTH).strip()


def code(length_max: int = 40) -> Reader:
    """A code of letters, digits and ._/+()*-, a letter or digit first: what a GS1 symbol can carry. Case counts."""

    def read(text: str) -> str:
        if _SHORTENED.fullmatch(text):
            raise Unreadable("number_shortened")
        if not _CODE.fullmatch(text):
            raise Unreadable("not_a_code")
        if len(text) > length_max:
            raise Unreadable("too_long", str(length_max))
        return text

    return read


def read_name(text: str) -> str:
    """A name or other free text: up to 200 characters on one line, every one of them readable."""
    if len(text) > 200:
        raise Unreadable("too_long", "200")
    if not _NAME.fullmatch(text):
        raise Unreadable("unreadable_character")
    return text


def whole_number(most: int = QUANTITY_MAX, *, least: int = 0) -> Reader:
    """A whole number within its bounds, in one to nine plain digits."""

    def read(text: str) -> str:
        if not (text.isascii() and text.isdigit() and len(text) <= 9) or not least <= int(text) <= most:
            raise Unreadable("not_a_whole_number", f"{least}..{most}")
        return text

    return read


def read_money(text: str) -> str:
    """An amount with up to four decimals, a full stop before them and nothing between the digits."""
    if not _MONEY.fullmatch(text):
        raise Unreadable("not_an_amount")
    return text


def degrees(most: int) -> Reader:
    """Degrees of latitude or longitude, decimal."""

    def read(text: str) -> str:
        if not _DEGREES.fullmatch(text) or abs(float(text)) > most:
            raise Unreadable("not_degrees", f"-{most}..{most}")
        return text

    return read


def read_day(text: str) -> str:
    """A day as 2026-03-02, 2026/3/2, 2026.3.2 or 2026年3月2日."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise Unreadable("not_a_day")
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        raise Unreadable("not_a_day") from None


def read_month_or_day(text: str) -> str:
    """A day, or a month as 2026-03, 2026/3, 2026.3 or 2026年3月, which stands for its first day."""
    month = _MONTH.fullmatch(text)
    return read_day(f"{month[1]}-{month[2]}-1" if month else text)


def read_yes_no(text: str) -> str:
    """Yes or no, in either language, as true/false or 1/0."""
    try:
        return _YES_NO[text.lower()]
    except KeyError:
        raise Unreadable("not_yes_or_no") from None


def one_of(words: Mapping[str, str]) -> Reader:
    """One of the words of the business, in English or Chinese."""

    def read(text: str) -> str:
        try:
            return words[text.lower()]
        except KeyError:
            raise Unreadable("not_one_of", ", ".join(dict.fromkeys(words.values()))) from None

    return read


def gs1_number(*lengths: int) -> Reader:
    """A GS1 number of one of these lengths with a right check digit, filled up with zeros to the longest.

    A program that took it for a number may have written `.0` behind it; the digits are all there.
    """

    def read(text: str) -> str:
        text = text.removesuffix(".0")
        if _SHORTENED.fullmatch(text):
            raise Unreadable("number_shortened")
        if not (text.isascii() and text.isdigit() and len(text) in lengths):
            raise Unreadable("not_a_gs1_number", ", ".join(map(str, lengths)))
        if not has_check_digit(text):
            raise Unreadable("wrong_check_digit")
        return text.zfill(max(lengths))

    return read


def code_column(name: str, *, length_max: int = 40, required: bool = True, default: str = "") -> Column:
    """A column of codes."""
    return Column(name, code(length_max), required=required, default=default, identifier=True)


def gs1_column(name: str, *lengths: int) -> Column:
    """A column of GS1 numbers. One that Excel made a number of is whole again once its zeros are filled up."""
    return Column(name, gs1_number(*lengths))


def name_column(name: str, *, required: bool = False) -> Column:
    """A column of free text."""
    return Column(name, read_name, required=required, folded=False)


def number_column(name: str, read: Reader, *, required: bool = False, default: str | None = None) -> Column:
    """A column of whole numbers."""
    return Column(name, read, BigInteger(), required=required, default=default)


def money_column(name: str) -> Column:
    """A column of amounts."""
    return Column(name, read_money, Numeric(18, 4), default=None)


def degrees_column(name: str, most: int, *, required: bool = False) -> Column:
    """A column of degrees."""
    return Column(name, degrees(most), Double(), required=required, default=None)


def day_column(name: str, *, required: bool = False) -> Column:
    """A column of days."""
    return Column(name, read_day, Date(), required=required, default=None)


def yes_no_column(name: str, *, default: str) -> Column:
    """A column of yes or no."""
    return Column(name, read_yes_no, Boolean(), default=default)


def word_column(name: str, words: Mapping[str, str], *, required: bool = False, default: str | None = None) -> Column:
    """A column of words of the business."""
    return Column(name, one_of(words), required=required, default=default)
