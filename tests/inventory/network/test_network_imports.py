"""Regions, warehouses and bins from files: checked as a whole, all or nothing, twice changes nothing."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory import network
from inventory.actor import Actor
from inventory.errors import NotPermitted
from inventory.network.models import Bin, Region, Warehouse, Zone
from inventory.sheets import Findings, ImportRefused, Row, Sheet
from inventory.staging import export_rows
from tests import given
from tests.given import NOON
from tests.given.network import published_regions

Cells = Mapping[str, str]
SHANDONG = {"code": "370000", "level": "province", "name_zh": "山东省", "latitude": "36.67", "longitude": "117.02"}
QINGDAO = {"code": "370200", "level": "prefecture", "name_zh": "青岛市", "parent_code": "370000",
           "latitude": "36.07", "longitude": "120.38"}  # fmt: skip
SHINAN = {"code": "370202", "level": "county", "name_zh": "市南区", "parent_code": "370200",
          "latitude": "36.07", "longitude": "120.41"}  # fmt: skip
CENTRAL = {"code": "C1", "name_zh": "青岛中央库", "tier": "central", "region": "370200"}
DISTRIBUTION = {"code": "D1", "name_zh": "济南配送中心", "tier": "配送中心", "parent": "C1", "region": "370200"}
CENTRE = {"code": "R1", "name_zh": "市南维修中心", "tier": "repair", "parent": "D1", "region": "370200"}


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


# Regions.


def check_regions(session: Session, *records: Cells) -> list[tuple[int, str, str]]:
    return problems(network.check_regions(session, given.sheet_rows(network.REGIONS, *records)))


def test_regions_are_taken_in_any_order_with_the_city_each_counts_as(session: Session, by: Actor) -> None:
    rows = given.sheet_rows(network.REGIONS, SHINAN, QINGDAO, SHANDONG)
    assert counts(network.import_regions(session, rows, by=by, at=NOON)) == (3, 0, 0)
    shinan = session.get_one(Region, "370202")
    assert (shinan.city_code, shinan.province_code) == ("370200", "370000")
    assert (shinan.name_pinyin, shinan.parent_code) == ("shi nan qu", "370200")


def test_the_published_regions_are_taken_and_sent_again_change_nothing(session: Session, by: Actor) -> None:
    records = [
        {**row, "code": row["adcode"], "parent_code": row["parent_adcode"]} for row in published_regions().values()
    ]
    rows = given.sheet_rows(network.REGIONS, *records)
    assert counts(network.import_regions(session, rows, by=by, at=NOON)) == (3211, 0, 0)
    assert counts(network.import_regions(session, rows, by=by, at=NOON)) == (0, 0, 3211)
    assert counts(network.check_regions(session, exported(session, network.REGIONS))) == (0, 0, 3211)
    cities = dict(session.execute(select(Region.code, Region.city_code)).all())
    assert (cities["110105"], cities["429004"], cities["441900"]) == ("110000", "429004", "441900")


def test_a_column_that_is_not_in_the_file_leaves_what_stands(session: Session, by: Actor) -> None:
    given.region(session, "370200")
    record = {**QINGDAO, "name_zh": "青岛市"}
    rows = given.sheet_rows(network.REGIONS, record, without=("name_en", "name_pinyin"))
    network.import_regions(session, rows, by=by, at=NOON)
    region = session.scalars(select(Region).where(Region.code == "370200")).one()
    session.refresh(region)
    assert (region.name_en, region.latitude) == ("Qingdao", 36.07)


def test_a_county_that_moves_to_another_city_takes_its_warehouses_along(session: Session, by: Actor) -> None:
    centre = given.warehouse(session, city="370202")
    given.region(session, "370100")
    rows = given.sheet_rows(network.REGIONS, {**SHINAN, "parent_code": "370100"})
    network.import_regions(session, rows, by=by, at=NOON)
    session.refresh(centre)
    assert centre.city_code == "370100"


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({**SHANDONG, "code": "37"}, ("code", "not_a_region_code")),
        ({**SHANDONG, "code": "037000"}, ("code", "not_a_region_code")),
        ({**SHANDONG, "level": "state"}, ("level", "not_one_of")),
        ({**SHANDONG, "name_zh": ""}, ("name_zh", "missing")),
        ({**SHANDONG, "latitude": "95"}, ("latitude", "not_degrees")),
        ({**SHANDONG, "longitude": "1e2"}, ("longitude", "not_degrees")),
        ({**SHANDONG, "parent_code": "370200"}, ("parent_code", "unknown_region")),
        ({**QINGDAO, "parent_code": "370000"}, ("parent_code", "unknown_region")),
        ({**QINGDAO, "parent_code": ""}, ("parent_code", "parent_not_above")),
        ({**SHINAN, "parent_code": "110000"}, ("parent_code", "parent_elsewhere")),
        ({**SHINAN, "code": "110101", "parent_code": "110101"}, ("parent_code", "parent_not_above")),
        ({**SHINAN, "code": "110000", "parent_code": ""}, ("level", "level_fixed")),
    ],
)
def test_a_region_that_cannot_be_is_told_by_line_and_column(
    session: Session, record: Cells, problem: tuple[str, str]
) -> None:
    given.region(session, "110000")
    assert (2, *problem) in check_regions(session, record)


def test_two_regions_that_are_each_others_parent_are_both_told(session: Session) -> None:
    found = check_regions(session, {**QINGDAO, "parent_code": "370300"},
                          {**QINGDAO, "code": "370300", "parent_code": "370200"})  # fmt: skip
    assert found == [(2, "parent_code", "parent_not_above"), (3, "parent_code", "parent_not_above")]


def test_a_row_is_not_blamed_for_its_parents_mistake(session: Session) -> None:
    assert check_regions(session, SHANDONG, {**QINGDAO, "level": "?"}, SHINAN) == [(3, "level", "not_one_of")]


def test_a_doubled_code_is_told_at_the_second_line(session: Session) -> None:
    findings = network.check_regions(session, given.sheet_rows(network.REGIONS, SHANDONG, SHANDONG))
    assert [(*one,) for one in findings.problems] == [(3, "code", "doubled", "2")]


def test_one_bad_row_keeps_all_of_a_file_out(session: Session, by: Actor) -> None:
    rows = given.sheet_rows(network.REGIONS, SHANDONG, {**QINGDAO, "level": ""})
    with pytest.raises(ImportRefused) as refused:
        network.import_regions(session, rows, by=by, at=NOON)
    assert problems(refused.value.findings) == [(3, "level", "missing")]
    assert session.get(Region, "370000") is None


# Warehouses.


def check_warehouses(session: Session, *records: Cells) -> list[tuple[int, str, str]]:
    return problems(network.check_warehouses(session, given.sheet_rows(network.WAREHOUSES, *records)))


def test_a_network_is_taken_with_its_parents_in_any_order(session: Session, by: Actor) -> None:
    given.region(session, "370200")
    rows = given.sheet_rows(network.WAREHOUSES, CENTRE, DISTRIBUTION, CENTRAL)
    assert counts(network.import_warehouses(session, rows, by=by, at=NOON)) == (3, 0, 0)
    centre, distribution = network.get_warehouse(session, "R1"), network.get_warehouse(session, "D1")
    assert (centre.parent_id, centre.city_code) == (distribution.id, "370200")
    assert centre.name_pinyin == "shinanweixiuzhongxin"
    seat = given.region(session, "370200")
    assert (centre.latitude, centre.longitude) == (seat.latitude, seat.longitude)
    assert network.dock_of(session, centre.id).code == "DOCK-01"


def test_warehouses_sent_again_change_nothing_and_a_new_name_changes_one(session: Session, by: Actor) -> None:
    given.region(session, "370200")
    rows = given.sheet_rows(network.WAREHOUSES, CENTRAL, DISTRIBUTION)
    network.import_warehouses(session, rows, by=by, at=NOON)
    assert counts(network.import_warehouses(session, rows, by=by, at=NOON)) == (0, 0, 2)
    assert counts(network.check_warehouses(session, exported(session, network.WAREHOUSES))) == (0, 0, 2)
    renamed = given.sheet_rows(network.WAREHOUSES, {**CENTRAL, "name_zh": "长治中央库"}, DISTRIBUTION)
    assert counts(network.import_warehouses(session, renamed, by=by, at=NOON)) == (0, 1, 1)
    central = network.get_warehouse(session, "C1")
    session.refresh(central)
    assert central.name_pinyin == "changzhizhongyangku"


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({**CENTRAL, "region": "999999"}, ("region", "unknown_region")),
        ({**CENTRAL, "code": "库 1"}, ("code", "not_a_code")),
        ({**CENTRAL, "code": "X" * 41}, ("code", "too_long")),
        ({**CENTRAL, "parent": "C0"}, ("parent", "central_has_no_parent")),
        ({**DISTRIBUTION, "parent": ""}, ("parent", "missing")),
        ({**DISTRIBUTION, "parent": "NOWHERE"}, ("parent", "unknown_warehouse")),
        ({**DISTRIBUTION, "parent": "D1"}, ("parent", "parent_not_above")),
        ({**DISTRIBUTION, "parent": "D0"}, ("parent", "parent_not_above")),
        ({**DISTRIBUTION, "parent": "R0"}, ("parent", "parent_not_above")),
        ({**CENTRE, "parent": "R0"}, ("parent", "parent_not_above")),
        ({**CENTRAL, "gln": "6901234000001"}, ("gln", "wrong_check_digit")),
        ({**CENTRAL, "gln": "12"}, ("gln", "not_a_gs1_number")),
        ({**CENTRAL, "active": "vielleicht"}, ("active", "not_yes_or_no")),
        ({**CENTRAL, "name_zh": "库\x00房"}, ("name_zh", "unreadable_character")),
        ({**CENTRAL, "name_zh": "两\n行"}, ("name_zh", "unreadable_character")),
        ({**CENTRAL, "name_zh": "名" * 201}, ("name_zh", "too_long")),
    ],
)
def test_a_warehouse_that_cannot_be_is_told_by_line_and_column(
    session: Session, record: Cells, problem: tuple[str, str]
) -> None:
    central = given.warehouse(session, tier="central", code="C0")
    distribution = given.warehouse(session, tier="distribution", code="D0", parent=central)
    given.warehouse(session, tier="repair", code="R0", parent=distribution)
    assert check_warehouses(session, record) == [(2, *problem)]


def test_distribution_centres_that_are_each_others_parent_are_both_told(session: Session) -> None:
    given.region(session, "370200")
    found = check_warehouses(session, {**DISTRIBUTION, "parent": "D2"}, {**DISTRIBUTION, "code": "D2", "parent": "D1"})
    assert found == [(2, "parent", "parent_not_above"), (3, "parent", "parent_not_above")]


def test_a_warehouse_does_not_sink_below_those_it_supplies(session: Session) -> None:
    distribution = given.warehouse(session, tier="distribution", code="D1")
    given.warehouse(session, parent=distribution, code="R0")
    given.warehouse(session, tier="central", code="C1")
    assert check_warehouses(session, {**DISTRIBUTION, "tier": "repair"}) == [(2, "tier", "parent_not_above")]


def test_a_gln_names_one_warehouse(session: Session, by: Actor) -> None:
    given.warehouse(session, tier="central", code="C0").gln = "6901234000009"
    session.flush()
    found = check_warehouses(
        session, {**CENTRAL, "gln": "6901234000009"}, {**CENTRAL, "code": "C2", "gln": "6901234000009"}
    )
    assert found == [(2, "gln", "taken"), (3, "gln", "value_doubled"), (3, "gln", "taken")]


def test_two_warehouses_may_exchange_their_glns(session: Session, by: Actor) -> None:
    given.region(session, "370200")
    first, second = {**CENTRAL, "gln": "6901234000009"}, {**CENTRAL, "code": "C2", "gln": "6901234000016"}
    network.import_warehouses(session, given.sheet_rows(network.WAREHOUSES, first, second), by=by, at=NOON)
    swapped = given.sheet_rows(network.WAREHOUSES, {**first, "gln": second["gln"]}, {**second, "gln": first["gln"]})
    assert counts(network.import_warehouses(session, swapped, by=by, at=NOON)) == (0, 2, 0)
    assert session.scalar(select(Warehouse.gln).where(Warehouse.code == "C2")) == "6901234000009"


def test_warehouses_that_are_not_in_the_file_stay(session: Session, by: Actor) -> None:
    given.warehouse(session, tier="central", code="C0")
    network.import_warehouses(session, given.sheet_rows(network.WAREHOUSES, CENTRAL), by=by, at=NOON)
    assert network.get_warehouse(session, "C0").active


# Bins.


def check_bins(session: Session, *records: Cells) -> list[tuple[int, str, str]]:
    return problems(network.check_bins(session, given.sheet_rows(network.BINS, *records)))


def test_bins_are_taken_with_zones_that_are_not_there_yet(session: Session, by: Actor) -> None:
    given.warehouse(session, code="R1")
    rows = given.sheet_rows(
        network.BINS,
        {"warehouse": "R1", "bin": "S-1", "pick_sequence": "30"},
        {"warehouse": "R1", "bin": "H-1", "zone": "HIGH", "zone_kind": "立体库"},
        {"warehouse": "R1", "bin": "H-2", "zone": "HIGH"},
    )
    assert counts(network.import_bins(session, rows, by=by, at=NOON)) == (3, 0, 0)
    lying = session.execute(
        select(Bin.code, Zone.code, Zone.kind, Bin.pick_sequence).join(Zone).where(Bin.code.in_(("S-1", "H-1", "H-2")))
        .order_by(Bin.code)
    )  # fmt: skip
    assert [tuple(row) for row in lying] == [
        ("H-1", "HIGH", "high_bay", 0), ("H-2", "HIGH", "high_bay", 0), ("S-1", "SHELF", "shelf", 30),
    ]  # fmt: skip


def test_bins_sent_again_change_nothing(session: Session, by: Actor) -> None:
    given.warehouse(session, code="R1")
    rows = given.sheet_rows(network.BINS, {"warehouse": "R1", "bin": "S-1"}, {"warehouse": "R1", "bin": "DOCK-01",
                                                                             "zone": "DOCK"})  # fmt: skip
    assert counts(network.import_bins(session, rows, by=by, at=NOON)) == (1, 0, 1)
    assert counts(network.import_bins(session, rows, by=by, at=NOON)) == (0, 0, 2)
    again = network.check_bins(session, exported(session, network.BINS))
    assert (again.new, again.changed) == (0, 0)


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({"warehouse": "R9", "bin": "S-1"}, ("warehouse", "unknown_warehouse")),
        ({"warehouse": "R1", "bin": "S" * 21}, ("bin", "too_long")),
        ({"warehouse": "R1", "bin": "S-1", "pick_sequence": "-1"}, ("pick_sequence", "not_a_whole_number")),
        ({"warehouse": "R1", "bin": "S-1", "pick_sequence": "1.5"}, ("pick_sequence", "not_a_whole_number")),
        ({"warehouse": "R1", "bin": "S-1", "pick_sequence": "٣"}, ("pick_sequence", "not_a_whole_number")),
        ({"warehouse": "R1", "bin": "S-1", "pick_sequence": "1000000000"}, ("pick_sequence", "not_a_whole_number")),
        ({"warehouse": "R1", "bin": "S-1", "zone": "DOCK", "zone_kind": "shelf"}, ("zone_kind", "zone_kind_differs")),
    ],
)
def test_a_bin_that_cannot_be_is_told_by_line_and_column(
    session: Session, record: Cells, problem: tuple[str, str]
) -> None:
    given.warehouse(session, code="R1")
    assert check_bins(session, record) == [(2, *problem)]


def test_a_new_zone_has_one_kind_in_all_rows_of_a_file(session: Session) -> None:
    given.warehouse(session, code="R1")
    found = check_bins(session, {"warehouse": "R1", "bin": "H-1", "zone": "H", "zone_kind": "high_bay"},
                       {"warehouse": "R1", "bin": "H-2", "zone": "H", "zone_kind": "shelf"})  # fmt: skip
    assert found == [(3, "zone_kind", "zone_kind_differs")]


def test_full_width_signs_and_blanks_around_a_cell_are_read_as_meant(session: Session, by: Actor) -> None:
    given.warehouse(session, code="R1")
    rows = given.sheet_rows(network.BINS, {"warehouse": " Ｒ１ ", "bin": "Ｓ－１", "pick_sequence": "１２"})
    network.import_bins(session, rows, by=by, at=NOON)
    assert session.scalar(select(Bin.pick_sequence).where(Bin.code == "S-1")) == 12


def test_an_identifier_that_excel_made_a_number_is_refused(session: Session) -> None:
    given.warehouse(session, code="R1")
    (row,) = given.sheet_rows(network.BINS, {"warehouse": "R1", "bin": "101", "pick_sequence": "7"})
    number = row._replace(
        numbers=frozenset({network.BINS.names.index("bin"), network.BINS.names.index("pick_sequence")})
    )
    assert problems(network.check_bins(session, [number])) == [(2, "bin", "number_cell")]
    assert problems(network.check_bins(session, [row._replace(line=1), number])) == [(2, "bin", "number_cell")]


# What holds for every kind.


def test_only_who_may_import_for_the_whole_network_does(session: Session) -> None:
    centre = given.warehouse(session, code="R1")
    rows = given.sheet_rows(network.BINS, {"warehouse": "R1", "bin": "S-1"})
    for actor in (given.acting(session, "station_manager", centre), given.acting(session, "administrator", centre)):
        with pytest.raises(NotPermitted):
            network.import_bins(session, rows, by=actor, at=NOON)


def test_an_import_stays_in_the_history_with_what_came_of_it(session: Session, by: Actor) -> None:
    given.warehouse(session, code="R1")
    rows = given.sheet_rows(network.BINS, {"warehouse": "R1", "bin": "S-1"})
    network.import_bins(session, rows, by=by, at=NOON)
    kept = session.execute(
        text("SELECT document_id, actor_id, facts FROM document_event WHERE document_kind = 'import'")
    )
    assert [tuple(row) for row in kept] == [
        (by.command_id, by.person_id, {"sheet": "bins", "new": 1, "changed": 0, "unchanged": 0})
    ]


def test_a_file_without_rows_changes_nothing(session: Session, by: Actor) -> None:
    assert counts(network.import_bins(session, [], by=by, at=NOON)) == (0, 0, 0)


def test_a_hopeless_file_is_not_read_to_its_end(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inventory.staging.PROBLEMS_MAX", 3)
    findings = network.check_bins(session, given.sheet_rows(network.BINS, *[{"warehouse": "R1"}] * 10))
    assert (len(findings.problems), findings.cut_short, findings.rows) == (3, True, 3)
