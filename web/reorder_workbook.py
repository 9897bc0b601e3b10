"""The reorder report as a workbook: the figures of each proposal as numbers, what follows from them as formulas.

Position, quantity needed, quantity to order and money are formulas over the cells of their row; the values kept with
them are ours. Text stays text, whatever it looks like.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

import xlsxwriter
from flask_babel import gettext
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from inventory.catalogue import BaseUnit
from inventory.planning.replenishment import Held, ListedProposal, Lot, LotReason, ProposalKind
from inventory.planning.stocking import NO_MAXIMUM, order_formula
from web.showing import name_of, tell_instant, word_of

ROWS_MAX: Final = 10_000
ROW: Final = "~"
Cell = str | int | float | date | None
Lots = Mapping[tuple[int, int], Lot]
"""What is ordered at once, by part and warehouse."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet: its name in formulas, its heading, its width, and what stands in it."""

    name: str
    heading: str
    width: int
    value: Callable[[ListedProposal], Cell]
    format: str = ""


class PlainFormulas(Worksheet):
    """A sheet whose formulas hold functions of every version alone, so that none is searched for newer ones.

    The search is thirty patterns a formula: of 5,000 lines most of what the workbook cost.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


def report_xlsx(
    rows: Sequence[ListedProposal], lots: Lots, *, currency: str, sees_purchases: bool, at: datetime
) -> bytes:
    """The workbook of a report as it stood at an instant, headings in the reader's language; a sheet about it after."""
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    columns = _columns(currency, lots, sees_purchases=sees_purchases)
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(gettext("Reorder report")[:31], PlainFormulas)
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {
            "whole": book.add_format({"num_format": "#,##0"}),
            "maximum": book.add_format({"num_format": f'[={NO_MAXIMUM}]"–";#,##0'}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "money": book.add_format({"num_format": "#,##0.00##"}),
            "share": book.add_format({"num_format": "0.0#"}),
            "": None,
        }
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.heading, heading)
            sheet.set_column(place, place, column.width, formats[column.format])
        cells = {column.name: xl_col_to_name(place) + ROW for place, column in enumerate(columns)}
        formulas = [formula_of_column(column.name, cells) for column in columns]
        for turn, row in enumerate(rows, start=1):
            for place, (column, formula) in enumerate(zip(columns, formulas, strict=True)):
                _write(sheet, turn, place, column.value(row), formula)
        sheet.freeze_panes(1, 4)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        about = book.add_worksheet(gettext("About this report")[:31], PlainFormulas)
        _tell_about(about, rows, columns, sheet.get_name(), at=at, money=formats["money"])
    return file.getvalue()


def _tell_about(
    sheet: Worksheet, rows: Sequence[ListedProposal], columns: Sequence[Column], of: str, *, at: datetime, money: Any
) -> None:
    """When the report was made, of how many lines, and what they come to: a formula over the sheet of the lines."""
    sheet.set_column(0, 1, 24)
    sheet.write_string(0, 0, gettext("Generated"))
    sheet.write_string(0, 1, tell_instant(at))
    sheet.write_string(1, 0, gettext("Lines"))
    sheet.write_number(1, 1, len(rows))
    for place, column in enumerate(columns):
        if column.name == "money":
            letter = xl_col_to_name(place)
            sheet.write_string(2, 0, column.heading)
            total = f"=SUM('{of}'!{letter}2:{letter}{len(rows) + 1})"
            sheet.write_formula(2, 1, total, money, float(sum(row.worth for row in rows)))


def _write(sheet: Worksheet, turn: int, at: int, value: Cell, formula: str | None) -> None:
    if formula is not None:
        assert isinstance(value, int | float), "a formula works a figure out"
        sheet.write_formula(turn, at, formula.replace(ROW, str(turn + 1)), None, value)
    elif isinstance(value, str):
        sheet.write_string(turn, at, value)
    elif isinstance(value, date):
        sheet.write_datetime(turn, at, value)
    elif value is not None:
        sheet.write_number(turn, at, value)


def formula_of_column(name: str, cells: dict[str, str]) -> str | None:
    """The formula of a column over the cells of its row, ROW standing for that; None for a figure by itself."""
    match name:
        case "position":
            there = "{on_hand}+{in_transit}+{on_order}-{reserved}-{back_ordered}-{owed}"
            return "=" + there.format(**cells)
        case "lot":
            return "={order_up_to}-{reorder_point}".format(**cells)
        case "needed":
            levels = {one: cells[one] for one in ("reorder_point", "order_up_to", "pack_size", "minimum", "maximum")}
            return order_formula(cells["position"], **levels)
        case "to_order":
            return '=IF({edited}="",{proposed},{edited})'.format(**cells)
        case "money":
            return "={to_order}*{price}".format(**cells)
    return None


