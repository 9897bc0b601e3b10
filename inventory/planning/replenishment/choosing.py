"""Of whom a proposal is bought: who sells the part and on which terms, and another supplier chosen by a person."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import procurement
from inventory.actor import Actor
from inventory.db import QUANTITY_MAX
from inventory.identity import Permission
from inventory.planning.replenishment.buying import price_of
from inventory.planning.replenishment.deciding import hold_proposals
from inventory.planning.replenishment.errors import NotSoldBy
from inventory.planning.replenishment.models import Held, Proposal, ProposalKind
from inventory.planning.replenishment.opening import needed_again
from inventory.planning.replenishment.proposing import MONEY, value_of
from inventory.procurement import Offer, Price, Supplier, SupplyContract, purchase_quantity


@dataclass(frozen=True, slots=True)
class Alternative:
    """A supplier's offer for what a proposal wants.

    Units: `quantity` is what is wanted in his packs, his minimum at least; `worth` in the company's currency, None
    where he has no price for it.
    """

    offer: Offer
    supplier: Supplier
    quantity: int
    price: Price | None
    worth: Decimal | None
    contract: str | None
    chosen: bool


def list_alternatives(session: Session, proposal: Proposal, *, by: Actor, on: date) -> list[Alternative]:
    """Who sells what a proposal wants, the one to be asked first first; nobody what is moved. Raises: NotPermitted."""
    by.require(Permission.SEE_PURCHASES)
    if proposal.kind is not ProposalKind.PURCHASE:
        return []
    offers = procurement.list_offers(session, [proposal.part_id], on=on)
    rates = procurement.rates_on(session, on)
    query = select(Supplier).where(Supplier.id.in_({offer.supplier_id for offer in offers}))
    suppliers = {one.id: one for one in session.scalars(query)}
    return [_alternative(offer, suppliers[offer.supplier_id], proposal, rates) for offer in offers]


def _alternative(offer: Offer, supplier: Supplier, proposal: Proposal, rates: dict[str, Decimal]) -> Alternative:
    quantity = purchase_quantity(proposal.wanted, offer.moq, offer.pack_size)
    price = offer.price_at(quantity)
    known = price is not None and price.currency in rates
    worth = quantity * price.price * rates[price.currency] if price is not None and known else None
    contract = None if price is None or price.contract_id is None else SupplyContract(id=price.contract_id).number
    chosen = offer.supplier_part_id == proposal.supplier_part_id
    return Alternative(offer, supplier, quantity, price, worth, contract, chosen)


def choose_supplier(session: Session, proposal_id: int, supplier: str, *, by: Actor, at: datetime) -> Proposal:
    """Buy a proposal of another supplier, in his packs and at his price; no run takes that back.

    The quantity is worked out anew with his minimum and packs; one that somebody wrote is raised to them.

    Raises: NotFound; NotPermitted; ProposalDecided; NotSoldBy.
    """
    [proposal] = hold_proposals(session, [proposal_id], by=by)
    offer = _offer_of(session, proposal, supplier, on=at.date())
    proposal.supplier_part_id = proposal.chosen_supplier_part_id = offer.supplier_part_id
    proposal.edited_by_id, proposal.edited_at = by.person_id, at
    proposal.pack_size, proposal.order_minimum = offer.pack_size, offer.moq
    proposal.lead_days = offer.lead_time_days
    if proposal.held in (Held.NO_SUPPLIER, Held.BELOW_MINIMUM):
        proposal.held = Held.PURCHASE
    _work_out_anew(proposal, offer)
    price = price_of(offer, procurement.rates_on(session, at.date()))
    proposal.unit_price = Decimal(price) / MONEY
    [value] = value_of(np.array([proposal.quantity]), np.array([price])).tolist()
    proposal.value = Decimal(value) / MONEY
    session.flush()
    return proposal


def _offer_of(session: Session, proposal: Proposal, supplier: str, *, on: date) -> Offer:
    if proposal.kind is ProposalKind.PURCHASE:
        supplier_id = session.scalar(select(Supplier.id).where(Supplier.code == supplier))
        for offer in procurement.list_offers(session, [proposal.part_id], on=on):
            if offer.supplier_id == supplier_id:
                return offer
    raise NotSoldBy(proposal=proposal.number, supplier=supplier[:40])


def _work_out_anew(proposal: Proposal, offer: Offer) -> None:
    """By the formula where it is due; ahead of its day, and where somebody wrote it, in whole packs of the offer."""
    ahead = proposal.needed == 0
    [proposal.needed] = needed_again([proposal]).tolist()
    rounded = purchase_quantity(proposal.quantity, offer.moq, offer.pack_size)
    proposal.quantity = rounded if ahead else proposal.needed
    if proposal.edited_quantity is not None:
        raised = purchase_quantity(proposal.edited_quantity, offer.moq, offer.pack_size)
        proposal.edited_quantity = min(raised, QUANTITY_MAX // offer.pack_size * offer.pack_size)
