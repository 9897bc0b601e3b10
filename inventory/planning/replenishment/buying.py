"""What parts cost and who sells them, as planning weighs them: one figure a part in the company's own currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory import procurement
from inventory.planning.policies import Places
from inventory.planning.replenishment.arrays import Ids, Reals
from inventory.planning.replenishment.layout import Layout
from inventory.planning.replenishment.proposing import MONEY, Offers
from inventory.procurement import Offer

_LIST_PRICES = text("""
    SELECT id, price, currency FROM part WHERE id = ANY(CAST(:parts AS bigint[])) AND price IS NOT NULL
""")
PRICE_MAX = 10**13
"""In ten-thousandths: a thousand million; no part costs more."""


@dataclass(frozen=True, slots=True)
class Sellers:
    """Who is asked first for each part, and what a base unit of it costs.

    Shapes: all (parts,), part_ids ascending.
    Units: `supplier_part` -1 where nobody sells the part; `price` in ten-thousandths of the company's currency, 0 where
    it is not known.
    """

    part_ids: Ids
    supplier_part: Ids
    minimum: Ids
    pack: Ids
    price: Ids

    def offers(self, part_ids: Ids) -> Offers:
        """The offers for the parts of part-places. Shapes: part_ids (n,)."""
        at = np.searchsorted(self.part_ids, part_ids)
        return Offers(self.supplier_part[at], self.minimum[at], self.pack[at], self.price[at])

    def usual_price(self, stands_for: Reals) -> float:
        """What the middle one of the priced parts costs, each counting for as many as it stands for.

        Shapes: stands_for (parts,). Units: the company's currency, above 0.
        """
        known = np.flatnonzero(self.price > 0)
        if not len(known):
            return 1.0
        dearer = known[np.argsort(self.price[known], kind="stable")]
        reach = np.cumsum(stands_for[dearer])
        return float(self.price[dearer[np.searchsorted(reach, reach[-1] / 2)]]) / MONEY

    def worth(self, part_ids: Ids, usual_price: float) -> Reals:
        """What a unit of each part-place is worth in stock: its price, or the usual one where it is not known.

        Shapes: part_ids and the answer (n,). Units: the company's currency, above 0.
        """
        price: Reals = np.where(self.price > 0, self.price / MONEY, usual_price)
        return price[np.searchsorted(self.part_ids, part_ids)]


def read_sellers(session: Session, part_ids: Ids, *, on: date) -> Sellers:
    """Read of each part who sells it and for how much on a day: by the supplier's price, else by the catalogue's.

    Shapes: part_ids (parts,), ascending.
    """
    n = len(part_ids)
    sellers = Sellers(part_ids, np.full(n, -1), np.ones(n, np.int64), np.ones(n, np.int64), np.zeros(n, np.int64))
    rates = procurement.rates_on(session, on)
    for row in session.execute(_LIST_PRICES, {"parts": part_ids.tolist()}):
        sellers.price[np.searchsorted(part_ids, row.id)] = _whole(row.price, row.currency, rates)
    chosen = procurement.first_choices(procurement.list_offers(session, part_ids.tolist(), on=on))
    for part_id, offer in chosen.items():
        at = int(np.searchsorted(part_ids, part_id))
        sellers.supplier_part[at], sellers.minimum[at], sellers.pack[at] = (
            offer.supplier_part_id, offer.moq, offer.pack_size,
        )  # fmt: skip
        if offer.price_at(offer.moq) is not None:
            sellers.price[at] = price_of(offer, rates)
    return sellers


_CHOSEN = text("""
    SELECT part_id, warehouse_id, chosen_supplier_part_id AS supplier_part_id FROM proposal
    WHERE status IN ('open', 'ahead') AND chosen_supplier_part_id IS NOT NULL
      AND part_id = ANY(CAST(:parts AS bigint[]))
""")


def with_chosen(session: Session, offers: Offers, part_ids: Ids, layout: Layout, places: Places, *, on: date) -> Offers:
    """The offers as people chose them: on a proposal that stands the chosen supplier goes before the one asked first.

    One that sells the part no longer is passed over.

    Shapes: offers and layout (n,); part_ids (parts,).
    """
    chosen = session.execute(_CHOSEN, {"parts": part_ids.tolist()}).all()
    if not chosen:
        return offers
    rates = procurement.rates_on(session, on)
    known = {
        offer.supplier_part_id: offer
        for offer in procurement.list_offers(session, {row.part_id for row in chosen}, on=on)
    }
    told = Offers(
        offers.supplier_part.copy(),
        offers.minimum.copy(),
        offers.pack.copy(),
        offers.price.copy(),
        np.full(len(layout), np.nan),
    )
    assert told.chosen_days is not None, "just made"
    at, which = layout.find(
        np.array([row.part_id for row in chosen]), np.array([row.warehouse_id for row in chosen]), places
    )
    for row, one in zip(at, which, strict=True):
        offer = known.get(chosen[one].supplier_part_id)
        if offer is not None:
            told.supplier_part[row], told.minimum[row], told.pack[row], told.chosen_days[row] = (
                offer.supplier_part_id, offer.moq, offer.pack_size, offer.lead_time_days,
            )  # fmt: skip
            told.price[row] = price_of(offer, rates)
    return told


def price_of(offer: Offer, rates: Mapping[str, Decimal]) -> int:
    """What a base unit of an offer costs when its minimum is ordered, in ten-thousandths; 0 where it is not known."""
    price = offer.price_at(offer.moq)
    return 0 if price is None else _whole(price.price, price.currency, rates)


def _whole(price: Decimal, currency: str, rates: Mapping[str, Decimal]) -> int:
    """A price in ten-thousandths of the company's currency; 0 where the currency has no rate."""
    return min(int(price * rates.get(currency, Decimal(0)) * MONEY), PRICE_MAX)
