"""Shapes of waves."""

from marshmallow import fields

from web.schemas import Instant, Output, PageQuery, page_of


class WaveQuery(PageQuery):
    """Which period the shares are counted over; the last seven days without."""

    since = Instant(load_default=None)
    until = Instant(load_default=None)


class ReleasedOutput(Output):
    """What a wave released."""

    warehouse = fields.String()
    lines = fields.Integer()


class WaveOutput(Output):
    """A wave and how much of it is still to be picked."""

    number = fields.String()
    trigger = fields.String()
    released_at = Instant()
    released_by = fields.String()
    lines = fields.Integer()
    tasks = fields.Integer()
    quantity = fields.Integer()
    to_pick = fields.Integer()


class TriggerShareOutput(Output):
    """How much of a period's work was released by one trigger."""

    trigger = fields.String()
    lines = fields.Integer()
    tasks = fields.Integer()
    quantity = fields.Integer()


class WavePageOutput(page_of(WaveOutput)):  # type: ignore[misc]
    """The waves of a warehouse, newest first, what waits for the next one, and each trigger's share of a period."""

    warehouse = fields.String()
    waiting = fields.Integer(metadata={"description": "lines that are reserved and not released"})
    since = Instant()
    until = Instant()
    shares = fields.List(fields.Nested(TriggerShareOutput))
