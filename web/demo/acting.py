"""What people of the demo do, each act through the real use case, under a command of its own, at an hour of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import commands, ledger, sourcing, transport, warehousing, workorders
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.identity import Person, Role, RoleBinding, reach_of
from inventory.network import Tier, Warehouse
from inventory.sourcing import PartRequestWish, WishedLine
from inventory.transport import BoxScan, HandlingUnit, HandlingUnitStatus, Shipment, ShipmentLine, TrackingKind
from inventory.warehousing import (
    ExpectedLineWish,
    ExpectedReceiptWish,
    PickFailure,
    PickScan,
    PutAwayScan,
    ReceiptWish,
    ReceivedGoods,
    TaskLine,
    TaskStatus,
)
from inventory.workorders import OpeningRules, WorkOrderWish


@dataclass(frozen=True, slots=True)
class Call:
    """What a customer tells when he calls."""

    customer: str
    phone: str
    address: str
    model: str
    serial: str
    symptom: str
    purchased_days_ago: int


@dataclass(slots=True)
class Errand:
    """A part request on its way: who asks where for what, and what has come of it."""

    station: Warehouse
    engineer: Actor
    engineer_login: str
    wants: Sequence[WishedLine]
    priority: int
    call: Call | None
    work_order: str | None = None
    line_ids: list[int] = field(default_factory=list)
    drawn_part_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stage:
    """The people and the database they work on."""

    session: Session
    rules: OpeningRules
    company_prefix: str
    carriers: dict[str, int]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    cast: dict[tuple[int, Role], list[tuple[Actor, str]]] = field(default_factory=dict)

    @contextmanager
    def command(self, by: Actor, kind: str) -> Iterator[Actor]:
        """A command of somebody's, answered like one that came in by the screen."""
        claim = commands.claim(
            self.session,
            key=f"demo:act:{next(self.numbers)}",
            principal_id=by.person_id,
            kind=f"demo.{kind}",
            request=b"",
        )
        yield by.under(claim.command_id)
        commands.answer(self.session, claim.command_id, status=200, body=b"")

    def somebody(self, warehouse_id: int, role: Role) -> tuple[Actor, str]:
        """Whoever holds the role at the warehouse, the first of them, and the log-in."""
        return self.everybody(warehouse_id, role)[0]

    def everybody(self, warehouse_id: int, role: Role) -> list[tuple[Actor, str]]:
        """All who hold the role at the warehouse, as actors with their reach there."""
        if (warehouse_id, role) not in self.cast:
            self.cast[warehouse_id, role] = self._read(warehouse_id, role)
        return self.cast[warehouse_id, role]

    def _read(self, warehouse_id: int, role: Role) -> list[tuple[Actor, str]]:
        people = self.session.scalars(
            select(Person)
            .join(RoleBinding, RoleBinding.person_id == Person.id)
            .where(RoleBinding.warehouse_id == warehouse_id, RoleBinding.role == role)
            .order_by(Person.id)
        )
        reach = reach_of({role: frozenset({warehouse_id})})
        return [(Actor(person.id, person.name, reach), person.login) for person in people]

    def floor(self, warehouse_id: int) -> Actor:
        """Who picks and packs in a warehouse: its operator, at a repair centre its manager."""
        tier = self.session.get_one(Warehouse, warehouse_id).tier
        role = Role.STATION_MANAGER if tier is Tier.REPAIR else Role.WAREHOUSE_OPERATOR
        return self.somebody(warehouse_id, role)[0]


def take_call(stage: Stage, errand: Errand, at: datetime) -> None:
    """The call centre opens a work order for the engineer."""
    if errand.call is None:
        return
    call = errand.call
    wish = WorkOrderWish(
        warehouse=errand.station.code,
        engineer=errand.engineer_login,
        customer_name=call.customer,
        customer_phone=call.phone,
        customer_address=call.address,
        model=call.model,
        serial=call.serial,
        symptom=call.symptom,
        purchased_on=at.date() - timedelta(days=call.purchased_days_ago),
        reference=f"CC-{call.serial}",
    )
    with stage.command(_call_centre(stage), "open_work_order") as by:
        errand.work_order = workorders.open_work_order(stage.session, wish, stage.rules, by=by, at=at).number


