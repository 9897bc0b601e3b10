"""How much to buy: minimum order quantities, packs, price breaks, and joint orders. Pure; no rows are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PriceBreak:
    """So much one base unit costs when so many or more are ordered."""

    from_quantity: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class PricedQuantity:
    """A quantity that can be ordered, at its price."""

    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        """What it costs in all."""
        return self.quantity * self.price


@dataclass(frozen=True, slots=True)
class WantedLine:
    """A part that one supplier is to bring: how much it is worth, and by when it has to be ordered at the latest."""

    part_id: int
    amount: Decimal
    order_by: date


@dataclass(frozen=True, slots=True)
class JointOrder:
    """What goes on an order together; `missing` is what it still lacks of the supplier's minimum."""

    lines: tuple[WantedLine, ...]
    missing: Decimal


def purchase_quantity(need: int, moq: int, pack: int) -> int:
    """The least quantity that covers a need in whole packs and is no less than the minimum; nothing for no need.

    Units: base units of the part; moq and pack are at least 1.
    """
    return -(-max(need, moq) // pack) * pack if need > 0 else 0


def purchase_quantities(need: Int64s, moq: Int64s, pack: Int64s) -> Int64s:
    """`purchase_quantity` for many parts at once.

    Shapes: all (n,), or broadcast to it. Units: base units of each part.
    """
    whole: Int64s = -(-np.maximum(need, moq) // pack) * pack
    return np.where(need > 0, whole, 0)


def break_at(breaks: Sequence[PriceBreak], quantity: int) -> PriceBreak | None:
    """The break that a quantity reaches, None where it reaches none. The breaks come in any order."""
    reached = [one for one in breaks if one.from_quantity <= quantity]
    return max(reached, key=lambda one: one.from_quantity, default=None)


def choose_quantity(need: int, moq: int, pack: int, breaks: Sequence[PriceBreak]) -> PricedQuantity | None:
    """What covers a need for the least money in all; of equals the least quantity; None without need or price.

    More than is needed is bought only where the next break makes the whole cheaper than the need alone: what the rest
    would cost on the shelf is then paid for by the price.
    """
    least = purchase_quantity(need, moq, pack)
    wanted = (
        {least, *(purchase_quantity(max(one.from_quantity, need), moq, pack) for one in breaks)} if least else set()
    )
    offers = [
        PricedQuantity(quantity, reached.price)
        for quantity in wanted
        if quantity >= least and (reached := break_at(breaks, quantity)) is not None
    ]
    return min(offers, key=lambda one: (one.amount, one.quantity), default=None)


def bundle(wanted: Sequence[WantedLine], *, minimum: Decimal, today: date) -> JointOrder:
    """Put what one supplier is to bring on an order: all that must be ordered by today and, while that is worth less
    than his minimum, what has to be ordered next, soonest first. When nothing is due today nothing is ordered.

    Source: the can-order rule of joint replenishment (Balintfy 1964, Management Science 10(2), 287-297).
    """
    by_day = sorted(wanted, key=lambda one: (one.order_by, -one.amount, one.part_id))
    chosen = [one for one in by_day if one.order_by <= today]
    if not chosen:
        return JointOrder((), Decimal(0))
    worth = sum((one.amount for one in chosen), Decimal(0))
    for one in by_day[len(chosen) :]:
        if worth >= minimum:
            break
        chosen.append(one)
        worth += one.amount
    return JointOrder(tuple(chosen), max(minimum - worth, Decimal(0)))
