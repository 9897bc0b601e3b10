"""Screens of suppliers: who sells what for how much, contracts, and how well each of them delivers."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import format_decimal, gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from inventory import catalogue, procurement
from inventory.actor import Actor
from inventory.db import QUANTITY_MAX, database_now
from inventory.errors import RuleBroken
from inventory.identity import Permission
from inventory.procurement import (
    ContractLine,
    ContractWish,
    OrderFilter,
    SoldPart,
    Supplier,
    SupplierPartWish,
    SupplierWish,
    SupplyContract,
)
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import keeping, read_day, required_day, typed, typed_day, typed_figure, typed_whole
from web.pages import Entry, Screens
from web.pages.purchase_forms import contract_prices, price_breaks
from web.paging import LIMIT_DEFAULT, unpack_cursor
from web.policies import local_day
from web.purchasing import part_ids_of
from web.requests import page_of_rows
from web.score_card import draw_score, lead_times

blueprint = Screens("suppliers", __name__)
VIEWS = ("parts", "orders", "contracts", "score", "about")
YEAR = timedelta(days=365)
ORDERS_SHOWN = 50


class SupplierNameMissing(RuleBroken):
    """A supplier has a code and a name."""

    code = "supplier_name_missing"


class SupplierFigureOutOfRange(RuleBroken):
    """A figure of a supplier or of what he sells is larger or smaller than it can be."""

    code = "supplier_figure_out_of_range"


@blueprint.get("/suppliers")
@requires(Permission.SEE_PURCHASES)
def list_suppliers() -> str:
    """Suppliers by code: all of them, or those who fit the words."""
    words = request.args.get("q", "").strip()[:80]
    (after,) = unpack_cursor(request.args["cursor"], [str]) if request.args.get("cursor") else ("",)
    with reading() as session:
        found = procurement.find_suppliers(session, words, by=current_actor(), after=after, limit=LIMIT_DEFAULT + 1)
    page = page_of_rows(found, LIMIT_DEFAULT, lambda one: [one.supplier.code])
    return render_template("purchasing/suppliers.html", page=page, words=words)


@blueprint.get("/suppliers/new")
@requires(Permission.BUY)
def show_new() -> str:
    """The form of a new supplier."""
    with reading() as session:
        currencies = procurement.list_currencies(session)
    return render_template("purchasing/new_supplier.html", currencies=currencies, supplier=None)


@blueprint.post("/suppliers")
@requires(Permission.BUY)
@keeping(show_new)
@command
def add_supplier(*, session: Session, by: Actor, at: datetime) -> Response:
    """Take a supplier on; what was typed stays when it is refused."""
    wish = _supplier_wish(active=True)
    if not typed("code"):
        raise SupplierNameMissing()
    supplier = procurement.add_supplier(session, typed("code")[:40], wish, by=by, at=at)
    flash(gettext("Supplier %(code)s is taken on. Say what he sells.", code=supplier.code), "success")
    return _to(supplier.code, "parts")


# One supplier


@blueprint.get("/suppliers/<supplier_code>")
@requires(Permission.SEE_PURCHASES)
def show_supplier(supplier_code: str) -> str:
    """One supplier: what he sells, his orders, his contracts, his score card, what is known of him."""
    view = request.args.get("view", "")
    return _show(supplier_code, view=view if view in VIEWS else VIEWS[0])


def _show(supplier_code: str, *, view: str) -> str:
    by = current_actor()
    with reading() as session:
        supplier = procurement.get_supplier(session, supplier_code)
        on = local_day(database_now(session))
        shown = {"parts": _parts, "orders": _orders, "contracts": _contracts, "score": _score, "about": _about}[view]
        return render_template(
            "purchasing/supplier.html",
            supplier=supplier,
            view=view,
            views=VIEWS,
            buys=by.may(Permission.BUY),
            currencies=procurement.list_currencies(session),
            on=on,
            **shown(session, supplier, on, by=by),
        )


def _parts(session: Session, supplier: Supplier, on: date, *, by: Actor) -> dict[str, Any]:
    """What he sells with the prices of the day, and the days it takes as stated and as learned."""
    begins = request.args.get("q", "").strip()[:40]
    (after,) = unpack_cursor(request.args["cursor"], [str]) if request.args.get("cursor") else ("",)
    found = procurement.list_sold_parts(session, supplier, by=by, begins=begins, after=after, limit=LIMIT_DEFAULT + 1)
    page = page_of_rows(found, LIMIT_DEFAULT, lambda one: [one.part_number])
    offers = procurement.list_offers(session, [one.part_id for one in page.items], on=on)
    scales = {one.supplier_part_id: one.scales for one in offers}
    return {"page": page, "words": begins, "scales": scales, "drawn": {one.part_id: _drawn(one) for one in page.items}}


def _drawn(one: SoldPart) -> Any:
    sold = one.sold
    return lead_times(float(sold.lead_time_days), sold.learned_days_mean, sold.learned_days_sd)


def _orders(session: Session, supplier: Supplier, on: date, *, by: Actor) -> dict[str, Any]:
    wanted = OrderFilter(supplier_id=supplier.id)
    return {"orders": procurement.list_orders(session, wanted, by=by, limit=ORDERS_SHOWN), "shown_most": ORDERS_SHOWN}


def _contracts(session: Session, supplier: Supplier, on: date, *, by: Actor) -> dict[str, Any]:
    contracts = procurement.list_contracts(session, supplier, by=by)
    prices: dict[int, list[Any]] = {one.id: [] for one in contracts}
    for one in procurement.list_contract_prices(session, list(prices), by=by):
        prices[one.contract_id].append(one)
    return {"contracts": contracts, "prices": prices, "year_on": on + YEAR}


def _score(session: Session, supplier: Supplier, on: date, *, by: Actor) -> dict[str, Any]:
    since, until = request.args.get("since", ""), request.args.get("until", "")
    first, last = read_day(since) if since else on - YEAR, read_day(until) if until else on
    card = procurement.score_card(session, supplier.id, first=first, last=last, by=by)
    return {"card": card, "drawn": draw_score(card), "first": first, "last": last}


def _about(session: Session, supplier: Supplier, on: date, *, by: Actor) -> dict[str, Any]:
    return {}


@blueprint.post("/suppliers/<supplier_code>")
@requires(Permission.BUY)
@keeping(partial(_show, view="about"))
@command
def change_supplier(supplier_code: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Write down what is known of a supplier now; what was typed stays when it is refused."""
    wish = _supplier_wish(active=typed("active") == "yes")
    procurement.change_supplier(session, supplier_code, wish, by=by, at=at)
    flash(gettext("What is known of %(code)s is noted.", code=supplier_code), "success")
    return _to(supplier_code, "about")