def request(stage: Stage, errand: Errand, at: datetime) -> None:
    """The engineer asks for the parts of his work order, the manager for those of the shelf."""
    wish = PartRequestWish(errand.station.code, errand.wants, priority=errand.priority)
    if errand.work_order is None:
        manager, _ = stage.somebody(errand.station.id, Role.STATION_MANAGER)
        with stage.command(manager, "request_parts") as by:
            accepted = sourcing.request_parts(stage.session, wish, by=by, at=at)
    else:
        with stage.command(errand.engineer, "request_parts") as by:
            accepted = workorders.request_parts_for(stage.session, errand.work_order, wish, by=by, at=at)
    errand.line_ids = [line.line_id for line in accepted.lines]


def release(stage: Stage, errand: Errand, at: datetime) -> None:
    """The leads of the warehouses where something of it waits release a wave."""
    waiting = stage.session.scalars(
        select(ledger.Reservation.warehouse_id)
        .where(
            ledger.Reservation.line_id.in_(errand.line_ids),
            ledger.Reservation.purpose == ledger.Purpose.SUPPLY,
            ledger.Reservation.quantity > ledger.Reservation.allocated,
        )
        .distinct()
        .order_by(ledger.Reservation.warehouse_id)
    ).all()
    for warehouse_id in waiting:
        if stage.session.get_one(Warehouse, warehouse_id).tier is not Tier.REPAIR:
            lead, _ = stage.somebody(warehouse_id, Role.WAREHOUSE_LEAD)
            with stage.command(lead, "release_wave") as by:
                sourcing.release_wave(stage.session, warehouse_id, by=by, at=at)


def claim(stage: Stage, errand: Errand, at: datetime) -> None:
    """The operators take the tasks in hand, and walk."""
    for task in _tasks(stage, errand, TaskStatus.RELEASED):
        with stage.command(stage.floor(task.warehouse_id), "claim_task") as by:
            warehousing.claim_task(stage.session, task.id, by=by, at=at)


def pick(stage: Stage, errand: Errand, at: datetime) -> None:
    """The operators scan bin and label."""
    for task in _tasks(stage, errand, TaskStatus.RELEASED, TaskStatus.CLAIMED):
        scan = PickScan(task.bin_code, task.part_number, task.quantity, lot=task.lot_number, serial=task.serial)
        with stage.command(stage.floor(task.warehouse_id), "confirm_pick") as by:
            warehousing.confirm_pick(stage.session, task.id, scan, by=by, at=at)


def pick_in_vain(stage: Stage, errand: Errand, at: datetime) -> None:
    """One piece of the first task is not where it should be; it is sourced anew at once."""
    for task in _tasks(stage, errand, TaskStatus.RELEASED, TaskStatus.CLAIMED)[:1]:
        with stage.command(stage.floor(task.warehouse_id), "report_exception") as by:
            warehousing.report_exception(
                stage.session, task.id, kind=PickFailure.SHORT, quantity=1, reason="货位上没有", by=by, at=at
            )


def pack(stage: Stage, errand: Errand, at: datetime) -> None:
    """A box for each warehouse it comes from, closed and labelled."""
    by_source: dict[int, list[TaskLine]] = {}
    for task in _tasks(stage, errand, TaskStatus.PICKED):
        by_source.setdefault(task.warehouse_id, []).append(task)
    for warehouse_id, tasks in by_source.items():
        with stage.command(stage.floor(warehouse_id), "pack") as by:
            unit = transport.open_handling_unit(
                stage.session, warehouse_id=warehouse_id, destination_id=errand.station.id, by=by, at=at
            )
            transport.pack_tasks(stage.session, unit.id, [task.id for task in tasks], by=by, at=at)
            transport.close_handling_unit(stage.session, unit.id, company_prefix=stage.company_prefix, by=by, at=at)


