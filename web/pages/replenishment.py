"""The screen of the reorder report: what should be bought or moved, narrowed, page by page, and as a workbook."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import format_decimal
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import procurement
from inventory.actor import Actor
from inventory.db import database_now
from inventory.identity import Permission
from inventory.network import Tier
from inventory.planning import replenishment
from inventory.planning.policies import AbcClass
from inventory.planning.replenishment import (
    DAYS_SHOWN,
    UNDECIDED,
    Decider,
    Held,
    ProposalFilter,
    ProposalKind,
    ProposalOrder,
    ProposalStatus,
    Totals,
)
from web.auth import current_actor, requires
from web.db import reading
from web.exports import note_export
from web.forms import word_in
from web.pages import Card, Entry, Screens
from web.paging import LIMIT_DEFAULT
from web.policies import divisions_by_id, local_day
from web.reorder_workbook import ROWS_MAX, report_xlsx
from web.replenishment import (
    APPROVED_AT_ONCE,
    REJECT_REASONS,
    ReportWish,
    filter_of,
    page_of_proposals,
)
from web.workplace import chosen_workplace

blueprint = Screens("replenishment", __name__)
CENTS_BELOW = 1000
ARGUMENTS = {*ReportWish.__dataclass_fields__} - {"words"} | {"q", "sort", "cursor", "from"}
MOVES = tuple(one for one in ProposalKind if one is not ProposalKind.PURCHASE)
KINDS = (ProposalKind.PURCHASE, *MOVES)
ORDERS = (ProposalOrder.RISK, ProposalOrder.MONEY, ProposalOrder.DAY)
DAYS = (7, 30, 90)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.app_template_filter("money")
def tell_money(amount: Decimal) -> str:
    """An amount as people read it: its cents only where they count."""
    return str(format_decimal(amount, "#,##0" if abs(amount) >= CENTS_BELOW else "#,##0.00"))


@blueprint.app_template_filter("tenths")
def tell_tenths(value: float) -> str:
    """A figure that need not be whole, as people read it."""
    return str(format_decimal(value, "#,##0.0"))


@blueprint.get("/replenishment")
@requires(Permission.SEE_PROPOSALS)
def show_report() -> str:
    """What should be bought or moved: what is most at risk first."""
    return draw_report()


@blueprint.get("/replenishment/transfers")
@requires(Permission.SEE_PROPOSALS)
def show_transfers() -> AnyResponse:
    """The part of the report that a planner decides about: of the first kind of move what only waits for a word."""
    by, place = current_actor(), chosen_workplace()
    wanted = ProposalFilter(warehouse_id=place.id if place else None, held=Held.OVER_LIMIT)
    with reading() as session:
        waiting = replenishment.sum_proposals(session, wanted, by=by)
    kind = next((one for one in MOVES if one in waiting), ProposalKind.TRANSFER)
    there = url_for("replenishment.show_report", kind=kind.value, held=Held.OVER_LIMIT.value)
    return redirect(there, HTTPStatus.SEE_OTHER)


def told_wish() -> ReportWish:
    """What the report is narrowed to; a chosen workplace narrows it unless another warehouse is typed."""
    place, told = chosen_workplace(), dict(request.args)
    if place and "warehouse" not in told:
        told["warehouse"] = place.code
    wish = ReportWish.of({"kind": ProposalKind.PURCHASE.value, **told})
    sorted_out = wish.status != ProposalStatus.OPEN or wish.held or "waits" in told
    return wish if sorted_out else replace(wish, waits="word")


def order_of(wish: ReportWish, by: Actor) -> ProposalOrder:
    """In which order the report lists: as wished where the actor may, else as is usual for what it shows."""
    if wish.status not in UNDECIDED:
        return ProposalOrder.NEWEST
    wished = word_in(ProposalOrder, request.args.get("sort", ""))
    usual = ProposalOrder.DAY if wish.status == ProposalStatus.AHEAD else ProposalOrder.RISK
    return wished if wished in _orders(by) else usual


def _orders(by: Actor) -> tuple[ProposalOrder, ...]:
    """In which orders the actor may list: by money only who may see what parts cost."""
    return ORDERS if by.may(Permission.SEE_PURCHASES) else tuple(one for one in ORDERS if one != ProposalOrder.MONEY)


def draw_report() -> str:
    """The report as the address narrows it, with what was chosen and typed in it."""
    by, wish = current_actor(), told_wish()
    order = order_of(wish, by)
    with reading() as session:
        wanted, day = filter_of(session, wish), local_day(database_now(session))
        kind = wanted.kind or ProposalKind.PURCHASE
        cursor = request.args.get("cursor")
        page = page_of_proposals(session, wanted, order=order, by=by, cursor=cursor, limit=LIMIT_DEFAULT)
        every = replace(wanted, kind=None)
        sums = replenishment.sum_proposals(session, every, by=by)
        due = replace(every, status=ProposalStatus.OPEN, due_until=None)
        tabs = replenishment.sum_proposals(session, due, by=by) if wish.status == ProposalStatus.AHEAD else sums
        stuck = wish.waits == "stock"
        others = replenishment.sum_proposals(session, replace(due, waits_for_stock=not stuck), by=by)
        tabs, waiting = (others, sums) if stuck else (tabs, others)
        shown = [one.proposal for one in page.items]
        freed = replenishment.freed_by(session, shown, on=day) if stuck else {}
        divisions = divisions_by_id(session)
        sees_purchases = by.may(Permission.SEE_PURCHASES)
        suppliers = procurement.list_suppliers(session, by=by) if sees_purchases else []
        soon = _soon(session, wanted, day, by) if kind is ProposalKind.PURCHASE and wish.status in UNDECIDED else []
        currency, last_run = procurement.base_currency(session), replenishment.find_last_run(session)
    return render_template(
        "replenishment/report.html",
        arguments=told_arguments(),
        page=page,
        wish=wish,
        kind=kind,
        kinds=[(one, tabs.get(one, Totals())) for one in KINDS],
        due_now=tabs.get(ProposalKind.PURCHASE, Totals()).proposals,
        soon=soon,
        stuck=stuck,
        waiting=waiting.get(ProposalKind.TRANSFER, Totals()).proposals if wish.status in UNDECIDED else 0,
        freed=freed,
        totals=sums.get(kind, Totals()),
        order=order,
        orders=_orders(by),
        divisions=divisions,
        suppliers=suppliers,
        sees_purchases=sees_purchases,
        classes=list(AbcClass),
        reasons=list(Held),
        statuses=list(ProposalStatus),
        tiers=list(Tier),
        deciders=list(Decider),
        days=DAYS,
        currency=currency,
        day=day,
        last_run=last_run,
        narrowed=_narrowed(wish),
        chosen=request.form.getlist("proposal"),
        may_decide=any(one.may_be_decided(by) for one in page.items),
        reject_reasons=REJECT_REASONS,
        at_once=APPROVED_AT_ONCE,
        rows_max=ROWS_MAX,
    )


def _soon(session: Session, wanted: ProposalFilter, day: date, by: Actor) -> list[tuple[int, Totals]]:
    """What will have to be bought within so many days, beside what is due."""
    until = {days: day + timedelta(days=days) for days in DAYS_SHOWN}
    counted = replenishment.count_falling_due(session, wanted, list(until.values()), by=by)
    return [(days, counted[last]) for days, last in until.items()]


def _narrowed(wish: ReportWish) -> bool:
    """Whether anything but the kind and the open ones was asked for."""
    told = (wish.division, wish.supplier, wish.abc, wish.held, wish.words, wish.run, wish.tier, wish.decided, wish.days)
    return any(told) or bool(request.args.get("warehouse")) or wish.status != ProposalStatus.OPEN


@blueprint.get("/replenishment/report.xlsx")
@requires(Permission.SEE_PROPOSALS)
def export_report() -> Response:
    """The report as it is narrowed, as a workbook whose formulas work the quantities out."""
    by, wish = current_actor(), told_wish()
    with reading() as session:
        wanted, at = filter_of(session, wish), database_now(session)
        rows = replenishment.list_proposals(session, wanted, by=by, order=order_of(wish, by), limit=ROWS_MAX)
        lots = replenishment.tell_lots(session, [(row.part.id, row.warehouse.id) for row in rows])
        currency = procurement.base_currency(session)
    book = report_xlsx(rows, lots, currency=currency, sees_purchases=by.may(Permission.SEE_PURCHASES), at=at)
    note_export("reorder_report", by=by, rows=len(rows), format="xlsx", **told_arguments())
    name = f'attachment; filename="reorder-{local_day(at).isoformat()}.xlsx"'
    return Response(book, content_type=XLSX, headers={"Content-Disposition": name})


def back_to_report() -> str:
    """The address of the report that a decision was made on."""
    return url_for("replenishment.show_report", **told_arguments())


def told_arguments() -> dict[str, Any]:
    """What the address of the report tells; whatever else was written into it is left out."""
    return {name: value for name, value in request.args.items() if name in ARGUMENTS}


# The home page


def _count_purchases(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    return _count(session, ProposalFilter(kind=ProposalKind.PURCHASE, warehouse_id=warehouse_id), by)


def _count_moves(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    """What only a person may let go; for what its source has nothing of, nobody can do anything yet."""
    return _count(session, ProposalFilter(held=Held.OVER_LIMIT, warehouse_id=warehouse_id), by)


def _count(session: Session, wanted: ProposalFilter, by: Actor) -> int:
    if not by.may(Permission.SEE_PROPOSALS):
        return 0
    return sum(one.proposals for one in replenishment.sum_proposals(session, wanted, by=by).values())


NAVIGATION = (
    Entry("replenishment.show_report", "Reorder report", Permission.SEE_PROPOSALS, order=40, icon="cart-check"),
)
CARDS = (
    Card("replenishment.show_report", "Proposed to be bought", Permission.BUY, _count_purchases, 10, icon="cart-check"),
    Card(
        "replenishment.show_transfers",
        "Transfers that wait for a person",
        Permission.ORDER_TRANSFERS,
        _count_moves,
        11,
        icon="arrow-left-right",
    ),
)
