"""The screens of the floor and the road: what a person with a scanner goes through."""

import pytest
from sqlalchemy import select

from inventory import sourcing
from inventory.sourcing import PartRequestLine, PartRequestWish, WishedLine
from inventory.transport import HandlingUnit, Shipment
from inventory.warehousing import PickTask
from tests import given
from tests.given import NOON
from tests.given.network import BEIJING, JINAN


@pytest.fixture
def source(plant):
    return given.warehouse(plant, tier="distribution", city=JINAN)


@pytest.fixture
def station(plant, source):
    return given.warehouse(plant, tier="repair", city=JINAN, parent=source)


@pytest.fixture
def part(plant):
    return given.part(plant, name_zh="排水泵<i>")


@pytest.fixture
def task(plant, source, station, part):
    """A released task of two pieces of lot L1, with a newer lot L2 beside it in the same bin."""
    shelf = given.bin(plant, source, code="A-01-01", pick_sequence=10)
    given.stock(plant, source, part, 2, lot="L1", bin=shelf)
    given.stock(plant, source, part, 2, lot="L2", bin=shelf, received_at=NOON.replace(hour=13))
    wish = PartRequestWish(station.code, [WishedLine(part.number, 2)])
    accepted = sourcing.request_parts(plant, wish, by=given.acting(plant), at=NOON)
    plant.commit()
    return plant.scalars(select(PickTask).where(PickTask.line_id == accepted.lines[0].line_id)).one()


def at_work(plant, browser_of, role, warehouse):
    browser = browser_of(given.person(plant, role, warehouse))
    browser.post("/workplace", code=warehouse.code)
    return browser


@pytest.fixture
def operator(plant, browser_of, source):
    return at_work(plant, browser_of, "warehouse_operator", source)


@pytest.fixture
def manager(plant, browser_of, station):
    return at_work(plant, browser_of, "station_manager", station)


def state_of(plant, task):
    return plant.get(PickTask, task.id, populate_existing=True).status.value


def pick(operator, task, **changed):
    fields = {"bin": "A-01-01", "part": "", "quantity": "2", **changed}
    return operator.post(f"/picking/{task.id}/confirm", page=f"/picking/{task.id}?bin=A-01-01", **fields)


def test_start_picking_leads_to_the_task_and_the_task_to_packing(plant, operator, task, part):
    started = operator.post("/picking/next", page="/picking")
    assert started.headers["Location"] == f"/picking/{task.id}"
    assert "A-01-01" in operator.get(f"/picking/{task.id}").text

    at_bin = operator.get(f"/picking/{task.id}", bin="a-01-01")
    assert 'name="part"' in at_bin.text
    assert "排水泵<i>" not in at_bin.text

    done = pick(operator, task, part=f"(91){part.number}(92)L1")
    assert done.headers["Location"] == "/picking/done"
    assert "/packing" in operator.get("/picking/done").text
    assert state_of(plant, task) == "picked"


def test_a_wrong_bin_is_refused_and_names_the_right_one(operator, task):
    page = operator.get(f"/picking/{task.id}", bin="DOCK-01")
    assert page.status_code == 422
    assert "A-01-01" in page.text


@pytest.mark.parametrize(
    "changed",
    [{"part": "(91)OTHER(92)L1"}, {"part": ""}, {"quantity": "three"}, {"quantity": "9"}, {"part": "\x00"}],
)
def test_what_is_refused_comes_back_to_the_task_with_words_and_changes_nothing(plant, operator, task, part, changed):
    answer = pick(operator, task, **{"part": part.number, **changed})
    assert answer.status_code in (303, 400, 422)
    assert state_of(plant, task) in ("released", "claimed")


def test_where_the_label_names_no_lot_and_several_lie_there_the_lot_is_asked_for(plant, operator, task, part):
    refused = pick(operator, task, part=part.number)
    assert "L1" in operator.client.get(refused.headers["Location"]).text
    assert state_of(plant, task) == "released"
    pick(operator, task, part=part.number, lot="L1")
    assert state_of(plant, task) == "picked"


