"""Shapes of work orders: a call, what is done to the parts, the work order as it stands, its timeline."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load, validate

from inventory.ledger import Condition
from inventory.workorders import WorkOrderStatus, WorkOrderWish
from web.schemas import Code, Input, Instant, Output, PageQuery, Text, Whole
from web.workorders import Draw, Fit, Free, GiveBack, PartsAct, TakeOut

ACTS: dict[str, tuple[str, ...]] = {
    "draw": ("line", "quantity"),
    "fit": ("drawn_part", "quantity"),
    "take_out": ("drawn_part", "quantity", "reason"),
    "give_back": ("drawn_part", "quantity", "condition", "reason"),
    "free": ("line", "quantity", "reason"),
}
ALSO: dict[str, tuple[str, ...]] = {"draw": ("lot", "serial")}


class CustomerInput(Input):
    """Who called."""

    name = Text(required=True, most=100)
    phone = Text(required=True, least=5, most=40)
    address = Text(load_default="", least=0, most=400)


class ApplianceInput(Input):
    """What the customer owns."""

    model = Code(required=True)
    serial = Code(required=True)
    purchased_on = fields.Date(load_default=None, allow_none=True, format="iso")


class WorkOrderInput(Input):
    """A call: customer, appliance, symptom, and the engineer of the repair centre who is to come."""

    warehouse = Code(required=True)
    engineer = Text(required=True, most=80, metadata={"description": "the engineer's log-in name"})
    customer = fields.Nested(CustomerInput, required=True)
    appliance = fields.Nested(ApplianceInput, required=True)
    symptom = Text(required=True, most=400)
    reference = Text(load_default="", least=0, most=200, metadata={"description": "the call centre's own number"})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> WorkOrderWish:
        """Make the wish."""
        customer, appliance = data.pop("customer"), data.pop("appliance")
        return WorkOrderWish(**data, **appliance, **{f"customer_{name}": value for name, value in customer.items()})


class RemarkInput(Input):
    """What there is to say about it, if anything."""

    remark = Text(load_default="", least=0, most=200)


class ReasonInput(Input):
    """Why."""

    reason = Text(required=True, most=200)


class ReassignInput(ReasonInput):
    """To whom, and why."""

    engineer = Text(required=True, most=80, metadata={"description": "the engineer's log-in name"})


class PartsActInput(Input):
    """What is done to parts: draw and free name a line of the work order, the others a drawn part."""

    action = fields.String(required=True, validate=validate.OneOf(list(ACTS)))
    line = Whole(most=2**63 - 1)
    drawn_part = Whole(most=2**63 - 1)
    quantity = Whole()
    lot = Code(allow_none=True)
    serial = Code(allow_none=True)
    condition = fields.String(validate=validate.OneOf([Condition.GOOD, Condition.DEFECTIVE]))
    reason = Text(most=200)

    @pre_load
    def check_fields(self, data: Any, **_: Any) -> Any:
        """Refuse what the action needs and has not, and what it has and does not need."""
        action = data.get("action") if isinstance(data, dict) else None
        if not isinstance(action, str) or action not in ACTS:
            return data
        needed, known = ACTS[action], (*ACTS[action], *ALSO.get(action, ()), "action")
        errors = {name: ["Missing data for required field."] for name in needed if name not in data}
        errors |= {name: ["Not a field of this action."] for name in self.fields if name in data and name not in known}
        if errors:
            raise ValidationError(errors)
        return data

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> PartsAct:
        """Make the act."""
        match data.pop("action"):
            case "draw":
                return Draw(**data)
            case "free":
                return Free(**data)
            case "fit":
                return Fit(**data)
            case "take_out":
                return TakeOut(**data)
            case _:
                return GiveBack(**{**data, "condition": Condition(data["condition"])})


class StockUpInput(Input):
    """How much of what came for the station's stock is on the shelf now."""

    quantity = Whole(required=True)


class WorkOrderQuery(PageQuery):
    """Which work orders; `q` is the beginning of a number, serial or reference, or part of a customer's name."""

    status = fields.String(load_default=None, validate=validate.OneOf(list(WorkOrderStatus)))
    engineer = Text(load_default=None, most=80)
    warehouse = Code(load_default=None)
    q = Text(load_default="", least=0, most=80)
    phone = Text(load_default=None, most=40)


class WorkOrderStateOutput(Output):
    """Where a work order stands. It is stored with the command, so it tells nothing personal."""

    number = fields.String()
    status = fields.String()
    warehouse = fields.String()
    engineer = fields.String()
    customer = fields.Integer(metadata={"description": "the customer's id"})
    repeated = fields.Boolean(metadata={"description": "the appliance was repaired shortly before"})
    opened_at = Instant()
    closed_at = Instant(allow_none=True)


class CustomerOutput(Output):
    """Who called; `masked` for who has no need to know, `erased` when nothing is kept any more."""

    id = fields.Integer()
    name = fields.String()
    phone = fields.String()
    address = fields.String()
    masked = fields.Boolean()
    erased = fields.Boolean()


