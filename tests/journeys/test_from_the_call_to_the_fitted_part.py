"""The story of the product, told once through the API, each step by the role whose step it is.

A call centre opens a work order; the engineer finds the part and asks for it; the distribution centre picks, packs and
sends it; the repair centre receives it; the engineer draws and fits it and closes the repair. What nobody had comes in
at the dock and fills the back-order by itself. In the end every rule of the books holds.
"""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.reporting.verifying import verify
from inventory.transport import Carrier
from tests import given
from tests.given.network import JINAN


@pytest.fixture
def network(plant):
    """A distribution centre with a repair centre in its city, their people, one part on the shelf and one not."""
    centre = given.warehouse(plant, tier="distribution", city=JINAN)
    station = given.warehouse(plant, tier="repair", city=JINAN, parent=centre)
    shelf = given.bin(plant, centre, code="B-02-03", pick_sequence=20)
    pump, board = given.part(plant, name_zh="排水泵"), given.part(plant, name_zh="电脑板")
    model = given.model(plant, parts=[pump, board])
    given.stock(plant, centre, pump, 3, lot="OLD", bin=shelf, received_at=datetime.now(UTC) - timedelta(days=30))
    plant.add(Carrier(code=f"C{centre.id}", name_zh="顺丰"))
    people = {
        "call_centre": given.person(plant, "integration"),
        "engineer": given.person(plant, "engineer", station),
        "manager": given.person(plant, "station_manager", station),
        "operator": given.person(plant, "warehouse_operator", centre),
        "lead": given.person(plant, "warehouse_lead", centre),
        "buyer": given.person(plant, "procurement"),
        "planner": given.person(plant, "planner"),
    }
    plant.commit()
    return {"centre": centre, "station": station, "pump": pump, "board": board, "model": model, **people}


@pytest.fixture
def as_(api, network):
    clients = {}
    return lambda role: clients.setdefault(role, api(network[role]))


def done(answer, status=200):
    assert answer.status_code == status, answer.json
    return answer.json


