"""The screen of a proposal: the figures behind its quantity, drawn, and what waiting would cost."""

from flask import render_template, url_for

from inventory import procurement
from inventory.db import database_now
from inventory.identity import Permission
from inventory.planning import replenishment
from inventory.planning.replenishment import OpenedProposal, Proposal, ProposalKind, formula_of
from web.auth import current_actor, requires
from web.db import reading
from web.pages import Screens
from web.policies import local_day
from web.replenishment import REJECT_REASONS
from web.replenishment_charts import draw_months, draw_waiting
from web.transfers import request_address

blueprint = Screens("proposals", __name__)
MONTHS_SHOWN = 24


@blueprint.get("/replenishment/proposals/<number>")
@requires(Permission.SEE_PROPOSALS)
def show_proposal(number: str) -> str:
    """The figures behind a proposal, drawn; and what waiting would cost."""
    return draw_proposal(number)


def draw_proposal(number: str) -> str:
    """The page of a proposal, with what was typed on it."""
    by = current_actor()
    with reading() as session:
        opened = replenishment.open_proposal(session, Proposal.id_of(number), by=by, months=MONTHS_SHOWN)
        currency, day = procurement.base_currency(session), local_day(database_now(session))
        sees = by.may(Permission.SEE_PURCHASES)
        place = (opened.proposal.part_id, opened.proposal.warehouse_id)
        lot = replenishment.tell_lots(session, [place]).get(place)
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
        lot=lot,
        order=_order_made(opened),
        reject_reasons=REJECT_REASONS,
        currency=currency,
        day=day,
    )


def _order_made(opened: OpenedProposal) -> tuple[str, str] | None:
    """The number of the order that a proposal became, and where it is shown."""
    number = replenishment.order_number(opened.proposal)
    if number is None:
        return None
    bought = opened.proposal.kind is ProposalKind.PURCHASE
    return number, purchase_order_address(number) if bought else request_address(number)


def purchase_order_address(number: str) -> str:
    """Where a purchase order is shown."""
    return url_for("purchase_orders.show_order", number=number)
