"""A part on its way from the shelf to the customer, and everything people do on that way, as acts for races.

A hub out of town (its lines wait for a wave), a centre in the station's own city (its lines go to the floor in the same
breath), the station with a work order. Requests are known by a label, which is their note, because ids may be drawn in
another order than transactions commit in.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from inventory import ledger, sourcing, transport, warehousing, workorders
from inventory.actor import Actor
from inventory.catalogue.models import Part
from inventory.db import database_now as now
from inventory.ledger import Condition
from inventory.network.models import Bin, Warehouse
from inventory.reporting.verifying import verify
from inventory.sourcing import PartRequestWish, TransferLine, TransferWish, WishedLine
from inventory.transport import BoxScan, HandlingUnit, PieceScan, RestMissing
from inventory.warehousing import CheckScan, PickFailure, PickScan, PickTask, ReceiptWish, ReceivedGoods, Trigger
from tests import given
from tests.given import NOON
from tests.given.network import JINAN, QINGDAO
from tests.given.transport import COMPANY_PREFIX
from tests.given.warehousing import scan_of
from tests.given.workorders import repair
from tests.invariants.telling import tell_stock

DAY = timedelta(days=1)
STAGES = ("asked", "released", "picked", "packed", "under_way", "arrived", "drawn")


@dataclass
class Chain:
    """A part of its own in the one small network of the database, and how far each request for it has come."""

    hub: Warehouse
    centre: Warehouse
    station: Warehouse
    part: Part
    by: Actor
    work_order: str
    lines: dict[str, int] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    tasks: dict[str, list[int]] = field(default_factory=dict)
    boxes: dict[str, int] = field(default_factory=dict)
    shipments: dict[str, int] = field(default_factory=dict)
    drawn: dict[str, list[int]] = field(default_factory=dict)
    scans: dict[int, PickScan] = field(default_factory=dict)
    shelves: dict[int, Bin] = field(default_factory=dict)


@dataclass(frozen=True)
class Stocked:
    """Lots at the start, a number of units each, oldest first."""

    hub: Sequence[int] = ()
    centre: Sequence[int] = ()
    station: Sequence[int] = ()


@dataclass(frozen=True)
class Asked:
    """A request that stands before the race, and how far it has come; a transfer to the station, if it is `moved`."""

    label: str
    quantity: int
    stage: str = "asked"
    priority: int = 5
    moved: bool = False


Lay = Callable[[Session], Chain]
Act = Callable[[Session, Chain], Any]


def chain(stocked: Stocked, *asked: Asked) -> Lay:
    """Lay the stock, then bring each request as far as it has come."""

    def lay(session: Session) -> Chain:
        laid = _network(session)
        _stock_up(session, laid, stocked)
        for one in asked:
            _bring(session, laid, one)
        return laid

    return lay


def _network(session: Session) -> Chain:
    hub = session.scalar(select(Warehouse).where(Warehouse.code == "HUB")) or given.warehouse(
        session, tier="central", city=JINAN, code="HUB"
    )
    centre = session.scalar(select(Warehouse).where(Warehouse.code == "CENTRE")) or given.warehouse(
        session, tier="distribution", city=QINGDAO, parent=hub, code="CENTRE"
    )
    station = session.scalar(select(Warehouse).where(Warehouse.code == "STATION")) or given.warehouse(
        session, tier="repair", city=QINGDAO, parent=centre, code="STATION"
    )
    by, part = given.acting(session), given.part(session)
    return Chain(hub, centre, station, part, by, repair(session, station).work_order.number)


def _stock_up(session: Session, laid: Chain, stocked: Stocked) -> None:
    for warehouse, lots in ((laid.hub, stocked.hub), (laid.centre, stocked.centre), (laid.station, stocked.station)):
        if lots:
            shelf = laid.shelves.setdefault(warehouse.id, given.bin(session, warehouse))
            for age, quantity in enumerate(lots):
                received_at = NOON - (len(lots) - age) * DAY
                given.stock(session, warehouse, laid.part, quantity, received_at=received_at, bin=shelf, by=laid.by)


def _bring(session: Session, laid: Chain, one: Asked) -> None:
    """Do what people do until the request has come so far."""
    begin = moving(one.label, one.quantity) if one.moved else asking(one.label, one.quantity, one.priority)
    begin(session, laid)
    doing: dict[str, Callable[[], Any]] = {
        "released": lambda: _release(session, laid, one.label),
        "picked": lambda: picking(one.label)(session, laid),
        "packed": lambda: _pack(session, laid, one.label),
        "under_way": lambda: shipping(one.label)(session, laid),
        "arrived": lambda: receiving(one.label, BoxScan(""))(session, laid),
        "drawn": lambda: drawing(one.label)(session, laid),
    }
    for stage in STAGES[1 : STAGES.index(one.stage) + 1]:
        if stage in ("released", "drawn") or laid.tasks[one.label]:  # off the own shelf there is nothing on the way
            doing[stage]()


def _release(session: Session, laid: Chain, label: str) -> None:
    for warehouse in (laid.hub, laid.centre):
        sourcing.release_waiting(session, warehouse.id, Trigger.LEAD, by=_by(session, laid), at=now(session))
    tasks = select(PickTask.id).where(PickTask.line_id == laid.lines[label]).order_by(PickTask.id)
    laid.tasks[label] = list(session.scalars(tasks))
    laid.scans |= {task_id: scan_of(session, session.get_one(PickTask, task_id)) for task_id in laid.tasks[label]}


def _pack(session: Session, laid: Chain, label: str) -> None:
    source_id = session.get_one(PickTask, laid.tasks[label][0]).warehouse_id
    box = transport.open_handling_unit(
        session, warehouse_id=source_id, destination_id=laid.station.id, by=_by(session, laid), at=NOON
    )
    laid.boxes[label] = box.id
    transport.pack_tasks(session, box.id, laid.tasks[label], by=_by(session, laid), at=now(session))
    transport.close_handling_unit(
        session, box.id, company_prefix=COMPANY_PREFIX, by=_by(session, laid), at=now(session)
    )


def _by(session: Session, laid: Chain) -> Actor:
    return given.under_new_command(session, laid.by)


# The acts, each at the instant of its transaction, as at the edge.


def asking(label: str, quantity: int, priority: int = 5) -> Act:
    """Ask for the part for the work order; the answer is what is promised by whom."""

    def act(session: Session, laid: Chain) -> Any:
        wish = PartRequestWish(
            laid.station.code, [WishedLine(laid.part.number, quantity)], priority=priority, note=label
        )
        accepted = workorders.request_parts_for(session, laid.work_order, wish, by=_by(session, laid), at=now(session))
        laid.requests[label], laid.lines[label] = accepted.request_id, accepted.lines[0].line_id
        promised: Counter[tuple[str, str]] = Counter()
        for share in accepted.lines[0].shares:
            promised[str(share.source), str(share.delivery_class)] += share.quantity
        return sorted(promised.items())

    return act


def moving(label: str, quantity: int) -> Act:
    """Order the part moved from the hub to the station; the answer is how much."""

    def act(session: Session, laid: Chain) -> Any:
        wish = TransferWish(laid.hub.id, laid.station.id, [TransferLine(laid.part.id, quantity)], note=label)
        (placed,) = sourcing.place_transfers(session, [wish], by=_by(session, laid), at=now(session))
        if placed.request_id is not None and placed.lines[0].line_id is not None:
            laid.requests[label], laid.lines[label] = placed.request_id, placed.lines[0].line_id
        return placed.lines[0].quantity

    return act


def calling_off(label: str) -> Act:
    def act(session: Session, laid: Chain) -> Any:
        return sourcing.cancel_transfer(
            session, laid.requests[label], reason="not needed", by=_by(session, laid), at=now(session)
        )

    return act


def cancelling(label: str) -> Act:
    def act(session: Session, laid: Chain) -> Any:
        return sourcing.cancel_request(
            session, laid.requests[label], reason="not needed", by=_by(session, laid), at=now(session)
        )

    return act


def cancelling_the_work_order(session: Session, laid: Chain) -> Any:
    work_order = workorders.cancel_work_order(
        session, laid.work_order, reason="customer away", by=_by(session, laid), at=now(session)
    )
    return str(work_order.status)


def losing(quantity: int, where: str = "centre") -> Act:
    """Report good stock on the shelf as damaged: what was promised of it falls."""

    def act(session: Session, laid: Chain) -> Any:
        warehouse = getattr(laid, where)
        lot = session.scalar(
            select(ledger.Lot.number)
            .join(ledger.LotBalance, ledger.LotBalance.lot_id == ledger.Lot.id)
            .where(
                ledger.LotBalance.bin_id == laid.shelves[warehouse.id].id,
                ledger.LotBalance.part_id == laid.part.id,
                ledger.LotBalance.condition == Condition.GOOD,
            )
            .order_by(ledger.Lot.id)
            .limit(1)
        )
        scan = CheckScan(laid.shelves[warehouse.id].code, laid.part.number, "dropped", lot=lot)
        warehousing.report_damage(
            session, warehouse.id, scan, quantity=quantity, by=_by(session, laid), at=now(session)
        )

    return act


def goods_coming(quantity: int, where: str = "centre") -> Act:
    def act(session: Session, laid: Chain) -> Any:
        goods = ReceivedGoods(laid.part.id, quantity)
        wish = ReceiptWish(getattr(laid, where).id, [goods], supplier="海信配件", reference="DN-1")
        warehousing.receive(session, wish, by=_by(session, laid), at=now(session))

    return act


def releasing_a_wave(where: str = "hub") -> Act:
    def act(session: Session, laid: Chain) -> Any:
        """Other parts' lines may go with it: only that it went is told."""
        sourcing.release_waiting(session, getattr(laid, where).id, Trigger.JOB, by=_by(session, laid), at=now(session))

    return act


