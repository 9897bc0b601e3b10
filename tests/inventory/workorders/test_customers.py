"""Customers' personal data: seen by those who need it, and erased for good."""

import json

import pytest
from sqlalchemy import text

from inventory import workorders
from inventory.audit import AuditEntry
from inventory.errors import NotFound, NotPermitted
from inventory.workorders import Customer, WorkOrderFilter
from tests import given
from tests.given import NOON
from tests.given.workorders import RULES, arrived, at_work, call, repair
from tests.inventory.workorders.books import assert_books_agree

NAME, PHONE, ADDRESS = "欧阳明月", "13912345678", "青岛市崂山区某路 8 号 2-301"


@pytest.fixture
def job(session):
    return repair(session, customer_name=NAME, customer_phone=PHONE, customer_address=ADDRESS)


def seen_by(session, job, actor):
    return workorders.view_work_order(session, job.work_order.number, by=actor).summary.customer


def test_the_engineer_sees_where_to_go(session, job):
    seen = seen_by(session, job, job.engineer)

    assert (seen.name, seen.phone, seen.address, seen.masked) == (NAME, PHONE, ADDRESS, False)


def test_who_has_no_need_sees_one_character(session, job):
    seen = seen_by(session, job, at_work(session, "administrator"))

    assert seen.masked
    assert seen.name == "欧•••"
    assert PHONE[:3] not in seen.phone
    assert "青岛" not in seen.address


def test_lists_are_masked_as_well(session, job):
    (row,) = workorders.list_work_orders(
        session, WorkOrderFilter(warehouse=job.station.code), by=at_work(session, "administrator")
    )

    assert (row.customer.masked, row.customer.name) == (True, "欧•••")


def test_nobody_finds_out_by_searching_what_he_may_not_see(session, job):
    administrator, hashed = at_work(session, "administrator"), workorders.phone_hash(PHONE, RULES.phone_key)

    by_name = workorders.list_work_orders(session, WorkOrderFilter(search=NAME), by=administrator)
    by_phone = workorders.list_work_orders(session, WorkOrderFilter(phone_hash=hashed), by=administrator)

    assert (by_name, by_phone) == ([], [])


def test_erasing_overwrites_the_one_row(session, job):
    administrator = at_work(session, "administrator")

    workorders.erase_customer(session, job.work_order.customer_id, by=administrator, at=NOON)

    customer = session.get_one(Customer, job.work_order.customer_id, populate_existing=True)
    assert (customer.name, customer.phone, customer.phone_hash, customer.address) == ("", "", None, "")
    assert customer.erased_at == NOON
    seen = seen_by(session, job, job.engineer)
    assert (seen.erased, seen.name) == (True, "")


def test_after_erasing_nothing_personal_is_left_anywhere_and_all_books_agree(session, job):
    part = given.part(session)
    line = arrived(session, job, part, 1)
    (drawn,) = workorders.draw(session, line.id, 1, by=job.engineer, at=NOON)
    workorders.fit(session, drawn.id, 1, by=job.engineer, at=NOON)
    workorders.complete_work_order(session, job.work_order.number, by=job.engineer, at=NOON)

    workorders.erase_customer(session, job.work_order.customer_id, by=at_work(session, "administrator"), at=NOON)
    session.flush()

    assert [table for table in _tables(session) if _mentions(session, table, NAME, PHONE, ADDRESS)] == []
    assert_books_agree(session)


def test_an_erased_customer_who_calls_again_is_a_new_one(session, job):
    workorders.erase_customer(session, job.work_order.customer_id, by=at_work(session, "administrator"), at=NOON)

    wish = call(session, job.station, job.engineer, customer_name=NAME, customer_phone=PHONE)
    again = workorders.open_work_order(session, wish, RULES, by=job.manager, at=NOON)

    assert again.customer_id != job.work_order.customer_id


def test_erasing_twice_is_once(session, job):
    administrator = at_work(session, "administrator")
    workorders.erase_customer(session, job.work_order.customer_id, by=administrator, at=NOON)
    workorders.erase_customer(session, job.work_order.customer_id, by=administrator, at=NOON.replace(hour=23))

    assert session.get_one(Customer, job.work_order.customer_id, populate_existing=True).erased_at == NOON


def test_erasing_is_noted_with_the_id_and_nothing_personal(session, job):
    administrator = at_work(session, "administrator")
    workorders.erase_customer(session, job.work_order.customer_id, by=administrator, at=NOON)
    session.flush()

    noted = session.query(AuditEntry).filter_by(actor_id=administrator.person_id, action="customer_erased").one()
    assert noted.subject == f"customer {job.work_order.customer_id}"
    assert NAME not in json.dumps(noted.facts, ensure_ascii=False)


def test_only_an_administrator_erases(session, job):
    with pytest.raises(NotPermitted):
        workorders.erase_customer(session, job.work_order.customer_id, by=job.manager, at=NOON)


def test_an_unknown_customer_is_not_erased(session):
    with pytest.raises(NotFound):
        workorders.erase_customer(session, 999_999_999, by=at_work(session, "administrator"), at=NOON)


def _tables(session):
    return session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()


def _mentions(session, table, *texts):
    rows = session.scalars(text(f'SELECT to_jsonb(t)::text FROM "{table}" t')).all()
    return any(one in row for row in rows for one in texts)
