"""Reading hostile bodies, addresses and forms."""

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from flask import Flask
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from inventory.identity import Person
from tests import given
from web.wire import NESTING_MAX, BodyUnreadable, read_json


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"a": NaN}', "not_a_number"),
        (b'{"a": Infinity}', "not_a_number"),
        (b'{"a": -Infinity}', "not_a_number"),
        (b'{"a": 1, "a": 2}', "name_twice"),
        (b'{"a": {"b": 1, "b": 1}}', "name_twice"),
        ('{"a": "中"}'.encode("gb18030"), "not_utf8"),
        ('{"a": 1}'.encode("utf-16"), "not_utf8"),
        (b'\xef\xbb\xbf{"a": 1}', "byte_order_mark"),
        (rb'{"a": "\ud800"}', "unreadable_character"),
        (rb'{"\udfff": 1}', "unreadable_character"),
        (rb'{"a": ["x", {"b": "\u0000"}]}', "unreadable_character"),
        (b'{"a": "\x00"}', "not_json"),
        (b"[" * 100_000, "nested_too_deep"),
        (b'{"a":' * 21 + b"1" + b"}" * 21, "nested_too_deep"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "number_too_long"),
        (b'{"a": 1e999}', "number_too_long"),
        (b'{"a": 1', "not_json"),
        (b"{'a': 1}", "not_json"),
        (b'{"a": 01}', "not_json"),
        (b"", "not_json"),
    ],
)
def test_a_body_that_is_not_our_json_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(BodyUnreadable) as refused:
        read_json(body)
    assert refused.value.facts["why"] == why


def test_brackets_inside_a_text_are_not_nesting() -> None:
    text = "[{" * 50 + '"]'
    assert read_json(json.dumps({"a": text}).encode()) == {"a": text}


def test_nesting_up_to_the_limit_is_read() -> None:
    assert read_json(b"[" * NESTING_MAX + b"]" * NESTING_MAX)


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert read_json(rb'"\ud83d\udd27"') == "🔧"


plain_text = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"))
values = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**63), 2**63) | plain_text,
    lambda inner: some.lists(inner) | some.dictionaries(plain_text, inner),
    max_leaves=8,
)


@over(values)
@settings(max_examples=60, deadline=None)
def test_what_is_json_comes_back_as_it_was(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


@over(some.binary(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(BodyUnreadable):
        read_json(body)


# Over HTTP.


@pytest.fixture
def engineer(plant: Session) -> Person:
    return given.person(plant, "engineer", given.warehouse(plant))


def send(notes_app: Flask, plant: Session, person: Person, body: bytes, content_type: str | None = "application/json"):
    token = given.token(plant, person)
    plant.commit()
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"wire-{token[-20:]}"}
    return notes_app.test_client().post("/api/v1/notes", data=body, headers=headers, content_type=content_type)


def test_a_body_that_cannot_be_read_answers_400(notes_app: Flask, plant: Session, engineer: Person) -> None:
    answer = send(notes_app, plant, engineer, b'{"subject": "a", "subject": "b"}')
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert (answer.json["code"], answer.json["facts"]) == ("body_unreadable", {"why": "name_twice"})


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", None]
)
def test_another_content_type_than_json_answers_415(
    notes_app: Flask, plant: Session, engineer: Person, content_type: str | None
) -> None:
    answer = send(notes_app, plant, engineer, b'{"subject": "a"}', content_type)
    assert (answer.status_code, answer.json["code"]) == (415, "body_not_json")


def test_a_body_over_a_megabyte_answers_413(notes_app: Flask, plant: Session, engineer: Person) -> None:
    body = b'{"subject": "' + b"a" * 1_000_000 + b'"}'
    assert send(notes_app, plant, engineer, body).status_code == 413


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"null", b"", b"{}"])
def test_a_body_of_another_shape_answers_422(notes_app: Flask, plant: Session, engineer: Person, body: bytes) -> None:
    assert send(notes_app, plant, engineer, body).status_code == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"subject": "a", "colour": "red"}', "colour"),
        (b'{"subject": "a", "times": "2"}', "times"),
        (b'{"subject": "a", "times": 2.0}', "times"),
        (b'{"subject": "a", "times": true}', "times"),
        (b'{"subject": "a", "times": 6}', "times"),
        (b'{"subject": "a", "times": 0}', "times"),
        (b'{"subject": "a", "times": 99999999999999999999999}', "times"),
        (b'{"subject": 7}', "subject"),
        (b'{"subject": ""}', "subject"),
        (rb'{"subject": "a\u202eb"}', "subject"),
        (rb'{"subject": "a\u001bb"}', "subject"),
        (b'{"subject": "a", "at": "2026-01-01T00:00:00"}', "at"),
        (b'{"subject": "a", "at": "0001-01-01T00:00:00+08:00"}', "at"),
        (b'{"subject": "a", "at": 5}', "at"),
    ],
)
def test_a_field_out_of_bounds_is_named(
    notes_app: Flask, plant: Session, engineer: Person, body: bytes, field: str
) -> None:
    answer = send(notes_app, plant, engineer, body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/one/99999999999999999999999", 404),
        ("/one/9223372036854775808", 404),
        ("/one/%00", 400),
        ("/warehouses?limit=99999999999999999999", 422),
        ("/warehouses?limit=-1", 422),
        ("/warehouses?limit=%EF%BC%97", 422),
        ("/warehouses?limit=1_0", 422),
        ("/warehouses?cursor=%00", 400),
        ("/warehouses?cursor=%ff", 422),
        ("/warehouses?colour=red", 422),
        ("/warehouses?cursor=" + "A" * 5000, 422),
    ],
)
def test_a_hostile_address_is_refused(notes_api: Callable, engineer: Person, path: str, status: int) -> None:
    answer = notes_api(engineer).get(f"/notes{path}")
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_a_nul_in_a_form_is_refused(notes_browser: Callable, engineer: Person) -> None:
    assert notes_browser(engineer).post("/notes/write", subject="a\0b").status_code == 400
