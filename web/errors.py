"""What the edge answers when something is refused or fails: one table, for the API and for screens.

A refusal becomes `application/problem+json` (RFC 9457) or a message on a screen, in the language of the request, and
says what to do next. A database that is busy or away is a 503 that may be repeated with the same key. Anything else
is a bug: a 500 with an id under which the log tells everything, and the client nothing.
"""

import json
import secrets
from collections import defaultdict
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from inventory import audit, identity
from inventory.db import database_now
from inventory.errors import Conflict, NotFound, NotPermitted, Refusal, RuleBroken
from web import command, pace, wire
from web.auth import NotSignedIn, PasswordChangeDue, find_access, is_api
from web.db import database, is_outage
from web.languages import current_language, has_text
from web.workplace import WorkplaceNeeded

log = structlog.get_logger("web")

RETRY_AFTER_SECONDS = 2
TOLD_MAX = 60  # of what somebody sent: an endless code must not push the field of the next scan off the screen
SWAP_HEADER = "X-Swap"  # what a script of ours asks with
REFUSAL_HEADER = "X-Refusal"  # and how it learns the code

# The first class of a refusal's ancestry that stands here decides.
STATUSES: dict[type[Refusal], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotPermitted: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    RuleBroken: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal: HTTPStatus.BAD_REQUEST,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    PasswordChangeDue: HTTPStatus.FORBIDDEN,
    WorkplaceNeeded: HTTPStatus.CONFLICT,
    identity.TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    pace.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    command.CommandKeyMissing: HTTPStatus.BAD_REQUEST,
    command.CommandKeyUnreadable: HTTPStatus.BAD_REQUEST,
    **wire.STATUSES,
}


def status_of(refusal: Refusal) -> HTTPStatus:
    """The HTTP status of a refusal: that of the nearest class in the table."""
    return next(STATUSES[kind] for kind in type(refusal).__mro__ if kind in STATUSES)


def message_of(code: str, facts: dict[str, Any], *, status: int) -> str:
    """What happened and what to do next, in the language of the request."""
    known = f"error.{code}" if has_text(f"error.{code}") else f"error.http_{status}"
    if code == NotFound.code and (what := next((one for one in facts.values() if isinstance(one, str) and one), "")):
        known, facts = "error.not_found_named", {"what": what}
    named = defaultdict(str, {name: _told(value) for name, value in facts.items()})
    told: str = _catalogue_text(known) % named
    return told


def _told(value: Any) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return str(gettext(", ")).join(_told(one) for one in value)
    key = f"word.{value}"
    text = str(gettext(key)) if isinstance(value, str) and has_text(key) else str(value)
    return text if len(text) <= TOLD_MAX else f"{text[:TOLD_MAX]}…"


def _catalogue_text(key: str) -> str:
    """The text of a key as it stands, its placeholders still open."""
    return str(current_app.extensions["babel"].instance.domain_instance.get_translations().gettext(key))


def title_of(status: int) -> str:
    """A word for the kind of refusal."""
    return str(gettext(f"title.http_{status}")) if has_text(f"title.http_{status}") else HTTPStatus(status).phrase


