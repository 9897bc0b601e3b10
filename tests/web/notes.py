"""A little API and a few screens to try the edge on: they write entries of the audit trail, which can be counted."""

import time
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, render_template_string, request
from marshmallow import fields
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from inventory import audit
from inventory.actor import Actor
from inventory.audit import AuditEntry
from inventory.errors import Conflict
from inventory.identity import Permission, covers
from inventory.network.models import Warehouse
from web.api import Blueprint
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.pages import Screens
from web.paging import read_page
from web.schemas import Input, Instant, Output, PageQuery, Text, Whole, page_of
from web.workplace import required_workplace

api = Blueprint("notes", __name__, url_prefix="/notes")
screens = Screens("note_pages", __name__, url_prefix="/notes")


class NoteTaken(Conflict):
    """Somebody wrote that already."""

    code = "note_taken"


@dataclass(frozen=True)
class NoteWish:
    """What is to be written."""

    subject: str
    times: int = 1
    at: datetime | None = None


class NoteInput(Input):
    """A note to be written."""

    shape = NoteWish
    subject = Text(required=True, most=40)
    times = Whole(most=5)
    at = Instant()


class NoteOutput(Output):
    """A note that was written."""

    id = fields.Integer()
    subject = fields.String()


class NotedWarehouseOutput(Output):
    """A warehouse one may see."""

    code = fields.String()


@api.post("")
@requires(Permission.REQUEST_PARTS)
@api.arguments(NoteInput)
@command
@api.response(HTTPStatus.CREATED, NoteOutput)
def write_note(wish: NoteWish, *, session: Session, by: Actor, at: datetime) -> Any:
    """Write a note."""
    if wish.subject == "taken":
        raise NoteTaken(subject=wish.subject)
    if wish.subject == "bug":
        raise RuntimeError("a bug with a secret")
    if wish.subject == "slow":
        time.sleep(0.5)
    if wish.subject == "waits":
        session.execute(text("SELECT pg_advisory_xact_lock(77)"))
    if wish.subject == "cut":
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    return note(session, wish.subject, by=by, at=at), HTTPStatus.CREATED, {"Location": f"/notes/{wish.subject}"}


@api.post("/rivals")
@requires(Permission.REQUEST_PARTS)
@command
@api.response(HTTPStatus.OK, NoteOutput)
def write_after_rivals(*, session: Session, by: Actor, at: datetime) -> AuditEntry:
    """Write a note after two rivals' locks, taken in an order that another request may take the other way round."""
    for lock in RIVAL_ORDER.pop():
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
        time.sleep(0.2)
    return note(session, "rival", by=by, at=at)


RIVAL_ORDER: list[tuple[int, int]] = []


@api.get("/warehouses")
@requires(Permission.SEE_STOCK)
@api.arguments(PageQuery, location="query")
@api.response(HTTPStatus.OK, page_of(NotedWarehouseOutput))
def list_warehouses(wanted: dict[str, Any]) -> Any:
    """List the warehouses one may see."""
    with reading() as session:
        return read_page(
            session,
            select(Warehouse).where(covers(current_actor(), Permission.SEE_STOCK, Warehouse.id)),
            keys=[Warehouse.code, Warehouse.id],
            key_of=lambda row: (row.code, row.id),
            **wanted,
        )


@api.get("/one/<int:note_id>")
@requires(Permission.SEE_STOCK)
@api.response(HTTPStatus.OK, NoteOutput)
def show_note(note_id: int) -> AuditEntry:
    """Show a note."""
    with reading() as session:
        return session.get_one(AuditEntry, note_id)


@screens.post("/write")
@requires(Permission.REQUEST_PARTS)
@command
def send_note(*, session: Session, by: Actor, at: datetime) -> Any:
    """Write a note from a form."""
    flash("written", "success")
    if request.form["subject"] == "taken":
        raise NoteTaken(subject="taken")
    note(session, request.form["subject"], by=by, at=at)
    return redirect("/notes/form", HTTPStatus.SEE_OTHER)


@screens.get("/form")
@requires(Permission.REQUEST_PARTS)
def show_form() -> str:
    """A form that writes a note, by scan."""
    return render_template_string("""
        {% extends "layout.html" %}
        {% block content %}
        <form method="post" action="/notes/write" data-swap="#notes">
          {{ ui.once() }}{{ ui.scan_field("subject") }}</form>
        <p id="notes">{{ count }}</p>
        {% endblock %}
    """, count=written())  # fmt: skip


@screens.get("/broken")
@requires(Permission.REQUEST_PARTS)
def show_broken() -> str:
    """A screen that breaks."""
    raise RuntimeError("a bug with a secret")


@screens.get("/here")
@requires(Permission.SEE_STOCK)
def show_workplace() -> str:
    """A screen about one warehouse."""
    return required_workplace().code


def note(session: Session, subject: str, *, by: Actor, at: datetime) -> AuditEntry:
    """Write it down; one entry, under a command."""
    assert by.command_id
    audit.note(session, "test_note", actor_id=by.person_id, at=at, subject=subject)
    session.flush()
    return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def written() -> int:
    """How many notes there are."""
    with reading() as session:
        return session.scalar(select(func.count()).where(AuditEntry.action == "test_note")) or 0
