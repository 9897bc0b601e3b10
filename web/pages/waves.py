"""Screens of waves: what waits in a warehouse for the next one, the lead's button, who released how much."""

from datetime import datetime, timedelta
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import sourcing, warehousing
from inventory.actor import Actor
from inventory.db import database_now
from inventory.identity import Permission
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.floor import list_piles
from web.pages import Card, Entry, Screens
from web.paging import unpack_cursor
from web.requests import page_of_rows
from web.stock import warehouse_within
from web.workplace import required_workplace

blueprint = Screens("waves", __name__)
PERIODS_DAYS = (1, 7, 30)
WAVES_SHOWN = 20


@blueprint.get("/waves")
@requires(Permission.RELEASE_WAVES)
def show_waves() -> str:
    """Where the floor piles up, what waits for the next wave, the share of each trigger, the waves, newest first."""
    by, place = current_actor(), required_workplace()
    asked = request.args.get("days", "")
    days = int(asked) if asked in [str(one) for one in PERIODS_DAYS] else PERIODS_DAYS[1]
    (before,) = unpack_cursor(request.args["cursor"], [int]) if request.args.get("cursor") else (None,)
    with reading() as session:
        warehouse = warehouse_within(session, place.code, Permission.RELEASE_WAVES, by=by)
        at = database_now(session)
        piles = list_piles(session, warehouse.id, by=by, at=at)
        waiting = sourcing.list_waiting(session, warehouse.id, by=by)
        count = sourcing.count_waiting(session, by=by, warehouse_id=warehouse.id)
        shares = warehousing.share_by_trigger(
            session, warehouse.id, since=at - timedelta(days=days), until=at + timedelta(seconds=1), by=by
        )
        waves = sourcing.list_waves(session, warehouse.id, by=by, before=before, limit=WAVES_SHOWN + 1)
    return render_template(
        "waves/waves.html",
        place=place,
        piles=piles,
        waiting=waiting,
        count=count,
        shares=shares,
        days=days,
        periods=PERIODS_DAYS,
        page=page_of_rows(waves, WAVES_SHOWN, lambda one: [one.wave.id]),
    )


@blueprint.post("/waves")
@requires(Permission.RELEASE_WAVES)
@command
def release_wave(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Release what waits in a warehouse to its floor now."""
    code = request.form.get("warehouse", "")[:40]
    warehouse = warehouse_within(session, code, Permission.RELEASE_WAVES, by=by)
    lines = sourcing.release_wave(session, warehouse.id, by=by, at=at)
    flash(gettext("%(lines)s lines released to the floor.", lines=lines), "success")
    return redirect(url_for("waves.show_waves"), HTTPStatus.SEE_OTHER)


def _count_waiting(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    return sourcing.count_waiting(session, by=by, warehouse_id=warehouse_id)


NAVIGATION = (Entry("waves.show_waves", "Waves", Permission.RELEASE_WAVES, order=21, icon="tsunami"),)
CARDS = (
    Card(
        "waves.show_waves",
        "Lines that wait for a wave",
        Permission.RELEASE_WAVES,
        _count_waiting,
        order=40,
        icon="tsunami",
    ),
)
