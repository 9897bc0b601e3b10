"""Shapes of replenishment: runs, proposals with the figures behind them, the reorder report, decisions."""

from marshmallow import fields, validate

from inventory.planning.policies import AbcClass
from inventory.planning.replenishment import Held, ProposalKind, ProposalOrder, ProposalStatus, RunTrigger
from web.replenishment import APPROVED_AT_ONCE, DUE_DAYS_MAX, WORDS_LENGTH_MAX
from web.schemas import Code, Input, Instant, Money, Output, PageQuery, Text, Whole


class RunOutput(Output):
    """A planning run: how far it is and what it came to."""

    number = fields.String()
    trigger = fields.Enum(RunTrigger, by_value=True)
    as_of_on = fields.Date()
    version = fields.String()
    seed = fields.Integer()
    parts = fields.Integer()
    parts_done = fields.Integer()
    requested_at = Instant()
    started_at = Instant(allow_none=True)
    finished_at = Instant(allow_none=True)
    figures = fields.Dict(metadata={"description": "Counts, money and the seconds of each step; grows with versions"})


class RunsOutput(Output):
    """The latest runs, newest first."""

    items = fields.List(fields.Nested(RunOutput))


class RunProposalsQuery(PageQuery):
    """Which page of a run's proposals, open or decided."""

    status = fields.Enum(ProposalStatus, by_value=True, load_default=None)


class ReorderQuery(PageQuery):
    """What the report is narrowed to; what is left out narrows nothing. `warehouse` is either end."""

    division = Code(load_default=None)
    supplier = Code(load_default=None)
    abc = fields.Enum(AbcClass, by_value=True, load_default=None)
    warehouse = Code(load_default=None)
    held = fields.Enum(Held, by_value=True, load_default=None)
    q = Text(most=WORDS_LENGTH_MAX, load_default=None, metadata={"description": "Part of a part's number or name"})
    due = fields.Integer(
        validate=validate.Range(min=1, max=DUE_DAYS_MAX),
        load_default=None,
        metadata={"description": "What is not due yet and has to be ordered within so many days: what stands `ahead`"},
    )
    sort = fields.Enum(ProposalOrder, by_value=True, load_default=ProposalOrder.RISK)


class ProposalQuery(ReorderQuery):
    """Which proposals: of every kind, the open ones unless another status or `due` is named."""

    kind = fields.Enum(ProposalKind, by_value=True, load_default=None)
    status = fields.Enum(
        ProposalStatus,
        by_value=True,
        load_default=None,
        metadata={"description": "`open` unless told, with `due` `ahead`: what falls due soon"},
    )
    waits = fields.String(
        validate=validate.OneOf(["word", "stock"]),
        load_default=None,
        metadata={"description": "`word`: what somebody can decide about; `stock`: its source has nothing to give"},
    )


class TurnedDownOutput(Output):
    """The proposal for the same that somebody turned down before."""

    number = fields.String()
    by = fields.String()
    at = Instant()
    reason = fields.String()


class ProposalOutput(Output):
    """A proposal. `needed` follows from position less owed and the levels, `quantity` is what was proposed of it."""

    number = fields.String()
    run = fields.String()
    kind = fields.Enum(ProposalKind, by_value=True)
    status = fields.Enum(ProposalStatus, by_value=True)
    held = fields.Enum(Held, by_value=True, allow_none=True)
    part = fields.String()
    warehouse = fields.String()
    source = fields.String(allow_none=True, metadata={"description": "null where it is bought"})
    supplier = fields.String(allow_none=True, metadata={"description": "null too for who may not see purchases"})
    supplier_chosen = fields.Boolean(
        metadata={"description": "Somebody chose another supplier than the one asked first"}
    )
    on_hand = fields.Integer()
    in_transit = fields.Integer()
    on_order = fields.Integer()
    reserved = fields.Integer()
    back_ordered = fields.Integer()
    owed = fields.Integer()
    position = fields.Integer(metadata={"description": "on hand + in transit + on order - reserved - back-ordered"})
    left = fields.Integer(metadata={"description": "position - owed: what the levels are compared with"})
    reorder_point = fields.Integer()
    order_up_to = fields.Integer()
    pack_size = fields.Integer()
    order_minimum = fields.Integer()
    order_maximum = fields.Integer(allow_none=True)
    needed = fields.Integer()
    quantity = fields.Integer()
    edited_quantity = fields.Integer(allow_none=True)
    released_quantity = fields.Integer(allow_none=True)
    unit_price = Money(allow_none=True, metadata={"description": "null for who may not see purchases"})
    value = Money(
        allow_none=True,
        metadata={"description": "What an order would cost now, in `currency`; null for who may not see purchases"},
    )
    currency = fields.String()
    lead_days = fields.Float()
    short_per_week = fields.Float(
        metadata={"description": "Promises at risk: customers' orders that wait, or begin to, if it comes a week later"}
    )
    order_by_on = fields.Date(
        metadata={"description": "The last day on which waiting keeps the target; overdue where it is over"}
    )
    source_free = fields.Integer(
        allow_none=True, metadata={"description": "Of a move between equals or back up: free at its source"}
    )
    source_keeps = fields.Integer(allow_none=True, metadata={"description": "What of it the source keeps"})
    benefit = Money(
        allow_none=True,
        metadata={"description": "What such a move saves less what it costs; null for who may not see purchases"},
    )
    proposed_at = Instant()
    decided_at = Instant(allow_none=True)
    decision_reason = fields.String()
    order = fields.String(allow_none=True, metadata={"description": "The order that it became"})
    waited_for = fields.Integer(metadata={"description": "Units that repairs wait for, here or further down"})
    turned_down = fields.Nested(TurnedDownOutput, allow_none=True)