def problem(
    status: int,
    code: str,
    *,
    facts: dict[str, Any] | None = None,
    errors: Any = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Make a problem+json response."""
    body: dict[str, Any] = {
        "type": f"/api/v1/problems/{code}",
        "title": title_of(status),
        "status": int(status),
        "code": code,
        "detail": message_of(code, facts or {}, status=status),
    }
    if facts:
        body["facts"] = facts
    if errors:
        body["errors"] = errors
    return Response(
        json.dumps(body, ensure_ascii=False, default=str),
        status=int(status),
        content_type="application/problem+json",
        headers={"Content-Language": current_language(), **(headers or {})},
    )


def on_refusal(refusal: Refusal) -> AnyResponse:
    """Answer a refusal."""
    status = status_of(refusal)
    _note(refusal, status)
    headers = _headers_of(refusal)
    if is_api():
        errors = getattr(refusal, "errors", None)
        return problem(status, refusal.code, facts=refusal.facts, errors=errors, headers=headers)
    if isinstance(refusal, NotSignedIn):
        return _to_log_in()
    if isinstance(refusal, WorkplaceNeeded):
        return redirect(url_for("session.show_workplaces", next=request.full_path.rstrip("?")), HTTPStatus.SEE_OTHER)
    if isinstance(refusal, PasswordChangeDue):
        return redirect(url_for("session.show_password"), HTTPStatus.SEE_OTHER)
    if isinstance(refusal, pace.TooManyRequests):
        g.access = None  # what is refused for coming too often asks nothing of the database, nor does its page
    # A 400 is no form of ours: there is no page to go back to. Who goes too fast must not be sent on to the next page.
    goes_back = status != HTTPStatus.BAD_REQUEST and not isinstance(refusal, pace.TooManyRequests)
    return screen_message(status, refusal.code, refusal.facts, headers=headers, goes_back=goes_back)


def _headers_of(refusal: Refusal) -> dict[str, str]:
    if isinstance(refusal, NotSignedIn):
        return {"WWW-Authenticate": 'Bearer realm="beijian"'}
    if "retry_after_seconds" in refusal.facts:
        return {"Retry-After": str(refusal.facts["retry_after_seconds"])}
    return {}


def _note(refusal: Refusal, status: int) -> None:
    """Keep what was not permitted in the audit trail, everything else that was refused in the log."""
    access = g.get("access")
    person = access.actor.person_id if access else None
    log.info("refused", code=refusal.code, status=int(status), endpoint=request.endpoint, person=person)
    if isinstance(refusal, NotPermitted) and person is not None:
        with database().sessions.begin() as session:
            audit.note(
                session,
                "refused",
                actor_id=person,
                at=database_now(session),
                subject=request.endpoint or "",
                address=request.remote_addr or "",
                facts={"code": refusal.code, **{name: str(value) for name, value in refusal.facts.items()}},
            )


def _to_log_in() -> AnyResponse:
    """Send a browser to the log-in and back to the page it wanted; a script of ours is told to go there."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else _page_before()
    target = url_for("session.show_log_in", next=wanted)
    if SWAP_HEADER in request.headers:
        headers = {"X-Go-To": target, REFUSAL_HEADER: NotSignedIn.code}
        return Response(status=HTTPStatus.UNAUTHORIZED, headers=headers)
    return redirect(target, HTTPStatus.SEE_OTHER)


def screen_message(
    status: int,
    code: str,
    facts: dict[str, Any] | None = None,
    *,
    headers: dict[str, str] | None = None,
    goes_back: bool = False,
) -> AnyResponse:
    """Tell a person what was refused, on the page where it happened.

    A script of ours gets the message alone; a form that was sent by the browser goes back to its page, which shows it;
    an address that was opened gets a page with the way on.
    """
    message = message_of(code, facts or {}, status=status)
    headers = {**(headers or {}), REFUSAL_HEADER: code}
    if SWAP_HEADER in request.headers:
        page = render_template("fragments/message.html", message=message)
        return Response(page, status=int(status), headers=headers, content_type="text/html; charset=utf-8")
    before = _page_before()
    if request.method == "POST" and before and goes_back:
        flash(message, "danger")
        return redirect(before, HTTPStatus.SEE_OTHER)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        g.access = None  # the page must not ask anything of a database that may be away
    page = render_template("error.html", message=message, status=int(status), title=title_of(status), back=before)
    return Response(page, status=int(status), headers=headers, content_type="text/html; charset=utf-8")


def _page_before() -> str | None:
    """The page of ours the request came from."""
    referrer = urlsplit(request.referrer or "")
    if referrer.netloc != request.host or not referrer.path.startswith("/"):
        return None
    return referrer.path + (f"?{referrer.query}" if referrer.query else "")


def on_http_error(error: HTTPException) -> AnyResponse:
    """Answer what the framework itself refuses: unknown address, wrong method, body too large, missing CSRF token."""
    if error.response is not None or (error.code or 500) < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # a redirect, such as the one to an address with its closing slash
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    code = "csrf_refused" if isinstance(error, CSRFError) else f"http_{status}"
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    if is_api():
        return problem(status, code, headers=headers)
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        _keep_frame()
    return screen_message(status, code, headers=headers)


def _keep_frame() -> None:
    """Let the page of an address that leads nowhere keep its menu, its workplace and the person's language.

    No screen of ours has asked yet who it is; with the database away, or a password to change first, nobody is known.
    """
    try:
        access = find_access()
    except (DBAPIError, PoolTimeoutError):
        access = None
    g.access = None if access is None or access.must_change_password else access


def on_database_error(error: DBAPIError | PoolTimeoutError) -> AnyResponse:
    """Answer a busy or absent database with 503: nothing was done, or the same key tells that it was."""
    if isinstance(error, DBAPIError) and not is_outage(error):
        return on_bug(error)
    log.warning("database_unavailable", error=type(error).__name__, endpoint=request.endpoint)
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    status = HTTPStatus.SERVICE_UNAVAILABLE
    if is_api():
        return problem(status, "database_busy", headers=headers)
    return screen_message(status, "database_busy", headers=headers)


def on_bug(error: Exception) -> AnyResponse:
    """Log everything under an id, and tell the client only the id."""
    error_id = secrets.token_hex(6)
    log.error("bug", error_id=error_id, endpoint=request.endpoint, method=request.method, exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    if is_api():
        return problem(status, "internal_error", facts={"error_id": error_id})
    return screen_message(status, "internal_error", {"error_id": error_id})


def init_errors(app: Flask) -> None:
    """Register the answers."""
    app.register_error_handler(Refusal, on_refusal)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(DBAPIError, on_database_error)
    app.register_error_handler(PoolTimeoutError, on_database_error)
    app.register_error_handler(Exception, on_bug)
