"""Procurement: suppliers, what they sell and for how much, and purchase orders from draft to received.

Words. A *supplier part* is a part as a supplier sells it: minimum quantity, pack, lead time, and *priority*, 1 being
asked first. Prices come in *scales* of *breaks* by quantity: those of a *contract* win over the *list* while it holds;
a price *agreed* for one order is the buyer's. An order is *on order* from the day it is sent until its lines are
received or no longer expected; of it *announced* is what the supplier says has left, the rest is *not shipped*. A line
is *wanted* on a day, *promised* by the first day the supplier names, and *due* on the day that holds now.

Promises. Whoever wrote any of an order never approves it: the use case asks the timeline, the table of approvals
refuses its drawer. How many must approve, and up to which amount each may, are rows, in the company's currency. What
is outstanding of an order under way is what the dock expects of it: both are changed in one transaction.
`list_on_order` gives for each warehouse and part what planning counts as on order.

Decisions.
- One expected receipt an order, opened when it is sent; each part stands on an order once, so a receipt's part names
  its line. A delivery of one part in two agreed instalments is two orders.
- What is closed short at the dock is closed short on the order, and the other way round: `cancel_order` of an order
  under way does nothing but close its expected receipt. Nothing is on order that nobody waits for.
- Locks: the expected receipt before its order, as the dock takes them; stock is never touched here.
- An order keeps the exchange rate of the day on which it was submitted; prices are written on its lines when it is
  drawn up, and a contract or list that changes later does not reach them.
- Within the supplier's tolerance more comes in without a reason and less closes the line; both are his rows.
- Quantities that break the supplier's packs or minimum are refused, not rounded: `purchase_quantity` is for that.
- Learned lead times count from the day the order was sent to each delivery, over two years; below three receipts the
  stated one counts, with a spread of 30 %.
- An order is sent to the supplier by people, as PDF or XLSX; there is no electronic line to suppliers yet.
"""

from inventory.procurement.approving import (
    approvals_needed,
    approve_order,
    limit_of,
    list_limits,
    list_steps,
    refusal_to_approve,
    reject_order,
    set_limit,
    set_steps,
    submit_order,
    withdraw_order,
)
from inventory.procurement.contracts import (
    ContractedPrice,
    ContractLine,
    ContractWish,
    conclude_contract,
    end_contract,
    list_contract_prices,
    list_contracts,
)
from inventory.procurement.currencies import (
    base_currency,
    list_currencies,
    list_rates,
    rate_on,
    rates_on,
    set_rate,
)
from inventory.procurement.errors import (
    AboveLimit,
    ApprovedBefore,
    BelowMinimumQuantity,
    ConfirmedTooMuch,
    ContractInvalid,
    CurrenciesMixed,
    CurrencyUnknown,
    LimitOfOneself,
    NobodySells,
    NothingOrdered,
    OrderedTwice,
    OrderStands,
    OrderTooSmall,
    OwnOrder,
    PackBroken,
    PartNotOrdered,
    PriceMissing,
    PurchaseReasonMissing,
    RateMissing,
    StepsIncomplete,
    SupplierExists,
    SupplierUnknown,
)
from inventory.procurement.following import (
    UNDER_WAY,
    LineNews,
    ShipmentNews,
    announce_shipment,
    cancel_order,
    chase_order,
    confirm_order,
    goods_were_received,
    receipt_was_closed_short,
    send_order,
)
from inventory.procurement.importing_supplier_parts import SUPPLIER_PARTS, check_supplier_parts, import_supplier_parts
from inventory.procurement.importing_suppliers import SUPPLIERS, check_suppliers, import_suppliers
from inventory.procurement.models import (
    ApprovalLimit,
    ApprovalStep,
    Currency,
    ExchangeRate,
    OrderStatus,
    PriceOrigin,
    PurchaseOrder,
    PurchaseOrderLine,
    Supplier,
    SupplierPart,
    SupplyContract,
)
from inventory.procurement.offers import Offer, Price, Scale, first_choices, list_offers
from inventory.procurement.orders import PurchaseWish, change_order, draft_orders
from inventory.procurement.quantities import (
    JointOrder,
    PriceBreak,
    PricedQuantity,
    WantedLine,
    break_at,
    bundle,
    choose_quantity,
    purchase_quantities,
    purchase_quantity,
)
from inventory.procurement.queries import (
    OnOrder,
    OrderFilter,
    OrderLineView,
    OrderSummary,
    OrderView,
    count_orders,
    get_order,
    list_on_order,
    list_orders,
    summaries,
    summary_of,
)
from inventory.procurement.scoring import ScoreCard, learn_lead_times, score_card
from inventory.procurement.suppliers import (
    SoldPart,
    SupplierPartWish,
    SupplierSummary,
    SupplierWish,
    add_supplier,
    change_supplier,
    find_suppliers,
    get_supplier,
    list_sold_parts,
    list_suppliers,
    sell_part,
)
from inventory.procurement.waiting import (
    Submission,
    ToChase,
    count_to_approve,
    count_to_chase,
    list_to_approve,
    list_to_chase,
    submissions,
)

