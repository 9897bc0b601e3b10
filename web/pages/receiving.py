"""Receiving at the dock: against what was announced, or without it."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from inventory import identity, warehousing
from inventory.actor import Actor
from inventory.errors import Conflict, NotFound, RuleBroken
from inventory.identity import Permission
from inventory.ledger import Condition
from inventory.warehousing import (
    ExpectedReceipt,
    ExpectedReceiptStatus,
    OverReceipt,
    PartNotExpected,
    Receipt,
    ReceiptWish,
)
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import kept, typed
from web.goods_in import Row, progress_of, rows_announced, rows_of_form, with_scan
from web.pages import Card, Entry, Screens
from web.workplace import required_workplace

blueprint = Screens("receiving", __name__)
RECENT = 10


def count_expected(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    """How many deliveries are expected."""
    query = select(func.count()).where(
        ExpectedReceipt.status == ExpectedReceiptStatus.OPEN,
        identity.covers(by, Permission.RECEIVE_GOODS, ExpectedReceipt.warehouse_id),
    )
    if warehouse_id is not None:
        query = query.where(ExpectedReceipt.warehouse_id == warehouse_id)
    return int(session.scalar(query) or 0)


NAVIGATION = (
    Entry("receiving.show_receiving", "Receiving", Permission.RECEIVE_GOODS, order=24, icon="box-arrow-in-down"),
)
CARDS = (
    Card(
        "receiving.show_receiving",
        "Deliveries expected",
        Permission.RECEIVE_GOODS,
        count_expected,
        order=14,
        icon="box-arrow-in-down",
    ),
)


# At the dock


@blueprint.get("/receiving")
@requires(Permission.RECEIVE_GOODS)
def show_receiving() -> str:
    """What the chosen warehouse waits for, and what came last."""
    place, by = required_workplace(), current_actor()
    with reading() as session:
        expected = warehousing.list_expected_receipts(session, place.id, by=by)
        receipts = warehousing.list_receipts(session, place.id, by=by, limit=RECENT)
        progress = progress_of(session, expected)
    return render_template("receiving/list.html", place=place, expected=expected, receipts=receipts, progress=progress)


@blueprint.get("/expected-receipts/<number>")
@requires(Permission.RECEIVE_GOODS, Permission.ANNOUNCE_GOODS)
def show_expected(number: str) -> str:
    """An announced delivery: at the dock a form filled with what is outstanding, else what has come of it so far."""
    with reading() as session:
        _, lines = _expected(session, number)
        return _expected_form(session, number, rows_announced(session, lines))


@blueprint.post("/expected-receipts/<number>/scan")
@requires(Permission.RECEIVE_GOODS)
def scan_expected(number: str) -> Any:
    """Find the scanned part among what is expected; nothing is booked yet."""
    with reading() as session:
        expected, lines = _expected(session, number)
        rows = rows_of_form(session, request.form, lines)
        try:
            found = with_scan(session, rows, request.form.get("code", ""), announced=True)
            if found[0].part.id not in {line.part_id for line in lines}:
                raise PartNotExpected(part=found[0].part.number, expected_receipt=expected.number)
        except (RuleBroken, NotFound) as refusal:
            return kept(refusal, lambda: _expected_form(session, number, rows))
        return _expected_form(session, number, found)


@blueprint.post("/expected-receipts/<number>/receive")
@requires(Permission.RECEIVE_GOODS)
def receive_expected(number: str) -> Any:
    """Receive what came of an announced delivery; what was typed stays when it is refused."""
    try:
        return _receive_expected(number)
    except (RuleBroken, Conflict) as refused:
        refusal = refused
    with reading() as session:
        _, lines = _expected(session, number)
        rows = rows_of_form(session, request.form, lines)
        return kept(refusal, lambda: _expected_form(session, number, rows, over=isinstance(refusal, OverReceipt)))


@command
def _receive_expected(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    expected, lines = warehousing.get_expected_receipt(session, ExpectedReceipt.id_of(number), by=by)
    rows = rows_of_form(session, request.form, lines)
    wish = ReceiptWish(
        warehouse_id=expected.warehouse_id,
        lines=[share for row in rows for share in row.received()],
        expected_receipt_id=expected.id,
        reference=typed("reference"),
        over_receipt_reason=typed("over_receipt_reason"),
    )
    return _received(warehousing.receive(session, wish, by=by, at=at))


@blueprint.post("/expected-receipts/<number>/close")
@requires(Permission.RECEIVE_GOODS, Permission.ANNOUNCE_GOODS)
@command
def close_expected(number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Expect no more of it, with a reason."""
    expected_id = ExpectedReceipt.id_of(number)
    closed = warehousing.close_short(session, expected_id, reason=typed("reason"), by=by, at=at)
    flash(gettext("%(number)s is closed: nothing more is expected of it.", number=closed.number), "success")
    at_dock = by.may(Permission.RECEIVE_GOODS, closed.warehouse_id)
    back = "receiving.show_receiving" if at_dock else "announcing.show_announced"
    return redirect(url_for(back), HTTPStatus.SEE_OTHER)


