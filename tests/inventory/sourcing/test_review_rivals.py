"""A review of back-orders and its rivals, on real connections: balances before lines, so nobody waits in a circle."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from inventory import ledger, sourcing
from inventory.actor import Actor
from inventory.ledger import StockKey
from inventory.sourcing import PartRequestLine, PartRequestWish, WishedLine
from tests import given
from tests.given import NOON
from tests.given.network import QINGDAO
from tests.invariants.racing import Story, check_story

LATER = NOON + timedelta(hours=1)
TIMES = 12


@dataclass(frozen=True)
class World:
    """A line of two units: one is set aside in the city, the other could be."""

    line_id: int
    key: StockKey
    by: Actor


def one_of_two(session: Session) -> World:
    city = given.warehouse(session, tier="distribution", city=QINGDAO)
    station = given.warehouse(session, tier="repair", city=QINGDAO, parent=city)
    part, by = given.part(session), given.acting(session)
    key = given.stock(session, city, part, 1, by=by).key
    wish = PartRequestWish(station.code, [WishedLine(part.number, 2)])
    (line,) = sourcing.request_parts(session, wish, by=by, at=NOON).lines
    # What comes to a closed warehouse fills nothing: only the review finds it.
    city.active = False
    session.flush()
    given.stock(session, city, part, 1, by=by)
    city.active = True
    return World(line.line_id, key, by)


def review(session: Session, world: World) -> None:
    sourcing.review_backorders(session, by=given.under_new_command(session, world.by), at=LATER)


def withdraw(session: Session, world: World) -> int:
    by = given.under_new_command(session, world.by)
    return sourcing.withdraw(session, [world.line_id], reason="repaired", by=by, at=LATER)


def tell(session: Session, world: World) -> object:
    line, balance = session.get_one(PartRequestLine, world.line_id), ledger.find_balance(session, world.key)
    return line.back_ordered, line.reserved, line.released, line.cancelled, balance and balance.reserved


def test_a_review_and_a_cancellation_of_the_same_line_wait_for_each_other_in_one_order(fresh_database: Engine) -> None:
    check_story(fresh_database, Story(one_of_two, [review, withdraw], tell), times=TIMES, attempts=1)


def test_two_reviews_take_the_stock_once(fresh_database: Engine) -> None:
    check_story(fresh_database, Story(one_of_two, [review, review], tell), times=TIMES, attempts=1)
