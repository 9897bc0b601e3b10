"""Shapes of procurement: suppliers, prices, contracts, rates, purchase orders, approvals."""

from decimal import Decimal

from marshmallow import fields, validate

from inventory.procurement import OrderStatus
from inventory.procurement.models import AMOUNT_MAX
from web.schemas import Code, Input, Instant, Money, Output, PageQuery, Text, Whole

LINES_MAX = 5000


def amount(**more: object) -> Money:
    """An amount that is not negative."""
    return Money(validate=validate.Range(min=Decimal(0), max=Decimal(AMOUNT_MAX)), **more)


class CurrencyCode(Text):
    """Three capital letters; where it may be left out, none stands for the supplier's own."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(least=3 if kwargs.get("required") else 0, most=3, **kwargs)


# Suppliers


class SupplierInput(Input):
    """What is known of a supplier."""

    name_zh = Text(required=True)
    name_en = Text(load_default="", least=0)
    contact = Text(load_default="", least=0)
    email = Text(load_default="", least=0)
    phone = Text(load_default="", least=0)
    address = Text(load_default="", least=0)
    currency = CurrencyCode(required=True)
    minimum_order_value = amount(load_default=Decimal(0))
    payment_terms = Text(load_default="", least=0)
    over_tolerance_percent = Whole(least=0, most=100, load_default=0)
    under_tolerance_percent = Whole(least=0, most=100, load_default=0)
    active = fields.Boolean(truthy={True}, falsy={False}, load_default=True)


class NewSupplierInput(SupplierInput):
    """A supplier and his code."""

    code = Code(required=True)


class SupplierOutput(Output):
    """A supplier."""

    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    contact = fields.String()
    email = fields.String()
    phone = fields.String()
    address = fields.String()
    currency = fields.String()
    minimum_order_value = Money()
    payment_terms = fields.String()
    over_tolerance_percent = fields.Integer()
    under_tolerance_percent = fields.Integer()
    active = fields.Boolean()


class PriceBreakInput(Input):
    """The price of one unit when so many or more are ordered."""

    from_quantity = Whole(load_default=1)
    price = amount(required=True)


class SupplierPartInput(Input):
    """How a supplier sells a part; with breaks his price list from a day on."""

    part = Code(required=True)
    lead_time_days = Whole(least=0, most=999, required=True)
    priority = Whole(least=1, most=9, load_default=1)
    supplier_part_number = Text(load_default="", least=0)
    moq = Whole(load_default=1)
    pack_size = Whole(load_default=1)
    active = fields.Boolean(truthy={True}, falsy={False}, load_default=True)
    breaks = fields.List(fields.Nested(PriceBreakInput), load_default=list, validate=validate.Length(max=50))
    currency = CurrencyCode(load_default="", metadata={"description": "of the breaks; the supplier's own by default"})
    valid_from = fields.Date(load_default=None, metadata={"description": "of the breaks; today by default"})


class SupplierPartOutput(Output):
    """A part as a supplier sells it; what was learned of its lead time, in days."""

    part = fields.String(attribute="part_number")
    name_zh = fields.String(attribute="part_name_zh")
    name_en = fields.String(attribute="part_name_en")
    priority = fields.Integer(attribute="sold.priority")
    supplier_part_number = fields.String(attribute="sold.supplier_part_number")
    moq = fields.Integer(attribute="sold.moq")
    pack_size = fields.Integer(attribute="sold.pack_size")
    lead_time_days = fields.Integer(attribute="sold.lead_time_days")
    learned_days_mean = fields.Float(attribute="sold.learned_days_mean", allow_none=True)
    learned_days_sd = fields.Float(attribute="sold.learned_days_sd", allow_none=True)
    learned_receipts = fields.Integer(attribute="sold.learned_receipts")
    active = fields.Boolean(attribute="sold.active")


class OffersQuery(Input):
    """On which day; today by default."""

    on = fields.Date(load_default=None)


class OfferOutput(Output):
    """What a supplier asks for a part: scales of prices, a contract's first."""

    supplier = fields.String()
    priority = fields.Integer()
    moq = fields.Integer()
    pack_size = fields.Integer()
    lead_time_days = fields.Float()
    lead_time_days_sd = fields.Float()
    scales = fields.List(fields.Dict())


class ContractLineInput(PriceBreakInput):
    """A price of a contract."""

    part = Code(required=True)


