"""A corner of the network to send to what nobody should send: who may do everything, and one of each thing."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from inventory import procurement, sourcing, warehousing
from inventory.identity import Permission, Person, Role, RoleBinding
from inventory.planning import demand
from inventory.planning.policies import Criticality
from inventory.warehousing import ExpectedLineWish, ExpectedReceiptWish
from tests import given
from tests.given import policies as ruled
from tests.given import procurement as bought
from tests.given import replenishment as planned
from tests.given.network import QINGDAO
from tests.given.workorders import repair

LATER = (datetime.now(UTC) + timedelta(days=20)).date()


def everybody(session: Session) -> Person:
    """Somebody in every role, everywhere."""
    made = given.person(session)
    session.execute(
        insert(RoleBinding), [{"person_id": made.id, "role": role, "with_descendants": False} for role in Role]
    )
    return made


def corner(session: Session) -> dict[str, Any]:
    """One of everything, by the name that arguments, fields and filters give it; sound words for the rest."""
    central = given.warehouse(session, tier="central", city=QINGDAO)
    centre = given.warehouse(session, tier="distribution", city=QINGDAO, parent=central)
    station = given.warehouse(session, tier="repair", city=QINGDAO, parent=centre)
    part, other, by = given.part(session), given.part(session), given.acting(session)
    at = datetime.now(UTC)
    for place in (central, centre, station):
        given.stock(session, place, part, 9, lot="HOSTILE-1")
    supplier = bought.supplier(session)
    sold = bought.sold(session, supplier, part)

    def sent() -> str:
        return bought.sent(session, central, supplier, (part, 30)).number

    def draft() -> procurement.PurchaseOrder:
        return bought.draft(session, central, supplier, (part, 3))

    def waiting() -> str:
        return procurement.submit_order(session, draft().id, by=by, at=at).number

    expected = ExpectedReceiptWish(central.id, "S", at, [ExpectedLineWish(part.id, 5)])
    request = sourcing.request_parts(
        session, sourcing.PartRequestWish(station.code, [sourcing.WishedLine(part.number, 1)]), by=by, at=at
    )
    transfer = sourcing.TransferWish(centre.id, station.id, [sourcing.TransferLine(part.id, 1)])
    marker = given.acting(session)
    marks = type(marker)(marker.person_id, marker.name, {Permission.MARK_DEMAND: None}, marker.command_id)
    mark = demand.mark_month(
        session,
        demand.MarkWish(part.id, station.id, date(2026, 1, 1), demand.MarkKind.OUTLIER, 0, "hostile"),
        by=marks,
        at=at,
    )
    opened = repair(session, station)
    line = procurement.ContractLine(part.id, Decimal(9), 1)
    agreed = procurement.ContractWish(date(2026, 1, 1), LATER, [line])
    return {
        "part": part.number,
        "warehouse": centre.code,
        "code": centre.code,
        "source": central.code,
        "destination": centre.code,
        "other": other.number,
        "supplier": supplier.code,
        "supplier_code": bought.supplier(session).code,
        "lot": "HOSTILE-1",
        "person_id": given.person(session, "engineer", station).id,
        "engineer": opened.engineer.name,
        "policy_id": ruled.rule(session, "repair", criticality=Criticality.VITAL, review_days=7).id,
        "override_id": ruled.override(session, part, station, expires_on=LATER, minimum=1).id,
        "mark_id": mark.id,
        "PR": request.number,
        "TO": sourcing.place_transfers(session, [transfer], by=by, at=at)[0].number,
        "ER": warehousing.announce_receipt(session, expected, by=by, at=at).number,
        "WO": opened.work_order.number,
        "SC": procurement.conclude_contract(session, supplier, agreed, by=by, at=at).number,
        "PO": sent(),
        **{f"PO {step}": sent() for step in ("confirm", "announce", "chase", "cancel")},
        **{f"PO {step}": waiting() for step in ("approve", "reject", "withdraw")},
        **{f"PO {step}": draft().number for step in ("lines", "submit")},
        "PO send": bought.approved(session, draft()).number,
        "RP": planned.proposal(session, part, central, of=sold).number,
        "RR": planned.run(session).number,
        "view": "parts",
        "login": given.person(session, "procurement").login,
        "wanted_on": LATER.isoformat(),
        "expected_on": LATER.isoformat(),
        "due_on": LATER.isoformat(),
        "again_on": LATER.isoformat(),
        "valid_from": "2026-01-01",
        "valid_to": LATER.isoformat(),
        "expires_on": LATER.isoformat(),
        "supported_until_on": LATER.isoformat(),
        "month": "2026-02",
        "currency": "USD",
        "measure": "fill_rate",
        "target": "0.95",
        "rate": "7.1",
        "reason": "hostile",
        "quantity": 1,
        "days": "2",
        "sd_days": "1",
        "name_zh": "某处",
        "work_order": None,
        "criticality": "vital",
        "review_days": 7,
        "window_months": 12,
        "stock_hits": 3,
        "drop_hits": 1,
        "counts_as": 0,
        "proposal": planned.proposal(session, other, central).number,
    }


def sound_form(things: Mapping[str, Any]) -> dict[str, str]:
    """What a form holds when nothing is wrong with it, whichever it is."""
    told = {name: str(value) for name, value in things.items() if value is not None}
    released = {"release_value_max": "10", "release_quantity_max": "5"}
    steps = {"amount_from": "0", "approvals": "1"}
    return {**told, **released, **steps, "lines": f"{things['part']} 30", "tier": "repair", "kind": "outlier"}
