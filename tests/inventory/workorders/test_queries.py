"""Reading work orders: whose are seen by whom, what is found, and how their parts stand."""

from datetime import timedelta

import pytest

from inventory import workorders
from inventory.errors import NotFound, NotPermitted
from inventory.identity.models import Person
from inventory.ledger import Condition
from inventory.workorders import Risk, WorkOrderFilter, WorkOrderStatus
from tests import given
from tests.given import NOON
from tests.given.network import JINAN
from tests.given.transport import delivered
from tests.given.workorders import RULES, arrived, asked_for, at_work, call, repair

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def job(session):
    return repair(session)


@pytest.fixture
def part(session):
    return given.part(session)


def numbers(rows):
    return [row.number for row in rows]


def listed(session, by, **wanted):
    return numbers(workorders.list_work_orders(session, WorkOrderFilter(**wanted), by=by))


def test_a_manager_sees_the_work_orders_of_his_centre_and_no_other(session, job):
    repair(session)

    assert listed(session, job.manager) == [job.work_order.number]


def test_the_administrator_sees_all_of_them_newest_first(session, job):
    other = repair(session)

    assert listed(session, at_work(session, "administrator"))[:2] == [other.work_order.number, job.work_order.number]


def test_who_may_not_see_work_orders_is_refused(session, job):
    with pytest.raises(NotPermitted):
        listed(session, at_work(session, "warehouse_operator", job.station))


def test_an_engineer_has_his_own_open_work_orders_at_hand_oldest_first(session, job):
    wish = call(session, job.station, job.engineer)
    second = workorders.open_work_order(session, wish, RULES, by=job.manager, at=LATER)
    done = workorders.open_work_order(
        session, call(session, job.station, job.engineer), RULES, by=job.manager, at=LATER
    )
    workorders.complete_work_order(session, done.number, by=job.engineer, at=LATER)
    repair(session, job.station)

    mine = workorders.list_my_work_orders(session, by=job.engineer)

    assert numbers(mine) == [job.work_order.number, second.number]


@pytest.mark.parametrize("found_by", ["number", "digits", "serial", "reference", "name", "phone"])
def test_a_work_order_is_found_by(session, found_by):
    job = repair(session, serial="XYZ-77", reference="CC-88", customer_name="司马光", customer_phone="13700000077")
    repair(session, job.station)
    wanted = {
        "number": {"search": job.work_order.number.lower()},
        "digits": {"search": str(job.work_order.id)},
        "serial": {"search": "xyz-7"},
        "reference": {"search": "CC-8"},
        "name": {"search": "司马"},
        "phone": {"phone_hash": workorders.phone_hash("137-0000-0077", RULES.phone_key)},
    }[found_by]

    assert listed(session, job.manager, **wanted) == [job.work_order.number]


def test_what_a_pattern_would_match_is_not_found(session, job):
    assert listed(session, job.manager, search="%") == []


def test_a_list_is_narrowed_by_status_engineer_and_centre(session, job):
    other = repair(session, job.station)
    workorders.cancel_work_order(session, other.work_order.number, reason="-", by=job.manager, at=LATER)

    assert listed(session, job.manager, status=WorkOrderStatus.CANCELLED) == [other.work_order.number]
    login = session.get_one(Person, job.engineer.person_id).login
    assert listed(session, job.manager, engineer=login) == [job.work_order.number]
    assert listed(session, job.manager, warehouse="ELSEWHERE") == []


def test_pages_follow_one_another_without_gap_or_double(session, job):
    others = [repair(session, job.station).work_order.number for _ in range(4)]
    pages, before = [], None
    while page := workorders.list_work_orders(session, WorkOrderFilter(), by=job.manager, before=before, limit=2):
        pages.append(numbers(page))
        before = page[-1].id

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [one for page in pages for one in page] == [*reversed(others), job.work_order.number]


def test_a_work_order_shows_how_each_part_stands(session, job, part):
    arrived(session, job, part, 4)
    [line] = workorders.view_work_order(session, job.work_order.number, by=job.engineer).lines
    (drawn,) = workorders.draw(session, line.line_id, 3, by=job.engineer, at=LATER)
    workorders.fit(session, drawn.id, 1, by=job.engineer, at=LATER)
    workorders.give_back(session, drawn.id, 1, condition=Condition.GOOD, reason="多余", by=job.engineer, at=LATER)

    view = workorders.view_work_order(session, job.work_order.number, by=job.engineer)

    [line] = view.lines
    assert (line.quantity, line.received, line.to_come) == (4, 4, 0)
    assert (line.waiting, line.in_custody, line.fitted, line.given_back) == (1, 1, 1, 1)
    assert line.lying[0].bin_code
    assert line.risk(LATER) is None


def test_the_parts_of_a_work_order_add_up_in_the_list(session, job, part):
    arrived(session, job, part, 2)
    asked_for(session, job, given.part(session), 3)
    second = arrived(session, job, given.part(session), 2)
    (drawn,) = workorders.draw(session, second.id, 2, by=job.engineer, at=LATER)
    workorders.fit(session, drawn.id, 1, by=job.engineer, at=LATER)

    [row] = workorders.list_my_work_orders(session, by=job.engineer)

    parts = row.parts
    assert (parts.to_come, parts.back_ordered, parts.waiting, parts.in_custody, parts.fitted) == (3, 3, 2, 1, 1)


