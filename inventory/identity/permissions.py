"""What each role may do. Deny by default: what is not listed here is not allowed."""

from collections.abc import Mapping
from enum import StrEnum

from inventory.identity.models import Role


class Permission(StrEnum):
    """One thing that can be allowed, at the warehouses a role is bound to."""

    SEARCH_PARTS = "search_parts"  # find parts, models and what replaces what
    SEE_AVAILABILITY = "see_availability"  # ask who could supply a part to this warehouse, and by when
    SEE_STOCK = "see_stock"  # on hand, lots and bins of this warehouse
    SEE_LEDGER = "see_ledger"  # moves, the life of lots, stock as of an instant, the FIFO proof
    SEE_DEMAND = "see_demand"  # what was asked for at this warehouse, month by month
    MARK_DEMAND = "mark_demand"  # say which months of it do not count as they were
    SEE_POLICIES = "see_policies"  # which service, levels and lead times the planning of this warehouse goes by
    SET_POLICIES = "set_policies"  # override them at this warehouse; with the whole network, rule by class
    SEE_REPORTS = "see_reports"  # promises kept, lines at risk, figures over warehouses
    REQUEST_PARTS = "request_parts"  # ask for parts on behalf of this warehouse
    CANCEL_REQUESTS = "cancel_requests"  # withdraw what this warehouse asked for
    SEE_REQUESTS = "see_requests"  # part requests of this warehouse, or served by it
    SEE_TRANSFERS = "see_transfers"  # transfer orders from or to this warehouse
    ORDER_TRANSFERS = "order_transfers"  # move this warehouse's stock to others, and call transfers from or to it off
    SEE_TASKS = "see_tasks"  # the pick tasks of this warehouse
    PICK = "pick"  # claim and confirm pick tasks, report exceptions
    OVERRIDE_FIFO = "override_fifo"  # take another lot than the oldest, with a reason
    RELEASE_WAVES = "release_waves"  # release reserved lines to the floor
    PACK_AND_SHIP = "pack_and_ship"  # pack handling units and send shipments
    ANNOUNCE_GOODS = "announce_goods"  # tell a warehouse what a supplier will bring
    SEE_PURCHASES = "see_purchases"  # suppliers, prices, contracts, and the purchase orders of this warehouse
    SEE_PROPOSALS = "see_proposals"  # this warehouse's levels, and what is proposed to be moved or bought
    RUN_PLANNING = "run_planning"  # start a replenishment run
    BUY = "buy"  # keep suppliers and prices, draw up, send and chase orders for this warehouse
    APPROVE_PURCHASES = "approve_purchases"  # approve what others drew up for this warehouse, up to one's limit
    SET_APPROVALS = "set_approvals"  # how many must approve an order, and up to which amount each may
    RECEIVE_GOODS = "receive_goods"  # take goods in at the dock
    PUT_AWAY = "put_away"  # move stock into and between bins
    CHECK_STOCK = "check_stock"  # post counts, damage and quarantine
    SEE_SHIPMENTS = "see_shipments"  # shipments from or to this warehouse
    TRACK_SHIPMENTS = "track_shipments"  # report what a shipment goes through on its way
    RECEIVE_SHIPMENTS = "receive_shipments"  # confirm what arrived, short or damaged
    OPEN_WORK_ORDERS = "open_work_orders"  # record a call and open a work order at this repair centre
    SEE_WORK_ORDERS = "see_work_orders"  # work orders of this repair centre
    CLOSE_WORK_ORDERS = "close_work_orders"  # complete, reopen or call off a work order
    DISPATCH_WORK_ORDERS = "dispatch_work_orders"  # give them to another engineer, act on everybody's
    DRAW_PARTS = "draw_parts"  # draw parts into custody, fit them, give them back
    SEE_CUSTOMERS = "see_customers"  # customers' names, telephones and addresses unmasked
    ERASE_CUSTOMERS = "erase_customers"  # overwrite a customer's personal data for good
    PRINT_LABELS = "print_labels"  # labels of parts, bins and boxes, pick lists
    IMPORT = "import"  # load master data and opening stock from files
    MANAGE_ENGINEERS = "manage_engineers"  # accounts of the engineers of this repair centre
    MANAGE_PEOPLE = "manage_people"  # accounts and roles of everybody within reach
    MANAGE_TOKENS = "manage_tokens"  # tokens of outside systems
    SEE_AUDIT = "see_audit"  # who logged in, was refused, exported, granted