class ContractInput(Input):
    """Prices agreed for a time; both days are part of it."""

    reference = Text(load_default="", least=0)
    currency = CurrencyCode(load_default="", metadata={"description": "the supplier's own by default"})
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True)
    lines = fields.List(fields.Nested(ContractLineInput), required=True, validate=validate.Length(min=1, max=LINES_MAX))


class ContractEndInput(Input):
    """The day on which it ends now, and why."""

    valid_to = fields.Date(required=True)
    reason = Text(required=True)


class ContractOutput(Output):
    """A contract."""

    number = fields.String()
    reference = fields.String()
    currency = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date()


class ScoreQuery(Input):
    """Between which days, both included; the year up to today unless others are named."""

    first = fields.Date(load_default=None)
    last = fields.Date(load_default=None)


class ScoreOutput(Output):
    """What a supplier did: shares of 1, and days from order to delivery; null where there is nothing to tell."""

    lines_due = fields.Integer()
    on_time = fields.Float(allow_none=True)
    in_full = fields.Float(allow_none=True)
    on_time_in_full = fields.Float(allow_none=True)
    lead_days_mean = fields.Float(allow_none=True)
    lead_days_sd = fields.Float(allow_none=True)
    stated_days_mean = fields.Float(allow_none=True)
    rejected_share = fields.Float(allow_none=True)
    price_drift = fields.Float(allow_none=True)


class RateInput(Input):
    """What one unit of a currency is worth in the company's own, from a day on."""

    currency = CurrencyCode(required=True)
    valid_from = fields.Date(required=True)
    rate = fields.String(required=True, validate=validate.Regexp(r"^[0-9]{1,6}(\.[0-9]{1,8})?\Z"))


class RateOutput(Output):
    """A rate."""

    currency = fields.String()
    valid_from = fields.Date()
    rate = fields.Decimal(as_string=True)


# Purchase orders


class OrderedLineInput(Input):
    """A part to be ordered. Without a supplier the first choice is asked, without a price the contract or list."""

    part = Code(required=True)
    quantity = Whole(required=True)
    wanted_on = fields.Date(required=True)
    price = amount(load_default=None, allow_none=True)


class PurchaseLineInput(OrderedLineInput):
    """A part to be bought for a warehouse."""

    warehouse = Code(required=True)
    supplier = Code(load_default=None)


class PurchaseInput(Input):
    """What is to be bought: it becomes a draft for each supplier, warehouse and currency."""

    note = Text(load_default="", least=0)
    lines = fields.List(fields.Nested(PurchaseLineInput), required=True, validate=validate.Length(min=1, max=LINES_MAX))


class LinesInput(Input):
    """Other lines for a draft."""

    note = Text(load_default="", least=0)
    lines = fields.List(fields.Nested(OrderedLineInput), required=True, validate=validate.Length(min=1, max=LINES_MAX))


class SubmitInput(Input):
    """Why an order goes out that is below the supplier's minimum."""

    small_order_reason = Text(load_default="", least=0)


class PurchaseReasonInput(Input):
    """Why."""

    reason = Text(required=True)


class LineNewsInput(Input):
    """What the supplier confirms of a part: how much in all, and when; what is left out stays."""

    part = Code(required=True)
    quantity = Whole(least=0, load_default=None)
    due_on = fields.Date(load_default=None)


class ConfirmationInput(Input):
    """A confirmation; lines that are not named are confirmed as they stand."""

    reference = Text(load_default="", least=0)
    lines = fields.List(fields.Nested(LineNewsInput), load_default=list, validate=validate.Length(max=LINES_MAX))


class LeftLineInput(Input):
    """So much of a part has left the supplier."""

    part = Code(required=True)
    quantity = Whole(required=True)


class LeftInput(Input):
    """What has left the supplier, by his delivery note, and when it should be here."""

    reference = Text(required=True)
    expected_on = fields.Date(required=True)
    lines = fields.List(fields.Nested(LeftLineInput), required=True, validate=validate.Length(min=1, max=LINES_MAX))


class ChaseInput(Input):
    """What the supplier said, and when to ask again."""

    note = Text(required=True)
    again_on = fields.Date(load_default=None)


class OrdersQuery(PageQuery):
    """Which orders."""

    status = fields.Enum(OrderStatus, by_value=True, load_default=None)
    supplier = Code(load_default=None)
    warehouse = Code(load_default=None)
    part = Code(load_default=None)