def ship(stage: Stage, errand: Errand, at: datetime) -> None:
    """The boxes leave, across the city with a courier, else with a carrier."""
    units = {task.handling_unit_id: task.warehouse_id for task in _tasks(stage, errand, TaskStatus.PACKED)}
    for unit_id, warehouse_id in units.items():
        if unit_id is None or stage.session.get_one(HandlingUnit, unit_id).status is not HandlingUnitStatus.CLOSED:
            continue
        source = stage.session.get_one(Warehouse, warehouse_id)
        carrier = "CITY" if source.city_code == errand.station.city_code else ("SF", "JD", "DB")[unit_id % 3]
        with stage.command(stage.floor(warehouse_id), "ship") as by:
            [shipment] = transport.ship(
                stage.session,
                [unit_id],
                carrier_id=stage.carriers[carrier],
                carrier_reference=f"{carrier}{unit_id:010}",
                by=by,
                at=at,
            )
        _track(stage, shipment, TrackingKind.DEPARTED, source.name_zh, at)


def delay(stage: Stage, errand: Errand, at: datetime) -> None:
    """The carrier tells that it will be late."""
    for shipment in _under_way(stage, errand):
        _track(stage, shipment, TrackingKind.DELAYED, "中转场，暴雨", at)


def receive(stage: Stage, errand: Errand, at: datetime) -> None:
    """The station scans the boxes in."""
    manager, _ = stage.somebody(errand.station.id, Role.STATION_MANAGER)
    for shipment in _under_way(stage, errand):
        boxes = stage.session.scalars(
            select(HandlingUnit.sscc).where(HandlingUnit.shipment_id == shipment.id).order_by(HandlingUnit.id)
        )
        with stage.command(manager, "receive_shipment") as by:
            transport.receive_shipment(
                stage.session, shipment.id, [BoxScan(sscc) for sscc in boxes if sscc], by=by, at=at
            )


def draw(stage: Stage, errand: Errand, at: datetime) -> None:
    """The engineer takes along what lies there for him."""
    for line_id in errand.line_ids:
        lying = sum(
            stage.session.scalars(
                select(ledger.Reservation.quantity).where(
                    ledger.Reservation.line_id == line_id, ledger.Reservation.purpose == ledger.Purpose.EARMARK
                )
            )
        )
        if lying:
            with stage.command(errand.engineer, "draw") as by:
                drawn = workorders.draw(stage.session, line_id, lying, by=by, at=at)
            errand.drawn_part_ids += [one.id for one in drawn]


def fit(stage: Stage, errand: Errand, at: datetime) -> None:
    """He fits what he drew."""
    for drawn_part_id in errand.drawn_part_ids:
        quantity = stage.session.get_one(workorders.DrawnPart, drawn_part_id).in_custody
        with stage.command(errand.engineer, "fit") as by:
            workorders.fit(stage.session, drawn_part_id, quantity, by=by, at=at)


def give_back(stage: Stage, errand: Errand, at: datetime) -> None:
    """The fault was another one: he gives back what he drew."""
    for drawn_part_id in errand.drawn_part_ids:
        quantity = stage.session.get_one(workorders.DrawnPart, drawn_part_id).in_custody
        with stage.command(errand.engineer, "give_back") as by:
            workorders.give_back(
                stage.session,
                drawn_part_id,
                quantity,
                condition=ledger.Condition.GOOD,
                reason="故障不在此件",
                by=by,
                at=at,
            )


def complete(stage: Stage, errand: Errand, at: datetime) -> None:
    """The repair is done."""
    if errand.work_order is not None:
        with stage.command(errand.engineer, "complete_work_order") as by:
            workorders.complete_work_order(stage.session, errand.work_order, by=by, at=at)


def call_off(stage: Stage, errand: Errand, at: datetime) -> None:
    """The customer changed his mind: the work order is called off, and with it what was asked for."""
    assert errand.work_order is not None, "only a customer calls off"
    with stage.command(errand.engineer, "cancel_work_order") as by:
        workorders.cancel_work_order(stage.session, errand.work_order, reason="客户取消维修", by=by, at=at)


@dataclass(slots=True)
class Delivery:
    """What a supplier brings to a warehouse: parts by id and number, and how much of each."""

    warehouse_id: int
    supplier: str
    expected_at: datetime
    lines: Sequence[tuple[int, str, int]]
    expected_receipt_id: int | None = None


