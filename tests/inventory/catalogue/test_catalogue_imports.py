"""Parts, supersession links and models from files: checked as a whole, all or nothing, twice changes nothing."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory import catalogue
from inventory.actor import Actor
from inventory.catalogue.models import BaseUnit, Division, ModelPart, Part, ProductModel, Supersession
from inventory.sheets import Findings, ImportRefused, Row, Sheet
from inventory.staging import export_rows
from tests import given
from tests.given import NOON

Cells = Mapping[str, str]
TODAY = date(2026, 3, 2)
COMPRESSOR = {
    "number": "0064000385", "name_zh": "变频压缩机", "division": "FRIDGE", "division_zh": "冰箱事业部",
    "gtin": "6901234567892", "price": "512.50", "currency": "CNY", "weight_g": "8200", "serial_tracked": "是",
}  # fmt: skip
VALVE = {"number": "V-1", "name_zh": "电磁阀", "division": "FRIDGE"}
REFRIGERANT = {"number": "R600A", "name_zh": "制冷剂", "division": "FRIDGE", "base_unit": "克"}


@pytest.fixture
def by(session: Session) -> Actor:
    return given.acting(session)


def counts(findings: Findings) -> tuple[int, int, int]:
    return findings.new, findings.changed, findings.unchanged


def problems(findings: Findings) -> list[tuple[int, str, str]]:
    return [(one.line, one.column, one.code) for one in findings.problems]


def exported(session: Session, sheet: Sheet) -> list[Row]:
    """What the database would export, as rows that come back."""
    return [
        Row(line, ["" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
                   for value in row])
        for line, row in enumerate(export_rows(session, sheet), start=2)
    ]  # fmt: skip


# Parts.


def import_parts(session: Session, by: Actor, *records: Cells, without: tuple[str, ...] = ()) -> Findings:
    rows = given.sheet_rows(catalogue.PARTS, *records, without=without)
    return catalogue.import_parts(session, rows, by=by, at=NOON)


def test_parts_are_taken_with_their_division_and_pinyin(session: Session, by: Actor) -> None:
    assert counts(import_parts(session, by, VALVE, COMPRESSOR, REFRIGERANT)) == (3, 0, 0)
    part = catalogue.get_part(session, "0064000385")
    assert (part.name_pinyin, part.pinyin_initials) == ("bianpinyasuoji", "bpysj")
    assert (part.gtin, part.price, part.currency) == ("06901234567892", Decimal("512.5000"), "CNY")
    assert (part.weight_g, part.serial_tracked, part.active) == (8200, True, True)
    assert session.get_one(Division, part.division_id).name_zh == "冰箱事业部"
    assert catalogue.get_part(session, "R600A").base_unit == BaseUnit.GRAM


def test_parts_sent_again_change_nothing_and_a_new_price_changes_one(session: Session, by: Actor) -> None:
    import_parts(session, by, COMPRESSOR, VALVE)
    assert counts(import_parts(session, by, COMPRESSOR, VALVE)) == (0, 0, 2)
    assert counts(catalogue.check_parts(session, exported(session, catalogue.PARTS))) == (0, 0, 2)
    assert counts(import_parts(session, by, {**COMPRESSOR, "price": "600"}, VALVE)) == (0, 1, 1)


def test_a_new_name_is_found_by_its_new_pinyin(session: Session, by: Actor) -> None:
    import_parts(session, by, COMPRESSOR)
    import_parts(session, by, {**COMPRESSOR, "name_zh": "冷凝器"})
    session.expire_all()
    assert [hit.number for hit in catalogue.search_parts(session, "lnq", on=TODAY)] == ["0064000385"]


def test_a_column_that_is_not_in_the_file_leaves_what_stands(session: Session, by: Actor) -> None:
    import_parts(session, by, COMPRESSOR)
    missing = ("price", "currency", "gtin", "serial_tracked", "weight_g")
    found = import_parts(session, by, {**COMPRESSOR, "name_en": "Compressor"}, without=missing)
    session.expire_all()
    part = catalogue.get_part(session, "0064000385")
    assert counts(found) == (0, 1, 0)
    assert (part.name_en, part.price, part.gtin, part.serial_tracked) == (
        "Compressor", Decimal("512.5000"), "06901234567892", True,
    )  # fmt: skip


def test_an_empty_cell_of_a_column_that_is_in_the_file_clears_what_stands(session: Session, by: Actor) -> None:
    import_parts(session, by, COMPRESSOR)
    import_parts(session, by, {**COMPRESSOR, "price": "", "currency": "", "gtin": ""})
    session.expire_all()
    part = catalogue.get_part(session, "0064000385")
    assert (part.price, part.currency, part.gtin) == (None, None, None)


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({**VALVE, "number": ""}, ("number", "missing")),
        ({**VALVE, "number": "=1+1"}, ("number", "not_a_code")),
        ({**VALVE, "number": "6.9E+12"}, ("number", "number_shortened")),
        ({**VALVE, "gtin": "6.90123E+12"}, ("gtin", "number_shortened")),
        ({**VALVE, "gtin": "6901234567892.0"}, ("gtin", "taken")),
        ({**VALVE, "gtin": "690123456789"}, ("gtin", "wrong_check_digit")),
        ({**VALVE, "gtin": "69012345678"}, ("gtin", "not_a_gs1_number")),
        ({**VALVE, "gtin": "6901234567890"}, ("gtin", "wrong_check_digit")),
        ({**VALVE, "gtin": "06901234567892"}, ("gtin", "taken")),
        ({**VALVE, "division": "TOYS"}, ("division", "unknown_division")),
        ({**VALVE, "base_unit": "litre"}, ("base_unit", "not_one_of")),
        ({**VALVE, "price": "1,50", "currency": "CNY"}, ("price", "not_an_amount")),
        ({**VALVE, "price": "1.00001", "currency": "CNY"}, ("price", "not_an_amount")),
        ({**VALVE, "price": "NaN", "currency": "CNY"}, ("price", "not_an_amount")),
        ({**VALVE, "price": "1e5", "currency": "CNY"}, ("price", "not_an_amount")),
        ({**VALVE, "price": "-1", "currency": "CNY"}, ("price", "not_an_amount")),
        ({**VALVE, "price": "1"}, ("currency", "price_with_currency")),
        ({**VALVE, "currency": "CNY"}, ("price", "price_with_currency")),
        ({**VALVE, "price": "1", "currency": "元"}, ("currency", "not_a_currency")),
        ({**VALVE, "weight_g": "8.2"}, ("weight_g", "not_a_whole_number")),
        ({**COMPRESSOR, "base_unit": "g", "gtin": ""}, ("base_unit", "base_unit_fixed")),
        ({**COMPRESSOR, "serial_tracked": "否"}, ("serial_tracked", "serial_tracking_fixed")),
    ],
)
def test_a_part_that_cannot_be_is_told_by_line_and_column(
    session: Session, by: Actor, record: Cells, problem: tuple[str, str]
) -> None:
    import_parts(session, by, COMPRESSOR)
    findings = catalogue.check_parts(session, given.sheet_rows(catalogue.PARTS, record))
    assert problems(findings) == [(2, *problem)]


def test_a_gtin_names_one_part_of_a_file(session: Session) -> None:
    rows = given.sheet_rows(catalogue.PARTS, COMPRESSOR, {**COMPRESSOR, "number": "X"})
    assert problems(catalogue.check_parts(session, rows)) == [(3, "gtin", "value_doubled")]


def test_two_parts_may_exchange_their_gtins(session: Session, by: Actor) -> None:
    other = {**VALVE, "gtin": "6901234567908"}
    import_parts(session, by, COMPRESSOR, other)
    found = import_parts(session, by, {**COMPRESSOR, "gtin": other["gtin"]}, {**VALVE, "gtin": COMPRESSOR["gtin"]})
    assert counts(found) == (0, 2, 0)


def test_a_division_has_one_name_in_a_file(session: Session) -> None:
    rows = given.sheet_rows(catalogue.PARTS, COMPRESSOR, {**VALVE, "division_zh": "冷柜事业部"})
    assert problems(catalogue.check_parts(session, rows)) == [(3, "division_zh", "division_differs")]


def test_one_bad_part_keeps_all_of_a_file_out(session: Session, by: Actor) -> None:
    with pytest.raises(ImportRefused) as refused:
        import_parts(session, by, COMPRESSOR, VALVE, {**REFRIGERANT, "name_zh": ""})
    assert problems(refused.value.findings) == [(4, "name_zh", "missing")]
    assert counts(refused.value.findings) == (2, 0, 0)
    assert session.scalar(select(func.count()).select_from(Part)) == 0


def test_text_that_looks_like_a_formula_is_a_name_like_any_other(session: Session, by: Actor) -> None:
    import_parts(session, by, {**COMPRESSOR, "name_zh": "=cmd|' /C calc'!A0", "name_en": "a\\b\\N\\."})
    part = catalogue.get_part(session, "0064000385")
    assert (part.name_zh, part.name_en) == ("=cmd|' /C calc'!A0", "a\\b\\N\\.")
    assert counts(catalogue.check_parts(session, exported(session, catalogue.PARTS))) == (0, 0, 1)


# Supersessions.


def import_links(session: Session, by: Actor, *records: Cells) -> Findings:
    rows = given.sheet_rows(catalogue.SUPERSESSIONS, *records)
    return catalogue.import_supersessions(session, rows, by=by, at=NOON)


def link(old: str, new: str, **terms: str) -> Cells:
    return {"old": old, "new": new, "valid_from": "2020-01-01", **terms}


def test_links_are_taken_and_make_parts_usable(session: Session, by: Actor) -> None:
    a, b, c = (given.part(session, number) for number in "ABC")
    found = import_links(session, by, link("B", "C"), link("A", "B", valid_from="2020/1/1", interchangeable="是"))
    assert counts(found) == (2, 0, 0)
    usable = catalogue.substitutes(session, [a.id, b.id], on=TODAY)
    assert [(one.asked_part_id, one.usable_part_id) for one in usable] == [(a.id, b.id), (a.id, c.id), (b.id, a.id),
                                                                           (b.id, c.id)]  # fmt: skip


def test_links_sent_again_change_nothing_and_an_end_changes_one(session: Session, by: Actor) -> None:
    old, _ = given.part(session, "A"), given.part(session, "B")
    import_links(session, by, link("A", "B"))
    assert counts(import_links(session, by, link("A", "B"))) == (0, 0, 1)
    assert counts(catalogue.check_supersessions(session, exported(session, catalogue.SUPERSESSIONS))) == (0, 0, 1)
    assert counts(import_links(session, by, link("A", "B", valid_to="2025-01-01"))) == (0, 1, 0)
    assert catalogue.substitutes(session, [old.id], on=TODAY) == []


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (link("NONE", "B"), ("old", "unknown_part")),
        (link("A", "NONE"), ("new", "unknown_part")),
        (link("A", "A"), ("new", "supersession_circle")),
        (link("C", "A"), ("new", "supersession_circle")),
        (link("A", "B", valid_from=""), ("valid_from", "missing")),
        (link("A", "B", valid_from="2026-02-30"), ("valid_from", "not_a_day")),
        (link("A", "B", valid_from="02/03/2026"), ("valid_from", "not_a_day")),
        (link("A", "B", valid_to="2020-01-01"), ("valid_to", "ends_before_it_begins")),
        (link("A", "B", ratio="0"), ("ratio", "not_a_whole_number")),
    ],
)
def test_a_link_that_cannot_be_is_told_by_line_and_column(
    session: Session, record: Cells, problem: tuple[str, str]
) -> None:
    a, b, c = (given.part(session, number) for number in "ABC")
    given.supersession(session, a, b)
    given.supersession(session, b, c)
    rows = given.sheet_rows(catalogue.SUPERSESSIONS, record)
    assert problems(catalogue.check_supersessions(session, rows)) == [(2, *problem)]


def test_a_circle_is_refused_even_over_days_that_never_meet(session: Session) -> None:
    a, b, c = (given.part(session, number) for number in "ABC")
    given.supersession(session, a, b, valid_to=date(2021, 1, 1))
    given.supersession(session, b, c, ratio=2)
    rows = given.sheet_rows(catalogue.SUPERSESSIONS, link("C", "A", valid_from="2030-01-01"))
    assert problems(catalogue.check_supersessions(session, rows)) == [(2, "new", "supersession_circle")]


def test_every_link_of_a_circle_within_a_file_is_told(session: Session) -> None:
    for number in "ABCD":
        given.part(session, number)
    rows = given.sheet_rows(catalogue.SUPERSESSIONS, link("A", "B"), link("B", "C"), link("C", "A"), link("C", "D"))
    found = problems(catalogue.check_supersessions(session, rows))
    assert found == [(line, "new", "supersession_circle") for line in (2, 3, 4)]


def test_a_family_larger_than_any_real_one_is_refused(
    session: Session, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.catalogue.families.FAMILY_PARTS_MAX", 2)
    for number in "ABC":
        given.part(session, number)
    with pytest.raises(ImportRefused):
        import_links(session, by, link("A", "B"), link("B", "C"))
    assert session.scalar(select(func.count()).select_from(Supersession)) == 0


# Models.


def import_models(session: Session, by: Actor, *records: Cells, without: tuple[str, ...] = ()) -> Findings:
    rows = given.sheet_rows(catalogue.MODELS, *records, without=without)
    return catalogue.import_models(session, rows, by=by, at=NOON)


def bill(part: str, **facts: str) -> Cells:
    return {"model": "BCD-470", "name_zh": "三温区冰箱", "division": "FRIDGE", "part": part, **facts}


def test_a_model_is_taken_with_its_bill_of_material(session: Session, by: Actor) -> None:
    door, lamp = given.part(session, "DOOR"), given.part(session, "LAMP")
    assert counts(import_models(session, by, bill("DOOR", quantity="3"), bill("LAMP"))) == (2, 0, 0)
    model = catalogue.get_model(session, "BCD-470")
    assert catalogue.parts_of_model(session, model.id) == [
        catalogue.BillLine(door, 3), catalogue.BillLine(lamp, 1)
    ]  # fmt: skip
    assert model.pinyin_initials == "swqbx"


def test_models_sent_again_change_nothing_and_keep_parts_that_are_not_in_the_file(session: Session, by: Actor) -> None:
    given.part(session, "DOOR"), given.part(session, "LAMP")
    import_models(session, by, bill("DOOR"), bill("LAMP", name_en="Fridge"))
    assert counts(import_models(session, by, bill("DOOR"))) == (0, 0, 1)
    assert counts(import_models(session, by, bill("DOOR"), bill("LAMP"), without=("name_en",))) == (0, 0, 2)
    assert counts(catalogue.check_models(session, exported(session, catalogue.MODELS))) == (0, 0, 2)
    assert session.scalar(select(func.count()).select_from(ModelPart)) == 2
    assert session.scalar(select(ProductModel.name_en)) == "Fridge"


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (bill("NONE"), ("part", "unknown_part")),
        (bill("DOOR", model="XQG-1", division="TOYS"), ("division", "unknown_division")),
        (bill("DOOR", quantity="0"), ("quantity", "not_a_whole_number")),
        (bill("LAMP"), ("part", "doubled")),
        (bill("DOOR", name_zh="冷柜"), ("model", "model_differs")),
    ],
)
def test_a_bill_line_that_cannot_be_is_told_by_line_and_column(
    session: Session, record: Cells, problem: tuple[str, str]
) -> None:
    given.part(session, "DOOR"), given.part(session, "LAMP")
    rows = given.sheet_rows(catalogue.MODELS, bill("LAMP"), record)
    assert problems(catalogue.check_models(session, rows)) == [(3, *problem)]
