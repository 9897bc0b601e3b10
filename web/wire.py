"""The one reader of what comes over the wire. Flask's own lets in too much and breaks on the rest.

JSON: UTF-8 only; no NaN or Infinity, no name twice, no nesting beyond 20, no number beyond 400 digits, no NUL and no
lone surrogate in a text. Addresses and forms: no NUL, no character that is no text. Bodies up to 1 MB unless the route
takes files.
"""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar, NoReturn, TypeVar

import marshmallow
from flask import Request, current_app, request
from webargs import core
from webargs.flaskparser import FlaskParser
from werkzeug.routing import IntegerConverter, UnicodeConverter

from inventory.errors import Refusal

BODY_BYTES_MAX = 1_000_000
NESTING_MAX = 20
DIGITS_MAX = 400
BIGINT_MAX = 2**63 - 1
UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_OPENING = re.compile(r"[\[{]")

View = TypeVar("View", bound=Callable[..., Any])


class BodyUnreadable(Refusal):
    """The body is not the JSON we read; `why` is a word for the reason."""

    code = "body_unreadable"


class BodyNotJson(Refusal):
    """The body has another content type than application/json."""

    code = "body_not_json"


class TextUnreadable(Refusal):
    """An address or a form holds a NUL or something that is no character."""

    code = "text_unreadable"


class InputRefused(Refusal):
    """Fields are missing, unknown or out of bounds; `errors` names each."""

    code = "input_refused"

    def __init__(self, errors: dict[str, Any]) -> None:
        super().__init__()
        self.errors = errors


def read_json(body: bytes) -> Any:
    """Return what the body says.

    Raises: BodyUnreadable.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BodyUnreadable(why="not_utf8") from error
    if text.startswith("\ufeff"):
        raise BodyUnreadable(why="byte_order_mark")
    if _deepest(text) > NESTING_MAX:
        raise BodyUnreadable(why="nested_too_deep")
    try:
        value = json.loads(
            text, object_pairs_hook=_no_name_twice, parse_constant=_no_constant, parse_int=_int, parse_float=_float
        )
    except json.JSONDecodeError as error:
        raise BodyUnreadable(why="not_json", line=error.lineno, column=error.colno) from error
    # A lone surrogate or a NUL can only come from an escape: plain ones are no UTF-8, or no JSON.
    if "\\u" in text and _holds_bad_text(value):
        raise BodyUnreadable(why="unreadable_character")
    return value


def _deepest(text: str) -> int:
    """Return how deep brackets nest, without reading further than needed; brackets in texts do not count."""
    depth = deepest = 0
    in_text = escaped = False
    if len(_OPENING.findall(text)) <= NESTING_MAX:
        return 0
    for character in text:
        if in_text:
            in_text = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_text = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > NESTING_MAX:
                break
        elif character in "]}":
            depth -= 1
    return deepest


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise BodyUnreadable(why="name_twice")
    return named


def _no_constant(name: str) -> NoReturn:
    raise BodyUnreadable(why="not_a_number", text=name)


def _int(text: str) -> int:
    if len(text) > DIGITS_MAX:
        raise BodyUnreadable(why="number_too_long")
    return int(text)


def _float(text: str) -> float:
    number = float(text) if len(text) <= DIGITS_MAX else float("inf")
    if number in (float("inf"), float("-inf")):
        raise BodyUnreadable(why="number_too_long")
    return number


def _holds_bad_text(value: Any) -> bool:
    if isinstance(value, str):
        return UNREADABLE.search(value) is not None
    if isinstance(value, dict):
        return any(_holds_bad_text(name) or _holds_bad_text(one) for name, one in value.items())
    return isinstance(value, list) and any(_holds_bad_text(one) for one in value)


class Reader(FlaskParser):
    """The arguments parser of every API blueprint: bodies by `read_json`, all errors as InputRefused."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": marshmallow.RAISE,  # a filter with a slip of the pen would show everything
        "querystring": marshmallow.RAISE,
    }

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:
        """Read the body; an empty one is no value."""
        body = req.get_data(cache=True)
        if not body:
            return core.missing
        charset = req.mimetype_params.get("charset", "utf-8").lower()
        if req.mimetype != "application/json" or charset not in ("utf-8", "utf8"):
            raise BodyNotJson()
        return read_json(body)

    def handle_error(
        self,
        error: marshmallow.ValidationError,
        req: Request,
        schema: marshmallow.Schema,
        *,
        error_status_code: int | None,
        error_headers: Any,
    ) -> NoReturn:
        """Refuse with the fields' errors, without the name of the place they came from."""
        messages = error.messages
        assert isinstance(messages, dict), "webargs names the location first"
        (fields,) = messages.values()
        raise InputRefused(fields if isinstance(fields, dict) else {"_": fields}) from error


class BoundedInteger(IntegerConverter):
    """`<int:...>` in an address: what does not fit a bigint is no id of ours."""

    def __init__(self, map: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": BIGINT_MAX, **kwargs})


class ReadableText(UnicodeConverter):
    """`<name>` in an address: up to 120 characters and none of them a control character."""

    regex = r"[^/\x00-\x1f\x7f]{1,120}"


def takes_files(megabytes: int) -> Callable[[View], View]:
    """Let a route take bodies up to so many megabytes; put it outermost."""

    def declare(view: View) -> View:
        view.body_bytes_max = megabytes * 1_000_000  # type: ignore[attr-defined]
        return view

    return declare


def require_readable() -> None:
    """Before each request: set its limit, and refuse an address that holds unreadable characters."""
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "body_bytes_max", BODY_BYTES_MAX)
    # The server hands bytes of the address over as Latin-1; werkzeug decodes them, replacing what is no UTF-8.
    texts = [request.path, *request.args.keys(), *(value for values in request.args.listvalues() for value in values)]
    if any(UNREADABLE.search(text) for text in texts):
        raise TextUnreadable()


def require_readable_form() -> None:
    """Before each request of a screen: refuse a form that holds unreadable characters."""
    if request.method == "POST" and any(
        UNREADABLE.search(text) for pair in request.form.items(multi=True) for text in pair
    ):
        raise TextUnreadable()


STATUSES = {
    BodyUnreadable: HTTPStatus.BAD_REQUEST,
    BodyNotJson: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    TextUnreadable: HTTPStatus.BAD_REQUEST,
    InputRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
}
