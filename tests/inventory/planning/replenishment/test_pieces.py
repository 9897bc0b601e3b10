"""What a piece of a run costs: its steps are told, and nothing is read twice for it."""

import pytest

from inventory.identity import get_system_actor
from inventory.planning import calibration, replenishment
from inventory.planning.policies import read_policy_book
from inventory.planning.replenishment import PIECE_STEPS, Piece, RunTrigger, Tally
from tests import given
from tests.given import NOON
from tests.given.planning import ON, asked_monthly, three_tiers
from tests.statements import statements_to


@pytest.fixture
def begun(session):
    """A run that has begun, ready for its pieces: its id, parts, policies and constants."""
    network, part, old = three_tiers(session), given.part(session), given.part(session)
    given.supersession(session, old, part, interchangeable=True)
    asked_monthly(session, network.stations, part)
    book, ids = read_policy_book(session, on=ON), replenishment.list_parts(session)
    run = replenishment.request_run(session, RunTrigger.MANUAL, on=ON, by=get_system_actor(session), at=NOON)
    constants = calibration.fix_constants(session, ids, book, on=ON)
    replenishment.start(session, run, ids, at=NOON)
    return run.id, ids, book, constants


def test_a_piece_reads_once_which_parts_are_replaced(session, begun):
    with statements_to(session.get_bind().engine) as sent:
        replenishment.plan_piece(session, *begun, on=ON, at=NOON)
    for table in ("supersession", "usable_part"):
        assert len([one for one in sent if f"FROM {table}" in one]) == 1


def test_a_piece_tells_the_seconds_of_its_steps_in_their_order(session, begun):
    piece = replenishment.plan_piece(session, *begun, on=ON, at=NOON)
    assert tuple(piece.seconds) == PIECE_STEPS
    assert min(piece.seconds.values()) >= 0


def test_the_seconds_of_pieces_are_summed_by_step():
    tally = Tally()
    for history, levels in ((1.5, 0.25), (0.5, 0.75)):
        tally.add(Piece(1, 1, 1, 1, 0.0, {"history": history, "levels": levels}))
    assert tally.piece_seconds == {"history": 2.0, "levels": 1.0}
