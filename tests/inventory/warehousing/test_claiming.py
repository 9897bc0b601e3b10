"""Tasks taken in hand and put back."""

import pytest

from inventory import sourcing, warehousing
from inventory.errors import NotFound, NotPermitted
from inventory.timeline import DocumentKind, list_events
from inventory.warehousing import TaskClaimed, TaskNotOpen, TaskStatus
from tests import given
from tests.given import NOON
from tests.given.network import JINAN
from tests.given.warehousing import picked, released


@pytest.fixture
def operator(session, centre):
    return given.acting(session, "warehouse_operator", centre, name="张三")


@pytest.fixture
def colleague(session, centre):
    return given.acting(session, "warehouse_operator", centre)


@pytest.fixture
def task(session, centre, station, part, by):
    given.stock(session, centre, part)
    (task,) = released(session, station, part, by=by)
    return task


def test_a_claimed_task_is_in_ones_hands(session, task, operator):
    claimed = warehousing.claim_task(session, task.id, by=operator, at=NOON)

    assert (claimed.status, claimed.claimed_by_id, claimed.claimed_at) == (
        TaskStatus.CLAIMED,
        operator.person_id,
        NOON,
    )
    assert [one.happening for one in list_events(session, DocumentKind.PICK_TASK, [task.id])] == [
        "released",
        "claimed",
    ]


def test_claiming_again_what_is_ones_own_changes_nothing(session, task, operator):
    warehousing.claim_task(session, task.id, by=operator, at=NOON)
    warehousing.claim_task(session, task.id, by=operator, at=NOON)

    assert len(list_events(session, DocumentKind.PICK_TASK, [task.id])) == 2


def test_what_somebody_else_has_in_hand_is_refused_by_his_name(session, task, operator, colleague):
    warehousing.claim_task(session, task.id, by=operator, at=NOON)

    with pytest.raises(TaskClaimed) as refused:
        warehousing.claim_task(session, task.id, by=colleague, at=NOON)
    assert refused.value.facts == {"task": task.id, "claimed_by": "张三"}


def test_a_picked_task_cannot_be_claimed(session, task, operator):
    picked(session, [task])

    with pytest.raises(TaskNotOpen) as refused:
        warehousing.claim_task(session, task.id, by=operator, at=NOON)
    assert refused.value.facts["status"] == "picked"


def test_the_next_task_is_an_urgent_one_then_the_nearest_on_the_walk(session, centre, station, by, operator):
    parts = {}
    for turn, priority in ((1, 5), (2, 5), (3, 1)):
        part = given.part(session)
        given.stock(session, centre, part, bin=given.bin(session, centre, pick_sequence=turn))
        parts[turn] = (part, priority)
    far = given.warehouse(session, tier="repair", city=JINAN, parent=centre)
    for part, priority in parts.values():
        released(session, far, part, priority=priority, by=by)

    sourcing.release_wave(session, centre.id, by=by, at=NOON)

    claimed = [warehousing.claim_next(session, centre.id, by=operator, at=NOON) for _ in range(4)]

    assert [one and one.pick_sequence for one in claimed] == [3, 1, 2, None]


def test_a_task_put_back_is_free_for_others(session, task, operator, colleague):
    warehousing.claim_task(session, task.id, by=operator, at=NOON)
    warehousing.unclaim_task(session, task.id, by=operator, at=NOON)

    assert warehousing.claim_task(session, task.id, by=colleague, at=NOON).claimed_by_id == colleague.person_id


def test_only_the_lead_puts_back_what_others_have_in_hand(session, centre, task, operator, colleague):
    warehousing.claim_task(session, task.id, by=operator, at=NOON)

    with pytest.raises(TaskClaimed):
        warehousing.unclaim_task(session, task.id, by=colleague, at=NOON)
    lead = given.acting(session, "warehouse_lead", centre)
    assert warehousing.unclaim_task(session, task.id, by=lead, at=NOON).status is TaskStatus.RELEASED


def test_a_task_in_nobodys_hands_cannot_be_put_back(session, task, operator):
    with pytest.raises(TaskNotOpen):
        warehousing.unclaim_task(session, task.id, by=operator, at=NOON)


def test_a_task_of_another_warehouse_answers_like_a_missing_one(session, task, station):
    stranger = given.acting(session, "warehouse_operator", station)

    with pytest.raises(NotFound) as foreign:
        warehousing.claim_task(session, task.id, by=stranger, at=NOON)
    with pytest.raises(NotFound) as missing:
        warehousing.claim_task(session, 1, by=stranger, at=NOON)
    assert str(foreign.value) == str(missing.value)


def test_who_may_not_pick_claims_nothing(session, centre, task):
    engineer = given.acting(session, "engineer", centre)

    with pytest.raises(NotPermitted):
        warehousing.claim_next(session, centre.id, by=engineer, at=NOON)


def test_tasks_are_listed_in_walking_order_page_by_page(session, centre, station, by):
    for turn in (30, 10, 20):
        part = given.part(session)
        given.stock(session, centre, part, bin=given.bin(session, centre, pick_sequence=turn))
        released(session, station, part, by=by)

    first = warehousing.list_tasks(session, centre.id, by=by, limit=2)
    second = warehousing.list_tasks(session, centre.id, by=by, after=first[-1].place_in_walk)

    assert [task.pick_sequence for task in (*first, *second)] == [10, 20, 30]


def test_ones_own_tasks_can_be_listed_alone(session, centre, task, operator, colleague):
    warehousing.claim_task(session, task.id, by=operator, at=NOON)

    def listed_of(actor):
        return warehousing.list_tasks(session, centre.id, by=operator, claimed_by_id=actor.person_id)

    (mine,) = listed_of(operator)
    assert (mine.id, mine.claimed_by, mine.destination_id) == (task.id, "张三", task.destination_id)
    assert listed_of(colleague) == []


def test_a_task_is_shown_to_whoever_sees_its_warehouse_only(session, task, centre, station):
    assert warehousing.get_task(session, task.id, by=given.acting(session, "planner", centre)).id == task.id
    with pytest.raises(NotFound):
        warehousing.get_task(session, task.id, by=given.acting(session, "planner", station))
