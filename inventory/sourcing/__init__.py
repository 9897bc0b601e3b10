"""Sourcing: from a part request to stock set aside and a promise kept.

Words. A *part request* of a repair centre has *lines*; every unit of a line is back-ordered, reserved, released, issued
or cancelled, and these five add up to what was asked for, by a CHECK on the row. A *source* is a warehouse that
supplies; the *promise* is the hour by which its share will be there. A *transfer order* moves stock from a given source
for the sake of stock alone: a request with a fixed source, demand of nobody.

Promises. Accepting, sourcing, reserving and promising are one transaction. What nobody has is back-ordered, with
somebody responsible and an hour at which it is looked at again, and is filled in the very transaction that makes stock
available, by priority, need, age and id. No open line is ever without both. Lines move by `lines.advance` only.

Decisions.
- Candidates are the destination's own shelf, all upper tiers, and the repair centres of its city; read without a lock,
  ranked in memory, taken by one conditional update. What a rival took is ranked again, at most three times.
- At the same hour an upper tier goes before a neighbour's shelf: partners stock that for their own calls.
- The own shelf needs no road: such units count as received at once and are earmarked with their lot. A request without
  a work order is to fill that shelf and is never served off it: what it brought would be given to it once more.
- The *preferred source* of a destination is its parent, stock or not: it dates back-orders and carries the demand.
- Ids of a request and its lines are drawn when the wish is resolved, so that stock is set aside before the lines
  are written once, in their final state: eight round trips an accepted line instead of eleven.
- A promise says the hours of its class from acceptance; a re-promise is a new row. Kept or broken is measured against
  the first when the last unit is received, and the cause is kept on the line.
- A transfer order is a part request with a source of its own, so that floor, road and timeline serve it as they are:
  set aside there and nowhere else, for reservations of purpose `transfer` at the lowest priority. What the source does
  not have is not ordered, what is lost on the way is cancelled; so it never waits, and no promise is made or broken.
  What arrives is free stock, and fills back-orders. Until its lots are given out, a repair that would have to wait
  takes what was set aside for it; a request for a shelf does not.
- Links of supersession with a ratio other than 1 are shown to people but never substituted unasked, because a line
  counts its units in one part.
"""

from inventory.sourcing.availability import AvailableSource, SupplyHint, list_availability, list_hints
from inventory.sourcing.candidates import Source
from inventory.sourcing.coming import COMING, Coming, list_coming
from inventory.sourcing.errors import (
    NothingToCancel,
    NothingToMove,
    NothingToRelease,
    PartInactive,
    PartUnknown,
    PriorityOutOfRange,
    QuantityOutOfRange,
    RequestEmpty,
    RequestingWarehouseUnknown,
    RequestNotFound,
    RequestTooLong,
    TransferNotFound,
)
from inventory.sourcing.family import Kinship, Relative, list_relatives
from inventory.sourcing.following import (
    lines_were_received,
    lines_were_shipped,
    lots_were_freed,
    pick_failed,
    reservations_were_displaced,
)
from inventory.sourcing.handing_over import hand_over_lines
from inventory.sourcing.history import RequestHistory, history_of_request
from inventory.sourcing.history_steps import Handled, HistoryStep, Journey
from inventory.sourcing.models import (
    BreachCause,
    DeliveryClass,
    DeliveryTerm,
    LineStatus,
    PartRequest,
    PartRequestLine,
    Promise,
    RequestPurpose,
    TransferOrder,
)
from inventory.sourcing.promises import PromisedShare
from inventory.sourcing.queries import (
    RequestFilter,
    RequestSummary,
    RequestView,
    Wanted,
    count_requests,
    get_request,
    list_requests,
    list_requests_of_lines,
)
from inventory.sourcing.requests import request_parts
from inventory.sourcing.resourcing import fill_backorders, review_backorders, source_anew
from inventory.sourcing.shares import LineShare, list_shares
from inventory.sourcing.transferring import PlacedLine, PlacedTransfer, TransferLine, TransferWish, place_transfers
from inventory.sourcing.transfers import (
    TransferFilter,
    TransferSummary,
    TransferView,
    WishedTransfer,
    cancel_transfer,
    count_transfers,
    get_transfer,
    list_transfers,
    order_transfer,
)
from inventory.sourcing.watching import (
    Standing,
    Watch,
    WatchedLine,
    count_at_risk,
    count_backorders,
    count_by_clock,
    list_at_risk,
    list_backorders,
    list_open_lines,
)
from inventory.sourcing.waves import (
    WaveSummary,
    count_waiting,
    list_waiting,
    list_waiting_warehouses,
    list_waves,
    release_waiting,
    release_wave,
)
from inventory.sourcing.wishes import AcceptedRequest, PartRequestWish, PromisedLine, WishedLine
from inventory.sourcing.withdrawing import cancel_request, withdraw

__all__ = [
    "COMING",
    "AcceptedRequest",
    "AvailableSource",
    "BreachCause",
    "Coming",
    "DeliveryClass",
    "DeliveryTerm",
    "Handled",
    "HistoryStep",
    "Journey",
    "Kinship",
    "LineShare",
    "LineStatus",
    "NothingToCancel",
    "NothingToMove",
    "NothingToRelease",
    "PartInactive",
    "PartRequest",
    "PartRequestLine",
    "PartRequestWish",
    "PartUnknown",
    "PlacedLine",
    "PlacedTransfer",
    "PriorityOutOfRange",
    "Promise",
    "PromisedLine",
    "PromisedShare",
    "QuantityOutOfRange",
    "Relative",
    "RequestEmpty",
    "RequestFilter",
    "RequestHistory",
    "RequestNotFound",
    "RequestPurpose",
    "RequestSummary",
    "RequestTooLong",
    "RequestView",
    "RequestingWarehouseUnknown",
    "Source",
    "Standing",
    "SupplyHint",
    "TransferFilter",
    "TransferLine",
    "TransferNotFound",
    "TransferOrder",
    "TransferSummary",
    "TransferView",
    "TransferWish",
    "Wanted",
    "Watch",
    "WatchedLine",
    "WaveSummary",
    "WishedLine",
    "WishedTransfer",
    "cancel_request",
    "cancel_transfer",
    "count_at_risk",
    "count_backorders",
    "count_by_clock",
    "count_requests",
    "count_transfers",
    "count_waiting",
    "fill_backorders",
    "get_request",
    "get_transfer",
    "hand_over_lines",
    "history_of_request",
    "lines_were_received",
    "lines_were_shipped",
    "list_at_risk",
    "list_availability",
    "list_backorders",
    "list_coming",
    "list_hints",
    "list_open_lines",
    "list_relatives",
    "list_requests",
    "list_requests_of_lines",
    "list_shares",
    "list_transfers",
    "list_waiting",
    "list_waiting_warehouses",
    "list_waves",
    "lots_were_freed",
    "order_transfer",
    "pick_failed",
    "place_transfers",
    "release_waiting",
    "release_wave",
    "request_parts",
    "reservations_were_displaced",
    "review_backorders",
    "source_anew",
    "withdraw",
]
