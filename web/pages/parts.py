"""Screens of parts: finding them, for a work order or freely; one part with its family and who could supply it."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, to_user_timezone
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import catalogue, sourcing
from inventory.actor import Actor
from inventory.db import database_now
from inventory.identity import Permission
from inventory.quantity import read_quantity
from inventory.sourcing import SupplyHint, WishedLine
from web import request_list
from web.asking import Asking, asking_for
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.pages import Entry, Screens
from web.pages.requests import read_wish
from web.paging import Page
from web.parts import FoundPart, division_of, find_parts
from web.requests import accept_request

blueprint = Screens("parts", __name__)
NAVIGATION = (Entry("parts.search", "Find parts", Permission.SEARCH_PARTS, order=14, icon="search"),)
FOUND_MAX = 20
BILL_MAX = 100
MODELS_SHOWN = 8
OFFERS_SHOWN = 6


@blueprint.app_template_filter("hour")
def tell_hour(at: datetime) -> str:
    """A promised hour as people say it: today 18:40, tomorrow 02:10, 11-24 08:00."""
    local = to_user_timezone(at)
    days = (local.date() - to_user_timezone(datetime.now(UTC)).date()).days
    hour = f"{local:%H:%M}"
    if days == 0:
        return str(gettext("today %(hour)s", hour=hour))
    if days == 1:
        return str(gettext("tomorrow %(hour)s", hour=hour))
    return f"{local:%m-%d} {hour}"


@blueprint.get("/parts")
@requires(Permission.SEARCH_PARTS)
def search() -> str:
    """Find a part by number, name, pinyin or model; `model` lists a model's bill of material first."""
    return _search(work_order=None, model=request.args.get("model", "").strip()[:40] or None)


@blueprint.get("/work-orders/<number>/parts/search")
@requires(Permission.SEARCH_PARTS)
def search_for_work_order(number: str) -> str:
    """Find a part for a repair: the bill of material of the customer's model comes first."""
    return _search(work_order=number, model=None)


def _search(*, work_order: str | None, model: str | None) -> str:
    by, words = current_actor(), request.args.get("q", "").strip()[:80]
    with reading() as session:
        at = database_now(session)
        asking = asking_for(session, work_order, by=by)
        chosen = asking.work_order.model if asking and asking.work_order else model
        bill = _bill(session, words, chosen, at=at)
        cursor = request.args.get("cursor")
        found = find_parts(session, words, model=None, on=at.date(), cursor=cursor, limit=FOUND_MAX)
        hints = _hints(session, [*bill, *found.items], asking, by=by, at=at)
    fitting = {part.part_id for part in bill}
    return render_template(
        "parts/search.html",
        asking=asking,
        words=words,
        model=chosen,
        bill=bill if not cursor else [],
        page=Page([part for part in found.items if part.part_id not in fitting], found.next_cursor),
        hints=hints,
        listed=len(request_list.lines_of(work_order)),
    )


def _bill(session: Session, words: str, model: str | None, *, at: datetime) -> list[FoundPart]:
    if model is None:
        return []
    return list(find_parts(session, words, model=model, on=at.date(), cursor=None, limit=BILL_MAX).items)


def _hints(
    session: Session, parts: list[FoundPart], asking: Asking | None, *, by: Actor, at: datetime
) -> dict[int, SupplyHint] | None:
    """Who would send each of the parts; None where the actor may not ask."""
    if asking is None or not asking.may_see:
        return None
    ids = list({part.part_id for part in parts})
    return sourcing.list_hints(session, ids, warehouse_id=asking.warehouse_id, by=by, at=at)


@blueprint.get("/parts/<number>")
@requires(Permission.SEARCH_PARTS)
def show_part(number: str) -> str:
    """One part: what replaces it, which models it fits, and every source with its promised hour."""
    by, work_order = current_actor(), request.args.get("work_order") or None
    quantity = read_quantity(request.args.get("quantity") or "1")
    with reading() as session:
        at = database_now(session)
        part = catalogue.get_part(session, number)
        asking = asking_for(session, work_order, by=by)
        family = sourcing.list_relatives(session, [part.id], on=at.date()).get(part.id, [])
        models = catalogue.models_of_part(session, part.id)
        division = division_of(session, part)
        offers = (
            sourcing.list_availability(
                session, part.id, warehouse_id=asking.warehouse_id, quantity=quantity, by=by, at=at
            )
            if asking and asking.may_see
            else None
        )
    return render_template(
        "parts/part.html",
        part=part,
        division=division,
        family=family,
        models=models,
        models_shown=MODELS_SHOWN,
        asking=asking,
        offers=offers,
        offers_shown=OFFERS_SHOWN,
        at=at,
        longest=max((one.source.promised_at - at for one in offers or ()), default=timedelta()),
        quantity=quantity,
        listed=request_list.lines_of(work_order),
    )


@blueprint.post("/parts/<number>/request")
@requires(Permission.REQUEST_PARTS)
@command
def request_part(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Ask for one part at once."""
    quantity = read_quantity(request.form.get("quantity", ""))
    wish, work_order = read_wish(request.form, [WishedLine(number, quantity)])
    accepted = accept_request(session, wish, work_order, by=by, at=at)
    return redirect(url_for("requests.show_promise", number=accepted.number), HTTPStatus.SEE_OTHER)


@blueprint.post("/parts/<number>/list")
@requires(Permission.REQUEST_PARTS)
def list_part(number: str) -> Any:
    """Put a part on the list of what is about to be asked for."""
    work_order = request.form.get("work_order") or None
    quantity = read_quantity(request.form.get("quantity", ""))
    with reading() as session:
        part = catalogue.get_part(session, number)
    request_list.put(work_order, part.id, quantity)
    flash(gettext("%(part)s × %(quantity)s is on the request list.", part=part.number, quantity=quantity), "success")
    if work_order:
        return redirect(url_for("parts.search_for_work_order", number=work_order), HTTPStatus.SEE_OTHER)
    return redirect(url_for("parts.search"), HTTPStatus.SEE_OTHER)