def test_a_repair_from_the_call_to_the_fitted_part(plant, as_, network):
    centre, station, pump, board = (network[name] for name in ("centre", "station", "pump", "board"))

    order = done(
        as_("call_centre").post(
            "/work-orders",
            {
                "warehouse": station.code,
                "engineer": network["engineer"].login,
                "customer": {"name": "王女士", "phone": "13800001111", "address": "经十路 1 号"},
                "appliance": {"model": network["model"].code, "serial": "SN-0001", "purchased_on": "2025-05-01"},
                "symptom": "不排水",
            },
        ),
        201,
    )["number"]

    found = done(as_("engineer").get("/parts", q="排水泵", model=network["model"].code))["items"]
    assert pump.number in [part.get("number", part.get("part")) for part in found]
    offers = done(as_("engineer").get(f"/parts/{pump.number}/availability", **{"for": station.code}))
    assert centre.code in str(offers)
    assert "same_city" in str(offers)

    request = done(
        as_("engineer").post(
            "/part-requests",
            {
                "warehouse": station.code,
                "work_order": order,
                "priority": 2,
                "lines": [{"part": pump.number, "quantity": 1}, {"part": board.number, "quantity": 1}],
            },
        ),
        201,
    )
    assert [line["back_ordered"] for line in request["lines"]] == [0, 1]

    task = done(as_("operator").post(f"/warehouses/{centre.code}/tasks/next"))[0]
    assert (task["bin"], task["lot"], task["trigger"]) == ("B-02-03", "OLD", "urgent")
    done(
        as_("operator").post(
            f"/tasks/{task['id']}/confirm", {"bin": "B-02-03", "part": f"(91){pump.number}(92)OLD", "quantity": 1}
        )
    )
    shipment, box = send(as_, centre, station, pump)

    done(
        as_("buyer").post(
            "/expected-receipts",
            {
                "warehouse": centre.code,
                "supplier": "青岛电子",
                "expected_at": datetime.now(UTC).isoformat(),
                "lines": [{"part": board.number, "quantity": 5}],
            },
        ),
        201,
    )
    expected = done(as_("operator").get(f"/warehouses/{centre.code}/expected-receipts"))[0]["number"]
    done(
        as_("operator").post(
            "/receipts",
            {
                "warehouse": centre.code,
                "expected_receipt": expected,
                "lines": [{"part": board.number, "quantity": 5, "lot": "NEW"}],
            },
        ),
        201,
    )
    board_task = done(as_("operator").post(f"/warehouses/{centre.code}/tasks/next"))[0]
    assert (board_task["part"], board_task["bin"]) == (board.number, "DOCK-01")
    done(
        as_("operator").post(
            f"/tasks/{board_task['id']}/confirm",
            {"bin": "DOCK-01", "part": f"(91){board.number}(92)NEW", "quantity": 1},
        )
    )
    done(
        as_("operator").post(
            "/put-aways",
            {
                "warehouse": centre.code,
                "from_bin": "DOCK-01",
                "part": board.number,
                "lot": "NEW",
                "quantity": 4,
                "to_bin": "B-02-03",
            },
        ),
        201,
    )
    second, second_box = send(as_, centre, station, board)

    done(as_("manager").post(f"/shipments/{shipment}/receipt", {"scans": [{"sscc": box}]}))
    done(as_("manager").post(f"/shipments/{second}/receipt", {"scans": [{"sscc": second_box}]}))

    shown = done(as_("engineer").get(f"/part-requests/{request['number']}"))
    assert {line["status"] for line in shown["lines"]} == {"received"}
    parts = f"/work-orders/{order}/parts"
    for line in done(as_("engineer").get(f"/work-orders/{order}"))["parts"]:
        drawn = done(as_("engineer").post(parts, {"action": "draw", "line": line["line"], "quantity": 1}))
    held = {line["part"]: line["drawn"][0]["drawn_part"] for line in drawn["parts"]}
    fitted, unused = held[pump.number], held[board.number]
    done(as_("engineer").post(parts, {"action": "fit", "drawn_part": fitted, "quantity": 1}))
    done(
        as_("engineer").post(
            parts,
            {
                "action": "give_back",
                "drawn_part": unused,
                "quantity": 1,
                "condition": "good",
                "reason": "not the fault",
            },
        )
    )
    assert done(as_("engineer").post(f"/work-orders/{order}/complete", {}))["status"] == "completed"

    told = done(as_("engineer").get(f"/work-orders/{order}/timeline"))
    assert network["operator"].name in str(told)
    proof = done(
        as_("lead").get(
            "/reports/fifo",
            warehouse=centre.code,
            since=(datetime.now(UTC) - timedelta(hours=1)).isoformat(),
            until=(datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        )
    )
    assert (proof["allocations"], proof["unexplained"]) == (2, 0)
    kept = done(
        as_("planner").get(
            "/reports/promises",
            since=(datetime.now(UTC) - timedelta(hours=1)).isoformat(),
            until=(datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        )
    )["items"]
    assert sum(row["lines"] for row in kept if row["source"] in (centre.code, None)) >= 2
    assert [finding for finding in verify(plant) if finding.violations] == []


def send(as_, centre, station, part):
    """Pack what was picked of the part, close the box and send it; tell shipment and SSCC."""
    unit = done(as_("operator").post("/handling-units", {"warehouse": centre.code, "destination": station.code}), 201)
    number = unit["number"]
    done(as_("operator").post(f"/handling-units/{number}/pack", {"part": part.number}))
    sscc = done(as_("operator").post(f"/handling-units/{number}/close"))["sscc"]
    (shipment,) = done(
        as_("operator").post("/shipments", {"handling_units": [number], "carrier": f"C{centre.id}"}), 201
    )
    return shipment["number"], sscc
