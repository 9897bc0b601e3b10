"""Replenishment: the nightly run from figures to proposals, and from proposals to orders.

Words. A *run* looks at all parts as of a day. A *level* says what a place should hold of a part: safety stock, reorder
point, order-up-to. The *position* is what is there and coming less what is promised. A *proposal* says what should be
moved (from the place above, an equal) or bought; it is *open*, then *released* into an order, *rejected* or
*withdrawn*; what will have to be bought soon stands *ahead* of its day, to be ordered along; *held* says why it waits
for a person. What a place *owes* is what those below need from it. An *urgent* place is refilled between the nights; a
*note* says that the position of one was lowered.

Promises.
- One open proposal a part, kind and place that it is about: of an excess return the one that gives, else the one that
  gets. A run brings it up to date; what a person wrote on it stays on it.
- Every quantity follows from the figures kept with it, by one formula (stocking.ordering) that the workbook, the
  simulation and the run share.
- A run cut into pieces anyhow writes the same. A run killed and begun anew writes the same, and orders nothing twice.
- What is coming counts, drafts of purchase orders too: a need is never proposed twice, not even by two at once.
- A position of an urgent place that falls to its reorder point is proposed for within seconds, and ordered within
  limits. Nothing of it is lost with a process; whoever takes the stock sends no statement more.

Decisions.
- All tiers are planned together, per part; the place's levels alone are kept beside them as the compared rule.
- A repair that waits is ordered for: its back-order counts at the nearest place above that stocks the part, and where
  nobody does, the root buys just what is waited for. It does not wait for a month's demand to be known. Who waits for
  a replaced part is served by the one that replaces it, one for one; else the old one is bought, or shown as unsold.
- Risk is counted in promises, customers' orders, for units would put grams above compressors: the orders that a week's
  delay breaks, and those that wait already and that nothing on its way covers.
- A place further down orders first: what it needs is owed by the place above, which orders with that in mind, so one
  night reaches the supplier. What it owes is not kept as a back-order: the next run works it out anew.
- The last day to order is the day on which the position falls to the reorder point, at the demand expected; it may be
  over, at most by the lead time. What is bought stands ahead of that day by up to a month, as it will be ordered then.
- Review period means lot: a nightly look costs nothing, so each place orders the demand of its review period at once.
  What is bought comes in an economic lot where that is larger; a level tells of which and why (lot_reasons).
- Transfers go by themselves within the limits of the place's policy. Buying is always somebody's decision.
- What is moved between equals or back up goes by itself within the limits of the place it is about; it then counts as
  ordered before anything is drawn or bought. It is found part by part, so pieces stay free of each other.
- What was turned down rests for a week: it is neither proposed nor ordered for above, unless clearly more is wanted or
  one more repair waits for it. What is proposed after it tells who turned it down and why.
- What waits for a person counts as nothing, a move that somebody edited too: he may never decide, so the need is met
  otherwise. What he approves meanwhile counts from then on.
- The database notes what lowers an urgent place, in the statement that does it. An announcement after the commit would
  be lost with the process; one within it would be one more round trip of every request.
- Urgent refills go by the levels that stand and order for urgent places and those above them alone: bundled by night
  is how the others travel.
- Another supplier chosen by a person is an edit: it stays over the night, with his packs, minimum, price and lead time.
- Purchases are bundled when they are approved, not by the run: which of them go together is the buyer's choice.
"""

from inventory.planning.replenishment.bundling import SmallOrder
from inventory.planning.replenishment.choosing import Alternative, choose_supplier, list_alternatives
from inventory.planning.replenishment.deciding import (
    Approved,
    approve_proposals,
    edit_proposal,
    permission_for,
    reject_proposals,
)
from inventory.planning.replenishment.errors import (
    NobodySellsIt,
    NothingProposed,
    NotSoldBy,
    ProposalDecided,
    QuantityOutOfBounds,
    ReasonNeeded,
    RunUnderWay,
)
from inventory.planning.replenishment.falling_due import DAYS_SHOWN
from inventory.planning.replenishment.freeing import FreedBy, freed_by
from inventory.planning.replenishment.holding import take_turn
from inventory.planning.replenishment.listing import (
    ListedProposal,
    ProposalOrder,
    find_last_run,
    get_proposal,
    list_approvable,
    list_proposals,
    place_of,
)
from inventory.planning.replenishment.looking_back import look_back
from inventory.planning.replenishment.lot_reasons import Lot, LotReason, tell_lots
from inventory.planning.replenishment.made_orders import MadeOrder, list_made_orders, order_number
from inventory.planning.replenishment.models import (
    UNDECIDED,
    Held,
    PlanningRun,
    Proposal,
    ProposalKind,
    ProposalStatus,
    RunTrigger,
    StockLevel,
)
from inventory.planning.replenishment.narrowing import Decider, ProposalFilter
from inventory.planning.replenishment.noting import Noted, UrgentNote, forget_noted, list_noted
from inventory.planning.replenishment.opening import (
    Ahead,
    OpenedProposal,
    Waiting,
    formula_of,
    if_we_wait,
    look_a_month_ahead,
    needed_again,
    open_proposal,
)
from inventory.planning.replenishment.planning import Piece, plan_piece
from inventory.planning.replenishment.running import (
    RUN_STEPS,
    Tally,
    count_released,
    find_undone_run,
    finish,
    get_run,
    get_undone_run,
    is_left_undone,
    list_parts,
    list_runs,
    note_constants,
    note_progress,
    note_tally,
    pieces_of,
    release_within_limits,
    request_run,
    start,
)
from inventory.planning.replenishment.timing import PIECE_STEPS
from inventory.planning.replenishment.totalling import Totals, count_falling_due, sum_proposals
from inventory.planning.replenishment.urgent import refill

__all__ = [
    "DAYS_SHOWN",
    "PIECE_STEPS",
    "RUN_STEPS",
    "UNDECIDED",
    "Ahead",
    "Alternative",
    "Approved",
    "Decider",
    "FreedBy",
    "Held",
    "ListedProposal",
    "Lot",
    "LotReason",
    "MadeOrder",
    "NobodySellsIt",
    "NotSoldBy",
    "Noted",
    "NothingProposed",
    "OpenedProposal",
    "Piece",
    "PlanningRun",
    "Proposal",
    "ProposalDecided",
    "ProposalFilter",
    "ProposalKind",
    "ProposalOrder",
    "ProposalStatus",
    "QuantityOutOfBounds",
    "ReasonNeeded",
    "RunTrigger",
    "RunUnderWay",
    "SmallOrder",
    "StockLevel",
    "Tally",
    "Totals",
    "UrgentNote",
    "Waiting",
    "approve_proposals",
    "choose_supplier",
    "count_falling_due",
    "count_released",
    "edit_proposal",
    "find_last_run",
    "find_undone_run",
    "finish",
    "forget_noted",
    "formula_of",
    "freed_by",
    "get_proposal",
    "get_run",
    "get_undone_run",
    "if_we_wait",
    "is_left_undone",
    "list_alternatives",
    "list_approvable",
    "list_made_orders",
    "list_noted",
    "list_parts",
    "list_proposals",
    "list_runs",
    "look_a_month_ahead",
    "look_back",
    "needed_again",
    "note_constants",
    "note_progress",
    "note_tally",
    "open_proposal",
    "order_number",
    "permission_for",
    "pieces_of",
    "place_of",
    "plan_piece",
    "refill",
    "reject_proposals",
    "release_within_limits",
    "request_run",
    "start",
    "sum_proposals",
    "take_turn",
    "tell_lots",
]
