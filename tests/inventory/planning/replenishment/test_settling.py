"""What is moved, drawn and bought in one night, over any stocks: nobody gives what it keeps or gets too much."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.db import QUANTITY_MAX
from inventory.planning.policies import PHASES, Phase, PlacePolicies, Settings
from inventory.planning.replenishment.layout import Layout
from inventory.planning.replenishment.levels import Levels
from inventory.planning.replenishment.models import ProposalKind
from inventory.planning.replenishment.positions import Positions
from inventory.planning.replenishment.proposing import Offers, work_out_needs
from inventory.planning.replenishment.rebalancing import Shelves, Stakes, hold_moves, work_out_moves
from inventory.planning.replenishment.resting import KINDS
from inventory.planning.stocking.loss import expected_back_orders

PARENT = np.array([-1, 0, 0, 1, 1, 1, 2, 2], dtype=np.int32)
DEPTH = np.array([0, 1, 1, 2, 2, 2, 2, 2], dtype=np.int8)
N = len(PARENT)
SETTINGS = Settings("CNY", 0.2, 0.8, 0.95, 0.5, 1.0, 0.1, 12, 5, surplus_margin=0.2, surplus_days=30, move_cost=1.0)

seldom = st.sampled_from([0, 0, 0, 0, 1])
shelves = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 5), st.integers(60, 120)),  # on hand: bare, or far too much
        seldom.map(lambda one: 3 * one),  # reserved
        seldom.map(lambda one: 2 * one),  # back-ordered
        st.integers(0, 20),  # the reorder point
        st.integers(1, 10),  # the lot
        seldom.map(bool),  # waited for
        seldom.map(lambda one: 75 * one),  # the planner's minimum
    ),
    min_size=N,
    max_size=N,
)


def none(kind, **told):
    """Figures of a kind that nobody looks at here, with those that somebody does."""
    return kind(**{one.name: told.get(one.name, np.zeros(N)) for one in fields(kind)})


def town(rows, *, pack, phase):
    """Eight places of one part over three tiers: what stands in `shelves` of each."""
    on_hand, reserved, back, point, lot, waited_for, minimum = (np.array(one) for one in zip(*rows, strict=True))
    reserved = np.minimum(reserved, on_hand)
    zero, one = np.zeros(N, np.int64), np.ones(N, np.int64)
    daily = point / 20.0 + 0.01
    levels = none(
        Levels,
        stocked=np.ones(N, np.bool_),
        source=PARENT,
        depth=DEPTH,
        daily_mean=daily,
        lead_days=np.full(N, 5.0),
        lead_mean=daily * 6,
        lead_variance=daily * 9,
        demand_size=np.ones(N),
        safety_stock=zero,
        reorder_point=point,
        order_up_to=point + lot,
        pack_size=one * pack,
        order_minimum=one,
        order_maximum=one * QUANTITY_MAX,
    )
    policies = none(
        PlacePolicies,
        pack_size=np.full(N, pack, np.int32),
        phase=np.full(N, PHASES.index(phase), np.int8),
        minimum=minimum.astype(np.int32),
        release_value_max=np.full(N, 1e9),
        release_quantity_max=np.full(N, QUANTITY_MAX),
    )
    positions = Positions(on_hand, reserved, zero, zero, back)
    offers = Offers(one, one, one, one * 100_000)
    layout = Layout(one, np.arange(1, N + 1), np.arange(N, dtype=np.int32), PARENT)
    stakes = Stakes(np.full(N, 5.0), np.full(N, 1.0))
    beside = Shelves(positions.free, waited_for, daily, np.full(N, 10.0), stakes, np.full(N, 2.0))
    return layout, policies, levels, positions, offers, beside


def a_night(layout, policies, levels, positions, offers, beside):
    """The needs, the moves, and the positions once these are ordered."""
    needs = work_out_needs(levels, positions, offers)
    moves = work_out_moves(layout, policies, levels, positions, needs, beside, SETTINGS)
    return needs, moves, moves.counted_in(positions)


def sum_by(rows, quantity):
    return np.bincount(rows, quantity, N).astype(np.int64)


packs = st.integers(1, 4)
phases = st.sampled_from([Phase.MATURE, Phase.PHASE_OUT, Phase.LAST_TIME_BUY])
unhurried = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@unhurried
@given(shelves, packs, phases)
def test_nobody_gives_what_it_keeps_nor_what_somebody_waits_for(rows, pack, phase):
    world = town(rows, pack=pack, phase=phase)
    policies, levels, positions, beside = world[1], world[2], world[3], world[5]
    needs, moves, _ = a_night(*world)
    drawing = np.flatnonzero(levels.source >= 0)
    out = sum_by(levels.source[drawing], needs.quantity[drawing])
    given_away = sum_by(moves.giver, moves.quantity)
    left = positions.free - out - given_away
    givers = np.unique(moves.giver)
    assert (left[givers] >= np.maximum(levels.order_up_to, policies.minimum)[givers]).all()
    assert (sum_by(moves.giver, moves.quantity)[beside.waited_for | (positions.back_ordered > 0)] == 0).all()
    assert (moves.quantity <= moves.free - moves.keeps).all()


@unhurried
@given(shelves, packs, phases)
def test_nobody_gets_more_than_brings_it_to_its_level(rows, pack, phase):
    world = town(rows, pack=pack, phase=phase)
    levels, positions = world[2], world[3]
    needs, moves, _ = a_night(*world)
    got = sum_by(moves.receiver, moves.quantity)
    assert (got <= np.maximum(levels.order_up_to - (positions.position - needs.owed), 0)).all()
    assert (got <= needs.needed).all()


@unhurried
@given(shelves, packs, phases)
def test_a_move_is_whole_packs_and_pays_for_its_journey(rows, pack, phase):
    _, moves, _ = a_night(*town(rows, pack=pack, phase=phase))
    assert (moves.quantity > 0).all()
    assert (moves.quantity % pack == 0).all()
    assert (moves.benefit > 0).all()


@unhurried
@given(shelves, packs, phases)
def test_a_place_gets_from_one_equal_and_gives_back_to_one(rows, pack, phase):
    _, moves, _ = a_night(*town(rows, pack=pack, phase=phase))
    back = moves.kind == KINDS.index(ProposalKind.EXCESS_RETURN)
    assert len(np.unique(moves.receiver[~back])) == (~back).sum()
    assert len(np.unique(moves.giver[back])) == back.sum()
    assert not set(moves.giver) & set(moves.receiver)


@unhurried
@given(shelves, packs, phases)
def test_what_was_moved_is_not_moved_back_the_next_night(rows, pack, phase):
    layout, policies, levels, positions, offers, beside = town(rows, pack=pack, phase=phase)
    _, first, after = a_night(layout, policies, levels, positions, offers, beside)
    free = Shelves(after.free, *(getattr(beside, one.name) for one in fields(Shelves)[1:]))
    _, second, _ = a_night(layout, policies, levels, after, offers, free)
    assert not set(first.receiver) & set(second.giver)
    assert not set(first.giver) & set(second.receiver)


@unhurried
@given(shelves, packs)
def test_orders_on_top_of_what_is_moved_pass_no_level_by_more_than_a_pack(rows, pack):
    world = town(rows, pack=pack, phase=Phase.MATURE)
    levels, offers = world[2], world[4]
    _, _, after = a_night(*world)
    needs = work_out_needs(levels, after, offers)
    ordered = needs.needed > 0
    reached = after.position - needs.owed + needs.needed
    assert (reached[ordered] < levels.order_up_to[ordered] + np.maximum(levels.pack_size, 1)[ordered]).all()


def test_what_is_given_back_goes_by_the_limits_of_who_gives():
    rows = [(0, 0, 0, 10, 5, False, 0)] + [(40, 0, 0, 4, 2, False, 0)] * (N - 1)
    layout, policies, levels, positions, offers, beside = town(rows, pack=1, phase=Phase.MATURE)
    policies.release_quantity_max[0] = 0
    _, moves, _ = a_night(layout, policies, levels, positions, offers, beside)
    assert len(moves)
    assert (hold_moves(moves, offers.price, policies, money=10_000) == -1).all()
    policies.release_quantity_max[1:] = 0
    assert (hold_moves(moves, offers.price, policies, money=10_000) >= 0).all()


# What a move is worth. Every place looks as long as it takes until an ordinary order comes: five days.

FULL, BARE = (15, 0, 0, 10, 4, False, 0), (0, 0, 0, 10, 4, False, 0)
RICH = (90, 0, 0, 10, 4, False, 0)
DAILY = 10 / 20.0 + 0.01


def kept_and_spare(daily):
    """What a place that is reordered at 10 up to 14 keeps with the margin of surplus and of what is left of 90."""
    keeps = max(np.ceil(14 * 1.2), np.ceil(30 * daily))
    return keeps, 90 - keeps


def test_a_move_between_equals_saves_what_its_receiver_would_miss_until_relief_and_costs_what_its_giver_risks():
    """The places above lack it too, so relief takes fifteen days, of which a transfer itself takes two."""
    world = town([BARE, BARE, FULL, RICH, BARE, FULL, FULL, FULL], pack=1, phase=Phase.MATURE)
    _, moves, _ = a_night(*world)
    [move] = np.flatnonzero((moves.giver == 3) & (moves.receiver == 4))
    quantity = moves.quantity[move]

    def owed(days, position):
        mean = np.array([DAILY * days])
        return float(expected_back_orders(mean, mean * 1.5, np.array([position]))[0])

    missed_and_waited = 5.0 * 13 / 15 + 1.0 * 13 / 2
    saved = (owed(15, 0) - owed(15, quantity)) * missed_and_waited
    risked = (owed(5, 90 - quantity) - owed(5, 90)) * (5.0 + 1.0 * 5 / 2)
    assert moves.benefit[move] == pytest.approx(saved - risked - SETTINGS.move_cost, rel=1e-6)


def test_a_unit_taken_back_up_saves_its_interest_until_it_would_be_used():
    """Idle are what is kept and half of the spare."""
    world = town([FULL, BARE, FULL, RICH, FULL, FULL, FULL, FULL], pack=1, phase=Phase.MATURE)
    _, moves, _ = a_night(*world)
    [back] = np.flatnonzero((moves.giver == 3) & (moves.receiver == 1))
    keeps, spare = kept_and_spare(DAILY)
    interest = 10.0 * 0.2 * ((keeps + spare / 2) / DAILY) / 365.25
    assert moves.benefit[back] == pytest.approx(moves.quantity[back] * interest - SETTINGS.move_cost)


def test_what_would_lie_longer_than_two_years_saves_the_interest_of_two():
    seldom_asked = (90, 0, 0, 0, 1, False, 0)
    world = town([FULL, BARE, FULL, seldom_asked, FULL, FULL, FULL, FULL], pack=1, phase=Phase.MATURE)
    _, moves, _ = a_night(*world)
    [back] = np.flatnonzero((moves.giver == 3) & (moves.receiver == 1))
    interest = 10.0 * 0.2 * 730 / 365.25
    assert moves.benefit[back] == pytest.approx(moves.quantity[back] * interest - SETTINGS.move_cost)


def test_a_unit_that_is_bought_no_more_saves_its_price_at_the_root():
    world = town([BARE, FULL, FULL, RICH, FULL, FULL, FULL, FULL], pack=1, phase=Phase.LAST_TIME_BUY)
    _, moves, _ = a_night(*world)
    [back] = np.flatnonzero((moves.giver == 3) & (moves.receiver == 0))
    assert moves.benefit[back] == pytest.approx(moves.quantity[back] * 10.0 - SETTINGS.move_cost)


def test_a_return_that_does_not_pay_by_itself_takes_no_room_from_one_that_does():
    """A place with a unit to spare holds it longer than the rich one, and would come first."""
    a_unit = (7, 0, 0, 1, 4, False, 0)
    world = town([FULL, BARE, FULL, RICH, a_unit, FULL, FULL, FULL], pack=1, phase=Phase.MATURE)
    _, moves, _ = a_night(*world)
    back = moves.receiver == 1
    assert (moves.giver[back].tolist(), moves.quantity[back].tolist()) == ([3], [14])


def test_who_holds_longest_gives_back_first():
    longer = (90, 0, 0, 5, 4, False, 0)
    world = town([FULL, BARE, FULL, RICH, longer, FULL, FULL, FULL], pack=1, phase=Phase.MATURE)
    _, moves, _ = a_night(*world)
    assert moves.giver[moves.receiver == 1].tolist() == [4]


def test_a_place_gets_from_the_one_equal_that_helps_most_though_two_could():
    some, more = (20, 0, 0, 10, 4, False, 0), (23, 0, 0, 10, 4, False, 0)
    world = town([BARE, BARE, FULL, some, BARE, more, FULL, FULL], pack=1, phase=Phase.MATURE)
    _, moves, _ = a_night(*world)
    assert moves.giver[moves.receiver == 4].tolist() == [5]


def test_an_equal_gives_only_what_the_place_above_cannot():
    eight = (8, 0, 0, 10, 4, False, 0)
    world = town([BARE, eight, FULL, RICH, BARE, FULL, FULL, FULL], pack=1, phase=Phase.MATURE)
    needs, moves, _ = a_night(*world)
    [move] = np.flatnonzero(moves.receiver == 4)
    assert (needs.needed[4], needs.quantity[4], moves.quantity[move]) == (14, 8, 6)
