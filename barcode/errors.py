"""Refusals of this package. Each carries a stable `code` and the facts a person needs to go on, as in the domain.

Screens and API translate the code. Any other exception from here is a bug, whatever text a scanner sent.
"""

from typing import Any, ClassVar


class BarcodeRefused(Exception):
    """A code, key, symbol or label that cannot be read or made. `code` is stable; `facts` name the things concerned."""

    code: ClassVar[str] = "barcode_refused"

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code, facts)
        self.facts = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!a}" for name, value in self.facts.items())
        return f"{self.code}({facts})"


class ScanUnreadable(BarcodeRefused):
    """What the scanner sent is no code that this system can know."""

    code = "scan_unreadable"


class ScanEmpty(ScanUnreadable):
    """Nothing but white space arrived."""

    code = "scan_empty"


class ScanTooLong(ScanUnreadable):
    """Longer than any code; facts: length, length_max."""

    code = "scan_too_long"


class ScanControlCharacter(ScanUnreadable):
    """A control, format, bidi, surrogate, private or unassigned character; facts: character (U+XXXX), position."""

    code = "scan_control_character"


class ScanCharacter(ScanUnreadable):
    """A visible character that no code has: emoji, symbols, accents alone; facts: character (U+XXXX), position."""

    code = "scan_character"


class ScansJoined(ScanUnreadable):
    """Two scans ran together into one text; facts: first, second."""

    code = "scans_joined"


class CheckDigitWrong(ScanUnreadable):
    """The last digit of a key is not what the others make it; facts: key, value."""

    code = "check_digit_wrong"


class GS1Malformed(ScanUnreadable):
    """Not a GS1 element string; facts: reason and, where known, at (the rest of the text) or ai."""

    code = "gs1_malformed"


class GS1Conflict(ScanUnreadable):
    """Element strings that must not stand together, or one twice; facts: ais."""

    code = "gs1_conflict"


class GS1NothingKnown(ScanUnreadable):
    """Sound GS1 data, but nothing in it names a thing that this system handles; facts: ais."""

    code = "gs1_nothing_known"


class KeyNotMade(BarcodeRefused):
    """A GTIN, GLN or SSCC cannot be built from these parts; facts: key, reason and the part at fault."""

    code = "key_not_made"


class SymbolRefused(BarcodeRefused):
    """No symbol can be made of this content."""

    code = "symbol_refused"


class SymbolNotEncodable(SymbolRefused):
    """The symbology cannot carry the content; facts: symbology, content."""

    code = "symbol_not_encodable"


class SymbolDoesNotFit(SymbolRefused):
    """Even with the smallest bars that scanners read, the symbol is larger than its place.

    Facts: symbology, modules, place_mm, module_mm_min.
    """

    code = "symbol_does_not_fit"


class LabelRefused(BarcodeRefused):
    """The labels cannot be printed."""

    code = "label_refused"


class LabelsNone(LabelRefused):
    """There is nothing to print."""

    code = "labels_none"


class TooManyLabels(LabelRefused):
    """More labels, or rows, than one document takes; facts: count, count_max."""

    code = "labels_too_many"


class DpiUnknown(LabelRefused):
    """The printer's resolution is none that labels are laid out for; facts: dpi, known."""

    code = "label_dpi_unknown"


class FontUnreadable(LabelRefused):
    """The font file that the settings name cannot be used; facts: path, reason."""

    code = "font_unreadable"
