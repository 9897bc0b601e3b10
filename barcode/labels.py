"""Labels as PDF, one a page: parts, handling units, bins, totes and badges, in Chinese and English.

Parts carry a DataMatrix, boxes a GS1-128: a GS1-128 of GTIN, lot and serial is 72 mm wide and fits no part label, the
same data is a DataMatrix of 10 mm, and phones read it at any angle.
Text that does not fit is shrunk, wrapped, then cut; a symbol that does not fit is refused, for a cut one would lie.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from barcode.elements import Element
from barcode.errors import LabelsNone, TooManyLabels
from barcode.scans import (
    bin_elements,
    handling_unit_elements,
    part_elements,
    person_elements,
    tote_elements,
)
from barcode.sheets import Box, Sheets
from barcode.symbols import Symbol, gs1_128, gs1_datamatrix

LABELS_MAX = 500
"""Labels in one document unless the caller says otherwise: about a second of one core."""

PART_LABEL_MM = (60.0, 40.0)
HANDLING_UNIT_LABEL_MM = (100.0, 150.0)
BIN_LABEL_MM = (100.0, 50.0)

# Half a millimetre is what a scanner reads at arm's length, and a bar of an SSCC that still fits the label; what is
# read by phones or from a ladder is larger where there is room. Under a third of a millimetre printers smear.
_BAR_MM, _PART_MODULE_MM, _BIN_MODULE_MM = 0.5, 0.75, 1.5
_MODULE_MM_MIN = 0.33

_DELIVERY_CLASSES = {
    "same_city": "同城 Same city",
    "same_province": "省内 Same province",
    "out_of_province": "省外 Out of province",
}


_Label = TypeVar("_Label")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLabel:
    """What a part label says. Without a GTIN its symbol carries the part number itself."""

    part_number: str
    name_zh: str
    name_en: str = ""
    division: str = ""
    gtin: str | None = None
    lot: str | None = None
    serial: str | None = None
    quantity: int | None = None

    def elements(self) -> tuple[Element, ...]:
        """What its symbol says."""
        return part_elements(
            gtin=self.gtin,
            part_number=self.part_number,
            lot=self.lot,
            serial=self.serial,
            quantity=self.quantity,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingUnitLabel:
    """What a box says. `promised_at` is printed as it stands: give it in the destination's time zone."""

    sscc: str
    from_name: str
    to_name: str
    to_address: str = ""
    shipment_number: str = ""
    contents_count: int
    delivery_class: str
    promised_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BinLabel:
    """What a bin says: its code, its zone, and the place whose GLN makes the code one of a kind."""

    gln: str
    bin_code: str
    zone: str = ""
    warehouse_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToteLabel:
    """What a tote says."""

    tote: str
    warehouse_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLabel:
    """What a badge says."""

    badge: str
    name: str
    warehouse_name: str = ""


def part_labels_pdf(
    labels: Sequence[PartLabel], *, dpi: int = 203, font: Path | None = None, labels_max: int = LABELS_MAX
) -> bytes:
    """Part labels of 60 x 40 mm.

    Raises: LabelsNone, TooManyLabels, DpiUnknown, FontUnreadable, GS1Malformed, CheckDigitWrong, SymbolRefused.
    """
    return _printed(labels, _draw_part, PART_LABEL_MM, dpi, font, labels_max)


def handling_unit_labels_pdf(
    labels: Sequence[HandlingUnitLabel],
    *,
    dpi: int = 203,
    font: Path | None = None,
    labels_max: int = LABELS_MAX,
) -> bytes:
    """Labels of handling units, 100 x 150 mm. Raises: as part_labels_pdf."""
    return _printed(labels, _draw_handling_unit, HANDLING_UNIT_LABEL_MM, dpi, font, labels_max)


def bin_labels_pdf(
    labels: Sequence[BinLabel], *, dpi: int = 203, font: Path | None = None, labels_max: int = LABELS_MAX
) -> bytes:
    """Bin labels of 100 x 50 mm. Raises: as part_labels_pdf."""
    return _printed(labels, _draw_bin, BIN_LABEL_MM, dpi, font, labels_max)


def tote_labels_pdf(
    labels: Sequence[ToteLabel], *, dpi: int = 203, font: Path | None = None, labels_max: int = LABELS_MAX
) -> bytes:
    """Tote labels of 100 x 50 mm. Raises: as part_labels_pdf."""
    return _printed(labels, _draw_tote, BIN_LABEL_MM, dpi, font, labels_max)


def person_labels_pdf(
    labels: Sequence[PersonLabel], *, dpi: int = 203, font: Path | None = None, labels_max: int = LABELS_MAX
) -> bytes:
    """Badges of 60 x 40 mm. Raises: as part_labels_pdf."""
    return _printed(labels, _draw_person, PART_LABEL_MM, dpi, font, labels_max)


def _printed(
    labels: Sequence[_Label],
    draw: Callable[[Sheets, _Label], None],
    size_mm: tuple[float, float],
    dpi: int,
    font: Path | None,
    labels_max: int,
) -> bytes:
    if not labels:
        raise LabelsNone()
    if len(labels) > labels_max:
        raise TooManyLabels(count=len(labels), count_max=labels_max)
    width, height = size_mm
    sheets = Sheets(width_mm=width, height_mm=height, dpi=dpi, title="标签 Labels", font=font)
    for label in labels:
        draw(sheets, label)
        sheets.turn()
    return sheets.pdf()


