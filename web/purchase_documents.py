"""A purchase order on paper, in both languages on every line, and as a workbook that adds up by its own formulas."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import xlsxwriter

from barcode.sheets import POINTS_PER_MM, Box, Sheets
from barcode.symbols import qr
from barcode.typesetting import Fitted
from inventory.procurement import OrderLineView, OrderStatus, OrderView

_PAGE_MM, _DPI = (210.0, 297.0), 300
_LEFT, _TOP, _BOTTOM, _RIGHT = 12.0, 12.0, 268.0, 198.0
_FIRST_ROWS_TOP, _NEXT_ROWS_TOP = 78.0, 42.0
_ROW_PADDING, _CELL_HEIGHT_MAX = 1.2, 18.0

# Widths in mm: line, part, name, quantity, day, price, amount.
_COLUMNS = (9.0, 40.0, 51.0, 20.0, 22.0, 21.0, 23.0)
_HEADS = (
    "行 Line",
    "专用号/贵方料号 Part/yours",
    "名称 Description",
    "数量 Quantity",
    "要求到货 Wanted",
    "单价 Price",
    "金额 Amount",
)
_RIGHT_ALIGNED = frozenset({3, 5, 6})
_NO_ORDER = {
    OrderStatus.DRAFT: "草稿，未批准，不作订单 Draft, not approved: no order yet",
    OrderStatus.AWAITING_APPROVAL: "待批准，不作订单 Awaits approval: no order yet",
    OrderStatus.CANCELLED: "已取消 Cancelled",
}
"""What stands on the head of a paper by which nobody is to deliver."""
_UNITS = {"piece": "件 pcs", "g": "克 g", "mm": "毫米 mm"}


@dataclass(frozen=True, slots=True)
class _SetRow:
    cells: tuple[Fitted, ...]
    height: float


def order_pdf(view: OrderView, *, today: date, font: Path | None = None) -> bytes:
    """The order on A4 sheets, head and page number on each, the total on the last. Raises: FontUnreadable."""
    width, height = _PAGE_MM
    sheets = Sheets(width_mm=width, height_mm=height, dpi=_DPI, title=f"采购订单 {view.order.number}", font=font)
    pages = list(_pages([_set_row(sheets, line) for line in view.lines]))
    for number, rows in enumerate(pages, start=1):
        top = _FIRST_ROWS_TOP if number == 1 else _NEXT_ROWS_TOP
        _draw_head(sheets, view, today, f"{number} / {len(pages)}")
        if number == 1:
            _draw_parties(sheets, view)
        _draw_columns(sheets, top)
        level = _draw_rows(sheets, rows, top)
        if number == len(pages):
            _draw_total(sheets, view, level)
        sheets.turn()
    return sheets.pdf()


def order_xlsx(view: OrderView, *, today: date) -> bytes:
    """The order as a workbook: quantity and price are numbers, each amount and the total are formulas with our values.

    Text stays text, whatever it looks like.
    """
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(view.order.number)
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00##"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for row, (label, value) in enumerate(_about(view, today)):
            sheet.write_string(row, 0, label, bold)
            sheet.write_string(row, 1, value)
        top = len(_about(view, today)) + 1
        heads = (
            "行 Line",
            "专用号 Part",
            "贵方料号 Your number",
            "名称 Name",
            "英文名称 English name",
            "数量 Quantity",
        )
        heads += ("单位 Unit", "要求到货 Wanted on", "单价 Price", "金额 Amount")
        sheet.write_row(top, 0, heads, bold)
        for turn, one in enumerate(view.lines, start=1):
            row = top + turn
            sheet.write_number(row, 0, one.line.position)
            texts = (one.part_number, one.supplier_part_number, one.part_name_zh, one.part_name_en)
            for column, value in enumerate(texts, start=1):
                sheet.write_string(row, column, value)
            sheet.write_number(row, 5, one.line.quantity)
            sheet.write_string(row, 6, _UNITS.get(str(one.base_unit), str(one.base_unit)))
            sheet.write_datetime(row, 7, one.line.wanted_on, day)
            sheet.write_number(row, 8, one.line.price, money)
            sheet.write_formula(row, 9, f"=F{row + 1}*I{row + 1}", money, float(one.amount))
        last = top + len(view.lines)
        sheet.write_string(last + 1, 8, f"合计 Total {view.order.currency}", bold)
        sheet.write_formula(last + 1, 9, f"=SUM(J{top + 2}:J{last + 1})", money, float(view.amount))
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 4, 24)
        sheet.set_column(5, 9, 14)
        sheet.freeze_panes(top + 1, 0)
    return file.getvalue()


def _about(view: OrderView, today: date) -> list[tuple[str, str]]:
    """What stands above the lines."""
    order, supplier, place = view.order, view.supplier, view.warehouse
    no_order = _NO_ORDER.get(order.status)
    return [
        ("采购订单 Purchase order", order.number),
        *([("状态 Status", no_order)] if no_order else []),
        ("日期 Date", today.isoformat()),
        ("供应商 Supplier", " ".join((supplier.code, supplier.name_zh, supplier.name_en)).strip()),
        ("联系人 Contact", " ".join((supplier.contact, supplier.phone, supplier.email)).strip()),
        ("收货库房 Deliver to", " ".join((place.code, place.name_zh, place.name_en)).strip()),
        ("收货地址 Address", place.address),
        ("币种 Currency", order.currency),
        ("付款条件 Payment", supplier.payment_terms),
        ("采购员 Buyer", view.buyer),
        ("批准 Approved by", ", ".join(view.approvers)),
        ("备注 Note", order.note),
    ]


def _plain(amount: Decimal) -> str:
    """An amount with two decimals, or as many as it has."""
    short = amount.quantize(Decimal("0.01"))
    return f"{short if short == amount else amount.normalize():,f}"


def _set_row(sheets: Sheets, one: OrderLineView) -> _SetRow:
    unit = _UNITS.get(str(one.base_unit), str(one.base_unit))
    texts = (
        str(one.line.position),
        f"{one.part_number} {one.supplier_part_number}".strip(),
        f"{one.part_name_zh} {one.part_name_en}".strip(),
        f"{one.line.quantity:,} {unit}",
        one.line.wanted_on.isoformat(),
        _plain(one.line.price),
        _plain(one.amount),
    )
    cells = tuple(
        sheets.fitted(Box(0, 0, width - 2, _CELL_HEIGHT_MAX), text, size=9, size_min=6)
        for text, width in zip(texts, _COLUMNS, strict=True)
    )
    return _SetRow(cells, max(cell.height for cell in cells) / POINTS_PER_MM + 2 * _ROW_PADDING)


def _pages(rows: Sequence[_SetRow]) -> Iterator[list[_SetRow]]:
    page: list[_SetRow] = []
    level = _FIRST_ROWS_TOP
    for row in rows:
        if page and level + row.height > _BOTTOM:
            yield page
            page, level = [], _NEXT_ROWS_TOP
        page.append(row)
        level += row.height
    yield page


def _draw_head(sheets: Sheets, view: OrderView, today: date, page: str) -> None:
    sheets.text(Box(_LEFT, _TOP, 140, 9), f"采购订单 Purchase order {view.order.number}", size=17, size_min=9)
    no_order = _NO_ORDER.get(view.order.status)
    told = no_order or f"{view.supplier.name_zh} {view.supplier.name_en}"
    sheets.text(Box(_LEFT, _TOP + 9.5, 150, 6), f"{today.isoformat()}   {told}", size=10, size_min=7)
    sheets.symbol(Box(174, 8, 24, 24), qr(view.order.number), module_mm=0.6, module_mm_min=0.3)
    sheets.text(Box(_LEFT, 285, 60, 5), page, size=8, size_min=8)


def _draw_parties(sheets: Sheets, view: OrderView) -> None:
    order, supplier, place = view.order, view.supplier, view.warehouse
    told = (
        ("供应商 Supplier", f"{supplier.name_zh} {supplier.name_en}  {supplier.address}"),
        ("联系人 Contact", f"{supplier.contact} {supplier.phone} {supplier.email}"),
        ("收货 Deliver to", f"{place.code} {place.name_zh} {place.name_en}  {place.address}"),
        ("付款 Payment", f"{supplier.payment_terms}  {order.currency}"),
        ("采购/批准 By", " / ".join(filter(None, (view.buyer, ", ".join(view.approvers))))),
        ("备注 Note", order.note),
    )
    for turn, (label, value) in enumerate(one for one in told if one[1].strip()):
        level = 32 + 6.3 * turn
        sheets.text(Box(_LEFT, level, 30, 6), label, size=8, size_min=6)
        sheets.text(Box(_LEFT + 31, level, 128 if turn < 1 else 155, 6), value, size=9, size_min=5)


def _draw_columns(sheets: Sheets, top: float) -> None:
    for column, (left, width, word) in enumerate(zip(_lefts(), _COLUMNS, _HEADS, strict=True)):
        box = Box(left, top - 7.5, width - 2, 7)
        sheets.lines(box, sheets.fitted(box, word, size=8, size_min=5), right=column in _RIGHT_ALIGNED)
    sheets.rule(left=_LEFT, top=top, width=sum(_COLUMNS), thickness_pt=1.2)


def _draw_rows(sheets: Sheets, rows: Sequence[_SetRow], level: float) -> float:
    """Draw rows from a level down; return the level below them."""
    lefts = _lefts()
    for row in rows:
        for column, cell in enumerate(row.cells):
            box = Box(lefts[column], level + _ROW_PADDING, _COLUMNS[column] - 2, row.height)
            sheets.lines(box, cell, right=column in _RIGHT_ALIGNED)
        level += row.height
        sheets.rule(left=_LEFT, top=level, width=sum(_COLUMNS), thickness_pt=0.3)
    return level


def _draw_total(sheets: Sheets, view: OrderView, level: float) -> None:
    box = Box(_LEFT, level + 2, sum(_COLUMNS) - 2, 8)
    total = f"合计 Total  {view.order.currency} {_plain(view.amount)}"
    sheets.lines(box, sheets.fitted(box, total, size=12, size_min=8), right=True)


def _lefts() -> list[float]:
    return [_LEFT + sum(_COLUMNS[:column]) for column in range(len(_COLUMNS))]
