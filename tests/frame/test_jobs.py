"""Jobs by the clock: one run per slot, and somebody always leads."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import active_children, get_context
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import sessionmaker

from web.jobs import JOBS_AT_ONCE, Job, Leadership, Sessions, Watch, keep_timetable, run_if_due, slot_at
from web.timetable import start_of_night

AN_AGE = timedelta(days=36_500)
A_TICK = timedelta(milliseconds=500)


@pytest.fixture
def sessions(fresh_database: Engine) -> Sessions:
    return sessionmaker(fresh_database)


class Diary:
    """What a job did: the instants at which it ran."""

    def __init__(self) -> None:
        self.runs: list[datetime] = []

    def write(self, sessions: Sessions) -> None:
        with sessions() as session:
            self.runs.append(session.execute(text("SELECT now()")).scalar_one())

    def per_slot(self, every: timedelta) -> Counter[datetime]:
        return Counter(slot_at(run, every) for run in self.runs)


def slots_taken(sessions: Sessions) -> int:
    with sessions() as session:
        return int(session.execute(text("SELECT count(*) FROM job_run")).scalar_one())


def wait_for(happened: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@contextmanager
def keepers(fresh_database_url: str, timetable: list[Job | Watch], number: int) -> Iterator[None]:
    stop = threading.Event()
    threads = [
        threading.Thread(target=keep_timetable, args=(fresh_database_url, timetable, stop)) for _ in range(number)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_a_slot_begins_on_the_hour_that_the_job_counts_in() -> None:
    assert slot_at(datetime(2026, 3, 1, 10, 59, 59, tzinfo=UTC), timedelta(hours=1)) == datetime(
        2026, 3, 1, 10, tzinfo=UTC
    )


def test_a_job_runs_once_in_a_slot(sessions: Sessions) -> None:
    diary = Diary()
    job = Job("write", AN_AGE, diary.write)
    assert [run_if_due(sessions, job), run_if_due(sessions, job)] == [True, False]
    assert len(diary.runs) == 1


def test_a_job_that_failed_leaves_its_slot_free(sessions: Sessions) -> None:
    def fail(_sessions: Sessions) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_if_due(sessions, Job("write", AN_AGE, fail))
    assert slots_taken(sessions) == 0
    assert run_if_due(sessions, Job("write", AN_AGE, Diary().write))


def test_a_job_under_way_is_not_run_by_a_rival(sessions: Sessions) -> None:
    started, may_end = threading.Event(), threading.Event()

    def take_long(_sessions: Sessions) -> None:
        started.set()
        assert may_end.wait(30)

    slow = threading.Thread(target=run_if_due, args=(sessions, Job("write", AN_AGE, take_long)))
    slow.start()
    assert started.wait(10)
    diary = Diary()
    rival_ran = run_if_due(sessions, Job("write", AN_AGE, diary.write))
    may_end.set()
    slow.join()
    assert (rival_ran, diary.runs, slots_taken(sessions)) == (False, [], 1)


def test_three_rivals_run_each_slot_once(sessions: Sessions) -> None:
    """Without any leader: the claim alone decides."""
    diary = Diary()
    job = Job("write", A_TICK, diary.write)
    end = time.monotonic() + 2.2

    def look_all_the_time() -> None:
        while time.monotonic() < end:
            run_if_due(sessions, job)

    rivals = [threading.Thread(target=look_all_the_time) for _ in range(3)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    assert len(diary.runs) == slots_taken(sessions) >= 4


def test_one_of_three_leads_and_its_jobs_run_once_a_slot(
    fresh_database_urls: tuple[str, str], sessions: Sessions
) -> None:
    diary = Diary()
    with keepers(fresh_database_urls[0], [Job("write", A_TICK, diary.write)], 3):
        wait_for(lambda: len(diary.runs) >= 4)
    assert len(diary.runs) == slots_taken(sessions)


def test_only_one_leads_and_another_follows_when_its_connection_dies(
    fresh_database: Engine, owner_terminates: Callable[[int], None]
) -> None:
    first, second = Leadership(fresh_database), Leadership(fresh_database)
    assert (first.is_ours(), second.is_ours()) == (True, False)
    owner_terminates(leaders_backend(fresh_database))
    assert first.is_ours() is False
    assert second.is_ours() is True
    second.end()
    wait_for(first.is_ours)
    first.end()


def leaders_backend(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(
            connection.execute(
                text(
                    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted "
                    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            ).scalar_one()
        )


@pytest.fixture
def owner_terminates(server) -> Callable[[int], None]:  # type: ignore[no-untyped-def]
    return lambda pid: server.execute(f"SELECT pg_terminate_backend({pid})")


def test_what_is_due_goes_on_when_the_leader_is_cut_off(
    fresh_database_urls: tuple[str, str],
    fresh_database: Engine,
    owner_terminates: Callable[[int], None],
) -> None:
    diary = Diary()
    with keepers(fresh_database_urls[0], [Job("write", A_TICK, diary.write)], 2):
        wait_for(lambda: len(diary.runs) >= 2)
        owner_terminates(leaders_backend(fresh_database))
        before = len(diary.runs)
        wait_for(lambda: len(diary.runs) >= before + 2)
    assert len(diary.runs) == slots_taken(sessionmaker(fresh_database))


def test_the_night_begins_at_two_where_the_network_is() -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + start_of_night(ZoneInfo("Asia/Shanghai"))
    assert at.astimezone(ZoneInfo("Asia/Shanghai")).hour == 2


def test_a_watch_is_looked_after_again_and_again_and_claims_no_slot(fresh_database_urls, sessions: Sessions) -> None:
    diary = Diary()
    with keepers(fresh_database_urls[0], [Watch("look", A_TICK, diary.write)], 1):
        wait_for(lambda: len(diary.runs) >= 3)
    assert slots_taken(sessions) == 0


def test_jobs_that_take_long_keep_no_watch_waiting(fresh_database_urls, sessions: Sessions) -> None:
    diary, end = Diary(), threading.Event()
    slow = [Job(f"slow {number}", AN_AGE, lambda _: end.wait(60)) for number in range(JOBS_AT_ONCE)]
    with keepers(fresh_database_urls[0], [*slow, Watch("look", A_TICK, diary.write)], 1):
        try:
            wait_for(lambda: len(diary.runs) >= 3, seconds=30)
        finally:
            end.set()


def test_a_watch_that_failed_is_looked_after_again(fresh_database_urls) -> None:
    looks: list[int] = []

    def fail_first(sessions: Sessions) -> None:
        looks.append(len(looks))
        if len(looks) == 1:
            raise ConnectionError("away")

    with keepers(fresh_database_urls[0], [Watch("look", A_TICK, fail_first)], 1):
        wait_for(lambda: len(looks) >= 3)


def sleep_long(sessions: Sessions) -> None:
    child = get_context("spawn").Process(target=time.sleep, args=(60,))
    child.start()
    child.join()


def test_who_is_told_to_end_does_not_wait_for_processes_of_its_own(fresh_database_urls) -> None:
    with keepers(fresh_database_urls[0], [Watch("sleep", A_TICK, sleep_long)], 1):
        wait_for(lambda: bool(active_children()))
        since = time.monotonic()
    assert time.monotonic() - since < 15