@blueprint.get("/receiving/new")
@requires(Permission.RECEIVE_GOODS)
def show_unannounced() -> str:
    """Goods that nobody announced: supplier, reference, and scan by scan what came."""
    return _unannounced_form([])


@blueprint.post("/receiving/new/scan")
@requires(Permission.RECEIVE_GOODS)
def scan_unannounced() -> Any:
    """Count the scanned part; nothing is booked yet."""
    with reading() as session:
        rows = [row for row in rows_of_form(session, request.form) if not row.is_empty()]
        try:
            return _unannounced_form(with_scan(session, rows, request.form.get("code", ""), announced=False))
        except (RuleBroken, NotFound) as refusal:
            return kept(refusal, lambda: _unannounced_form(rows))


@blueprint.post("/receiving/new")
@requires(Permission.RECEIVE_GOODS)
def receive_unannounced() -> Any:
    """Receive what came without an announcement; what was typed stays when it is refused."""
    try:
        return _receive_unannounced()
    except (RuleBroken, Conflict) as refused:
        refusal = refused
    with reading() as session:
        rows = rows_of_form(session, request.form)
        return kept(refusal, lambda: _unannounced_form(rows))


@command
def _receive_unannounced(*, session: Session, by: Actor, at: datetime) -> Response:
    wish = ReceiptWish(
        warehouse_id=required_workplace().id,
        lines=[share for row in rows_of_form(session, request.form) for share in row.received()],
        supplier=typed("supplier"),
        reference=typed("reference"),
    )
    return _received(warehousing.receive(session, wish, by=by, at=at))


@blueprint.get("/receiving/receipts/<number>")
@requires(Permission.RECEIVE_GOODS)
def show_receipt(number: str) -> str:
    """What came in, its lots, its labels, and the way to the shelf."""
    by = current_actor()
    with reading() as session:
        receipt, lines = warehousing.get_receipt(session, Receipt.id_of(number), by=by)
        expected = session.get(ExpectedReceipt, receipt.expected_receipt_id) if receipt.expected_receipt_id else None
    return render_template(
        "receiving/receipt.html",
        receipt=receipt,
        lines=lines,
        expected=expected,
        prints=by.may(Permission.PRINT_LABELS, receipt.warehouse_id),
        puts_away=by.may(Permission.PUT_AWAY, receipt.warehouse_id),
    )


# What the screens share


def _expected(session: Session, number: str) -> tuple[ExpectedReceipt, list[warehousing.ExpectedLine]]:
    return warehousing.get_expected_receipt(session, ExpectedReceipt.id_of(number), by=current_actor())


def _expected_form(session: Session, number: str, rows: Sequence[Row], *, over: bool = False) -> str:
    expected, lines = _expected(session, number)
    is_open = expected.status is ExpectedReceiptStatus.OPEN
    return render_template(
        "receiving/expected.html",
        expected=expected,
        lines=lines,
        rows=rows,
        conditions=list(Condition),
        over=over,
        open=is_open,
        receives=is_open and current_actor().may(Permission.RECEIVE_GOODS, expected.warehouse_id),
    )


def _unannounced_form(rows: Sequence[Row]) -> str:
    return render_template("receiving/new.html", place=required_workplace(), rows=rows, conditions=list(Condition))


def _received(receipt: Receipt) -> Response:
    flash(gettext("Received. Print the labels, then put it away."), "success")
    return redirect(url_for("receiving.show_receipt", number=receipt.number), HTTPStatus.SEE_OTHER)