class OrderSummaryOutput(Output):
    """An order in a list; `base_amount` is in the company's own currency."""

    number = fields.String(attribute="order.number")
    status = fields.String(attribute="order.status")
    supplier = fields.String(attribute="supplier_code")
    supplier_name = fields.String()
    warehouse = fields.String(attribute="warehouse_code")
    buyer = fields.String()
    created_at = Instant(attribute="order.created_at")
    sent_at = Instant(attribute="order.sent_at", allow_none=True)
    lines = fields.Integer()
    outstanding = fields.Integer()
    currency = fields.String(attribute="order.currency")
    amount = Money()
    base_amount = Money()
    next_due_on = fields.Date(allow_none=True)


class OrderLineOutput(Output):
    """A line of an order."""

    position = fields.Integer(attribute="line.position")
    part = fields.String(attribute="part_number")
    name_zh = fields.String(attribute="part_name_zh")
    name_en = fields.String(attribute="part_name_en")
    supplier_part_number = fields.String()
    quantity = fields.Integer(attribute="line.quantity")
    price = Money(attribute="line.price")
    price_origin = fields.String(attribute="line.price_origin")
    amount = Money()
    wanted_on = fields.Date(attribute="line.wanted_on")
    promised_on = fields.Date(allow_none=True)
    due_on = fields.Date(allow_none=True, metadata={"description": "null of a line that was declined"})
    expected = fields.Integer(attribute="line.expected")
    announced = fields.Integer(attribute="line.announced")
    received = fields.Integer(attribute="line.received")
    rejected = fields.Integer(attribute="line.rejected")
    outstanding = fields.Integer(attribute="line.outstanding")


class OrderOutput(Output):
    """An order with its lines."""

    number = fields.String(attribute="order.number")
    status = fields.String(attribute="order.status")
    supplier = fields.String(attribute="supplier.code")
    supplier_name = fields.String(attribute="supplier.name_zh")
    warehouse = fields.String(attribute="warehouse.code")
    buyer = fields.String()
    approvers = fields.List(fields.String())
    supplier_reference = fields.String(attribute="order.supplier_reference")
    note = fields.String(attribute="order.note")
    created_at = Instant(attribute="order.created_at")
    sent_at = Instant(attribute="order.sent_at", allow_none=True)
    confirmed_at = Instant(attribute="order.confirmed_at", allow_none=True)
    currency = fields.String(attribute="order.currency")
    rate = fields.Decimal(attribute="order.rate", as_string=True)
    amount = Money()
    lines = fields.List(fields.Nested(OrderLineOutput))


class OrderEventOutput(Output):
    """What happened to an order."""

    happening = fields.String()
    from_status = fields.String()
    to_status = fields.String()
    reason = fields.String()
    facts = fields.Dict()
    recorded_at = Instant()


class ToChaseOutput(Output):
    """An order to ask the supplier about, and why."""

    order = fields.Nested(OrderSummaryOutput, attribute="summary")
    days_late = fields.Integer()
    late_lines = fields.Integer()
    unconfirmed_days = fields.Integer()


class OnOrderOutput(Output):
    """What a warehouse gets of a part from suppliers; `pending` is on orders not sent yet."""

    part = fields.String()
    on_order = fields.Integer()
    not_shipped = fields.Integer()
    announced = fields.Integer()
    pending = fields.Integer()
    next_due_on = fields.Date(allow_none=True)


# Approvals


class LimitInput(Input):
    """Up to which amount somebody approves; without a person everybody else, without an amount any."""

    login = Text(load_default=None, most=80, allow_none=True)
    amount_max = amount(load_default=None, allow_none=True)


class StepInput(Input):
    """From an amount on so many must approve."""

    amount_from = amount(required=True)
    approvals = Whole(least=0, most=5, required=True)


class StepsInput(Input):
    """All steps; the first begins at 0."""

    steps = fields.List(fields.Nested(StepInput), required=True, validate=validate.Length(min=1, max=20))


class LimitOutput(Output):
    """A limit; without a login that of everybody else."""

    login = fields.String(allow_none=True)
    amount_max = Money(allow_none=True)


class StepOutput(Output):
    """A step."""

    amount_from = Money()
    approvals = fields.Integer()


class ApprovalsOutput(Output):
    """Who approves what, in the company's own currency."""

    currency = fields.String()
    steps = fields.List(fields.Nested(StepOutput))
    limits = fields.List(fields.Nested(LimitOutput))