class ApplianceOutput(Output):
    """What the customer owns."""

    model = fields.String()
    name_zh = fields.String(attribute="model_zh")
    name_en = fields.String(attribute="model_en")
    serial = fields.String()
    purchased_on = fields.Date(allow_none=True)


class PartsStateOutput(Output):
    """The parts of a work order added up."""

    to_come = fields.Integer()
    back_ordered = fields.Integer()
    waiting = fields.Integer(metadata={"description": "at the repair centre, to be drawn"})
    in_custody = fields.Integer()
    fitted = fields.Integer()
    due_at = Instant(allow_none=True)
    risk = fields.String(allow_none=True, metadata={"description": "late, at_risk, on_time; null: nothing to come"})


class WorkOrderOutput(Output):
    """A work order in a list."""

    number = fields.String()
    status = fields.String()
    warehouse = fields.String()
    engineer = fields.String()
    engineer_name = fields.String()
    customer = fields.Nested(CustomerOutput)
    appliance = fields.Nested(ApplianceOutput)
    symptom = fields.String()
    reference = fields.String()
    repeated = fields.Boolean()
    opened_at = Instant()
    closed_at = Instant(allow_none=True)
    parts_state = fields.Nested(PartsStateOutput)


class LyingOutput(Output):
    """What lies at the repair centre for a line."""

    part = fields.String(attribute="part_number")
    lot = fields.String(attribute="lot_number")
    serial = fields.String(allow_none=True)
    bin = fields.String(attribute="bin_code")
    quantity = fields.Integer()


class ComingOutput(Output):
    """A share of a line on its way."""

    source = fields.String(attribute="source_code")
    quantity = fields.Integer()
    shipment = fields.String(allow_none=True)
    due_at = Instant(allow_none=True)


class DrawnOutput(Output):
    """A drawn part and what became of it."""

    drawn_part = fields.Integer(attribute="id")
    part = fields.String(attribute="part_number")
    lot = fields.String(attribute="lot_number")
    serial = fields.String(allow_none=True)
    quantity = fields.Integer()
    fitted = fields.Integer()
    given_back = fields.Integer()
    in_custody = fields.Integer()
    drawn_at = Instant()


class PartLineOutput(Output):
    """A request line of a work order with all that became of its units."""

    line = fields.Integer(attribute="line_id")
    request = fields.String()
    position = fields.Integer()
    part = fields.String(attribute="part_number")
    name_zh = fields.String()
    name_en = fields.String()
    base_unit = fields.String()
    quantity = fields.Integer()
    status = fields.String()
    back_ordered = fields.Integer()
    reserved = fields.Integer()
    released = fields.Integer()
    in_transit = fields.Integer()
    received = fields.Integer()
    cancelled = fields.Integer()
    waiting = fields.Integer(metadata={"description": "at the repair centre, to be drawn"})
    in_custody = fields.Integer()
    fitted = fields.Integer()
    given_back = fields.Integer()
    first_promised_at = Instant()
    promised_at = Instant()
    received_at = Instant(allow_none=True)
    risk = fields.String(allow_none=True, attribute="risk_now")
    coming = fields.List(fields.Nested(ComingOutput))
    lying = fields.List(fields.Nested(LyingOutput))
    drawn = fields.List(fields.Nested(DrawnOutput))


class WorkOrderDetailOutput(WorkOrderOutput):
    """All of a work order."""

    repeats = fields.String(allow_none=True, metadata={"description": "the repair before, where it may be seen"})
    parts = fields.List(fields.Nested(PartLineOutput))


class WorkOrderPartsOutput(Output):
    """The parts of a work order."""

    number = fields.String()
    parts = fields.List(fields.Nested(PartLineOutput))


class HistoryEntryOutput(Output):
    """Something that happened to a work order, to one of its part lines, or a move of its parts."""

    at = Instant()
    who = fields.String()
    about = fields.String()
    what = fields.String()
    subject = fields.String()
    reason = fields.String()
    from_status = fields.String()
    to_status = fields.String()
    facts = fields.Dict()


class TimelineOutput(Output):
    """The timeline of a work order, oldest first."""

    number = fields.String()
    items = fields.List(fields.Nested(HistoryEntryOutput))


class ErasedOutput(Output):
    """Whose personal data are gone."""

    customer = fields.Integer()
    erased_at = Instant()


class ForTheShelfOutput(Output):
    """What came for the station's own stock."""

    line = fields.Integer(attribute="line_id")
    request = fields.String()
    warehouse = fields.String()
    part = fields.String(attribute="part_number")
    name_zh = fields.String()
    name_en = fields.String()
    base_unit = fields.String()
    quantity = fields.Integer()
    bins = fields.List(fields.String())
    requested_at = Instant()


class ForTheShelfListOutput(Output):
    """All that waits for the shelf."""

    items = fields.List(fields.Nested(ForTheShelfOutput))


class StockedUpOutput(Output):
    """What is on the shelf now."""

    line = fields.Integer()
    quantity = fields.Integer()