class ProposalOfferOutput(Output):
    """What a supplier asks for what a proposal wants, in his packs and with his minimum."""

    supplier = fields.String()
    chosen = fields.Boolean()
    order_minimum = fields.Integer()
    pack_size = fields.Integer()
    lead_days = fields.Float()
    quantity = fields.Integer()
    price = Money(allow_none=True, metadata={"description": "Of a base unit at that quantity, in `price_currency`"})
    price_currency = fields.String(allow_none=True)
    contract = fields.String(allow_none=True)
    value = Money(allow_none=True, metadata={"description": "In the company's currency"})


class ProposalDetailOutput(ProposalOutput):
    """A proposal opened: the formula with its figures, the levels, demand by month, what waiting would cost by day."""

    formula = fields.String()
    levels = fields.Dict(
        allow_none=True,
        metadata={
            "description": "The levels that stand, null where none do. `lot` is how many are ordered at once, "
            "`lot_days` how many mean days of a year ask for that, `lot_reason` what it is as large as: `review` "
            "period, `pack`, `economic` lot, demand of a `year`, `maximum`, `last_buy`, or former levels `kept`"
        },
    )
    months = fields.List(fields.Dict(), metadata={"description": "month and what was asked for in it, oldest first"})
    month_ahead = fields.Dict(allow_none=True, metadata={"description": "mean, low and high of what a month will ask"})
    offers = fields.List(
        fields.Nested(ProposalOfferOutput),
        metadata={"description": "Who sells it, asked first first; empty for who may not see purchases"},
    )
    waiting = fields.List(
        fields.Dict(),
        metadata={
            "description": "Back-orders expected by day, in units and as promises: not ordered, today, in a week"
        },
    )


class TotalsOutput(Output):
    """What all that fits comes to, on all pages together."""

    proposals = fields.Integer()
    worth = Money(allow_none=True, metadata={"description": "null for who may not see purchases"})
    short_per_week = fields.Float(metadata={"description": "Promises at risk if all of it comes a week later"})


class FallingDueOutput(Output):
    """What is not due yet and has to be bought within so many days: the proposals whose status is `ahead`."""

    days = fields.Integer()
    proposals = fields.Integer()
    worth = Money(allow_none=True, metadata={"description": "null for who may not see purchases"})


class ReorderOutput(Output):
    """A page of the reorder report: what to buy, with the totals of all that fits, and what falls due next."""

    items = fields.List(fields.Nested(ProposalOutput))
    next_cursor = fields.String(allow_none=True)
    currency = fields.String()
    totals = fields.Nested(TotalsOutput)
    falling_due = fields.List(fields.Nested(FallingDueOutput))


class EditInput(Input):
    """Another quantity, in whole packs where it is bought."""

    quantity = Whole(required=True)


class ChosenSupplierInput(Input):
    """Of whom to buy instead: the code of a supplier who sells the part."""

    supplier = Code(required=True)


class RejectInput(Input):
    """Why a proposal is turned down."""

    reason = Text(required=True)


class ApproveManyInput(Input):
    """Several proposals, so that what one supplier sells to one warehouse becomes one order."""

    proposals = fields.List(Code(), required=True, validate=validate.Length(min=1, max=APPROVED_AT_ONCE))


class ApprovedOutput(Output):
    """The orders made, and what stays open.

    `unmet` are proposals whose source had nothing to give. `added` are purchases that went along to reach their
    supplier's minimum; `too_small` those that did not reach it: approved once more they are ordered all the same.
    """

    purchase_orders = fields.List(fields.String())
    transfer_orders = fields.List(fields.String())
    unmet = fields.List(fields.String())
    added = fields.List(fields.String())
    too_small = fields.List(fields.String())
