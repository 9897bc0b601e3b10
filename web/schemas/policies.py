"""Shapes of planning policies: rules by class, overrides, part plans, lead times."""

from typing import Any

from marshmallow import fields, validate

from inventory.network import Tier
from inventory.planning.policies import (
    AbcClass,
    Criticality,
    OverrideWish,
    Phase,
    PolicyWish,
    ReleaseLimits,
    Service,
    ServiceMeasure,
    Stocking,
    XyzClass,
)
from web.schemas import Code, Input, Instant, Money, Output, PageQuery, Text, Whole

REPLACES = {"description": "the id of the one that was seen in force, null of none: where another stands by then, 409"}


class Figure(Money):
    """A figure with up to four decimals, as text: goes out as it is kept."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else str(value)


class ServiceInput(Input):
    """In what service is asked for: a fill rate as a fraction, a wait in days, or what a unit short costs a day."""

    shape = Service
    measure = fields.Enum(ServiceMeasure, by_value=True, required=True)
    target = Figure(required=True)


class StockingInput(Input):
    """Laid in from `stock_hits` demands within the window on, dropped at `drop_hits` and below."""

    shape = Stocking
    window_months = Whole(most=60, required=True)
    stock_hits = Whole(most=10_000, required=True)
    drop_hits = Whole(least=0, most=10_000, required=True)


class ReleaseInput(Input):
    """What is ordered without a person: up to a value in the company's own currency, and a quantity."""

    shape = ReleaseLimits
    value_max = Money(required=True, validate=validate.Range(min=0, max=99_999_999_999))
    quantity_max = Whole(least=0, required=True)


class PolicyInput(Input):
    """A rule: for which parts at which tier, and what it says. What is left out a wider rule tells."""

    shape = PolicyWish
    tier = fields.Enum(Tier, by_value=True, required=True)
    division = Code(load_default=None)
    criticality = fields.Enum(Criticality, by_value=True, load_default=None)
    abc = fields.Enum(AbcClass, by_value=True, load_default=None)
    xyz = fields.Enum(XyzClass, by_value=True, load_default=None)
    service = fields.Nested(ServiceInput, load_default=None)
    review_days = Whole(most=365, load_default=None)
    stocking = fields.Nested(StockingInput, load_default=None)
    urgent = fields.Boolean(load_default=None)
    release = fields.Nested(ReleaseInput, load_default=None)
    reason = Text(required=True)
    replaces = fields.Integer(load_default=None, allow_none=True, strict=True, metadata=REPLACES)


class ServiceOutput(Output):
    """Measure and target."""

    measure = fields.Enum(ServiceMeasure, by_value=True)
    target = Figure()


class StockingOutput(Output):
    """The stocking rule."""

    window_months = fields.Integer()
    stock_hits = fields.Integer()
    drop_hits = fields.Integer()


class ReleaseOutput(Output):
    """What is ordered without a person."""

    value_max = Money()
    quantity_max = fields.Integer()


class PolicyOutput(Output):
    """A rule with who set it; null where a wider rule tells."""

    id = fields.Integer()
    tier = fields.Enum(Tier, by_value=True)
    division = fields.String(allow_none=True)
    criticality = fields.Enum(Criticality, by_value=True, allow_none=True)
    abc = fields.Enum(AbcClass, by_value=True, allow_none=True)
    xyz = fields.Enum(XyzClass, by_value=True, allow_none=True)
    service = fields.Nested(ServiceOutput, allow_none=True)
    review_days = fields.Integer(allow_none=True)
    stocking = fields.Nested(StockingOutput, allow_none=True)
    urgent = fields.Boolean(allow_none=True)
    release = fields.Nested(ReleaseOutput, allow_none=True)
    reason = fields.String()
    set_by = fields.String()
    set_at = Instant()
    ended_at = Instant(allow_none=True)


class PolicyQuery(Input):
    """Rules of one tier."""

    tier = fields.Enum(Tier, by_value=True, load_default=None)


class RuleFiguresOutput(Output):
    """What the places get whose service a rule tells, within reach and as of the last night."""

    places = fields.Integer()
    expected_fill = fields.Float(
        allow_none=True, metadata={"description": "orders of end demand expected to be met at once; null of none"}
    )
    asked = fields.Integer(metadata={"description": "lines asked for in the last 30 days"})
    filled = fields.Integer(metadata={"description": "of them: met at once in full"})
    realised_fill = fields.Float(allow_none=True)


class ListedPolicyOutput(PolicyOutput):
    """A rule in force with what it gets; null where it tells no place's service."""

    gets = fields.Nested(RuleFiguresOutput, allow_none=True)


class PoliciesOutput(Output):
    """All rules in force: the widest first; of two that fit a part the later one tells."""

    items = fields.List(fields.Nested(ListedPolicyOutput))


