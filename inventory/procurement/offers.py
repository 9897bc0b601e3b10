"""What suppliers ask for parts on a day: a contract's price before the list's, by how much is ordered."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.procurement.models import PriceOrigin
from inventory.procurement.quantities import PriceBreak, break_at

LEARNED_FROM = 3
"""Receipts from which on the learned lead time is believed rather than the stated one."""

STATED_SPREAD = 0.3
"""The spread of a stated lead time, as a share of it, while nothing is learned yet."""


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one base unit, its currency, and where it comes from."""

    price: Decimal
    currency: str
    origin: PriceOrigin
    contract_id: int | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """Prices by quantity out of one contract, or out of the list that holds."""

    currency: str
    breaks: tuple[PriceBreak, ...]
    contract_id: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A part as a supplier sells it on a day. Lead times are in days: learned where enough came, else stated."""

    supplier_part_id: int
    supplier_id: int
    part_id: int
    priority: int
    moq: int
    pack_size: int
    lead_time_days: float
    lead_time_days_sd: float
    scales: tuple[Scale, ...] = field(default=())

    def price_at(self, quantity: int) -> Price | None:
        """The price when so many are ordered: the contract's where it has one for that quantity, else the list's."""
        for scale in self.scales:
            reached = break_at(scale.breaks, quantity)
            if reached is not None:
                origin = PriceOrigin.LIST if scale.contract_id is None else PriceOrigin.CONTRACT
                return Price(reached.price, scale.currency, origin, scale.contract_id)
        return None


_OFFERS = text(f"""
    SELECT id, supplier_id, part_id, priority, moq, pack_size,
           CASE WHEN learned_receipts >= {LEARNED_FROM} THEN learned_days_mean ELSE lead_time_days END AS days,
           CASE WHEN learned_receipts >= {LEARNED_FROM} THEN learned_days_sd ELSE {STATED_SPREAD} * lead_time_days END
               AS days_sd
    FROM supplier_part
    WHERE active AND (CAST(:parts AS bigint[]) IS NULL OR part_id = ANY(CAST(:parts AS bigint[])))
      AND EXISTS (SELECT FROM supplier WHERE supplier.id = supplier_id AND supplier.active)
    ORDER BY part_id, priority, supplier_id
""")  # noqa: S608 -- our own numbers
_SCALES = text("""
    WITH contract AS (
        SELECT DISTINCT ON (priced.supplier_part_id) priced.supplier_part_id, held.id, held.currency
        FROM contract_price AS priced
        JOIN supply_contract AS held ON held.id = priced.contract_id
        JOIN supplier_part AS sold ON sold.id = priced.supplier_part_id
        WHERE :on BETWEEN held.valid_from AND held.valid_to
          AND (CAST(:parts AS bigint[]) IS NULL OR sold.part_id = ANY(CAST(:parts AS bigint[])))
        ORDER BY priced.supplier_part_id, held.valid_from DESC, held.id DESC
    ),
    listed AS (
        SELECT DISTINCT ON (priced.supplier_part_id) priced.supplier_part_id, priced.valid_from
        FROM list_price AS priced JOIN supplier_part AS sold ON sold.id = priced.supplier_part_id
        WHERE priced.valid_from <= :on
          AND (CAST(:parts AS bigint[]) IS NULL OR sold.part_id = ANY(CAST(:parts AS bigint[])))
        ORDER BY priced.supplier_part_id, priced.valid_from DESC
    )
    SELECT priced.supplier_part_id, contract.id AS contract_id, contract.currency, priced.from_quantity, priced.price
    FROM contract
    JOIN contract_price AS priced
         ON priced.contract_id = contract.id AND priced.supplier_part_id = contract.supplier_part_id
    UNION ALL
    SELECT priced.supplier_part_id, NULL, priced.currency, priced.from_quantity, priced.price
    FROM listed
    JOIN list_price AS priced
         ON priced.supplier_part_id = listed.supplier_part_id AND priced.valid_from = listed.valid_from
    ORDER BY 1, 2 NULLS LAST, 4
""")


def list_offers(session: Session, part_ids: Iterable[int] | None = None, *, on: date) -> list[Offer]:
    """What suppliers in use ask for these parts (or all) on a day; by part, the supplier to be asked first first.

    A supplier part without a price on that day is among them: it has no scales.
    """
    parameters = {"parts": None if part_ids is None else sorted(set(part_ids)), "on": on}
    scales = _read_scales(session, parameters)
    return [
        Offer(
            supplier_part_id=row.id,
            supplier_id=row.supplier_id,
            part_id=row.part_id,
            priority=row.priority,
            moq=row.moq,
            pack_size=row.pack_size,
            lead_time_days=float(row.days),
            lead_time_days_sd=float(row.days_sd),
            scales=tuple(scales[row.id]),
        )
        for row in session.execute(_OFFERS, parameters)
    ]


def first_choices(offers: Sequence[Offer]) -> dict[int, Offer]:
    """Of each part the offer to be asked first: the first that has a price, else the first."""
    chosen: dict[int, Offer] = {}
    for offer in offers:
        standing = chosen.get(offer.part_id)
        if standing is None or (offer.scales and not standing.scales):
            chosen[offer.part_id] = offer
    return chosen


def _read_scales(session: Session, parameters: Mapping[str, object]) -> dict[int, list[Scale]]:
    breaks: dict[tuple[int, int | None, str], list[PriceBreak]] = defaultdict(list)
    for row in session.execute(_SCALES, parameters):
        breaks[row.supplier_part_id, row.contract_id, row.currency].append(PriceBreak(row.from_quantity, row.price))
    scales: dict[int, list[Scale]] = defaultdict(list)
    for (supplier_part_id, contract_id, currency), found in breaks.items():
        scales[supplier_part_id].append(Scale(currency, tuple(found), contract_id))
    return scales
