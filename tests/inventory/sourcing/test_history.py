"""The history of a part request: each act once, in order, with the stock in hand, for those who may know."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from inventory import sourcing, transport, warehousing, workorders
from inventory.sourcing import PartRequestWish, WishedLine
from inventory.transport import Carrier, PieceScan, TrackingKind, TrackingNews
from inventory.warehousing import PickFailure, PickTask, Shortfall
from tests import given
from tests.given import NOON
from tests.given.network import BEIJING, QINGDAO
from tests.given.transport import closed
from tests.given.warehousing import scan_of
from tests.given.workorders import asked_for, repair

OLD, NEW = NOON - timedelta(days=9), NOON - timedelta(days=2)


@pytest.fixture
def part(session):
    return given.part(session)


@pytest.fixture
def far(session):
    return given.warehouse(session, tier="central", city=BEIJING)


@pytest.fixture
def city(session, far):
    return given.warehouse(session, tier="distribution", city=QINGDAO, parent=far)


@pytest.fixture
def station(session, city):
    return given.warehouse(session, tier="repair", city=QINGDAO, parent=city)


@pytest.fixture
def act(session):
    """Somebody with every permission; each call is under a command of its own, as each act of a person is."""
    somebody = given.acting(session)
    return lambda: given.under_new_command(session, somebody)


def ask(session, station, *lines, by, priority=1):
    wish = PartRequestWish(station.code, [WishedLine(part.number, n) for part, n in lines], priority=priority)
    return sourcing.request_parts(session, wish, by=by, at=NOON)


def told(session, accepted, by):
    view = sourcing.get_request(session, accepted.request_id, by=by)
    return sourcing.history_of_request(session, view, by=by)


def happened(history):
    return [step.what for step in history.steps]


def one(history, what):
    (step,) = [step for step in history.steps if step.what == what]
    return step


def tasks_of(session, accepted):
    ids = [line.line_id for line in accepted.lines]
    return list(session.scalars(select(PickTask).where(PickTask.line_id.in_(ids)).order_by(PickTask.id)))


def pick(session, task, by, **said):
    return warehousing.confirm_pick(session, task.id, scan_of(session, task, **said), by=by, at=NOON)


def send(session, tasks, act, **how):
    unit = closed(session, tasks, by=act())
    (shipment,) = transport.ship(session, [unit.id], by=act(), at=NOON, **how)
    return unit, shipment


def test_an_urgent_line_tells_its_release_with_lots_bins_and_wave(session, station, city, part, act):
    shelf = given.bin(session, city, code="A-01-01")
    given.stock(session, city, part, 1, lot="OLD", received_at=OLD, bin=shelf)
    given.stock(session, city, part, 5, lot="NEW", received_at=NEW, bin=shelf)
    accepted = ask(session, station, (part, 3), by=act())
    history = told(session, accepted, act())
    assert happened(history) == ["requested", "released"]
    released = history.steps[1]
    assert [(one.lot, one.quantity, one.bin) for one in released.handled] == [
        ("OLD", 1, "A-01-01"),
        ("NEW", 2, "A-01-01"),
    ]
    assert (released.warehouse_id, released.reason) == (city.id, "urgent")
    assert released.facts["wave"].startswith("WV-")


def test_a_wave_is_told_once_with_the_change_of_status(session, station, far, part, act):
    given.stock(session, far, part, 1)
    accepted = ask(session, station, (part, 1), by=act(), priority=5)
    sourcing.release_wave(session, far.id, by=act(), at=NOON)
    released = one(told(session, accepted, act()), "released")
    assert (released.from_status, released.to_status, released.reason) == ("reserved", "released", "lead")
    assert [handled.quantity for handled in released.handled] == [1]


def test_a_short_pick_tells_what_was_missing_where_and_whence_it_comes_now(session, station, city, far, part, act):
    given.stock(session, city, part, 2, lot="HERE", bin=given.bin(session, city, code="A-01-01"))
    given.stock(session, far, part, 5, lot="THERE")
    accepted = ask(session, station, (part, 2), by=act())
    (task,) = tasks_of(session, accepted)
    warehousing.claim_task(session, task.id, by=act(), at=NOON)
    pick(session, task, act(), quantity=1, rest=Shortfall(PickFailure.SHORT, "only one in the bin"))
    history = told(session, accepted, act())
    assert happened(history) == [
        "requested", "released", "claimed", "pick_failed", "sourced_anew", "released", "picked",
    ]  # fmt: skip
    failed, again, picked = history.steps[3], history.steps[5], history.steps[6]
    assert (failed.reason, failed.facts["kind"], failed.warehouse_id) == ("only one in the bin", "short", city.id)
    assert [(one.lot, one.quantity, one.bin) for one in failed.handled] == [("HERE", 1, "A-01-01")]
    assert (again.warehouse_id, [(one.lot, one.quantity) for one in again.handled]) == (far.id, [("THERE", 1)])
    assert [(one.lot, one.quantity) for one in picked.handled] == [("HERE", 1)]


def test_an_override_is_told_with_both_lots_and_its_reason(session, station, city, part, act):
    shelf = given.bin(session, city)
    given.stock(session, city, part, 1, lot="OLD", received_at=OLD, bin=shelf)
    given.stock(session, city, part, 1, lot="NEW", received_at=NEW, bin=shelf)
    accepted = ask(session, station, (part, 1), by=act())
    (task,) = tasks_of(session, accepted)
    pick(session, task, act(), lot="NEW", override_reason="box crushed")
    history = told(session, accepted, act())
    assert [handled.lot for handled in one(history, "released").handled] == ["OLD"]
    (taken,) = one(history, "picked").handled
    assert (taken.lot, taken.instead_of_lot, one(history, "picked").reason) == ("NEW", "OLD", "box crushed")


def test_boxes_carrier_and_what_was_heard_on_the_way_are_told(session, station, city, part, act):
    given.stock(session, city, part, 1, lot="L1")
    carrier = Carrier(code="SF-1", name_zh="顺丰")
    session.add(carrier)
    session.flush()
    accepted = ask(session, station, (part, 1), by=act())
    tasks = [pick(session, task, act()) for task in tasks_of(session, accepted)]
    unit, shipment = send(session, tasks, act, carrier_id=carrier.id, carrier_reference="SF123")
    news = TrackingNews(TrackingKind.DELAYED, NOON, "胶州", "snow")
    transport.add_tracking_event(session, shipment.id, news, by=act(), at=NOON + timedelta(hours=1))
    history = told(session, accepted, act())
    assert happened(history) == ["requested", "released", "picked", "packed", "shipped", "delayed"]
    packed, shipped, delayed = history.steps[3:]
    assert [(one.handling_unit, one.sscc) for one in packed.handled] == [(unit.number, unit.sscc)]
    assert [(one.lot, one.sscc) for one in shipped.handled] == [("L1", unit.sscc)]
    assert (shipped.journey.carrier_zh, shipped.journey.reference) == ("顺丰", "SF123")
    assert (delayed.facts["place"], delayed.reason, delayed.journey.number) == ("胶州", "snow", shipment.number)


def test_what_a_carrier_says_stands_where_its_instant_does(session, station, city, part, act):
    given.stock(session, city, part, 1)
    accepted = ask(session, station, (part, 1), by=act())
    tasks = [pick(session, task, act()) for task in tasks_of(session, accepted)]
    unit, shipment = send(session, tasks, act)
    news = TrackingNews(TrackingKind.ARRIVED, NOON)
    transport.add_tracking_event(session, shipment.id, news, by=act(), at=NOON + timedelta(hours=1))
    scan = transport.BoxScan(unit.sscc)
    transport.receive_shipment(session, shipment.id, [scan], by=act(), at=NOON + timedelta(hours=2))
    assert happened(told(session, accepted, act()))[-4:] == ["shipped", "arrived", "received", "earmarked"]


def test_a_receipt_tells_the_remark_and_where_the_good_pieces_are_kept(session, station, city, part, act):
    given.stock(session, city, part, 3, lot="L1")
    accepted = ask(session, station, (part, 3), by=act())
    _, shipment = send(session, [pick(session, task, act()) for task in tasks_of(session, accepted)], act)
    scan = PieceScan(part.number, received=2, damaged=1)
    transport.receive_shipment(session, shipment.id, [scan], note="wet", by=act(), at=NOON)
    history = told(session, accepted, act())
    received, earmarked = one(history, "received"), one(history, "earmarked")
    assert (received.reason, received.facts["damaged"]) == ("wet", 1)
    assert [(one.lot, one.quantity, one.bin) for one in earmarked.handled] == [("L1", 2, "DOCK-01")]
    assert happened(history)[-2:] == ["received", "earmarked"]


def test_what_lay_on_the_own_shelf_is_told_as_set_aside_and_drawn_from_its_bin(session, station, part, act):
    made = repair(session, station)
    given.stock(session, station, part, 1, lot="L1", bin=given.bin(session, station, code="S-01"))
    line = asked_for(session, replace(made, engineer=given.under_new_command(session, made.engineer)), part)
    by = given.under_new_command(session, made.engineer)
    (drawn,) = workorders.draw(session, line.id, 1, by=by, at=NOON)
    workorders.fit(session, drawn.id, 1, by=given.under_new_command(session, made.engineer), at=NOON)
    view = sourcing.get_request(session, line.request_id, by=by)
    history = sourcing.history_of_request(session, view, by=by)
    assert happened(history) == ["requested", "earmarked", "drawn", "fitted"]
    assert [handled.lot for handled in history.steps[1].handled] == ["L1"]
    assert [(handled.lot, handled.bin) for handled in history.steps[2].handled] == [("L1", "S-01")]


def test_a_withdrawn_line_tells_that_its_pick_was_called_off(session, station, city, part, act):
    given.stock(session, city, part, 1)
    accepted = ask(session, station, (part, 1), by=act())
    sourcing.cancel_request(session, accepted.request_id, reason="not_needed", by=act(), at=NOON)
    history = told(session, accepted, act())
    assert happened(history) == ["requested", "released", "cancelled", "pick_cancelled"]
    assert {step.reason for step in history.steps[2:]} == {"not_needed"}


def test_a_source_is_told_of_its_own_floor_only(session, station, city, far, part, act):
    given.stock(session, city, part, 1)
    given.stock(session, far, part, 1)
    accepted = ask(session, station, (part, 2), by=act())
    lead = given.acting(session, "warehouse_lead", far)
    floor = [step for step in told(session, accepted, lead).steps if step.about == "pick_task"]
    assert [step.warehouse_id for step in floor] == [far.id]
    everything = [step for step in told(session, accepted, act()).steps if step.about == "pick_task"]
    assert {handled.quantity for step in everything for handled in step.handled} == {1}
    assert {step.warehouse_id for step in everything} == {city.id, far.id}


def test_a_source_sees_the_lines_it_supplies_and_no_others(session, station, city, far, part, act):
    other = given.part(session)
    given.stock(session, city, part, 1)
    given.stock(session, far, other, 1)
    accepted = ask(session, station, (part, 1), (other, 1), by=act())
    lead = given.acting(session, "warehouse_lead", far)
    view = sourcing.get_request(session, accepted.request_id, by=lead)
    assert [line.position for line, _ in view.lines] == [2]
    (listed,) = sourcing.list_requests(session, sourcing.RequestFilter(), by=lead)
    assert [line.position for line, _ in listed.lines] == [2]
    assert {step.line_id for step in told(session, accepted, lead).steps} == {accepted.lines[1].line_id}


def test_the_statements_do_not_grow_with_the_request(session, station, city, act):
    parts = [given.part(session) for _ in range(4)]
    for part in parts:
        given.stock(session, city, part, 1, received_at=OLD)
        given.stock(session, city, part, 1, received_at=NEW)
    small, large = (
        ask(session, station, (parts[0], 1), by=act()),
        ask(session, station, *((p, 1) for p in parts), by=act()),
    )
    for accepted in (small, large):
        send(session, [pick(session, task, act()) for task in tasks_of(session, accepted)], act)

    def statements(accepted):
        session.expire_all()
        by, sent = act(), []
        note = lambda _c, _cursor, statement, *_rest: sent.append(statement)  # noqa: E731
        event.listen(session.connection(), "before_cursor_execute", note)
        told(session, accepted, by)
        event.remove(session.connection(), "before_cursor_execute", note)
        return len(sent)

    assert statements(small) == statements(large) <= 18
