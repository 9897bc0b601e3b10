"""Screens of what endangers a promise: lines late or about to be, and lines that wait for stock."""

from dataclasses import replace
from datetime import datetime

from flask import render_template, request
from sqlalchemy.orm import Session

from inventory import sourcing
from inventory.actor import Actor
from inventory.db import database_now
from inventory.identity import Permission
from inventory.sourcing import RequestPurpose, Watch
from web.auth import current_actor, requires
from web.cockpit import CockpitWish, filter_of
from web.db import reading
from web.pages import Card, Entry, Screens
from web.paging import LIMIT_DEFAULT, unpack_cursor
from web.requests import NEXT_STEPS, page_of_rows
from web.workplace import chosen_workplace

blueprint = Screens("watching", __name__)


@blueprint.get("/at-risk")
@requires(Permission.SEE_REQUESTS)
def list_at_risk() -> str:
    """Lines that are late or about to be, soonest first, with the cause and what to do; or all open lines."""
    by, place = current_actor(), chosen_workplace()
    after = unpack_cursor(request.args["cursor"], [datetime, int]) if request.args.get("cursor") else None
    watch = Watch(place_id=place.id if place else None, mine=request.args.get("mine") == "yes")
    everything = request.args.get("show") == "all"
    listed = sourcing.list_open_lines if everything else sourcing.list_at_risk
    with reading() as session:
        at = database_now(session)
        found = listed(session, watch, by=by, at=at, after=after, limit=LIMIT_DEFAULT + 1)
        page = page_of_rows(found, LIMIT_DEFAULT, lambda one: one.place)
        standing = sourcing.count_by_clock(session, watch, by=by, at=at)
        shares = sourcing.list_shares(session, [one.line.id for one in page.items])
    return render_template(
        "requests/at_risk.html",
        page=page,
        shares=shares,
        place=place,
        everything=everything,
        standing=standing,
        mine=watch.mine,
        next_steps=NEXT_STEPS,
    )


@blueprint.get("/backorders")
@requires(Permission.SEE_REQUESTS)
def list_backorders() -> str:
    """Lines that wait for stock, oldest first: who is responsible, how old, and when they are looked at again."""
    by, place = current_actor(), chosen_workplace()
    words, mine = request.args.get("q", "").strip()[:40], request.args.get("mine") == "yes"
    (after,) = unpack_cursor(request.args["cursor"], [int]) if request.args.get("cursor") else (None,)
    repairs = request.args.get("purpose") == RequestPurpose.WORK_ORDER
    watch = Watch(place_id=place.id if place else None, part=words or None, mine=mine)
    with reading() as session:
        if repairs:
            watch = _of_first_choice(session, watch, by=by)
        rows = sourcing.list_backorders(session, watch, by=by, after=after, limit=LIMIT_DEFAULT + 1)
    page = page_of_rows(rows, LIMIT_DEFAULT, lambda row: [row[0].id])
    return render_template(
        "requests/backorders.html", page=page, place=place, words=words, mine=mine, repairs=repairs, wish=_wish()
    )


def _of_first_choice(session: Session, watch: Watch, *, by: Actor) -> Watch:
    """What work orders wait for, of the places, tiers and divisions that the cockpit counted."""
    wanted = filter_of(session, _wish(), by=by)
    return replace(
        watch,
        place_id=None,
        purpose=RequestPurpose.WORK_ORDER,
        division_id=wanted.division_id,
        first_source_id=wanted.warehouse_id,
        first_tier=wanted.tier,
    )


def _wish() -> CockpitWish:
    return CockpitWish.of(request.args)


def _count_at_risk(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    return sourcing.count_at_risk(session, Watch(place_id=warehouse_id), by=by, at=at)


def _count_backorders(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    return sourcing.count_backorders(session, Watch(place_id=warehouse_id), by=by)


NAVIGATION = (
    Entry("watching.list_at_risk", "Lines at risk", Permission.SEE_REQUESTS, order=32, icon="alarm"),
    Entry("watching.list_backorders", "Back-orders", Permission.SEE_REQUESTS, order=34, icon="hourglass-split"),
)
CARDS = (
    Card(
        "watching.list_at_risk",
        "Lines late or at risk",
        Permission.SEE_REQUESTS,
        _count_at_risk,
        order=10,
        icon="alarm",
        urgent=True,
    ),
    Card(
        "watching.list_backorders",
        "Lines that wait for stock",
        Permission.SEE_REQUESTS,
        _count_backorders,
        order=34,
        icon="hourglass-split",
    ),
)
