"""The warehouse floor: pick tasks, scans, expected receipts, receipts, put-aways, stock checks."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from sqlalchemy.orm import Session

from inventory import catalogue, warehousing
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.warehousing import (
    CheckScan,
    ExpectedLineWish,
    ExpectedReceipt,
    ExpectedReceiptWish,
    PickScan,
    PutAway,
    PutAwayScan,
    ReceiptWish,
    ReceivedGoods,
    Shortfall,
    TaskLine,
    ToPutAway,
)
from inventory.warehousing.tasks import TO_PICK
from web.api import Blueprint
from web.auth import current_actor, requires
from web.checks import post_check
from web.command import command
from web.db import reading
from web.paging import pack_cursor, unpack_cursor
from web.scanning import read_bin, read_part
from web.scans import explain_scan
from web.schemas import page_of
from web.schemas.floor import (
    ExceptionInput,
    ExpectedReceiptInput,
    ExpectedReceiptOutput,
    PickInput,
    PutAwayInput,
    PutAwayOutput,
    ReceiptInput,
    ReceiptOutput,
    ScanInput,
    ScanOutput,
    StockCheckInput,
    StockCheckOutput,
    TaskOutput,
    TaskQuery,
    ToPutAwayListOutput,
)
from web.stock import warehouse_within

blueprint = Blueprint("api_floor", __name__, description="The warehouse floor")


# Tasks


@blueprint.get("/warehouses/<code>/tasks")
@requires(Permission.SEE_TASKS)
@blueprint.arguments(TaskQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(TaskOutput))
def list_tasks(query: dict[str, Any], code: str) -> dict[str, Any]:
    """The pick tasks of a warehouse in walking order."""
    by = current_actor()
    after = unpack_cursor(query["cursor"], [int, str, int]) if query["cursor"] else None
    with reading() as session:
        warehouse = warehouse_within(session, code, Permission.SEE_TASKS, by=by)
        tasks = warehousing.list_tasks(
            session,
            warehouse.id,
            by=by,
            statuses=[query["status"]] if query["status"] else TO_PICK,
            claimed_by_id=by.person_id if query["mine"] else None,
            after=after,  # type: ignore[arg-type]  # unpack_cursor gave these three
            limit=query["limit"] + 1,
        )
    shown = tasks[: query["limit"]]
    more = len(tasks) > len(shown)
    last = shown[-1] if shown else None
    cursor = pack_cursor([last.pick_sequence, last.bin_code, last.id]) if more and last else None
    return {"items": shown, "next_cursor": cursor}


@blueprint.post("/warehouses/<code>/tasks/next")
@requires(Permission.PICK)
@command
@blueprint.response(HTTPStatus.OK, TaskOutput(many=True))
def claim_next(code: str, *, session: Session, by: Actor, at: datetime) -> list[TaskLine]:
    """Take the next task in hand, urgent ones first; an empty list when there is none."""
    warehouse = warehouse_within(session, code, Permission.PICK, by=by)
    task = warehousing.claim_next(session, warehouse.id, by=by, at=at)
    return [warehousing.get_task(session, task.id, by=by)] if task else []


@blueprint.post("/tasks/<int:task_id>/claim")
@requires(Permission.PICK)
@command
@blueprint.response(HTTPStatus.OK, TaskOutput)
def claim_task(task_id: int, *, session: Session, by: Actor, at: datetime) -> TaskLine:
    """Take a task in hand."""
    warehousing.claim_task(session, task_id, by=by, at=at)
    return warehousing.get_task(session, task_id, by=by)


@blueprint.post("/tasks/<int:task_id>/unclaim")
@requires(Permission.PICK)
@command
@blueprint.response(HTTPStatus.OK, TaskOutput)
def unclaim_task(task_id: int, *, session: Session, by: Actor, at: datetime) -> TaskLine:
    """Put a task back for others."""
    warehousing.unclaim_task(session, task_id, by=by, at=at)
    return warehousing.get_task(session, task_id, by=by)


@blueprint.post("/tasks/<int:task_id>/confirm")
@requires(Permission.PICK)
@blueprint.arguments(PickInput)
@command
@blueprint.response(HTTPStatus.OK, TaskOutput)
def confirm_pick(body: dict[str, Any], task_id: int, *, session: Session, by: Actor, at: datetime) -> TaskLine:
    """Confirm a pick by the scans of the bin and of the part's label."""
    return warehousing.confirm_pick(session, task_id, pick_scan(session, body), by=by, at=at)


