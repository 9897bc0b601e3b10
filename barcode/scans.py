"""What our codes say: a scan read into the identifiers that it carries, and the element strings that our labels carry.

Reading is pure and knows no part table. So it never guesses: text without any sign of GS1 stays `plain`, and what
its digits could also mean is offered as candidates, to be tried after the part table, in order.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum

from barcode.elements import GS, Element, make_elements, parse_bracketed, parse_elements
from barcode.errors import (
    GS1Conflict,
    GS1Malformed,
    GS1NothingKnown,
    ScanCharacter,
    ScanControlCharacter,
    ScanEmpty,
    ScansJoined,
    ScanTooLong,
    ScanUnreadable,
)
from barcode.gs1 import GTIN_LENGTHS, SSCC_LENGTH, has_check_digit, normal_gtin

SCAN_LENGTH_MAX = 200
"""Characters in one scan, end of line included. Our longest label has about ninety."""

SEPARATORS = (GS, "~", "|", "^", "{GS}")
"""What a scanner may be set to send for FNC1. None but GS itself can stand in a GS1 value. Ctrl-] is GS."""

PART_AI, PART_LOT_AI, PART_SERIAL_AI, PERSON_AI, TOTE_AI = "91", "92", "93", "94", "95"
"""Company-internal AIs, as our labels use them."""

_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1_CARRIERS = ("]C1", "]e0", "]d2", "]Q3", "]J1")
_RETAIL_CARRIERS = {"]E0": (12, 13), "]E4": (8,), "]I1": (14,)}
_BRACKETED = re.compile(r"\([0-9]{2,4}\)")
_DIGITS = re.compile(r"[0-9]+")
_PUBLIC_KEYS = ("00", "01", "02", "414")
_LEADING_AIS = (*_PUBLIC_KEYS, PART_AI, PERSON_AI, TOTE_AI)

# Typed with a Chinese input method on, ASCII arrives as its full-width twin; nothing else of NFKC is wanted in a code.
_FULL_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


class ScanKind(StrEnum):
    """The thing that a scan names."""

    PART = "part"
    HANDLING_UNIT = "handling_unit"
    CONTENTS = "contents"
    PLACE = "place"
    PERSON = "person"
    TOTE = "tote"
    LOT = "lot"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Scan:
    """The identifiers in one scan; None where it has none.

    `gtin` and `content_gtin` have fourteen digits, `quantity` counts base units (30) or contained items (37).
    `location_extension` is the bin within the place that `gln` names. `plain` is text that is no GS1: a part number,
    a bin code, a document number; its `candidates` are what its digits could mean besides, likeliest first.
    """

    raw: str
    symbology: str | None = None
    gtin: str | None = None
    content_gtin: str | None = None
    part_number: str | None = None
    lot: str | None = None
    serial: str | None = None
    sscc: str | None = None
    gln: str | None = None
    location_extension: str | None = None
    quantity: int | None = None
    person_badge: str | None = None
    tote: str | None = None
    plain: str | None = None
    candidates: tuple["Scan", ...] = ()

    @property
    def kind(self) -> ScanKind:
        """What the scan names: the largest thing in it, since the box on which a GTIN stands is the box."""
        named = (
            (self.person_badge, ScanKind.PERSON),
            (self.tote, ScanKind.TOTE),
            (self.sscc, ScanKind.HANDLING_UNIT),
            (self.gtin or self.part_number, ScanKind.PART),
            (self.content_gtin, ScanKind.CONTENTS),
            (self.gln, ScanKind.PLACE),
            (self.lot or self.serial, ScanKind.LOT),
        )
        return next((kind for value, kind in named if value is not None), ScanKind.PLAIN)


def read_scan(text: str, *, separator: str | None = None) -> Scan:
    """Read what a scanner, a camera or a keyboard sent.

    GS1 is known by its symbology identifier (]C1 ]e0 ]d2 ]Q3 ]J1), by brackets or by a separator; an EAN, UPC or
    ITF-14 by its own (]E0 ]E4 ]I1). All else is plain. Full-width ASCII is folded, white space at the ends dropped.
    `separator` is what this scanner sends for FNC1 besides GS, one of SEPARATORS.

    Raises: ScanUnreadable, whatever the text; ValueError for a separator that is none.
    """
    if separator is not None and separator not in SEPARATORS:
        raise ValueError(f"not a separator: {separator!r}")
    _require_length(text)
    code = text.translate(_FULL_WIDTH).strip(" \t\r\n")
    if separator is not None:
        code = code.replace(separator, GS)
    _require_visible(code)
    symbology, code = _split_identifier(code)
    if not code.strip(GS + " "):
        raise ScanEmpty()
    if symbology in _RETAIL_CARRIERS:
        return Scan(raw=text, symbology=symbology, gtin=_retail_gtin(code, _RETAIL_CARRIERS[symbology]))
    if _BRACKETED.match(code):
        return replace(_meaning(text, parse_bracketed(code)), symbology=symbology)
    if symbology in _GS1_CARRIERS or GS in code:
        return replace(_meaning(text, parse_elements(code)), symbology=symbology)
    candidates = _candidates(text, code)
    if not candidates:
        _require_single(code)
    return Scan(raw=text, symbology=symbology, plain=code, candidates=candidates)


def part_elements(
    *,
    gtin: str | None,
    part_number: str,
    lot: str | None = None,
    serial: str | None = None,
    quantity: int | None = None,
) -> tuple[Element, ...]:
    """The code of a part label: (01)(10)(21)(30), or without a GTIN our own (91)(92)(93)(30).

    Raises: GS1Malformed when a value is too long for its AI or has characters outside the GS1 set, CheckDigitWrong.
    """
    count = None if quantity is None else str(quantity)
    if gtin is not None:
        return make_elements((("01", normal_gtin(gtin)), ("10", lot), ("21", serial), ("30", count)))
    return make_elements(((PART_AI, part_number), (PART_LOT_AI, lot), (PART_SERIAL_AI, serial), ("30", count)))


def handling_unit_elements(sscc: str) -> tuple[Element, ...]:
    """The code of a handling unit: (00). Raises: GS1Malformed, CheckDigitWrong."""
    return make_elements((("00", sscc),))


def bin_elements(gln: str, bin_code: str) -> tuple[Element, ...]:
    """The code of a bin: the place's (414) and in it (254), twenty characters of the GS1 set at most.

    Raises: GS1Malformed, CheckDigitWrong.
    """
    return make_elements((("414", gln), ("254", bin_code)))


def person_elements(badge: str) -> tuple[Element, ...]:
    """The code of a person's badge: (94). Raises: GS1Malformed."""
    return make_elements(((PERSON_AI, badge),))


