"""Checking a bin by scan: what lies there is counted, set apart as damaged or in doubt, or let back in."""

from datetime import datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from inventory import ledger, warehousing
from inventory.actor import Actor
from inventory.catalogue import Part, list_parts
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.ledger import Condition
from inventory.quantity import read_quantity
from inventory.warehousing import CheckKind, CheckScan
from web.auth import current_actor, requires
from web.checks import post_check
from web.command import command
from web.db import reading
from web.forms import typed
from web.pages import Entry, Screens
from web.scanning import read_bin, read_part
from web.stock import warehouse_within
from web.workplace import required_workplace

blueprint = Screens("checking", __name__)
NAVIGATION = (Entry("checking.show_checks", "Checking", Permission.CHECK_STOCK, order=28, icon="clipboard-check"),)
RECENT = 20


@blueprint.get("/checking")
@requires(Permission.CHECK_STOCK)
def show_checks() -> str:
    """Scan a bin to check it; what was checked last."""
    place = required_workplace()
    with reading() as session:
        checks = warehousing.list_checks(session, place.id, by=current_actor(), limit=RECENT)
    return render_template("checking/list.html", place=place, checks=checks)


@blueprint.get("/checking/bin")
@requires(Permission.CHECK_STOCK)
def show_bin() -> str:
    """What the books say lies in the bin; scan the label of what is to be checked."""
    place, by = required_workplace(), current_actor()
    with reading() as session:
        warehouse = warehouse_within(session, place.code, Permission.CHECK_STOCK, by=by)
        found = warehousing.find_scanned_bin(session, warehouse.id, read_bin(request.args.get("bin", "")))
        positions = ledger.list_positions(session, warehouse.id, bin_id=found.bin_id)
        parts = {part.id: part for part in list_parts(session, {row.LotBalance.part_id for row in positions})}
    return render_template("checking/bin.html", place=place, bin=found, positions=positions, parts=parts)


@blueprint.get("/checking/part")
@requires(Permission.CHECK_STOCK)
def show_part() -> str:
    """The form for one part in the bin, and of several lots the choice."""
    place, by, asked = required_workplace(), current_actor(), request.args
    kind = CheckKind(asked["kind"]) if asked.get("kind") in set(CheckKind) else CheckKind.COUNT
    with reading() as session:
        warehouse = warehouse_within(session, place.code, Permission.CHECK_STOCK, by=by)
        label = read_part(session, asked.get("part", ""), lot=asked.get("lot") or None, serial=asked.get("serial"))
        found = warehousing.find_scanned_bin(session, warehouse.id, read_bin(asked.get("bin", "")))
        part = warehousing.find_scanned_part(session, label.part)
        condition = Condition.QUARANTINE if kind is CheckKind.RELEASE else Condition.GOOD
        here = [
            row
            for row in ledger.list_positions(session, warehouse.id, bin_id=found.bin_id, part_id=part.id)
            if row.LotBalance.condition is condition
        ]
    meant = [row for row in here if label.lot in (None, row.lot_number) and label.serial in (None, "", row.serial)]
    return render_template(
        "checking/part.html",
        place=place,
        bin=found,
        part=part,
        kind=kind,
        kinds=list(CheckKind),
        position=meant[0] if len(meant) == 1 else None,
        choices=meant if len(meant) > 1 else [],
        lot=label.lot or "",
        serial=label.serial or "",
    )


@blueprint.post("/checking")
@requires(Permission.CHECK_STOCK)
@command
def check(*, session: Session, by: Actor, at: datetime) -> Response:
    """Post what was found; who loses stock to it is sourced anew in the same breath."""
    form = request.form
    if form.get("kind") not in set(CheckKind):
        raise NotFound()
    label = read_part(session, form.get("part", ""), lot=form.get("lot") or None, serial=form.get("serial") or None)
    bin_code = read_bin(form.get("bin", ""))
    posted, displaced = post_check(
        session,
        required_workplace().id,
        CheckKind(form["kind"]),
        CheckScan(bin_code, label.part, typed("reason"), label.lot, label.serial),
        quantity=read_quantity(form.get("quantity", "")),
        seen=read_quantity(form["seen"]) if form.get("seen") else None,
        by=by,
        at=at,
    )
    part = session.scalar(select(Part.number).where(Part.id == posted.part_id))
    flash(
        gettext(
            "%(number)s posted: %(part)s, good stock %(expected)s → %(found)s.",
            number=posted.number,
            part=part,
            expected=posted.expected,
            found=posted.found,
        ),
        "success",
    )
    if displaced:
        flash(
            gettext(
                "This stock was promised: %(requests)s lost it and were sourced anew.",
                requests=gettext(", ").join(displaced),
            ),
            "warning",
        )
    return redirect(url_for("checking.show_bin", bin=bin_code), HTTPStatus.SEE_OTHER)
