"""Rivals on the floor, on real connections: whatever they do at once ends as if one had gone before the other."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from inventory import sourcing, warehousing
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.ledger import Condition, LotBalance, Unit
from inventory.network.models import Bin, Warehouse
from inventory.reporting.verifying import verify
from inventory.sourcing import PartRequestLine
from inventory.warehousing import (
    CheckScan,
    ExpectedLineWish,
    ExpectedReceipt,
    ExpectedReceiptWish,
    PickFailure,
    PickScan,
    PickTask,
    PutAwayScan,
    ReceiptWish,
    ReceivedGoods,
)
from tests import given
from tests.given import NOON
from tests.given.network import QINGDAO
from tests.given.warehousing import released, scan_of
from tests.invariants.racing import Story, check_story

LATER = NOON + timedelta(hours=1)
TIMES = 6


@dataclass(frozen=True)
class World:
    """A centre with stock of a part, and what was released of it."""

    centre: Warehouse
    station: Warehouse
    part: Part
    shelf: Bin
    by: Actor
    task_ids: tuple[int, ...] = ()
    line_id: int = 0
    expected_id: int = 0


def stocked(session: Session, *, in_dock: bool = False) -> World:
    centre = given.warehouse(session, tier="distribution", city=QINGDAO)
    station = given.warehouse(session, tier="repair", city=QINGDAO, parent=centre)
    part, by = given.part(session), given.acting(session)
    shelf = given.bin(session, centre)
    given.stock(session, centre, part, 5, lot="L1", bin=given.dock(session, centre) if in_dock else shelf, by=by)
    return World(centre, station, part, shelf, by)


def one_task(session: Session) -> World:
    world = stocked(session)
    (task,) = released(session, world.station, world.part, 3, by=world.by)
    return World(world.centre, world.station, world.part, world.shelf, world.by, (task.id,), task.line_id)


def two_tasks(session: Session) -> World:
    world = stocked(session)
    ids = [released(session, world.station, world.part, 1, by=world.by)[0].id for _ in range(2)]
    return World(world.centre, world.station, world.part, world.shelf, world.by, tuple(ids))


def two_pieces(session: Session) -> World:
    """Two tasks on the two pieces of one lot in one bin."""
    world = stocked(session)
    part = given.part(session, serial_tracked=True)
    given.stock(session, world.centre, part, lot="L1", serials=["SN1", "SN2"], bin=world.shelf, by=world.by)
    tasks = [released(session, world.station, part, by=world.by)[0] for _ in range(2)]
    ids = tuple(task.id for task in tasks)
    return World(world.centre, world.station, part, world.shelf, world.by, ids, tasks[1].line_id)


def goods_in_dock(session: Session) -> World:
    return stocked(session, in_dock=True)


def ten_announced(session: Session) -> World:
    world = stocked(session)
    wish = ExpectedReceiptWish(world.centre.id, "海信配件", NOON, [ExpectedLineWish(world.part.id, 10)])
    expected = warehousing.announce_receipt(session, wish, by=world.by, at=NOON)
    return World(world.centre, world.station, world.part, world.shelf, world.by, expected_id=expected.id)


def by(session: Session, world: World) -> Actor:
    return given.under_new_command(session, world.by)


def confirm(session: Session, world: World) -> str:
    task = session.get_one(PickTask, world.task_ids[0])
    scan = scan_of(session, task, quantity=3)
    return str(warehousing.confirm_pick(session, task.id, scan, by=by(session, world), at=LATER).status)


def taking(turn: int, serial: str):
    """Somebody with one of the two tasks scans this piece."""

    def act(session: Session, world: World) -> str:
        scan = PickScan(world.shelf.code, world.part.number, 1, lot="L1", serial=serial)
        return warehousing.confirm_pick(session, world.task_ids[turn], scan, by=by(session, world), at=LATER).serial

    return act


def claim_the_second(session: Session, world: World) -> str:
    return str(warehousing.claim_task(session, world.task_ids[1], by=by(session, world), at=LATER).status)


def withdraw(session: Session, world: World) -> int:
    return sourcing.withdraw(session, [world.line_id], reason="repaired", by=by(session, world), at=LATER)


def fail(session: Session, world: World) -> str:
    task = warehousing.report_exception(
        session, world.task_ids[0], kind=PickFailure.SHORT, quantity=3, reason="gone", by=by(session, world), at=LATER
    )
    return str(task.status)


def claim_as_colleague(session: Session, world: World) -> str:
    colleague = given.acting(session, "warehouse_operator", world.centre)
    return str(warehousing.claim_task(session, world.task_ids[0], by=colleague, at=LATER).status)


def claim_next(session: Session, world: World) -> bool:
    return warehousing.claim_next(session, world.centre.id, by=by(session, world), at=LATER) is not None


def count_two(session: Session, world: World) -> int:
    scan = CheckScan(world.shelf.code, world.part.number, "盘点", lot="L1")
    return warehousing.check_bin(session, world.centre.id, scan, found=2, by=by(session, world), at=LATER).found


def put_all_away(session: Session, world: World) -> int:
    scan = PutAwayScan("DOCK-01", world.part.number, 5, world.shelf.code)
    return warehousing.put_away(session, world.centre.id, scan, by=by(session, world), at=LATER).quantity


def ask(session: Session, world: World) -> int:
    return len(released(session, world.station, world.part, 3, by=by(session, world), at=LATER))


def seven_come(session: Session, world: World) -> str:
    wish = ReceiptWish(world.centre.id, [ReceivedGoods(world.part.id, 7)], expected_receipt_id=world.expected_id)
    warehousing.receive(session, wish, by=by(session, world), at=LATER)
    return "received"


def close_short(session: Session, world: World) -> str:
    warehousing.close_short(session, world.expected_id, reason="缺货", by=by(session, world), at=LATER)
    return "closed"


def tell(session: Session, world: World) -> object:
    """Where every unit is, in plain figures; all books have to agree."""
    assert [finding for finding in verify(session) if finding.violations] == []
    tasks = (
        select(PickTask.status, PickTask.quantity, PickTask.picked, Unit.serial)
        .outerjoin(Unit, Unit.id == PickTask.unit_id)
        .where(PickTask.warehouse_id == world.centre.id)
    )
    lines = select(PartRequestLine.status).where(PartRequestLine.part_id == world.part.id)
    bins = (
        select(Bin.code, LotBalance.condition, func.sum(LotBalance.on_hand), func.sum(LotBalance.allocated))
        .join(LotBalance, LotBalance.bin_id == Bin.id)
        .where(LotBalance.warehouse_id == world.centre.id, LotBalance.on_hand > 0)
        .group_by(Bin.code, Bin.pick_sequence, LotBalance.condition)
    )
    expected = session.get(ExpectedReceipt, world.expected_id)
    return {
        "tasks": sorted(tuple(map(str, row)) for row in session.execute(tasks)),
        "lines": sorted(session.scalars(lines)),
        "bins": sorted(
            ("the shelf" if code == world.shelf.code else code, str(condition), int(on_hand), int(allocated))
            for code, condition, on_hand, allocated in session.execute(bins)
        ),
        "expected": expected and str(expected.status),
        "good": session.scalar(
            select(func.sum(LotBalance.on_hand)).where(
                LotBalance.warehouse_id == world.centre.id, LotBalance.condition == Condition.GOOD
            )
        ),
    }


@pytest.mark.parametrize(
    ("lay", "acts"),
    [
        pytest.param(one_task, [confirm, confirm], id="two people confirm one task"),
        pytest.param(one_task, [confirm, withdraw], id="a confirmation and a cancellation"),
        pytest.param(one_task, [confirm, claim_as_colleague], id="a confirmation and a colleague's claim"),
        pytest.param(one_task, [confirm, fail], id="a confirmation and an exception"),
        pytest.param(one_task, [fail, fail], id="two exceptions"),
        pytest.param(one_task, [fail, withdraw], id="an exception and a cancellation"),
        pytest.param(one_task, [confirm, count_two], id="a confirmation and a count that found less"),
        pytest.param(one_task, [count_two, withdraw], id="a count that found less and a cancellation"),
        pytest.param(one_task, [claim_next, withdraw], id="a claim and a cancellation"),
        pytest.param(one_task, [claim_next, claim_as_colleague], id="two claims of one task"),
        pytest.param(two_tasks, [claim_next, claim_next], id="two claims of the next of two tasks"),
        pytest.param(two_tasks, [claim_next, claim_next, claim_next], id="three claims of the next of two tasks"),
        pytest.param(two_pieces, [taking(0, "SN2"), taking(1, "SN1")], id="two pickers take each other's piece"),
        pytest.param(two_pieces, [taking(0, "SN2"), taking(1, "SN2")], id="two pickers take the same piece"),
        pytest.param(two_pieces, [taking(0, "SN2"), withdraw], id="a colleague's piece and his cancellation"),
        pytest.param(two_pieces, [taking(0, "SN2"), claim_the_second], id="a colleague's piece and his claim"),
        pytest.param(goods_in_dock, [put_all_away, put_all_away], id="two put-aways of the same goods"),
        pytest.param(goods_in_dock, [put_all_away, ask], id="a put-away and a release of the same goods"),
        pytest.param(ten_announced, [seven_come, seven_come], id="two receipts that together are too much"),
        pytest.param(ten_announced, [seven_come, close_short], id="a receipt and a closing"),
    ],
)
def test_rivals_end_as_if_one_had_gone_first(fresh_database: Engine, lay, acts):
    check_story(fresh_database, Story(lay, acts, tell), times=TIMES)
