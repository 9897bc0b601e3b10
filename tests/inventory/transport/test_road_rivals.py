"""Rivals at boxes and shipments, on real connections: they end as if one had gone before the other."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from inventory import sourcing, transport
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.ledger import LotBalance
from inventory.network.models import Warehouse
from inventory.reporting.verifying import verify
from inventory.sourcing import PartRequestLine
from inventory.transport import BoxScan, HandlingUnit, PieceScan, RestMissing, Shipment, ShipmentLine
from inventory.warehousing import PickTask
from tests import given
from tests.given import NOON
from tests.given.network import QINGDAO
from tests.given.transport import COMPANY_PREFIX, closed, packed, shipped
from tests.given.warehousing import picked, released
from tests.invariants.racing import Story, check_story

LATER = NOON + timedelta(hours=1)
TIMES = 6


@dataclass(frozen=True)
class World:
    """A task on its way from the centre to the station, as far as the story has brought it."""

    centre: Warehouse
    station: Warehouse
    part: Part
    by: Actor
    task_id: int
    line_id: int
    box_ids: tuple[int, ...] = ()
    shipment_id: int = 0
    sscc: str = ""


def one_picked(session: Session) -> World:
    centre = given.warehouse(session, tier="distribution", city=QINGDAO)
    station = given.warehouse(session, tier="repair", city=QINGDAO, parent=centre)
    part, by = given.part(session), given.acting(session)
    given.stock(session, centre, part, 5, lot="L1", by=by)
    (task,) = picked(session, released(session, station, part, 3, by=by), by=by)
    boxes = [
        transport.open_handling_unit(session, warehouse_id=centre.id, destination_id=station.id, by=by, at=NOON)
        for _ in range(2)
    ]
    return World(centre, station, part, by, task.id, task.line_id, tuple(box.id for box in boxes))


def one_packed(session: Session) -> World:
    world = one_picked(session)
    box = packed(session, [session.get_one(PickTask, world.task_id)], by=world.by)
    return replace(world, box_ids=(box.id,))


def one_closed(session: Session) -> World:
    world = one_picked(session)
    box = closed(session, [session.get_one(PickTask, world.task_id)], by=world.by)
    return replace(world, box_ids=(box.id,))


def one_under_way(session: Session) -> World:
    world = one_closed(session)
    box = session.get_one(HandlingUnit, world.box_ids[0])
    shipment = shipped(session, [box], by=world.by)
    assert box.sscc is not None
    return replace(world, shipment_id=shipment.id, sscc=box.sscc)


def by(session: Session, world: World) -> Actor:
    return given.under_new_command(session, world.by)


def pack_into(turn: int):
    def act(session: Session, world: World) -> str:
        transport.pack_tasks(session, world.box_ids[turn], [world.task_id], by=by(session, world), at=LATER)
        return "packed"

    return act


def close(session: Session, world: World) -> str:
    box = transport.close_handling_unit(
        session, world.box_ids[0], company_prefix=COMPANY_PREFIX, by=by(session, world), at=LATER
    )
    return str(box.status)


def give_up_box(session: Session, world: World) -> str:
    return str(transport.cancel_handling_unit(session, world.box_ids[0], by=by(session, world), at=LATER).status)


def unpack(session: Session, world: World) -> str:
    return str(transport.unpack_task(session, world.task_id, by=by(session, world), at=LATER).status)


def ship(session: Session, world: World) -> int:
    return len(transport.ship(session, world.box_ids, by=by(session, world), at=LATER))


def withdraw(session: Session, world: World) -> int:
    return sourcing.withdraw(session, [world.line_id], reason="repaired", by=by(session, world), at=LATER)


def receiving(*scans):
    def act(session: Session, world: World) -> str:
        said = [
            replace(scan, sscc=world.sscc)
            if isinstance(scan, BoxScan)
            else replace(scan, part=world.part.number)
            if isinstance(scan, PieceScan)
            else scan
            for scan in scans
        ]
        transport.receive_shipment(session, world.shipment_id, said, by=by(session, world), at=LATER)
        return "received"

    return act


THE_BOX, TWO_PIECES = receiving(BoxScan("")), receiving(PieceScan("", received=2))
ONE_DAMAGED, THE_REST_MISSING = receiving(PieceScan("", damaged=1)), receiving(RestMissing())


def tell(session: Session, world: World) -> object:
    """Where every unit is, in plain figures; all books have to agree."""
    assert [finding for finding in verify(session) if finding.violations] == []
    tasks = select(PickTask.status, PickTask.quantity, PickTask.handling_unit_id).where(
        PickTask.warehouse_id == world.centre.id
    )
    line = session.get_one(PartRequestLine, world.line_id)
    lying = select(LotBalance.warehouse_id, LotBalance.condition, func.sum(LotBalance.on_hand)).where(
        LotBalance.part_id == world.part.id
    )
    sent = select(
        func.coalesce(func.sum(ShipmentLine.received), 0),
        func.coalesce(func.sum(ShipmentLine.damaged), 0),
        func.coalesce(func.sum(ShipmentLine.missing), 0),
    ).where(ShipmentLine.line_id == world.line_id)
    shipment = session.get(Shipment, world.shipment_id)
    return {
        "tasks": sorted(
            (str(status), quantity, handling_unit_id and world.box_ids.index(handling_unit_id))
            for status, quantity, handling_unit_id in session.execute(tasks)
        ),
        "boxes": [str(session.get_one(HandlingUnit, box_id).status) for box_id in world.box_ids],
        "line": (line.status, line.back_ordered, line.released, line.issued, line.received, line.cancelled),
        "lying": sorted(
            (warehouse_id == world.centre.id, str(condition), int(quantity))
            for warehouse_id, condition, quantity in session.execute(
                lying.group_by(LotBalance.warehouse_id, LotBalance.condition)
            )
        ),
        "sent": tuple(map(int, session.execute(sent).one())),
        "shipment": shipment and str(shipment.status),
    }


@pytest.mark.parametrize(
    ("lay", "acts"),
    [
        pytest.param(one_picked, [pack_into(0), pack_into(1)], id="one task into two boxes"),
        pytest.param(one_picked, [pack_into(0), withdraw], id="packing and a cancellation"),
        pytest.param(one_picked, [pack_into(0), give_up_box], id="packing and giving the box up"),
        pytest.param(one_packed, [close, withdraw], id="closing and a cancellation"),
        pytest.param(one_packed, [close, unpack], id="closing and unpacking"),
        pytest.param(one_packed, [close, ship], id="closing and shipping"),
        pytest.param(one_closed, [ship, withdraw], id="shipping and a cancellation"),
        pytest.param(one_closed, [ship, unpack], id="shipping and unpacking"),
        pytest.param(one_closed, [ship, ship], id="shipping one box twice"),
        pytest.param(one_under_way, [THE_BOX, THE_BOX], id="receiving one box twice"),
        pytest.param(one_under_way, [THE_BOX, TWO_PIECES], id="receiving the box and some of it"),
        pytest.param(one_under_way, [TWO_PIECES, TWO_PIECES], id="receiving two of three twice"),
        pytest.param(one_under_way, [TWO_PIECES, ONE_DAMAGED], id="receiving good and damaged pieces"),
        pytest.param(one_under_way, [THE_BOX, THE_REST_MISSING], id="receiving the box and calling it missing"),
    ],
)
def test_rivals_end_as_if_one_had_gone_first(fresh_database: Engine, lay, acts):
    check_story(fresh_database, Story(lay, acts, tell), times=TIMES)
