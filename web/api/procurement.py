"""Procurement: suppliers and their prices, contracts, rates, who approves how much."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory import catalogue, identity, procurement
from inventory.actor import Actor
from inventory.db import database_now
from inventory.identity import Permission, Person
from inventory.procurement import (
    ContractLine,
    ContractWish,
    ExchangeRate,
    Offer,
    PriceBreak,
    ScoreCard,
    Supplier,
    SupplierPartWish,
    SupplierWish,
    SupplyContract,
)
from web.api import Blueprint
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.paging import pack_cursor, unpack_cursor
from web.policies import local_day
from web.purchasing import part_ids_of
from web.schemas import PageQuery, page_of
from web.schemas.procurement import (
    ApprovalsOutput,
    ContractEndInput,
    ContractInput,
    ContractOutput,
    LimitInput,
    NewSupplierInput,
    OfferOutput,
    OffersQuery,
    RateInput,
    RateOutput,
    ScoreOutput,
    ScoreQuery,
    StepsInput,
    SupplierInput,
    SupplierOutput,
    SupplierPartInput,
    SupplierPartOutput,
)

YEAR = timedelta(days=365)
blueprint = Blueprint("api_procurement", __name__, description="Suppliers, prices, contracts, rates, approval limits")


@blueprint.get("/suppliers")
@requires(Permission.SEE_PURCHASES)
@blueprint.response(HTTPStatus.OK, SupplierOutput(many=True))
def list_suppliers() -> list[Supplier]:
    """All suppliers, by code."""
    with reading() as session:
        return list(procurement.list_suppliers(session, by=current_actor()))


@blueprint.post("/suppliers")
@requires(Permission.BUY)
@blueprint.arguments(NewSupplierInput)
@command
@blueprint.response(HTTPStatus.CREATED, SupplierOutput)
def add_supplier(body: dict[str, Any], *, session: Session, by: Actor, at: datetime) -> Supplier:
    """Take a supplier on."""
    return procurement.add_supplier(session, body.pop("code"), SupplierWish(**body), by=by, at=at)


@blueprint.get("/suppliers/<supplier_code>")
@requires(Permission.SEE_PURCHASES)
@blueprint.response(HTTPStatus.OK, SupplierOutput)
def get_supplier(supplier_code: str) -> Supplier:
    """A supplier."""
    with reading() as session:
        return procurement.get_supplier(session, supplier_code)


@blueprint.post("/suppliers/<supplier_code>")
@requires(Permission.BUY)
@blueprint.arguments(SupplierInput)
@command
@blueprint.response(HTTPStatus.OK, SupplierOutput)
def change_supplier(body: dict[str, Any], supplier_code: str, *, session: Session, by: Actor, at: datetime) -> Supplier:
    """Write down what is known of a supplier now."""
    return procurement.change_supplier(session, supplier_code, SupplierWish(**body), by=by, at=at)


@blueprint.get("/suppliers/<supplier_code>/parts")
@requires(Permission.SEE_PURCHASES)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(SupplierPartOutput))
def list_supplier_parts(query: dict[str, Any], supplier_code: str) -> dict[str, Any]:
    """What a supplier sells, by part number."""
    (after,) = unpack_cursor(query["cursor"], [str]) if query["cursor"] else ("",)
    limit = query["limit"]
    with reading() as session:
        supplier = procurement.get_supplier(session, supplier_code)
        sold = procurement.list_sold_parts(session, supplier, by=current_actor(), after=after, limit=limit + 1)
    more = len(sold) > limit
    return {"items": sold[:limit], "next_cursor": pack_cursor([sold[limit - 1].part_number]) if more else None}


@blueprint.post("/suppliers/<supplier_code>/parts")
@requires(Permission.BUY)
@blueprint.arguments(SupplierPartInput)
@command
@blueprint.response(HTTPStatus.OK, SupplierPartOutput)
def sell_part(body: dict[str, Any], supplier_code: str, *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Write down how a supplier sells a part and, with breaks, for how much from a day on."""
    supplier = procurement.get_supplier(session, supplier_code)
    part = catalogue.get_part(session, body.pop("part"))
    breaks = tuple(PriceBreak(**one) for one in body.pop("breaks"))
    sold = procurement.sell_part(
        session, supplier, SupplierPartWish(part_id=part.id, breaks=breaks, **body), by=by, at=at
    )
    return {"part_number": part.number, "part_name_zh": part.name_zh, "part_name_en": part.name_en, "sold": sold}


@blueprint.get("/parts/<number>/offers")
@requires(Permission.SEE_PURCHASES)
@blueprint.arguments(OffersQuery, location="query")
@blueprint.response(HTTPStatus.OK, OfferOutput(many=True))
def list_offers(query: dict[str, Any], number: str) -> list[dict[str, Any]]:
    """Who sells a part for how much on a day; whom to ask first stands first."""
    with reading() as session:
        part = catalogue.get_part(session, number)
        on: date = query["on"] or database_now(session).date()
        offers = procurement.list_offers(session, [part.id], on=on)
        ids = {one.supplier_id for one in offers}
        rows = session.execute(select(Supplier.id, Supplier.code).where(Supplier.id.in_(ids)))
        codes = {row.id: row.code for row in rows}
    return [_offer(one, codes[one.supplier_id]) for one in offers]


def _offer(offer: Offer, supplier: str) -> dict[str, Any]:
    return {
        "supplier": supplier,
        "priority": offer.priority,
        "moq": offer.moq,
        "pack_size": offer.pack_size,
        "lead_time_days": offer.lead_time_days,
        "lead_time_days_sd": offer.lead_time_days_sd,
        "scales": [
            {
                "contract": None if one.contract_id is None else SupplyContract(id=one.contract_id).number,
                "currency": one.currency,
                "breaks": [{"from_quantity": step.from_quantity, "price": str(step.price)} for step in one.breaks],
            }
            for one in offer.scales
        ],
    }


