"""Screens of replenishment: the reorder report, a proposal opened to its figures, what approving made."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import format_decimal, gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import procurement
from inventory.actor import Actor
from inventory.db import database_now
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.network import Tier
from inventory.planning import replenishment
from inventory.planning.policies import AbcClass
from inventory.planning.replenishment import (
    DAYS_SHOWN,
    UNDECIDED,
    Approved,
    Decider,
    Held,
    OpenedProposal,
    Proposal,
    ProposalFilter,
    ProposalKind,
    ProposalOrder,
    ProposalStatus,
    Totals,
    formula_of,
)
from inventory.quantity import read_quantity
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.exports import note_export
from web.forms import keeping, typed, word_in
from web.pages import Card, Entry, Screens
from web.paging import LIMIT_DEFAULT
from web.policies import divisions_by_id, local_day
from web.reorder_workbook import ROWS_MAX, report_xlsx
from web.replenishment import (
    APPROVED_AT_ONCE,
    ReportWish,
    filter_of,
    ids_of,
    numbers_made,
    page_of_proposals,
)
from web.replenishment_charts import draw_months, draw_waiting
from web.showing import name_of
from web.transfers import request_address
from web.workplace import chosen_workplace

blueprint = Screens("replenishment", __name__)
MONTHS_SHOWN = 24
CENTS_BELOW = 1000
ARGUMENTS = {*ReportWish.__dataclass_fields__} - {"words"} | {"q", "sort", "cursor", "from"}
MOVES = tuple(one for one in ProposalKind if one is not ProposalKind.PURCHASE)
KINDS = (ProposalKind.PURCHASE, *MOVES)
ORDERS = (ProposalOrder.RISK, ProposalOrder.MONEY, ProposalOrder.DAY)
DAYS = (7, 30, 90)
REASONS = ("no_more_demand", "stock_elsewhere", "too_early", "wrong_figures")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.app_template_filter("money")
def tell_money(amount: Decimal) -> str:
    """An amount as people read it: its cents only where they count."""
    return str(format_decimal(amount, "#,##0" if abs(amount) >= CENTS_BELOW else "#,##0.00"))


@blueprint.app_template_filter("tenths")
def tell_tenths(value: float) -> str:
    """A figure that need not be whole, as people read it."""
    return str(format_decimal(value, "#,##0.0"))


# The reorder report


@blueprint.get("/replenishment")
@requires(Permission.SEE_PROPOSALS)
def show_report() -> str:
    """What should be bought or moved: what is most at risk first."""
    return _report()


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


def _wish() -> ReportWish:
    """What the report is narrowed to; a chosen workplace narrows it unless another warehouse is typed."""
    place, told = chosen_workplace(), dict(request.args)
    if place and "warehouse" not in told:
        told["warehouse"] = place.code
    usual = {"kind": ProposalKind.PURCHASE.value, "status": ProposalStatus.OPEN.value}
    if told.get("status", ProposalStatus.OPEN) == ProposalStatus.OPEN and not told.get("held"):
        usual["waits"] = "word"
    return ReportWish.of({**usual, **told})


def _order(wish: ReportWish, by: Actor) -> ProposalOrder:
    if wish.status not in UNDECIDED:
        return ProposalOrder.NEWEST
    wished = word_in(ProposalOrder, request.args.get("sort", ""))
    usual = ProposalOrder.DAY if wish.status == ProposalStatus.AHEAD else ProposalOrder.RISK
    return wished if wished in _orders(by) else usual


def _orders(by: Actor) -> tuple[ProposalOrder, ...]:
    """In which orders the actor may list: by money only who may see what parts cost."""
    return ORDERS if by.may(Permission.SEE_PURCHASES) else tuple(one for one in ORDERS if one != ProposalOrder.MONEY)


def _report() -> str:
    by, wish = current_actor(), _wish()
    order = _order(wish, by)
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
        arguments=_arguments(),
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
        reject_reasons=REASONS,
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
    by, wish = current_actor(), _wish()
    with reading() as session:
        wanted, at = filter_of(session, wish), database_now(session)
        rows = replenishment.list_proposals(session, wanted, by=by, order=_order(wish, by), limit=ROWS_MAX)
        currency = procurement.base_currency(session)
    book = report_xlsx(rows, currency=currency, sees_purchases=by.may(Permission.SEE_PURCHASES), at=at)
    note_export("reorder_report", by=by, rows=len(rows), format="xlsx", **_arguments())
    name = f'attachment; filename="reorder-{local_day(at).isoformat()}.xlsx"'
    return Response(book, content_type=XLSX, headers={"Content-Disposition": name})


# Decisions


@blueprint.post("/replenishment/approve")
@requires(Permission.SEE_PROPOSALS)
@keeping(_report)
@command
def approve(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Make orders of the proposals chosen, or of the first that fit; the choice stays when it is refused."""
    if request.form.get("all"):
        wish = _wish()
        wanted = filter_of(session, wish)
        ids = replenishment.list_approvable(session, wanted, by=by, order=_order(wish, by), most=APPROVED_AT_ONCE)
    else:
        ids = ids_of(request.form.getlist("proposal"))
    approved = replenishment.approve_proposals(session, ids, by=by, at=at)
    _tell(approved)
    made = approved.orders or approved.transfers
    there = url_for("replenishment.show_made", at=at.isoformat()) if made else _back_to_report()
    return redirect(there, HTTPStatus.SEE_OTHER)


