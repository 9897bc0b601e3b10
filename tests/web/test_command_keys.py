"""One key, one effect, one answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from inventory.audit import AuditEntry
from inventory.commands import Command
from inventory.identity import Person
from tests import given
from tests.web import notes
from web.db import transaction

_numbers = count(1)


@pytest.fixture
def engineer(plant: Session) -> Person:
    return given.person(plant, "engineer", given.warehouse(plant))


@pytest.fixture
def subject() -> str:
    """A subject no other test writes."""
    return f"subject {next(_numbers)}"


def notes_about(plant: Session, subject: str) -> int:
    plant.rollback()
    query = select(func.count()).where(AuditEntry.action == "test_note", AuditEntry.subject == subject)
    return plant.scalar(query) or 0


def test_the_same_key_and_body_get_the_first_answer_and_no_second_effect(
    notes_api: Callable, plant: Session, engineer: Person, subject: str
) -> None:
    api = notes_api(engineer)
    first = api.post("/notes", {"subject": subject}, key="the-same-key-1")
    again = api.post("/notes", {"subject": subject}, key="the-same-key-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.data, again.location, again.content_type) == (first.data, first.location, first.content_type)
    assert notes_about(plant, subject) == 1


def test_the_same_key_with_another_body_is_refused(
    notes_api: Callable, plant: Session, engineer: Person, subject: str
) -> None:
    api = notes_api(engineer)
    api.post("/notes", {"subject": subject}, key="the-same-key-2")
    other = api.post("/notes", {"subject": subject, "times": 2}, key="the-same-key-2")
    assert (other.status_code, other.json["code"]) == (422, "command_key_reused")
    assert notes_about(plant, subject) == 1


def test_the_same_key_of_somebody_else_is_refused(
    notes_api: Callable, plant: Session, engineer: Person, subject: str
) -> None:
    notes_api(engineer).post("/notes", {"subject": subject}, key="the-same-key-3")
    other = notes_api(given.person(plant, "engineer", given.warehouse(plant)))
    answer = other.post("/notes", {"subject": subject}, key="the-same-key-3")
    assert (answer.status_code, answer.json["code"]) == (409, "command_key_foreign")


def test_a_write_without_a_key_is_refused(notes_app: Flask, plant: Session, engineer: Person, subject: str) -> None:
    token = given.token(plant, engineer)
    plant.commit()
    headers = {"Authorization": f"Bearer {token}"}
    answer = notes_app.test_client().post("/api/v1/notes", json={"subject": subject}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_missing")
    assert notes_about(plant, subject) == 0


@pytest.mark.parametrize("key", ["short", "with a space", "钥匙钥匙钥匙钥匙", "x" * 121])
def test_a_key_that_is_none_is_refused(notes_api: Callable, engineer: Person, key: str) -> None:
    answer = notes_api(engineer).post("/notes", {"subject": "x"}, key=key)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_unreadable")


def test_a_refused_command_leaves_its_key_free(
    notes_api: Callable, plant: Session, engineer: Person, subject: str
) -> None:
    api = notes_api(engineer)
    assert api.post("/notes", {"subject": "taken"}, key="the-same-key-4").status_code == 409
    assert api.post("/notes", {"subject": subject}, key="the-same-key-4").status_code == 201


def test_twins_at_once_have_one_effect(notes_app: Flask, plant: Session, engineer: Person, subject: str) -> None:
    token = given.token(plant, engineer)
    plant.commit()
    barrier = Barrier(6)

    def send() -> int:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "twins-at-once"}
        barrier.wait()
        return notes_app.test_client().post("/api/v1/notes", json={"subject": subject}, headers=headers).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = [one.result() for one in [pool.submit(send) for _ in range(6)]]
    assert answers == [201] * 6
    assert notes_about(plant, subject) == 1


def test_a_twin_that_waits_too_long_is_told_that_the_command_runs(
    notes_app: Flask, notes_api: Callable, plant: Session, engineer: Person
) -> None:
    api = notes_api(engineer)
    engine = notes_app.extensions["database"].engine
    with engine.connect() as rival, rival.begin():
        rival.execute(
            text("INSERT INTO command (key, principal_id, kind, request_hash) VALUES (:key, :by, 'x', '')"),
            {"key": "running-already", "by": engineer.id},
        )
        answer = api.post("/notes", {"subject": "x"}, key="running-already")
        rival.rollback()
    assert (answer.status_code, answer.json["code"]) == (409, "command_running")


def test_a_lock_of_a_rival_that_is_not_let_go_answers_503(
    notes_app: Flask, notes_api: Callable, plant: Session, engineer: Person
) -> None:
    api = notes_api(engineer)
    with notes_app.extensions["database"].engine.connect() as rival, rival.begin():
        rival.execute(text("SELECT pg_advisory_xact_lock(77)"))
        answer = api.post("/notes", {"subject": "waits"})
        rival.rollback()
    assert (answer.status_code, answer.json["code"]) == (503, "database_busy")
    assert int(answer.headers["Retry-After"]) > 0


def test_rivals_in_a_deadlock_both_succeed(notes_app: Flask, plant: Session, engineer: Person) -> None:
    token = given.token(plant, engineer)
    plant.commit()
    before = notes_about(plant, "rival")
    # The victim runs again, and takes the locks in the order of the other one then.
    notes.RIVAL_ORDER[:] = [(1001, 1002), (1002, 1001), (1001, 1002)]

    def send(number: int) -> int:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"deadlock-{number}"}
        return notes_app.test_client().post("/api/v1/notes/rivals", headers=headers).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, range(2)))
    assert answers == [200, 200]
    assert notes.RIVAL_ORDER == []  # three runs: one was the victim of a deadlock
    assert notes_about(plant, "rival") == before + 2


def test_a_connection_that_is_cut_answers_503_and_the_next_request_succeeds(
    notes_api: Callable, plant: Session, engineer: Person, subject: str
) -> None:
    api = notes_api(engineer)
    cut = api.post("/notes", {"subject": "cut"}, key="cut-in-the-middle")
    assert (cut.status_code, cut.json["code"]) == (503, "database_busy")
    assert api.post("/notes", {"subject": subject}).status_code == 201


def test_connections_that_died_while_idle_are_replaced_unseen(
    notes_app: Flask, notes_api: Callable, plant: Session, engineer: Person, subject: str
) -> None:
    api = notes_api(engineer)
    api.post("/notes", {"subject": subject})
    with notes_app.extensions["database"].probe.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE usename = current_user AND pid <> pg_backend_pid() AND datname = current_database() "
                "AND state = 'idle'"
            )
        )
    plant.close()
    plant.connection().invalidate()
    plant.rollback()
    assert api.post("/notes", {"subject": subject}).status_code == 201


def test_an_accepted_write_costs_three_statements_more_than_its_use_case(
    notes_app: Flask, notes_api: Callable, engineer: Person, subject: str
) -> None:
    api = notes_api(engineer)
    api.post("/notes", {"subject": subject})  # the token's first use is noted
    statements: list[str] = []

    def count_one(_connection, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    engine = notes_app.extensions["database"].engine
    event.listen(engine, "before_cursor_execute", count_one)
    try:
        api.post("/notes", {"subject": subject})
    finally:
        event.remove(engine, "before_cursor_execute", count_one)
    assert len(statements) == 3 + 2, statements  # who asks, the claim, the answer; a note and its reading


# On screens.


def test_a_form_sent_twice_has_one_effect_and_says_the_same_twice(
    notes_browser: Callable, plant: Session, engineer: Person, subject: str
) -> None:
    browser = notes_browser(engineer)
    for _ in range(2):
        answer = browser.post("/notes/write", page="/notes/form", key="form-sent-twice", subject=subject)
        assert (answer.status_code, answer.location) == (303, "/notes/form")
        assert browser.get("/notes/form").get_data(as_text=True).count("alert-success") == 1
    assert notes_about(plant, subject) == 1


def test_a_refused_form_goes_back_to_its_page_and_tells_only_the_refusal(
    notes_browser: Callable, engineer: Person
) -> None:
    browser = notes_browser(engineer)
    answer = browser.post("/notes/write", page="/notes/form", subject="taken")
    assert (answer.status_code, answer.location) == (303, "/notes/form")
    page = browser.get("/notes/form").get_data(as_text=True)
    assert page.count("alert-danger") == 1
    assert "alert-success" not in page


def test_a_refused_form_of_a_script_gets_the_message_and_its_status(notes_browser: Callable, engineer: Person) -> None:
    browser = notes_browser(engineer)
    answer = browser.client.post(
        "/notes/write",
        data={"csrf_token": browser.csrf_token("/notes/form"), "command_key": "script-sent-it", "subject": "taken"},
        headers={"X-Swap": "#notes"},
    )
    assert answer.status_code == 409
    assert "alert-danger" in answer.get_data(as_text=True)


# For jobs.


def test_a_job_writes_as_the_system_under_a_command_of_its_own(app: Flask, plant: Session) -> None:
    with transaction(app.extensions["database"].sessions, "wave_release") as work:
        assert work.by.name.startswith("系统")
        assert work.by.may("release_waves", 4711)
    command = plant.get_one(Command, work.by.command_id)
    assert (command.kind, command.answer_status) == ("wave_release", 200)


def test_a_job_is_told_that_its_key_was_used(app: Flask) -> None:
    sessions = app.extensions["database"].sessions
    with transaction(sessions, "import", key="import of a file 1") as first:
        assert not first.replayed
    with transaction(sessions, "import", key="import of a file 1") as again:
        assert again.replayed
