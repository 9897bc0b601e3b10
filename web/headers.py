"""Headers of every response: what the browser may load, remember and tell others."""

import secrets

from flask import Flask, Response, current_app, g, request

DOCS_PATHS = ("/api/v1/docs",)

SCREEN_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
# Swagger UI writes style attributes and has one inline script of flask-smorest's; nothing of ours is on that page.
DOCS_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
HSTS = "max-age=31536000; includeSubDomains"


def nonce() -> str:
    """The random word by which this page's own scripts are known to the browser."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def secure(response: Response) -> Response:
    """Add the headers; a response that set one itself keeps it."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy(response))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=(self)")
    if current_app.config["TRANSPORT"] == "tls":
        headers.setdefault("Strict-Transport-Security", HSTS)
    if not (request.endpoint or "").endswith("static"):
        headers.setdefault("Cache-Control", "no-store")
    return response


def _policy(response: Response) -> str:
    if response.mimetype != "text/html":
        return DATA_POLICY
    if request.path.startswith(DOCS_PATHS):
        return DOCS_POLICY
    return SCREEN_POLICY.format(nonce=nonce())


def init_headers(app: Flask) -> None:
    """Send them with every response, and give templates the nonce."""
    app.after_request(secure)
    app.jinja_env.globals["csp_nonce"] = nonce