def reviewing(session: Session, laid: Chain) -> Any:
    sourcing.review_backorders(session, by=_by(session, laid), at=now(session))


def picking(label: str) -> Act:
    def act(session: Session, laid: Chain) -> Any:
        done = []
        for task_id in laid.tasks[label]:
            task = warehousing.confirm_pick(
                session, task_id, laid.scans[task_id], by=_by(session, laid), at=now(session)
            )
            done.append(str(task.status))
        return done

    return act


def failing(label: str, quantity: int, kind: PickFailure = PickFailure.SHORT) -> Act:
    def act(session: Session, laid: Chain) -> Any:
        task = warehousing.report_exception(
            session,
            laid.tasks[label][0],
            kind=kind,
            quantity=quantity,
            reason="not there",
            by=_by(session, laid),
            at=now(session),
        )
        return str(task.status)

    return act


def shipping(label: str) -> Act:
    def act(session: Session, laid: Chain) -> Any:
        (shipment,) = transport.ship(session, [laid.boxes[label]], by=_by(session, laid), at=now(session))
        laid.shipments[label] = shipment.id
        return str(shipment.status)

    return act


def receiving(label: str, *scans: BoxScan | PieceScan | RestMissing) -> Act:
    """Receive a shipment; scans without a code are of its box and its part."""

    def act(session: Session, laid: Chain) -> Any:
        sscc = session.get_one(HandlingUnit, laid.boxes[label]).sscc
        said: list[BoxScan | PieceScan | RestMissing] = []
        for scan in scans:
            if isinstance(scan, BoxScan):
                said.append(BoxScan(sscc or ""))
            elif isinstance(scan, PieceScan):
                said.append(PieceScan(laid.part.number, scan.received, scan.damaged, scan.missing))
            else:
                said.append(scan)
        shipment = transport.receive_shipment(
            session, laid.shipments[label], said, by=_by(session, laid), at=now(session)
        )
        return str(shipment.status)

    return act


