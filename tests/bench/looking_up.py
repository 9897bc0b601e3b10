"""Look-ups: where a part is and by when it could be here; what a scanned code is."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import select

from barcode import element_string, part_elements
from inventory.catalogue import Part
from inventory.ledger import Balance
from inventory.network import Warehouse
from tests.bench.figures import Figure
from tests.bench.load import Ask, send, summed_up
from tests.bench.world import World

GS1_DATAMATRIX = "]d2"


def measure_availability(world: World, *, clients: int, requests: int, runs: int) -> Figure:
    """Who could supply a part to a repair centre, over all upper warehouses and its neighbours; parts alike."""
    rng = np.random.default_rng(2)
    bursts = []
    for _ in range(runs):
        asks = []
        for _ in range(requests):
            warehouse, token = world.engineers[rng.integers(len(world.engineers))]
            part = world.parts[rng.integers(len(world.parts))]
            asks.append(Ask("GET", f"/parts/{part}/availability?for={warehouse}", token))
        bursts.append(send(world.target, asks, clients=clients, status=200))
    return summed_up(f"availability_c{clients}", world.scale, bursts)


def part_label(number: str, gtin: str | None, lot: str | None = None) -> str:
    """What a scanner sends that reads the label of a part."""
    return GS1_DATAMATRIX + element_string(part_elements(gtin=gtin, part_number=number, lot=lot))


def measure_scans(world: World, warehouse: str, tokens: Sequence[str], *, requests: int, runs: int) -> Figure:
    """What a part label is and what to do next, asked by as many scanners as there are tokens."""
    with world.session() as session:
        labels = session.execute(
            select(Part.number, Part.gtin)
            .join(Balance, Balance.part_id == Part.id)
            .join(Warehouse, Warehouse.id == Balance.warehouse_id)
            .where(Warehouse.code == warehouse, Balance.on_hand > 0)
            .order_by(Part.id)
        ).all()
    rng = np.random.default_rng(3)
    bursts = []
    for _ in range(runs):
        asks = []
        for n in range(requests):
            part = labels[rng.integers(len(labels))]
            body = {"code": part_label(part.number, part.gtin), "warehouse": warehouse}
            asks.append(Ask("POST", "/scans", tokens[n % len(tokens)], body))
        bursts.append(send(world.target, asks, clients=len(tokens), status=200))
    return summed_up(f"scan_c{len(tokens)}", world.scale, bursts)