def tote_elements(tote: str) -> tuple[Element, ...]:
    """The code of a tote: (95). Raises: GS1Malformed."""
    return make_elements(((TOTE_AI, tote),))


def _require_length(text: str) -> None:
    if len(text) > SCAN_LENGTH_MAX:
        raise ScanTooLong(length=len(text), length_max=SCAN_LENGTH_MAX)


def _require_visible(code: str) -> None:
    """Letters of any script, ASCII, punctuation and GS; nothing that hides, turns or joins characters."""
    for position, character in enumerate(code):
        if character == GS or " " <= character <= "~":
            continue
        category = unicodedata.category(character)
        facts = {"character": f"U+{ord(character):04X}", "position": position}
        if category[0] == "C" or category in ("Zl", "Zp"):
            raise ScanControlCharacter(**facts)
        if category[0] not in "LP":
            raise ScanCharacter(**facts)


def _split_identifier(code: str) -> tuple[str | None, str]:
    if _IDENTIFIER.match(code):
        symbology, rest = code[:3], code[3:].strip(" ")
        if symbology in rest:
            first, _, second = rest.partition(symbology)
            raise ScansJoined(first=first, second=second)
        return symbology, rest
    return None, code


def _retail_gtin(code: str, lengths: tuple[int, ...]) -> str:
    _require_single(code)
    if len(code) not in lengths:
        raise GS1Malformed(reason="wrong_length", key="gtin", at=code)
    return normal_gtin(code)


def _require_single(code: str) -> None:
    """Two keys with sound check digits, one after the other: the field was not cleared between two scans."""
    first, second = code[: len(code) // 2], code[len(code) // 2 :]
    if len(first) == len(second) and _is_key(first) and _is_key(second):
        raise ScansJoined(first=first, second=second)


def _is_key(code: str) -> bool:
    if len(code) == SSCC_LENGTH + 2 and code.startswith("00"):
        return has_check_digit(code[2:])
    return len(code) in (13, 14, SSCC_LENGTH) and has_check_digit(code)


def _candidates(raw: str, code: str) -> tuple[Scan, ...]:
    """What plain text could mean besides, where a check digit or a whole element string speaks for it."""
    found = []
    if _DIGITS.fullmatch(code) and has_check_digit(code):
        if len(code) in GTIN_LENGTHS:
            found.append(Scan(raw=raw, gtin=normal_gtin(code)))
        elif len(code) == SSCC_LENGTH:
            found.append(Scan(raw=raw, sscc=code))
    if code.startswith(_LEADING_AIS):
        try:
            found.append(_meaning(raw, parse_elements(code)))
        except ScanUnreadable:
            return tuple(found)  # A plain code that happens to begin like an AI is no fault of the scan.
    return tuple(found)


def _meaning(raw: str, elements: tuple[Element, ...]) -> Scan:
    """The identifiers among sound elements. A supplier's own (91) to (95) beside a GTIN or SSCC are none of ours."""
    values = {element.ai: element.value for element in elements}
    if any(key in values for key in _PUBLIC_KEYS) or not any(ai in values for ai in _LEADING_AIS):
        scan = _public_meaning(raw, values)
    else:
        scan = _internal_meaning(raw, values)
    if scan.kind is ScanKind.PLAIN:
        raise GS1NothingKnown(ais=list(values))
    return scan


def _public_meaning(raw: str, values: dict[str, str]) -> Scan:
    gln = values.get("414")
    return Scan(
        raw=raw,
        gtin=values.get("01"),
        content_gtin=values.get("02"),
        lot=values.get("10"),
        serial=values.get("21"),
        sscc=values.get("00"),
        gln=gln,
        location_extension=values.get("254") if gln is not None else None,
        quantity=_quantity(values),
    )


def _internal_meaning(raw: str, values: dict[str, str]) -> Scan:
    subjects = [ai for ai in (PART_AI, PERSON_AI, TOTE_AI) if ai in values]
    if len(subjects) > 1:
        raise GS1Conflict(ais=subjects)
    of_part = PART_AI in values
    return Scan(
        raw=raw,
        part_number=values.get(PART_AI),
        lot=values.get(PART_LOT_AI) if of_part else None,
        serial=values.get(PART_SERIAL_AI) if of_part else None,
        quantity=_quantity(values) if of_part else None,
        person_badge=values.get(PERSON_AI),
        tote=values.get(TOTE_AI),
    )


def _quantity(values: dict[str, str]) -> int | None:
    count = values.get("37", values.get("30"))
    return None if count is None else int(count)
