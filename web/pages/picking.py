"""Picking by scan: the list in walking order, and one task at a time: bin, part, done, next.

Where somebody stands in a task is in the address (`?bin=` once the bin was scanned) and in the database (who has it in
hand), so a handheld that was restarted goes on at the next scan.
"""

from datetime import datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from inventory import identity, ledger, warehousing
from inventory.actor import Actor
from inventory.db import database_now
from inventory.identity import Permission
from inventory.quantity import read_quantity
from inventory.warehousing import PickFailure, PickScan, PickTask, Shortfall, TaskStatus, WrongBin
from inventory.warehousing.tasks import TO_PICK
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.floor import count_walk, place_in_turn
from web.pages import Card, Entry, Screens
from web.scanning import read_bin, read_part
from web.workplace import required_workplace

blueprint = Screens("picking", __name__)
LISTED_MAX = 200


def count_to_pick(session: Session, by: Actor, warehouse_id: int | None, at: datetime) -> int:
    """How many tasks wait to be picked."""
    query = select(func.count()).where(
        PickTask.status.in_(TO_PICK), identity.covers(by, Permission.PICK, PickTask.warehouse_id)
    )
    if warehouse_id is not None:
        query = query.where(PickTask.warehouse_id == warehouse_id)
    return int(session.scalar(query) or 0)


NAVIGATION = (Entry("picking.show_tasks", "Picking", Permission.PICK, order=20, icon="hand-index-thumb"),)
CARDS = (
    Card("picking.show_tasks", "Tasks to pick", Permission.PICK, count_to_pick, order=10, icon="hand-index-thumb"),
)


@blueprint.get("/picking")
@requires(Permission.PICK)
def show_tasks() -> str:
    """What is to be picked in the chosen warehouse, in the order in which it comes to whoever looks."""
    place, by = required_workplace(), current_actor()
    with reading() as session:
        walk = count_walk(session, place.id, by=by, at=database_now(session))
        tasks = warehousing.list_tasks(session, place.id, by=by, limit=LISTED_MAX)
    tasks.sort(key=lambda task: place_in_turn(task, by=by))
    mine = [task for task in tasks if task.claimed_by_id == by.person_id]
    return render_template("picking/list.html", place=place, tasks=tasks, mine=mine, walk=walk)


@blueprint.post("/picking/next")
@requires(Permission.PICK)
@command
def take_next(*, session: Session, by: Actor, at: datetime) -> Response:
    """Take the next task in hand and go to it."""
    return _to_next(session, required_workplace().id, by=by, at=at)


@blueprint.get("/picking/<int:task_id>")
@requires(Permission.PICK)
def show_task(task_id: int) -> str:
    """One task: scan the bin; once that is right, scan the part.

    Raises: WrongBin, which names the right one.
    """
    by, scanned = current_actor(), request.args.get("bin", "")
    with reading() as session:
        task = warehousing.get_task(session, task_id, by=by)
        part_here = [
            row
            for row in ledger.list_positions(session, task.warehouse_id, part_id=task.part_id)
            if row.bin_code == task.bin_code and row.LotBalance.condition is ledger.Condition.GOOD
        ]
        walk = count_walk(session, task.warehouse_id, by=by, at=database_now(session), beside=task.id)
    at_bin = bool(scanned) and _is_bin(task.bin_code, scanned)
    return render_template(
        "picking/task.html",
        task=task,
        at_bin=at_bin,
        open=task.status in TO_PICK,
        lots=sorted({row.lot_number for row in part_here}),
        may_override=by.may(Permission.OVERRIDE_FIFO, task.warehouse_id),
        kinds=list(PickFailure),
        walk=walk,
    )


def _is_bin(code: str, scanned: str) -> bool:
    named = read_bin(scanned)
    if named.upper() != code.upper():
        raise WrongBin(scanned=named, expected=code)
    return True


@blueprint.post("/picking/<int:task_id>/claim")
@requires(Permission.PICK)
@command
def claim(task_id: int, *, session: Session, by: Actor, at: datetime) -> Response:
    """Take this very task in hand."""
    warehousing.claim_task(session, task_id, by=by, at=at)
    return _to(task_id)


@blueprint.post("/picking/<int:task_id>/unclaim")
@requires(Permission.PICK)
@command
def unclaim(task_id: int, *, session: Session, by: Actor, at: datetime) -> Response:
    """Put the task back for others."""
    warehousing.unclaim_task(session, task_id, by=by, at=at)
    flash(gettext("The task is free for others again."), "success")
    return redirect(url_for("picking.show_tasks"), HTTPStatus.SEE_OTHER)


@blueprint.post("/picking/<int:task_id>/confirm")
@requires(Permission.PICK)
@command
def confirm(task_id: int, *, session: Session, by: Actor, at: datetime) -> Response:
    """Book what was scanned as picked, and go to the next task by itself."""
    form = request.form
    label = read_part(session, form.get("part", ""), lot=form.get("lot") or None, serial=form.get("serial") or None)
    rest = form.get("rest", "")
    scan = PickScan(
        bin_code=read_bin(form.get("bin", "")),
        part=label.part,
        quantity=read_quantity(form.get("quantity", "")),
        lot=label.lot,
        serial=label.serial,
        rest=Shortfall(PickFailure(rest), form.get("reason", "")) if rest in set(PickFailure) else None,
        override_reason=form.get("override_reason", "").strip()[:200],
    )
    task = warehousing.confirm_pick(session, task_id, scan, by=by, at=at)
    flash(
        gettext("Picked: %(quantity)s × %(part)s. It goes to staging.", quantity=task.quantity, part=label.part),
        "success",
    )
    return _to_next(session, task.warehouse_id, by=by, at=at)


@blueprint.post("/picking/<int:task_id>/exception")
@requires(Permission.PICK)
@command
def report(task_id: int, *, session: Session, by: Actor, at: datetime) -> Response:
    """Say that pieces are missing or damaged; the line is sourced anew at once."""
    kind = PickFailure.DAMAGED if request.form.get("kind") == PickFailure.DAMAGED.value else PickFailure.SHORT
    task = warehousing.report_exception(
        session,
        task_id,
        kind=kind,
        quantity=read_quantity(request.form.get("quantity", "")),
        reason=request.form.get("reason", "").strip()[:200],
        by=by,
        at=at,
    )
    flash(gettext("Noted: another source is being found for what is missing."), "success")
    if task.status in TO_PICK:
        return _to(task_id)
    return _to_next(session, task.warehouse_id, by=by, at=at)


@blueprint.get("/picking/done")
@requires(Permission.PICK)
def show_done() -> str:
    """Nothing is left to pick: what was picked goes to packing."""
    place, by = required_workplace(), current_actor()
    with reading() as session:
        picked = warehousing.list_tasks(session, place.id, by=by, statuses=[TaskStatus.PICKED], limit=LISTED_MAX)
    return render_template("picking/done.html", place=place, picked=picked)


def _to(task_id: int) -> Response:
    return redirect(url_for("picking.show_task", task_id=task_id), HTTPStatus.SEE_OTHER)


def _to_next(session: Session, warehouse_id: int, *, by: Actor, at: datetime) -> Response:
    """One's own next task, else the next free one, else the end of the walk."""
    mine = warehousing.list_tasks(session, warehouse_id, by=by, claimed_by_id=by.person_id, limit=1)
    if mine:
        return _to(mine[0].id)
    following = warehousing.claim_next(session, warehouse_id, by=by, at=at)
    if following is not None:
        return _to(following.id)
    return redirect(url_for("picking.show_done"), HTTPStatus.SEE_OTHER)
