"""From an allocated lot to a pick task."""

from datetime import timedelta

from sqlalchemy import event, func, select

from inventory import ledger, sourcing, warehousing
from inventory.timeline import DocumentKind, list_events
from inventory.warehousing import FloorWork, PickTask, TaskStatus, Trigger, Wave
from tests import given
from tests.given import NOON
from tests.given.network import JINAN
from tests.given.warehousing import released

LATER = NOON + timedelta(hours=1)


def test_a_task_says_what_to_take_from_where_for_whom_and_by_when(session, centre, station, part, by):
    stock = given.stock(session, centre, part, 5, received_at=NOON)

    (task,) = released(session, station, part, 2, by=by)

    assert (task.warehouse_id, task.destination_id) == (centre.id, station.id)
    assert (task.bin_id, task.lot_id, task.quantity, task.picked) == (stock.bin_id, stock.lot_id, 2, 0)
    assert (task.status, task.due_at) == (TaskStatus.RELEASED, NOON + timedelta(hours=6))


def test_tasks_carry_the_oldest_lots(session, centre, station, part, by):
    older = given.stock(session, centre, part, 2, received_at=NOON - timedelta(days=9))
    newer = given.stock(session, centre, part, 5, received_at=NOON)

    tasks = released(session, station, part, 3, by=by)

    assert {(task.lot_id, task.quantity) for task in tasks} == {(older.lot_id, 2), (newer.lot_id, 1)}


def test_a_task_of_a_piece_names_its_serial_number(session, centre, station, by):
    part = given.part(session, serial_tracked=True)
    stock = given.stock(session, centre, part, serials=["SN1", "SN2"])

    tasks = released(session, station, part, 2, by=by)

    assert sorted(task.unit_id for task in tasks) == sorted(stock.unit_ids)


def test_a_task_begins_its_timeline_with_the_release(session, centre, station, part, by):
    given.stock(session, centre, part)
    (task,) = released(session, station, part, by=by)

    (event,) = list_events(session, DocumentKind.PICK_TASK, [task.id])

    assert (event.from_status, event.to_status, event.actor_id) == ("new", "released", by.person_id)
    assert event.facts == {"wave_id": task.wave_id, "trigger": "urgent", "quantity": 1}


def test_tasks_of_one_release_are_one_wave_and_their_ids_follow_the_walk(session, centre, station, part, by):
    far, near = (given.bin(session, centre, pick_sequence=turn) for turn in (90, 10))
    given.stock(session, centre, part, 1, bin=far, received_at=NOON - timedelta(days=2))
    given.stock(session, centre, part, 1, bin=near, received_at=NOON - timedelta(days=1))

    tasks = released(session, station, part, 2, by=by)

    assert [task.bin_id for task in tasks] == [near.id, far.id]
    assert len({task.wave_id for task in tasks}) == 1


def test_work_in_two_warehouses_makes_two_waves(session, centre, station, by):
    other = given.warehouse(session, tier="distribution", city=JINAN)
    work = []
    for warehouse in (centre, other):
        part = given.part(session)
        stock = given.stock(session, warehouse, part)
        line = given.line(session, station, part)
        reservation = given.reservation(session, station, stock.key, line=line)
        sourcing.lines.advance(
            session, [sourcing.lines.Step(line.id, "placed", back_ordered=-1, released=1)], by=by, at=NOON
        )
        (allocated,) = ledger.allocate_oldest(session, [ledger.AllocationWish(reservation, 1)], by=by, at=NOON)
        work.append(FloorWork(allocated, station.id, LATER))

    waves = warehousing.hand_to_floor(session, work, Trigger.JOB, by=by, at=NOON)

    assert [session.get(Wave, wave_id).warehouse_id for wave_id in waves] == sorted([centre.id, other.id])


def test_no_work_makes_no_wave(session, by):
    before = session.scalar(select(func.count()).select_from(Wave))

    assert warehousing.hand_to_floor(session, [], Trigger.JOB, by=by, at=NOON) == []
    assert session.scalar(select(func.count()).select_from(Wave)) == before


def test_a_wave_of_many_lines_is_handed_over_in_one_statement(session, centre, by):
    station = given.warehouse(session, tier="repair", city=JINAN, parent=centre)
    parts = [given.part(session) for _ in range(40)]
    for part in parts:
        given.stock(session, centre, part)
    wish = sourcing.PartRequestWish(station.code, [sourcing.WishedLine(one.number, 1) for one in parts])
    sourcing.request_parts(session, wish, by=by, at=NOON)
    statements = []
    connection = session.connection()

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    sourcing.release_wave(session, centre.id, by=by, at=LATER)
    event.remove(connection, "before_cursor_execute", note)

    assert len([one for one in statements if "pick_task" in one]) == 1
    assert session.scalar(select(func.count()).where(PickTask.warehouse_id == centre.id)) == 40


def test_the_share_of_each_trigger_is_counted_in_lines_tasks_and_units(session, centre, station, part, by):
    given.stock(session, centre, part, 2, received_at=NOON - timedelta(days=1))
    given.stock(session, centre, part, 5)
    released(session, station, part, 3, by=by, at=LATER)

    urgent, job, lead = warehousing.share_by_trigger(
        session, centre.id, since=LATER, until=LATER + timedelta(hours=1), by=by
    )

    assert (urgent.trigger, urgent.lines, urgent.tasks, urgent.quantity) == (Trigger.URGENT, 1, 2, 3)
    assert (job.lines, lead.lines) == (0, 0)
