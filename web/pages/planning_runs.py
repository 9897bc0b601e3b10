"""Screens of planning runs: how far each is, what it went by, what it came to; and starting one by hand."""

from datetime import datetime
from http import HTTPStatus

from babel.dates import get_month_names
from flask import flash, redirect, render_template, url_for
from flask_babel import get_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import procurement
from inventory.actor import Actor
from inventory.catalogue import Division
from inventory.identity import Permission
from inventory.planning import replenishment
from inventory.planning.replenishment import PIECE_STEPS, RUN_STEPS, PlanningRun, ProposalFilter, RunTrigger
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import keeping
from web.pages import Entry, Screens
from web.policies import local_day
from web.replenishment_charts import SeasonChart, draw_season

blueprint = Screens("planning_runs", __name__)


@blueprint.get("/replenishment/runs")
@requires(Permission.SEE_PROPOSALS)
def list_runs() -> str:
    """The latest runs, how far each is and what it came to."""
    by = current_actor()
    with reading() as session:
        runs = replenishment.list_runs(session, by=by)
        currency = procurement.base_currency(session)
    return render_template("replenishment/runs.html", runs=runs, currency=currency)


@blueprint.get("/replenishment/runs/<number>")
@requires(Permission.SEE_PROPOSALS)
def show_run(number: str) -> str:
    """One run: what it went by, how far it is, what it came to."""
    by = current_actor()
    with reading() as session:
        run = replenishment.get_run(session, PlanningRun.id_of(number), by=by)
        sums = replenishment.sum_proposals(session, ProposalFilter(run_id=run.id), by=by)
        currency = procurement.base_currency(session)
        seasons = _seasons(session, run)
    sees_purchases = by.may(Permission.SEE_PURCHASES)
    return render_template(
        "replenishment/run.html",
        run=run,
        sums=sums,
        currency=currency,
        sees_purchases=sees_purchases,
        steps=_steps(run),
        at_work=_at_work(run),
        seasons=seasons,
        month_names=get_month_names("abbreviated", "stand-alone", get_locale()),
    )


def _at_work(run: PlanningRun) -> str | None:
    """The step that a run is at, of those that come before its end."""
    if run.started_at is None or run.finished_at is not None:
        return None
    return next((name for name in RUN_STEPS if name not in run.figures.get("seconds", {})), None)


def _seasons(session: Session, run: PlanningRun) -> list[tuple[Division, SeasonChart]]:
    """The divisions whose demand follows the year, as the run found it. They are kept in the order of their ids."""
    divisions = session.scalars(select(Division).order_by(Division.id)).all()
    told = zip(divisions, run.constants.get("seasons", ()), strict=False)
    return [(division, draw_season(factors)) for division, factors in told if set(factors) != {1.0}]


def _steps(run: PlanningRun) -> list[tuple[str, float, bool]]:
    """The seconds of each step, in order; those within pieces, summed over the processes, after the pieces."""
    seconds, within = run.figures.get("seconds", {}), run.figures.get("piece_seconds", {})
    steps = []
    for name in RUN_STEPS:
        if name in seconds:
            steps.append((name, seconds[name], False))
        if name == "pieces":
            steps += [(step, within[step], True) for step in PIECE_STEPS if step in within]
    return steps


@blueprint.post("/replenishment/runs")
@requires(Permission.RUN_PLANNING)
@keeping(list_runs)
@command
def start_run(*, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Ask for a run; one that is at work is shown instead of an error's page."""
    run = replenishment.request_run(session, RunTrigger.MANUAL, on=local_day(at), by=by, at=at)
    flash(gettext("%(number)s is asked for and begins within seconds.", number=run.number), "success")
    return redirect(url_for("planning_runs.list_runs"), HTTPStatus.SEE_OTHER)


NAVIGATION = (Entry("planning_runs.list_runs", "Planning runs", Permission.RUN_PLANNING, order=49, icon="calculator"),)
