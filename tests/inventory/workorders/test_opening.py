"""A call becomes a work order: who may open it, who can get it, and what is recognised."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from inventory import workorders
from inventory.errors import NotFound, NotPermitted
from inventory.identity.models import Person
from inventory.network.models import Warehouse
from inventory.timeline import DocumentKind, list_events
from inventory.workorders import Appliance, Customer, WorkOrder, WorkOrderStatus
from tests import given
from tests.given import NOON
from tests.given.workorders import RULES, at_work, call, repair


@pytest.fixture
def station(session):
    return given.warehouse(session)


@pytest.fixture
def engineer(session, station):
    return at_work(session, "engineer", station)


@pytest.fixture
def manager(session, station):
    return at_work(session, "station_manager", station)


def open_(session, wish, by, at=NOON):
    return workorders.open_work_order(session, wish, RULES, by=by, at=at)


def test_a_call_opens_a_work_order_for_the_engineer_named(session, station, engineer, manager):
    work_order = open_(session, call(session, station, engineer, symptom="漏水"), manager)

    assert work_order.status is WorkOrderStatus.OPEN
    assert work_order.number == f"WO-{work_order.id}"
    assert (work_order.engineer_id, work_order.warehouse_id) == (engineer.person_id, station.id)
    assert (work_order.symptom, work_order.opened_at) == ("漏水", NOON)


def test_opening_is_told_on_the_timeline_without_personal_text(session, station, engineer, manager):
    work_order = open_(session, call(session, station, engineer), manager)

    (event,) = list_events(session, DocumentKind.WORK_ORDER, [work_order.id])
    assert (event.happening, event.from_status, event.to_status) == ("opened", "new", "open")
    assert (event.actor_id, event.command_id) == (manager.person_id, manager.command_id)
    assert event.facts == {"engineer_id": engineer.person_id}


def test_an_unknown_and_a_foreign_repair_centre_answer_alike(session, station, engineer):
    foreign = given.warehouse(session)
    by = at_work(session, "engineer", station)

    with pytest.raises(NotFound) as unknown:
        open_(session, call(session, station, engineer, warehouse="NOWHERE"), by)
    with pytest.raises(NotFound) as out_of_reach:
        open_(session, call(session, station, engineer, warehouse=foreign.code), by)
    assert (type(unknown.value), unknown.value.code) == (type(out_of_reach.value), out_of_reach.value.code)
    assert set(unknown.value.facts) == set(out_of_reach.value.facts)


def test_who_may_not_record_calls_is_refused(session, station, engineer):
    with pytest.raises(NotPermitted):
        open_(session, call(session, station, engineer), at_work(session, "warehouse_operator", station))


def test_work_orders_go_to_repair_centres_only(session, engineer):
    centre = given.warehouse(session, tier="distribution")
    by = at_work(session, "integration")

    with pytest.raises(workorders.NotARepairCentre):
        open_(session, call(session, centre, engineer), by)


def test_an_engineer_of_another_centre_is_refused(session, station, manager):
    elsewhere = at_work(session, "engineer", given.warehouse(session))

    with pytest.raises(workorders.NotAnEngineerHere):
        open_(session, call(session, station, elsewhere), manager)


def test_somebody_who_is_no_engineer_is_refused(session, station, manager):
    with pytest.raises(workorders.NotAnEngineerHere):
        open_(session, call(session, station, manager), manager)


def test_an_engineer_bound_above_with_descendants_serves_the_centre(session, station, manager):
    above = given.person(session, "engineer", _parent(session, station), with_descendants=True)
    by = given.acting(session, "engineer", station, person=above)

    assert open_(session, call(session, station, by), manager).engineer_id == above.id


def test_an_engineer_bound_above_without_descendants_does_not(session, station, manager):
    above = given.person(session, "engineer", _parent(session, station))
    by = given.acting(session, "engineer", station, person=above)

    with pytest.raises(workorders.NotAnEngineerHere):
        open_(session, call(session, station, by), manager)


def test_a_disabled_engineer_gets_no_work_order(session, station, engineer, manager):
    session.get_one(Person, engineer.person_id).disabled_at = NOON
    session.flush()

    with pytest.raises(workorders.NotAnEngineerHere):
        open_(session, call(session, station, engineer), manager)


def test_an_unknown_model_is_refused(session, station, engineer, manager):
    with pytest.raises(workorders.ModelUnknown, match="NO-SUCH"):
        open_(session, call(session, station, engineer, model="NO-SUCH"), manager)


def test_nothing_was_bought_after_the_call(session, station, engineer, manager):
    with pytest.raises(workorders.PurchasedInFuture):
        open_(session, call(session, station, engineer, purchased_on=NOON.date() + timedelta(days=2)), manager)


def test_a_purchase_of_today_is_accepted_where_today_begins_before_utc(session, station, engineer, manager):
    late_evening = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)  # already 3 March in China
    wish = call(session, station, engineer, purchased_on=date(2026, 3, 3))

    assert open_(session, wish, manager, at=late_evening).status is WorkOrderStatus.OPEN


def test_the_same_telephone_and_name_is_the_same_customer_however_written(session, station, engineer, manager):
    first = open_(session, call(session, station, engineer, customer_phone="13800001111"), manager)
    again = open_(session, call(session, station, engineer, customer_phone="+86 138-0000-1111"), manager)
    wide = open_(session, call(session, station, engineer, customer_phone="１３８ ００００ １１１１"), manager)

    assert first.customer_id == again.customer_id == wide.customer_id


def test_another_name_on_the_same_telephone_is_another_customer(session, station, engineer, manager):
    first = open_(session, call(session, station, engineer, customer_phone="13800002222"), manager)
    other = open_(
        session, call(session, station, engineer, customer_phone="13800002222", customer_name="赵先生"), manager
    )

    assert first.customer_id != other.customer_id


def test_a_new_address_replaces_the_old_and_none_leaves_it(session, station, engineer, manager):
    said = {"customer_phone": "13800003333"}
    first = open_(session, call(session, station, engineer, **said, customer_address="旧址"), manager)
    open_(session, call(session, station, engineer, **said, customer_address="新址"), manager)
    open_(session, call(session, station, engineer, **said, customer_address=""), manager)

    assert session.get_one(Customer, first.customer_id, populate_existing=True).address == "新址"


@pytest.mark.parametrize("phone", ["", "1234", "not a number", "1" * 21, "138<0000>1111", "٣٤٥٦٧٨٩"])
def test_an_unreadable_telephone_is_refused(session, station, engineer, manager, phone):
    with pytest.raises(workorders.PhoneUnreadable):
        open_(session, call(session, station, engineer, customer_phone=phone), manager)


def test_the_telephone_hash_depends_on_the_key():
    assert workorders.phone_hash("13800001111", b"one") != workorders.phone_hash("13800001111", b"other")


def test_a_second_call_for_the_same_appliance_is_a_repeat_repair(session, station, engineer, manager):
    model = given.model(session).code
    first = open_(session, call(session, station, engineer, model=model, serial="SN-7"), manager)
    second = open_(
        session, call(session, station, engineer, model=model, serial=" sn-7 "), manager, NOON + timedelta(days=30)
    )

    assert second.repeats_id == first.id
    assert second.appliance_id == first.appliance_id
    (event,) = list_events(session, DocumentKind.WORK_ORDER, [second.id])
    assert event.facts["repeats"] == first.number


def test_the_last_repair_counts_from_its_end(session, station, engineer, manager):
    model = given.model(session).code
    first = open_(session, call(session, station, engineer, model=model, serial="SN-8"), manager)
    workorders.complete_work_order(session, first.number, by=manager, at=NOON + timedelta(days=60))
    second = open_(
        session, call(session, station, engineer, model=model, serial="SN-8"), manager, NOON + timedelta(days=149)
    )

    assert second.repeats_id == first.id


def test_long_after_the_last_repair_a_call_is_a_new_one(session, station, engineer, manager):
    model = given.model(session).code
    first = open_(session, call(session, station, engineer, model=model, serial="SN-9"), manager)
    workorders.complete_work_order(session, first.number, by=manager, at=NOON)
    later = NOON + RULES.repeat_within + timedelta(seconds=1)

    assert (
        open_(session, call(session, station, engineer, model=model, serial="SN-9"), manager, later).repeats_id is None
    )


def test_a_call_that_was_called_off_was_no_repair(session, station, engineer, manager):
    model = given.model(session).code
    first = open_(session, call(session, station, engineer, model=model, serial="SN-10"), manager)
    workorders.cancel_work_order(session, first.number, reason="客户自行解决", by=manager, at=NOON)

    assert open_(session, call(session, station, engineer, model=model, serial="SN-10"), manager).repeats_id is None


def test_the_same_serial_of_another_model_is_another_appliance(session, station, engineer, manager):
    first = open_(session, call(session, station, engineer, serial="SN-11"), manager)
    other = open_(session, call(session, station, engineer, serial="SN-11"), manager)

    assert other.appliance_id != first.appliance_id
    assert other.repeats_id is None


def test_an_appliance_passes_to_the_customer_who_calls_and_keeps_its_purchase_date(session, station, engineer, manager):
    model, bought = given.model(session).code, date(2025, 5, 1)
    said = {"model": model, "serial": "SN-12"}
    open_(session, call(session, station, engineer, **said, purchased_on=bought), manager)
    second = open_(session, call(session, station, engineer, **said, customer_name="新主人"), manager)

    appliance = session.get_one(Appliance, second.appliance_id, populate_existing=True)
    assert (appliance.customer_id, appliance.purchased_on) == (second.customer_id, bought)


def test_a_reference_used_before_at_the_centre_is_refused_and_names_the_number(session, station, engineer, manager):
    first = open_(session, call(session, station, engineer, reference="CC-1"), manager)

    with pytest.raises(workorders.ReferenceUsed) as refused:
        open_(session, call(session, station, engineer, reference="CC-1"), manager)
    assert refused.value.facts == {"reference": "CC-1", "number": first.number}


def test_the_same_reference_at_another_centre_is_another_call(session, station, engineer, manager):
    open_(session, call(session, station, engineer, reference="CC-2"), manager)
    elsewhere = repair(session, reference="CC-2")

    assert elsewhere.work_order.reference == "CC-2"


def test_work_orders_without_a_reference_do_not_collide(session, station, engineer, manager):
    open_(session, call(session, station, engineer), manager)
    open_(session, call(session, station, engineer), manager)

    assert session.scalar(select(func.count()).where(WorkOrder.warehouse_id == station.id)) == 2


def _parent(session, station):
    return session.get_one(Warehouse, station.parent_id)
