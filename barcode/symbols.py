"""Symbols: GS1 DataMatrix for parts, bins, badges and totes, GS1-128 for handling units, QR for links.

zxing-cpp draws them; it takes wrong check digits and drops unknown options without a word, so only proved elements
reach it. A symbol is a matrix of modules. On paper a module is a whole number of printer dots: with bars scaled to
the label nothing was read at 203 dpi, snapped to dots everything was.

Source: GS1 General Specifications 5.12.3 (sizes of modules), 5.4 (GS1-128), 5.6 (GS1 DataMatrix).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import cast

import zxingcpp

from barcode.elements import Element, bracketed, element_string
from barcode.errors import SymbolDoesNotFit, SymbolNotEncodable

MM_PER_INCH = 25.4
QR_LENGTH_MAX = 500
"""Characters of a QR code; more gives a symbol that a phone reads badly from a screen."""

# In the bracketed form that zxing takes, a bracket inside a value is escaped; the escape is no GS1 character itself.
_BRACKET = "\\("


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol in modules, without its quiet zone.

    Shapes: rows is (height, width), dark is True; a linear symbol has one row, drawn as high as its place.
    Units: quiet modules are left free at each side, for a linear symbol left and right only.
    """

    symbology: str
    content: str
    rows: tuple[tuple[bool, ...], ...]
    quiet: int

    @property
    def width(self) -> int:
        """Modules across."""
        return len(self.rows[0])

    @property
    def height(self) -> int:
        """Modules down; 1 for a linear symbol."""
        return len(self.rows)

    @property
    def linear(self) -> bool:
        """Whether the symbol is bars, whose height is free."""
        return self.height == 1

    @property
    def outer_width(self) -> int:
        """Modules across with the quiet zone."""
        return self.width + 2 * self.quiet

    @property
    def outer_height(self) -> int:
        """Modules down with the quiet zone."""
        return self.height if self.linear else self.height + 2 * self.quiet

    def dark_runs(self) -> Iterator[tuple[int, int, int]]:
        """The dark stretches as (row, first module, modules), top down."""
        for row, modules in enumerate(self.rows):
            start = 0
            for dark, stretch in groupby(modules):
                length = len(list(stretch))
                if dark:
                    yield row, start, length
                start += length


def gs1_datamatrix(elements: Sequence[Element]) -> Symbol:
    """A square GS1 DataMatrix. Raises: SymbolNotEncodable when the elements are more than it holds."""
    return _gs1_symbol("gs1_datamatrix", elements, zxingcpp.BarcodeFormat.DataMatrix, quiet=1)


def gs1_128(elements: Sequence[Element]) -> Symbol:
    """A GS1-128. Raises: SymbolNotEncodable beyond its 48 characters."""
    if len(element_string(elements)) > 48:
        raise SymbolNotEncodable(symbology="gs1_128", content=bracketed(elements))
    return _gs1_symbol("gs1_128", elements, zxingcpp.BarcodeFormat.Code128, quiet=10)


def qr(text: str) -> Symbol:
    """A QR code of a text, for links that phones open. Raises: SymbolNotEncodable when empty or too long."""
    if not 0 < len(text) <= QR_LENGTH_MAX or not _is_utf8(text):
        raise SymbolNotEncodable(symbology="qr", content=text[:QR_LENGTH_MAX])
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return Symbol("qr", text, _rows(barcode), quiet=4)


def module_dots(
    symbol: Symbol, *, place_mm: tuple[float, float], dpi: int, module_mm: float, module_mm_min: float
) -> int:
    """Printer dots of one module: as near to `module_mm` as whole dots and the place (width, height) allow.

    Raises: SymbolDoesNotFit when the module would be under `module_mm_min`.
    """
    dots_per_mm = dpi / MM_PER_INCH
    width, height = (math.floor(side * dots_per_mm) for side in place_mm)
    dots = min(round(module_mm * dots_per_mm), width // symbol.outer_width)
    if not symbol.linear:
        dots = min(dots, height // symbol.outer_height)
    if dots < module_mm_min * dots_per_mm:
        modules = (symbol.outer_width, symbol.outer_height)
        raise SymbolDoesNotFit(
            symbology=symbol.symbology, modules=modules, place_mm=place_mm, module_mm_min=module_mm_min
        )
    return dots


def svg(symbol: Symbol, *, module: int = 4, bar_height: int = 60) -> str:
    """The symbol for a screen, quiet zone included: one path, attributes only, so that a strict style policy shows it.

    Units: module and bar_height (of a linear symbol) in CSS pixels.
    """
    row_height = bar_height if symbol.linear else module
    top = 0 if symbol.linear else symbol.quiet * module
    width, height = symbol.outer_width * module, 2 * top + symbol.height * row_height
    path = "".join(
        f"M{(symbol.quiet + start) * module} {top + row * row_height}"
        f"h{length * module}v{row_height}h-{length * module}z"
        for row, start, length in symbol.dark_runs()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' shape-rendering="crispEdges" role="img"><rect width="{width}" height="{height}" fill="#fff"/>'
        f'<path d="{path}" fill="#000"/></svg>'
    )


def _gs1_symbol(
    symbology: str, elements: Sequence[Element], symbol_format: zxingcpp.BarcodeFormat, *, quiet: int
) -> Symbol:
    marked = "".join(f"({element.ai}){element.value.replace('(', _BRACKET)}" for element in elements)
    try:
        barcode = zxingcpp.create_barcode(marked, symbol_format, gs1=True, forceSquare=True)
    except ValueError as error:
        raise SymbolNotEncodable(symbology=symbology, content=bracketed(elements)) from error
    assert barcode.bytes.decode("ascii").rstrip("\x1d") == element_string(elements)
    rows = _rows(barcode)
    return Symbol(symbology, bracketed(elements), rows[:1] if symbology == "gs1_128" else rows, quiet)


def _rows(barcode: zxingcpp.Barcode) -> tuple[tuple[bool, ...], ...]:
    image = memoryview(barcode.to_image(scale=1, add_quiet_zones=False))  # type: ignore[arg-type]
    shades = cast(list[list[int]], image.tolist())
    return tuple(tuple(shade == 0 for shade in row) for row in shades)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
