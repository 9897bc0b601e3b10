"""Replenishment over HTTP: runs, proposals and the figures behind them, the reorder report, decisions."""

from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from inventory import procurement
from inventory.actor import Actor
from inventory.db import database_now
from inventory.identity import Permission
from inventory.planning import replenishment
from inventory.planning.replenishment import (
    Alternative,
    ListedProposal,
    Lot,
    OpenedProposal,
    PlanningRun,
    Proposal,
    ProposalFilter,
    ProposalKind,
    ProposalOrder,
    RunTrigger,
    StockLevel,
    Totals,
    Waiting,
)
from web.api import Blueprint
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.policies import local_day
from web.replenishment import ReportWish, filter_of, ids_of, numbers_made, page_of_proposals
from web.schemas import page_of
from web.schemas.replenishment import (
    ApprovedOutput,
    ApproveManyInput,
    ChosenSupplierInput,
    EditInput,
    ProposalDetailOutput,
    ProposalOutput,
    ProposalQuery,
    RejectInput,
    ReorderOutput,
    ReorderQuery,
    RunOutput,
    RunProposalsQuery,
    RunsOutput,
)

blueprint = Blueprint("api_replenishment", __name__, description="What should be moved and bought, and why")
MONTHS = 24
AS_THEY_ARE = (
    *(
        "on_hand",
        "in_transit",
        "on_order",
        "reserved",
        "back_ordered",
        "owed",
        "waited_for",
        "position",
        "left",
        "reorder_point",
    ),
    *("order_up_to", "pack_size", "order_minimum", "order_maximum", "needed", "quantity", "edited_quantity"),
    *("released_quantity", "lead_days", "short_per_week", "order_by_on", "source_free", "source_keeps", "proposed_at"),
    *("decided_at", "decision_reason", "number", "kind", "status", "held"),
)
LEVELS = (
    *(
        "safety_stock",
        "reorder_point",
        "order_up_to",
        "single_order_up_to",
        "daily_mean",
        "season",
        "lead_days",
        "review_days",
    ),
    *("lead_mean", "lead_variance", "demand_size", "method", "measure", "target", "expected_fill"),
)
LOT_COSTS = ("unit_worth", "order_cost", "holding_rate_per_year")
WAYS = ("undone", "today", "in_a_week")


@blueprint.get("/replenishment-runs")
@requires(Permission.SEE_PROPOSALS)
@blueprint.response(HTTPStatus.OK, RunsOutput)
def list_runs() -> dict[str, Any]:
    """The latest runs, newest first."""
    with reading() as session:
        return {"items": replenishment.list_runs(session, by=current_actor())}


@blueprint.post("/replenishment-runs")
@requires(Permission.RUN_PLANNING)
@command
@blueprint.response(HTTPStatus.ACCEPTED, RunOutput)
def start_run(*, session: Session, by: Actor, at: datetime) -> Any:
    """Ask for a run over all parts; it begins within seconds, and `parts_done` tells how far it is."""
    run = replenishment.request_run(session, RunTrigger.MANUAL, on=local_day(at), by=by, at=at)
    session.refresh(run)
    return run, HTTPStatus.ACCEPTED, {"Location": url_for("api_replenishment.show_run", number=run.number)}


@blueprint.get("/replenishment-runs/<number>")
@requires(Permission.SEE_PROPOSALS)
@blueprint.response(HTTPStatus.OK, RunOutput)
def show_run(number: str) -> PlanningRun:
    """A run: how far it is and what it came to."""
    with reading() as session:
        return replenishment.get_run(session, PlanningRun.id_of(number), by=current_actor())


@blueprint.get("/replenishment-runs/<number>/proposals")
@requires(Permission.SEE_PROPOSALS)
@blueprint.arguments(RunProposalsQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(ProposalOutput))
def list_run_proposals(query: dict[str, Any], number: str) -> dict[str, Any]:
    """What a run worked out last, within reach, newest first."""
    by = current_actor()
    with reading() as session:
        run = replenishment.get_run(session, PlanningRun.id_of(number), by=by)
        wanted = ProposalFilter(status=query["status"], run_id=run.id)
        return _page(session, wanted, ProposalOrder.NEWEST, query, by)


@blueprint.get("/proposals")
@requires(Permission.SEE_PROPOSALS)
@blueprint.arguments(ProposalQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(ProposalOutput))
def list_proposals(query: dict[str, Any]) -> dict[str, Any]:
    """Proposals of every kind within reach. An unknown division, supplier or warehouse finds nothing."""
    with reading() as session:
        return _page(session, filter_of(session, _wish(query)), query["sort"], query, current_actor())