class OverrideInput(Input):
    """What is to hold for a part at a warehouse until a day; what is left out stays as the rules tell it."""

    shape = OverrideWish
    part = Code(required=True)
    warehouse = Code(required=True)
    stocked = fields.Boolean(load_default=None)
    minimum = Whole(least=0, load_default=None)
    maximum = Whole(least=0, load_default=None)
    safety_stock = Whole(least=0, load_default=None)
    service = fields.Nested(ServiceInput, load_default=None)
    lead_time_days = Figure(load_default=None)
    lead_time_sd_days = Figure(load_default=None)
    reason = Text(required=True)
    expires_on = fields.Date(required=True, format="iso")
    replaces = fields.Integer(load_default=None, allow_none=True, strict=True, metadata=REPLACES)


class LiftInput(Input):
    """Why an override ends before its day."""

    reason = Text(required=True)


class OverrideQuery(PageQuery):
    """Overrides of a part, of a warehouse; those in force, or with `all` every one there was."""

    part = Code(load_default=None)
    warehouse = Code(load_default=None)
    everything = fields.Boolean(load_default=False, data_key="all")


class OverrideOutput(Output):
    """An override with who set it, why, and until when it holds."""

    id = fields.Integer()
    part = fields.String()
    warehouse = fields.String()
    stocked = fields.Boolean(allow_none=True)
    minimum = fields.Integer(allow_none=True)
    maximum = fields.Integer(allow_none=True)
    safety_stock = fields.Integer(allow_none=True)
    service = fields.Nested(ServiceOutput, allow_none=True)
    lead_time_days = Figure(allow_none=True)
    lead_time_sd_days = Figure(allow_none=True)
    reason = fields.String()
    expires_on = fields.Date()
    set_by = fields.String()
    set_at = Instant()
    lifted_by = fields.String(allow_none=True)
    lifted_at = Instant(allow_none=True)
    lift_reason = fields.String()


class OriginsOutput(Output):
    """Where the values of a place come from: the id of the rule behind each group, the override in force."""

    service = fields.Integer()
    review = fields.Integer()
    stocking = fields.Integer()
    urgent = fields.Integer()
    release = fields.Integer()
    lead_time = fields.String(metadata={"description": "tiers, stated, learned, supplier or override"})
    override = fields.Integer(allow_none=True)


class PlacePolicyOutput(Output):
    """What holds for a part at a warehouse today. `stocked` is null where the stocking rule decides."""

    part = fields.String()
    warehouse = fields.String()
    source = fields.String(allow_none=True, metadata={"description": "null: from suppliers"})
    criticality = fields.Enum(Criticality, by_value=True)
    phase = fields.Enum(Phase, by_value=True)
    abc = fields.Enum(AbcClass, by_value=True, allow_none=True)
    xyz = fields.Enum(XyzClass, by_value=True, allow_none=True)
    pack_size = fields.Integer()
    service = fields.Nested(ServiceOutput)
    review_days = fields.Integer()
    stocking = fields.Nested(StockingOutput)
    urgent = fields.Boolean()
    release = fields.Nested(ReleaseOutput)
    currency = fields.String()
    lead_time_days = Figure()
    lead_time_sd_days = Figure()
    stocked = fields.Boolean(allow_none=True)
    minimum = fields.Integer(allow_none=True)
    maximum = fields.Integer(allow_none=True)
    safety_stock = fields.Integer(allow_none=True)
    origins = fields.Nested(OriginsOutput)


class PartPlanInput(Input):
    """How a part is planned everywhere; a last-time buy names the last day it has to serve."""

    criticality = fields.Enum(Criticality, by_value=True, required=True)
    phase = fields.Enum(Phase, by_value=True, required=True)
    pack_size = Whole(load_default=1)
    supported_until_on = fields.Date(load_default=None, allow_none=True, format="iso")
    reason = Text(required=True)
    seen_at = Instant(
        load_default=None,
        allow_none=True,
        metadata={"description": "`set_at` as it was read: where another stands by then, 409"},
    )


class PartPlanOutput(Output):
    """What holds for a part everywhere."""

    part = fields.String()
    criticality = fields.Enum(Criticality, by_value=True)
    phase = fields.Enum(Phase, by_value=True)
    pack_size = fields.Integer()
    supported_until_on = fields.Date(allow_none=True)
    abc = fields.Enum(AbcClass, by_value=True, allow_none=True)
    xyz = fields.Enum(XyzClass, by_value=True, allow_none=True)
    classed_at = Instant(allow_none=True)
    reason = fields.String()
    set_at = Instant(allow_none=True)


class LaneInput(Input):
    """How long a lane takes, from the release at its source to the receipt, when the source has the stock."""

    source = Code(required=True)
    warehouse = Code(required=True)
    days = Figure(required=True)
    sd_days = Figure(required=True)


class LaneQuery(PageQuery):
    """Lanes that end at one warehouse."""

    warehouse = Code(load_default=None)


class LaneOutput(Output):
    """What is known of a lane: stated by people, and learned from so many shipments."""

    source = fields.String()
    warehouse = fields.String()
    days = Figure(allow_none=True)
    sd_days = Figure(allow_none=True)
    learned_days = Figure(allow_none=True)
    learned_sd_days = Figure(allow_none=True)
    shipments = fields.Integer()
    learned_at = Instant(allow_none=True)
