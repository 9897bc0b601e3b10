"""Who is asking, and whether the route allows it.

The API takes bearer tokens and never a cookie; screens take the session cookie and never a token. Every route declares
what it needs, outermost of its decorators: `@requires(Permission.X)`, `@signed_in`, or `@public`. An app with a route
that declares nothing does not start (`require_declared`).
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, Request, current_app, g, request
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from inventory import identity
from inventory.actor import Actor
from inventory.errors import NotPermitted, Refusal
from inventory.identity import Access, Permission
from web.db import database

API_PREFIX = "/api/"
COOKIE_NAMES = {"tls": "__Host-beijian", "lan": "beijian"}

View = TypeVar("View", bound=Callable[..., Any])


class NotSignedIn(Refusal):
    """There is no credential, or it is not valid any more."""

    code = "not_signed_in"


class PasswordChangeDue(Refusal):
    """The first password has to be replaced before anything else."""

    code = "password_change_due"


class RouteUndeclared(Exception):
    """A route says neither which permission it needs nor that it is public: the app does not start."""


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Let in who holds the permission somewhere; of several, any. The use case checks at which warehouse."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            actor = current_actor()
            if not any(actor.may(permission) for permission in permissions):
                raise NotPermitted(permission=permissions[0])
            return view(*args, **kwargs)

        return _declared(guarded, permissions, view)

    return declare


def signed_in(view: View) -> View:
    """Let in anybody with an account: one's own sessions, password, language."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        current_access()
        return view(*args, **kwargs)

    return _declared(guarded, (), view)


def public(view: View) -> View:
    """Let in everybody."""

    @wraps(view)
    def open_to_all(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return _declared(open_to_all, (), view)


def _declared(guarded: Any, permissions: Sequence[Permission], _view: View) -> View:
    """Mark what guards the view as declared; it is called like the view itself."""
    guarded.declared = tuple(permissions)
    return cast("View", guarded)


def require_declared(app: Flask) -> None:
    """Refuse an app in which a route declares nothing.

    Raises: RouteUndeclared naming the routes.
    """
    silent = sorted(name for name, view in app.view_functions.items() if not hasattr(view, "declared"))
    if silent:
        raise RouteUndeclared(f"declare @requires(...), @signed_in or @public on: {', '.join(silent)}")


def current_actor() -> Actor:
    """Who acts in this request.

    Raises: NotSignedIn.
    """
    return current_access().actor


def current_access() -> Access:
    """The credential this request came with.

    Raises: NotSignedIn; PasswordChangeDue on a screen other than the one that changes it.
    """
    access = find_access()
    if access is None:
        raise NotSignedIn()
    if access.must_change_password and not is_api() and request.endpoint not in current_app.extensions["first_steps"]:
        raise PasswordChangeDue()
    return access


def find_access() -> Access | None:
    """The credential this request came with, None without a valid one; asked of the database once a request."""
    if "access" not in g:
        g.access = _authenticate()
    access: Access | None = g.access
    return access


def is_api() -> bool:
    """Whether the request is for the API rather than for a screen."""
    return request.path.startswith(API_PREFIX)


class BrowserSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, read and kept for screens only: the API knows no cookie."""

    def open_session(self, app: Flask, request: Request) -> Any:
        """The browser's session; an empty one for the API, which is never kept."""
        return self.session_class() if request.path.startswith(API_PREFIX) else super().open_session(app, request)


def session_cookie_name() -> str:
    """`__Host-` behind TLS: the browser then ties the cookie to this host and to https."""
    return COOKIE_NAMES[current_app.config["TRANSPORT"]]


def sent_secret() -> str | None:
    """What the request came with to say who asks, unchecked: a token for the API, the session's cookie for a screen."""
    secret = _bearer_token() if is_api() else request.cookies.get(session_cookie_name())
    return secret if secret and len(secret) <= identity.SECRET_LENGTH_MAX else None


def _authenticate() -> Access | None:
    if is_api():
        return _look_up(sent_secret(), identity.find_access_by_token, identity.note_token_use)
    return _look_up(sent_secret(), identity.find_access_by_session, identity.note_session_use)


def _bearer_token() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _look_up(
    secret: str | None,
    find: Callable[[Connection, str], Access | None],
    note_use: Callable[[Connection, Access], None],
) -> Access | None:
    if secret is None:
        return None
    try:
        return _ask(secret, find, note_use)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        # The server was restarted since the connection was last used. Nothing was done yet: ask on a new one.
        return _ask(secret, find, note_use)


def _ask(
    secret: str,
    find: Callable[[Connection, str], Access | None],
    note_use: Callable[[Connection, Access], None],
) -> Access | None:
    with database().direct.connect() as connection:
        access = find(connection, secret)
        if access is not None and access.use_is_due:
            note_use(connection, access)
    return access
