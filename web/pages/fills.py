"""Screens of the lists behind every figure of fill: of the cockpit, of overrides, of each rule of service."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response, render_template, request
from sqlalchemy.orm import Session

from inventory import reporting
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.network import Tier
from inventory.planning import policies
from inventory.reporting import FillList
from web.auth import current_actor, requires
from web.cockpit import FILE_ROWS_MAX
from web.db import reading
from web.fills import FillWish, fill_filter_of, head_of_fills, page_of_fills, rows_of_fills
from web.forms import word_in
from web.pages import Screens
from web.pages.cockpit import download, told_wish
from web.paging import LIMIT_DEFAULT
from web.policies import divisions_by_id

blueprint = Screens("fills", __name__)


@blueprint.get("/planning/cockpit/fill")
@requires(Permission.SEE_PROPOSALS)
def list_fills() -> str:
    """The part-places behind a figure of fill, those that miss most first; above them what they add up to."""
    by, wish, which = current_actor(), told_wish(FillWish), _which()
    with reading() as session:
        wanted = fill_filter_of(session, wish, by=by)
        page = page_of_fills(session, which, wanted, by=by, cursor=request.args.get("cursor"), limit=LIMIT_DEFAULT)
        total = reporting.sum_fills(session, which, wanted, by=by)
        folded = reporting.read_figures(session, wanted, by=by)
        rule = policies.get_policy(session, wanted.policy_id, by=by) if wanted.policy_id is not None else None
        divisions = divisions_by_id(session)
    return render_template(
        "cockpit/fills.html",
        which=which,
        lists=list(FillList),
        wish=wish,
        page=page,
        total=total,
        folded=folded,
        rule=rule,
        divisions=divisions,
        tiers=list(Tier),
        days=reporting.FILL_DAYS,
        most=FILE_ROWS_MAX,
    )


@blueprint.get("/planning/cockpit/fill/file")
@requires(Permission.SEE_PROPOSALS)
def fetch_fills() -> Response:
    """A list as a workbook or as CSV."""
    wish, which = told_wish(FillWish), _which()

    def rows(session: Session, by: Actor) -> Iterator[Sequence[Any]]:
        return rows_of_fills(session, which, fill_filter_of(session, wish, by=by), by=by)

    return download(f"fill-{which.value}", wish, head_of_fills(), rows)


def _which() -> FillList:
    return word_in(FillList, request.args.get("list", "")) or FillList.END_DEMAND
