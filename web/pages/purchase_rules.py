"""Screens of what procurement goes by: what currencies are worth, how many must approve, and who up to which amount."""

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from inventory import identity, procurement
from inventory.actor import Actor
from inventory.db import database_now
from inventory.identity import Permission, Person
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import keeping, read_figure, required_day, required_rate, typed
from web.pages import Entry, Screens
from web.pages.suppliers import SupplierFigureOutOfRange
from web.policies import local_day

blueprint = Screens("purchase_rules", __name__)
APPROVALS_MAX = 5
EMPTY_STEPS = 2  # rows offered for further steps


# What currencies are worth


@blueprint.get("/exchange-rates")
@requires(Permission.SEE_PURCHASES)
def show_rates() -> str:
    """What each currency is worth today, and what was written down before."""
    with reading() as session:
        on = local_day(database_now(session))
        return render_template(
            "purchasing/rates.html",
            currencies=procurement.list_currencies(session),
            base=procurement.base_currency(session),
            today=procurement.rates_on(session, on),
            rates=procurement.list_rates(session),
            buys=current_actor().may(Permission.BUY),
            on=on,
        )


@blueprint.post("/exchange-rates")
@requires(Permission.BUY)
@keeping(show_rates)
@command
def set_rate(*, session: Session, by: Actor, at: datetime) -> Response:
    """Write down what a currency is worth from a day on; what was typed stays when it is refused."""
    day, rate = required_day("valid_from"), required_rate("rate")
    procurement.set_rate(session, typed("currency"), valid_from=day, rate=rate, by=by, at=at)
    flash(gettext("The rate is noted. Orders that were submitted keep theirs."), "success")
    return redirect(url_for("purchase_rules.show_rates"), HTTPStatus.SEE_OTHER)


# Who approves how much


@blueprint.get("/purchase-approval-rules")
@requires(Permission.SEE_PURCHASES, Permission.SET_APPROVALS)
def show_approvals() -> str:
    """From which amount on how many must approve, and up to which amount each may."""
    by = current_actor()
    with reading() as session:
        limits = procurement.list_limits(session, by=by)
        ids = [one.person_id for one in limits if one.person_id is not None]
        people = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(ids)))}
        return render_template(
            "purchasing/approvals.html",
            base=procurement.base_currency(session),
            steps=procurement.list_steps(session, by=by),
            limits=limits,
            people=people,
            sets=by.may(Permission.SET_APPROVALS),
            empty_steps=EMPTY_STEPS,
            approvals_max=APPROVALS_MAX,
        )


@blueprint.post("/purchase-approval-rules/steps")
@requires(Permission.SET_APPROVALS)
@keeping(show_approvals)
@command
def set_steps(*, session: Session, by: Actor, at: datetime) -> Response:
    """Say from which amount on how many must approve."""
    rows = zip(request.form.getlist("amount_from"), request.form.getlist("approvals"), strict=False)
    named = [(read_figure(amount), _approvals(approvals)) for amount, approvals in rows if amount.strip()]
    steps: dict[Decimal, int] = dict(named)
    if len(steps) < len(named):
        raise procurement.StepsIncomplete()
    procurement.set_steps(session, steps, by=by, at=at)
    flash(gettext("The steps hold from now on, for orders that wait as well."), "success")
    return _to_approvals()


@blueprint.post("/purchase-approval-rules/limits")
@requires(Permission.SET_APPROVALS)
@keeping(show_approvals)
@command
def set_limit(*, session: Session, by: Actor, at: datetime) -> Response:
    """Say up to which amount somebody approves; without a log-in: everybody who has no limit of his own."""
    person = identity.get_person(session, typed("login")) if typed("login") else None
    amount_max = None if typed("unlimited") else read_figure(typed("amount_max"))
    procurement.set_limit(session, person.id if person else None, amount_max, by=by, at=at)
    flash(gettext("The limit holds from now on."), "success")
    return _to_approvals()


def _approvals(text: str) -> int:
    if text not in {str(one) for one in range(APPROVALS_MAX + 1)}:
        raise SupplierFigureOutOfRange(figure=text[:20], least=0, most=APPROVALS_MAX)
    return int(text)


def _to_approvals() -> Response:
    return redirect(url_for("purchase_rules.show_approvals"), HTTPStatus.SEE_OTHER)


NAVIGATION = (
    Entry(
        "purchase_rules.show_rates",
        "Exchange rates",
        Permission.SEE_PURCHASES,
        order=46,
        icon="currency-exchange",
    ),
    Entry(
        "purchase_rules.show_approvals",
        "Approval of purchases",
        Permission.SET_APPROVALS,
        order=94,
        icon="shield-check",
    ),
)
