"""Screens of tokens: made for an outside system and shown once, limited in what they open and how long, revoked."""

from datetime import datetime, timedelta
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from inventory import identity
from inventory.actor import Actor
from inventory.errors import RuleBroken
from inventory.identity import NewToken, Permission, PersonView
from web.auth import requires
from web.command import command
from web.forms import keeping
from web.pages import Screens
from web.pages.people import FieldMissing, filled, show_person, to_person
from web.tokens import TOKEN_DAYS, scope_of

blueprint = Screens("tokens", __name__)


class ScopeMissing(RuleBroken):
    """A token says what it may do; nothing is assumed."""

    code = "token_scope_missing"


@blueprint.post("/people/<int:person_id>/tokens")
@requires(Permission.MANAGE_TOKENS)
@keeping(show_person)
def make_token(person_id: int) -> Any:
    """Make a token, and show it this once; what was typed stays when it is refused."""
    made: list[tuple[PersonView, NewToken]] = []
    answer = _make_token(person_id, made)
    for view, token in made:
        return render_template("people/token.html", view=view, token=token)
    return answer


@command
def _make_token(
    person_id: int, made: list[tuple[PersonView, NewToken]], *, session: Session, by: Actor, at: datetime
) -> AnyResponse:
    view = identity.view_person(session, person_id, by=by)
    days = request.form.get("days", "")
    permissions = [one for one in scope_of(view) if one in request.form.getlist("permission")]
    if not permissions:
        raise ScopeMissing()
    if days not in [str(one) for one in TOKEN_DAYS]:
        raise FieldMissing()
    token = identity.make_token(
        session,
        person_id,
        name=filled("name"),
        permissions=permissions,
        life=timedelta(days=int(days)),
        by=by,
        at=at,
    )
    made[:] = [(view, token)]
    return to_person(person_id)


@blueprint.post("/people/<int:person_id>/tokens/<prefix>/revoke")
@requires(Permission.MANAGE_TOKENS)
@command
def revoke_token(person_id: int, prefix: str, *, session: Session, by: Actor, at: datetime) -> AnyResponse:
    """End a token at once."""
    identity.revoke_token(session, prefix, by=by, at=at)
    flash(gettext("The token is revoked: it opens nothing any more."), "success")
    return to_person(person_id)