@blueprint.get("/reports/reorder")
@requires(Permission.SEE_PROPOSALS)
@blueprint.arguments(ReorderQuery, location="query")
@blueprint.response(HTTPStatus.OK, ReorderOutput)
def show_reorder_report(query: dict[str, Any]) -> dict[str, Any]:
    """What to buy, most at risk first, with the totals of all that fits; with `due` what falls due by then.

    An unknown division, supplier or warehouse finds nothing.
    """
    by = current_actor()
    with reading() as session:
        wanted = filter_of(session, _wish({**query, "kind": ProposalKind.PURCHASE}))
        totals = replenishment.sum_proposals(session, wanted, by=by).get(ProposalKind.PURCHASE, Totals())
        page = _page(session, wanted, query["sort"], query, by)
        worth = totals.worth if by.may(Permission.SEE_PURCHASES) else None
        sums = {"proposals": totals.proposals, "worth": worth, "short_per_week": totals.short_per_week}
        soon = _falling_due(session, wanted, by)
        return {**page, "currency": procurement.base_currency(session), "totals": sums, "falling_due": soon}


def _falling_due(session: Session, wanted: ProposalFilter, by: Actor) -> list[dict[str, Any]]:
    day, priced = local_day(database_now(session)), by.may(Permission.SEE_PURCHASES)
    until = {days: day + timedelta(days=days) for days in replenishment.DAYS_SHOWN}
    counted = replenishment.count_falling_due(session, wanted, list(until.values()), by=by)
    return [
        {"days": days, "proposals": counted[last].proposals, "worth": counted[last].worth if priced else None}
        for days, last in until.items()
    ]


@blueprint.get("/proposals/<number>")
@requires(Permission.SEE_PROPOSALS)
@blueprint.response(HTTPStatus.OK, ProposalDetailOutput)
def show_proposal(number: str) -> dict[str, Any]:
    """A proposal opened to the figures and the formula behind it."""
    by = current_actor()
    with reading() as session:
        opened = replenishment.open_proposal(session, Proposal.id_of(number), by=by, months=MONTHS)
        told = _proposal(opened.listed, procurement.base_currency(session), by)
        place = (opened.proposal.part_id, opened.proposal.warehouse_id)
        lot = replenishment.tell_lots(session, [place]).get(place)
        sees, day = by.may(Permission.SEE_PURCHASES), local_day(database_now(session))
        sold = replenishment.list_alternatives(session, opened.proposal, by=by, on=day) if sees else []
    return {**told, **_figures(opened, _lot(lot, by)), "offers": [_offer(one) for one in sold]}


@blueprint.post("/proposals/approve")
@requires(Permission.SEE_PROPOSALS)
@blueprint.arguments(ApproveManyInput)
@command
@blueprint.response(HTTPStatus.OK, ApprovedOutput)
def approve_proposals(wish: dict[str, Any], *, session: Session, by: Actor, at: datetime) -> dict[str, list[str]]:
    """Make orders of several proposals, all or none: one for each supplier and warehouse, one for each way."""
    approved = replenishment.approve_proposals(session, ids_of(wish["proposals"]), by=by, at=at)
    return numbers_made(approved)


@blueprint.post("/proposals/<number>/approve")
@requires(Permission.SEE_PROPOSALS)
@command
@blueprint.response(HTTPStatus.OK, ApprovedOutput)
def approve_proposal(number: str, *, session: Session, by: Actor, at: datetime) -> dict[str, list[str]]:
    """Make an order of a proposal: a transfer order, or the draft of a purchase order."""
    return numbers_made(replenishment.approve_proposals(session, [Proposal.id_of(number)], by=by, at=at))


