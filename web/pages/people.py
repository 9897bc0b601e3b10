"""Screens of accounts: who there is, what each may do where, first passwords.

A secret is shown on the page that answers the form, and nowhere else. The stored answer of the command is a way back to
the person's page, so a form that is sent twice does not tell the secret again: it lies nowhere but as a hash.
"""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import identity
from inventory.actor import Actor
from inventory.db import database_now
from inventory.errors import NotFound, RuleBroken
from inventory.identity import (
    PeopleFilter,
    Permission,
    PersonView,
    PersonWish,
    Role,
    RoleReason,
)
from web.auth import current_actor, requires
from web.command import command
from web.db import reading
from web.forms import keeping, typed
from web.pages import Entry, Screens
from web.paging import LIMIT_DEFAULT, unpack_cursor
from web.requests import page_of_rows
from web.tokens import TOKEN_DAYS, scope_of
from web.workplace import chosen_workplace

blueprint = Screens("people", __name__)

DEPTHS = ("here", "below", "everywhere")
PLACES_OFFERED_MAX = 30
manages = requires(Permission.MANAGE_ENGINEERS, Permission.MANAGE_PEOPLE)


class FieldMissing(RuleBroken):
    """A field that has to be filled in was left empty, or says what it does not offer."""

    code = "person_field_missing"


# Who there is


@blueprint.get("/people")
@manages
def list_people() -> str:
    """The people one manages, by log-in name: all, or those who fit; at the warehouse where one works to begin with."""
    by, place = current_actor(), chosen_workplace()
    wanted = PeopleFilter(
        words=request.args.get("q", "").strip()[:80],
        place=request.args.get("warehouse", place.code if place else "").strip()[:80],
        role=_role_of(request.args.get("role", "")),
        disabled={"closed": True, "all": None}.get(request.args.get("status", ""), False),
    )
    (after,) = unpack_cursor(request.args["cursor"], [str]) if request.args.get("cursor") else (None,)
    with reading() as session:
        at = database_now(session)
        found = identity.list_people(session, wanted, by=by, after=after, limit=LIMIT_DEFAULT + 1)
    return render_template(
        "people/list.html",
        page=page_of_rows(found, LIMIT_DEFAULT, lambda one: [one.person.login]),
        wanted=wanted,
        roles=identity.grantable_roles(by),
        at=at,
    )


# Taking somebody on


@blueprint.get("/people/new")
@manages
def show_new() -> str:
    """The form of a new account, with its first role."""
    return render_template("people/new.html", **_offered(current_actor()))


@blueprint.post("/people")
@manages
@keeping(show_new)
def employ() -> Any:
    """Make an account, and show its first password this once; what was typed stays when it is refused."""
    made: list[tuple[PersonView, str | None]] = []
    return _told_once(made, _employ(made))