def test_a_work_order_without_parts_has_none(session, job):
    [row] = workorders.list_my_work_orders(session, by=job.engineer)

    assert (row.parts.to_come, row.parts.waiting, row.parts.risk(NOON)) == (0, 0, None)


def test_a_part_on_its_way_names_its_source_and_its_risk_grows(session, job, part):
    source = given.warehouse(session, tier="distribution", city=JINAN)
    given.stock(session, source, part, 1)
    asked_for(session, job, part)

    [line] = workorders.view_work_order(session, job.work_order.number, by=job.engineer).lines
    [row] = workorders.list_my_work_orders(session, by=job.engineer)

    assert [(one.source_code, one.quantity, one.shipment) for one in line.coming] == [(source.code, 1, None)]
    for hours, risk in ((1, Risk.ON_TIME), (17, Risk.AT_RISK), (25, Risk.LATE)):
        at = NOON + timedelta(hours=hours)
        assert line.risk(at) == row.parts.risk(at) == risk


def test_what_nobody_has_is_at_risk_from_the_start(session, job, part):
    asked_for(session, job, part)

    [line] = workorders.view_work_order(session, job.work_order.number, by=job.engineer).lines

    assert line.risk(NOON) is Risk.AT_RISK


def test_the_repair_before_is_named_to_who_may_see_it_and_hidden_from_others(session, job):
    model, serial = given.model(session).code, "SN-REPEAT"
    first = repair(session, model=model, serial=serial)
    second = repair(session, model=model, serial=serial)

    own = workorders.view_work_order(session, second.work_order.number, by=second.manager)
    above = workorders.view_work_order(session, second.work_order.number, by=at_work(session, "administrator"))

    assert (own.summary.repeated, own.repeats) == (True, None)
    assert above.repeats == first.work_order.number


def test_a_foreign_work_order_answers_like_a_missing_one(session, job):
    stranger = repair(session).manager

    for number in (job.work_order.number, "WO-999999999", "nonsense"):
        with pytest.raises(NotFound) as refused:
            workorders.view_work_order(session, number, by=stranger)
        assert (type(refused.value), set(refused.value.facts)) == (NotFound, {"document"})


def test_the_history_tells_of_the_work_order_its_lines_and_its_moves_in_order(session, job, part):
    line = arrived(session, job, part, 1)
    (drawn,) = workorders.draw(session, line.id, 1, by=given.under_new_command(session, job.engineer), at=LATER)
    workorders.fit(
        session, drawn.id, 1, by=given.under_new_command(session, job.engineer), at=LATER + timedelta(minutes=5)
    )
    workorders.complete_work_order(
        session, job.work_order.number, by=job.manager, remark="好了", at=LATER + timedelta(minutes=9)
    )

    history = workorders.history_of(session, job.work_order.number, by=job.engineer)

    told = [(one.about.value, one.what) for one in history.entries]
    assert told == [
        ("work_order", "opened"),
        ("part_line", "requested"),
        ("part_line", "drawn"),
        ("move", "moved"),
        ("part_line", "fitted"),
        ("move", "moved"),
        ("work_order", "completed"),
    ]
    assert [one.at for one in history.entries] == sorted(one.at for one in history.entries)
    assert (history.entries[-1].who, history.entries[-1].reason) == (job.manager.name, "好了")
    assert history.entries[3].facts["quantity"] == 1
    assert (history.entries[3].from_status, history.entries[3].to_status) == ("bin", "custody")


def test_the_history_names_those_whose_ids_stand_in_its_facts(session, job, part):
    source = given.warehouse(session, tier="distribution", city=JINAN)
    given.stock(session, source, part, 1)
    asked_for(session, job, part)

    history = workorders.history_of(session, job.work_order.number, by=job.engineer)

    assert history.people[job.engineer.person_id] == job.engineer.name
    assert history.warehouses[source.id].code == source.code
    assert history.parts[part.id] == part.number


def test_the_history_of_a_foreign_work_order_is_not_told(session, job):
    with pytest.raises(NotFound):
        workorders.history_of(session, job.work_order.number, by=repair(session).manager)


def test_what_waits_is_counted_for_the_engineer_and_his_manager(session, job, part):
    arrived(session, job, part, 2)
    arrived(session, job, given.part(session), 1)
    other = repair(session, job.station)
    arrived(session, other, given.part(session), 1)
    repair(session)

    assert workorders.count_to_draw(session, by=job.engineer) == 2
    assert workorders.count_my_work_orders(session, by=job.engineer) == 1
    assert workorders.count_open_work_orders(session, by=job.manager) == 2
    assert (
        workorders.count_open_work_orders(session, warehouse_id=other.station.id, by=at_work(session, "administrator"))
        == 2
    )


def test_what_came_for_the_stations_stock_waits_for_the_shelf_until_it_is_put_there(session, job, part):
    line = delivered(session, job.station, part, 3)
    arrived(session, job, given.part(session), 1)

    [waiting] = workorders.list_for_the_shelf(session, by=job.manager)
    assert (waiting.line_id, waiting.part_number, waiting.quantity) == (line.id, part.number, 3)
    assert workorders.list_for_the_shelf(session, by=repair(session).manager) == []

    workorders.stock_up(session, line.id, 3, by=job.manager, at=LATER)
    assert workorders.list_for_the_shelf(session, by=job.manager) == []
