"""The ledger: what stock is where, in which condition, and how it came there.

Words. A *move* takes a quantity of a *lot* from one *end* to another; an end is a place with a condition and an owner.
A *reservation* sets a quantity of a part aside in one warehouse for one line and names no lot; an *allocation* gives
it lots, oldest first, when the work goes to the floor. An *earmark* is a reservation of what has already arrived.

Promises. Moves are appended and never changed. Three kinds of figures are folds of them and of the open reservations,
written in the same statement: `balance` (good stock on hand and reserved, a row a part and warehouse), `lot_balance`
(on hand and allocated, a row a bin and lot), and `reservation.allocated`. `beijian verify` proves all three.
Nothing outside this folder writes moves, balances, reservations or allocations.

Decisions.
- Lock order: balance rows first, in (warehouse, part, owner) order (`locking.py`), then lots oldest first, then the
  documents of higher contexts. Under the balance lock "the oldest free lot" cannot change, which is why FIFO holds
  without a table lock and why `SKIP LOCKED` is never used for stock.
- An allocation is a row of its own rather than a column of the pick task, so that "allocated" adds up inside the
  ledger, for pick tasks and earmarks alike, and follows the stock from the shelf to the staging bin.
- A lot's position that is empty stays as a row of zeros until a job forgets it; nothing depends on it being there.
- What is set aside for a transfer and has no lots yet yields to a line that somebody waits for (`yielding.py`).
- Stock that is lost while promised (`take_out`) first gives up the lots on it, then displaces reservations.
"""

from inventory.ledger.allocating import allocate_oldest
from inventory.ledger.announcements import (
    AllocationsFreed,
    DisplacedReservation,
    FreedAllocation,
    ReservationsDisplaced,
    StockAvailable,
)
from inventory.ledger.ends import (
    Allocated,
    AllocationWish,
    Arrival,
    Carry,
    Choice,
    Document,
    End,
    Issue,
    Posting,
    StockKey,
    Taken,
    in_bin,
    in_custody,
    outside,
)
from inventory.ledger.errors import (
    AllocationSpent,
    InsufficientStock,
    LotNotFound,
    LotNotFree,
    MoveAlreadyReversed,
    MoveNotFound,
    OlderStockPassedOver,
    ReservationSpent,
    SerialElsewhere,
    StockOverflow,
)
from inventory.ledger.exchanging import exchange_lot, exchange_piece
from inventory.ledger.housekeeping import forget_emptied_positions
from inventory.ledger.issuing import balances_under, carry, issue, lock_allocations
from inventory.ledger.locking import Held, lock_balances
from inventory.ledger.lots import LotOpening, open_lots, open_units
from inventory.ledger.models import (
    Allocation,
    Balance,
    Condition,
    Lot,
    LotBalance,
    Move,
    Place,
    Purpose,
    Reservation,
    Unit,
)
from inventory.ledger.posting import arrive, post, reverse, take_out
from inventory.ledger.queries import (
    FifoProof,
    StockLine,
    fifo_proof,
    find_balance,
    find_stock,
    list_positions,
    list_stock,
)
from inventory.ledger.reservations import reserve_many, unreserve
from inventory.ledger.units import MissingPiece, find_missing_piece
from inventory.ledger.yielding import take_from_transfers

__all__ = [
    "Allocated",
    "Allocation",
    "AllocationSpent",
    "AllocationWish",
    "AllocationsFreed",
    "Arrival",
    "Balance",
    "Carry",
    "Choice",
    "Condition",
    "DisplacedReservation",
    "Document",
    "End",
    "FifoProof",
    "FreedAllocation",
    "Held",
    "InsufficientStock",
    "Issue",
    "Lot",
    "LotBalance",
    "LotNotFound",
    "LotNotFree",
    "LotOpening",
    "MissingPiece",
    "Move",
    "MoveAlreadyReversed",
    "MoveNotFound",
    "OlderStockPassedOver",
    "Place",
    "Posting",
    "Purpose",
    "Reservation",
    "ReservationSpent",
    "ReservationsDisplaced",
    "SerialElsewhere",
    "StockAvailable",
    "StockKey",
    "StockLine",
    "StockOverflow",
    "Taken",
    "Unit",
    "allocate_oldest",
    "arrive",
    "balances_under",
    "carry",
    "exchange_lot",
    "exchange_piece",
    "fifo_proof",
    "find_balance",
    "find_missing_piece",
    "find_stock",
    "forget_emptied_positions",
    "in_bin",
    "in_custody",
    "issue",
    "list_positions",
    "list_stock",
    "lock_allocations",
    "lock_balances",
    "open_lots",
    "open_units",
    "outside",
    "post",
    "reserve_many",
    "reverse",
    "take_from_transfers",
    "take_out",
    "unreserve",
]
