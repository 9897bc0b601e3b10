"""Joint orders: what one supplier is asked for together, raised to his minimum by what would be due next.

Whoever approves purchases of a supplier whose minimum they do not reach takes along what else is to be bought of him
for the same warehouse, what is due and then what falls due soon, until they do. Where all of it is not enough, what was
approved stays open and says so; approved once more it goes all the same, and whoever hands the order in gives the
reason for a small order.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import procurement
from inventory.planning.replenishment.models import UNDECIDED, Held, Proposal, ProposalKind
from inventory.procurement import Supplier, SupplierPart, WantedLine, bundle

NOT_TAKEN_ALONG = (Held.NO_SUPPLIER, Held.PHASE)
"""Somebody has to look at these one by one."""


@dataclass(frozen=True, slots=True)
class SmallOrder:
    """What was approved of a supplier and is too little for an order. Units: `missing` in the supplier's currency."""

    supplier: Supplier
    proposals: tuple[Proposal, ...]
    missing: Decimal


@dataclass(frozen=True, slots=True)
class Bundled:
    """What goes on orders, what of it was taken along, and what is too little for one."""

    ordered: tuple[Proposal, ...]
    added: tuple[Proposal, ...]
    too_small: tuple[SmallOrder, ...]


class _Order(NamedTuple):
    """What one order would be drawn up for."""

    supplier_id: int
    warehouse_id: int
    currency: str


def bundle_purchases(session: Session, proposals: Sequence[Proposal], *, on: date) -> Bundled:
    """Bundle proposals to buy into joint orders; all of them are sold by somebody and held by the transaction."""
    if not proposals:
        return Bundled((), (), ())
    rates = procurement.rates_on(session, on)
    groups = _by_order(session, proposals, on=on)
    suppliers = _suppliers(session, groups)
    short = {
        order: lines
        for order, lines in groups.items()
        if _worth(lines) < _minimum(suppliers[order.supplier_id], order, rates)
    }
    chosen = {one.id for one in proposals}
    others = _by_order(session, _others(session, short, chosen), on=on) if short else {}
    ordered: list[Proposal] = [one for order, lines in groups.items() if order not in short for one in _of(lines)]
    added: list[Proposal] = []
    too_small: list[SmallOrder] = []
    for order, lines in short.items():
        supplier, more = suppliers[order.supplier_id], others.get(order, [])
        joint = bundle(_due(lines, more, on), minimum=_minimum(supplier, order, rates), today=on)
        if joint.missing and any(one.held is not Held.BELOW_MINIMUM for one in _of(lines)):
            missing = joint.missing * rates[order.currency] / rates[supplier.currency]
            too_small.append(SmallOrder(supplier, tuple(_of(lines)), missing))
            continue
        ordered += _of(lines)
        if not joint.missing:
            parts = {line.part_id for line in joint.lines}
            added += [one for one in _of(more) if one.part_id in parts]
    return Bundled((*ordered, *added), tuple(added), tuple(too_small))


_Line = tuple[Proposal, Decimal]
"""A proposal and what it costs, in its order's currency."""


def _by_order(session: Session, proposals: Sequence[Proposal], *, on: date) -> dict[_Order, list[_Line]]:
    """The proposals by the order they would stand on; one without a price counts as nothing in no currency."""
    offers = {
        offer.supplier_part_id: offer
        for offer in procurement.list_offers(session, {one.part_id for one in proposals}, on=on)
    }
    sold = select(SupplierPart.id, SupplierPart.supplier_id)
    supplier_of = {
        row.id: row.supplier_id
        for row in session.execute(sold.where(SupplierPart.id.in_({one.supplier_part_id for one in proposals})))
    }
    groups: dict[_Order, list[_Line]] = defaultdict(list)
    for one in sorted(proposals, key=lambda proposal: proposal.id):
        assert one.supplier_part_id is not None, "what nobody sells was refused before"
        offer = offers.get(one.supplier_part_id)
        price = None if offer is None else offer.price_at(one.wanted)
        amount, currency = (Decimal(0), "") if price is None else (one.wanted * price.price, price.currency)
        groups[_Order(supplier_of[one.supplier_part_id], one.warehouse_id, currency)].append((one, amount))
    return dict(groups)


def _suppliers(session: Session, orders: Iterable[_Order]) -> dict[int, Supplier]:
    query = select(Supplier).where(Supplier.id.in_({order.supplier_id for order in orders}))
    return {one.id: one for one in session.scalars(query)}


def _others(session: Session, orders: Iterable[_Order], chosen: set[int]) -> list[Proposal]:
    """What else is to be bought of these suppliers for these warehouses, now or soon, and can be ordered as it is.

    What somebody else is deciding about at this moment is left to him.
    """
    pairs = {(order.supplier_id, order.warehouse_id) for order in orders}
    query = (
        select(Proposal, SupplierPart)
        .join(SupplierPart, SupplierPart.id == Proposal.supplier_part_id)
        .where(
            Proposal.status.in_(UNDECIDED),
            Proposal.kind == ProposalKind.PURCHASE,
            Proposal.held.not_in(NOT_TAKEN_ALONG),
            SupplierPart.supplier_id.in_({supplier_id for supplier_id, _ in pairs}),
            Proposal.warehouse_id.in_({warehouse_id for _, warehouse_id in pairs}),
            Proposal.id.not_in(chosen),
        )
        .order_by(Proposal.id)
        .with_for_update(of=Proposal, skip_locked=True)
    )
    return [
        one
        for one, sold in session.execute(query)
        if (sold.supplier_id, one.warehouse_id) in pairs and one.wanted >= sold.moq and one.wanted % sold.pack_size == 0
    ]


def _of(lines: Sequence[_Line]) -> list[Proposal]:
    return [one for one, _ in lines]


def _worth(lines: Sequence[_Line]) -> Decimal:
    return sum((amount for _, amount in lines), Decimal(0))


def _minimum(supplier: Supplier, order: _Order, rates: dict[str, Decimal]) -> Decimal:
    """The supplier's minimum in the order's currency; none where one of the two has no rate."""
    if order.currency not in rates or supplier.currency not in rates:
        return Decimal(0)
    return supplier.minimum_order_value * rates[supplier.currency] / rates[order.currency]


def _due(lines: Sequence[_Line], more: Sequence[_Line], on: date) -> list[WantedLine]:
    """What was approved is due today, whatever its day; the others after it."""
    due = [WantedLine(one.part_id, amount, on) for one, amount in lines]
    later = on + timedelta(days=1)
    return [*due, *(WantedLine(one.part_id, amount, max(one.order_by_on, later)) for one, amount in more)]
