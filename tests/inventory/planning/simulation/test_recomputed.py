"""A thousand proposals of a run, each worked out anew from the figures that stand in its row, by other means."""

from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import insert, select

from inventory.ledger import Balance
from inventory.planning import replenishment
from inventory.planning.demand import DemandBeginning, DemandDay, Origin
from inventory.planning.replenishment import Proposal, ProposalKind
from tests import given
from tests.given import NOON
from tests.given.planning import plan, three_tiers
from tests.given.procurement import sold, supplier
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
    for part in draw.choice(np.array(parts), WAITING, replace=False):
        work = repair(session, stations[int(draw.integers(STATIONS))])
        asked_for(session, work, part, 5)
    run = plan(session, on=ON)
    return session.scalars(select(Proposal).where(Proposal.run_id == run.id).order_by(Proposal.id)).all()


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
    ordinary = [one for one in proposals if one.kind in (ProposalKind.TRANSFER, ProposalKind.PURCHASE)]
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
    free = {(row.part_id, row.warehouse_id): row.on_hand - row.reserved for row in session.scalars(select(Balance))}
    assert [key for key, units in given_out.items() if units > free.get(key, 0)] == []
    assert sum(one.back_ordered > 0 for one in ordinary) >= 5
    assert sum(one.on_hand > 0 for one in ordinary) >= 5
