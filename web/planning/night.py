"""What a run does, step by step, from its constants to the planners' figures."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import reduce

import numpy as np
from sqlalchemy.orm import Session

from inventory import reporting
from inventory.db import database_now
from inventory.planning import calibration, replenishment
from inventory.planning.policies import PolicyBook, read_policy_book
from inventory.planning.replenishment import Piece, Tally
from inventory.planning.replenishment.arrays import Ids, Reals
from inventory.planning.replenishment.constants import Constants
from web.crew import PATIENT, Crew, gathered
from web.db import transaction
from web.jobs import Sessions

log = logging.getLogger(__name__)


def do_run(sessions: Sessions, run_id: int, *, processes: int = 1) -> Tally:
    """Do a run from its constants to the release of what needs no person, and fold the planners' figures.

    Of a run that had ended when its process died, only the figures are left to do.
    """
    night = _begin(sessions, run_id)
    with night.step(sessions, "constants"):
        plan = _fix_constants(sessions, night)
    with gathered(sessions, processes=processes) as crew:
        if not night.ended:
            _propose(crew, night, plan)
        with night.step(sessions, "figures"):
            back_cast(crew, plan, night.part_ids)
            fold_figures(crew, on=plan.on)
    return night.tally


@dataclass(frozen=True, slots=True)
class Night:
    """A run at work: which it is, what it looks at, whether its proposals were made before, and what it came to."""

    run_id: int
    number: str
    on: date
    part_ids: Ids
    ended: bool
    tally: Tally
    begun: float

    @contextmanager
    def step(self, sessions: Sessions, name: str) -> Iterator[None]:
        """Count the seconds of a step, and write down when it is done what the run came to by then."""
        begun = time.monotonic()
        log.info("%s: %s begins", self.number, name)
        yield
        self.tally.seconds[name] = time.monotonic() - begun
        with sessions.begin() as session:
            replenishment.note_tally(session, self.run_id, self.tally)
        log.info("%s: %s took %.1f s", self.number, name, self.tally.seconds[name])


def _begin(sessions: Sessions, run_id: int) -> Night:
    begun = time.monotonic()
    with sessions.begin() as session:
        run = replenishment.get_undone_run(session, run_id)
        part_ids, ended = replenishment.list_parts(session), run.finished_at is not None
        tally = Tally(**run.figures) if ended else Tally()
        if not ended:
            replenishment.start(session, run, part_ids, at=database_now(session))
        log.info("%s: as of %s, %d parts", run.number, run.as_of_on, len(part_ids))
        return Night(run_id, run.number, run.as_of_on, part_ids, ended, tally, begun)


def _fix_constants(sessions: Sessions, night: Night) -> "Plan":
    with sessions.begin() as session:
        session.execute(PATIENT)
        book = read_policy_book(session, on=night.on)
        constants = calibration.fix_constants(session, night.part_ids, book, on=night.on)
        replenishment.note_constants(session, night.run_id, constants, book.settings)
    return Plan(night.run_id, night.on, constants, book)


def _propose(crew: Crew, night: Night, plan: "Plan") -> None:
    """Plan all parts, order what needs no person, and write down that the run ended."""
    with night.step(crew.sessions, "pieces"):
        _plan(crew, night, plan)
    with night.step(crew.sessions, "release"):
        night.tally.released = release_all(crew.sessions, night.run_id)
    night.tally.seconds["all"] = time.monotonic() - night.begun
    with crew.sessions.begin() as session:
        replenishment.finish(session, night.run_id, night.tally, at=database_now(session))


def _plan(crew: Crew, night: Night, plan: "Plan") -> None:
    pieces, done = list(replenishment.pieces_of(night.part_ids)), 0
    for ids, piece in zip(pieces, crew.each(plan, pieces), strict=True):
        night.tally.add(piece)
        done += len(ids)
        with crew.sessions.begin() as session:
            replenishment.note_progress(session, night.run_id, done)
        log.info("%s: %d of %d parts, %d proposals", night.number, done, len(night.part_ids), night.tally.proposals)


def back_cast(crew: Crew, plan: "Plan", part_ids: Ids) -> None:
    """Work out once what would have been expected of the months before the first run, all of it or nothing."""
    with crew.sessions.begin() as session:
        months = reporting.months_to_back_cast(session, on=plan.on)
    if not months:
        return
    some = reporting.parts_to_back_cast(part_ids)
    looking = LookingBack(plan, months)
    expected = np.concatenate(list(crew.each(looking, list(replenishment.pieces_of(some)))), axis=1)
    with crew.sessions.begin() as session:
        session.execute(PATIENT)
        reporting.keep_back_cast(session, months, some, expected, on=plan.on)


def fold_figures(crew: Crew, *, on: date) -> None:
    """Fold the figures of the planners' cockpit, part by part; then those of the pieces are written at once."""
    with crew.sessions.begin() as session:
        session.execute(PATIENT)
        ground = reporting.begin_fold(session, on=on)
    sums = reduce(reporting.Sums.plus, crew.each(Folding(ground), reporting.pieces_to_fold(ground)))
    with crew.sessions.begin() as session:
        session.execute(PATIENT)
        reporting.end_fold(session, ground, sums, at=database_now(session))


def release_all(sessions: Sessions, run_id: int) -> int:
    """Turn into orders what of a run needs no person, some at a time; how many lines were ordered, ever."""
    while True:
        with transaction(sessions, "release_proposals") as work:
            work.session.execute(PATIENT)
            if replenishment.release_within_limits(work.session, run_id, by=work.by, at=work.at) is None:
                return replenishment.count_released(work.session, run_id, by=work.by)


@dataclass(frozen=True, slots=True)
class Plan:
    """What every piece of a run goes by."""

    run_id: int
    on: date
    constants: Constants
    book: PolicyBook

    def do(self, session: Session, part_ids: Ids) -> Piece:
        """Plan some parts."""
        return replenishment.plan_piece(
            session, self.run_id, part_ids, self.book, self.constants, on=self.on, at=database_now(session)
        )


@dataclass(frozen=True, slots=True)
class LookingBack:
    """What every piece of a back-cast goes by."""

    plan: Plan
    months: Sequence[date]

    def do(self, session: Session, part_ids: Ids) -> Reals:
        """Look back at some parts."""
        return replenishment.look_back(session, part_ids, self.plan.book, self.plan.constants, self.months)


@dataclass(frozen=True, slots=True)
class Folding:
    """What every piece of a fold goes by."""

    ground: reporting.Ground

    def do(self, session: Session, part_ids: Ids) -> reporting.Sums:
        """Fold some parts."""
        return reporting.fold_parts(session, self.ground, part_ids)
