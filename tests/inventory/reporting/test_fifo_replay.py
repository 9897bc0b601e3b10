"""The replay of first in, first out: what it calls passed over, and what it does not."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from inventory.reporting.fifo_replay import Change, History, LotAge, PassedOver, Release, list_passed_over, replay_fifo
from tests.inventory.reporting.test_verifying import OLDER_LOT
from tests.inventory.reporting.world import lay_history

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
OLD, NEW = LotAge(NOON - timedelta(days=9), 1), LotAge(NOON - timedelta(days=2), 2)
RELEASE = Release(task_id=7, lot=NEW, at=NOON)


def old_lot(*changes: tuple[float, int]) -> History:
    """The old lot's changes, as seconds from noon and quantities."""
    return History([Change(OLD, NOON + timedelta(seconds=seconds), quantity) for seconds, quantity in changes])


def test_an_older_lot_that_was_free_all_the_time_was_passed_over() -> None:
    assert list_passed_over([RELEASE], old_lot((-3600, 4))) == [PassedOver(7, 1, 4)]


@pytest.mark.parametrize(
    "history",
    [
        old_lot((-3600, 4), (-1800, -4)),  # it was taken before
        old_lot((3600, 4)),  # it came later
        old_lot((-3600, 4), (0, -4)),  # the same command took it
        old_lot((-3600, 4), (0, -4), (3, 4)),  # it was given up a moment later
        old_lot((2, 4)),  # it came at about the same time: nobody knows who was first
    ],
)
def test_an_older_lot_that_was_not_free_throughout_was_not_passed_over(history: History) -> None:
    assert list_passed_over([RELEASE], history) == []


def test_a_younger_lot_may_stay() -> None:
    history = History([Change(NEW, NOON - timedelta(hours=1), 4)])
    assert list_passed_over([Release(7, OLD, NOON)], history) == []


def test_of_lots_of_one_instant_the_lower_id_goes_first() -> None:
    twin = LotAge(NEW.first_received_at, 1)
    history = History([Change(twin, NOON - timedelta(hours=1), 4)])
    assert list_passed_over([RELEASE], history) == [PassedOver(7, 1, 4)]


def test_an_earmarked_lot_is_not_judged_from_then_on() -> None:
    history = old_lot((-3600, 4))
    history.earmarked_since[OLD] = NOON - timedelta(hours=2)
    assert list_passed_over([RELEASE], history) == []
    history.earmarked_since[OLD] = NOON + timedelta(hours=2)
    assert list_passed_over([RELEASE], history) != []


def test_the_rows_of_true_books_replay_without_a_find(owner_session: Session) -> None:
    lay_history(owner_session)
    assert replay_fifo(owner_session).violations == 0


def test_an_older_lot_in_the_rows_is_found_for_each_release_that_passed_it_over(owner_session: Session) -> None:
    lay_history(owner_session)
    owner_session.connection().exec_driver_sql(OLDER_LOT)
    found = replay_fifo(owner_session)
    assert sorted((row["task_id"], row["older_lot_id"], row["free"]) for row in found.sample) == [
        (9001, 9003, 3),
        (9002, 9003, 3),
    ]


def test_what_was_taken_instead_of_the_oldest_with_a_reason_was_rightly_released(owner_session: Session) -> None:
    """The old lot was chosen at release and exchanged at the pick: the release itself passed nothing over."""
    lay_history(owner_session)
    owner_session.connection().exec_driver_sql(
        OLDER_LOT
        + """;
        ALTER TABLE document_event DISABLE TRIGGER USER;
        UPDATE document_event
        SET facts = facts || '{"instead_of_lot": "OLD"}', recorded_at = recorded_at + interval '1 hour'
        WHERE document_kind = 'pick_task' AND document_id = 9002 AND happening = 'picked'
        """
    )
    found = replay_fifo(owner_session)
    assert [(row["task_id"], row["free"]) for row in found.sample] == [(9001, 2)]
