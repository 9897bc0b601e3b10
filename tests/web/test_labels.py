"""Labels and pick lists: what is printed can be read back, and nobody prints what is not his."""

from io import BytesIO
from itertools import count

import pypdfium2
import pytest
import zxingcpp

from barcode import make_gln
from inventory import transport, warehousing
from inventory.warehousing import ReceiptWish, ReceivedGoods
from tests import given
from tests.given import NOON
from tests.given.network import BEIJING, JINAN
from tests.given.transport import closed, packed
from tests.given.warehousing import picked, released

_references = count(70000)
HOSTILE = "<script>alert(1)</script>\u202e‮压缩机🔥" + "很长的名字" * 30


@pytest.fixture
def place(plant):
    made = given.warehouse(plant, tier="distribution", city=JINAN, name_zh="济南配送中心")
    made.gln = make_gln("9524000", next(_references))
    plant.commit()
    return made


@pytest.fixture
def operator(plant, api, place):
    return api(given.person(plant, "warehouse_operator", place))


@pytest.fixture
def screens(plant, browser_of, place):
    browser = browser_of(given.person(plant, "warehouse_operator", place))
    browser.post("/workplace", code=place.code)
    return browser


@pytest.fixture
def stranger(plant, api):
    return api(given.person(plant, "warehouse_lead", given.warehouse(plant, tier="distribution", city=BEIJING)))


