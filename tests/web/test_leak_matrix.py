"""Every route that shows one thing, for every role: somebody else's thing answers exactly like one that is not there.

The routes are read from the app, so that a new one cannot be forgotten: a route whose argument is not known here fails.
"""

from datetime import UTC, datetime

import pytest

from inventory import sourcing, transport, warehousing
from inventory.identity import Role
from inventory.sourcing import PartRequestWish, WishedLine
from inventory.warehousing import ExpectedLineWish, ExpectedReceiptWish, ReceiptWish, ReceivedGoods
from tests import given
from tests.given import procurement as bought
from tests.given import replenishment as planned
from tests.given.network import BEIJING, JINAN
from tests.given.workorders import repair

# What is open to everybody who may search: the catalogue is no secret, and pages without a thing of their own.
OPEN = {
    "api_parts.show_part",
    "api_parts.get_part",
    "parts.show_part",
    "parts.show_model",
    "api_docs_asset",
    "static",
    # How a part is planned everywhere, and the rules by class: about no warehouse.
    "api_policies.show_part_plan",
    "part_plans.show_part_plan",
    "policies.show_policy",
    # Shows of a part what lies and moved within one's own reach, which is asked below.
    "api_stock.list_part_moves",
    "stock.show_part_stock",
    # Likewise what was asked of it: tests/web/test_demand.py.
    "api_demand.show_part_demand",
    "demand.show_demand",
    # A file that was sent in, known to nobody but who sent it (tests/web/test_imports.py).
    # Suppliers and what they ask belong to the whole network; only their orders are a warehouse's.
    "api_procurement.get_supplier",
    "api_procurement.list_supplier_parts",
    "api_procurement.list_contracts",
    "api_procurement.show_score",
    "api_procurement.list_offers",
    "suppliers.show_supplier",
    # A planning run is of the whole network; what it proposed is told within reach (tests/web/test_replenishment.py).
    "api_replenishment.show_run",
    "api_replenishment.list_run_proposals",
    "planning_runs.show_run",
    "imports.fetch_export",
    "imports.show_progress",
    "imports.show_upload",
    "imports.fetch_problems",
    "bootstrap.static",
}
MISSING = {"code": "NOWHERE", "number": None, "task_id": 987654321, "lot": "NO-SUCH-LOT", "request_id": 987654321}


@pytest.fixture(scope="module")
def things(app):
    """One of everything at a warehouse of Jinan and its repair centre, by the prefix of its number."""
    with app.extensions["database"].sessions.begin() as session:
        centre = given.warehouse(session, tier="distribution", city=JINAN)
        station = given.warehouse(session, tier="repair", city=JINAN, parent=centre)
        part, by, at = given.part(session), given.acting(session), datetime.now(UTC)
        stock = given.stock(session, centre, part, 9, lot="LEAK-1")
        accepted = sourcing.request_parts(
            session, PartRequestWish(station.code, [WishedLine(part.number, 1)]), by=by, at=at
        )
        (task,) = warehousing.list_tasks(session, centre.id, by=by)
        moved = sourcing.TransferWish(centre.id, station.id, [sourcing.TransferLine(part.id, 1)])
        (transfer,) = sourcing.place_transfers(session, [moved], by=by, at=at)
        unit = transport.open_handling_unit(session, warehouse_id=centre.id, destination_id=station.id, by=by, at=at)
        wish = ExpectedReceiptWish(centre.id, "S", at, [ExpectedLineWish(part.id, 1)])
        expected = warehousing.announce_receipt(session, wish, by=by, at=at)
        receipt = warehousing.receive(
            session,
            ReceiptWish(centre.id, [ReceivedGoods(part.id, 1)], supplier="S", reference="R"),
            by=by,
            at=at,
        )
        order = bought.sent(session, centre, bought_from(session, part), (part, 3))
        return {
            "person": given.person(session, "engineer", station).id,
            "warehouse": centre.code,
            "part": part.number,
            "lot": "LEAK-1",
            "task": task.id,
            "PR": accepted.number,
            "TO": transfer.number,
            "HU": unit.number,
            "ER": expected.number,
            "RC": receipt.number,
            "PO": order.number,
            "RP": planned.proposal(session, given.part(session), station, source=centre).number,
            "stock": stock,
        }


