"""A run: asked for, begun, planned piece by piece, released within limits, ended. Whoever calls opens transactions.

A run whose process died is begun anew: every piece replaces what stands of its parts, so doing one twice changes
nothing, and a proposal that was released is no longer open.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.errors import NotFound
from inventory.identity import Permission
from inventory.planning.columns import read_columns
from inventory.planning.policies import Settings
from inventory.planning.replenishment.arrays import Ids
from inventory.planning.replenishment.constants import Constants
from inventory.planning.replenishment.errors import RunUnderWay
from inventory.planning.replenishment.models import PlanningRun, Proposal, ProposalStatus, RunTrigger
from inventory.planning.replenishment.moving import Move, Moved, order_moves
from inventory.planning.replenishment.planning import Piece

VERSION: Final = "11"
"""Of the way levels and quantities are worked out; raised whenever the same figures would give others."""
SEED: Final = 1
PARTS_A_PIECE: Final = 2_000
RELEASED_AT_ONCE: Final = 500
RUN_STEPS: Final = ("constants", "pieces", "release", "all", "figures")
"""In the order in which a run does them: `all` is what came until the run ended, the planners' figures come after."""


def request_run(session: Session, trigger: RunTrigger, *, on: date, by: Actor, at: datetime) -> PlanningRun:
    """Ask for a run; whoever leads the timetable begins it within seconds.

    Raises: NotPermitted; RunUnderWay when one of the kind was asked for and is not finished.
    """
    by.require(Permission.RUN_PLANNING)
    if session.scalar(select(PlanningRun.id).where(PlanningRun.trigger == trigger, PlanningRun.finished_at.is_(None))):
        raise RunUnderWay()
    run = PlanningRun(
        trigger=trigger, as_of_on=on, seed=SEED, version=VERSION, requested_by_id=by.person_id, requested_at=at
    )
    session.add(run)
    session.flush()
    return run


_LATEST = select(func.max(PlanningRun.id)).where(PlanningRun.trigger != RunTrigger.URGENT).scalar_subquery()
_UNFOLDED = (PlanningRun.id == _LATEST) & ~PlanningRun.figures["seconds"].has_key("figures")
_UNDONE = PlanningRun.finished_at.is_(None) | _UNFOLDED
"""Not ended; or the latest to end, and its process died before the planners' figures were folded."""


def find_undone_run(session: Session) -> PlanningRun | None:
    """The run that was asked for first and is not done; None when there is none."""
    return session.scalars(select(PlanningRun).where(_UNDONE).order_by(PlanningRun.id).limit(1)).one_or_none()


def is_left_undone(session: Session, trigger: RunTrigger, *, on: date) -> bool:
    """Whether a run of a day was asked for and is not done: the same is not asked for again."""
    asked = (PlanningRun.trigger == trigger) & (PlanningRun.as_of_on == on)
    return session.scalar(select(PlanningRun.id).where(asked, _UNDONE).limit(1)) is not None


def get_undone_run(session: Session, run_id: int) -> PlanningRun:
    """A run that is not done, held until the transaction ends. Raises: NotFound."""
    run = session.scalars(select(PlanningRun).where(PlanningRun.id == run_id, _UNDONE).with_for_update()).one_or_none()
    if run is None:
        raise NotFound()
    return run


def list_parts(session: Session) -> Ids:
    """The parts that a run looks at, ascending: asked or waited for, fitted, stocked, lying anywhere, or successors."""
    found = read_columns(
        session,
        "SELECT id FROM part WHERE EXISTS (SELECT FROM demand_day d WHERE d.part_id = part.id)"
        " OR EXISTS (SELECT FROM stock_level l WHERE l.part_id = part.id)"
        " OR EXISTS (SELECT FROM model_part f JOIN installed_base i USING (model_id) WHERE f.part_id = part.id)"
        " OR EXISTS (SELECT FROM supersession s WHERE s.new_part_id = part.id)"
        " OR EXISTS (SELECT FROM part_request_line w WHERE w.part_id = part.id AND w.back_ordered > 0)"
        " OR EXISTS (SELECT FROM balance b WHERE b.part_id = part.id AND b.on_hand > 0)"
        " OR EXISTS (SELECT FROM place_override o WHERE o.part_id = part.id AND o.lifted_at IS NULL) ORDER BY id",
        None,
        id="bigint",
    )
    return found["id"]


def pieces_of(part_ids: Ids) -> Iterator[Ids]:
    """Parts in runs that fit into memory, in order."""
    for start in range(0, len(part_ids), PARTS_A_PIECE):
        yield part_ids[start : start + PARTS_A_PIECE]


def start(session: Session, run: PlanningRun, part_ids: Ids, *, at: datetime) -> None:
    """Write down that a run begins."""
    run.started_at, run.parts, run.parts_done, run.figures = run.started_at or at, len(part_ids), 0, {}
    session.flush()


