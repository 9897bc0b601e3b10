"""Work orders: a customer's call becomes a repair for an engineer, who draws, fits and gives back parts for it.

Words. A *customer* calls about an *appliance* (one serial of a product model); a *work order* gives the repair to an
*engineer* of a *repair centre*. What came for a request line is *earmarked* at the centre; the engineer *draws* it into
his *custody*, *fits* it, or *gives it back*. A *repeat repair* is a work order for an appliance that had one shortly
before.

Promises. Every drawn part adds up: drawn = fitted + given back + in custody, by a CHECK; the ledger's custody is the
same figure, proved by `beijian verify`. A closed work order has nothing in custody, nothing on order and nothing
earmarked; parts that come later are free stock at once. Only the engineer of a work order acts on it, or who dispatches
work orders at its repair centre. A foreign work order answers like a missing one.

Decisions.
- Personal text stands in `customer` only: timelines, moves and stored answers name ids. Erasing overwrites one row.
  Symptom, remark and reason are about the appliance; what somebody writes there about a person is not found again.
- A customer is a telephone (as a keyed hash) and a name: a family shares a telephone and a number gets new owners, so
  the number alone would show one person's address to another. The appliance, not the customer, makes a repeat repair.
- Lock order: balances, request lines, work order, drawn parts (`holding.py`). A request for a work order checks that it
  is open once more after sourcing, when the balances are held (`requesting.py`).
- A draw takes the lot that was scanned. Without a scan it is refused when more than one lot could be meant: guessing
  would make the lot's history a fiction.
- Handing a work order to another engineer moves what the first one holds into the other's custody, because the parts
  are with the repair and not with the person; who dispatches vouches for it.
- What happens to parts is told on the request line, so that the request's timeline and the work order's both show it.
"""

from inventory.workorders.closing import (
    cancel_work_order,
    complete_work_order,
    lines_were_received,
    reassign_work_order,
    reopen_work_order,
)
from inventory.workorders.custody import fit, give_back, take_out
from inventory.workorders.customers import CustomerView, erase_customer, phone_hash
from inventory.workorders.drawing import draw, draw_by_scan, free_earmark, stock_up
from inventory.workorders.earmarks import Lying
from inventory.workorders.engineers import list_engineers
from inventory.workorders.errors import (
    LineOfWorkOrder,
    LineWithoutWorkOrder,
    LotNotEarmarked,
    ModelUnknown,
    NotAnEngineerHere,
    NotARepairCentre,
    NotForThisWorkOrder,
    NotThatMuchEarmarked,
    NotThatMuchFitted,
    NotThatMuchInCustody,
    NotYourWorkOrder,
    PartsFitted,
    PartsInCustody,
    PartsOnTheMove,
    PhoneUnreadable,
    PurchasedInFuture,
    ReferenceUsed,
    WorkOrderMismatch,
    WorkOrderNotCompleted,
    WorkOrderNotOpen,
)
from inventory.workorders.finding import get_work_order, require_drawn_for, require_line_of
from inventory.workorders.history import About, History, HistoryEntry, WarehouseName, history_of
from inventory.workorders.models import Appliance, Customer, DrawnPart, WorkOrder, WorkOrderStatus
from inventory.workorders.opening import OpeningRules, WorkOrderWish, open_work_order
from inventory.workorders.parts import Coming, Drawn, PartLine, Risk
from inventory.workorders.queries import (
    PartsState,
    WorkOrderFilter,
    WorkOrderSummary,
    WorkOrderView,
    count_my_work_orders,
    count_open_work_orders,
    count_to_draw,
    list_my_work_orders,
    list_work_orders,
    view_work_order,
)
from inventory.workorders.requesting import cancel_part_line, request_parts_for
from inventory.workorders.stocking import ForTheShelf, list_for_the_shelf

__all__ = [
    "About",
    "Appliance",
    "Coming",
    "Customer",
    "CustomerView",
    "Drawn",
    "DrawnPart",
    "ForTheShelf",
    "History",
    "HistoryEntry",
    "LineOfWorkOrder",
    "LineWithoutWorkOrder",
    "LotNotEarmarked",
    "Lying",
    "ModelUnknown",
    "NotARepairCentre",
    "NotAnEngineerHere",
    "NotForThisWorkOrder",
    "NotThatMuchEarmarked",
    "NotThatMuchFitted",
    "NotThatMuchInCustody",
    "NotYourWorkOrder",
    "OpeningRules",
    "PartLine",
    "PartsFitted",
    "PartsInCustody",
    "PartsOnTheMove",
    "PartsState",
    "PhoneUnreadable",
    "PurchasedInFuture",
    "ReferenceUsed",
    "Risk",
    "WarehouseName",
    "WorkOrder",
    "WorkOrderFilter",
    "WorkOrderMismatch",
    "WorkOrderNotCompleted",
    "WorkOrderNotOpen",
    "WorkOrderStatus",
    "WorkOrderSummary",
    "WorkOrderView",
    "WorkOrderWish",
    "cancel_part_line",
    "cancel_work_order",
    "complete_work_order",
    "count_my_work_orders",
    "count_open_work_orders",
    "count_to_draw",
    "draw",
    "draw_by_scan",
    "erase_customer",
    "fit",
    "free_earmark",
    "get_work_order",
    "give_back",
    "history_of",
    "lines_were_received",
    "list_engineers",
    "list_for_the_shelf",
    "list_my_work_orders",
    "list_work_orders",
    "open_work_order",
    "phone_hash",
    "reassign_work_order",
    "reopen_work_order",
    "request_parts_for",
    "require_drawn_for",
    "require_line_of",
    "stock_up",
    "take_out",
    "view_work_order",
]
