"""Files of past demand and of appliances in use: taken whole or not at all, and back out as they came in."""

from datetime import date

import pytest
from sqlalchemy import select

from inventory.planning import demand
from inventory.planning.demand import DEMAND, INSTALLED_BASE, DemandBeginning, DemandDay, InstalledBase, Origin
from inventory.sheets import ImportRefused
from inventory.staging import export_rows
from tests import given
from tests.given import NOON, sheet_rows
from tests.given.demand import asked


@pytest.fixture
def station(session):
    return given.warehouse(session)


@pytest.fixture
def part(session):
    return given.part(session)


@pytest.fixture
def importer(session):
    return given.acting(session, "administrator")


def take(session, importer, *records):
    return demand.import_demand(session, sheet_rows(DEMAND, *records), by=importer, at=NOON)


def row(part, station, asked_on="2025-01", quantity="4", **more):
    return {"part": part.number, "warehouse": station.code, "asked_on": asked_on, "quantity": quantity, **more}


def days_of(session, part):
    session.expire_all()
    query = select(DemandDay).where(DemandDay.part_id == part.id).order_by(DemandDay.asked_on, DemandDay.source_id)
    return session.scalars(query).all()


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("2025-01", date(2025, 1, 1)),
        ("2025/1", date(2025, 1, 1)),
        ("2025年1月", date(2025, 1, 1)),
        ("2025-01-17", date(2025, 1, 17)),
    ],
)
def test_a_month_stands_for_its_first_day(session, importer, part, station, told, day):
    take(session, importer, row(part, station, told))
    assert [one.asked_on for one in days_of(session, part)] == [day]


def test_the_source_is_the_parent_unless_the_file_names_another(session, importer, part, station):
    other = given.warehouse(session, tier="central")
    take(session, importer, row(part, station), row(part, station, "2025-02", source=other.code))
    assert [one.source_id for one in days_of(session, part)] == [station.parent_id, other.id]


def test_a_central_warehouse_is_its_own_source(session, importer, part):
    central = given.warehouse(session, tier="central")
    take(session, importer, row(part, central))
    assert [one.source_id for one in days_of(session, part)] == [central.id]


def test_the_same_file_again_changes_nothing(session, importer, part, station):
    first = take(session, importer, row(part, station))
    again = take(session, importer, row(part, station))
    assert ((first.new, first.changed), (again.new, again.changed, again.unchanged)) == ((1, 0), (0, 0, 1))


def test_a_day_told_anew_replaces_what_the_file_said_before(session, importer, part, station):
    other = given.warehouse(session, tier="central")
    take(session, importer, row(part, station))
    findings = take(session, importer, row(part, station, quantity="9", source=other.code))
    assert (findings.new, findings.changed) == (0, 1)
    assert [(one.source_id, one.quantity) for one in days_of(session, part)] == [(other.id, 9)]


def test_what_was_asked_for_here_is_left_alone(session, importer, part, station):
    asked(session, station, part, "2025-01-01", 7)
    take(session, importer, row(part, station))
    assert sorted((one.origin, one.quantity) for one in days_of(session, part)) == [
        (Origin.ASKED, 7),
        (Origin.IMPORTED, 4),
    ]


def test_nothing_asked_for_is_told_by_a_zero_and_begins_the_history(session, importer, part, station):
    take(session, importer, row(part, station, quantity="0"))
    assert session.get_one(DemandBeginning, station.id).first_on == date(2025, 1, 1)
    assert [one.quantity for one in days_of(session, part)] == [0]


@pytest.mark.parametrize(
    ("column", "said", "code"),
    [
        ("part", "NO-SUCH", "unknown_part"),
        ("warehouse", "NOWHERE", "unknown_warehouse"),
        ("source", "NOWHERE", "unknown_warehouse"),
        ("asked_on", "2199-01", "day_to_come"),
        ("asked_on", "2025-13", "not_a_day"),
        ("quantity", "-1", "not_a_whole_number"),
        ("quantity", "1.5", "not_a_whole_number"),
        ("quantity", "", "missing"),
    ],
)
def test_a_row_that_cannot_be_taken_leaves_all_of_the_file(session, importer, part, station, column, said, code):
    wrong = {**row(part, station, "2025-02"), column: said}
    with pytest.raises(ImportRefused) as refused:
        take(session, importer, row(part, station), wrong)
    assert [(one.line, one.column, one.code) for one in refused.value.findings.problems] == [(3, column, code)]
    assert days_of(session, part) == []


def test_a_day_told_twice_is_refused(session, importer, part, station):
    with pytest.raises(ImportRefused) as refused:
        take(session, importer, row(part, station, "2025-01"), row(part, station, "2025-01-01"))
    assert [one.code for one in refused.value.findings.problems] == ["doubled"]


def test_what_is_exported_comes_back_as_unchanged(session, importer, part, station):
    take(session, importer, row(part, station), row(part, station, "2025-02-14", "0"))
    asked(session, station, part, "2025-03-01", 7)
    records = [
        {name: str(value) for name, value in zip(DEMAND.names, one, strict=True)}
        for one in export_rows(session, DEMAND)
    ]
    again = take(session, importer, *records)
    assert (len(records), again.unchanged) == (2, 2)


def test_the_installed_base_is_taken_and_told_anew(session, importer, station):
    model = given.model(session)
    record = {"model": model.code, "warehouse": station.code, "counted_on": "2025-06", "units": "1200"}
    for units in ("1200", "1300"):
        rows = sheet_rows(INSTALLED_BASE, {**record, "units": units})
        findings = demand.import_installed_base(session, rows, by=importer, at=NOON)
    assert findings.changed == 1
    assert session.get_one(InstalledBase, (model.id, station.id, date(2025, 6, 1))).units == 1300


def test_appliances_of_a_model_that_is_not_known_are_refused(session, importer, station):
    record = {"model": "NO-SUCH", "warehouse": station.code, "counted_on": "2025-06", "units": "1"}
    with pytest.raises(ImportRefused) as refused:
        demand.import_installed_base(session, sheet_rows(INSTALLED_BASE, record), by=importer, at=NOON)
    assert [(one.column, one.code) for one in refused.value.findings.problems] == [("model", "unknown_model")]
