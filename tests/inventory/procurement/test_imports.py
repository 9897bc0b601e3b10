"""Suppliers and what they sell from files."""

from decimal import Decimal

import pytest

from inventory import procurement
from inventory.procurement import SUPPLIER_PARTS, SUPPLIERS, ContractLine, ContractWish
from inventory.sheets import ImportRefused
from inventory.staging import export_rows
from tests import given
from tests.given import NOON
from tests.given import procurement as bought

TODAY = NOON.date()
SUPPLIER = {"code": "V1", "name_zh": "三花", "currency": "CNY", "minimum_order_value": "500"}


def suppliers(session, by, *records):
    rows = given.sheet_rows(SUPPLIERS, *records)
    found = procurement.import_suppliers(session, rows, by=given.under_new_command(session, by), at=NOON)
    return found.new, found.changed, found.unchanged


def parts(session, by, *records, without=()):
    rows = given.sheet_rows(SUPPLIER_PARTS, *records, without=without)
    found = procurement.import_supplier_parts(session, rows, by=given.under_new_command(session, by), at=NOON)
    return found.new, found.changed, found.unchanged


def problems(session, sheet, check, *records):
    return [(one.line, one.column, one.code) for one in check(session, given.sheet_rows(sheet, *records)).problems]


def row(supplier, part, **more):
    return {"supplier": supplier.code, "part": part.number, "lead_time_days": "20", "price": "10", **more}


def price(session, part, quantity=1):
    (offer,) = procurement.list_offers(session, [part.id], on=TODAY)
    return offer.price_at(quantity).price


def test_suppliers_come_in_change_and_stay(session, by):
    assert suppliers(session, by, SUPPLIER) == (1, 0, 0)
    assert suppliers(session, by, SUPPLIER) == (0, 0, 1)
    assert suppliers(session, by, {**SUPPLIER, "over_tolerance_percent": "5"}) == (0, 1, 0)
    found = procurement.get_supplier(session, "V1")
    assert (found.minimum_order_value, found.over_tolerance_percent) == (Decimal(500), 5)


def test_a_supplier_in_an_unknown_currency_is_refused(session, by):
    assert problems(session, SUPPLIERS, procurement.check_suppliers, {**SUPPLIER, "currency": "XYZ"}) == [
        (2, "currency", "unknown_currency")
    ]


def test_a_row_is_a_price_break_of_a_part(session, supplier, part, by):
    breaks = [row(supplier, part, moq="5"), row(supplier, part, moq="5", from_quantity="100", price="9")]
    assert parts(session, by, *breaks) == (2, 0, 0)
    assert (price(session, part, 5), price(session, part, 100)) == (10, 9)
    assert parts(session, by, *breaks) == (0, 0, 2)
    assert parts(session, by, row(supplier, part, moq="5", price="11")) == (0, 1, 0)
    assert (price(session, part, 5), price(session, part, 100)) == (11, 9)


def test_a_file_without_packs_leaves_them_as_they_are(session, supplier, part, by):
    parts(session, by, row(supplier, part, moq="5", pack_size="5"))
    parts(session, by, row(supplier, part, price="12"), without=("moq", "pack_size"))
    (offer,) = procurement.list_offers(session, [part.id], on=TODAY)
    assert (offer.moq, offer.pack_size, offer.price_at(5).price) == (5, 5, 12)


def test_a_row_with_a_contract_is_a_price_of_it(session, supplier, part, sold, by):
    wish = ContractWish(TODAY, TODAY, [ContractLine(part.id, Decimal(7))])
    contract = procurement.conclude_contract(session, supplier, wish, by=by, at=NOON)
    parts(session, by, row(supplier, part, contract=contract.number, price="6.5"))
    assert price(session, part) == Decimal("6.5")


def test_a_contract_of_somebody_else_is_refused(session, supplier, part, sold, by):
    other = bought.supplier(session)
    bought.sold(session, other, part)
    wish = ContractWish(TODAY, TODAY, [ContractLine(part.id, Decimal(7))])
    contract = procurement.conclude_contract(session, other, wish, by=by, at=NOON)
    found = problems(
        session, SUPPLIER_PARTS, procurement.check_supplier_parts, row(supplier, part, contract=contract.number)
    )
    assert found == [(2, "contract", "unknown_contract")]


@pytest.mark.parametrize(
    ("said", "column", "code"),
    [
        ({"supplier": "NOBODY"}, "supplier", "unknown_supplier"),
        ({"part": "NOTHING"}, "part", "unknown_part"),
        ({"price": ""}, "price", "missing"),
        ({"currency": "XYZ"}, "currency", "unknown_currency"),
        ({"moq": "0"}, "moq", "not_a_whole_number"),
        ({"lead_time_days": ""}, "lead_time_days", "missing"),
    ],
)
def test_a_row_that_cannot_be_taken_is_told(session, supplier, part, said, column, code):
    record = {**row(supplier, part), **said}
    assert problems(session, SUPPLIER_PARTS, procurement.check_supplier_parts, record) == [(2, column, code)]


def test_rows_of_one_part_say_the_same_and_each_break_once(session, supplier, part, by):
    one, other = row(supplier, part), row(supplier, part, from_quantity="50", lead_time_days="30")
    assert problems(session, SUPPLIER_PARTS, procurement.check_supplier_parts, one, other) == [
        (3, "moq", "sold_differs")
    ]
    with pytest.raises(ImportRefused):
        parts(session, by, one, one)


def test_what_is_exported_comes_back_unchanged(session, supplier, part, by):
    parts(session, by, row(supplier, part), row(supplier, part, from_quantity="50", price="8", valid_from=""))
    wish = ContractWish(TODAY, TODAY, [ContractLine(part.id, Decimal(7))])
    procurement.conclude_contract(session, supplier, wish, by=by, at=NOON)
    for sheet, check in (
        (SUPPLIERS, procurement.check_suppliers),
        (SUPPLIER_PARTS, procurement.check_supplier_parts),
    ):
        records = [
            {
                name: str(value).lower() if isinstance(value, bool) else str(value)
                for name, value in zip(sheet.names, out, strict=True)
            }
            for out in export_rows(session, sheet)
        ]
        found = check(session, given.sheet_rows(sheet, *records))
        assert (list(found.problems), found.new, found.changed) == ([], 0, 0)
