"""A part request is accepted: sourced, set aside, promised, and handed to the floor where it is urgent."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from inventory import sourcing
from inventory.errors import NotPermitted
from inventory.ledger import Balance, Purpose, Reservation
from inventory.sourcing import PartRequestLine, PartRequestWish, WishedLine
from inventory.warehousing.models import PickTask
from tests import given
from tests.given import NOON
from tests.given.network import BEIJING, JINAN, QINGDAO, SHANGHAI
from tests.given.workorders import asked_for, repair


def ask(session, station, *lines, by=None, priority=5):
    wish = PartRequestWish(
        warehouse=station.code,
        lines=[WishedLine(part.number, quantity) for part, quantity in lines],
        priority=priority,
    )
    return sourcing.request_parts(session, wish, by=by or given.acting(session), at=NOON)


def line_of(session: Session, accepted, position=1) -> PartRequestLine:
    return session.get(PartRequestLine, accepted.lines[position - 1].line_id, populate_existing=True)


@pytest.fixture
def station(session):
    return given.warehouse(session, tier="repair", city=QINGDAO)


def test_the_same_city_serves_within_six_hours_before_the_same_province_and_the_rest(session, station):
    part = given.part(session)
    far = given.warehouse(session, tier="distribution", city=BEIJING)
    province = given.warehouse(session, tier="distribution", city=JINAN)
    city = given.warehouse(session, tier="distribution", city=QINGDAO)
    for warehouse in (far, province, city):
        given.stock(session, warehouse, part, 1)

    hours = []
    for _ in range(3):
        (share,) = ask(session, station, (part, 1)).lines[0].shares
        hours.append((share.source_id, share.promised_at - NOON))

    assert hours == [
        (city.id, timedelta(hours=6)),
        (province.id, timedelta(hours=24)),
        (far.id, timedelta(hours=36)),
    ]


def test_a_line_is_split_only_when_no_source_covers_it_alone(session, station):
    part = given.part(session)
    near = given.warehouse(session, tier="distribution", city=JINAN)
    far = given.warehouse(session, tier="distribution", city=SHANGHAI)
    given.stock(session, near, part, 2)
    given.stock(session, far, part, 9)

    accepted = ask(session, station, (part, 5))

    assert [(share.source_id, share.quantity) for share in accepted.lines[0].shares] == [(near.id, 2), (far.id, 3)]
    assert accepted.lines[0].promised_at == NOON + timedelta(hours=36)
    assert line_of(session, accepted).status == "reserved"


def test_what_nobody_has_is_back_ordered_with_somebody_responsible_and_a_clock(session, station):
    engineer = given.acting(session)
    part = given.part(session)

    accepted = ask(session, station, (part, 4), by=engineer)

    line = line_of(session, accepted)
    assert (line.status, line.back_ordered) == ("back_ordered", 4)
    assert line.responsible_id == engineer.person_id
    assert line.next_review_at == line.first_promised_at
    assert line.preferred_source_id == station.parent_id


def test_urgent_lines_are_on_the_floor_in_the_same_breath_others_wait_for_a_wave(session, station):
    part = given.part(session)
    city = given.warehouse(session, tier="distribution", city=QINGDAO)
    far = given.warehouse(session, tier="distribution", city=BEIJING)
    given.stock(session, city, part, 1)
    given.stock(session, far, part, 5)

    urgent = ask(session, station, (part, 1))
    routine = ask(session, station, (part, 1))
    waiting_engineer = ask(session, station, (part, 1), priority=1)

    assert line_of(session, urgent).status == "released"
    assert line_of(session, routine).status == "reserved"
    assert line_of(session, waiting_engineer).status == "released"
    tasks = session.scalars(select(PickTask).order_by(PickTask.id)).all()
    assert [(task.line_id, task.warehouse_id) for task in tasks] == [
        (urgent.lines[0].line_id, city.id),
        (waiting_engineer.lines[0].line_id, far.id),
    ]


def test_the_own_shelf_serves_at_once_and_keeps_the_part_for_the_line(session, station):
    part = given.part(session)
    given.stock(session, station, part, 1)

    line = asked_for(session, repair(session, station), part)

    assert (line.status, line.received_at) == ("received", NOON)
    earmark = session.scalars(select(Reservation)).one()
    assert (earmark.purpose, earmark.allocated) == (Purpose.EARMARK, 1)


def test_what_is_to_fill_a_shelf_does_not_come_off_it(session, station):
    part = given.part(session)
    city = given.warehouse(session, tier="distribution", city=QINGDAO)
    given.stock(session, station, part, 10)
    given.stock(session, city, part, 10)

    accepted = ask(session, station, (part, 10))

    assert [(share.source_id, share.quantity) for share in accepted.lines[0].shares] == [(city.id, 10)]


def test_a_neighbours_shelf_serves_after_the_upper_tiers_of_the_same_hour(session, station):
    part = given.part(session)
    neighbour = given.warehouse(session, tier="repair", city=QINGDAO)
    city = given.warehouse(session, tier="distribution", city=QINGDAO)
    given.stock(session, neighbour, part, 5)
    given.stock(session, city, part, 1)

    first, second = (ask(session, station, (part, 1)).lines[0].shares[0] for _ in range(2))

    assert (first.source_id, second.source_id) == (city.id, neighbour.id)


def test_a_station_of_another_city_is_no_candidate(session, station):
    part = given.part(session)
    given.stock(session, given.warehouse(session, tier="repair", city=JINAN), part, 5)
    assert line_of(session, ask(session, station, (part, 1))).status == "back_ordered"


def test_a_successor_serves_and_the_reservation_names_the_part_really_supplied(session, station):
    old, new = given.part(session), given.part(session)
    given.supersession(session, old, new)
    source = given.warehouse(session, tier="distribution", city=JINAN)
    given.stock(session, source, new, 1)

    accepted = ask(session, station, (old, 1))

    assert line_of(session, accepted).part_id == old.id
    assert session.scalars(select(Reservation.part_id)).one() == new.id


def test_two_lines_of_one_request_do_not_get_the_same_piece(session, station):
    part = given.part(session)
    source = given.warehouse(session, tier="distribution", city=JINAN)
    given.stock(session, source, part, 1)

    accepted = ask(session, station, (part, 1), (part, 1))

    assert [line.back_ordered for line in accepted.lines] == [0, 1]
    assert session.scalar(select(func.sum(Balance.reserved))) == 1


@pytest.mark.parametrize(
    ("lines", "priority", "refusal"),
    [
        ([], 5, sourcing.RequestEmpty),
        ([("known", 0)], 5, sourcing.QuantityOutOfRange),
        ([("known", 1_000_000_000)], 5, sourcing.QuantityOutOfRange),
        ([("known", 1)], 0, sourcing.PriorityOutOfRange),
        ([("known", 1)] * 201, 5, sourcing.RequestTooLong),
        ([("unknown", 1)], 5, sourcing.PartUnknown),
    ],
)
def test_a_wish_that_breaks_the_rules_changes_nothing(session, station, lines, priority, refusal):
    part = given.part(session)
    numbers = {"known": part.number, "unknown": "NO-SUCH-PART"}
    wish = PartRequestWish(
        station.code, [WishedLine(numbers[name], quantity) for name, quantity in lines], priority=priority
    )
    with pytest.raises(refusal):
        sourcing.request_parts(session, wish, by=given.acting(session), at=NOON)
    assert session.scalar(select(func.count()).select_from(PartRequestLine)) == 0


def test_a_foreign_repair_centre_answers_like_a_missing_one(session, station):
    part = given.part(session)
    engineer_elsewhere = given.acting(session, "engineer", given.warehouse(session, tier="repair", city=JINAN))
    with pytest.raises(sourcing.RequestingWarehouseUnknown):
        ask(session, station, (part, 1), by=engineer_elsewhere)


def test_who_may_not_request_is_told_so(session, station):
    with pytest.raises(NotPermitted):
        ask(session, station, (given.part(session), 1), by=given.acting(session, "planner"))


def test_an_urgent_one_line_request_takes_five_statements(session, station):
    """Resolve, reserve, allocate, write, hand to the floor: with log-in, command key and answer that makes eight."""
    part = given.part(session)
    given.stock(session, given.warehouse(session, tier="distribution", city=QINGDAO), part, 9)
    by, statements = given.acting(session), []
    listen = lambda *args: statements.append(args[2])  # noqa: E731
    event.listen(session.connection(), "before_cursor_execute", listen)
    accepted = ask(session, station, (part, 1), by=by)
    event.remove(session.connection(), "before_cursor_execute", listen)

    assert len(statements) <= 5, statements
    assert line_of(session, accepted).status == "released"


def test_the_timeline_begins_with_who_asked_and_what_was_promised(session, station):
    engineer = given.acting(session)
    part = given.part(session)
    given.stock(session, given.warehouse(session, tier="distribution", city=JINAN), part, 1)

    accepted = ask(session, station, (part, 2), by=engineer)

    view = sourcing.get_request(session, accepted.request_id, by=engineer)
    (told,) = view.events
    assert (told.happening, told.from_status, told.to_status) == ("requested", "new", "back_ordered")
    assert told.actor_id == engineer.person_id
    assert [share["quantity"] for share in told.facts["shares"]] == [1, 1]
