"""What scans say about the lines of a shipment, without a database."""

import pytest

from inventory.transport import (
    AlreadyReceived,
    BoxScan,
    NothingScanned,
    NotInShipment,
    OverReceived,
    PieceScan,
    RestMissing,
    SentLine,
)
from inventory.transport.accounting import account
from inventory.warehousing import LotNeeded, SerialNeeded

BOX, OTHER_BOX = "069012340000000011", "069012340000000028"


def sent(id, quantity=1, **said):
    line = {
        "handling_unit_id": 1,
        "sscc": BOX,
        "line_id": 70 + id,
        "part_id": 5,
        "part_number": "P-5",
        "part_name_zh": "压缩机",
        "part_name_en": "",
        "gtin": "06901234000016",
        "lot_id": 3,
        "lot_number": "L1",
        "unit_id": None,
        "serial": None,
        "owner_id": 1,
        "priority": 5,
        "received": 0,
        "damaged": 0,
        "missing": 0,
        **said,
    }
    return SentLine(id=id, quantity=quantity, **line)


def told(lines, *scans):
    return {share.line.id: (share.received, share.damaged, share.missing) for share in account(lines, scans)}


def test_a_box_brings_all_that_is_open_in_it():
    lines = [sent(1, 5), sent(2, 3, missing=1), sent(3, 4, sscc=OTHER_BOX, handling_unit_id=2)]

    assert told(lines, BoxScan(BOX)) == {1: (5, 0, 0), 2: (2, 0, 0)}


def test_pieces_are_good_damaged_and_missing():
    assert told([sent(1, 5)], PieceScan("p-5", received=2, damaged=1, missing=1)) == {1: (2, 1, 1)}


def test_pieces_are_known_by_their_gtin():
    assert told([sent(1, 5)], PieceScan("6901234000016", received=5)) == {1: (5, 0, 0)}


def test_good_pieces_go_to_the_most_urgent_line_first():
    lines = [sent(1, 2, priority=5), sent(2, 2, priority=1)]

    assert told(lines, PieceScan("P-5", received=3, missing=1)) == {2: (2, 0, 0), 1: (1, 0, 1)}


def test_what_was_not_scanned_is_missing():
    lines = [sent(1, 5), sent(2, 3, lot_number="L2")]

    assert told(lines, PieceScan("P-5", received=4, lot="L1"), RestMissing()) == {1: (4, 0, 1), 2: (0, 0, 3)}


def test_a_lot_is_needed_where_a_label_fits_several():
    lines = [sent(1, 2), sent(2, 2, lot_number="L2")]

    with pytest.raises(LotNeeded) as refused:
        account(lines, [PieceScan("P-5", received=2)])
    assert refused.value.facts == {"lots": ["L1", "L2"]}
    assert told(lines, PieceScan("P-5", received=2, lot="L2")) == {2: (2, 0, 0)}


def test_no_lot_is_needed_when_all_of_several_arrived():
    assert told([sent(1, 2), sent(2, 2, lot_number="L2")], PieceScan("P-5", received=4)) == {1: (2, 0, 0), 2: (2, 0, 0)}


def test_a_serial_number_is_needed_where_a_label_fits_several_pieces():
    lines = [sent(1, unit_id=1, serial="SN1"), sent(2, unit_id=2, serial="SN2")]

    with pytest.raises(SerialNeeded) as refused:
        account(lines, [PieceScan("P-5", received=1)])
    assert refused.value.facts == {"serials": ["SN1", "SN2"]}
    assert told(lines, PieceScan("P-5", damaged=1, serial="SN2")) == {2: (0, 1, 0)}


def test_what_is_not_in_the_shipment_is_refused():
    for stray in (PieceScan("P-6", received=1), PieceScan("P-5", received=1, lot="L9"), BoxScan(OTHER_BOX)):
        with pytest.raises(NotInShipment):
            account([sent(1, 5)], [stray])


def test_more_than_is_still_to_come_is_refused():
    with pytest.raises(OverReceived) as refused:
        account([sent(1, 5, received=2)], [PieceScan("P-5", received=2, damaged=2)])
    assert refused.value.facts == {"part": "P-5", "open": 3, "quantity": 4}


@pytest.mark.parametrize("again", [BoxScan(BOX), PieceScan("P-5", received=1)])
def test_nothing_is_received_twice(again):
    with pytest.raises(AlreadyReceived):
        account([sent(1, 5, received=4, damaged=1)], [again])
    with pytest.raises(AlreadyReceived):
        account([sent(1, 5)], [BoxScan(BOX), again])


@pytest.mark.parametrize(
    "scans",
    [(), (PieceScan("P-5"),), (PieceScan("P-5", received=2, missing=-1),), (PieceScan("P-5", received=-1),)],
)
def test_nothing_and_less_than_nothing_are_refused(scans):
    with pytest.raises(NothingScanned):
        account([sent(1, 5)], scans)