def test_a_newer_lot_is_refused_to_an_operator_and_taken_by_a_lead_with_a_reason(
    plant, browser_of, operator, source, task, part
):
    pick(operator, task, part=f"(91){part.number}(92)L2", override_reason="easier")
    assert state_of(plant, task) == "released"
    lead = at_work(plant, browser_of, "warehouse_lead", source)
    pick(lead, task, part=f"(91){part.number}(92)L2", override_reason="box of L1 is wet")
    assert state_of(plant, task) == "picked"


def test_a_double_submit_picks_once_and_shows_the_first_result(plant, operator, task, part):
    answers = [pick(operator, task, part=f"(91){part.number}(92)L1", key="form-key-0001") for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {"/picking/done"}


def test_a_task_that_is_done_or_in_other_hands_leads_to_the_next(plant, browser_of, operator, source, task, part):
    other = at_work(plant, browser_of, "warehouse_operator", source)
    other.post(f"/picking/{task.id}/claim", page=f"/picking/{task.id}")
    foreign = operator.get(f"/picking/{task.id}").text
    assert "/picking/next" in foreign
    assert 'name="bin"' not in foreign
    pick(other, task, part=f"(91){part.number}(92)L1")
    assert "/picking/next" in operator.get(f"/picking/{task.id}").text


def another_task(plant, source, station, *, bin_code, pick_sequence):
    """One more piece of another part to be picked elsewhere."""
    part = given.part(plant)
    shelf = given.bin(plant, source, code=bin_code, pick_sequence=pick_sequence)
    given.stock(plant, source, part, 1, lot="L9", bin=shelf)
    wish = PartRequestWish(station.code, [WishedLine(part.number, 1)])
    accepted = sourcing.request_parts(plant, wish, by=given.acting(plant), at=NOON)
    plant.commit()
    return plant.scalars(select(PickTask).where(PickTask.line_id == accepted.lines[0].line_id)).one()


def test_a_task_tells_how_much_is_left_and_where_the_walk_leads(plant, operator, source, station, task):
    alone = operator.get(f"/picking/{task.id}").text
    assert "还有 1 项待拣" in alone
    assert "最后一项" in alone
    another_task(plant, source, station, bin_code="B-07-03", pick_sequence=20)
    page = operator.get(f"/picking/{task.id}").text
    assert "还有 2 项待拣" in page
    assert "B-07-03" in page


def test_the_pick_list_begins_with_what_is_given_out_next(plant, operator, source, station, task):
    """What somebody has in hand comes first, however far away it lies."""
    far = another_task(plant, source, station, bin_code="B-07-03", pick_sequence=20)
    page = operator.get("/picking").text
    assert page.index("A-01-01") < page.index("B-07-03")
    operator.post(f"/picking/{far.id}/claim", page=f"/picking/{far.id}")
    page = operator.get("/picking").text
    assert page.index("B-07-03") < page.index("A-01-01")
    assert operator.post("/picking/next", page="/picking").headers["Location"] == f"/picking/{far.id}"


def test_an_endless_code_is_refused_in_a_few_words(operator, task):
    swap = {"X-Swap": "#main"}
    refused = operator.client.get(f"/picking/{task.id}", query_string={"bin": "X" * 150}, headers=swap)
    assert refused.status_code == 422
    assert "X" * 60 + "…" in refused.text
    assert "X" * 61 not in refused.text


def test_a_picked_part_is_packed_by_its_scan_alone(plant, operator, task, part):
    pick(operator, task, part=f"(91){part.number}(92)L1")
    packed = operator.post("/packing/scan", page="/packing", part=f"(91){part.number}(92)L1")
    number = packed.headers["Location"].removeprefix("/packing/boxes/")
    assert state_of(plant, task) == "packed"
    assert plant.get(PickTask, task.id, populate_existing=True).handling_unit_id == HandlingUnit.id_of(number)


def test_a_scan_to_pack_goes_into_the_box_that_stands_open_for_its_destination(plant, operator, station, task, part):
    pick(operator, task, part=f"(91){part.number}(92)L1")
    open_box = operator.post("/packing/boxes", page="/packing", destination=str(station.id)).headers["Location"]
    packed = operator.post("/packing/scan", page="/packing", part=part.number)
    assert packed.headers["Location"] == open_box


@pytest.mark.parametrize("scanned", ["NO-SUCH-PART", "(91){part}(92)L2", "(01)123", ""])
def test_a_scan_to_pack_of_what_was_not_picked_opens_no_box(plant, operator, source, task, part, scanned):
    pick(operator, task, part=f"(91){part.number}(92)L1")
    refused = operator.post("/packing/scan", page="/packing", part=scanned.format(part=part.number))
    assert refused.headers["Location"] == "/packing"
    assert "alert-danger" in operator.get("/packing").text
    assert state_of(plant, task) == "picked"
    assert plant.scalars(select(HandlingUnit).where(HandlingUnit.warehouse_id == source.id)).all() == []


def test_the_lead_sees_where_the_floor_piles_up_and_what_of_it_is_late(plant, browser_of, source, task):
    page = at_work(plant, browser_of, "warehouse_lead", source).get("/waves").text
    assert page.count('class="pile-step"') == 4
    assert 'class="bar-late" width="100.0"' in page  # the one task there is was due long ago
    assert "超时 1 项" in page


def test_a_closed_box_offers_its_label_first(plant, operator, station, task, part):
    pick(operator, task, part=f"(91){part.number}(92)L1")
    box = operator.post("/packing/boxes", page="/packing", destination=str(station.id)).headers["Location"]
    operator.post(f"{box}/pack-all", page=box)
    number = box.rpartition("/")[2]
    assert f"/labels/boxes/{number}.pdf" not in operator.get(box).text
    operator.post(f"{box}/close", page=box)
    assert f"/labels/boxes/{number}.pdf" in operator.get(box).text


def test_damage_is_reported_with_a_reason_and_sourced_anew(plant, operator, task):
    operator.post(
        f"/picking/{task.id}/exception", page=f"/picking/{task.id}", kind="damaged", quantity="2", reason="crushed"
    )
    assert state_of(plant, task) == "failed"
    line = plant.get(PartRequestLine, task.line_id, populate_existing=True)
    assert (line.status, line.released) == ("released", 2)


def test_a_box_is_packed_closed_sent_and_received_in_full(plant, operator, manager, source, station, task, part):
    pick(operator, task, part=f"(91){part.number}(92)L1")
    opened = operator.post("/packing/boxes", page="/packing", destination=str(station.id))
    box = opened.headers["Location"]
    operator.post(f"{box}/pack", page=box, part=f"(91){part.number}(92)L1")
    operator.post(f"{box}/close", page=box)
    number = box.rpartition("/")[2]
    unit = plant.get(HandlingUnit, HandlingUnit.id_of(number))
    assert unit.sscc in operator.get(box).text

    sent = operator.post("/packing/ship", page="/packing", box=number)
    assert sent.headers["Location"] == "/shipments?direction=out"
    shipment = plant.scalars(select(Shipment).where(Shipment.destination_id == station.id)).one()
    assert shipment.number in manager.get("/shipments").text
    found = manager.get("/shipments/find", code=f"00{unit.sscc}")
    assert found.headers["Location"] == f"/shipments/{shipment.number}"

    page = f"/shipments/{shipment.number}"
    manager.post(f"{page}/scan", page=page, code=f"]C100{unit.sscc}")
    assert plant.get(PartRequestLine, task.line_id, populate_existing=True).status == "received"
    again = manager.post(f"{page}/scan", page=page, code=f"]C100{unit.sscc}")
    assert again.status_code in (303, 409)
    assert plant.get(PartRequestLine, task.line_id, populate_existing=True).received == 2


def test_damage_and_loss_on_the_way_are_counted_at_the_line(plant, operator, manager, station, task, part):
    page = sent(plant, operator, station, task, part)
    manager.post(
        f"{page}/pieces", page=page, part=part.number, lot="L1", received="0", damaged="1", missing="0", note="wet"
    )
    manager.post(f"{page}/rest-missing", page=page)

    line = plant.get(PartRequestLine, task.line_id, populate_existing=True)
    assert (line.received, line.issued, line.breach_cause) == (0, 0, "transport_loss")
    shown = manager.get(page)
    assert shown.status_code == 200
    assert part.number in shown.text


def test_a_shipment_tells_what_is_in_it_and_for_whom(plant, operator, manager, station, task, part):
    page = sent(plant, operator, station, task, part)
    shown = manager.get(page)
    assert shown.status_code == 200
    line = plant.get(PartRequestLine, task.line_id)
    assert f"PR-{line.request_id}" in shown.text
    assert f"{page}/scan" in shown.text


def test_the_lead_tells_what_happened_on_the_way_and_the_station_reads_it(
    plant, browser_of, operator, manager, source, station, task, part
):
    page = sent(plant, operator, station, task, part)
    lead = at_work(plant, browser_of, "warehouse_lead", source)
    assert f"{page}/events" in lead.get(page).text
    assert f"{page}/events" not in manager.get(page).text
    lead.post(f"{page}/events", page=page, kind="delayed", occurred_at="", place="潍坊", note="snow")
    shown = manager.get(page).text
    assert "潍坊" in shown
    assert "snow" in shown


@pytest.mark.parametrize("changed", [{"kind": "vanished"}, {"occurred_at": "yesterday"}, {"kind": ""}])
def test_tracking_news_that_cannot_be_read_changes_nothing(
    plant, browser_of, operator, source, station, task, part, changed
):
    page = sent(plant, operator, station, task, part)
    lead = at_work(plant, browser_of, "warehouse_lead", source)
    lead.post(f"{page}/events", page=page, **{"kind": "departed", "occurred_at": "", "place": "X-PLACE", **changed})
    assert "X-PLACE" not in lead.get(page).text


def sent(plant, operator, station, task, part):
    """The page of the shipment in which the task's parts leave for the station."""
    pick(operator, task, part=f"(91){part.number}(92)L1")
    box = operator.post("/packing/boxes", page="/packing", destination=str(station.id)).headers["Location"]
    operator.post(f"{box}/pack-all", page=box)
    operator.post(f"{box}/close", page=box)
    operator.post("/packing/ship", page="/packing", box=box.rpartition("/")[2])
    shipment = plant.scalars(select(Shipment).where(Shipment.destination_id == station.id)).one()
    return f"/shipments/{shipment.number}"


def test_a_strangers_browser_finds_nothing(plant, browser_of, task, source):
    stranger = at_work(plant, browser_of, "warehouse_lead", given.warehouse(plant, tier="distribution", city=BEIJING))
    assert stranger.get(f"/picking/{task.id}").status_code == 404
    assert stranger.get("/packing/boxes/HU-100001").status_code == 404
    assert stranger.get("/shipments/SH-999999999").status_code == 404


def test_a_form_without_its_token_changes_nothing(plant, operator, task):
    answer = operator.client.post("/picking/next", data={"command_key": "some-key-0001"})
    assert answer.status_code == 400
    assert state_of(plant, task) == "released"


@pytest.mark.parametrize("path", ["/picking", "/picking/done", "/packing", "/shipments", "/shipments?direction=out"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_screen_says_what_comes_next(plant, browser_of, path, language):
    place = given.warehouse(plant, tier="repair", city=JINAN)
    browser = at_work(plant, browser_of, "station_manager", place)
    page = browser.client.get(path, headers={"Accept-Language": language})
    assert page.status_code == 200
    assert 'class="empty"' in page.text
