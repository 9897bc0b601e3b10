"""Logging in and out, one's password and sessions, language and workplace."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, flash, redirect, render_template, request, url_for
from flask import session as browser
from flask_babel import gettext
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse

from inventory import identity
from inventory.db import database_now
from inventory.errors import RuleBroken
from web.auth import current_access, current_actor, find_access, public, session_cookie_name, signed_in
from web.db import reading, writing
from web.languages import LANGUAGES
from web.pages import Screens
from web.workplace import LISTED_MAX, choose_workplace, list_workplaces

blueprint = Screens("session", __name__)

PASSWORD_CHARACTERS_MAX = 1024  # what is read at all; longer is refused by the rule

# How browsers and systems name themselves to servers, and what people call them; the first that fits is meant.
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


class LoginRefused(RuleBroken):
    """Log-in name and password do not belong together, or the account is closed: all answer alike."""

    code = "login_refused"


@blueprint.get("/login")
@public
def show_log_in() -> Any:
    """The log-in page."""
    wanted = safe_address(request.args.get("next"))
    if find_access() is not None:
        return redirect(wanted)
    return render_template("session/login.html", next=wanted)


@blueprint.post("/login")
@public
def log_in() -> AnyResponse:
    """Open a session."""
    login = request.form.get("login", "")[:200]
    with writing() as session:
        opened = identity.log_in(
            session,
            current_app.extensions["password_keeper"],
            login=login,
            password=request.form.get("password", "")[:PASSWORD_CHARACTERS_MAX],
            address=request.remote_addr or "",
            user_agent=request.user_agent.string,
            at=database_now(session),
        )
    if opened is None:
        raise LoginRefused()
    language = browser.get("language")
    browser.clear()  # a new session begins: nothing of the one before is carried over
    if language:
        browser["language"] = language
    response = redirect(safe_address(request.form.get("next")), HTTPStatus.SEE_OTHER)
    response.set_cookie(
        session_cookie_name(),
        opened.secret,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        expires=opened.expires_at,
        path="/",
    )
    return response


@blueprint.post("/logout")
@public
def log_out() -> AnyResponse:
    """End the session, on the server too."""
    secret = request.cookies.get(session_cookie_name())
    if secret:
        with writing() as session:
            identity.log_out(session, secret, address=request.remote_addr or "", at=database_now(session))
    browser.clear()
    response = redirect(url_for("session.show_log_in"), HTTPStatus.SEE_OTHER)
    response.delete_cookie(session_cookie_name(), path="/", secure=current_app.config["SESSION_COOKIE_SECURE"])
    return response


@blueprint.post("/language")
@public
def choose_language() -> AnyResponse:
    """Change the language, for this browser and for the person."""
    language = request.form.get("language", "")
    if language in LANGUAGES:
        browser["language"] = language
        access = find_access()
        if access is not None:
            with writing() as session:
                identity.set_locale(session, access.actor.person_id, language)
    return redirect(safe_address(request.form.get("next")), HTTPStatus.SEE_OTHER)


@blueprint.get("/password")
@signed_in
def show_password() -> str:
    """The page to change one's password."""
    return render_template("session/password.html", first=current_access().must_change_password)


@blueprint.post("/password")
@signed_in
def change_password() -> AnyResponse:
    """Change one's password; every session ends, and one logs in anew."""
    new = request.form.get("new", "")[:PASSWORD_CHARACTERS_MAX]
    if new != request.form.get("again", "")[:PASSWORD_CHARACTERS_MAX]:
        raise PasswordsDiffer()
    with writing() as session:
        identity.change_password(
            session,
            current_app.extensions["password_keeper"],
            current_actor().person_id,
            present=request.form.get("present", "")[:PASSWORD_CHARACTERS_MAX],
            new=new,
            at=database_now(session),
        )
    flash(gettext("Your password is changed. Please log in with it."), "success")
    response = redirect(url_for("session.show_log_in"), HTTPStatus.SEE_OTHER)
    response.delete_cookie(session_cookie_name(), path="/", secure=current_app.config["SESSION_COOKIE_SECURE"])
    return response


class PasswordsDiffer(RuleBroken):
    """The new password was not typed the same twice."""

    code = "passwords_differ"


@blueprint.get("/account")
@signed_in
def show_account() -> str:
    """One's account: name, open sessions, language."""
    access = current_access()
    with reading() as session:
        sessions = identity.list_sessions(session, access.actor.person_id, at=database_now(session))
    return render_template("session/account.html", sessions=sessions, present=access.credential_id, device_of=device_of)


def device_of(user_agent: str) -> str:
    """What somebody would call the device of a session: Chrome · Android; empty when it does not say."""
    browser_name = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return " · ".join(name for name in (browser_name, system) if name)


@blueprint.post("/account/sessions/<int:session_id>/end")
@signed_in
def end_session(session_id: int) -> AnyResponse:
    """End one of one's own sessions."""
    with writing() as session:
        identity.end_session(session, session_id, person_id=current_actor().person_id, at=database_now(session))
    flash(gettext("The session is ended."), "success")
    return redirect(url_for("session.show_account"), HTTPStatus.SEE_OTHER)


@blueprint.get("/workplace")
@signed_in
def show_workplaces() -> str:
    """The warehouses one may work at."""
    words = request.args.get("q", "")[:80]
    with reading() as session:
        found = list_workplaces(session, words, by=current_actor())
    return render_template(
        "session/workplace.html",
        warehouses=found,
        words=words,
        most=LISTED_MAX,
        next=safe_address(request.args.get("next")),
    )


@blueprint.post("/workplace")
@signed_in
def change_workplace() -> AnyResponse:
    """Choose where one works, or everywhere."""
    with reading() as session:
        choose_workplace(session, request.form.get("code") or None, by=current_actor())
    return redirect(safe_address(request.form.get("next")), HTTPStatus.SEE_OTHER)


def safe_address(wanted: str | None) -> str:
    """The wanted page when it is one of ours that opens, else the home page: nobody is sent elsewhere after a log-in.

    What answers a form that was sent has an address too, but does not open: such a page leads home.
    """
    home = url_for("home.show_home")
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or len(wanted) > 2000:
        return home
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or "\\" in wanted or any(ord(one) < 32 for one in wanted):
        return home
    return wanted if _opens(parts.path) else home


def _opens(path: str) -> bool:
    """Whether some page of ours, or one that is missing, stands at a path: not only a form that is sent there."""
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except MethodNotAllowed:
        return False
    except (NotFound, RequestRedirect):
        return True
    return True