def _supplier_wish(*, active: bool) -> SupplierWish:
    if not typed("name_zh"):
        raise SupplierNameMissing()
    return SupplierWish(
        name_zh=typed("name_zh"),
        name_en=typed("name_en"),
        currency=typed("currency"),
        contact=typed("contact"),
        email=typed("email"),
        phone=typed("phone"),
        address=typed("address"),
        payment_terms=typed("payment_terms"),
        minimum_order_value=typed_figure("minimum_order_value") or Decimal(0),
        over_tolerance_percent=_within("over_tolerance_percent", 0, 0, 100),
        under_tolerance_percent=_within("under_tolerance_percent", 0, 0, 100),
        active=active,
    )


def _within(name: str, default: int, least: int, most: int) -> int:
    """A whole number within its bounds. Raises: QuantityUnreadable; SupplierFigureOutOfRange."""
    found = typed_whole(name)
    found = default if found is None else found
    if not least <= found <= most:
        raise SupplierFigureOutOfRange(figure=found, least=least, most=most)
    return found


# What he sells


@blueprint.post("/suppliers/<supplier_code>/parts")
@requires(Permission.BUY)
@keeping(partial(_show, view="parts"))
@command
def sell_part(supplier_code: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Write down how he sells a part; what was typed stays when it is refused."""
    supplier = procurement.get_supplier(session, supplier_code)
    part = catalogue.get_part(session, typed("part"))
    wish = SupplierPartWish(
        part_id=part.id,
        lead_time_days=_within("lead_time_days", 0, 0, 999),
        priority=_within("priority", 1, 1, 9),
        supplier_part_number=typed("supplier_part_number"),
        moq=_within("moq", 1, 1, QUANTITY_MAX),
        pack_size=_within("pack_size", 1, 1, QUANTITY_MAX),
        active=typed("active") != "no",
        breaks=price_breaks("breaks"),
        currency=typed("currency"),
        valid_from=typed_day("valid_from"),
    )
    procurement.sell_part(session, supplier, wish, by=by, at=at)
    flash(gettext("%(supplier)s sells %(part)s as noted.", supplier=supplier.code, part=part.number), "success")
    return _to(supplier_code, "parts", q=part.number)


# Contracts


@blueprint.post("/suppliers/<supplier_code>/contracts")
@requires(Permission.BUY)
@keeping(partial(_show, view="contracts"))
@command
def conclude_contract(supplier_code: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Write a contract down; what was typed stays when it is refused."""
    supplier = procurement.get_supplier(session, supplier_code)
    lines = contract_prices("lines")
    parts = part_ids_of(session, [part for part, _, _ in lines])
    wish = ContractWish(
        valid_from=required_day("valid_from"),
        valid_to=required_day("valid_to"),
        lines=[ContractLine(parts[part], price, from_quantity) for part, from_quantity, price in lines],
        reference=typed("reference"),
        currency=typed("currency"),
    )
    contract = procurement.conclude_contract(session, supplier, wish, by=by, at=at)
    flash(gettext("Contract %(number)s is noted.", number=contract.number), "success")
    return _to(supplier_code, "contracts")


@blueprint.post("/suppliers/<supplier_code>/contracts/<number>/end")
@requires(Permission.BUY)
@command
def end_contract(supplier_code: str, number: str, *, session: Session, by: Actor, at: datetime) -> Response:
    """Let a contract end on another day than was agreed."""
    procurement.end_contract(
        session, SupplyContract.id_of(number), valid_to=required_day("valid_to"), reason=typed("reason"), by=by, at=at
    )
    flash(gettext("Contract %(number)s ends on that day.", number=number), "success")
    return _to(supplier_code, "contracts")


def _to(supplier_code: str, view: str, **more: str) -> Response:
    address = url_for("suppliers.show_supplier", supplier_code=supplier_code, view=view, **more)
    return redirect(address, HTTPStatus.SEE_OTHER)


@blueprint.app_template_filter("score_percent")
def tell_score_percent(share: float | None) -> str:
    """A share in percent with one decimal."""
    return "" if share is None else f"{format_decimal(100 * share, format='#,##0.#')} %"


NAVIGATION = (Entry("suppliers.list_suppliers", "Suppliers", Permission.SEE_PURCHASES, order=45, icon="building"),)
