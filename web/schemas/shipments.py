"""Shapes of handling units and shipments."""

from marshmallow import fields, validate

from inventory.transport import TrackingKind
from web.schemas import Code, Input, Instant, Output, Text, Whole
from web.schemas.floor import ScanText


class HandlingUnitInput(Input):
    """A box to be opened for a destination."""

    warehouse = Code(required=True)
    destination = Code(required=True)


class PackInput(Input):
    """Picked tasks by their ids, or one piece by its label."""

    tasks = fields.List(Whole(most=2**53), load_default=list, validate=validate.Length(max=500))
    part = ScanText(load_default=None)
    lot = Code(load_default=None, most=20)
    serial = Code(load_default=None, most=20)


class UnpackInput(Input):
    """A packed task that is to come out again."""

    task = Whole(required=True, most=2**53)


class HandlingUnitOutput(Output):
    """A box or pallet that travels as one."""

    number = fields.String()
    sscc = fields.String(allow_none=True)
    status = fields.String()
    opened_at = Instant()
    closed_at = Instant(allow_none=True)


class HandlingUnitLineOutput(HandlingUnitOutput):
    """A handling unit in its warehouse, with what is in it."""

    destination = fields.String(attribute="destination_code")
    tasks = fields.Integer()
    cancelled = fields.Integer()
    quantity = fields.Integer()
    due_at = Instant(allow_none=True)


class ShipInput(Input):
    """Closed handling units that leave together; a shipment for each destination."""

    handling_units = fields.List(Code(), required=True, validate=validate.Length(min=1, max=200))
    carrier = Code(load_default=None)
    carrier_reference = Text(load_default="", least=0)


class ShipmentsQuery(Input):
    """The shipments of a warehouse, out of it or into it."""

    warehouse = Code(required=True)
    direction = fields.String(load_default="in", validate=validate.OneOf(["in", "out"]))


class ShipmentOutput(Output):
    """A shipment as lists show it; `open` is how much of it is not accounted for yet."""

    number = fields.String()
    status = fields.String()
    source = fields.String(attribute="source_code")
    destination = fields.String(attribute="destination_code")
    carrier_reference = fields.String()
    shipped_at = Instant()
    due_at = Instant()
    received_at = Instant(allow_none=True)
    handling_units = fields.Integer()
    quantity = fields.Integer()
    open = fields.Integer()


class SentLineOutput(Output):
    """A quantity of a lot under way for a request line."""

    sscc = fields.String(allow_none=True)
    part = fields.String(attribute="part_number")
    lot = fields.String(attribute="lot_number")
    serial = fields.String(allow_none=True)
    quantity = fields.Integer()
    received = fields.Integer()
    damaged = fields.Integer()
    missing = fields.Integer()


class TrackingOutput(Output):
    """Something a shipment went through; `occurred_at` is the carrier's own time."""

    kind = fields.String()
    place = fields.String()
    note = fields.String()
    occurred_at = Instant()
    recorded_at = Instant()


class ShipmentContentsOutput(ShipmentOutput):
    """A shipment with its contents and its way."""

    lines = fields.List(fields.Nested(SentLineOutput))
    events = fields.List(fields.Nested(TrackingOutput))


class TrackingInput(Input):
    """What is told about a shipment on its way."""

    kind = fields.Enum(TrackingKind, by_value=True, required=True)
    occurred_at = Instant(required=True)
    place = Text(load_default="", least=0)
    note = Text(load_default="", least=0)


class PieceInput(Input):
    """A scan at the destination: a whole handling unit by its SSCC, or pieces by their label."""

    sscc = ScanText(load_default=None)
    part = ScanText(load_default=None)
    lot = Code(load_default=None, most=20)
    serial = Code(load_default=None, most=20)
    received = Whole(load_default=0, least=0)
    damaged = Whole(load_default=0, least=0)
    missing = Whole(load_default=0, least=0)


class ShipmentReceiptInput(Input):
    """What arrived; `rest_missing` says that nothing else did."""

    scans = fields.List(fields.Nested(PieceInput), load_default=list, validate=validate.Length(max=500))
    rest_missing = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    note = Text(load_default="", least=0)