def _columns(currency: str, lots: Lots, *, sees_purchases: bool) -> list[Column]:
    kinds = {kind: word_of(kind, "proposal_kind") for kind in ProposalKind}
    units = {unit: word_of(unit, "unit") for unit in BaseUnit}
    reasons: dict[Held | None, str] = {held: word_of(held, "held") for held in Held}
    supplied = [
        Column("supplier", gettext("Supplier"), 14, lambda row: row.supplier.code if row.supplier else ""),
        Column(
            "supplier_name", gettext("Supplier's name"), 24, lambda row: name_of(row.supplier) if row.supplier else ""
        ),
    ]
    priced = [
        Column("price", gettext("Price, %(currency)s", currency=currency), 12, _price, "money"),
        Column("money", gettext("Money, %(currency)s", currency=currency), 14, lambda row: float(row.worth), "money"),
        Column("benefit", gettext("Saves, %(currency)s", currency=currency), 12, _benefit, "money"),
    ]
    return [
        Column("proposal", gettext("Proposal"), 13, lambda row: row.proposal.number),
        Column("kind", gettext("Kind"), 13, lambda row: kinds[row.proposal.kind]),
        Column("part", gettext("Part"), 18, lambda row: row.part.number),
        Column("part_name", gettext("Part's name"), 28, lambda row: name_of(row.part)),
        Column("unit", gettext("Unit"), 9, lambda row: units[row.part.base_unit]),
        Column("abc", gettext("Class"), 7, lambda row: row.abc.value.upper() if row.abc else ""),
        Column("warehouse", gettext("For warehouse"), 14, lambda row: row.warehouse.code),
        Column("source", gettext("From warehouse"), 14, lambda row: row.source.code if row.source else ""),
        *(supplied if sees_purchases else []),
        *(
            Column(name, heading, 11, _figure(name), "whole")
            for name, heading in (
                ("on_hand", gettext("On hand")),
                ("in_transit", gettext("In transit")),
                ("on_order", gettext("On order")),
                ("reserved", gettext("Reserved")),
                ("back_ordered", gettext("Back-ordered")),
                ("owed", gettext("Owed below")),
            )
        ),
        Column("position", gettext("Position"), 11, lambda row: row.proposal.position - row.proposal.owed, "whole"),
        Column("reorder_point", gettext("Reorder point"), 11, _figure("reorder_point"), "whole"),
        Column("order_up_to", gettext("Order up to"), 11, _figure("order_up_to"), "whole"),
        Column("lot", gettext("Ordered at once"), 11, _lot, "whole"),
        Column("lot_days", gettext("Ordered at once, days of demand"), 11, _lot_days(lots), "share"),
        Column("lot_why", gettext("Why so many"), 26, _lot_why(lots)),
        Column("pack_size", gettext("Pack"), 9, _figure("pack_size"), "whole"),
        Column("minimum", gettext("Least order"), 9, _figure("order_minimum"), "whole"),
        Column("maximum", gettext("Maximum"), 12, _maximum, "maximum"),
        Column("needed", gettext("Needed"), 11, _figure("needed"), "whole"),
        Column("proposed", gettext("Proposed"), 11, _figure("quantity"), "whole"),
        Column("edited", gettext("Edited"), 11, lambda row: row.proposal.edited_quantity, "whole"),
        Column("to_order", gettext("To order"), 11, lambda row: row.proposal.wanted, "whole"),
        *(priced if sees_purchases else []),
        Column("lead_days", gettext("Lead time, days"), 11, lambda row: row.proposal.lead_days, "share"),
        Column("order_by", gettext("Order by"), 12, lambda row: row.proposal.order_by_on, "day"),
        Column("short", gettext("Promises at risk if it comes a week later"), 14, _short, "share"),
        Column("source_free", gettext("Free at its source"), 11, lambda row: row.proposal.source_free, "whole"),
        Column("source_keeps", gettext("What its source keeps"), 11, lambda row: row.proposal.source_keeps, "whole"),
        Column("held", gettext("Waits because"), 22, lambda row: reasons.get(row.proposal.held, "")),
    ]  # fmt: skip


def _figure(name: str) -> Callable[[ListedProposal], Cell]:
    def read(row: ListedProposal) -> Cell:
        figure: int = getattr(row.proposal, name)
        return figure

    return read


def _lot(row: ListedProposal) -> int:
    return row.proposal.order_up_to - row.proposal.reorder_point


def _lot_days(lots: Lots) -> Callable[[ListedProposal], Cell]:
    def read(row: ListedProposal) -> Cell:
        lot = lots.get((row.part.id, row.warehouse.id))
        return _lot(row) / lot.year_mean if lot and lot.year_mean else None

    return read


def _lot_why(lots: Lots) -> Callable[[ListedProposal], Cell]:
    """Of the level that stands, where the proposal was worked out with the same lot."""
    words = {reason: word_of(reason, "lot_reason") for reason in LotReason}

    def read(row: ListedProposal) -> Cell:
        lot = lots.get((row.part.id, row.warehouse.id))
        return words[lot.reason] if lot and lot.reason and lot.quantity == _lot(row) else ""

    return read


def _maximum(row: ListedProposal) -> Cell:
    return NO_MAXIMUM if row.proposal.order_maximum is None else row.proposal.order_maximum


def _price(row: ListedProposal) -> Cell:
    return float(row.proposal.unit_price)


def _benefit(row: ListedProposal) -> Cell:
    return None if row.proposal.benefit is None else float(row.proposal.benefit)


def _short(row: ListedProposal) -> Cell:
    return row.proposal.short_per_week
