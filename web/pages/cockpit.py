"""Screens of the planners' cockpit: the figures, and the list behind each of them, to look at and as a file."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from babel.numbers import format_compact_decimal
from flask import Response, render_template, request
from flask_babel import format_decimal, get_locale
from sqlalchemy.orm import Session

from inventory import procurement, reporting
from inventory.actor import Actor
from inventory.db import database_now
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.network import Tier
from inventory.planning import policies, replenishment
from inventory.reporting import FigureFilter, PlaceList
from web.auth import current_actor, requires
from web.cockpit import (
    FILE_ROWS_MAX,
    CockpitWish,
    filter_of,
    head_of_forecasts,
    head_of_places,
    month_of,
    page_of_forecasts,
    page_of_places,
    rows_of_forecasts,
    rows_of_places,
)
from web.cockpit_charts import against, draw_forecasts, draw_stock, shares
from web.connectors.files.writing import write_table
from web.db import reading
from web.exports import note_export
from web.forms import word_in
from web.pages import Card, Entry, Screens
from web.pages.imports import written
from web.paging import LIMIT_DEFAULT
from web.policies import divisions_by_id, local_day
from web.workplace import chosen_workplace

blueprint = Screens("cockpit", __name__)
MONTHS = 12
SMALL_MONEY = 10_000
RUNS = 8
MANY_ORDERS = 100
DEAD = (PlaceList.DEAD_90, PlaceList.DEAD_180, PlaceList.DEAD_365)
COUNTED = {one: f"{one.value}_places" for one in (PlaceList.SURPLUS, PlaceList.OVERRIDDEN, PlaceList.HELD, *DEAD)}
WEIGHED = {
    PlaceList.SHORT: "short_missing_value",
    PlaceList.EMPTY: "empty_missing_value",
    PlaceList.HELD: "on_hand_value",
    **{one: f"{one.value}_value" for one in (PlaceList.SURPLUS, PlaceList.UNPLANNED, *DEAD)},
}


@blueprint.app_template_filter("short_money")
def tell_short_money(amount: Decimal) -> str:
    """An amount in its first digits: 12.3M, 1230万; a small one in whole units."""
    if abs(amount) < SMALL_MONEY:
        return str(format_decimal(amount, format="#,##0"))
    return str(format_compact_decimal(amount, locale=get_locale(), fraction_digits=1))


@blueprint.app_template_filter("share")
def tell_share(share: float | None) -> str:
    """A share in percent, one decimal, on one line; of nothing there is none."""
    return "–" if share is None else f"{format_decimal(share * 100, '#,##0.0')}\u00a0%"


@blueprint.app_template_filter("ratio")
def tell_ratio(figure: float | None) -> str:
    """A ratio with one decimal."""
    return "–" if figure is None else str(format_decimal(figure, "#,##0.0"))


@blueprint.app_template_filter("figure_of_orders")
def tell_orders(orders: float) -> str:
    """Orders a day: one decimal of many, three significant digits of few."""
    return str(format_decimal(orders, "#,##0.0") if orders >= MANY_ORDERS else format_decimal(orders, "@@@"))


@blueprint.get("/planning/cockpit")
@requires(Permission.SEE_PROPOSALS)
def show_cockpit() -> str:
    """All figures within reach, or of a tier, a division, a warehouse."""
    by, wish = current_actor(), told_wish(CockpitWish)
    with reading() as session:
        wanted, now = filter_of(session, wish, by=by), database_now(session)
        folded = reporting.read_figures(session, wanted, by=by)
        shown = {
            "waiting": reporting.count_back_orders(session, wanted, by=by),
            "overrides": reporting.count_overrides_in_force(session, wanted, on=local_day(now), by=by),
            "released": reporting.count_released(session, wanted, at=now, by=by),
            "stock": reporting.list_stock_months(session, wanted, months=MONTHS, by=by),
            "forecasts": reporting.list_forecast_months(session, wanted, months=MONTHS, by=by),
            "runs": replenishment.list_runs(session, by=by, limit=RUNS),
            "divisions": divisions_by_id(session),
            "margin_now": policies.show_settings(session, by=by).figures["surplus_margin"]
            if by.may(Permission.SEE_POLICIES)
            else None,
        }
    total = folded.total if folded else None
    return render_template(
        "cockpit/cockpit.html",
        wish=wish,
        folded=folded,
        total=total,
        tiers=list(Tier),
        dead=_dead(total) if total else [],
        sees_forecasts=reporting.sees_forecasts(by),
        stock_chart=draw_stock(shown["stock"]),
        forecast_chart=draw_forecasts(shown["forecasts"]),
        shares=shares,
        against=against,
        fill_days=reporting.FILL_DAYS,
        release_days=reporting.RELEASE_DAYS,
        expiring_days=reporting.EXPIRING_DAYS,
        **shown,
    )


@blueprint.get("/planning/cockpit/places")
@requires(Permission.SEE_PROPOSALS)
def list_places() -> str:
    """The part-places behind a figure, most money first."""
    by, wish, which = current_actor(), told_wish(CockpitWish), _which()
    with reading() as session:
        wanted = filter_of(session, wish, by=by)
        page = page_of_places(session, which, wanted, by=by, cursor=request.args.get("cursor"), limit=LIMIT_DEFAULT)
        folded = reporting.read_figures(session, wanted, by=by)
        divisions = divisions_by_id(session)
        currency = procurement.base_currency(session)
    return render_template(
        "cockpit/places.html",
        which=which,
        lists=list(PlaceList),
        wish=wish,
        page=page,
        folded=folded,
        count=_count(folded.total, which) if folded else 0,
        money=_money(folded.total, which) if folded else None,
        divisions=divisions,
        tiers=list(Tier),
        currency=currency,
        most=FILE_ROWS_MAX,
    )


@blueprint.get("/planning/cockpit/places/file")
@requires(Permission.SEE_PROPOSALS)
def fetch_places() -> Response:
    """A list as a workbook or as CSV."""
    wish, which = told_wish(CockpitWish), _which()

    def rows(session: Session, by: Actor) -> Iterator[Sequence[Any]]:
        return rows_of_places(session, which, filter_of(session, wish, by=by), by=by)

    return download(f"places-{which.value}", wish, head_of_places(), rows)


@blueprint.get("/planning/cockpit/forecasts")
@requires(Permission.SEE_PROPOSALS)
def list_forecasts() -> str:
    """How the forecasts of a month that is over did, part by part, the most missed first."""
    by, wish = current_actor(), told_wish(CockpitWish)
    with reading() as session:
        wanted = filter_of(session, wish, by=by)
        months = reporting.list_forecast_months(session, wanted, months=MONTHS, by=by)
        month = month_of(request.args.get("month", "")) or (months[-1].month if months else None)
        cursor = request.args.get("cursor")
        page = page_of_forecasts(session, month, wanted, by=by, cursor=cursor, limit=LIMIT_DEFAULT) if month else None
        divisions = divisions_by_id(session)
        currency = procurement.base_currency(session)
    return render_template(
        "cockpit/forecasts.html",
        wish=wish,
        months=months,
        month=month,
        of_month=next((one for one in months if one.month == month), None),
        page=page,
        divisions=divisions,
        currency=currency,
        sees_forecasts=reporting.sees_forecasts(by),
        parts_most=reporting.PARTS_MOST,
    )


@blueprint.get("/planning/cockpit/forecasts/file")
@requires(Permission.SEE_PROPOSALS)
def fetch_forecasts() -> Response:
    """A month's forecasts as a workbook or as CSV."""
    wish, month = told_wish(CockpitWish), month_of(request.args.get("month", ""))
    if month is None:
        raise NotFound()

    def rows(session: Session, by: Actor) -> Iterator[Sequence[Any]]:
        return rows_of_forecasts(session, month, filter_of(session, wish, by=by), by=by)

    return download(f"forecasts-{month:%Y-%m}", wish, head_of_forecasts(), rows)