@blueprint.post("/proposals/<number>/edit")
@requires(Permission.SEE_PROPOSALS)
@blueprint.arguments(EditInput)
@command
@blueprint.response(HTTPStatus.OK, ProposalOutput)
def edit_proposal(wish: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Write another quantity on an open proposal; what was proposed stays beside it."""
    edited = replenishment.edit_proposal(session, Proposal.id_of(number), wish["quantity"], by=by, at=at)
    return _one(session, edited.id, by)


@blueprint.post("/proposals/<number>/supplier")
@requires(Permission.SEE_PROPOSALS)
@blueprint.arguments(ChosenSupplierInput)
@command
@blueprint.response(HTTPStatus.OK, ProposalOutput)
def choose_supplier(wish: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Buy of another supplier, in his packs and at his price; no run takes that back."""
    chosen = replenishment.choose_supplier(session, Proposal.id_of(number), wish["supplier"], by=by, at=at)
    return _one(session, chosen.id, by)


@blueprint.post("/proposals/<number>/reject")
@requires(Permission.SEE_PROPOSALS)
@blueprint.arguments(RejectInput)
@command
@blueprint.response(HTTPStatus.OK, ProposalOutput)
def reject_proposal(wish: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Turn a proposal down, with a reason; it stays down for a week unless clearly more is needed or a repair waits."""
    id = Proposal.id_of(number)
    replenishment.reject_proposals(session, [id], reason=wish["reason"], by=by, at=at)
    return _one(session, id, by)


def _wish(query: dict[str, Any]) -> ReportWish:
    return ReportWish.of({name: value.value if isinstance(value, StrEnum) else value for name, value in query.items()})


def _page(
    session: Session, wanted: ProposalFilter, order: ProposalOrder, query: dict[str, Any], by: Actor
) -> dict[str, Any]:
    page = page_of_proposals(session, wanted, order=order, by=by, cursor=query["cursor"], limit=query["limit"])
    currency = procurement.base_currency(session)
    return {"items": [_proposal(one, currency, by) for one in page.items], "next_cursor": page.next_cursor}


def _one(session: Session, id: int, by: Actor) -> dict[str, Any]:
    session.flush()
    return _proposal(replenishment.get_proposal(session, id, by=by), procurement.base_currency(session), by)


def _proposal(listed: ListedProposal, currency: str, by: Actor) -> dict[str, Any]:
    one = listed.proposal
    sees_purchases = by.may(Permission.SEE_PURCHASES)
    supplier = listed.supplier if sees_purchases else None
    return {
        **{name: getattr(one, name) for name in AS_THEY_ARE},
        "run": PlanningRun(id=one.run_id).number,
        "part": listed.part.number,
        "warehouse": listed.warehouse.code,
        "source": listed.source.code if listed.source else None,
        "supplier": supplier.code if supplier else None,
        "supplier_chosen": one.chosen_supplier_part_id is not None,
        "unit_price": one.unit_price if sees_purchases else None,
        "value": listed.worth if sees_purchases else None,
        "benefit": one.benefit if sees_purchases else None,
        "currency": currency,
        "order": replenishment.order_number(one),
        "turned_down": _turned_down(listed),
    }


def _offer(one: Alternative) -> dict[str, Any]:
    offer, price = one.offer, one.price
    return {
        "supplier": one.supplier.code,
        "chosen": one.chosen,
        "order_minimum": offer.moq,
        "pack_size": offer.pack_size,
        "lead_days": offer.lead_time_days,
        "quantity": one.quantity,
        "price": None if price is None else price.price,
        "price_currency": None if price is None else price.currency,
        "contract": one.contract,
        "value": one.worth,
    }


def _turned_down(listed: ListedProposal) -> dict[str, Any] | None:
    before = listed.turned_down
    if before is None:
        return None
    told = {"number": before.number, "by": listed.turned_down_by}
    return {**told, "at": before.decided_at, "reason": before.decision_reason}


def _lot(lot: Lot | None, by: Actor) -> dict[str, Any]:
    """How many are ordered at once and why, with the figures it comes from; costs for who may see them."""
    if lot is None:
        return {"lot": None, "lot_days": None, "lot_reason": None}
    told = {"lot": lot.quantity, "lot_days": lot.days, "lot_reason": lot.reason, "year_mean": lot.year_mean}
    sees_purchases = by.may(Permission.SEE_PURCHASES)
    return told | {name: getattr(lot, name) if sees_purchases else None for name in LOT_COSTS}


def _figures(opened: OpenedProposal, lot: dict[str, Any]) -> dict[str, Any]:
    ahead = opened.ahead
    return {
        "formula": replenishment.formula_of(opened.proposal),
        "levels": None if opened.level is None else {**_levels(opened.level), **lot},
        "months": [
            {"month": f"{month:%Y-%m}", "asked": asked}
            for month, asked in zip(opened.months, opened.asked, strict=True)
        ],
        "month_ahead": None if ahead is None else {"mean": ahead.mean, "low": ahead.low, "high": ahead.high},
        "waiting": [] if opened.waiting is None else _by_day(opened.waiting),
    }


def _by_day(waiting: Waiting) -> list[dict[str, Any]]:
    """What is waited for, in units and as promises, a row a day."""
    columns = {"days": waiting.days.tolist()}
    for way in WAYS:
        units = getattr(waiting, way)
        columns |= {way: units.tolist(), f"promises_{way}": (units / waiting.demand_size).tolist()}
    return [dict(zip(columns, day, strict=True)) for day in zip(*columns.values(), strict=True)]


def _levels(level: StockLevel) -> dict[str, Any]:
    return {name: getattr(level, name) for name in LEVELS} | {"run": PlanningRun(id=level.run_id).number}
