"""The planners' figures, and the lists behind them."""

from http import HTTPStatus
from typing import Any

from inventory import procurement, reporting
from inventory.db import database_now
from inventory.identity import Permission
from inventory.reporting import FillList, PlaceList, Released, ReleasedByKind
from web.api import Blueprint
from web.auth import current_actor, requires
from web.cockpit import CockpitWish, filter_of, page_of_forecasts, page_of_places
from web.db import reading
from web.fills import FillWish, fill_filter_of, page_of_fills
from web.policies import local_day
from web.schemas import page_of
from web.schemas.cockpit import (
    MONTHS_DEFAULT,
    FiguresQuery,
    FillsQuery,
    ForecastMonthsOutput,
    ForecastMonthsQuery,
    ForecastPartOutput,
    ForecastPartsQuery,
    PlaceFillsOutput,
    PlacesQuery,
    PlaceStandingOutput,
    PlanningFiguresOutput,
)

blueprint = Blueprint("api_cockpit", __name__, description="The planners' figures")


@blueprint.get("/reports/planning")
@requires(Permission.SEE_PROPOSALS)
@blueprint.arguments(FiguresQuery, location="query")
@blueprint.response(HTTPStatus.OK, PlanningFiguresOutput)
def show_planning_figures(query: dict[str, Any]) -> dict[str, Any]:
    """Stock against target, shortages, surplus, dead stock, fill, turns, overrides, releases; by tier and division.

    Sums are as of the last nightly run that ended; back-orders, overrides and releases are as of now. An unknown
    division or warehouse, or one out of reach, finds nothing.
    """
    by = current_actor()
    with reading() as session:
        wanted, now = filter_of(session, CockpitWish.of(query), by=by), database_now(session)
        folded = reporting.read_figures(session, wanted, by=by)
        live = {
            "currency": procurement.base_currency(session),
            "months": reporting.list_stock_months(session, wanted, months=MONTHS_DEFAULT, by=by),
            "back_ordered": reporting.count_back_orders(session, wanted, by=by),
            "overrides": reporting.count_overrides_in_force(session, wanted, on=local_day(now), by=by),
            "released": _told(reporting.count_released(session, wanted, at=now, by=by)),
        }
    if folded is None:
        empty: dict[str, Any] = dict.fromkeys(("as_of_on", "folded_at", "surplus_margin", "total"))
        return {**live, **empty, "by_tier": [], "by_division": []}
    return {
        **live,
        "as_of_on": folded.as_of_on,
        "folded_at": folded.folded_at,
        "surplus_margin": folded.margin,
        "total": folded.total,
        "by_tier": [{"tier": tier.value, "figures": figures} for tier, figures in folded.by_tier],
        "by_division": folded.by_division,
    }


def _told(released: ReleasedByKind) -> dict[str, Any]:
    names = ("by_itself", "by_people", "waiting", "without_stock", "share")

    def told(one: Released) -> dict[str, Any]:
        return {name: getattr(one, name) for name in names}

    return {
        **told(released.total),
        "by_kind": [{"kind": kind.value, **told(one)} for kind, one in released.by_kind],
    }


@blueprint.get("/reports/planning/places")
@requires(Permission.SEE_PROPOSALS)
@blueprint.arguments(PlacesQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(PlaceStandingOutput))
def list_planning_places(query: dict[str, Any]) -> dict[str, Any]:
    """The part-places behind a figure, most money first: what is missing, the surplus, else what lies there."""
    by = current_actor()
    with reading() as session:
        wanted = filter_of(session, CockpitWish.of(query), by=by)
        page = page_of_places(
            session, PlaceList(query["list"]), wanted, by=by, cursor=query["cursor"], limit=query["limit"]
        )
    return {"items": page.items, "next_cursor": page.next_cursor}


@blueprint.get("/reports/planning/fill")
@requires(Permission.SEE_PROPOSALS)
@blueprint.arguments(FillsQuery, location="query")
@blueprint.response(HTTPStatus.OK, PlaceFillsOutput)
def list_planning_fills(query: dict[str, Any]) -> dict[str, Any]:
    """The part-places behind a figure of fill, those that miss most first, and what they add up to."""
    by, which = current_actor(), FillList(query["list"])
    with reading() as session:
        wanted = fill_filter_of(session, FillWish.of(query), by=by)
        page = page_of_fills(session, which, wanted, by=by, cursor=query["cursor"], limit=query["limit"])
        total = reporting.sum_fills(session, which, wanted, by=by)
    return {"items": page.items, "next_cursor": page.next_cursor, "total": total}


@blueprint.get("/reports/planning/forecasts")
@requires(Permission.SEE_PROPOSALS)
@blueprint.arguments(ForecastMonthsQuery, location="query")
@blueprint.response(HTTPStatus.OK, ForecastMonthsOutput)
def list_planning_forecasts(query: dict[str, Any]) -> dict[str, Any]:
    """How the forecasts that stood when each month began did against what was asked for, over the whole network."""
    by = current_actor()
    with reading() as session:
        wanted = filter_of(session, CockpitWish.of(query), by=by)
        return {"items": reporting.list_forecast_months(session, wanted, months=query["months"], by=by)}


@blueprint.get("/reports/planning/forecasts/parts")
@requires(Permission.SEE_PROPOSALS)
@blueprint.arguments(ForecastPartsQuery, location="query")
@blueprint.response(HTTPStatus.OK, page_of(ForecastPartOutput))
def list_planning_forecast_parts(query: dict[str, Any]) -> dict[str, Any]:
    """A month's forecasts part by part, those that missed most money first."""
    by = current_actor()
    with reading() as session:
        wanted = filter_of(session, CockpitWish.of(query), by=by)
        page = page_of_forecasts(session, query["month"], wanted, by=by, cursor=query["cursor"], limit=query["limit"])
    return {"items": page.items, "next_cursor": page.next_cursor}