def pick_scan(session: Session, body: dict[str, Any]) -> PickScan:
    """The scans of a pick as the floor understands them."""
    label = read_part(session, body["part"], lot=body["lot"], serial=body["serial"])
    return PickScan(
        bin_code=read_bin(body["bin"]),
        part=label.part,
        quantity=body["quantity"],
        lot=label.lot,
        serial=label.serial,
        rest=Shortfall(body["rest"], body["rest_reason"]) if body["rest"] else None,
        override_reason=body["override_reason"],
    )


@blueprint.post("/tasks/<int:task_id>/exception")
@requires(Permission.PICK)
@blueprint.arguments(ExceptionInput)
@command
@blueprint.response(HTTPStatus.OK, TaskOutput)
def report_exception(body: dict[str, Any], task_id: int, *, session: Session, by: Actor, at: datetime) -> TaskLine:
    """Report that so much of a task is short or damaged; its line is sourced anew at once."""
    warehousing.report_exception(session, task_id, **body, by=by, at=at)
    return warehousing.get_task(session, task_id, by=by)


# Scans


@blueprint.post("/scans")
@requires(Permission.SEE_STOCK)
@blueprint.arguments(ScanInput)
@blueprint.response(HTTPStatus.OK, ScanOutput)
def explain(body: dict[str, Any]) -> dict[str, Any]:
    """What a code is, and the next right step. Changes nothing, so the key is only for the habit of it."""
    with reading() as session:
        return explain_scan(session, **body, by=current_actor())


# Goods that come in


@blueprint.get("/warehouses/<code>/expected-receipts")
@requires(Permission.RECEIVE_GOODS, Permission.ANNOUNCE_GOODS)
@blueprint.response(HTTPStatus.OK, ExpectedReceiptOutput(many=True))
def list_expected_receipts(code: str) -> list[ExpectedReceipt]:
    """What a warehouse waits for, soonest first."""
    by = current_actor()
    with reading() as session:
        known = Permission.RECEIVE_GOODS if by.may(Permission.RECEIVE_GOODS) else Permission.ANNOUNCE_GOODS
        warehouse = warehouse_within(session, code, known, by=by)
        return list(warehousing.list_expected_receipts(session, warehouse.id, by=by))