def announce(stage: Stage, delivery: Delivery, at: datetime) -> None:
    """Procurement tells the warehouse what is coming."""
    wish = ExpectedReceiptWish(
        warehouse_id=delivery.warehouse_id,
        supplier=delivery.supplier,
        expected_at=delivery.expected_at,
        lines=[ExpectedLineWish(part_id, quantity) for part_id, _, quantity in delivery.lines],
        reference=f"PO{delivery.warehouse_id:03}-{at:%y%m%d}",
    )
    with stage.command(_of_the_office(stage, "buyer", Role.PROCUREMENT), "announce_receipt") as by:
        delivery.expected_receipt_id = warehousing.announce_receipt(stage.session, wish, by=by, at=at).id


def take_in(stage: Stage, delivery: Delivery, at: datetime) -> None:
    """Half of each part has come."""
    wish = ReceiptWish(
        warehouse_id=delivery.warehouse_id,
        lines=[ReceivedGoods(part_id, quantity // 2) for part_id, _, quantity in delivery.lines],
        expected_receipt_id=delivery.expected_receipt_id,
        reference=f"DN{delivery.expected_receipt_id}",
    )
    with stage.command(stage.floor(delivery.warehouse_id), "receive") as by:
        warehousing.receive(stage.session, wish, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of a part, by number, that come to a warehouse with serial numbers of their own."""

    warehouse_id: int
    supplier: str
    part: str
    serials: Sequence[str]


def bring_pieces(stage: Stage, pieces: Pieces, at: datetime) -> None:
    """They come unannounced, and each is scanned in."""
    part_id = stage.session.scalars(select(Part.id).where(Part.number == pieces.part)).one()
    goods = ReceivedGoods(part_id, len(pieces.serials), serials=pieces.serials)
    wish = ReceiptWish(pieces.warehouse_id, [goods], supplier=pieces.supplier, reference=f"DN{pieces.serials[0]}")
    with stage.command(stage.floor(pieces.warehouse_id), "receive") as by:
        warehousing.receive(stage.session, wish, by=by, at=at)


def put_away(stage: Stage, delivery: Delivery, at: datetime) -> None:
    """Every other of the parts that wait is put where it is suggested."""
    floor = stage.floor(delivery.warehouse_id)
    for waiting in warehousing.list_to_put_away(stage.session, delivery.warehouse_id, by=floor)[::2]:
        if waiting.suggested_bin is not None:
            scan = PutAwayScan(
                waiting.bin_code, waiting.part_number, waiting.quantity, waiting.suggested_bin, lot=waiting.lot_number
            )
            with stage.command(floor, "put_away") as by:
                warehousing.put_away(stage.session, delivery.warehouse_id, scan, by=by, at=at)


def _of_the_office(stage: Stage, login: str, role: Role) -> Actor:
    person = stage.session.scalars(select(Person).where(Person.login == login)).one()
    return Actor(person.id, person.name, reach_of({role: None}))


def _call_centre(stage: Stage) -> Actor:
    return _of_the_office(stage, "callcentre", Role.INTEGRATION)


def _tasks(stage: Stage, errand: Errand, *statuses: TaskStatus) -> list[TaskLine]:
    return [task for task in warehousing.list_tasks_of_lines(stage.session, errand.line_ids) if task.status in statuses]


def _under_way(stage: Stage, errand: Errand) -> Sequence[Shipment]:
    return stage.session.scalars(
        select(Shipment)
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .where(ShipmentLine.line_id.in_(errand.line_ids), Shipment.received_at.is_(None))
        .distinct()
        .order_by(Shipment.id)
    ).all()


def _track(stage: Stage, shipment: Shipment, kind: TrackingKind, place: str, at: datetime) -> None:
    news = transport.TrackingNews(kind, occurred_at=at - timedelta(minutes=2), place=place)
    with stage.command(_call_centre(stage), "track") as by:
        transport.add_tracking_event(stage.session, shipment.id, news, by=by, at=at)