__all__ = [
    "SUPPLIERS",
    "SUPPLIER_PARTS",
    "UNDER_WAY",
    "AboveLimit",
    "ApprovalLimit",
    "ApprovalStep",
    "ApprovedBefore",
    "BelowMinimumQuantity",
    "ConfirmedTooMuch",
    "ContractInvalid",
    "ContractLine",
    "ContractWish",
    "ContractedPrice",
    "CurrenciesMixed",
    "Currency",
    "CurrencyUnknown",
    "ExchangeRate",
    "JointOrder",
    "LimitOfOneself",
    "LineNews",
    "NobodySells",
    "NothingOrdered",
    "Offer",
    "OnOrder",
    "OrderFilter",
    "OrderLineView",
    "OrderStands",
    "OrderStatus",
    "OrderSummary",
    "OrderTooSmall",
    "OrderView",
    "OrderedTwice",
    "OwnOrder",
    "PackBroken",
    "PartNotOrdered",
    "Price",
    "PriceBreak",
    "PriceMissing",
    "PriceOrigin",
    "PricedQuantity",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "PurchaseReasonMissing",
    "PurchaseWish",
    "RateMissing",
    "Scale",
    "ScoreCard",
    "ShipmentNews",
    "SoldPart",
    "StepsIncomplete",
    "Submission",
    "Supplier",
    "SupplierExists",
    "SupplierPart",
    "SupplierPartWish",
    "SupplierSummary",
    "SupplierUnknown",
    "SupplierWish",
    "SupplyContract",
    "ToChase",
    "WantedLine",
    "add_supplier",
    "announce_shipment",
    "approvals_needed",
    "approve_order",
    "base_currency",
    "break_at",
    "bundle",
    "cancel_order",
    "change_order",
    "change_supplier",
    "chase_order",
    "check_supplier_parts",
    "check_suppliers",
    "choose_quantity",
    "conclude_contract",
    "confirm_order",
    "count_orders",
    "count_to_approve",
    "count_to_chase",
    "draft_orders",
    "end_contract",
    "find_suppliers",
    "first_choices",
    "get_order",
    "get_supplier",
    "goods_were_received",
    "import_supplier_parts",
    "import_suppliers",
    "learn_lead_times",
    "limit_of",
    "list_contract_prices",
    "list_contracts",
    "list_currencies",
    "list_limits",
    "list_offers",
    "list_on_order",
    "list_orders",
    "list_rates",
    "list_sold_parts",
    "list_steps",
    "list_suppliers",
    "list_to_approve",
    "list_to_chase",
    "purchase_quantities",
    "purchase_quantity",
    "rate_on",
    "rates_on",
    "receipt_was_closed_short",
    "refusal_to_approve",
    "reject_order",
    "score_card",
    "sell_part",
    "send_order",
    "set_limit",
    "set_rate",
    "set_steps",
    "submissions",
    "submit_order",
    "summaries",
    "summary_of",
    "withdraw_order",
]