_P = Permission

_ENGINEER = frozenset({
    _P.SEARCH_PARTS, _P.SEE_AVAILABILITY, _P.SEE_STOCK, _P.REQUEST_PARTS, _P.CANCEL_REQUESTS, _P.SEE_REQUESTS,
    _P.SEE_SHIPMENTS, _P.RECEIVE_SHIPMENTS, _P.OPEN_WORK_ORDERS, _P.SEE_WORK_ORDERS, _P.CLOSE_WORK_ORDERS,
    _P.DRAW_PARTS, _P.SEE_CUSTOMERS,
})  # fmt: skip
_OPERATOR = frozenset({
    _P.SEARCH_PARTS, _P.SEE_STOCK, _P.SEE_TASKS, _P.PICK, _P.PACK_AND_SHIP, _P.RECEIVE_GOODS, _P.PUT_AWAY,
    _P.CHECK_STOCK, _P.SEE_SHIPMENTS, _P.RECEIVE_SHIPMENTS, _P.PRINT_LABELS,
})  # fmt: skip
_OFFICE = frozenset({
    _P.SEARCH_PARTS, _P.SEE_AVAILABILITY, _P.SEE_STOCK, _P.SEE_LEDGER, _P.SEE_REPORTS, _P.SEE_REQUESTS,
    _P.SEE_SHIPMENTS, _P.SEE_TRANSFERS, _P.SEE_DEMAND, _P.SEE_POLICIES, _P.SEE_PROPOSALS,
})  # fmt: skip

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.ENGINEER: _ENGINEER,
    # A repair centre serves its neighbours too: its manager picks and ships from the station's shelf.
    Role.STATION_MANAGER: _ENGINEER
    | _OPERATOR
    | {_P.OVERRIDE_FIFO, _P.SEE_LEDGER, _P.SEE_DEMAND, _P.SEE_REPORTS, _P.MANAGE_ENGINEERS}
    | {_P.DISPATCH_WORK_ORDERS}
    | {_P.SEE_TRANSFERS},
    Role.WAREHOUSE_OPERATOR: _OPERATOR,
    Role.WAREHOUSE_LEAD: _OPERATOR
    | _OFFICE
    | {_P.OVERRIDE_FIFO, _P.RELEASE_WAVES, _P.CANCEL_REQUESTS, _P.TRACK_SHIPMENTS, _P.ORDER_TRANSFERS},
    Role.PROCUREMENT: _OFFICE | {_P.ANNOUNCE_GOODS, _P.SEE_PURCHASES, _P.BUY, _P.APPROVE_PURCHASES},
    Role.PLANNER: _OFFICE
    | {_P.SEE_PURCHASES, _P.SEE_TASKS, _P.MARK_DEMAND, _P.SET_POLICIES, _P.ORDER_TRANSFERS}
    | {_P.RUN_PLANNING},
    Role.ADMINISTRATOR: _OFFICE
    | {_P.SEE_TASKS, _P.SEE_WORK_ORDERS, _P.ERASE_CUSTOMERS, _P.PRINT_LABELS, _P.IMPORT}
    | {_P.MANAGE_ENGINEERS, _P.MANAGE_PEOPLE, _P.MANAGE_TOKENS, _P.SEE_AUDIT, _P.SEE_PURCHASES, _P.SET_APPROVALS},
    # A token of an outside system is limited further, to what that system is for.
    Role.INTEGRATION: _OFFICE
    | {_P.REQUEST_PARTS, _P.CANCEL_REQUESTS, _P.OPEN_WORK_ORDERS, _P.SEE_WORK_ORDERS, _P.CLOSE_WORK_ORDERS}
    | {_P.DISPATCH_WORK_ORDERS, _P.SEE_CUSTOMERS, _P.ANNOUNCE_GOODS, _P.TRACK_SHIPMENTS}
    | {_P.SEE_PURCHASES, _P.BUY},
}
