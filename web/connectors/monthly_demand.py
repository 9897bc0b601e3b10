"""Wide files of monthly demand: a row a part, a column a month, as spreadsheets and public data sets have them.

The first column names the part. A month is a column headed as one (2024-03, 2024/3, 2024年3月, 202403, Mar-24, m01,
2024-03-01), or, in a file without such heads, by a plain number. Other columns are left aside, but for the price when
one is asked for. An empty field is a month that nobody knows, and so is a month between two others that has no column.
"""

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inventory.errors import RuleBroken
from web.connectors.files.reading import read_table

QUANTITY_MAX = 1e12
GAPS_MAX = 240
EMPTY = frozenset({"", "-", "na", "n/a", "nan", "null", "none"})
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_YEAR_MONTH = re.compile(r"x?((?:19|20)\d\d)[-/._ 年m]?(\d{1,2})月?(?:[-/._ ]\d{1,2}日?)?(?:[ T]00:00(?::00)?)?")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/._ ]((?:19|20)\d\d)")
_NAMED = re.compile(r"([a-z]{3})[a-z]*\.?[-/._ ']*((?:19|20)?\d\d)|((?:19|20)\d\d)[-/._ ]*([a-z]{3})[a-z]*")
_NUMBERED = re.compile(r"(?:m|month|period|t|p|x|v|第)?[-_ ]?(\d{1,4})(?:月|个月|期)?")


class NoMonths(RuleBroken):
    """No column of the file is headed as a month."""

    code = "monthly_no_months"


class MonthTwice(RuleBroken):
    """Two columns are headed as the same month."""

    code = "monthly_month_twice"


class NoParts(RuleBroken):
    """There is no row of demand in the file."""

    code = "monthly_no_parts"


class NotADemand(RuleBroken):
    """A field holds something other than a quantity of nothing or more."""

    code = "monthly_not_a_quantity"


class NoSuchColumn(RuleBroken):
    """The column asked for is not in the file."""

    code = "monthly_no_such_column"


class MonthlyDemand(NamedTuple):
    """A file read: its parts and months in order of time, and what was asked for.

    Shapes: demand is (parts, months), NaN unknown; price (parts,), 1 when none was asked for.
    """

    parts: Sequence[str]
    months: Sequence[str]
    """How each month is headed; nothing for one that lies between others and has no column."""
    demand: npt.NDArray[np.float64]
    price: npt.NDArray[np.float64]


def read_monthly_demand(path: Path, price_column: str | None = None) -> MonthlyDemand:
    """Read a CSV file or a workbook of monthly demand.

    Raises: the kinds of FileUnreadable; NoMonths, MonthTwice, NoParts, NotADemand, NoSuchColumn.
    """
    table = read_table(path)
    header = [name.strip().lstrip("\ufeff") for name in table.header]
    price = _place_of(header, price_column) if price_column is not None else None
    months = _months(header, skipping={0, price})
    parts, demand, prices = [], [], []
    for line, cells, _ in table.rows():
        row = [*cells, *[""] * (len(header) - len(cells))]
        parts.append(row[0].strip())
        demand.append([math.nan if place is None else _quantity(row[place], line, header[place]) for place in months])
        prices.append(1.0 if price is None else _quantity(row[price], line, header[price]))
    if not parts:
        raise NoParts()
    heads = ["" if place is None else header[place] for place in months]
    return MonthlyDemand(parts, heads, np.array(demand, np.float64), _filled(np.array(prices, np.float64)))


def _place_of(header: Sequence[str], column: str) -> int:
    folded = [name.casefold() for name in header]
    if column.strip().casefold() not in folded:
        raise NoSuchColumn(column=column, columns=", ".join(header[:20]))
    return folded.index(column.strip().casefold())


def _months(header: Sequence[str], skipping: set[int | None]) -> list[int | None]:
    """Find the columns of months, in order of time; those headed with a date count before those with a number."""
    for month_of in (_dated, _numbered):
        found = {place: month_of(name) for place, name in enumerate(header) if place not in skipping}
        months = {place: month for place, month in found.items() if month is not None}
        if months:
            break
    else:
        raise NoMonths(columns=", ".join(header[:20]))
    ordered = sorted(months, key=lambda place: (months[place], place))
    for one, next_one in pairwise(ordered):
        if months[one] == months[next_one]:
            raise MonthTwice(columns=f"{header[one]}, {header[next_one]}")
    return _with_gaps(ordered, [months[place] for place in ordered])


def _with_gaps(places: Sequence[int], months: Sequence[int]) -> list[int | None]:
    """Leave a place for every month without a column; where no two follow each other they are no months but quarters.

    Those are taken one after the other, and so are columns of numbers with more gaps than GAPS_MAX.
    """
    steps = [later - earlier for earlier, later in pairwise(months)]
    if min(steps, default=1) > 1 or sum(steps) - len(steps) > GAPS_MAX:
        return list(places)
    filled: list[int | None] = [places[0]]
    for place, step in zip(places[1:], steps, strict=True):
        filled += [*[None] * (step - 1), place]
    return filled


def _dated(name: str) -> int | None:
    """Give a month's number counted from year nought, or None when the head names no month of a year."""
    name = name.strip().casefold()
    if found := _YEAR_MONTH.fullmatch(name):
        return _counted(found[1], int(found[2]))
    if found := _MONTH_YEAR.fullmatch(name):
        return _counted(found[2], int(found[1]))
    if found := _NAMED.fullmatch(name):
        word, year = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _counted(year, MONTHS.index(word) + 1) if word in MONTHS else None
    return None


def _counted(year: str, month: int) -> int | None:
    century = 0 if len(year) == 4 else 1900 if int(year) >= 70 else 2000
    return (century + int(year)) * 12 + month if 1 <= month <= 12 else None


def _numbered(name: str) -> int | None:
    found = _NUMBERED.fullmatch(name.strip().casefold())
    return int(found[1]) if found else None


def _quantity(cell: str, line: int, column: str) -> float:
    """Read a quantity; thousands may be parted by commas, and an empty field is unknown."""
    text = cell.strip()
    if text.casefold() in EMPTY:
        return math.nan
    try:
        quantity = float(text.replace(",", ""))
    except ValueError:
        raise NotADemand(line=line, column=column, text=text[:40]) from None
    if not 0 <= quantity <= QUANTITY_MAX:
        raise NotADemand(line=line, column=column, text=text[:40])
    return quantity


def _filled(price: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give parts without a price the median one."""
    known = price[~np.isnan(price)]
    return np.where(np.isnan(price), np.median(known) if known.size else 1.0, price)
