"""Rivals at one work order, on real connections: whatever they do at once ends as if one had gone before the other."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from inventory import sourcing, workorders
from inventory.catalogue.models import Part
from inventory.ledger import Condition
from inventory.sourcing.models import PartRequest, PartRequestLine
from inventory.workorders import DrawnPart, WorkOrder, WorkOrderWish
from tests import given
from tests.given import NOON
from tests.given.network import JINAN
from tests.given.workorders import RULES, Repair, arrived, asked_for, at_work, call, repair
from tests.invariants.racing import Story, check_story
from tests.inventory.workorders.books import assert_books_agree, fitted, free_stock, in_hands_of

LATER = NOON + timedelta(hours=1)


@dataclass(frozen=True)
class World:
    """A repair with one part lying at the centre, and what else a story needs."""

    job: Repair
    part: Part
    line_id: int
    drawn_id: int = 0
    wishes: tuple[WorkOrderWish, ...] = ()


def one_came(session: Session) -> World:
    job, part = repair(session), given.part(session)
    return World(job, part, arrived(session, job, part, 1).id)


def one_drawn(session: Session) -> World:
    world = one_came(session)
    (drawn,) = workorders.draw(session, world.line_id, 1, by=world.job.engineer, at=LATER)
    return World(world.job, world.part, world.line_id, drawn.id)


def one_ordered(session: Session) -> World:
    job, part = repair(session), given.part(session)
    return World(job, part, asked_for(session, job, part).id)


def by(session: Session, world: World):
    return given.under_new_command(session, world.job.engineer)


def draw(session: Session, world: World) -> int:
    return len(workorders.draw(session, world.line_id, 1, by=by(session, world), at=LATER))


def fit(session: Session, world: World) -> str:
    workorders.fit(session, world.drawn_id, 1, by=by(session, world), at=LATER)
    return "fitted"


def give_back(session: Session, world: World) -> str:
    workorders.give_back(
        session, world.drawn_id, 1, condition=Condition.GOOD, reason="多余", by=by(session, world), at=LATER
    )
    return "given back"


def cancel(session: Session, world: World) -> str:
    number = world.job.work_order.number
    return workorders.cancel_work_order(session, number, reason="-", by=by(session, world), at=LATER).status.value


def complete(session: Session, world: World) -> str:
    return workorders.complete_work_order(
        session, world.job.work_order.number, by=by(session, world), at=LATER
    ).status.value


def free(session: Session, world: World) -> str:
    workorders.free_earmark(session, world.line_id, 1, reason="-", by=by(session, world), at=LATER)
    return "freed"


def ask(session: Session, world: World) -> str:
    wish = sourcing.PartRequestWish(world.job.station.code, [sourcing.WishedLine(world.part.number, 1)])
    workorders.request_parts_for(session, world.job.work_order.number, wish, by=by(session, world), at=LATER)
    return "accepted"


def goods_come(session: Session, world: World) -> str:
    given.stock(session, given.warehouse(session, tier="distribution", city=JINAN), world.part, 1, received_at=LATER)
    return "came"


def hand_to_colleague(session: Session, world: World) -> str:
    colleague = at_work(session, "engineer", world.job.station)
    login = session.get_one(given.people.Person, colleague.person_id).login
    manager = given.under_new_command(session, world.job.manager)
    workorders.reassign_work_order(
        session, world.job.work_order.number, engineer=login, reason="-", by=manager, at=LATER
    )
    return "handed over"


def tell(session: Session, world: World):
    """Where every unit is, in plain figures; all books have to agree."""
    assert_books_agree(session)
    drawn = select(
        func.coalesce(func.sum(DrawnPart.quantity), 0),
        func.coalesce(func.sum(DrawnPart.fitted), 0),
        func.coalesce(func.sum(DrawnPart.given_back), 0),
    ).where(DrawnPart.work_order_id == world.job.work_order.id)
    lines = (
        select(PartRequestLine.status, PartRequestLine.responsible_id == WorkOrder.engineer_id)
        .join(PartRequest, PartRequest.id == PartRequestLine.request_id)
        .join(WorkOrder, WorkOrder.id == PartRequest.work_order_id)
        .where(WorkOrder.id == world.job.work_order.id)
        .order_by(PartRequestLine.id)
    )
    return {
        "status": session.get_one(WorkOrder, world.job.work_order.id).status.value,
        "lines, whether with their engineer": [tuple(line) for line in session.execute(lines)],
        "drawn, fitted, given back": tuple(session.execute(drawn).one()),
        "free": free_stock(session, world.job.station, world.part),
        "first engineer holds": in_hands_of(session, world.job.engineer, world.part),
        "fitted": fitted(session, world.part),
    }


@pytest.mark.parametrize(
    ("lay", "acts"),
    [
        pytest.param(one_came, [draw, draw], id="two draws of one earmark"),
        pytest.param(one_came, [draw, cancel], id="a draw and a cancellation"),
        pytest.param(one_came, [draw, complete], id="a draw and a completion"),
        pytest.param(one_came, [draw, free], id="a draw and a freeing"),
        pytest.param(one_came, [free, cancel], id="a freeing and a cancellation"),
        pytest.param(one_came, [complete, cancel], id="a completion and a cancellation"),
        pytest.param(one_came, [ask, complete], id="a request and a completion"),
        pytest.param(one_came, [ask, hand_to_colleague], id="a request and a handing over"),
        pytest.param(one_came, [draw, hand_to_colleague], id="a draw and a handing over"),
        pytest.param(one_drawn, [fit, give_back], id="fitting and giving back the same part"),
        pytest.param(one_drawn, [fit, fit], id="fitting the same part twice"),
        pytest.param(one_drawn, [give_back, give_back], id="giving the same part back twice"),
        pytest.param(one_drawn, [give_back, complete], id="a giving back and a completion"),
        pytest.param(one_drawn, [fit, cancel], id="a fitting and a cancellation"),
        pytest.param(one_drawn, [fit, hand_to_colleague], id="a fitting and a handing over"),
        pytest.param(one_ordered, [goods_come, cancel], id="goods that fill a back-order and a cancellation"),
    ],
)
def test_rivals_end_as_if_one_had_gone_first(arena: Engine, races: int, lay, acts):
    check_story(arena, Story(lay, acts, tell), times=races)


def with_calls(**said):
    """Two calls, one a second later, that say the same of these things."""

    def lay(session: Session) -> World:
        job = repair(session)
        model = given.model(session).code
        wishes = tuple(call(session, job.station, job.engineer, model=model, **said) for _ in range(2))
        return World(job, given.part(session), 0, wishes=wishes)

    return lay


def opening(turn: int):
    def act(session: Session, world: World) -> str:
        manager = given.under_new_command(session, world.job.manager)
        opened = workorders.open_work_order(session, world.wishes[turn], RULES, by=manager, at=LATER)
        return "repeat repair" if opened.repeats_id else "opened"

    return act


def tell_calls(session: Session, world: World):
    own = WorkOrder.warehouse_id == world.job.station.id
    opened = session.scalar(select(func.count()).where(own))
    appliances = session.scalar(select(func.count(WorkOrder.appliance_id.distinct())).where(own))
    return opened, appliances


def test_two_calls_with_one_reference_open_one_work_order(arena: Engine, races: int):
    story = Story(with_calls(reference="CC-1"), [opening(0), opening(1)], tell_calls)
    check_story(arena, story, times=races)


def test_two_calls_for_one_appliance_make_one_appliance_and_one_repeat_repair(arena: Engine, races: int):
    story = Story(with_calls(serial="SN-1", customer_phone="13800000001"), [opening(0), opening(1)], tell_calls)
    check_story(arena, story, times=races)
