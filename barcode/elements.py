"""GS1 element strings: read strictly, and written.

biip knows the table of Application Identifiers (AIs), their lengths and their characters. This layer refuses
what biip lets through: wrong check digits, empty values, a variable value that runs on without separator, an AI
given twice, and AIs that exclude each other. Mandatory companions are not asked for, since the standard counts
them over all symbols of an item: a lot may stand in a symbol of its own. Country and currency codes are not
proved; nothing here reads them.

Source: GS1 General Specifications 7.8 (element strings), 7.11 (character set 82), 4.13 (invalid pairs);
GS1 Barcode Syntax Dictionary (check digits and `ex=` pairs).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from biip import ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from biip.gs1_element_strings import GS1ElementString

from barcode.errors import CheckDigitWrong, GS1Conflict, GS1Malformed
from barcode.gs1 import has_check_digit

GS = "\x1d"
"""The group separator: how a scanner sends the FNC1 that ends a value of variable length."""

_FOREIGN = re.compile(r"[^!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]")
_BRACKETED_AI = re.compile(r"\(([0-9]{2,4})\)")

# Where the digits that a check digit proves lie in the value: (first, end).
_CHECKED = {
    "00": (0, 18), "01": (0, 14), "02": (0, 14), "03": (0, 14), "253": (0, 13), "255": (0, 13), "402": (0, 17),
    "410": (0, 13), "411": (0, 13), "412": (0, 13), "413": (0, 13), "414": (0, 13), "415": (0, 13), "416": (0, 13),
    "417": (0, 13), "8003": (1, 14), "8006": (0, 14), "8017": (0, 18), "8018": (0, 18), "8026": (0, 14),
}  # fmt: skip

# AIs that must not stand together in one symbol; those of prices and coupons are left to the shops that use them.
_EXCLUSIVE = tuple(
    frozenset(pair)
    for pair in (
        ("01", "02"), ("01", "03"), ("01", "37"), ("01", "255"), ("01", "8006"), ("02", "03"), ("02", "255"),
        ("02", "8026"), ("8006", "37"), ("8006", "8026"), ("8006", "255"), ("8026", "255"), ("21", "235"),
        ("415", "255"), ("420", "421"), ("421", "4307"), ("422", "426"), ("423", "426"), ("424", "426"), ("425", "426"),
        ("4330", "4331"), ("4332", "4333"), ("8017", "8018"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Element:
    """One AI with its value."""

    ai: str
    value: str


def parse_elements(text: str) -> tuple[Element, ...]:
    """Read an element string as scanned: AIs and values run together, GS after a value of variable length.

    A GS before the first AI and after the last value is passed over, as is one after a value of fixed length.

    Raises: GS1Malformed, CheckDigitWrong, GS1Conflict.
    """
    elements: list[Element] = []
    for run in text.removeprefix(GS).removesuffix(GS).split(GS):
        _require_characters(run)
        rest = run
        while rest:
            element, separated = _first_element(rest)
            rest = rest[len(element.ai) + len(element.value) :]
            if separated and rest:
                raise GS1Malformed(reason="value_too_long_or_no_separator", ai=element.ai, at=rest)
            elements.append(element)
    _require_agreement(elements)
    return tuple(elements)


def parse_bracketed(text: str) -> tuple[Element, ...]:
    """Read the human readable form, (01)...(10)..., as printed under a symbol or typed.

    Spaces around values are dropped.
    A value that itself holds "(12)" cannot be told from an AI in this form, and is taken for one.

    Raises: GS1Malformed, CheckDigitWrong, GS1Conflict.
    """
    before, *parts = _BRACKETED_AI.split(text)
    if before.strip(" ") or not parts:
        raise GS1Malformed(reason="no_identifier", at=text)
    elements = [make_element(ai, value.strip(" ")) for ai, value in zip(parts[::2], parts[1::2], strict=True)]
    _require_agreement(elements)
    return tuple(elements)


def make_element(ai: str, value: str) -> Element:
    """An AI and its value, proved to fit each other. Raises: GS1Malformed, CheckDigitWrong."""
    _require_characters(ai + value)
    if not value:
        raise GS1Malformed(reason="value_empty", ai=ai)
    element, _ = _first_element(ai + value)
    if (element.ai, element.value) != (ai, value):
        raise GS1Malformed(reason="value_wrong", ai=ai, at=value)
    return element


def make_elements(pairs: Iterable[tuple[str, str | None]]) -> tuple[Element, ...]:
    """AIs and values for a symbol, in the order given; those without a value are left out.

    Raises: GS1Malformed (also when nothing is left), CheckDigitWrong, GS1Conflict.
    """
    elements = tuple(make_element(ai, value) for ai, value in pairs if value is not None)
    _require_agreement(elements)
    return elements


def element_string(elements: Sequence[Element]) -> str:
    """The text that a symbol of these elements gives when scanned, GS only where it is needed."""
    last = len(elements) - 1
    return "".join(
        element.ai + element.value + (GS if place < last and _needs_separator(element.ai) else "")
        for place, element in enumerate(elements)
    )


def bracketed(elements: Iterable[Element]) -> str:
    """The human readable form, (01)...(10)..., to print in clear."""
    return "".join(f"({element.ai}){element.value}" for element in elements)


def _first_element(text: str) -> tuple[Element, bool]:
    """The element at the start of `text`, and whether a separator must end it."""
    try:
        found = GS1ElementString.extract(text)
    except (ParseError, ValueError) as error:
        raise GS1Malformed(reason="no_identifier_or_value_wrong", at=text) from error
    element = Element(found.ai.ai, found.value)
    if not element.value:
        raise GS1Malformed(reason="value_empty", ai=element.ai)
    if not text.startswith(element.ai + element.value):
        raise GS1Malformed(reason="value_wrong", ai=element.ai, at=text)
    _require_check_digit(element)
    return element, found.ai.separator_required


def _needs_separator(ai: str) -> bool:
    return GS1ApplicationIdentifier.extract(ai).separator_required


def _require_characters(run: str) -> None:
    if foreign := _FOREIGN.search(run):
        raise GS1Malformed(reason="character_not_in_gs1_set", at=foreign.group())
    if not run:
        raise GS1Malformed(reason="value_empty")


def _require_check_digit(element: Element) -> None:
    if span := _CHECKED.get(element.ai):
        number = element.value[span[0] : span[1]]
        if not has_check_digit(number):
            raise CheckDigitWrong(key=f"({element.ai})", value=number)


def _require_agreement(elements: Sequence[Element]) -> None:
    if not elements:
        raise GS1Malformed(reason="value_empty")
    ais = [element.ai for element in elements]
    if twice := sorted({ai for ai in ais if ais.count(ai) > 1}):
        raise GS1Conflict(ais=twice)
    present = set(ais)
    for pair in _EXCLUSIVE:
        if pair <= present:
            raise GS1Conflict(ais=sorted(pair))
