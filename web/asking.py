"""For whom parts are looked for and asked: an open work order and its repair centre, or the place somebody works at."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from inventory import workorders
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.workorders import WorkOrderStatus, WorkOrderSummary
from web.languages import current_language
from web.workplace import chosen_workplace


@dataclass(frozen=True, slots=True)
class Asking:
    """The warehouse that parts would come to; with a work order, the one they are for.

    `may_see`: the actor may learn who could supply. `may_ask`: he may request parts there, and the work order is open.
    """

    warehouse_id: int
    warehouse: str
    name_zh: str
    name_en: str
    work_order: WorkOrderSummary | None
    may_see: bool
    may_ask: bool

    @property
    def name(self) -> str:
        """The warehouse's name in the language of the request."""
        return self.name_zh if current_language() == "zh" or not self.name_en else self.name_en

    @property
    def number(self) -> str | None:
        """The number of the work order."""
        return self.work_order.number if self.work_order else None


def asking_for(session: Session, work_order: str | None, *, by: Actor) -> Asking | None:
    """For whom somebody asks; None when no work order is named and no workplace chosen.

    Raises: NotPermitted; NotFound for a work order that is unknown or foreign.
    """
    if work_order:
        return _for_work_order(session, work_order, by=by)
    place = chosen_workplace()
    if place is None:
        return None
    return Asking(
        warehouse_id=place.id,
        warehouse=place.code,
        name_zh=place.name_zh,
        name_en=place.name_en,
        work_order=None,
        may_see=by.may(Permission.SEE_AVAILABILITY, place.id),
        may_ask=by.may(Permission.REQUEST_PARTS, place.id),
    )


def _for_work_order(session: Session, number: str, *, by: Actor) -> Asking:
    view = workorders.view_work_order(session, number, by=by)
    found = view.summary
    centre = found.warehouse_id
    acts = view.mine or by.may(Permission.DISPATCH_WORK_ORDERS, centre)
    return Asking(
        warehouse_id=centre,
        warehouse=found.warehouse,
        name_zh=found.warehouse_zh,
        name_en=found.warehouse_en,
        work_order=found,
        may_see=by.may(Permission.SEE_AVAILABILITY, centre),
        may_ask=acts and found.status is WorkOrderStatus.OPEN and by.may(Permission.REQUEST_PARTS, centre),
    )