@blueprint.get("/suppliers/<supplier_code>/score")
@requires(Permission.SEE_PURCHASES)
@blueprint.arguments(ScoreQuery, location="query")
@blueprint.response(HTTPStatus.OK, ScoreOutput)
def show_score(query: dict[str, Any], supplier_code: str) -> ScoreCard:
    """What a supplier did between two days."""
    with reading() as session:
        supplier = procurement.get_supplier(session, supplier_code)
        last = query["last"] or local_day(database_now(session))
        first = query["first"] or last - YEAR
        return procurement.score_card(session, supplier.id, first=first, last=last, by=current_actor())


# Contracts and rates


@blueprint.get("/suppliers/<supplier_code>/contracts")
@requires(Permission.SEE_PURCHASES)
@blueprint.response(HTTPStatus.OK, ContractOutput(many=True))
def list_contracts(supplier_code: str) -> list[SupplyContract]:
    """The contracts with a supplier, the last to end first."""
    with reading() as session:
        supplier = procurement.get_supplier(session, supplier_code)
        return list(procurement.list_contracts(session, supplier, by=current_actor()))


@blueprint.post("/suppliers/<supplier_code>/contracts")
@requires(Permission.BUY)
@blueprint.arguments(ContractInput)
@command
@blueprint.response(HTTPStatus.CREATED, ContractOutput)
def conclude_contract(
    body: dict[str, Any], supplier_code: str, *, session: Session, by: Actor, at: datetime
) -> SupplyContract:
    """Write down prices agreed with a supplier for a time."""
    supplier = procurement.get_supplier(session, supplier_code)
    parts = part_ids_of(session, [line["part"] for line in body["lines"]])
    lines = [ContractLine(parts[one["part"]], one["price"], one["from_quantity"]) for one in body.pop("lines")]
    return procurement.conclude_contract(session, supplier, ContractWish(lines=lines, **body), by=by, at=at)


@blueprint.post("/supply-contracts/<number>/end")
@requires(Permission.BUY)
@blueprint.arguments(ContractEndInput)
@command
@blueprint.response(HTTPStatus.OK, ContractOutput)
def end_contract(body: dict[str, Any], number: str, *, session: Session, by: Actor, at: datetime) -> SupplyContract:
    """Let a contract end on another day than was agreed."""
    return procurement.end_contract(session, SupplyContract.id_of(number), **body, by=by, at=at)


@blueprint.get("/exchange-rates")
@requires(Permission.SEE_PURCHASES)
@blueprint.response(HTTPStatus.OK, RateOutput(many=True))
def list_rates() -> list[ExchangeRate]:
    """What currencies were worth, newest first."""
    with reading() as session:
        return list(procurement.list_rates(session))


@blueprint.post("/exchange-rates")
@requires(Permission.BUY)
@blueprint.arguments(RateInput)
@command
@blueprint.response(HTTPStatus.OK, RateOutput)
def set_rate(body: dict[str, Any], *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Write down what a currency is worth from a day on."""
    found = {**body, "rate": Decimal(body["rate"])}
    procurement.set_rate(session, found["currency"], valid_from=found["valid_from"], rate=found["rate"], by=by, at=at)
    return found


# Who approves how much


@blueprint.get("/approvals")
@requires(Permission.SEE_PURCHASES, Permission.SET_APPROVALS)
@blueprint.response(HTTPStatus.OK, ApprovalsOutput)
def show_approvals() -> dict[str, Any]:
    """From which amount on how many must approve, and up to which amount each may."""
    with reading() as session:
        return _approvals(session, by=current_actor())


@blueprint.post("/approvals/limits")
@requires(Permission.SET_APPROVALS)
@blueprint.arguments(LimitInput)
@command
@blueprint.response(HTTPStatus.OK, ApprovalsOutput)
def set_limit(body: dict[str, Any], *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Say up to which amount somebody approves; without a log-in: everybody who has no limit of his own."""
    person = identity.get_person(session, body["login"]) if body["login"] else None
    procurement.set_limit(session, person.id if person else None, body["amount_max"], by=by, at=at)
    return _approvals(session, by=by)


@blueprint.post("/approvals/steps")
@requires(Permission.SET_APPROVALS)
@blueprint.arguments(StepsInput)
@command
@blueprint.response(HTTPStatus.OK, ApprovalsOutput)
def set_steps(body: dict[str, Any], *, session: Session, by: Actor, at: datetime) -> dict[str, Any]:
    """Say from which amount on how many must approve."""
    steps = {one["amount_from"]: one["approvals"] for one in body["steps"]}
    if len(steps) < len(body["steps"]):
        raise procurement.StepsIncomplete()
    procurement.set_steps(session, steps, by=by, at=at)
    return _approvals(session, by=by)


def _approvals(session: Session, *, by: Actor) -> dict[str, Any]:
    limits = procurement.list_limits(session, by=by)
    ids = [one.person_id for one in limits if one.person_id is not None]
    rows = session.execute(select(Person.id, Person.login).where(Person.id.in_(ids)))
    logins = {row.id: row.login for row in rows}
    return {
        "currency": procurement.base_currency(session),
        "steps": list(procurement.list_steps(session, by=by)),
        "limits": [
            {"login": logins[one.person_id] if one.person_id else None, "amount_max": one.amount_max} for one in limits
        ],
    }
