"""The pick list on paper, for the day the handhelds are down: A4, rows in walking order, a box to tick for each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from barcode.errors import LabelsNone, TooManyLabels
from barcode.sheets import POINTS_PER_MM, Box, Sheets
from barcode.symbols import qr
from barcode.typesetting import Fitted

PICK_ROWS_MAX = 2000
"""Rows in one list unless the caller says otherwise: about ninety pages."""

Language = Literal["zh", "en"]

_PAGE_MM = (210.0, 297.0)
_LEFT, _TOP, _BOTTOM = 12.0, 12.0, 285.0
_ROWS_TOP = 42.0
_ROW_PADDING = 1.2
_CELL_HEIGHT_MAX = 16.0
_DPI = 300

# Widths in mm: bin, part, name, lot, quantity, tick.
_COLUMNS = (30.0, 38.0, 62.0, 30.0, 16.0, 10.0)
_WORDS: dict[Language, tuple[str, ...]] = {
    "zh": ("拣货单", "货位", "备件", "名称", "批次", "数量", "✓"),
    "en": ("Pick list", "Bin", "Part", "Name", "Lot", "Quantity", "✓"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PickRow:
    """One thing to take, and from where."""

    bin_code: str
    part_number: str
    name: str
    lot: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PickList:
    """A wave or shipment to pick. `number` is printed as QR too, so that a scan opens it."""

    number: str
    warehouse_name: str
    rows: tuple[PickRow, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class _SetRow:
    cells: tuple[Fitted, ...]
    height: float


def pick_list_pdf(
    pick_list: PickList, *, language: Language = "zh", font: Path | None = None, rows_max: int = PICK_ROWS_MAX
) -> bytes:
    """The list on A4 sheets, head and page number on each.

    Raises: LabelsNone when it has no rows, TooManyLabels, FontUnreadable, SymbolNotEncodable (its number).
    """
    if not pick_list.rows:
        raise LabelsNone()
    if len(pick_list.rows) > rows_max:
        raise TooManyLabels(count=len(pick_list.rows), count_max=rows_max)
    words = _WORDS[language]
    width, height = _PAGE_MM
    sheets = Sheets(width_mm=width, height_mm=height, dpi=_DPI, title=words[0], font=font)
    pages = list(_pages([_set_row(sheets, row) for row in pick_list.rows]))
    for number, rows in enumerate(pages, start=1):
        _draw_head(sheets, pick_list, words, f"{number} / {len(pages)}")
        _draw_rows(sheets, rows)
        sheets.turn()
    return sheets.pdf()


def _set_row(sheets: Sheets, row: PickRow) -> _SetRow:
    texts = (row.bin_code, row.part_number, row.name, row.lot, str(row.quantity))
    cells = tuple(
        sheets.fitted(Box(0, 0, width - 3, _CELL_HEIGHT_MAX), text, size=10, size_min=10)
        for text, width in zip(texts, _COLUMNS, strict=False)
    )
    return _SetRow(cells, max(cell.height for cell in cells) / POINTS_PER_MM + 2 * _ROW_PADDING)


def _pages(rows: Sequence[_SetRow]) -> Iterator[list[_SetRow]]:
    page: list[_SetRow] = []
    level = _ROWS_TOP
    for row in rows:
        if page and level + row.height > _BOTTOM:
            yield page
            page, level = [], _ROWS_TOP
        page.append(row)
        level += row.height
    yield page


def _draw_head(sheets: Sheets, pick_list: PickList, words: Sequence[str], page: str) -> None:
    sheets.text(Box(_LEFT, _TOP, 110, 9), f"{words[0]} {pick_list.number}", size=18, size_min=9)
    sheets.text(Box(_LEFT, _TOP + 9.5, 150, 6), pick_list.warehouse_name, size=11, size_min=7)
    sheets.text(Box(_LEFT, _TOP + 15, 150, 8), pick_list.remark, size=9, size_min=7)
    sheets.symbol(Box(174, 8, 24, 24), qr(pick_list.number), module_mm=0.6, module_mm_min=0.3)
    for left, width, word in zip(_lefts(), _COLUMNS, words[1:], strict=True):
        sheets.text(Box(left, _ROWS_TOP - 6, width - 2, 5), word, size=9, size_min=6)
    sheets.rule(left=_LEFT, top=_ROWS_TOP, width=sum(_COLUMNS), thickness_pt=1.2)
    sheets.text(Box(_LEFT, _BOTTOM + 2, 60, 5), page, size=8, size_min=8)


def _draw_rows(sheets: Sheets, rows: Sequence[_SetRow]) -> None:
    level = _ROWS_TOP
    *_, quantity_column, tick_column = range(len(_COLUMNS))
    lefts = _lefts()
    for row in rows:
        for column, cell in enumerate(row.cells):
            box = Box(lefts[column], level + _ROW_PADDING, _COLUMNS[column] - 4, row.height)
            sheets.lines(box, cell, right=column == quantity_column)
        sheets.frame(Box(lefts[tick_column] + 2, level + _ROW_PADDING, 4, 4))
        level += row.height
        sheets.rule(left=_LEFT, top=level, width=sum(_COLUMNS), thickness_pt=0.3)


def _lefts() -> list[float]:
    return [_LEFT + sum(_COLUMNS[:column]) for column in range(len(_COLUMNS))]
