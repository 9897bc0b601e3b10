"""Putting away by scan: the label of a part, then the bin it goes to, and the next one by itself.

Where somebody stands is in the address: the bin it comes from (`from`), then the part with its lot or serial number.
"""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from inventory import identity, ledger, warehousing
from inventory.actor import Actor
from inventory.errors import RuleBroken
from inventory.identity import Permission
from inventory.ledger import Condition, LotBalance
from inventory.network import Bin, Zone, ZoneKind
from inventory.quantity import read_quantity
from inventory.warehousing import BinUnknown, NotInBin, PutAwayScan, ToPutAway
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.pages import Card, Entry, Screens
from web.scanning import ScannedPart, read_bin, read_part
from web.workplace import required_workplace

blueprint = Screens("putting_away", __name__)
STANDS_IN = (ZoneKind.DOCK, ZoneKind.STAGING)


class BinNeeded(RuleBroken):
    """The part stands in several bins: scan the one it is taken from."""

    code = "bin_needed"


def count_to_put_away(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    """How many positions stand free at the dock and in staging."""
    query = (
        select(func.count())
        .select_from(LotBalance)
        .join(Bin, Bin.id == LotBalance.bin_id)
        .join(Zone, Zone.id == Bin.zone_id)
        .where(
            Zone.kind.in_(STANDS_IN),
            LotBalance.condition == Condition.GOOD,
            LotBalance.on_hand > LotBalance.allocated,
            identity.covers(by, Permission.PUT_AWAY, LotBalance.warehouse_id),
        )
    )
    if warehouse_id is not None:
        query = query.where(LotBalance.warehouse_id == warehouse_id)
    return int(session.scalar(query) or 0)


NAVIGATION = (
    Entry("putting_away.show_put_away", "Putting away", Permission.PUT_AWAY, order=25, icon="box-arrow-in-right"),
)
CARDS = (
    Card(
        "putting_away.show_put_away",
        "To put away",
        Permission.PUT_AWAY,
        count_to_put_away,
        order=16,
        icon="box-arrow-in-right",
    ),
)


@blueprint.get("/put-away")
@requires(Permission.PUT_AWAY)
def show_put_away() -> str:
    """The next step: scan a part; with one at hand, the bin it goes to."""
    place, asked = required_workplace(), request.args
    source = asked.get("from", "")
    with reading() as session:
        waiting = warehousing.list_to_put_away(session, place.id, by=current_actor())
        if asked.get("part"):
            return _at_hand(session, waiting, source, asked["part"], asked.get("lot"), asked.get("serial"))
    here = [one for one in waiting if not source or one.bin_code.upper() == source.upper()]
    return render_template("putting_away/list.html", place=place, waiting=here, source=source, more=len(waiting))


def _at_hand(
    session: Session, waiting: Sequence[ToPutAway], source: str, number: str, lot: str | None, serial: str | None
) -> str:
    """The part that was scanned and where it goes; of several lots or pieces, the choice."""
    part = warehousing.find_scanned_part(session, number)
    meant = [
        row
        for row in _positions(session, part.id, source)
        if lot in (None, "", row.lot_number) and serial in (None, "", row.serial)
    ]
    if not meant:
        raise NotInBin(bin=source, part=part.number, lot=lot, serial=serial)
    suggested = next((one.suggested_bin for one in waiting if one.part_id == part.id and one.suggested_bin), None)
    return render_template(
        "putting_away/part.html",
        place=required_workplace(),
        source=source,
        part=part,
        position=meant[0] if len(meant) == 1 else None,
        choices=meant,
        suggested=suggested,
    )


def _positions(session: Session, part_id: int, source: str) -> Sequence[Any]:
    """What lies free and good of a part in a bin of the chosen warehouse."""
    return [
        row
        for row in ledger.list_positions(session, required_workplace().id, part_id=part_id)
        if row.bin_code == source
        and row.LotBalance.condition is Condition.GOOD
        and row.LotBalance.on_hand > row.LotBalance.allocated
    ]


@blueprint.get("/put-away/scan")
@requires(Permission.PUT_AWAY)
def scan() -> Response:
    """What was scanned: the bin that things are taken from, or the part to put away.

    Raises: BinNeeded; NotInBin; NotFound.
    """
    place, by, source = required_workplace(), current_actor(), request.args.get("from", "")
    code = request.args.get("code", "")
    with reading() as session:
        found = _bin(session, place.id, code)
        if found:
            return _to(source=found)
        label = read_part(session, code)
        part = warehousing.find_scanned_part(session, label.part)
        if not source:
            source = _where_it_stands(warehousing.list_to_put_away(session, place.id, by=by), part.id, label)
    return _to(source=source, part=part.number, lot=label.lot, serial=label.serial)


def _bin(session: Session, warehouse_id: int, code: str) -> str | None:
    try:
        return warehousing.find_scanned_bin(session, warehouse_id, read_bin(code)).code
    except BinUnknown:
        return None


def _where_it_stands(waiting: Sequence[ToPutAway], part_id: int, label: ScannedPart) -> str:
    """The one bin in which the scanned part waits."""
    bins = {
        one.bin_code
        for one in waiting
        if one.part_id == part_id and label.lot in (None, one.lot_number) and label.serial in (None, one.serial)
    }
    if not bins:
        raise NotInBin(part=label.part, lot=label.lot, serial=label.serial)
    if len(bins) > 1:
        raise BinNeeded(bins=sorted(bins))
    return bins.pop()


@blueprint.post("/put-away")
@requires(Permission.PUT_AWAY)
@command
def put_away(*, session: Session, by: Actor, at: datetime) -> Response:
    """Book it into the scanned bin, and go on where more stands."""
    place, form = required_workplace(), request.form
    done = warehousing.put_away(
        session,
        place.id,
        PutAwayScan(
            from_bin=form.get("from", ""),
            part=form.get("part", ""),
            quantity=read_quantity(form.get("quantity", "")),
            to_bin=read_bin(form.get("to", "")),
            lot=form.get("lot") or None,
            serial=form.get("serial") or None,
        ),
        by=by,
        at=at,
    )
    flash(
        gettext(
            "%(quantity)s × %(part)s lies in %(bin)s now.",
            quantity=done.quantity,
            part=done.part_number,
            bin=done.to_bin,
        ),
        "success",
    )
    waiting = warehousing.list_to_put_away(session, place.id, by=by)
    goes_on = any(one.bin_code == done.from_bin for one in waiting)
    return _to(source=done.from_bin if goes_on else None)


def _to(*, source: str | None, part: str | None = None, lot: str | None = None, serial: str | None = None) -> Response:
    known: dict[str, Any] = {"from": source, "part": part, "lot": lot, "serial": serial}
    address = url_for("putting_away.show_put_away", **{name: value for name, value in known.items() if value})
    return redirect(address, HTTPStatus.SEE_OTHER)
