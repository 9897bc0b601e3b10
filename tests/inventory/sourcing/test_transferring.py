"""Transfer orders: set aside at their source alone, moved by floor and road as they are, free where they arrive."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from inventory import ledger, sourcing, transport, warehousing
from inventory.errors import NotFound, NotPermitted
from inventory.identity import Role
from inventory.ledger import Balance, Condition, Document, Place, Posting, Purpose, Reservation
from inventory.reporting import list_kept_promises
from inventory.reporting.verifying import verify
from inventory.sourcing import (
    Coming,
    PartRequest,
    PartRequestLine,
    PartRequestWish,
    Promise,
    RequestFilter,
    RequestPurpose,
    TransferFilter,
    TransferLine,
    TransferWish,
    WishedLine,
    WishedTransfer,
)
from inventory.timeline import DocumentKind
from inventory.transport import PieceScan, RestMissing
from inventory.warehousing import Trigger
from inventory.warehousing.models import PickTask
from inventory.warehousing.picking import PickFailure, Shortfall
from tests import given
from tests.given import NOON
from tests.given.network import JINAN, QINGDAO
from tests.given.transport import closed, delivered, shipped
from tests.given.warehousing import picked, scan_of
from tests.given.workorders import asked_for, repair

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def part(session):
    return given.part(session)


@pytest.fixture
def station(session):
    return given.warehouse(session, tier="repair", city=QINGDAO)


@pytest.fixture
def centre(session):
    return given.warehouse(session, tier="distribution", city=QINGDAO)


@pytest.fixture
def by(session):
    return given.acting(session)


def move(session, source, destination, *lines, by, at=NOON):
    wish = TransferWish(source.id, destination.id, [TransferLine(part.id, quantity) for part, quantity in lines])
    (placed,) = sourcing.place_transfers(session, [wish], by=by, at=at)
    return placed


def line_of(session, placed, position=0):
    return session.get(PartRequestLine, placed.ordered[position].line_id, populate_existing=True)


def states(line):
    return {
        name: quantity
        for name in ("back_ordered", "reserved", "released", "issued", "received", "cancelled")
        if (quantity := getattr(line, name))
    }


def ask(session, station, part, quantity, *, by, at=NOON):
    wish = PartRequestWish(station.code, [WishedLine(part.number, quantity)])
    return sourcing.request_parts(session, wish, by=by, at=at)


def tasks_of(session, placed):
    lines = [line.line_id for line in placed.ordered]
    return session.scalars(select(PickTask).where(PickTask.line_id.in_(lines)).order_by(PickTask.id)).all()


def sent(session, source, placed, *, by, at=NOON):
    """The order on its way: released by the wave, picked, packed and shipped."""
    sourcing.release_waiting(session, source.id, Trigger.JOB, by=by, at=at)
    tasks = picked(session, tasks_of(session, placed), by=by, at=at)
    return shipped(session, [closed(session, tasks, by=by, at=at)], by=by, at=at)


def available(session, warehouse, part):
    row = session.scalars(
        select(Balance)
        .where(Balance.warehouse_id == warehouse.id, Balance.part_id == part.id)
        .execution_options(populate_existing=True)
    ).one()
    return row.on_hand - row.reserved


def broken_rules(session):
    return [(one.name, one.sample) for one in verify(session) if one.violations]


def test_a_transfer_is_set_aside_at_its_source_and_nowhere_else(session, station, centre, part, by):
    near = given.warehouse(session, tier="distribution", city=QINGDAO)
    given.stock(session, centre, part, 4)
    given.stock(session, near, part, 9)

    placed = move(session, centre, station, (part, 3), by=by)

    (kept,) = session.scalars(select(Reservation).where(Reservation.line_id == placed.lines[0].line_id))
    assert (kept.warehouse_id, kept.quantity, kept.purpose, kept.priority) == (centre.id, 3, Purpose.TRANSFER, 9)
    assert states(line_of(session, placed)) == {"reserved": 3}
    order = session.get_one(PartRequest, placed.request_id)
    assert (order.purpose, order.source_id, order.warehouse_id) == (RequestPurpose.TRANSFER, centre.id, station.id)
    assert order.number == placed.number == f"TO-{placed.request_id}"


def test_what_the_source_does_not_have_is_not_ordered(session, station, centre, part, by):
    other = given.part(session)
    given.stock(session, centre, part, 2)
    placed = move(session, centre, station, (other, 1), (part, 5), by=by)
    assert [(line.wished, line.quantity) for line in placed.lines] == [(1, 0), (5, 2)]
    assert placed.lines[0].line_id is None
    assert states(line_of(session, placed)) == {"reserved": 2}


def test_a_source_without_anything_makes_no_order(session, station, centre, part, by):
    placed = move(session, centre, station, (part, 5), by=by)
    assert (placed.request_id, placed.number, placed.ordered) == (None, None, ())
    assert session.scalar(select(func.count()).select_from(PartRequest)) == 0


def test_earlier_wishes_go_before_later_ones(session, station, centre, part, by):
    other = given.warehouse(session, tier="repair", city=QINGDAO)
    given.stock(session, centre, part, 5)
    wishes = [TransferWish(centre.id, place.id, [TransferLine(part.id, 3)]) for place in (station, other)]
    placed = sourcing.place_transfers(session, wishes, by=by, at=NOON)
    assert [order.lines[0].quantity for order in placed] == [3, 2]


def test_a_thousand_lines_take_no_more_statements_than_one(session, station, centre, by):
    parts = [given.part(session) for _ in range(50)]
    for part in parts:
        given.stock(session, centre, part, 100)

    heard = []
    event.listen(session.connection(), "before_cursor_execute", lambda *args: heard.append(args[2]))

    sourcing.place_transfers(
        session, [TransferWish(centre.id, station.id, [TransferLine(parts[0].id, 1)])], by=by, at=NOON
    )
    for_one = len(heard)
    wishes = [TransferWish(centre.id, station.id, [TransferLine(part.id, 2) for part in parts]) for _ in range(20)]
    sourcing.place_transfers(session, wishes, by=by, at=NOON)

    assert len(heard) == 2 * for_one <= 10


def test_a_transfer_promises_nothing_and_counts_in_no_report_of_promises(session, station, centre, part, by):
    given.stock(session, centre, part, 2)
    placed = move(session, centre, station, (part, 2), by=by)
    shipment = sent(session, centre, placed, by=by)
    late = NOON + timedelta(days=9)
    transport.receive_shipment(session, shipment.id, [PieceScan(part.number, received=2)], by=by, at=late)

    assert session.scalar(select(func.count()).select_from(Promise)) == 0
    assert list_kept_promises(session, since=NOON, until=late + timedelta(days=1), by=by) == []
    assert line_of(session, placed).breach_cause is None


def test_lists_of_requests_and_clocks_do_not_show_transfers(session, station, centre, part, by):
    given.stock(session, centre, part, 2)
    placed = move(session, centre, station, (part, 2), by=by)
    watch = sourcing.Watch()
    assert sourcing.list_requests(session, RequestFilter(), by=by) == []
    assert sourcing.list_open_lines(session, watch, by=by, at=LATER) == []
    with pytest.raises(sourcing.RequestNotFound):
        sourcing.get_request(session, placed.request_id, by=by)
    with pytest.raises(sourcing.RequestNotFound):
        sourcing.cancel_request(session, placed.request_id, reason="wrong", by=by, at=LATER)


def test_what_arrives_is_free_stock_at_once(session, station, centre, part, by):
    given.stock(session, centre, part, 5)
    placed = move(session, centre, station, (part, 5), by=by)
    shipment = sent(session, centre, placed, by=by)
    transport.receive_shipment(session, shipment.id, [PieceScan(part.number, received=5)], by=by, at=LATER)
    assert available(session, station, part) == 5
    assert line_of(session, placed).status == "received"
    assert [one.quantity for one in warehousing.list_to_put_away(session, station.id, by=by)] == [5]
    assert broken_rules(session) == []


def test_what_arrives_fills_the_back_orders_that_wait_for_it(session, station, centre, part, by):
    given.stock(session, centre, part, 5)
    placed = move(session, centre, station, (part, 5), by=by)
    shipment = sent(session, centre, placed, by=by)
    job = repair(session, station)
    waiting = asked_for(session, job, part, 2)
    assert states(waiting) == {"back_ordered": 2}

    transport.receive_shipment(session, shipment.id, [PieceScan(part.number, received=5)], by=by, at=LATER)

    session.refresh(waiting)
    assert states(waiting) == {"issued": 2, "received": 2}
    assert available(session, station, part) == 3
    assert broken_rules(session) == []


def test_what_is_lost_or_damaged_on_the_way_is_not_ordered_again(session, station, centre, part, by):
    given.stock(session, centre, part, 9)
    placed = move(session, centre, station, (part, 5), by=by)
    shipment = sent(session, centre, placed, by=by)
    scans = [PieceScan(part.number, received=2, damaged=1), RestMissing()]
    transport.receive_shipment(session, shipment.id, scans, by=by, at=LATER)
    assert states(line_of(session, placed)) == {"issued": 2, "received": 2, "cancelled": 3}
    assert available(session, centre, part) == 4
    assert broken_rules(session) == []


def test_a_failed_pick_is_not_looked_for_elsewhere(session, station, centre, part, by):
    other = given.warehouse(session, tier="distribution", city=QINGDAO)
    given.stock(session, centre, part, 3)
    given.stock(session, other, part, 9)
    placed = move(session, centre, station, (part, 3), by=by)
    sourcing.release_waiting(session, centre.id, Trigger.JOB, by=by, at=NOON)
    (task,) = tasks_of(session, placed)
    short = scan_of(session, task, quantity=1, rest=Shortfall(PickFailure.SHORT, "not there"))
    warehousing.confirm_pick(session, task.id, short, by=by, at=LATER)
    assert states(line_of(session, placed)) == {"released": 1, "cancelled": 2}
    assert available(session, other, part) == 9


def test_stock_that_is_gone_falls_off_transfers_first(session, station, centre, part, by):
    stock = given.stock(session, centre, part, 4)
    placed = move(session, centre, station, (part, 2), by=by)
    # Asked for later, at the same priority, it would fall first were both alike.
    far = given.warehouse(session, tier="repair", city=JINAN)
    wish = PartRequestWish(far.code, [WishedLine(part.number, 2)], priority=9)
    accepted = sourcing.request_parts(session, wish, by=by, at=LATER)
    lost = Posting(
        part.id, stock.lot_id, 1, stock.end, ledger.outside(Place.SCRAP, stock.key.owner_id, Condition.DEFECTIVE),
        Document(DocumentKind.STOCK_CHECK, 1), "broken",
    )  # fmt: skip

    ledger.take_out(session, [lost], by=by, at=LATER)

    assert states(line_of(session, placed)) == {"reserved": 1, "cancelled": 1}
    asked = session.get(PartRequestLine, accepted.lines[0].line_id, populate_existing=True)
    assert states(asked) == {"reserved": 2}


def test_a_repair_that_would_wait_takes_what_is_set_aside_for_a_transfer(session, station, centre, part, by):
    given.stock(session, centre, part, 3)
    other = given.warehouse(session, tier="repair", city=JINAN)
    placed = move(session, centre, other, (part, 3), by=by)

    line = asked_for(session, repair(session, station), part, 2)

    assert states(line) == {"released": 2}
    assert states(line_of(session, placed)) == {"reserved": 1, "cancelled": 2}
    assert broken_rules(session) == []


def test_a_repair_takes_what_is_to_leave_its_own_shelf(session, station, centre, part, by):
    given.stock(session, station, part, 2)
    placed = move(session, station, centre, (part, 2), by=by)
    line = asked_for(session, repair(session, station), part, 1)
    assert states(line) == {"issued": 1, "received": 1}
    assert states(line_of(session, placed)) == {"reserved": 1, "cancelled": 1}
    assert broken_rules(session) == []


def test_what_is_released_for_a_transfer_is_moved(session, station, centre, part, by):
    given.stock(session, centre, part, 3)
    placed = move(session, centre, station, (part, 3), by=by)
    sourcing.release_waiting(session, centre.id, Trigger.JOB, by=by, at=NOON)
    line = asked_for(session, repair(session, station), part, 2)
    assert states(line) == {"back_ordered": 2}
    assert states(line_of(session, placed)) == {"released": 3}


def test_a_shelf_waits_and_takes_nothing_from_a_transfer(session, station, centre, part, by):
    other = given.warehouse(session, tier="repair", city=JINAN)
    given.stock(session, centre, part, 3)
    placed = move(session, centre, other, (part, 3), by=by)
    accepted = ask(session, station, part, 2, by=by)
    assert accepted.lines[0].back_ordered == 2
    assert states(line_of(session, placed)) == {"reserved": 3}


def test_free_stock_goes_before_what_is_set_aside_for_a_transfer(session, station, centre, part, by):
    given.stock(session, centre, part, 3)
    placed = move(session, centre, station, (part, 2), by=by)
    line = asked_for(session, repair(session, station), part, 1)
    assert states(line) == {"released": 1}
    assert states(line_of(session, placed)) == {"reserved": 2}


def test_a_review_gives_a_waiting_repair_what_is_set_aside_for_a_transfer(session, station, centre, part, by):
    other = given.warehouse(session, tier="repair", city=JINAN)
    waiting = asked_for(session, repair(session, station), part, 2)
    # While it is closed nobody is served from there, and what came in meanwhile is ordered away.
    centre.active = False
    given.stock(session, centre, part, 3)
    placed = move(session, centre, other, (part, 3), by=by)
    centre.active = True
    session.flush()

    sourcing.review_backorders(session, by=by, at=LATER)

    session.refresh(waiting)
    assert states(waiting) == {"released": 2}
    assert states(line_of(session, placed)) == {"reserved": 1, "cancelled": 2}
    assert broken_rules(session) == []


def test_calling_off_gives_the_stock_to_who_waits_for_it(session, station, centre, part, by):
    other = given.warehouse(session, tier="repair", city=JINAN)
    given.stock(session, centre, part, 3)
    placed = move(session, centre, other, (part, 3), by=by)
    accepted = ask(session, station, part, 2, by=by)

    cancelled = sourcing.cancel_transfer(session, placed.request_id, reason="not needed", by=by, at=LATER)

    assert cancelled == 3
    asked = session.get(PartRequestLine, accepted.lines[0].line_id, populate_existing=True)
    assert states(asked) == {"released": 2}
    assert available(session, centre, part) == 1


def test_released_goods_of_a_transfer_called_off_go_back_to_the_shelf(session, station, centre, part, by):
    given.stock(session, centre, part, 3)
    placed = move(session, centre, station, (part, 3), by=by)
    sourcing.release_waiting(session, centre.id, Trigger.JOB, by=by, at=NOON)
    sourcing.cancel_transfer(session, placed.request_id, reason="not needed", by=by, at=LATER)
    assert states(line_of(session, placed)) == {"cancelled": 3}
    assert [str(task.status) for task in tasks_of(session, placed)] == ["cancelled"]
    with pytest.raises(sourcing.NothingToCancel):
        sourcing.cancel_transfer(session, placed.request_id, reason="again", by=by, at=LATER)


def test_transfers_go_to_the_floor_after_what_somebody_waits_for(session, station, centre, part, by):
    given.stock(session, centre, part, 9)
    placed = move(session, centre, station, (part, 2), by=by)
    far = given.warehouse(session, tier="repair", city=JINAN)
    accepted = ask(session, far, part, 2, by=by, at=LATER)
    waiting = sourcing.list_waiting(session, centre.id, by=by)
    assert [row.PartRequestLine.id for row in waiting] == [accepted.lines[0].line_id, placed.lines[0].line_id]


def test_coming_counts_transfers_and_shelf_requests_and_no_repair(session, station, centre, part, by):
    given.stock(session, centre, part, 20)
    shipment = sent(session, centre, move(session, centre, station, (part, 4), by=by), by=by)
    move(session, centre, station, (part, 2), by=by)
    ask(session, station, part, 3, by=by)
    asked_for(session, repair(session, station), part, 1)
    assert sourcing.list_coming(session) == [Coming(station.id, part.id, on_order=5, in_transit=4, arrived=0)]
    transport.receive_shipment(session, shipment.id, [PieceScan(part.number, received=1)], by=by, at=LATER)
    assert sourcing.list_coming(session, part_ids=[part.id]) == [Coming(station.id, part.id, 5, 3, 0)]
    assert sourcing.list_coming(session, part_ids=[given.part(session).id]) == []


def test_coming_tells_what_waits_to_be_put_on_the_shelf_and_what_nobody_has(session, station, part, by):
    delivered(session, station, part, 2, by=by)
    ask(session, station, part, 7, by=by)
    assert sourcing.list_coming(session) == [Coming(station.id, part.id, on_order=7, in_transit=0, arrived=2)]


def test_ordering_by_hand_needs_the_source(session, station, centre, part):
    given.stock(session, centre, part, 3)
    wish = WishedTransfer(centre.code, station.code, [WishedLine(part.number, 2)])
    lead = given.acting(session, Role.WAREHOUSE_LEAD, centre)
    assert sourcing.order_transfer(session, wish, by=lead, at=NOON).lines[0].quantity == 2
    foreign = given.acting(session, Role.WAREHOUSE_LEAD, station)
    with pytest.raises(NotFound):
        sourcing.order_transfer(session, wish, by=foreign, at=NOON)
    with pytest.raises(NotPermitted):
        sourcing.order_transfer(session, wish, by=given.acting(session, Role.ENGINEER, station), at=NOON)


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ([], sourcing.RequestEmpty),
        ([("P", 0)], sourcing.QuantityOutOfRange),
        ([("NOBODY-KNOWS", 1)], sourcing.PartUnknown),
        ([("P", 1)], sourcing.NothingToMove),
        ([("P", 1)] * 201, sourcing.RequestTooLong),
    ],
)
def test_what_cannot_be_ordered_is_refused(session, station, centre, part, by, lines, refusal):
    wished = [WishedLine(part.number if number == "P" else number, quantity) for number, quantity in lines]
    with pytest.raises(refusal):
        sourcing.order_transfer(session, WishedTransfer(centre.code, station.code, wished), by=by, at=NOON)


def test_stock_is_not_moved_to_where_it_is(session, centre, part, by):
    given.stock(session, centre, part, 3)
    with pytest.raises(transport.SameWarehouse):
        sourcing.order_transfer(
            session, WishedTransfer(centre.code, centre.code, [WishedLine(part.number, 1)]), by=by, at=NOON
        )


def test_a_transfer_is_visible_at_both_ends_and_nowhere_else(session, station, centre, part, by):
    given.stock(session, centre, part, 3)
    placed = move(session, centre, station, (part, 3), by=by)
    elsewhere = given.warehouse(session, tier="distribution", city=JINAN)
    for place in (station, centre):
        seeing = given.acting(session, Role.WAREHOUSE_LEAD, place)
        assert [one.order.id for one in sourcing.list_transfers(session, TransferFilter(), by=seeing)] == [
            placed.request_id
        ]
        assert sourcing.get_transfer(session, placed.request_id, by=seeing).summary.quantity == 3
    foreign = given.acting(session, Role.WAREHOUSE_LEAD, elsewhere)
    assert sourcing.list_transfers(session, TransferFilter(), by=foreign) == []
    with pytest.raises(sourcing.TransferNotFound):
        sourcing.get_transfer(session, placed.request_id, by=foreign)
    with pytest.raises(sourcing.TransferNotFound):
        sourcing.cancel_transfer(session, placed.request_id, reason="mine now", by=foreign, at=NOON)


def test_a_list_is_narrowed_by_ends_part_and_status(session, station, centre, part, by):
    other, back = given.part(session), given.part(session)
    given.stock(session, centre, part, 3)
    given.stock(session, centre, other, 3)
    given.stock(session, station, back, 3)
    first = move(session, centre, station, (part, 3), by=by)
    second = move(session, centre, station, (other, 3), by=by)
    third = move(session, station, centre, (back, 3), by=by)
    sourcing.cancel_transfer(session, second.request_id, reason="not needed", by=by, at=NOON)

    def listed(**wanted):
        found = sourcing.list_transfers(session, TransferFilter(**wanted), by=by)
        assert sourcing.count_transfers(session, TransferFilter(**wanted), by=by) == len(found)
        return [one.order.id for one in found]

    assert listed() == [third.request_id, second.request_id, first.request_id]
    assert listed(open=True) == [third.request_id, first.request_id]
    assert listed(status=sourcing.LineStatus.CANCELLED) == [second.request_id]
    assert listed(source_id=centre.id) == [second.request_id, first.request_id]
    assert listed(destination_id=centre.id) == [third.request_id]
    assert listed(part=part.number) == [first.request_id]
    assert len(listed(place_id=centre.id)) == 3