def _tell(approved: Approved) -> None:
    made = numbers_made(approved)
    orders, transfers = len(made["purchase_orders"]), len(made["transfer_orders"])
    if orders or transfers:
        told = gettext(
            "Made: %(orders)s drafts of purchase orders, %(transfers)s transfer orders.",
            orders=orders,
            transfers=transfers,
        )
        flash(told, "success")
    if made["unmet"]:
        unmet = ", ".join(made["unmet"][:20])
        flash(gettext("Their source has nothing free now, so they stay open: %(numbers)s", numbers=unmet), "warning")
    if made["added"]:
        added = ", ".join(made["added"][:20])
        flash(gettext("Went along, so that their supplier's minimum is reached: %(numbers)s", numbers=added), "success")
    for small in approved.too_small:
        told = gettext(
            "%(supplier)s takes orders from %(minimum)s %(currency)s on; with all that is proposed of him for the "
            "warehouse %(missing)s is missing. Raise a quantity, wait for more, or approve once more: %(numbers)s",
            supplier=f"{small.supplier.code} {name_of(small.supplier)}",
            minimum=tell_money(small.supplier.minimum_order_value),
            currency=small.supplier.currency,
            missing=tell_money(small.missing),
            numbers=", ".join(one.number for one in small.proposals[:20]),
        )
        flash(told, "warning")


@blueprint.post("/replenishment/reject")
@requires(Permission.SEE_PROPOSALS)
@keeping(_report)
@command
def reject(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Turn the proposals chosen down; the choice stays when it is refused."""
    ids = ids_of(request.form.getlist("proposal"))
    reason = typed("remark") or typed("reason")
    rejected = replenishment.reject_proposals(session, ids, reason=reason, by=by, at=at)
    flash(
        gettext(
            "%(count)s turned down. They stay down for a week, unless clearly more is needed or a repair waits.",
            count=len(rejected),
        )
    )
    return redirect(_back_to_report(), HTTPStatus.SEE_OTHER)


def _edited_on(number: str) -> str:
    return _proposal(number) if _on_own_page() else _report()


@blueprint.post("/replenishment/proposals/<number>/edit")
@requires(Permission.SEE_PROPOSALS)
@keeping(_edited_on)
@command
def edit(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Write another quantity on a proposal, from the report or from its own page; back to where it was written."""
    quantity = read_quantity(request.form.get("quantity", ""))
    edited = replenishment.edit_proposal(session, Proposal.id_of(number), quantity, by=by, at=at)
    flash(gettext("%(number)s is for %(quantity)s now.", number=edited.number, quantity=edited.wanted), "success")
    own = url_for("replenishment.show_proposal", number=edited.number)
    return redirect(own if _on_own_page() else _back_to_report(), HTTPStatus.SEE_OTHER)


@blueprint.post("/replenishment/proposals/<number>/supplier")
@requires(Permission.SEE_PROPOSALS)
@keeping(lambda number: _proposal(number))
@command
def choose_supplier(number: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Buy of another supplier, in his packs and at his price."""
    id = Proposal.id_of(number)
    chosen = replenishment.choose_supplier(session, id, typed("supplier"), by=by, at=at)
    told = gettext("%(number)s is for %(quantity)s now.", number=chosen.number, quantity=chosen.wanted)
    flash(told, "success")
    return redirect(url_for("replenishment.show_proposal", number=chosen.number), HTTPStatus.SEE_OTHER)


def _on_own_page() -> bool:
    return request.args.get("from") == "proposal"


def _back_to_report() -> str:
    return url_for("replenishment.show_report", **_arguments())


def _arguments() -> dict[str, Any]:
    """What the address of the report tells; whatever else was written into it is left out."""
    return {name: value for name, value in request.args.items() if name in ARGUMENTS}


@blueprint.get("/replenishment/made")
@requires(Permission.SEE_PROPOSALS)
def show_made() -> str:
    """The orders that became of what one approved at an instant. Raises: NotFound when there is no such instant."""
    try:
        at = datetime.fromisoformat(request.args.get("at", ""))
    except ValueError as error:
        raise NotFound() from error
    if at.tzinfo is None:
        raise NotFound()
    with reading() as session:
        made = replenishment.list_made_orders(session, at, by=current_actor())
    return render_template(
        "replenishment/made.html",
        made=made,
        order_address=_purchase_order_address,
        transfer_address=request_address,
    )


# A proposal opened


@blueprint.get("/replenishment/proposals/<number>")
@requires(Permission.SEE_PROPOSALS)
def show_proposal(number: str) -> str:
    """The figures behind a proposal, drawn; and what waiting would cost."""
    return _proposal(number)


def _proposal(number: str) -> str:
    by = current_actor()
    with reading() as session:
        opened = replenishment.open_proposal(session, Proposal.id_of(number), by=by, months=MONTHS_SHOWN)
        currency, day = procurement.base_currency(session), local_day(database_now(session))
        sees = by.may(Permission.SEE_PURCHASES)
        sold = replenishment.list_alternatives(session, opened.proposal, by=by, on=day) if sees else []
    listed = opened.listed
    return render_template(
        "replenishment/proposal.html",
        opened=opened,
        one=opened.proposal,
        listed=listed,
        months=draw_months(opened.months, opened.asked, opened.ahead),
        waiting=None if opened.waiting is None else draw_waiting(opened.waiting),
        formula=formula_of(opened.proposal),
        may_decide=listed.may_be_decided(by),
        sees_purchases=by.may(Permission.SEE_PURCHASES),
        sold=sold,
        order=_order_made(opened),
        reject_reasons=REASONS,
        currency=currency,
        day=day,
    )


def _order_made(opened: OpenedProposal) -> tuple[str, str] | None:
    """The number of the order that a proposal became, and where it is shown."""
    number = replenishment.order_number(opened.proposal)
    if number is None:
        return None
    bought = opened.proposal.kind is ProposalKind.PURCHASE
    return number, _purchase_order_address(number) if bought else request_address(number)


def _purchase_order_address(number: str) -> str:
    return url_for("purchase_orders.show_order", number=number)


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
