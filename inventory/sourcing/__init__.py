"""Sourcing: from a part request to stock set aside and a promise kept.

Words. A *part request* of a repair centre has *lines*; every unit of a line is back-ordered, reserved, released, issued
or cancelled, and these five add up to what was asked for, by a CHECK on the row. A *source* is a warehouse that
supplies; the *promise* is the hour by which its share will be there.

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
- Links of supersession with a ratio other than 1 are shown to people but never substituted unasked, because a line
  counts its units in one part.
"""

from inventory.sourcing.availability import AvailableSource, SupplyHint, list_availability, list_hints
from inventory.sourcing.candidates import Source
from inventory.sourcing.errors import (
    NothingToCancel,
    NothingToRelease,
    PartInactive,
    PartUnknown,
    PriorityOutOfRange,
    QuantityOutOfRange,
    RequestEmpty,
    RequestingWarehouseUnknown,
    RequestNotFound,
    RequestTooLong,
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
    "AcceptedRequest",
    "AvailableSource",
    "BreachCause",
    "DeliveryClass",
    "DeliveryTerm",
    "Handled",
    "HistoryStep",
    "Journey",
    "Kinship",
    "LineShare",
    "LineStatus",
    "NothingToCancel",
    "NothingToRelease",
    "PartInactive",
    "PartRequest",
    "PartRequestLine",
    "PartRequestWish",
    "PartUnknown",
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
    "RequestSummary",
    "RequestTooLong",
    "RequestView",
    "RequestingWarehouseUnknown",
    "Source",
    "Standing",
    "SupplyHint",
    "Wanted",
    "Watch",
    "WatchedLine",
    "WaveSummary",
    "WishedLine",
    "cancel_request",
    "count_at_risk",
    "count_backorders",
    "count_by_clock",
    "count_requests",
    "count_waiting",
    "fill_backorders",
    "get_request",
    "hand_over_lines",
    "history_of_request",
    "lines_were_received",
    "lines_were_shipped",
    "list_at_risk",
    "list_availability",
    "list_backorders",
    "list_hints",
    "list_open_lines",
    "list_relatives",
    "list_requests",
    "list_requests_of_lines",
    "list_shares",
    "list_waiting",
    "list_waiting_warehouses",
    "list_waves",
    "lots_were_freed",
    "pick_failed",
    "release_waiting",
    "release_wave",
    "request_parts",
    "reservations_were_displaced",
    "review_backorders",
    "source_anew",
    "withdraw",
]