def drawing(label: str, quantity: int | None = None) -> Act:
    def act(session: Session, laid: Chain) -> Any:
        wanted = quantity or session.scalar(
            select(func.sum(ledger.Reservation.quantity)).where(
                ledger.Reservation.line_id == laid.lines[label], ledger.Reservation.purpose == ledger.Purpose.EARMARK
            )
        )
        rows = workorders.draw(session, laid.lines[label], int(wanted or 1), by=_by(session, laid), at=now(session))
        laid.drawn[label] = [row.id for row in rows]
        return sorted(row.quantity for row in rows)

    return act


def freeing(label: str, quantity: int) -> Act:
    def act(session: Session, laid: Chain) -> Any:
        workorders.free_earmark(
            session, laid.lines[label], quantity, reason="not needed", by=_by(session, laid), at=now(session)
        )

    return act


def fitting(label: str, quantity: int = 1) -> Act:
    def act(session: Session, laid: Chain) -> Any:
        return workorders.fit(
            session, laid.drawn[label][0], quantity, by=_by(session, laid), at=now(session)
        ).in_custody

    return act


def giving_back(label: str, quantity: int = 1, condition: Condition = Condition.GOOD) -> Act:
    def act(session: Session, laid: Chain) -> Any:
        return workorders.give_back(
            session,
            laid.drawn[label][0],
            quantity,
            condition=condition,
            reason="left over",
            by=_by(session, laid),
            at=now(session),
        ).in_custody

    return act


