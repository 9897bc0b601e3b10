"""Of whom a proposal is bought: the offers told, another supplier chosen, kept over the night, ordered of him."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from inventory.errors import NotPermitted
from inventory.identity import Permission
from inventory.planning import replenishment
from inventory.planning.replenishment import Held, NotSoldBy, ProposalDecided, ProposalKind
from inventory.procurement import Supplier, SupplierPart
from tests.given import NOON
from tests.given import procurement as bought
from tests.given import replenishment as planned
from tests.inventory.planning.replenishment.town import Town

TODAY = NOON.date()


class TwoSellers(Town):
    """A part of two suppliers: the first sells tens at 12.50 in packs of five, the other dozens at 11, 9 from 48 on."""

    def __init__(self, session):
        super().__init__(session)
        self.other = bought.supplier(session)
        self.dozens = bought.sold(
            session, self.other, self.part, (1, "11"), (48, "9"), moq=24, pack_size=12, priority=2, lead_time_days=33
        )
        self.plan()
        [self.wanted] = self.proposals(kind=ProposalKind.PURCHASE)
        self.by = planned.deciding(session)

    def choose(self, supplier=None, by=None):
        code = (supplier or self.other).code
        return replenishment.choose_supplier(self.session, self.wanted.id, code, by=by or self.by, at=NOON)

    def needed_in(self, pack, least):
        """What the formula gives for these packs."""
        missing = max(self.wanted.order_up_to - self.wanted.left, least)
        return -(-missing // pack) * pack


@pytest.fixture
def town(session):
    return TwoSellers(session)


def test_every_offer_is_told_in_its_packs_with_what_it_costs(session, town):
    told = replenishment.list_alternatives(session, town.wanted, by=town.by, on=TODAY)
    assert [(one.chosen, one.offer.supplier_part_id) for one in told] == [
        (True, town.seller.id),
        (False, town.dozens.id),
    ]
    for one, pack, least in zip(told, (5, 12), (10, 24), strict=True):
        assert one.quantity == -(-max(town.wanted.quantity, least) // pack) * pack
        assert one.worth == one.quantity * one.price.price


def test_the_offers_are_for_who_may_see_purchases(session, town):
    may = {one: reach for one, reach in town.by.reach.items() if one is not Permission.SEE_PURCHASES}
    with pytest.raises(NotPermitted):
        replenishment.list_alternatives(session, town.wanted, by=replace(town.by, reach=may), on=TODAY)


def test_a_chosen_supplier_brings_his_packs_minimum_price_and_lead_time(town):
    needed = town.needed_in(12, 24)
    chosen = town.choose()
    assert (chosen.pack_size, chosen.order_minimum, chosen.lead_days) == (12, 24, 33)
    assert (chosen.needed, chosen.quantity, chosen.edited_quantity) == (needed, needed, None)
    assert (chosen.unit_price, chosen.value) == (Decimal(11), needed * Decimal(11))
    assert chosen.edited_by_id == town.by.person_id


def test_a_quantity_that_somebody_wrote_is_raised_to_the_packs_of_the_chosen_supplier(session, town):
    replenishment.edit_proposal(session, town.wanted.id, 50, by=town.by, at=NOON)
    assert town.choose().edited_quantity == 60


def test_the_night_keeps_the_chosen_supplier(session, town):
    town.choose()
    town.lies(town.central, 3)
    town.plan()
    session.refresh(town.wanted)
    assert (town.wanted.supplier_part_id, town.wanted.on_hand) == (town.dozens.id, 3)
    assert (town.wanted.pack_size, town.wanted.order_minimum, town.wanted.lead_days) == (12, 24, 33)
    assert town.wanted.quantity == town.needed_in(12, 24)
    assert town.wanted.unit_price == Decimal(11)


def test_a_chosen_supplier_who_sells_the_part_no_longer_is_passed_over(session, town):
    town.choose()
    session.get_one(SupplierPart, town.dozens.id).active = False
    session.flush()
    town.plan()
    session.refresh(town.wanted)
    assert (town.wanted.supplier_part_id, town.wanted.pack_size) == (town.seller.id, 5)


def test_it_is_ordered_of_the_chosen_supplier(session, town):
    town.choose()
    [order] = replenishment.approve_proposals(session, [town.wanted.id], by=town.by, at=NOON).orders
    assert order.supplier_id == town.other.id


def test_the_minimum_of_the_chosen_supplier_counts(session, town):
    town.other.minimum_order_value = 10**6
    session.flush()
    town.choose()
    [small] = replenishment.approve_proposals(session, [town.wanted.id], by=town.by, at=NOON).too_small
    assert small.supplier.id == town.other.id
    assert town.wanted.held is Held.BELOW_MINIMUM
    assert town.choose(session.get_one(Supplier, town.seller.supplier_id)).held is Held.PURCHASE


def test_only_who_sells_the_part_can_be_chosen_and_only_for_what_is_bought(session, town):
    with pytest.raises(NotSoldBy):
        town.choose(bought.supplier(session))
    [moved, *_] = town.proposals(kind=ProposalKind.TRANSFER)
    with pytest.raises(NotSoldBy):
        replenishment.choose_supplier(session, moved.id, town.other.code, by=town.by, at=NOON)


def test_what_was_decided_keeps_its_supplier(session, town):
    replenishment.reject_proposals(
        session, [town.wanted.id], reason="too_early", by=town.by, at=NOON - timedelta(days=1)
    )
    with pytest.raises(ProposalDecided):
        town.choose()
