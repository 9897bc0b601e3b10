"""`@command`: a route that writes. One key, one effect, one answer, in one transaction.

Decorators in this order: what the route needs, what it reads, `@command`, what it writes:

    @blueprint.post("/part-requests")
    @requires(Permission.REQUEST_PARTS)
    @blueprint.arguments(PartRequestInput)
    @command
    @blueprint.response(HTTPStatus.CREATED, PartRequestOutput)
    def create_part_request(wish: PartRequestWish, *, session: Session, by: Actor, at: datetime) -> PartRequest:
        return sourcing.request_parts(session, wish, by=by, at=at)

The key is the header `Idempotency-Key`, or on a screen the hidden field `command_key` made when the form was rendered.
The response is stored with the effect: the same key gives it again. A refusal is an exception: everything is undone,
the key included, so that a corrected request may use it again.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Response, current_app, make_response, request
from flask import session as browser
from markupsafe import Markup
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.errors import Refusal
from web.auth import current_actor, is_api
from web.db import Answer, carry_out, database

KEY_FIELD = "command_key"
KEY_HEADER = "Idempotency-Key"
COMMAND = "command"  # how the description of the API learns which of its operations carry a key
NOT_PART_OF_THE_REQUEST = (KEY_FIELD, "csrf_token")
_KEY = re.compile(r"[\x21-\x7e]{8,120}")


class CommandKeyMissing(Refusal):
    """A write has to carry a key of its own."""

    code = "idempotency_key_missing"


class CommandKeyUnreadable(Refusal):
    """A key is 8 to 120 printable ASCII characters without spaces."""

    code = "idempotency_key_unreadable"


def command(view: Callable[..., Any]) -> Callable[..., Response]:
    """Run the view in the transaction of its command: it is given `session`, `by` and `at`, and returns its answer."""
    written = getattr(view, "_apidoc", None)
    assert written is None or "response" in written, "@command stands above @blueprint.response: the answer is stored"

    @wraps(view)
    def perform(*args: Any, **kwargs: Any) -> Response:
        flashed = list(browser.get("_flashes", ())) if not is_api() else []

        def use_case(session: Session, by: Actor, at: datetime) -> Answer:
            _unsay(flashed)  # a second attempt does not say twice what the first one said
            response = make_response(view(*args, session=session, by=by, at=at, **kwargs))
            session.flush()
            return _stored(response, flashes_before=len(flashed))

        try:
            answer = carry_out(
                database().sessions,
                use_case,
                by=current_actor(),
                key=_key(),
                kind=(request.endpoint or "")[:80],
                request=_canonical_request(),
            )
        except Exception:
            _unsay(flashed)  # what a view said before it was undone is not true
            raise
        return _given(answer, flashed)

    if written is not None:
        perform._apidoc = {**written, COMMAND: True}  # type: ignore[attr-defined]
    return perform


def _unsay(flashed: list[Any]) -> None:
    """Forget the messages for the next screen but those of earlier requests."""
    if not is_api() and browser.get("_flashes", []) != flashed:
        browser["_flashes"] = list(flashed)


def _key() -> str:
    key = request.headers.get(KEY_HEADER) or (None if is_api() else request.form.get(KEY_FIELD))
    if not key:
        raise CommandKeyMissing()
    if not _KEY.fullmatch(key):
        raise CommandKeyUnreadable()
    return key


def _canonical_request() -> bytes:
    """What makes two requests the same: address and body. A form's boundary, key and CSRF token are not part of it."""
    address = request.full_path.encode("utf-8", "surrogatepass")
    if is_api():
        return address + b"\0" + request.get_data(cache=True)
    fields = [pair for pair in request.form.items(multi=True) if pair[0] not in NOT_PART_OF_THE_REQUEST]
    files = []
    for name, file in request.files.items(multi=True):
        files.append((name, file.filename, hashlib.sha256(file.stream.read()).hexdigest()))
        file.stream.seek(0)
    return address + b"\0" + json.dumps([fields, files]).encode()


def _stored(response: Response, *, flashes_before: int) -> Answer:
    """Pack a response: a line about it, then its body."""
    about = {"type": response.content_type}
    if response.location:
        about["location"] = response.location
    if not is_api():
        about["flashes"] = browser.get("_flashes", [])[flashes_before:]
    return Answer(response.status_code, json.dumps(about).encode() + b"\n" + response.get_data())


def _given(answer: Answer, flashed: list[Any]) -> Response:
    """Unpack a stored response, whether it was made now or long ago."""
    line, _, body = answer.body.partition(b"\n")
    about = json.loads(line)
    response = current_app.response_class(body, status=answer.status, content_type=about["type"])
    if "location" in about:
        response.location = about["location"]
    if "flashes" in about:
        said = [tuple(one) for one in about["flashes"]]
        browser["_flashes"] = [*flashed, *(one for one in said if one not in flashed)]  # a replay says it once
    return response


def new_command_key() -> str:
    """A key for a form that is being rendered."""
    return secrets.token_urlsafe(18)


def command_field() -> Markup:
    """The hidden field that carries a new key."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(KEY_FIELD, new_command_key())