def _draw_part(sheets: Sheets, label: PartLabel) -> None:
    symbol = gs1_datamatrix(label.elements())
    sheets.symbol(Box(1.5, 1.5, 22, 22), symbol, module_mm=_PART_MODULE_MM, module_mm_min=_MODULE_MM_MIN)
    sheets.text(Box(25, 2, 33.5, 7), label.part_number, size=16, size_min=7, bold=True)
    sheets.text(Box(25, 9, 33.5, 8.5), label.name_zh, size=11, size_min=6.5)
    sheets.text(Box(25, 17.5, 33.5, 6.5), label.name_en, size=8, size_min=5.5)
    sheets.rule(left=1.5, top=24.5, width=57)
    _caption_beside(sheets, Box(1.5, 25, 33, 5), "批次 Lot", label.lot, size=11)
    _caption_beside(sheets, Box(36, 25, 22.5, 5), "数量 Qty", label.quantity, size=11)
    _caption_beside(sheets, Box(1.5, 30, 33, 4.5), "序列号 S/N", label.serial, size=9)
    sheets.text(Box(36, 30, 22.5, 4.5), label.division, size=9, size_min=5.5)
    sheets.text(Box(1.5, 34.8, 57, 4.6), symbol.content, size=8, size_min=4.5)


def _draw_handling_unit(sheets: Sheets, label: HandlingUnitLabel) -> None:
    symbol = gs1_128(handling_unit_elements(label.sscc))
    _caption_above(sheets, Box(5, 4, 90, 15), "发 From", label.from_name, size=16)
    sheets.rule(left=5, top=20, width=90)
    sheets.text(Box(5, 21, 90, 4), "收 To", size=9, size_min=9)
    sheets.text(Box(5, 25, 90, 22), label.to_name, size=26, size_min=10)
    sheets.text(Box(5, 47, 90, 12), label.to_address, size=12, size_min=7)
    sheets.rule(left=5, top=60, width=90)
    delivery_class = _DELIVERY_CLASSES.get(label.delivery_class, label.delivery_class)
    sheets.text(Box(5, 62, 90, 14), delivery_class, size=30, size_min=10)
    promised = label.promised_at.strftime("%Y-%m-%d %H:%M") if label.promised_at else None
    _caption_above(sheets, Box(5, 77, 60, 12), "承诺送达 Promised", promised, size=20)
    _caption_above(sheets, Box(67, 77, 28, 12), "件数 Items", label.contents_count, size=20)
    sheets.rule(left=5, top=90, width=90)
    _caption_above(sheets, Box(5, 91, 90, 9), "运单 Shipment", label.shipment_number or None, size=14)
    sheets.rule(left=5, top=101, width=90)
    sheets.symbol(Box(5, 103, 90, 34), symbol, module_mm=_BAR_MM, module_mm_min=_MODULE_MM_MIN)
    sheets.text(Box(10, 139, 80, 8), symbol.content, size=16, size_min=10)


def _draw_bin(sheets: Sheets, label: BinLabel) -> None:
    symbol = gs1_datamatrix(bin_elements(label.gln, label.bin_code))
    _draw_place(sheets, symbol, label.bin_code, f"库区 Zone {label.zone}" if label.zone else "", label.warehouse_name)


def _draw_tote(sheets: Sheets, label: ToteLabel) -> None:
    _draw_place(sheets, gs1_datamatrix(tote_elements(label.tote)), label.tote, "周转箱 Tote", label.warehouse_name)


def _draw_place(sheets: Sheets, symbol: Symbol, code: str, caption: str, warehouse_name: str) -> None:
    sheets.symbol(Box(3, 5, 32, 32), symbol, module_mm=_BIN_MODULE_MM, module_mm_min=_MODULE_MM_MIN)
    sheets.text(Box(37, 5, 60, 22), code, size=48, size_min=16, bold=True)
    sheets.text(Box(37, 28, 60, 9), caption, size=18, size_min=9)
    sheets.rule(left=3, top=38.5, width=94)
    sheets.text(Box(3, 39.5, 94, 5), warehouse_name, size=11, size_min=7)
    sheets.text(Box(3, 45, 94, 3.5), symbol.content, size=8, size_min=5)


def _draw_person(sheets: Sheets, label: PersonLabel) -> None:
    symbol = gs1_datamatrix(person_elements(label.badge))
    sheets.symbol(Box(2, 4, 22, 22), symbol, module_mm=_PART_MODULE_MM, module_mm_min=_MODULE_MM_MIN)
    sheets.text(Box(26, 4, 32.5, 14), label.name, size=20, size_min=8)
    sheets.text(Box(26, 18, 32.5, 7), label.badge, size=12, size_min=7, bold=True)
    sheets.rule(left=2, top=28, width=56)
    sheets.text(Box(2, 29, 56, 8), label.warehouse_name, size=10, size_min=6.5)


def _caption_above(sheets: Sheets, box: Box, caption: str, value: object, *, size: float) -> None:
    """A small caption with the value below it; nothing where there is no value."""
    if value is not None:
        sheets.text(Box(box.left, box.top, box.width, 4), caption, size=9, size_min=7)
        below = Box(box.left, box.top + 4, box.width, box.height - 4)
        sheets.text(below, str(value), size=size, size_min=6)


def _caption_beside(sheets: Sheets, box: Box, caption: str, value: object, *, size: float) -> None:
    """A small caption with the value to its right; nothing where there is no value."""
    if value is not None:
        sheets.text(Box(box.left, box.top + 0.8, 12, box.height), caption, size=6, size_min=5)
        beside = Box(box.left + 12, box.top, box.width - 12, box.height)
        sheets.text(beside, str(value), size=size, size_min=5)
