"""Announcing goods: procurement tells a warehouse what a supplier will bring, and when."""

from datetime import datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from inventory import warehousing
from inventory.actor import Actor
from inventory.catalogue import Part
from inventory.errors import RuleBroken
from inventory.identity import Permission
from inventory.warehousing import ExpectedLineWish, ExpectedReceiptWish
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import keeping, typed, typed_parts
from web.goods_in import progress_of
from web.pages import Entry, Screens
from web.pages.stock import InstantUnreadable, read_instant
from web.workplace import required_workplace

blueprint = Screens("announcing", __name__)
NAVIGATION = (
    Entry("announcing.show_announced", "Goods announced", Permission.ANNOUNCE_GOODS, order=26, icon="megaphone"),
)


class AnnouncedPartUnknown(RuleBroken):
    """A line of the announcement names a part that is not in the catalogue."""

    code = "announced_part_unknown"


@blueprint.get("/expected-receipts")
@requires(Permission.ANNOUNCE_GOODS)
def show_announced() -> str:
    """What is announced to the chosen warehouse and has not all come."""
    place = required_workplace()
    with reading() as session:
        expected = warehousing.list_expected_receipts(session, place.id, by=current_actor())
        progress = progress_of(session, expected)
    return render_template("announcing/announced.html", place=place, expected=expected, progress=progress)


@blueprint.get("/expected-receipts/new")
@requires(Permission.ANNOUNCE_GOODS)
def show_announcement() -> str:
    """The form that tells a warehouse what a supplier will bring."""
    return render_template("announcing/announce.html", place=required_workplace())


@blueprint.post("/expected-receipts")
@requires(Permission.ANNOUNCE_GOODS)
@keeping(show_announcement)
@command
def announce(*, session: Session, by: Actor, at: datetime) -> Response:
    """Announce a delivery; what was typed stays when it is refused."""
    expected_at = read_instant(request.form.get("expected_at", ""))
    if expected_at is None:
        raise InstantUnreadable(text="")
    wish = ExpectedReceiptWish(
        warehouse_id=required_workplace().id,
        supplier=typed("supplier"),
        reference=typed("reference"),
        expected_at=expected_at,
        lines=_announced_lines(session, request.form.get("lines", "")),
    )
    expected = warehousing.announce_receipt(session, wish, by=by, at=at)
    flash(gettext("%(number)s is announced.", number=expected.number), "success")
    return redirect(url_for("receiving.show_expected", number=expected.number), HTTPStatus.SEE_OTHER)


def _announced_lines(session: Session, text: str) -> list[ExpectedLineWish]:
    """The lines that were typed or pasted from a sheet: a part number and a quantity each.

    Raises: TypedLineUnreadable and AnnouncedPartUnknown, naming the line.
    """
    wanted = list(typed_parts(text))
    numbers = {number for _, number, _ in wanted}
    rows = session.execute(select(Part.number, Part.id).where(Part.number.in_(numbers)))
    known = {row.number: row.id for row in rows}
    for turn, number, _ in wanted:
        if number not in known:
            raise AnnouncedPartUnknown(line=turn, part=number[:40])
    return [ExpectedLineWish(known[number], quantity) for _, number, quantity in wanted]