def codes(answer):
    """What a scanner reads off each page."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(BytesIO(answer.get_data()))
    return [[one.text for one in zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil())] for page in document]


def received(plant, place, *lines):
    wish = ReceiptWish(place.id, lines, supplier="海信", reference="DN-1")
    receipt = warehousing.receive(plant, wish, by=given.acting(plant), at=NOON)
    plant.commit()
    return receipt.number


def test_a_receipt_gives_a_label_for_each_piece_or_one_for_each_lot(plant, operator, place):
    part = given.part(plant)
    number = received(plant, place, ReceivedGoods(part.id, 3, "L1"))
    assert codes(operator.get(f"/labels/receipts/{number}")) == [[f"(91){part.number}(92)L1"]] * 3
    assert codes(operator.get(f"/labels/receipts/{number}", each="lot")) == [[f"(91){part.number}(92)L1(30)3"]]


def test_each_piece_with_a_serial_number_has_its_own_label(plant, operator, place):
    part = given.part(plant, serial_tracked=True)
    number = received(plant, place, ReceivedGoods(part.id, 2, "L1", ("S1", "S2")))
    read = codes(operator.get(f"/labels/receipts/{number}"))
    assert read == [[f"(91){part.number}(92)L1(93)S1"], [f"(91){part.number}(92)L1(93)S2"]]


def test_cable_by_the_metre_has_one_label_with_its_length(plant, operator, place):
    cable = given.part(plant, base_unit="mm")
    number = received(plant, place, ReceivedGoods(cable.id, 100_000, "L1"))
    assert codes(operator.get(f"/labels/receipts/{number}")) == [[f"(91){cable.number}(92)L1(30)100000"]]


def test_more_labels_than_one_document_takes_are_refused_before_they_are_made(plant, operator, place):
    number = received(plant, place, ReceivedGoods(given.part(plant).id, 900_000_000, "L1"))
    refused = operator.get(f"/labels/receipts/{number}")
    assert (refused.status_code, refused.json["code"]) == (422, "labels_too_many")


def test_a_part_label_names_only_a_lot_that_lay_here(plant, operator, place):
    part = given.part(plant)
    given.stock(plant, place, part, 1, lot="HERE")
    given.stock(plant, given.warehouse(plant, tier="distribution", city=BEIJING), part, 1, lot="THERE")
    plant.commit()
    asked = {"warehouse": place.code, "part": part.number}
    assert codes(operator.get("/labels/parts", **asked, lot="HERE", count="2")) == [[f"(91){part.number}(92)HERE"]] * 2
    assert codes(operator.get("/labels/parts", **asked)) == [[f"(91){part.number}"]]
    assert operator.get("/labels/parts", **asked, lot="THERE").status_code == 404


def test_bins_are_printed_by_zone_and_by_name_with_the_gln_of_the_place(plant, operator, place):
    zone = given.shelf_zone(plant, place)
    for turn, code in ((20, "A-01-02"), (10, "A-01-01")):
        given.bin(plant, place, code=code, zone=zone, pick_sequence=turn)
    plant.commit()
    whole = codes(operator.get("/labels/bins", warehouse=place.code, zone=zone.code))
    assert whole == [[f"(414){place.gln}(254)A-01-01"], [f"(414){place.gln}(254)A-01-02"]]
    assert len(codes(operator.get("/labels/bins", warehouse=place.code, bin="A-01-02"))) == 1
    assert operator.get("/labels/bins", warehouse=place.code, bin="Z-99").status_code == 404


def test_a_warehouse_without_a_gln_is_told_so(plant, api):
    bare = given.warehouse(plant, tier="distribution", city=JINAN)
    refused = api(given.person(plant, "warehouse_operator", bare)).get(
        "/labels/bins", warehouse=bare.code, bin="DOCK-01"
    )
    assert (refused.status_code, refused.json["code"]) == (422, "gln_missing")


@pytest.fixture
def tasks(plant, place):
    station = given.warehouse(plant, tier="repair", city=JINAN, parent=place, name_zh="历下网点")
    part = given.part(plant)
    given.stock(plant, place, part, 2, lot="L1")
    return released(plant, station, part, 2)


def test_a_closed_box_has_its_sscc_on_the_label_and_an_open_one_has_none(plant, operator, place, tasks):
    unit = packed(plant, picked(plant, tasks))
    plant.commit()
    refused = operator.get(f"/labels/handling-units/{unit.number}")
    assert (refused.status_code, refused.json["code"]) == (409, "handling_unit_not_closed")
    transport.close_handling_unit(plant, unit.id, company_prefix="6901234", by=given.acting(plant), at=NOON)
    plant.commit()
    assert codes(operator.get(f"/labels/handling-units/{unit.number}")) == [[f"(00){unit.sscc}"]]


def test_the_pick_list_holds_the_open_tasks_and_none_is_refused(plant, operator, place, tasks):
    plant.commit()
    answer = operator.get("/labels/pick-list", warehouse=place.code)
    text = pypdfium2.PdfDocument(BytesIO(answer.get_data()))[0].get_textpage().get_text_range()
    assert "L1" in text
    picked(plant, tasks)
    plant.commit()
    refused = operator.get("/labels/pick-list", warehouse=place.code)
    assert (refused.status_code, refused.json["code"]) == (422, "labels_none")


def test_a_hostile_name_prints_and_breaks_nothing(plant, operator, place):
    part = given.part(plant, name_zh=HOSTILE[:200], name_en="%s {} \\ (" * 10)
    plant.commit()
    read = codes(operator.get("/labels/parts", warehouse=place.code, part=part.number))
    assert read == [[f"(91){part.number}"]]


@pytest.mark.parametrize(
    "query", [{"count": "0"}, {"count": "501"}, {"count": "-1"}, {"dpi": "77"}, {"lot": "x" * 21}, {"unknown": "1"}]
)
def test_what_cannot_be_printed_is_refused(plant, operator, place, query):
    part = given.part(plant)
    plant.commit()
    assert operator.get("/labels/parts", warehouse=place.code, part=part.number, **query).status_code == 422


def test_a_stranger_prints_nothing_of_a_foreign_warehouse(plant, stranger, place, tasks):
    unit = closed(plant, picked(plant, tasks))
    number = received(plant, place, ReceivedGoods(given.part(plant).id, 1))
    part = given.part(plant)
    plant.commit()
    for path, query in [
        (f"/labels/receipts/{number}", {}),
        ("/labels/parts", {"warehouse": place.code, "part": part.number}),
        ("/labels/bins", {"warehouse": place.code, "bin": "DOCK-01"}),
        (f"/labels/handling-units/{unit.number}", {}),
        ("/labels/pick-list", {"warehouse": place.code}),
    ]:
        assert stranger.get(path, **query).status_code == 404, path


def test_an_engineer_prints_nothing(plant, api, place):
    engineer = api(given.person(plant, "engineer", place))
    assert engineer.get("/labels/pick-list", warehouse=place.code).status_code == 403


def test_the_screens_print_the_same(plant, screens, place, tasks):
    unit = closed(plant, picked(plant, tasks))
    part = given.part(plant)
    given.stock(plant, place, part, 1, lot="L9", bin=given.bin(plant, place, code="B-02-01"))
    number = received(plant, place, ReceivedGoods(part.id, 2, "L1"))
    assert screens.get("/labels").status_code == 200
    assert codes(screens.get("/labels/parts.pdf", part=f"(91){part.number}(92)L9", count="1")) == [
        [f"(91){part.number}(92)L9"]
    ]
    assert len(codes(screens.get("/labels/bins.pdf", bins="b-02-01，DOCK-01"))) == 2
    assert len(codes(screens.get(f"/labels/receipts/{number}.pdf"))) == 2
    assert codes(screens.get(f"/labels/boxes/{unit.number}.pdf")) == [[f"(00){unit.sscc}"]]
    assert screens.get("/labels/parts.pdf", part=part.number, count="0").status_code == 422
    assert screens.get("/labels/pick-list.pdf").status_code == 422