@blueprint.post("/expected-receipts")
@requires(Permission.ANNOUNCE_GOODS)
@blueprint.arguments(ExpectedReceiptInput)
@command
@blueprint.response(HTTPStatus.CREATED, ExpectedReceiptOutput)
def announce_receipt(body: dict[str, Any], *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Tell a warehouse what a supplier will bring."""
    warehouse = warehouse_within(session, body["warehouse"], Permission.ANNOUNCE_GOODS, by=by)
    wish = ExpectedReceiptWish(
        warehouse_id=warehouse.id,
        supplier=body["supplier"],
        reference=body["reference"],
        expected_at=body["expected_at"],
        lines=[
            ExpectedLineWish(catalogue.get_part(session, line["part"]).id, line["quantity"]) for line in body["lines"]
        ],
    )
    expected = warehousing.announce_receipt(session, wish, by=by, at=at)
    return show_expected(session, expected.id, by=by)


@blueprint.get("/expected-receipts/<number>")
@requires(Permission.RECEIVE_GOODS, Permission.ANNOUNCE_GOODS)
@blueprint.response(HTTPStatus.OK, ExpectedReceiptOutput)
def get_expected_receipt(number: str) -> dict[str, Any]:
    """An announced receipt with what is still outstanding."""
    with reading() as session:
        return show_expected(session, ExpectedReceipt.id_of(number), by=current_actor())


def show_expected(session: Session, expected_receipt_id: int, *, by: Actor) -> dict[str, Any]:
    """An announced receipt as it is shown."""
    expected, lines = warehousing.get_expected_receipt(session, expected_receipt_id, by=by)
    return {
        "number": expected.number,
        "supplier": expected.supplier,
        "reference": expected.reference,
        "expected_at": expected.expected_at,
        "status": str(expected.status),
        "lines": [{"part": line.part_number, "quantity": line.quantity, "received": line.received} for line in lines],
    }


@blueprint.post("/receipts")
@requires(Permission.RECEIVE_GOODS)
@blueprint.arguments(ReceiptInput)
@command
@blueprint.response(HTTPStatus.CREATED, ReceiptOutput)
def receive(body: dict[str, Any], *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Take goods in at the dock, into lots; waiting back-orders are filled from them at once."""
    warehouse = warehouse_within(session, body["warehouse"], Permission.RECEIVE_GOODS, by=by)
    expected = body["expected_receipt"]
    wish = ReceiptWish(
        warehouse_id=warehouse.id,
        expected_receipt_id=ExpectedReceipt.id_of(expected) if expected else None,
        supplier=body["supplier"],
        reference=body["reference"],
        over_receipt_reason=body["over_receipt_reason"],
        lines=[_goods(session, line) for line in body["lines"]],
    )
    receipt = warehousing.receive(session, wish, by=by, at=at)
    _, lines = warehousing.get_receipt(session, receipt.id, by=by)
    return {
        "number": receipt.number,
        "received_at": receipt.received_at,
        "lines": [
            {
                "part": line.part_number,
                "lot": line.lot_number,
                "quantity": line.quantity,
                "condition": str(line.condition),
            }
            for line in lines
        ],
    }


def _goods(session: Session, line: dict[str, Any]) -> ReceivedGoods:
    label = read_part(session, line["part"], lot=line["lot"])
    part = warehousing.find_scanned_part(session, label.part)
    serials = line["serials"] or ([label.serial] if label.serial else [])
    return ReceivedGoods(part.id, line["quantity"], label.lot, tuple(serials), line["condition"])


@blueprint.get("/warehouses/<code>/put-aways")
@requires(Permission.PUT_AWAY)
@blueprint.response(HTTPStatus.OK, ToPutAwayListOutput)
def list_to_put_away(code: str) -> dict[str, list[ToPutAway]]:
    """What stands at the dock and in staging, free, and the bin where it might go."""
    by = current_actor()
    with reading() as session:
        warehouse = warehouse_within(session, code, Permission.PUT_AWAY, by=by)
        return {"items": warehousing.list_to_put_away(session, warehouse.id, by=by)}


@blueprint.post("/put-aways")
@requires(Permission.PUT_AWAY)
@blueprint.arguments(PutAwayInput)
@command
@blueprint.response(HTTPStatus.CREATED, PutAwayOutput)
def put_away(body: dict[str, Any], *, session: Session, by: Actor, at: datetime) -> PutAway:
    """Carry stock from a bin to a shelf by scan."""
    warehouse = warehouse_within(session, body["warehouse"], Permission.PUT_AWAY, by=by)
    label = read_part(session, body["part"], lot=body["lot"], serial=body["serial"])
    scan = PutAwayScan(
        from_bin=read_bin(body["from_bin"]),
        part=label.part,
        quantity=body["quantity"],
        to_bin=read_bin(body["to_bin"]),
        lot=label.lot,
        serial=label.serial,
    )
    return warehousing.put_away(session, warehouse.id, scan, by=by, at=at)


# Stock checks


@blueprint.post("/stock-checks")
@requires(Permission.CHECK_STOCK)
@blueprint.arguments(StockCheckInput)
@command
@blueprint.response(HTTPStatus.CREATED, StockCheckOutput)
def check_stock(body: dict[str, Any], *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Post a count, damage, doubt or the end of a doubt; who loses stock to it is sourced anew at once."""
    warehouse = warehouse_within(session, body["warehouse"], Permission.CHECK_STOCK, by=by)
    label = read_part(session, body["part"], lot=body["lot"], serial=body["serial"])
    scan = CheckScan(read_bin(body["bin"]), label.part, body["reason"], label.lot, label.serial)
    check, displaced = post_check(
        session, warehouse.id, body["kind"], scan, quantity=body["quantity"], seen=body["seen"], by=by, at=at
    )
    return {
        "number": check.number,
        "kind": str(check.kind),
        "expected": check.expected,
        "found": check.found,
        "reason": check.reason,
        "displaced": displaced,
    }
