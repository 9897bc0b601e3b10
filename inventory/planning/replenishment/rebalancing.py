"""What lies at one place too long and is missed at another: moved between equals, or taken back up. Pure.

1. A place has *spare* what is free there beyond what it gives to those below and what it *keeps*: its order-up-to level
   with the margin of surplus, and no less than the demand of the surplus days. A shelf that somebody waits for, one
   that needs stock itself, and a part that is still new give nothing.
2. Equals, the places under one place above, help each other out with what the place above cannot give: as long as the
   back-orders saved until the ordinary order would have come are worth more than the transfer.
3. What is spare then goes back up where the place above needs it: that much less is bought or drawn. It pays when
   holding it down here until it is used would cost more than the transfer.
4. A part bought for the last time is pooled at its root: every unit above a place's own level, for none can be bought.

Nobody gets more than brings it to its order-up-to level, and nobody gives what it keeps: what was moved is not moved
back.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from inventory.planning.policies import PHASES, Phase, PlacePolicies, Settings
from inventory.planning.replenishment.arrays import Flags, Ids, Reals
from inventory.planning.replenishment.layout import Layout, nearest_stocked
from inventory.planning.replenishment.levels import DAYS_A_YEAR, Levels
from inventory.planning.replenishment.models import Held, ProposalKind
from inventory.planning.replenishment.positions import Positions
from inventory.planning.replenishment.proposing import HELD, Needs
from inventory.planning.replenishment.resting import KINDS
from inventory.planning.stocking.rebalancing import rebalance

IDLE_DAYS_MAX: Final = 730.0
"""What would lie longer still is taken to lie so long: nobody knows what is asked for beyond."""


@dataclass(frozen=True, slots=True)
class Stakes:
    """What it costs that a unit is not there, by the price of service of each place.

    Shapes: both (n,), 0 where the other one counts and where the part is not stocked. Units: the company's currency;
    `missed` a unit asked for and not there, `waiting` a unit back-ordered for a day.
    """

    missed: Reals
    waiting: Reals


@dataclass(frozen=True, slots=True)
class Shelves:
    """What moving goes by beside levels and needs.

    Shapes: all (n,). Units: `free` in base units, of the part's own number alone; `asked_a_day` base units a day of
    the place and of those that draw from it; `price` in the company's currency; `equal_days` how long a transfer from
    an equal takes. `waited_for`: an open request of the place waits for the part.
    """

    free: Ids
    waited_for: Flags
    asked_a_day: Reals
    price: Reals
    stakes: Stakes
    equal_days: Reals


@dataclass(frozen=True, slots=True)
class Moves:
    """What goes from where to where.

    Shapes: all (moves,). Units: `kind` a place in KINDS; giver and receiver are rows; base units; `benefit` in the
    company's currency. `free` is what the giver has beyond what it gives to those below, `keeps` what of it stays.
    """

    kind: NDArray[np.int8]
    giver: Ids
    receiver: Ids
    quantity: Ids
    free: Ids
    keeps: Ids
    benefit: Reals

    def __len__(self) -> int:
        return len(self.giver)

    def at(self, chosen: Flags | Ids) -> "Moves":
        """Some of the moves."""
        return Moves(*(getattr(self, one.name)[chosen] for one in fields(self)))

    def and_then(self, others: "Moves") -> "Moves":
        """These moves and others after them."""
        return Moves(*(np.concatenate([getattr(self, one.name), getattr(others, one.name)]) for one in fields(self)))

    @property
    def about(self) -> Ids:
        """The row that each move is about: of what goes back up the one that gives, else the one that gets."""
        return np.where(self.kind == KINDS.index(ProposalKind.EXCESS_RETURN), self.giver, self.receiver)

    def counted_in(self, positions: Positions) -> Positions:
        """The positions once these moves are ordered: on order where they go, set aside where they come from."""
        reserved, on_order = positions.reserved.copy(), positions.on_order.copy()
        np.add.at(reserved, self.giver, self.quantity)
        np.add.at(on_order, self.receiver, self.quantity)
        return Positions(positions.on_hand, reserved, positions.in_transit, on_order, positions.back_ordered)


def work_out_moves(
    layout: Layout,
    policies: PlacePolicies,
    levels: Levels,
    positions: Positions,
    needs: Needs,
    shelves: Shelves,
    settings: Settings,
) -> Moves:
    """Find what is worth moving between equals, then what is worth taking back up.

    Shapes: all (n,).
    """
    run = _Moving(layout, policies, levels, positions, needs, shelves, settings)
    between = run.between_equals()
    return between.and_then(run.back_up(between))


@dataclass(frozen=True, slots=True)
class EditedMoves:
    """Open moves on which somebody wrote another quantity: they are his until he decides.

    Shapes: both (edited,). Units: `kind` a place in KINDS; `about` the row that each is about.
    """

    kind: NDArray[np.int8]
    about: Ids


NOTHING_EDITED: Final = EditedMoves(np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.int64))


def hold_moves(
    moves: Moves, price: Ids, policies: PlacePolicies, edited: EditedMoves = NOTHING_EDITED, *, money: int
) -> NDArray[np.int8]:
    """Say why each move waits for a person; -1 for one that goes by itself.

    What an equal gets goes by the limits of who gets it, what is given back by those of who gives.

    Shapes: price and policies (n,); the answer is (moves,), places in HELD. Units: price in `money`-ths.
    """
    about = moves.about
    worth = moves.quantity * (price[about] / money)
    over = (worth > policies.release_value_max[about]) | (moves.quantity > policies.release_quantity_max[about])
    someones = np.isin(about * len(KINDS) + moves.kind, edited.about * len(KINDS) + edited.kind)
    held = np.where(someones, HELD.index(Held.EDITED), -1)
    return np.where(over, HELD.index(Held.OVER_LIMIT), held).astype(np.int8)


class _Moving:
    """The places of some parts while what is worth moving between them is looked for."""

    def __init__(
        self,
        layout: Layout,
        policies: PlacePolicies,
        levels: Levels,
        positions: Positions,
        needs: Needs,
        shelves: Shelves,
        settings: Settings,
    ) -> None:
        self.layout, self.levels, self.needs = layout, levels, needs
        self.shelves, self.settings = shelves, settings
        self.pack = policies.pack_size.astype(np.int64)
        self.last = policies.phase == PHASES.index(Phase.LAST_TIME_BUY)
        self.position = positions.position - needs.owed
        self.keeps = self._keeps(policies)
        self.free = self._free(positions)
        gives = (needs.needed == 0) & ~shelves.waited_for & (positions.back_ordered == 0)
        gives &= policies.phase != PHASES.index(Phase.NEW)
        self.spare = self._whole(np.where(gives, self.free - self.keeps, 0))
        self.room = np.where(levels.stocked, np.minimum(needs.needed, levels.order_up_to - self.position), 0)

    def _keeps(self, policies: PlacePolicies) -> Ids:
        """What a place does not give away."""
        level = self.levels.order_up_to
        amply = np.ceil(level * (1.0 + self.settings.surplus_margin) - 1e-9)
        amply = np.maximum(amply, np.ceil(self.shelves.asked_a_day * self.settings.surplus_days - 1e-9))
        keeps = np.where(self.last, level, amply.astype(np.int64))
        return np.asarray(np.maximum(keeps, policies.minimum), dtype=np.int64)

    def _free(self, positions: Positions) -> Ids:
        """What is free at a place once it has given to those below what they get of it."""
        out = np.zeros(len(self.levels), dtype=np.int64)
        drawing = np.flatnonzero((self.levels.source >= 0) & (self.needs.quantity > 0))
        np.add.at(out, self.levels.source[drawing], self.needs.quantity[drawing])
        return np.asarray(np.maximum(np.minimum(positions.free, self.shelves.free) - out, 0), dtype=np.int64)

    def _whole(self, quantity: Ids) -> Ids:
        return np.asarray(np.maximum(quantity, 0) // self.pack * self.pack, dtype=np.int64)

    def between_equals(self) -> Moves:
        """What equals give each other of what the place above cannot give; each gets from one other."""
        drawn = np.where(self.levels.source >= 0, self.needs.quantity, 0)
        room = self._whole(np.minimum(self.room, self.needs.needed - drawn))
        cluster = self._clusters()
        both = np.intersect1d(cluster[self.spare > 0], cluster[room > 0])
        rows = np.flatnonzero(((self.spare > 0) | (room > 0)) & np.isin(cluster, both))
        days = self._days_until_relief(room > 0)
        mean = self.shelves.asked_a_day * days
        ratio = np.divide(
            self.levels.lead_variance, self.levels.lead_mean, out=np.ones(len(mean)), where=self.levels.lead_mean > 0
        )
        found = rebalance(
            cluster=cluster[rows],
            position=self.position[rows],
            excess=self.spare[rows],
            room=room[rows],
            mean=mean[rows],
            variance=(mean * ratio)[rows],
            shortage_cost=self._shortage_cost(days, room > 0)[rows],
            unit_cost=np.zeros(len(rows)),
            transfer_cost=self.settings.move_cost,
        )
        giver, receiver = rows[found.giver], rows[found.receiver]
        best = np.lexsort((giver, -found.benefit, receiver))
        best = best[np.r_[True, receiver[best][1:] != receiver[best][:-1]][: len(best)]]
        return self._moves(
            ProposalKind.REBALANCING,
            giver[best],
            receiver[best],
            found.quantity[best],
            (found.benefit[best] + self.settings.move_cost) / found.quantity[best],
        )

    def back_up(self, between: Moves) -> Moves:
        """What goes back to the place above, or to the root where a part is bought no more, as far as that needs it."""
        spare, room = self.spare.copy(), self.room.copy()
        np.subtract.at(spare, between.giver, between.quantity)
        np.subtract.at(room, between.receiver, between.quantity)
        room = self._whole(room)
        above = self._above()
        giver = np.flatnonzero((spare > 0) & (above >= 0))
        giver = giver[room[above[giver]] > 0]
        saved = self._saved_a_unit(spare)
        most = np.minimum(spare[giver], room[above[giver]])
        giver = giver[most * saved[giver] > self.settings.move_cost]
        giver = giver[np.lexsort((giver, -saved[giver], above[giver]))]
        receiver = above[giver]
        taken = _served(receiver, spare[giver], room)
        return self._moves(ProposalKind.EXCESS_RETURN, giver, receiver, taken, saved[giver])

    def _moves(self, kind: ProposalKind, giver: Ids, receiver: Ids, quantity: Ids, saved: Reals) -> Moves:
        """The moves in whole packs that pay for their journey. Units: `saved` is money a unit."""
        whole = quantity // self.pack[giver] * self.pack[giver]
        benefit = whole * saved - self.settings.move_cost
        codes = np.full(len(giver), KINDS.index(kind), dtype=np.int8)
        free, keeps = self.free[giver], self.keeps[giver]
        return Moves(codes, giver, receiver, whole, free, keeps, benefit).at((whole > 0) & (benefit > 0))

    def _clusters(self) -> Ids:
        """A number for the equals of each place: those under one place above; roots of a part are equals too."""
        parent, part = self.layout.parent, self.layout.part_ids
        turn = np.cumsum(np.r_[False, part[1:] != part[:-1]][: len(part)])
        return np.asarray(np.where(parent >= 0, parent, len(part) + turn), dtype=np.int64)

    def _days_until_relief(self, short: Flags) -> Reals:
        """How long an ordinary order takes to come; where the place above lacks it too, until that has it first."""
        days = self.levels.lead_days.astype(np.float64)
        for rows in self.levels.tiers:
            waiting = rows[short[rows] & (self.levels.source[rows] >= 0)]
            days[waiting] += days[self.levels.source[waiting]]
        return days

    def _shortage_cost(self, days: Reals, short: Flags) -> Reals:
        """What a unit missing at the end of so many days costs: it was missed once, and waited for half of them.

        Where equals help out, only what is left of the days after their transfer has come can be saved.
        """
        stakes = self.shelves.stakes
        reach = np.where(short, np.maximum(days - self.shelves.equal_days, 0.0), days)
        share = np.divide(reach, days, out=np.zeros(len(days)), where=days > 0)
        return np.asarray(stakes.missed * share + stakes.waiting * reach / 2.0)

    def _above(self) -> Ids:
        """The row that gets what a place gives back: the nearest stocked one above, of a last-time buy the root; -1."""
        parent = self.layout.parent
        stocked = nearest_stocked(parent, self.levels.stocked)
        above = np.where(parent >= 0, stocked[parent], -1)
        root = np.arange(len(parent))
        while (parent[root] >= 0).any():
            root = np.where(parent[root] >= 0, parent[root], root)
        pooled = self.last & (parent >= 0) & self.levels.stocked[root]
        return np.asarray(np.where(pooled, root, above), dtype=np.int64)

    def _saved_a_unit(self, spare: Ids) -> Reals:
        """What a unit taken back up saves: its price's interest until it would be used here; its price, bought no more.

        Of what is spare the middle unit is used once what is kept and half of the spare are.
        """
        before = self.keeps + spare / 2.0
        asked = self.shelves.asked_a_day
        idle = np.divide(before, asked, out=np.full(len(asked), IDLE_DAYS_MAX), where=asked > 0)
        interest = self.settings.holding_rate_per_year * np.minimum(idle, IDLE_DAYS_MAX) / DAYS_A_YEAR
        return np.asarray(self.shelves.price * np.where(self.last, 1.0, interest))


def _served(receiver: Ids, spare: Ids, room: Ids) -> Ids:
    """How much each gives, in the order in which they stand, until its receiver has no more room.

    Shapes: receiver and spare (givers,), equal receivers standing together; room (n,).
    """
    if not len(receiver):
        return spare
    so_far = np.cumsum(spare)
    first = np.r_[True, receiver[1:] != receiver[:-1]]
    before = so_far - spare - (so_far - spare)[first][np.cumsum(first) - 1]
    return np.asarray(np.clip(room[receiver] - before, 0, spare), dtype=np.int64)
