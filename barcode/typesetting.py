"""Text that stays in its box: wrapped, shrunk to a smallest size, then cut with an ellipsis.

Names come from people and files, so whatever cannot be printed is taken out first; no markup is understood.
"""

import re
import unicodedata
from dataclasses import dataclass

from reportlab.pdfbase.pdfmetrics import stringWidth

LEADING = 1.2
"""Line height over font size; Chinese needs no more."""

TEXT_LENGTH_MAX = 1000
"""Characters of one text that are looked at; no box of ours shows more."""

ELLIPSIS = "…"
_STEP_PT = 0.5
# A break is allowed after white space or a hyphen and on either side of a Chinese, Japanese or full-width character.
_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\ufe30-\uffef"
_TOKENS = re.compile(rf"[{_WIDE}]|[^\s{_WIDE}-]*-+|[^\s{_WIDE}-]+|\s")


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines of text and the size at which they fit. Units: points."""

    lines: tuple[str, ...]
    font: str
    size: float

    @property
    def height(self) -> float:
        """What the lines take from top to bottom, in points."""
        return len(self.lines) * self.size * LEADING


def printable(text: str) -> str:
    """`text` on one line, composed, with what hides, turns or controls replaced by a space."""
    visible = (" " if unicodedata.category(character)[0] in "CZ" else character for character in text)
    return " ".join(unicodedata.normalize("NFC", "".join(visible)).split())


def fit(text: str, *, font: str, size: float, size_min: float, width: float, height: float) -> Fitted:
    """`text` in a box of `width` by `height`: the largest size from `size` down to `size_min` at which all of it fits.

    Where it does not fit even so, what is too much is cut with an ellipsis. The box must hold one line of `size_min`.
    Units: points.
    """
    wanted = printable(text[:TEXT_LENGTH_MAX])
    while True:
        lines = wrap(wanted, font=font, size=size, width=width)
        lines_max = int(height / (size * LEADING))
        if len(lines) <= lines_max:
            return Fitted(tuple(lines), font, size)
        if size <= size_min:
            lines_max = max(1, lines_max)
            if len(lines) > lines_max:
                lines[lines_max - 1 :] = [cut(lines[lines_max - 1] + ELLIPSIS, font=font, size=size, width=width)]
            return Fitted(tuple(lines), font, size)
        size = max(size - _STEP_PT, size_min)


def wrap(text: str, *, font: str, size: float, width: float) -> list[str]:
    """`text` in lines no wider than `width`; a word wider than a line is broken. At least one line."""
    lines, line = [], ""
    for token in _TOKENS.findall(text):
        for piece in _pieces(token, font=font, size=size, width=width):
            if line and stringWidth(line + piece.rstrip(), font, size) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line or not lines else lines


def cut(text: str, *, font: str, size: float, width: float) -> str:
    """As much of `text` as fits on one line, with an ellipsis where something is missing."""
    if stringWidth(text, font, size) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if stringWidth(text[:middle].rstrip() + ELLIPSIS, font, size) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS


def _pieces(token: str, *, font: str, size: float, width: float) -> list[str]:
    """A token, broken into pieces that each fit on a line."""
    if stringWidth(token, font, size) <= width:
        return [token]
    pieces, piece = [], ""
    for character in token:
        if piece and stringWidth(piece + character, font, size) > width:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]
