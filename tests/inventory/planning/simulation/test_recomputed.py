"""A thousand proposals of a run, each worked out anew from the figures that stand in its row, by other means."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import insert, select, update

from inventory.ledger import Balance
from inventory.planning import policies, replenishment
from inventory.planning.demand import DemandBeginning, DemandDay, Origin
from inventory.planning.policies import Criticality, PartPlanWish, Phase, PlanningSetting
from inventory.planning.replenishment import Proposal, ProposalKind
from tests import given
from tests.given import NOON
from tests.given.planning import plan, three_tiers
from tests.given.policies import override, planner
from tests.given.procurement import sold, supplier
from tests.given.replenishment import level, run
from tests.given.workorders import asked_for, repair

ON = NOON.date()
PARTS, STATIONS, MONTHS = 170, 6, 18
LYING, WAITING = 60, 20


@pytest.fixture
def proposals(session):
    """What a run proposes for a network that asks for many parts and has some of them, here and there."""
    draw = np.random.default_rng(11)
    network = three_tiers(session, STATIONS)
    centre, stations = network.centre, network.stations
    parts = [given.part(session) for _ in range(PARTS)]
    _asked_for(session, parts, stations, centre, draw)
    seller = supplier(session)
    for part in parts[::2]:
        sold(session, seller, part, (1, "7.35"), moq=int(draw.integers(1, 30)), pack_size=int(draw.integers(1, 12)))
    for part in draw.choice(np.array(parts), LYING, replace=False):
        given.stock(session, warehouse=draw.choice(np.array(network.places)), part=part, quantity=3)
    replaced = _made_particular(session, parts, network)
    for part in draw.choice(np.array(parts), WAITING, replace=False):
        work = repair(session, stations[int(draw.integers(STATIONS))])
        asked_for(session, work, part, 5)
    done = plan(session, on=ON)
    proposed = session.scalars(select(Proposal).where(Proposal.run_id == done.id).order_by(Proposal.id)).all()
    return Proposed(proposed, replaced)


@dataclass(frozen=True)
class Proposed:
    """What a run proposed, and which parts' stock counts for which."""

    all: list[Proposal]
    replaced: dict[int, int]


def _made_particular(session, parts, network):
    """Orders cost something; of some parts planners want at least or at most so many, some were replaced, some leave.

    Some lie at one repair centre in plenty. The answer tells of replaced parts by which.
    """
    session.execute(update(PlanningSetting).values(order_cost=25))
    by, stations = planner(session), network.stations
    for turn, part in enumerate(parts[:20]):
        override(session, part, stations[turn % STATIONS], by=by, minimum=7, maximum=9)
        override(session, part, network.central, by=by, maximum=3 + turn)
    replaced = {}
    for part in parts[20:30]:
        old = given.part(session)
        given.supersession(session, old, part, interchangeable=True)
        given.stock(session, warehouse=network.centre, part=old, quantity=2)
        replaced[old.id] = part.id
    earlier = run(session, on=ON - timedelta(days=1))
    for part in parts[30:36]:
        for place in network.places:
            level(session, part, place, earlier)
        until = ON + timedelta(days=300)
        leaves = PartPlanWish(part.number, Criticality.VITAL, Phase.LAST_TIME_BUY, 1, "its maker closes", until)
        policies.plan_part(session, leaves, by=by, at=NOON)
    for part in parts[36:46]:
        given.stock(session, warehouse=stations[0], part=part, quantity=300)
    return replaced


def _asked_for(session, parts, stations, centre, draw):
    busy = draw.gamma(1.0, 2.0, (len(parts), len(stations)))
    rows = [
        {"part_id": part.id, "warehouse_id": station.id, "asked_on": ON.replace(day=1) - timedelta(days=30 * month + 5)}
        | {"source_id": centre.id, "origin": Origin.ASKED, "quantity": int(units)}
        for part, of_part in zip(parts, busy, strict=True)
        for station, mean in zip(stations, of_part, strict=True)
        for month, units in enumerate(draw.poisson(mean, MONTHS))
        if units
    ]
    session.execute(insert(DemandDay), rows)
    began = [{"warehouse_id": one.id, "first_on": date(2024, 1, 1)} for one in stations]
    session.execute(insert(DemandBeginning), began)


def by_hand(one):
    """The (s, S) rule with packs, least order and limit, in whole numbers, unit by unit where it rounds."""
    position = one.on_hand + one.in_transit + one.on_order - one.reserved - one.back_ordered - one.owed
    if position > one.reorder_point or position >= one.order_up_to:
        return 0
    packs = 1
    while packs * one.pack_size < max(one.order_up_to - position, one.order_minimum):
        packs += 1
    while one.order_maximum is not None and packs and position + packs * one.pack_size > one.order_maximum:
        packs -= 1
    return packs * one.pack_size if packs * one.pack_size >= one.order_minimum else 0


def test_a_thousand_quantities_follow_from_the_figures_in_their_rows(session, proposals):
    ordinary = [one for one in proposals.all if one.kind in (ProposalKind.TRANSFER, ProposalKind.PURCHASE)]
    assert len(ordinary) >= 1_000
    assert [(one.id, one.needed, by_hand(one)) for one in ordinary if one.needed != by_hand(one)] == []
    assert replenishment.needed_again(ordinary).tolist() == [one.needed for one in ordinary]
    bought = [one for one in ordinary if one.source_id is None]
    assert [one.id for one in bought if one.quantity != one.needed or one.value != one.quantity * one.unit_price] == []

    below = defaultdict(int)
    for one in ordinary:
        below[one.part_id, one.source_id] += one.needed
    assert [one.id for one in ordinary if one.owed != below[one.part_id, one.warehouse_id]] == []

    given_out = defaultdict(int)
    for one in ordinary:
        if one.source_id is not None:
            given_out[one.part_id, one.source_id] += one.quantity
            assert one.quantity <= one.needed
    free = defaultdict(int)
    for row in session.scalars(select(Balance)):
        free[proposals.replaced.get(row.part_id, row.part_id), row.warehouse_id] += row.on_hand - row.reserved
    assert [key for key, units in given_out.items() if units > free.get(key, 0)] == []
    assert sum(one.back_ordered > 0 for one in ordinary) >= 5
    assert sum(one.on_hand > 0 for one in ordinary) >= 5
    assert sum(one.order_maximum is not None for one in ordinary) >= 20
    assert sum(one.part_id in proposals.replaced.values() for one in ordinary) >= 10


def test_what_is_moved_leaves_its_giver_what_it_keeps_and_brings_nobody_above_its_level(session, proposals):
    moved = [one for one in proposals.all if one.kind in (ProposalKind.REBALANCING, ProposalKind.EXCESS_RETURN)]
    assert len(moved) >= 5
    assert [one.id for one in moved if one.quantity > one.source_free - one.source_keeps] == []
    assert [one.id for one in moved if one.quantity > one.needed or one.benefit <= 0] == []
    given_out = defaultdict(int)
    for one in proposals.all:
        if one.source_id is not None:
            given_out[one.part_id, one.source_id] += one.quantity
    lying = {(row.part_id, row.warehouse_id): row.on_hand - row.reserved for row in session.scalars(select(Balance))}
    givers = {(one.part_id, one.source_id) for one in moved}
    assert [key for key in givers if given_out[key] > lying[key]] == []