def note_constants(session: Session, run_id: int, constants: Constants, settings: Settings) -> None:
    """Write down what all pieces of a run go by, and the costs that their lots come from."""
    costs = {"order_cost": settings.order_cost, "holding_rate_per_year": settings.holding_rate_per_year}
    fixed = constants.as_row() | costs
    session.execute(update(PlanningRun).where(PlanningRun.id == run_id).values(constants=fixed))


@dataclass(slots=True)
class Tally:
    """What the pieces of a run came to together.

    Units: `seconds` of the whole run's steps by the clock; `piece_seconds` of a piece's steps, summed over pieces and
    over the processes that shared them.
    """

    places: int = 0
    stocked: int = 0
    levels_changed: int = 0
    proposals: int = 0
    value: float = 0.0
    released: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    piece_seconds: dict[str, float] = field(default_factory=dict)

    def add(self, piece: Piece) -> None:
        """Count a piece in."""
        self.places += piece.places
        self.stocked += piece.stocked
        self.levels_changed += piece.levels_changed
        self.proposals += piece.proposals
        self.value += piece.value
        for step, seconds in piece.seconds.items():
            self.piece_seconds[step] = self.piece_seconds.get(step, 0.0) + seconds


def note_progress(session: Session, run_id: int, parts_done: int) -> None:
    """Write down how many parts a run has planned."""
    session.execute(update(PlanningRun).where(PlanningRun.id == run_id).values(parts_done=parts_done))


_WITHIN_LIMITS = """
    SELECT id, source_id, warehouse_id, part_id, quantity FROM proposal
    WHERE run_id = :run AND status = 'open' AND kind <> 'purchase' AND held IS NULL AND quantity > 0
"""
_NEXT = text(f"{_WITHIN_LIMITS} ORDER BY source_id, warehouse_id, id LIMIT :most FOR UPDATE SKIP LOCKED")
# What others decide about or work out anew is waited for, for they may leave it as it is; in the order they hold it in.
_REST = text(f"{_WITHIN_LIMITS} ORDER BY id FOR UPDATE")


def release_within_limits(session: Session, run_id: int, *, by: Actor, at: datetime) -> Moved | None:
    """Turn the next open proposals of a run that need no person into orders; None when there are none left.

    Raises: NotPermitted.
    """
    some = [Move(*row) for row in session.execute(_NEXT, {"run": run_id, "most": RELEASED_AT_ONCE})]
    return _release(session, some, by=by, at=at) if some else release_rest(session, run_id, by=by, at=at)


def release_rest(session: Session, run_id: int, *, by: Actor, at: datetime) -> Moved | None:
    """Turn all open proposals of a run that need no person into orders; None when there are none.

    Raises: NotPermitted.
    """
    rest = [Move(*row) for row in session.execute(_REST, {"run": run_id})]
    return _release(session, rest, by=by, at=at) if rest else None


def _release(session: Session, moves: Sequence[Move], *, by: Actor, at: datetime) -> Moved:
    for source_id in {one.source_id for one in moves}:
        by.require(Permission.ORDER_TRANSFERS, source_id)
    return order_moves(session, moves, by=by, at=at)


def count_released(session: Session, run_id: int, *, by: Actor) -> int:
    """How many lines of a run were ordered without a person, however often its process died meanwhile."""
    alone = (Proposal.status == ProposalStatus.RELEASED) & (Proposal.decided_by_id == by.person_id)
    return session.scalar(select(func.count()).where(Proposal.run_id == run_id, alone)) or 0


def finish(session: Session, run_id: int, tally: Tally, *, at: datetime) -> None:
    """Write down that a run ended, and what it came to; where the clock was set back meanwhile, when it began."""
    ended = func.greatest(PlanningRun.started_at, at)
    session.execute(update(PlanningRun).where(PlanningRun.id == run_id).values(finished_at=ended))
    note_tally(session, run_id, tally)


def note_tally(session: Session, run_id: int, tally: Tally) -> None:
    """Write down what a run came to, or came to by now."""
    session.execute(update(PlanningRun).where(PlanningRun.id == run_id).values(figures=asdict(tally)))


def get_run(session: Session, run_id: int, *, by: Actor) -> PlanningRun:
    """A run. Raises: NotPermitted; NotFound."""
    by.require(Permission.SEE_PROPOSALS)
    run = session.get(PlanningRun, run_id)
    if run is None:
        raise NotFound()
    return run


def list_runs(session: Session, *, by: Actor, limit: int = 30) -> list[PlanningRun]:
    """The latest runs, newest first. Raises: NotPermitted."""
    by.require(Permission.SEE_PROPOSALS)
    return list(session.scalars(select(PlanningRun).order_by(PlanningRun.id.desc()).limit(limit)))
