"""Quantities at the edge: whole numbers of a part's base unit, typed as one to nine plain digits."""

import re

from inventory.db import QUANTITY_MAX
from inventory.errors import RuleBroken

_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


class QuantityUnreadable(RuleBroken):
    """The text is not one to nine digits."""

    code = "quantity_unreadable"


def read_quantity(text: str) -> int:
    """The whole number behind what a person typed; full-width digits are folded, nothing else is guessed.

    Raises: QuantityUnreadable for signs, decimals, separators, exponents, foreign digits, over nine digits.
    """
    digits = text.strip().translate(_FULL_WIDTH)
    if not _DIGITS.fullmatch(digits):
        raise QuantityUnreadable(text=text[:20], most=QUANTITY_MAX)
    return int(digits)
