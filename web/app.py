"""Putting the app together: the only place that knows every part of the edge."""

from datetime import timedelta

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from inventory import identity, subscriptions
from web.api import init_api
from web.auth import BrowserSessions, public, require_declared
from web.db import open_database
from web.errors import init_errors
from web.headers import init_headers
from web.languages import init_languages
from web.log import configure_log, init_log
from web.metrics import init_metrics
from web.pace import init_pace
from web.pages import init_pages
from web.settings import Settings
from web.wire import BODY_BYTES_MAX, BoundedInteger, ReadableText, require_readable


def create_app(settings: Settings) -> Flask:
    """Put the app together for one process.

    Raises: RouteUndeclared when a route does not say what it needs.
    """
    configure_log()
    app = Flask(__name__)
    configure(app, settings)
    app.extensions["database"] = open_database(settings.database_url, threads=settings.threads)
    app.extensions["password_keeper"] = identity.PasswordKeeper(identity.COSTS[settings.password_cost])
    subscriptions.connect()
    init_log(app)
    init_metrics(app)
    init_errors(app)
    init_headers(app)
    init_pace(app, settings)
    app.before_request(require_readable)
    init_languages(app)
    Bootstrap5(app)
    csrf = CSRFProtect(app)
    init_api(app, csrf)
    init_pages(app)
    for endpoint in ("static", "bootstrap.static"):
        app.view_functions[endpoint] = public(app.view_functions[endpoint])
    require_declared(app)
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Set what Flask and its extensions are told."""
    tls = settings.transport == "tls"
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TRANSPORT=settings.transport,
        TIMEZONE=settings.timezone,
        SETTINGS=settings,
        API_DOCS=settings.api_docs,
        METRICS=settings.metrics,
        MAX_CONTENT_LENGTH=BODY_BYTES_MAX,
        MAX_FORM_MEMORY_SIZE=BODY_BYTES_MAX,
        MAX_FORM_PARTS=2000,
        SESSION_COOKIE_NAME="__Host-beijian-browser" if tls else "beijian-browser",
        SESSION_COOKIE_SECURE=tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        # A form on a handheld may stay open for a whole shift; its token lives as long as the browser's session.
        WTF_CSRF_TIME_LIMIT=None,
        BOOTSTRAP_SERVE_LOCAL=True,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=1),
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.session_interface = BrowserSessions()
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.converters.update({"int": BoundedInteger, "default": ReadableText, "string": ReadableText})
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if tls:
        # One proxy stands before us and ends TLS: it tells the client's address, scheme and host.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