@command
def _employ(made: list[tuple[PersonView, str | None]], *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    role, warehouse_id, deep = _read_binding(session, by)
    wish = PersonWish(typed("login"), filled("name"), role, warehouse_id, deep)
    employed = identity.employ(session, _keeper(), wish, by=by, at=at)
    session.flush()
    made[:] = [(identity.view_person(session, employed.person.id, by=by), employed.first_password)]
    flash(gettext("The account of %(name)s is made.", name=employed.person.name), "success")
    return to_person(employed.person.id)


# A person


@blueprint.get("/people/<int:person_id>")
@manages
def show_person(person_id: int) -> str:
    """A person: what he may do where, whether he can log in, where he is logged in, and the tokens of a system."""
    by = current_actor()
    with reading() as session:
        at = database_now(session)
        view = identity.view_person(session, person_id, by=by)
        sessions = identity.list_sessions(session, person_id, at=at)
        tokens = identity.list_tokens(session, person_id) if by.may(Permission.MANAGE_TOKENS) else []
    return render_template(
        "people/person.html",
        view=view,
        sessions=sessions,
        tokens=tokens,
        scope=scope_of(view),
        reasons=list(RoleReason),
        days=TOKEN_DAYS,
        at=at,
        **_offered(by),
    )


@blueprint.post("/people/<int:person_id>/roles")
@manages
@keeping(show_person)
@command
def give_role(person_id: int, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Give a role; what was typed stays when it is refused."""
    view = identity.view_person(session, person_id, by=by)
    role, warehouse_id, deep = _read_binding(session, by)
    identity.bind_role(
        session,
        person_id,
        role,
        warehouse_id=warehouse_id,
        with_descendants=deep,
        reason=_read_reason(),
        by=by,
        at=at,
    )
    flash(gettext("%(name)s has the role now.", name=view.person.name), "success")
    return to_person(person_id)


@blueprint.post("/people/<int:person_id>/roles/<int:binding_id>/take")
@manages
@command
def take_role(person_id: int, binding_id: int, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Take a role away; one that is gone stays so. Who has none left may be out of reach, then the list is next."""
    view = identity.view_person(session, person_id, by=by)
    for held in view.roles:
        if held.id == binding_id:
            identity.unbind_role(
                session,
                person_id,
                held.role,
                warehouse_id=held.warehouse.id if held.warehouse else None,
                reason=_read_reason(),
                by=by,
                at=at,
            )
    flash(gettext("The role is taken away."), "success")
    try:
        identity.view_person(session, person_id, by=by)
    except NotFound:
        return redirect(url_for("people.list_people"), HTTPStatus.SEE_OTHER)
    return to_person(person_id)


@blueprint.post("/people/<int:person_id>/password")
@manages
def give_password(person_id: int) -> Any:
    """Give a new first password, and show it this once; sessions end."""
    made: list[tuple[PersonView, str | None]] = []
    return _told_once(made, _give_password(person_id, made))


@command
def _give_password(
    person_id: int, made: list[tuple[PersonView, str | None]], *, session: Session, by: Actor, at: datetime
) -> AnyResponse:
    view = identity.view_person(session, person_id, by=by)
    made[:] = [(view, identity.give_first_password(session, _keeper(), person_id, by=by, at=at))]
    return to_person(person_id)


@blueprint.post("/people/<int:person_id>/disable")
@manages
@command
def disable(person_id: int, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Close the account: sessions and tokens end at once."""
    view = identity.view_person(session, person_id, by=by)
    identity.disable_person(session, person_id, by=by, at=at)
    flash(gettext("The account of %(name)s is closed. Sessions and tokens ended.", name=view.person.name), "success")
    return to_person(person_id)


@blueprint.post("/people/<int:person_id>/enable")
@manages
@command
def enable(person_id: int, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Open a closed account again."""
    view = identity.view_person(session, person_id, by=by)
    identity.enable_person(session, person_id, by=by, at=at)
    flash(gettext("The account of %(name)s is open again.", name=view.person.name), "success")
    return to_person(person_id)


@blueprint.post("/people/<int:person_id>/sessions/end")
@manages
@command
def end_sessions(person_id: int, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """Log somebody out wherever he is logged in."""
    view = identity.view_person(session, person_id, by=by)
    identity.end_sessions_of(session, person_id, by=by, at=at)
    flash(gettext("%(name)s is logged out everywhere.", name=view.person.name), "success")
    return to_person(person_id)


# Reading the forms


def _offered(by: Actor) -> dict[str, Any]:
    """What the form of a role offers: the roles one may hand out, how far, and where, when the places are few."""
    with reading() as session:
        places = identity.list_places(session, by=by, limit=PLACES_OFFERED_MAX + 1)
    here = chosen_workplace()
    depths = (
        DEPTHS if identity.grants_everywhere(by) else DEPTHS[:2] if by.may(Permission.MANAGE_PEOPLE) else DEPTHS[:1]
    )
    return {
        "roles": identity.grantable_roles(by),
        "depths": depths,
        "places": places if len(places) <= PLACES_OFFERED_MAX else [],
        "here_code": here.code if here else "",
    }


def _read_binding(session: Session, by: Actor) -> tuple[Role, int | None, bool]:
    """The role of a form, its warehouse, and whether it holds below it, too.

    Raises: FieldMissing; PlaceUnknown, PlaceUnclear.
    """
    role, depth = _role_of(request.form.get("role", "")), request.form.get("depth", "")
    if role is None or depth not in DEPTHS:
        raise FieldMissing()
    if depth == "everywhere":
        return role, None, False
    return role, identity.get_place(session, typed("warehouse"), by=by).id, depth == "below"


def _role_of(word: str) -> Role | None:
    return Role(word) if word in list(Role) else None


def _read_reason() -> RoleReason:
    word = request.form.get("reason", "")
    if word not in list(RoleReason):
        raise FieldMissing()
    return RoleReason(word)


def filled(name: str) -> str:
    """What was typed into a field that may not be empty.

    Raises: FieldMissing.
    """
    if not typed(name):
        raise FieldMissing()
    return typed(name)


def _keeper() -> identity.PasswordKeeper:
    keeper: identity.PasswordKeeper = current_app.extensions["password_keeper"]
    return keeper


def to_person(person_id: int) -> AnyResponse:
    """The way to the page of a person."""
    return redirect(url_for("people.show_person", person_id=person_id), HTTPStatus.SEE_OTHER)


def _told_once(made: Sequence[tuple[PersonView, str | None]], answer: AnyResponse) -> Any:
    """The page with the first password; the way to the person where there is none, or where it was shown before."""
    for view, password in made:
        if password is not None:
            return render_template("people/first_password.html", view=view, password=password)
    return answer


NAVIGATION = (Entry("people.list_people", "People", Permission.MANAGE_ENGINEERS, order=92, icon="people"),)
