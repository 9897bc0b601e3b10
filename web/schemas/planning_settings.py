"""Shapes of the figures that hold for all planning."""

from marshmallow import fields

from web.schemas import Input, Instant, Output, Text, Whole
from web.schemas.policies import Figure

FRACTION = {"description": "a fraction: 0.2 is a fifth"}


class SettingsInput(Input):
    """What every figure is to be, and why."""

    holding_rate_per_year = Figure(required=True, metadata=FRACTION)
    surplus_margin = Figure(required=True, metadata=FRACTION)
    surplus_days = Whole(required=True)
    move_cost = Figure(required=True, metadata={"description": "in the company's currency"})
    order_cost = Figure(required=True, metadata={"description": "in the company's currency; 0 lets lots be"})
    class_months = Whole(required=True)
    a_share = Figure(required=True, metadata=FRACTION)
    b_share = Figure(required=True, metadata=FRACTION)
    x_variation = Figure(required=True, metadata={"description": "standard deviation of monthly demand over its mean"})
    y_variation = Figure(required=True, metadata={"description": "as x_variation, and above it"})
    band = Figure(required=True, metadata=FRACTION)
    lane_days = Whole(required=True)
    lane_shipments_min = Whole(required=True)
    override_days_max = Whole(required=True)
    reason = Text(required=True)
    version = Whole(required=True, metadata={"description": "as it was read: where another stands by then, 409"})


class SettingsChangeOutput(Output):
    """Who changed which figures, each with what it was and what it became."""

    changed = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    reason = fields.String()
    changed_by = fields.String(allow_none=True)
    changed_at = Instant()


class SettingsOutput(Output):
    """The figures that hold for all planning; rates, shares and margins as fractions, money in `currency`."""

    currency = fields.String()
    holding_rate_per_year = Figure()
    surplus_margin = Figure()
    surplus_days = fields.Integer()
    move_cost = Figure()
    order_cost = Figure()
    class_months = fields.Integer()
    a_share = Figure()
    b_share = Figure()
    x_variation = Figure()
    y_variation = Figure()
    band = Figure()
    lane_days = fields.Integer()
    lane_shipments_min = fields.Integer()
    override_days_max = fields.Integer()
    version = fields.Integer(metadata={"description": "counts the changes"})
    changes = fields.List(fields.Nested(SettingsChangeOutput), metadata={"description": "the latest, newest first"})
