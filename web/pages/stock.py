"""Screens of stock: what a warehouse has now and had at any past instant, the ledger, a lot's life, the FIFO proof."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app, render_template, request
from sqlalchemy import select

from inventory import catalogue, ledger, sourcing
from inventory.db import database_now
from inventory.errors import RuleBroken
from inventory.identity import Permission, Person
from inventory.ledger import StockLine
from inventory.reporting import life_of_lot, list_kept_promises, list_on_hand_after, list_positions_as_of
from web.auth import current_actor, requires
from web.db import reading
from web.pages import Entry, Screens
from web.paging import LIMIT_DEFAULT, Page, pack_cursor, unpack_cursor
from web.stock import document_of, page_of_moves, warehouse_within
from web.workplace import required_workplace

blueprint = Screens("stock", __name__)
NAVIGATION = (
    Entry("stock.show_stock", "Stock", Permission.SEE_STOCK, order=60, icon="boxes"),
    Entry("stock.show_ledger", "Ledger", Permission.SEE_LEDGER, order=62, icon="journal-text"),
    Entry("stock.show_fifo", "FIFO proof", Permission.SEE_LEDGER, order=64, icon="patch-check"),
    Entry("stock.show_promises", "Promises kept", Permission.SEE_REPORTS, order=66, icon="bullseye"),
)
PERIOD_DAYS = 30

blueprint.add_app_template_filter(document_of, "document")


class InstantUnreadable(RuleBroken):
    """The text is no date or moment of the calendar."""

    code = "instant_unreadable"


@blueprint.get("/stock")
@requires(Permission.SEE_STOCK)
def show_stock() -> str:
    """What the chosen warehouse has, now or as of a past instant."""
    place, words = required_workplace(), request.args.get("q", "").strip()[:80]
    at = read_instant(request.args.get("at", ""))
    (after,) = unpack_cursor(request.args["cursor"], [str]) if request.args.get("cursor") else ("",)
    with reading() as session:
        warehouse = warehouse_within(session, place.code, Permission.SEE_STOCK, by=current_actor())
        lines = ledger.list_stock(session, warehouse.id, at=at, search=words, after=after, limit=LIMIT_DEFAULT + 1)
    return render_template("stock/stock.html", place=place, page=_page(lines), at=at, words=words)


@blueprint.get("/stock/parts/<number>")
@requires(Permission.SEE_STOCK)
def show_part_stock(number: str) -> str:
    """What lies where of one part in the chosen warehouse, now or as of a past instant, and its moves there."""
    place, by = required_workplace(), current_actor()
    at = read_instant(request.args.get("at", ""))
    with reading() as session:
        warehouse = warehouse_within(session, place.code, Permission.SEE_STOCK, by=by)
        part = catalogue.get_part(session, number)
        positions = (
            ledger.list_positions(session, warehouse.id, part_id=part.id)
            if at is None
            else list_positions_as_of(session, warehouse.id, part.id, at=at)
        )
        stock = ledger.find_stock(session, warehouse.id, part.id, at=at)
        page = (
            page_of_moves(session, by=by, warehouse=warehouse, part=part, cursor=request.args.get("cursor"))
            if by.may(Permission.SEE_LEDGER, warehouse.id)
            else None
        )
        after = list_on_hand_after(session, warehouse.id, part.id, [row.Move.id for row in page.items] if page else [])
    return render_template(
        "stock/part.html",
        place=place,
        part=part,
        at=at,
        positions=positions,
        stock=stock,
        page=page,
        after=after,
    )


@blueprint.get("/ledger")
@requires(Permission.SEE_LEDGER)
def show_ledger() -> str:
    """Every move of the chosen warehouse, or of all within reach; of one part where it is named."""
    by, number = current_actor(), request.args.get("part", "").strip()
    place = required_workplace() if request.args.get("where") != "all" else None
    with reading() as session:
        warehouse = warehouse_within(session, place.code, Permission.SEE_LEDGER, by=by) if place else None
        part = catalogue.find_part(session, number) if number else None
        if number and part is None:
            return render_template("stock/ledger.html", place=place, part=None, number=number, page=None)
        page = page_of_moves(session, by=by, warehouse=warehouse, part=part, cursor=request.args.get("cursor"))
        moved = [row.Move.id for row in page.items]
        after = list_on_hand_after(session, warehouse.id, part.id, moved) if warehouse and part else {}
    return render_template("stock/ledger.html", place=place, part=part, number=number, page=page, after=after)


@blueprint.get("/stock/parts/<number>/lots/<lot>")
@requires(Permission.SEE_LEDGER)
def show_lot(number: str, lot: str) -> str:
    """The life of a lot, from its supplier to where it lies or was fitted."""
    with reading() as session:
        life = life_of_lot(session, catalogue.get_part(session, number), lot, by=current_actor())
    return render_template("stock/lot.html", life=life)


@blueprint.get("/reports/fifo")
@requires(Permission.SEE_LEDGER)
def show_fifo() -> str:
    """The proof that the chosen warehouse gave its oldest stock first, for a period."""
    place = required_workplace()
    since, until = _period()
    with reading() as session:
        warehouse = warehouse_within(session, place.code, Permission.SEE_LEDGER, by=current_actor())
        proof = ledger.fifo_proof(session, warehouse.id, since=since, until=until)
        requests = sourcing.list_requests_of_lines(session, [row.Reservation.line_id for row in proof.rows])
        deciders = {row.Allocation.actor_id for row in proof.rows if row.Allocation.override_reason}
        names = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(deciders))).all())
    return render_template(
        "stock/fifo.html",
        place=place,
        proof=proof,
        requests=requests,
        names=names,
        since=since,
        last=until - timedelta(days=1),
    )


@blueprint.get("/reports/promises")
@requires(Permission.SEE_REPORTS)
def show_promises() -> str:
    """Promises kept in a period, by class and source, drawn."""
    since, until = _period()
    with reading() as session:
        kept = list_kept_promises(session, since=since, until=until, by=current_actor())
    return render_template("stock/promises.html", kept=kept, since=since, last=until - timedelta(days=1))


def read_instant(text: str) -> datetime | None:
    """The instant behind a local date and hour as a browser sends it; None for nothing.

    Raises: InstantUnreadable.
    """
    if not text.strip():
        return None
    try:
        local = datetime.fromisoformat(text.strip())
        if not 1970 <= local.year <= 9000:
            raise InstantUnreadable(text=text[:40])
        return (local if local.tzinfo else local.replace(tzinfo=_timezone())).astimezone(UTC)
    except ValueError as error:
        raise InstantUnreadable(text=text[:40]) from error


def _period() -> tuple[datetime, datetime]:
    """The days asked for, both included, in local time; the last thirty without."""
    with reading() as session:
        today = database_now(session).astimezone(_timezone()).replace(hour=0, minute=0, second=0, microsecond=0)
    since = read_instant(request.args.get("since", "")) or today - timedelta(days=PERIOD_DAYS)
    last = read_instant(request.args.get("until", "")) or today
    return since, last + timedelta(days=1)


def _timezone() -> ZoneInfo:
    zone: ZoneInfo = current_app.config["TIMEZONE"]
    return zone


def _page(lines: Sequence[StockLine]) -> Page[StockLine]:
    shown = lines[:LIMIT_DEFAULT]
    return Page(shown, pack_cursor([shown[-1].number]) if len(lines) > len(shown) else None)