Rows = Callable[[Session, Actor], Iterator[Sequence[Any]]]


def download(name: str, wish: CockpitWish, head: Sequence[str], rows: Rows) -> Response:
    """A list as a download, noted in the trail of who took what."""
    by, suffix = current_actor(), request.args.get("format", "xlsx")

    def write(path: Path) -> None:
        with reading() as session:
            count = write_table(path, head, rows(session, by))
        note_export(name, by=by, rows=count, format=suffix, **wish.arguments())

    return written(write, name, suffix)


Wish = TypeVar("Wish", bound=CockpitWish)


def told_wish(kind: type[Wish]) -> Wish:
    """What is asked for; a chosen workplace narrows it unless another warehouse, or none, is typed."""
    place, told = chosen_workplace(), dict(request.args)
    if place and "warehouse" not in told:
        told["warehouse"] = place.code
    return kind.of(told)


def _which() -> PlaceList:
    return word_in(PlaceList, request.args.get("list", "")) or PlaceList.EMPTY


def _count(total: reporting.Figures, which: PlaceList) -> int:
    """How many part-places a list holds, as the figures say."""
    return int(getattr(total, COUNTED.get(which, which.value)))


def _money(total: reporting.Figures, which: PlaceList) -> Decimal | None:
    """What the money of a list adds up to, as the figures say; None where they do not."""
    amount: Decimal | None = getattr(total, WEIGHED[which]) if which in WEIGHED else None
    return amount


def _dead(total: reporting.Figures) -> list[tuple[PlaceList, int, int, Decimal]]:
    """Dead stock by its days: the list, the days, how many part-places, and their money."""
    return [
        (one, int(one.value.removeprefix("dead_")), _count(total, one), getattr(total, f"{one.value}_value"))
        for one in DEAD
    ]


def _count_empty(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    """How many part-places had nothing free of what is asked for, as of the last fold."""
    folded = reporting.read_figures(session, FigureFilter(warehouse_id=warehouse_id), by=by)
    return folded.total.empty if folded else 0


NAVIGATION = (
    Entry("cockpit.show_cockpit", "Planner's cockpit", Permission.SEE_PROPOSALS, order=70, icon="speedometer2"),
)
CARDS = (
    Card(
        "cockpit.list_places", "Nothing free of what is asked for", Permission.RUN_PLANNING, _count_empty, 44,
        icon="clipboard-x",
    ),
)  # fmt: skip
