"""A PDF of one size of sheet, measured in mm from the top left, on which symbols keep to whole printer dots."""

import math
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from barcode.errors import DpiUnknown
from barcode.fonts import typeface
from barcode.symbols import MM_PER_INCH, Symbol, module_dots
from barcode.typesetting import LEADING, Fitted, fit

POINTS_PER_INCH = 72
POINTS_PER_MM = POINTS_PER_INCH / MM_PER_INCH
DPIS = (203, 300, 600)
"""Resolutions of label printers: 8, 12 and 24 dots a millimetre."""

# reportlab cuts the letters used out of a typeface that all documents share, and reads it by a position kept there:
# two threads at it would read each other's letters.
_CUTTING_FONTS = Lock()


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a sheet. Units: mm from the top left."""

    left: float
    top: float
    width: float
    height: float


class Sheets:
    """A document under way: draw on the open sheet, turn to the next, and take the bytes at the end."""

    def __init__(self, *, width_mm: float, height_mm: float, dpi: int, title: str, font: Path | None) -> None:
        if dpi not in DPIS:
            raise DpiUnknown(dpi=dpi, known=DPIS)
        self._dpi = dpi
        self._typeface = typeface(font)
        self._height = self._dots(height_mm) * self._dot
        self._file = BytesIO()
        # invariant: the same labels give the same bytes, without a clock in the file.
        page = (_page_side(self._dots(width_mm) * self._dot), _page_side(self._height))
        self._canvas = Canvas(self._file, pagesize=page, invariant=1, pageCompression=1)
        self._canvas.setTitle(title)

    def fitted(self, box: Box, text: str, *, size: float, size_min: float, bold: bool = False) -> Fitted:
        """`text` as it would be set in the box. Units: size in points."""
        return fit(
            text,
            font=self._typeface.for_text(text, bold=bold),
            size=size,
            size_min=size_min,
            width=box.width * POINTS_PER_MM,
            height=box.height * POINTS_PER_MM,
        )

    def text(self, box: Box, text: str, *, size: float, size_min: float, bold: bool = False) -> None:
        """Set `text` at the top left of the box; it never leaves the box."""
        self.lines(box, self.fitted(box, text, size=size, size_min=size_min, bold=bold))

    def lines(self, box: Box, fitted: Fitted, *, right: bool = False) -> None:
        """Set lines already fitted, from the top of the box, at its left side or at its right."""
        self._canvas.setFont(fitted.font, fitted.size)
        baseline = self._height - box.top * POINTS_PER_MM - fitted.size
        for line in fitted.lines:
            left = box.left * POINTS_PER_MM
            if right:
                left += box.width * POINTS_PER_MM - stringWidth(line, fitted.font, fitted.size)
            self._canvas.drawString(left, baseline, line)
            baseline -= fitted.size * LEADING

    def rule(self, *, left: float, top: float, width: float, thickness_pt: float = 0.7) -> None:
        """A level line."""
        level = self._height - top * POINTS_PER_MM
        self._canvas.setLineWidth(thickness_pt)
        self._canvas.line(left * POINTS_PER_MM, level, (left + width) * POINTS_PER_MM, level)

    def frame(self, box: Box) -> None:
        """An empty box, to tick."""
        bottom = self._height - (box.top + box.height) * POINTS_PER_MM
        self._canvas.setLineWidth(0.7)
        self._canvas.rect(box.left * POINTS_PER_MM, bottom, box.width * POINTS_PER_MM, box.height * POINTS_PER_MM)

    def symbol(self, box: Box, symbol: Symbol, *, module_mm: float, module_mm_min: float) -> None:
        """Draw a symbol at the top left of the box, its quiet zone inside; bars take the height of the box.

        Raises: SymbolDoesNotFit.
        """
        place = (box.width, box.height)
        across = module_dots(symbol, place_mm=place, dpi=self._dpi, module_mm=module_mm, module_mm_min=module_mm_min)
        down = self._dots(box.height) if symbol.linear else across
        left = self._dots(box.left) + symbol.quiet * across
        top = self._dots(box.top) + (0 if symbol.linear else symbol.quiet * across)
        path = self._canvas.beginPath()
        for row, start, length in symbol.dark_runs():
            bottom = self._height - (top + (row + 1) * down) * self._dot
            path.rect((left + start * across) * self._dot, bottom, length * across * self._dot, down * self._dot)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def turn(self) -> None:
        """End this sheet and open the next."""
        self._canvas.showPage()

    def pdf(self) -> bytes:
        """The finished document; the open sheet counts only if something is on it."""
        with _CUTTING_FONTS:
            self._canvas.save()
        return self._file.getvalue()

    @property
    def _dot(self) -> float:
        return POINTS_PER_INCH / self._dpi

    def _dots(self, millimetres: float) -> int:
        return round(millimetres * self._dpi / MM_PER_INCH)


def _page_side(points: float) -> float:
    """A thousandth of a point short: a page that is a hair too wide is printed a dot wider, and all bars with it."""
    return math.floor(points * 1000 - 0.5) / 1000