def bought_from(session, part):
    """A supplier who sells the part."""
    supplier = bought.supplier(session)
    bought.sold(session, supplier, part)
    return supplier


def prefix_of(endpoint: str) -> str:
    """The kind of document a route is about."""
    words = {
        "handling_unit": "HU",
        "box": "HU",
        "expected": "ER",
        "shipment": "SH",
        "work_order": "WO",
        "workorders": "WO",
        "receipt": "RC",
        "request": "PR",
        "promise": "PR",
        "purchase_order": "PO",
        "transfer": "TO",
        "show_proposal": "RP",
    }
    return next((prefix for word, prefix in words.items() if word in endpoint), "")


def addresses(app, things):
    """Every GET route with arguments, filled with a real thing and with one that is not there."""
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or not rule.arguments or rule.endpoint in OPEN:
            continue
        real, missing = {}, {}
        for name in rule.arguments:
            if name == "number" and ("parts/<number>" in rule.rule):
                real[name] = missing[name] = things["part"]
            elif name == "number":
                prefix = prefix_of(rule.endpoint)
                real[name], missing[name] = things.get(prefix), f"{prefix}-987654321"
            elif name == "code":
                real[name], missing[name] = things["warehouse"], MISSING["code"]
            elif name == "task_id":
                real[name], missing[name] = things["task"], MISSING["task_id"]
            elif name == "person_id":
                real[name], missing[name] = things["person"], 987654321
            elif name == "lot":
                real[name], missing[name] = things["lot"], MISSING["lot"]
            else:
                real[name] = missing[name] = None
        yield rule, real, missing


def test_every_route_with_an_argument_is_judged_here(app, things):
    unknown = {
        rule.endpoint
        for rule, real, missing in addresses(app, things)
        if None in missing.values() or (None in real.values() and prefix_of(rule.endpoint) not in ("SH", "WO"))
    }
    assert unknown == set()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_a_foreign_thing_answers_like_a_missing_one(plant, app, api, browser_of, things, role):
    elsewhere = given.warehouse(
        plant, tier="repair" if role in ("engineer", "station_manager") else "distribution", city=BEIJING
    )
    person = given.person(plant, role, elsewhere)
    plant.commit()
    token, browser = api(person), browser_of(person)
    browser.post("/workplace", code=elsewhere.code)
    leaks = []
    for rule, real, missing in addresses(app, things):
        if None in real.values():
            continue
        foreign, absent = (_answer(app, token, browser, rule, names) for names in (real, missing))
        if foreign != absent or foreign[0] == 200:
            leaks.append((rule.rule, foreign, absent))
    assert leaks == []


def _answer(app, token, browser, rule, names):
    with app.test_request_context():
        _, address = rule.build(names, append_unknown=False)
    if address.startswith("/api/v1"):
        answer = token.get(address.removeprefix("/api/v1"))
        body = answer.json if answer.is_json else {}
        return answer.status_code, body.get("code"), body.get("title")
    answer = browser.client.get(address)
    return answer.status_code, answer.headers.get("X-Refusal"), None


def test_of_a_part_only_what_lies_within_reach_is_told(plant, api, things):
    person = given.person(plant, "warehouse_lead", given.warehouse(plant, tier="distribution", city=BEIJING))
    plant.commit()
    assert api(person).get(f"/parts/{things['part']}/moves").json["items"] == []


def test_a_work_order_and_its_customer_are_not_seen_from_elsewhere(plant, api):
    opened = repair(plant).work_order
    stranger = given.person(plant, "station_manager", given.warehouse(plant, tier="repair", city=BEIJING))
    plant.commit()
    for path in ("", "/timeline"):
        foreign = api(stranger).get(f"/work-orders/{opened.number}{path}")
        absent = api(stranger).get(f"/work-orders/WO-987654321{path}")
        assert foreign.status_code == absent.status_code == 404
        assert (foreign.json["code"], foreign.json["title"]) == (absent.json["code"], absent.json["title"])
