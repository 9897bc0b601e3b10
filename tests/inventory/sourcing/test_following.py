"""What becomes of lines after they were accepted: filled, released, withdrawn, displaced, failed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from inventory import ledger, sourcing, transport, warehousing, workorders
from inventory.errors import NotFound
from inventory.ledger import Balance, Condition, Document, Place, Posting, Reservation, StockKey
from inventory.sourcing import PartRequestLine, PartRequestWish, WishedLine
from inventory.sourcing.resourcing import FILLS_MAX
from inventory.timeline import DocumentKind, list_events
from inventory.warehousing.models import PickTask, TaskStatus
from tests import given
from tests.given import NOON
from tests.given.network import BEIJING, JINAN, QINGDAO
from tests.given.transport import under_way
from tests.given.workorders import asked_for, repair

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def part(session):
    return given.part(session)


@pytest.fixture
def station(session):
    return given.warehouse(session, tier="repair", city=QINGDAO)


@pytest.fixture
def city(session):
    return given.warehouse(session, tier="distribution", city=QINGDAO)


@pytest.fixture
def far(session):
    return given.warehouse(session, tier="distribution", city=BEIJING)


@pytest.fixture
def by(session):
    return given.acting(session)


def ask(session, station, part, quantity, *, by, priority=5, at=NOON):
    wish = PartRequestWish(station.code, [WishedLine(part.number, quantity)], priority=priority)
    return sourcing.request_parts(session, wish, by=by, at=at)


def line_of(session, accepted):
    return session.get(PartRequestLine, accepted.lines[0].line_id, populate_existing=True)


def states(line):
    return {
        name: quantity
        for name in ("back_ordered", "reserved", "released", "issued", "received", "cancelled")
        if (quantity := getattr(line, name))
    }


def damage(stock, quantity, by, session):
    posting = Posting(
        stock.key.part_id,
        stock.lot_id,
        quantity,
        stock.end,
        ledger.in_bin(stock.key.warehouse_id, stock.bin_id, stock.key.owner_id, Condition.DEFECTIVE),
        Document(DocumentKind.STOCK_CHECK, 1),
        "dropped",
    )
    ledger.take_out(session, [posting], by=by, at=LATER)


# Back-orders


def test_a_receipt_fills_waiting_lines_by_priority_then_need_then_age(session, station, far, part, by):
    patient, urgent, late = (
        ask(session, station, part, 1, by=by),
        ask(session, station, part, 1, by=by, priority=1),
        ask(session, station, part, 1, by=by, at=LATER),
    )

    given.stock(session, far, part, 2, received_at=LATER, by=by)

    assert [line_of(session, one).status for one in (patient, urgent, late)] == ["reserved", "released", "back_ordered"]


def test_a_filled_back_order_gets_a_new_promise_and_keeps_the_first(session, station, far, part, by):
    waiting = ask(session, station, part, 1, by=by)
    first = line_of(session, waiting).first_promised_at

    given.stock(session, far, part, 1, received_at=LATER, by=by)

    line = line_of(session, waiting)
    assert line.first_promised_at == first
    assert line.promised_at == LATER + timedelta(hours=36)
    view = sourcing.get_request(session, waiting.request_id, by=by)
    assert [promise.reason for promise, _, _ in view.promises] == ["back_ordered", "stock_available"]


def test_a_line_is_promised_when_the_last_of_its_shares_will_be_there(session, station, city, far, part, by):
    given.stock(session, far, part, 6, by=by)
    split = ask(session, station, part, 10, by=by)

    given.stock(session, city, part, 4, received_at=LATER, by=by)

    line = line_of(session, split)
    assert states(line) == {"reserved": 6, "released": 4}
    assert (line.promised_at, line.next_review_at) == (NOON + timedelta(hours=36),) * 2


def test_stock_of_a_successor_fills_a_back_order_of_the_old_number(session, station, far, part, by):
    successor = given.part(session)
    given.supersession(session, part, successor)
    waiting = ask(session, station, part, 1, by=by)
    given.stock(session, far, successor, 1, by=by)
    assert line_of(session, waiting).status == "reserved"


def test_a_strange_stations_stock_fills_nothing(session, station, part, by):
    waiting = ask(session, station, part, 1, by=by)
    given.stock(session, given.warehouse(session, tier="repair", city=JINAN), part, 5, by=by)
    assert line_of(session, waiting).status == "back_ordered"


def test_however_many_wait_elsewhere_what_comes_to_a_shelf_goes_to_who_is_near(session, station, part, by):
    strange = given.warehouse(session, tier="repair", city=JINAN)
    for _ in range(FILLS_MAX):
        given.line(session, strange, part, priority=1, by=by)
    line = asked_for(session, repair(session, station), part)
    given.stock(session, station, part, 1, by=by)
    session.refresh(line)
    assert line.status == "received"


def test_stock_on_the_own_shelf_fills_and_is_kept_for_the_line(session, station, part, by):
    line = asked_for(session, repair(session, station), part, 2)
    given.stock(session, station, part, 2, received_at=LATER, by=by)
    session.refresh(line)
    assert states(line) == {"issued": 2, "received": 2}
    assert line.received_at == LATER


def test_what_was_put_on_the_own_shelf_does_not_fill_the_rest_of_its_own_request(session, station, city, part, by):
    given.stock(session, city, part, 5, by=by)
    shipment = under_way(session, station, part, 10, by=by)
    line = session.scalars(select(PartRequestLine)).one()
    transport.receive_shipment(session, shipment.id, [transport.PieceScan(part.number, received=5)], by=by, at=LATER)

    workorders.stock_up(session, line.id, 5, by=by, at=LATER)
    sourcing.review_backorders(session, by=by, at=LATER)

    session.refresh(line)
    assert states(line) == {"issued": 5, "received": 5, "back_ordered": 5}
    assert ledger.find_balance(session, StockKey(station.id, part.id, given.owner(session).id)).reserved == 0


def test_reviewing_finds_a_source_for_what_waits(session, station, far, part, by):
    waiting = ask(session, station, part, 1, by=by)
    far.active = False
    session.flush()
    given.stock(session, far, part, 1, by=by)
    far.active = True
    session.flush()

    sourcing.review_backorders(session, by=by, at=LATER)

    assert line_of(session, waiting).status == "reserved"


def test_reviewing_sets_the_clock_of_what_still_waits_ahead(session, station, part, by):
    waiting = ask(session, station, part, 1, by=by)
    overdue = line_of(session, waiting).next_review_at + timedelta(minutes=1)
    sourcing.review_backorders(session, by=by, at=overdue)
    assert line_of(session, waiting).next_review_at > overdue


# Waves


def test_a_wave_releases_what_is_reserved_oldest_lots_first(session, station, far, part, by):
    newer = given.stock(session, far, part, 2, received_at=NOON - timedelta(days=1), by=by)
    older = given.stock(session, far, part, 1, received_at=NOON - timedelta(days=9), by=by)
    accepted = ask(session, station, part, 2, by=by)

    assert sourcing.release_wave(session, far.id, by=by, at=LATER) == 1

    assert line_of(session, accepted).status == "released"
    tasks = session.scalars(select(PickTask)).all()
    assert {task.lot_id: task.quantity for task in tasks} == {older.lot_id: 1, newer.lot_id: 1}


def test_a_wave_with_nothing_to_release_says_so(session, far, by):
    with pytest.raises(sourcing.NothingToRelease):
        sourcing.release_wave(session, far.id, by=by, at=NOON)


def test_a_lead_of_another_warehouse_cannot_release(session, station, far, city, part, by):
    given.stock(session, far, part, 1, by=by)
    ask(session, station, part, 1, by=by)
    with pytest.raises(NotFound):
        sourcing.release_wave(session, far.id, by=given.acting(session, "warehouse_lead", city), at=NOON)


# Withdrawing


def test_a_cancelled_request_frees_its_stock_for_who_waits(session, station, city, part, by):
    given.stock(session, city, part, 1, by=by)
    holder = ask(session, station, part, 1, by=by)
    waiting = ask(session, station, part, 1, by=by)

    sourcing.cancel_request(session, holder.request_id, reason="not needed", by=by, at=LATER)

    assert states(line_of(session, holder)) == {"cancelled": 1}
    assert states(line_of(session, waiting)) == {"released": 1}
    statuses = session.scalars(select(PickTask.status).order_by(PickTask.id)).all()
    assert statuses == [TaskStatus.CANCELLED, TaskStatus.RELEASED]


def test_a_back_order_can_be_cancelled_by_its_owner_and_is_not_filled_by_it(session, station, far, part, by):
    given.stock(session, far, part, 1, by=by)
    accepted = ask(session, station, part, 3, by=by)
    assert states(line_of(session, accepted)) == {"reserved": 1, "back_ordered": 2}

    assert sourcing.cancel_request(session, accepted.request_id, reason="repaired", by=by, at=LATER) == 3

    assert states(line_of(session, accepted)) == {"cancelled": 3}
    assert session.scalars(select(Balance.reserved)).all() == [0]


def test_what_was_cancelled_cannot_be_cancelled_again(session, station, part, by):
    accepted = ask(session, station, part, 1, by=by)
    sourcing.cancel_request(session, accepted.request_id, reason="once", by=by, at=LATER)
    with pytest.raises(sourcing.NothingToCancel):
        sourcing.cancel_request(session, accepted.request_id, reason="twice", by=by, at=LATER)


def test_another_stations_request_cannot_be_cancelled(session, station, part, by):
    accepted = ask(session, station, part, 1, by=by)
    stranger = given.acting(session, "engineer", given.warehouse(session, tier="repair", city=JINAN))
    with pytest.raises(sourcing.RequestNotFound):
        sourcing.cancel_request(session, accepted.request_id, reason="mine?", by=stranger, at=LATER)


# Displacement and failures


def test_damage_displaces_the_last_in_of_the_lowest_priority_and_sources_it_anew(session, station, city, far, part, by):
    stock = given.stock(session, city, part, 2, by=by)
    important = ask(session, station, part, 1, by=by, priority=1)
    routine = ask(session, station, part, 1, by=by, priority=7)
    given.stock(session, far, part, 1, by=by)

    damage(stock, 1, by, session)

    assert states(line_of(session, important)) == {"released": 1}
    assert states(line_of(session, routine)) == {"reserved": 1}
    assert session.scalars(
        select(Reservation.warehouse_id).where(
            Reservation.line_id == routine.lines[0].line_id, Reservation.quantity > 0
        )
    ).all() == [far.id]


def test_an_earmark_whose_part_is_lost_is_sourced_anew(session, station, far, part, by):
    stock = given.stock(session, station, part, 1, by=by)
    line = asked_for(session, repair(session, station), part)
    assert states(line) == {"issued": 1, "received": 1}
    given.stock(session, far, part, 1, by=by)

    damage(stock, 1, by, session)

    session.refresh(line)
    assert states(line) == {"reserved": 1}
    assert line.received_at is None


def test_lots_lost_under_a_released_line_put_it_back_to_wait_for_a_wave(session, station, city, part, by):
    lost = given.stock(session, city, part, 1, received_at=NOON - timedelta(days=9), by=by)
    accepted = ask(session, station, part, 1, by=by)
    given.stock(session, city, part, 1, by=by)

    damage(lost, 1, by, session)

    assert states(line_of(session, accepted)) == {"reserved": 1}
    sourcing.release_wave(session, city.id, by=by, at=LATER)
    assert states(line_of(session, accepted)) == {"released": 1}


def test_a_short_pick_is_sourced_anew_at_once(session, station, city, far, part, by):
    given.stock(session, city, part, 1, by=by)
    accepted = ask(session, station, part, 1, by=by)
    given.stock(session, far, part, 1, by=by)
    task = session.scalars(select(PickTask)).one()

    ledger.lock_allocations(session, [task.allocation_id])
    ledger.issue(
        session,
        [
            ledger.Issue(
                task.allocation_id,
                1,
                ledger.outside(Place.COUNT_DIFFERENCE, given.owner(session).id),
                Document(DocumentKind.PICK_TASK, task.id),
                "short",
            )
        ],
        by=by,
        at=LATER,
    )
    sourcing.pick_failed(
        session,
        warehousing.PickFailed(
            line_id=task.line_id,
            quantity=1,
            kind=warehousing.PickFailure.SHORT,
            reason="bin empty",
            task_id=task.id,
            warehouse_id=city.id,
            part_id=part.id,
            by=by,
            at=LATER,
        ),
    )

    line = line_of(session, accepted)
    assert states(line) == {"reserved": 1}
    assert line.breach_cause == "pick_exception"
    happenings = [one.happening for one in list_events(session, DocumentKind.REQUEST_LINE, [line.id])]
    assert happenings == ["requested", "pick_failed", "sourced_anew"]


def test_what_is_lost_on_the_way_of_a_withdrawn_line_is_not_sent_again(session, station, city, part, by):
    given.stock(session, city, part, 2, by=by)
    shipment = under_way(session, station, part, 3, by=by)
    line = session.scalars(select(PartRequestLine)).one()
    sourcing.cancel_request(session, line.request_id, reason="repaired", by=by, at=LATER)
    given.stock(session, city, part, 9, by=by)

    scan = transport.PieceScan(part.number, received=1)
    transport.receive_shipment(session, shipment.id, [scan, transport.RestMissing()], by=by, at=LATER)

    session.refresh(line)
    assert states(line) == {"issued": 1, "received": 1, "cancelled": 2}
    assert line.status == "received"


# Lists


def test_lines_at_risk_come_soonest_first_and_say_what_is_late(session, station, city, far, part, by):
    given.stock(session, far, part, 1, by=by)
    calm = ask(session, station, part, 1, by=by)
    late = ask(session, station, part, 1, by=by)

    at = NOON + timedelta(hours=7)
    at_risk = sourcing.list_at_risk(session, sourcing.Watch(), by=by, at=at)
    listed = sourcing.list_open_lines(session, sourcing.Watch(), by=by, at=at)

    assert [(one.line.id, one.late, one.at_risk) for one in at_risk] == [(late.lines[0].line_id, True, True)]
    assert [(one.line.id, one.late, one.at_risk) for one in listed] == [
        (late.lines[0].line_id, True, True),
        (calm.lines[0].line_id, False, False),
    ]


def test_every_open_line_is_late_at_risk_or_in_time(session, station, far, part, by):
    given.stock(session, far, part, 1, by=by)
    ask(session, station, part, 1, by=by)  # a day and a half from afar
    ask(session, station, part, 1, by=by)  # nobody has it: at risk from the start

    standings = [
        sourcing.count_by_clock(session, sourcing.Watch(), by=by, at=NOON + timedelta(hours=hours))
        for hours in (0, 7, 25, 37)
    ]

    assert standings == [
        sourcing.Standing(late=0, at_risk=1, in_time=1),
        sourcing.Standing(late=1, at_risk=0, in_time=1),
        sourcing.Standing(late=1, at_risk=1, in_time=0),
        sourcing.Standing(late=2, at_risk=0, in_time=0),
    ]


def test_the_source_sees_the_requests_it_serves_and_no_others(session, station, far, part, by):
    given.stock(session, far, part, 1, by=by)
    served = ask(session, station, part, 1, by=by)
    ask(session, station, part, 1, by=by)
    lead = given.acting(session, "warehouse_lead", far)
    (summary,) = sourcing.list_requests(session, sourcing.RequestFilter(), by=lead)
    assert summary.request.id == served.request_id


def test_a_stranger_learns_whether_it_is_enough_but_not_how_much(session, station, far, part, by):
    given.stock(session, far, part, 7, by=by)
    engineer = given.acting(session, "engineer", station)
    (offer,) = sourcing.list_availability(session, part.id, warehouse_id=station.id, quantity=7, by=engineer, at=NOON)
    assert (offer.enough, offer.available) == (True, None)
    assert offer.source.promised_at == NOON + timedelta(hours=36)


def test_lines_handed_over_have_somebody_else_responsible_and_tell_it_once(session, station, part, by):
    successor = given.acting(session)
    accepted = ask(session, station, part, 1, by=by)
    line_ids = [accepted.lines[0].line_id]

    for _ in range(2):
        sourcing.hand_over_lines(session, line_ids, to_id=successor.person_id, reason="holiday", by=by, at=LATER)

    assert line_of(session, accepted).responsible_id == successor.person_id
    told = list_events(session, DocumentKind.REQUEST_LINE, line_ids)
    assert [one.happening for one in told] == ["requested", "handed_over"]
