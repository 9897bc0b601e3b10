"""Races between real transactions, judged by the serial orders of the same acts.

A story lays a small world, lets its acts run at once from a barrier, each in a transaction of its own, and tells what
came of it. Before that the same acts are run one after the other in every order, each order in a world of its own: what
a race ends with, answers and books, must be what one of these orders ends with.
"""

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import permutations
from threading import Barrier
from typing import Any, Generic, TypeVar

from psycopg.errors import DeadlockDetected
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from inventory.errors import Refusal
from web.db import ATTEMPTS_MAX

World = TypeVar("World")
Act = Callable[[Session, World], Any]

PATIENCE = "20s"
"""Nobody waits for a lock that long but in a deadlock, which fails by itself."""
HEAD_START_S = 0.004
"""How far apart racers may start: enough to try every order, little enough to overlap."""


@dataclass(frozen=True)
class Story(Generic[World]):
    """A world, what happens in it at once, and how what came of it is told."""

    lay: Callable[[Session], World]
    acts: Sequence[Act[World]]
    tell: Callable[[Session, World], Any]


@dataclass(frozen=True)
class Outcome:
    """What each act was answered, and the books afterwards."""

    answers: tuple[Any, ...]
    books: Any


def check_story(engine: Engine, story: Story[Any], *, times: int, attempts: int = ATTEMPTS_MAX) -> None:
    """Race the acts of the story so many times; fail when an outcome fits no serial order.

    An act that meets a deadlock is tried again, as often as at the edge; the ledger by itself must meet none.
    """
    serial = [_one_by_one(engine, story, order) for order in permutations(range(len(story.acts)))]
    for _ in range(times):
        raced = _at_once(engine, story, attempts)
        if raced not in serial:
            allowed = "\n".join(f"  {outcome}" for outcome in dict.fromkeys(map(str, serial)))
            raise AssertionError(f"no serial order ends like this:\n  {raced}\nallowed:\n{allowed}")


def race(engine: Engine, acts: Sequence[Callable[[Session], Any]], *, attempts: int = 1) -> list[Any]:
    """Run the acts at once, each in a transaction of its own; an answer is the act's, or the code of its refusal."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[Session], Any]) -> Any:
        with Session(engine) as session:
            session.execute(text("SELECT set_config('lock_timeout', :patience, false)"), {"patience": PATIENCE})
            session.commit()
            barrier.wait()
            time.sleep(random.random() * HEAD_START_S)
            return transact(session, act, attempts=attempts)

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def transact(session: Session, act: Callable[[Session], Any], *, attempts: int = 1) -> Any:
    """Run one act to its commit, or to its refusal; from the beginning when a deadlock chose it."""
    for attempt in range(1, attempts + 1):
        try:
            with session.begin():
                return act(session)
        except Refusal as refused:
            return refused.code
        except OperationalError as error:
            if attempt == attempts or not isinstance(error.orig, DeadlockDetected):
                raise
        time.sleep(random.random() * HEAD_START_S * 5)
    raise AssertionError("the last attempt answers or raises")


def _one_by_one(engine: Engine, story: Story[Any], order: Sequence[int]) -> Outcome:
    world = _lay(engine, story)
    answers: dict[int, Any] = {}
    for index in order:
        with Session(engine) as session:
            answers[index] = transact(session, lambda session, act=story.acts[index]: act(session, world))
    return _tell(engine, story, world, [answers[index] for index in range(len(story.acts))])


def _at_once(engine: Engine, story: Story[Any], attempts: int) -> Outcome:
    world = _lay(engine, story)
    answers = race(engine, [lambda session, act=act: act(session, world) for act in story.acts], attempts=attempts)
    return _tell(engine, story, world, answers)


def _lay(engine: Engine, story: Story[Any]) -> Any:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        return story.lay(session)


def _tell(engine: Engine, story: Story[Any], world: Any, answers: Sequence[Any]) -> Outcome:
    with Session(engine) as session:
        return Outcome(tuple(answers), story.tell(session, world))
