"""What nobody should send.

A body begins sound, so that it gets as far as the rules; then each of its fields in turn is wrong.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any
from urllib.parse import quote

from web.paging import pack_cursor

TEXTS: tuple[Any, ...] = ("", "%", "a\0b", "\u202ex", "x" * 5000, 0, None, [], {})
FIGURES: tuple[Any, ...] = (
    *("0", "0.00000000", "-1", "1e5", "NaN", "1,5", "２", "99999999999", "99999999999999.9999", "9" * 400, 1, None),
)
DAYS: tuple[Any, ...] = ("0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "2026-02-30", "", 20260101, None)
WORDS: tuple[Any, ...] = (0, "nonsense", None, [], {})
NUMBERS: tuple[Any, ...] = (0, -1, 999_999_999, 2**63, 10**300, 1.5, "1", True, None)
LISTS: tuple[Any, ...] = ([], [None], ["x"], {}, "x", None)
BODIES: tuple[Any, ...] = (None, [], {}, "x", 7, {"unheard_of": 1})
FILTERS = [
    *("%00", "%25", "%ed%a0%80", quote("１２"), "9" * 400, "-1", "NaN", "a" * 3000),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-13-45"),
]
_DAY, _FIGURE = re.compile(r"\d{4}-\d\d"), re.compile(r"[\d.]+")
_FIRST = (
    "1E+999999",
    "NaN",
    "-" + "9" * 30,
    "0001-01-01",
    "9999-12-31T23:59:59+00:00",
    2**63 - 1,
    0.5,
    None,
    "\0",
)
CURSORS = [pack_cursor([first, *rest]) for first in _FIRST for rest in ((), (1,), (1, 1), ("x", 1))]
# Of a text: a NUL, half a character, nothing; a whole number that no bigint holds; no list at all.
CURSORS += ["WyJcdTAwMDAiXQ", "WyJcdWQ4MDAiXQ", "W10", "WzkyMjMzNzIwMzY4NTQ3NzU4MDhd", "W251bGxd", "%00"]


def argument(things: Mapping[str, Any], name: str, address: str) -> Any:
    """What stands for an argument of an address: of a document the one that is as far as the address needs it."""
    if name != "number":
        return things.get(name, 1)
    steps = ("lines", "submit", "approve", "reject", "withdraw", "send", "confirm", "announce", "chase", "cancel")
    words = {
        "parts/": "part",
        **{f"purchase-orders/<number>/{step}": f"PO {step}" for step in steps},
        "purchase-orders/": "PO",
        "contracts/": "SC",
        "proposals/": "RP",
        "runs/": "RR",
        "transfer-orders/": "TO",
        "expected-receipts/": "ER",
        "work-orders/": "WO",
        "part-requests/": "PR",
    }
    address = address.replace("{", "<").replace("}", ">")
    return things[next((thing for word, thing in words.items() if word in address), "PR")]


def filled(address: str, things: Mapping[str, Any]) -> str:
    """The address with a real thing for each argument, written `{name}` or `<int:name>`."""
    parts = [part.replace("{", "<").replace("}", ">") for part in address.split("/")]
    names = [part.strip("<>").rpartition(":")[2] if part.startswith("<") else "" for part in parts]
    told = zip(parts, names, strict=True)
    return "/".join(str(argument(things, name, address)) if name else part for part, name in told)


def sound(schema: Mapping[str, Any], schemas: Mapping[str, Any], things: Mapping[str, Any], name: str = "") -> Any:
    """A value that fits what the description of the API says of it."""
    schema = resolved(schema, schemas)
    kinds = kinds_of(schema)
    if "properties" in schema:
        return {key: sound(one, schemas, things, key) for key, one in schema["properties"].items()}
    if "array" in kinds:
        return [sound(schema["items"], schemas, things, name.removesuffix("s"))]
    if name in things:
        return things[name]
    if "enum" in schema:
        return schema["enum"][0]
    if "integer" in kinds:
        return max(1, schema.get("minimum", 1))
    if "boolean" in kinds:
        return True
    return {"decimal": "1", "date": "2026-01-15", "date-time": "2026-01-15T08:00:00Z"}.get(
        schema.get("format", ""), "1"
    )


def resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind a reference, or behind the choice between one and nothing."""
    for one in (schema, *schema.get("allOf", ()), *schema.get("anyOf", ())):
        if "$ref" in one:
            found: Mapping[str, Any] = schemas[one["$ref"].rpartition("/")[2]]
            return found
    return schema


def kinds_of(schema: Mapping[str, Any]) -> Sequence[str]:
    """The JSON types that a schema takes."""
    kinds = schema.get("type", ())
    return [kinds] if isinstance(kinds, str) else kinds


def spoilt(body: Any) -> Iterator[Any]:
    """The body with one field wrong, left out or one too many, each in turn, and what is no body of its kind at all."""
    yield from BODIES
    for path, value in fields_of(body):
        for wrong in _wrong(value):
            yield _with(body, path, wrong)
        if isinstance(value, list):
            yield _with(body, path, value * 2)
            yield _with(body, path, value * 5001)


def typed_wrong(sound: str) -> Sequence[str]:
    """What should not be typed where this would be right."""
    return ("0001-01-01", "9999-12-31") if _DAY.match(sound) else ("", "9" * 400)


def fields_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every field of a body, however deep, with the way to it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in pairs:
        yield (*path, key), one
        yield from fields_of(one, (*path, key))


def _wrong(value: Any) -> Sequence[Any]:
    if isinstance(value, str):
        return DAYS if _DAY.match(value) else FIGURES if _FIGURE.fullmatch(value) else TEXTS
    return {int: NUMBERS, list: LISTS}.get(type(value), WORDS)


def _with(body: Any, path: Sequence[Any], value: Any) -> Any:
    spoilt = deepcopy(body)
    place = spoilt
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return spoilt
