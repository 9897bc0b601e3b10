"""Transport: picked goods packed, shipped, followed on their way, and received where they were wanted.

Words. A *handling unit* is a box or pallet that travels as one and has an SSCC; a *shipment* is the handling units that
left one warehouse for another together; its *lines* say which lot travels for which request line. *Tracking* is what is
told about it on the way.

Promises. What is in a shipment is in transit in the ledger until it is accounted for, piece by piece: received, damaged
or missing, never more than was sent and never twice. What arrives good is set aside for its line in the transaction
that brings it in; damaged and missing pieces are announced and sourced anew in that same transaction.

Decisions.
- Packing lies here and not in warehousing, because a handling unit is transport's row; the pick tasks stay the
  floor's, which is told by calls (`put_in_handling_unit`, `send_off`).
- Locks: balance rows, then handling units, then tasks; at receipt balance rows, then the shipment, whose row stands
  for its lines and units.
- A unit gets its SSCC when it is first closed and keeps it when it is opened again: the label is on the box. Its serial
  reference is the unit's id, so no second sequence can drift.
- A unit that holds something cancelled is neither closed nor shipped until that is taken out.
- Scans are read by a pure function twice, before the rows are locked to learn what to lock, and after.
- Good pieces go to the most urgent lines first where a label fits several.
- What is not in the shipment is refused: it comes in by `warehousing.receive`, which needs no shipment.
- A shipment is due when its most urgent line is.
"""

from inventory.transport.accounting import BoxScan, PieceScan, RestMissing, Scan, SentLine
from inventory.transport.announcements import LinesReceived, LinesShipped, ReceivedLine, ShippedLine
from inventory.transport.carriers import add_carrier, get_carrier, list_carriers
from inventory.transport.errors import (
    AlreadyReceived,
    CarrierExists,
    HandlingUnitEmpty,
    HandlingUnitNotClosed,
    HandlingUnitNotEmpty,
    HandlingUnitNotOpen,
    HoldsCancelled,
    NothingScanned,
    NothingToPack,
    NothingToShip,
    NotInShipment,
    OverReceived,
    SameWarehouse,
    TaskNotInHandlingUnit,
    TaskNotPicked,
    WrongDestination,
)
from inventory.transport.handling_units import (
    cancel_handling_unit,
    close_handling_unit,
    open_handling_unit,
    reopen_handling_unit,
)
from inventory.transport.models import (
    Carrier,
    HandlingUnit,
    HandlingUnitStatus,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
    TrackingEvent,
    TrackingKind,
)
from inventory.transport.packing import list_ready_to_pack, pack_by_scan, pack_tasks, unpack_task
from inventory.transport.queries import (
    HandlingUnitLine,
    ShipmentView,
    find_handling_unit_by_sscc,
    get_handling_unit,
    get_shipment,
    list_handling_units,
    list_incoming,
    list_outgoing,
)
from inventory.transport.receiving import receive_shipment
from inventory.transport.shipping import ship
from inventory.transport.tracking import TrackingNews, add_tracking_event, list_tracking_events

__all__ = [
    "AlreadyReceived",
    "BoxScan",
    "Carrier",
    "CarrierExists",
    "HandlingUnit",
    "HandlingUnitEmpty",
    "HandlingUnitLine",
    "HandlingUnitNotClosed",
    "HandlingUnitNotEmpty",
    "HandlingUnitNotOpen",
    "HandlingUnitStatus",
    "HoldsCancelled",
    "LinesReceived",
    "LinesShipped",
    "NotInShipment",
    "NothingScanned",
    "NothingToPack",
    "NothingToShip",
    "OverReceived",
    "PieceScan",
    "ReceivedLine",
    "RestMissing",
    "SameWarehouse",
    "Scan",
    "SentLine",
    "Shipment",
    "ShipmentLine",
    "ShipmentStatus",
    "ShipmentView",
    "ShippedLine",
    "TaskNotInHandlingUnit",
    "TaskNotPicked",
    "TrackingEvent",
    "TrackingKind",
    "TrackingNews",
    "WrongDestination",
    "add_carrier",
    "add_tracking_event",
    "cancel_handling_unit",
    "close_handling_unit",
    "find_handling_unit_by_sscc",
    "get_carrier",
    "get_handling_unit",
    "get_shipment",
    "list_carriers",
    "list_handling_units",
    "list_incoming",
    "list_outgoing",
    "list_ready_to_pack",
    "list_tracking_events",
    "open_handling_unit",
    "pack_by_scan",
    "pack_tasks",
    "receive_shipment",
    "reopen_handling_unit",
    "ship",
    "unpack_task",
]
