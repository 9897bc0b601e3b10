"""A scan at a warehouse: the bin or the part that it names, and what is on hand of it there."""

import pytest

from inventory import warehousing
from inventory.actor import Actor
from inventory.errors import NotFound, NotPermitted
from inventory.identity import Permission
from inventory.warehousing import CheckScan, RecognisedBin, RecognisedPart
from tests import given
from tests.given import NOON
from tests.given.network import BEIJING
from tests.given.warehousing import released


def seen(session, warehouse, text, *, by):
    """What the text names, be it typed or scanned."""
    found = warehousing.recognise(session, warehouse.code, bin_code=text, part=text, by=by)
    return found.bin, found.part


@pytest.mark.parametrize("typed", ["A-01-01", "a-01-01", " A-01-01 "])
def test_a_bin_is_recognised_with_all_that_lies_in_it(session, centre, part, by, typed):
    shelf = given.bin(session, centre, code="A-01-01")
    given.stock(session, centre, part, 4, bin=shelf)
    given.stock(session, centre, given.part(session), 3, bin=shelf)
    assert seen(session, centre, typed, by=by) == (RecognisedBin("A-01-01", 7), None)


def test_a_bin_of_another_warehouse_is_not_recognised(session, centre, station, by):
    given.bin(session, station, code="S-01-01")
    assert seen(session, centre, "S-01-01", by=by) == (None, None)


def test_a_part_is_recognised_with_the_good_stock_of_this_warehouse(session, centre, station, part, by):
    shelf = given.bin(session, centre, code="A-01-01")
    given.stock(session, centre, part, 7, bin=shelf)
    damaged = CheckScan(bin_code=shelf.code, part=part.number, reason="wet")
    warehousing.report_damage(session, centre.id, damaged, quantity=2, by=by, at=NOON)
    given.stock(session, given.warehouse(session, tier="distribution", city=BEIJING), part, 9)
    released(session, station, part, 3, by=by)
    told = RecognisedPart(part.id, part.number, part.name_zh, part.name_en, on_hand=5, available=2)
    assert seen(session, centre, part.number, by=by) == (None, told)


def test_a_part_is_recognised_by_its_gtin_in_any_length(session, centre, by):
    part = given.part(session, gtin="04012345123456")
    assert [seen(session, centre, gtin, by=by)[1].part_id for gtin in ("04012345123456", "4012345123456")] == [
        part.id
    ] * 2


def test_a_part_number_goes_before_a_gtin(session, centre, by):
    given.part(session, gtin="04012345123456")
    numbered = given.part(session, "4012345123456")
    assert seen(session, centre, "4012345123456", by=by)[1].part_id == numbered.id


def test_what_a_warehouse_never_held_is_recognised_with_nothing_on_hand(session, centre, part, by):
    assert (seen(session, centre, part.number, by=by)[1].on_hand, seen(session, centre, "NO-SUCH", by=by)) == (
        0,
        (None, None),
    )


def test_a_foreign_warehouse_is_answered_like_a_missing_one(session, centre, station, part):
    stranger = Actor(1, "x", {Permission.SEE_STOCK: frozenset({station.id})})
    for code in (centre.code, "NO-SUCH"):
        with pytest.raises(NotFound) as refused:
            warehousing.recognise(session, code, bin_code=None, part=part.number, by=stranger)
        assert refused.value.facts == {"warehouse": code}


def test_who_may_see_no_stock_recognises_nothing(session, centre, part):
    with pytest.raises(NotPermitted):
        warehousing.recognise(session, centre.code, bin_code=None, part=part.number, by=Actor(1, "x", {}))
