"""GS1 keys: check digits, and GTIN, GLN and SSCC read and made.

Everything here is digits in, digits out; the domain may call it too.
Source: GS1 General Specifications 7.9.1 (check digit), 3.3.1 (SSCC), 3.3.2 (GTIN), 3.7.10 (GLN).
"""

import re

from barcode.errors import CheckDigitWrong, GS1Malformed, KeyNotMade

GTIN_LENGTHS = (8, 12, 13, 14)
GLN_LENGTH = 13
SSCC_LENGTH = 18

_DIGITS = re.compile(r"[0-9]+")
_COMPANY_PREFIX = re.compile(r"[0-9]{4,12}")


def check_digit(body: str) -> str:
    """The digit that makes `body` sound: weights 3, 1, 3, ... from the right, up to the next multiple of ten.

    Raises: GS1Malformed when body is not ASCII digits.
    """
    if not _DIGITS.fullmatch(body):
        raise GS1Malformed(reason="not_digits", at=body)
    weighted = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(body)))
    return str(-weighted % 10)


def has_check_digit(number: str) -> bool:
    """Whether the last digit of `number` is the check digit of the others. Anything but digits has none."""
    return len(number) > 1 and bool(_DIGITS.fullmatch(number)) and check_digit(number[:-1]) == number[-1]


def normal_gtin(text: str) -> str:
    """A GTIN-8, -12, -13 or -14 as the fourteen digits under which it is stored and compared.

    Raises: GS1Malformed when it has another length or other characters, CheckDigitWrong.
    """
    return _sound("gtin", text, GTIN_LENGTHS).rjust(14, "0")


def normal_gln(text: str) -> str:
    """A GLN of thirteen digits, proved. Raises: GS1Malformed, CheckDigitWrong."""
    return _sound("gln", text, (GLN_LENGTH,))


def normal_sscc(text: str) -> str:
    """An SSCC of eighteen digits, proved. Raises: GS1Malformed, CheckDigitWrong."""
    return _sound("sscc", text, (SSCC_LENGTH,))


def make_gtin(company_prefix: str, item_reference: int) -> str:
    """The GTIN-13 of an item under the maker's GS1 company prefix, in its fourteen digits.

    Raises: KeyNotMade when the prefix is none or leaves too few digits for the reference.
    """
    return _keyed("gtin", "", company_prefix, item_reference, digits=12).rjust(14, "0")


def make_gln(company_prefix: str, location_reference: int) -> str:
    """The GLN of a place under the maker's GS1 company prefix. Raises: KeyNotMade."""
    return _keyed("gln", "", company_prefix, location_reference, digits=12)


def make_sscc(company_prefix: str, *, extension_digit: int, serial_reference: int) -> str:
    """The SSCC of a handling unit. The extension digit, 0 to 9, widens the serial numbers; it means nothing.

    Raises: KeyNotMade when a part is out of bounds or the serial numbers of this prefix are used up.
    """
    if not 0 <= extension_digit <= 9:
        raise KeyNotMade(key="sscc", reason="extension_digit_out_of_bounds", extension_digit=extension_digit)
    return _keyed("sscc", str(extension_digit), company_prefix, serial_reference, digits=17)


def _sound(key: str, text: str, lengths: tuple[int, ...]) -> str:
    if not _DIGITS.fullmatch(text):
        raise GS1Malformed(reason="not_digits", key=key, at=text)
    if len(text) not in lengths:
        raise GS1Malformed(reason="wrong_length", key=key, at=text)
    if not has_check_digit(text):
        raise CheckDigitWrong(key=key, value=text)
    return text


def _keyed(key: str, lead: str, company_prefix: str, reference: int, *, digits: int) -> str:
    if not _COMPANY_PREFIX.fullmatch(company_prefix):
        raise KeyNotMade(key=key, reason="company_prefix_wrong", company_prefix=company_prefix)
    places = digits - len(lead) - len(company_prefix)
    if not 0 <= reference < 10**places:
        raise KeyNotMade(key=key, reason="reference_out_of_bounds", reference=reference, digits_max=places)
    body = lead + company_prefix + (f"{reference:0{places}d}" if places else "")
    return body + check_digit(body)