# What is told of a chain afterwards.

_LINES = text("""
    SELECT r.note AS label, l.status, l.quantity, l.back_ordered, l.reserved, l.released, l.issued, l.received,
           l.cancelled, l.breach_cause
    FROM part_request_line l JOIN part_request r ON r.id = l.request_id
    WHERE l.part_id = :part ORDER BY r.note
""")
_TASKS = text("""
    SELECT r.note AS label, w.code, t.status, t.handling_unit_id IS NOT NULL AS packed,
           CAST(sum(t.quantity) AS bigint) AS quantity, CAST(sum(t.picked) AS bigint) AS picked
    FROM pick_task t
    JOIN part_request_line l ON l.id = t.line_id JOIN part_request r ON r.id = l.request_id
    JOIN warehouse w ON w.id = t.warehouse_id
    WHERE t.part_id = :part GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
""")
_SENT = text("""
    SELECT r.note AS label, h.status, s.quantity, s.received, s.damaged, s.missing
    FROM shipment_line s JOIN shipment h ON h.id = s.shipment_id
    JOIN part_request_line l ON l.id = s.line_id JOIN part_request r ON r.id = l.request_id
    WHERE s.part_id = :part ORDER BY 1, 2, 3, 4, 5, 6
""")
_DRAWN = text("""
    SELECT r.note AS label, d.quantity, d.fitted, d.given_back FROM drawn_part d
    JOIN part_request_line l ON l.id = d.line_id JOIN part_request r ON r.id = l.request_id
    WHERE d.part_id = :part ORDER BY 1, 2, 3, 4
""")
_SET_ASIDE = text("""
    SELECT r.note AS label, w.code, v.purpose, CAST(sum(v.quantity) AS bigint) AS quantity,
           CAST(sum(v.allocated) AS bigint) AS allocated
    FROM reservation v JOIN warehouse w ON w.id = v.warehouse_id
    JOIN part_request_line l ON l.id = v.line_id JOIN part_request r ON r.id = l.request_id
    WHERE v.part_id = :part AND v.quantity > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")


def tell(session: Session, laid: Chain) -> dict[str, Any]:
    """Where every unit of the part is, and how every request for it stands."""
    told = tell_stock(session, [laid.part.id])
    told["reservations"] = []
    for name, query in (
        ("set aside", _SET_ASIDE),
        ("lines", _LINES),
        ("tasks", _TASKS),
        ("sent", _SENT),
        ("drawn", _DRAWN),
    ):
        told[name] = [tuple(row) for row in session.execute(query, {"part": laid.part.id})]
    return told


def require_true_books(session: Session) -> None:
    """Fail when `beijian verify` finds anything."""
    wrong = [finding for finding in verify(session) if finding.violations]
    assert not wrong, "\n".join(f"{one.name}: {one.rule}: {one.violations} {one.sample}" for one in wrong)
