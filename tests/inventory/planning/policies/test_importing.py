"""Overrides from files."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from inventory.planning import policies
from inventory.planning.policies import POLICIES
from inventory.sheets import ImportRefused
from inventory.staging import export_rows
from tests import given
from tests.given import NOON, sheet_rows
from tests.given.policies import override


@pytest.fixture
def by(session):
    return given.acting(session)


@pytest.fixture
def record(session):
    """A row that can be taken, with what is named changed."""
    part, station = given.part(session), given.warehouse(session)
    ends = session.scalar(text("SELECT CAST(CAST(now() AS date) + 30 AS text)"))
    good = {"part": part.number, "warehouse": station.code, "minimum": "2", "expires_on": ends, "reason": "exhibition"}
    return lambda **changed: {**good, **changed}


def problems(session, *records) -> list[tuple[str, str]]:
    return [(one.column, one.code) for one in policies.check_policies(session, sheet_rows(POLICIES, *records)).problems]


def test_a_row_becomes_an_override_in_the_name_of_its_sender(session, by, record):
    row = record(stocked="是", measure="满足率", target="0.99", lead_time_days="2.5")
    findings = policies.import_policies(session, sheet_rows(POLICIES, row), by=by, at=NOON)
    assert (findings.new, findings.changed) == (1, 0)
    (made,) = session.query(policies.PlaceOverride).all()
    assert (made.stocked, made.minimum, made.maximum, str(made.measure)) == (True, 2, None, "fill_rate")
    assert (float(made.target), float(made.lead_time_days), made.set_by_id) == (0.99, 2.5, by.person_id)


def test_the_same_file_again_changes_nothing_and_a_changed_row_replaces(session, by, record):
    for _ in range(2):
        findings = policies.import_policies(session, sheet_rows(POLICIES, record()), by=by, at=NOON)
    assert (findings.new, findings.changed, findings.unchanged) == (0, 0, 1)
    findings = policies.import_policies(session, sheet_rows(POLICIES, record(minimum="3")), by=by, at=NOON)
    assert findings.changed == 1
    made = session.query(policies.PlaceOverride).order_by(policies.PlaceOverride.id).all()
    assert [(one.minimum, one.lift_reason) for one in made] == [(2, "replaced"), (3, "")]


def test_what_goes_out_comes_back_unchanged_even_when_it_is_over(session, by, record):
    part, station = given.part(session), given.warehouse(session)
    override(session, part, station, stocked=False, expires_on=NOON.date() + timedelta(days=1))
    rows = [["" if cell is None else str(cell) for cell in row] for row in export_rows(session, POLICIES)]
    records = [dict(zip(POLICIES.names, row, strict=True)) for row in rows]
    assert policies.check_policies(session, sheet_rows(POLICIES, *records)).unchanged == 1


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"part": "NONE"}, ("part", "unknown_part")),
        ({"warehouse": "NONE"}, ("warehouse", "unknown_warehouse")),
        ({"expires_on": "2999-01-01"}, ("expires_on", "override_too_long")),
        ({"expires_on": "2001-01-01"}, ("expires_on", "override_over")),
        ({"expires_on": ""}, ("expires_on", "missing")),
        ({"maximum": "1"}, ("minimum", "minimum_above_maximum")),
        ({"stocked": "no"}, ("stocked", "kept_but_not_stocked")),
        ({"measure": "fill_rate"}, ("target", "missing")),
        ({"target": "0.9"}, ("measure", "missing")),
        ({"measure": "fill_rate", "target": "90"}, ("target", "target_out_of_bounds")),
        ({"lead_time_days": "0"}, ("lead_time_days", "not_days")),
        ({"lead_time_sd_days": "1.2345"}, ("lead_time_sd_days", "not_days")),
        ({"minimum": ""}, ("stocked", "override_empty")),
        ({"reason": ""}, ("reason", "missing")),
    ],
)
def test_what_makes_no_sense_is_told_at_its_cell(session, record, changed, problem):
    assert problems(session, record(**changed)) == [problem]


def test_one_bad_row_keeps_the_whole_file_out(session, by, record):
    with pytest.raises(ImportRefused):
        policies.import_policies(session, sheet_rows(POLICIES, record(), record(part="NONE")), by=by, at=NOON)
    assert session.query(policies.PlaceOverride).count() == 0
