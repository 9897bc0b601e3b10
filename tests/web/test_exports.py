"""Whoever takes a file out of planning or procurement leaves a note of it in the audit trail."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from inventory.audit import AuditEntry
from tests import given
from tests.given import procurement as bought
from tests.given import replenishment as planned


@pytest.fixture
def order(plant):
    """An order on its way to a central warehouse."""
    central, part, supplier = given.warehouse(plant, tier="central"), given.part(plant), bought.supplier(plant)
    sold = bought.sold(plant, supplier, part)
    planned.proposal(plant, part, central, of=sold)
    made = bought.sent(plant, central, supplier, (part, 30), at=datetime.now(UTC))
    plant.commit()
    return made


def notes_of(plant, person) -> list[tuple[str, dict]]:
    plant.rollback()
    query = select(AuditEntry.subject, AuditEntry.facts).where(
        AuditEntry.action == "exported", AuditEntry.actor_id == person.id
    )
    return [tuple(row) for row in plant.execute(query)]


def test_the_reorder_report_leaves_a_note_of_what_was_taken(plant, browser_of, order):
    planner = given.person(plant, "planner")
    taken = browser_of(planner).get("/replenishment/report.xlsx", kind="purchase", q="P0")
    assert taken.status_code == 200
    ((subject, facts),) = notes_of(plant, planner)
    assert (subject, facts["format"], facts["kind"], facts["q"]) == ("reorder_report", "xlsx", "purchase", "P0")
    assert facts["rows"] >= 1


@pytest.mark.parametrize("suffix", ["pdf", "xlsx"])
def test_an_order_on_paper_leaves_a_note_with_its_number(plant, browser_of, api, order, suffix):
    buyer = given.person(plant, "procurement")
    assert browser_of(buyer).get(f"/purchase-orders/{order.number}/{suffix}").status_code == 200
    assert api(buyer).get(f"/purchase-orders/{order.number}/{suffix}").status_code == 200
    assert notes_of(plant, buyer) == [(order.number, {"format": suffix})] * 2


@pytest.mark.parametrize(
    ("address", "subject"),
    [("/planning/cockpit/places/file?list=surplus", "surplus"), ("/planning/cockpit/forecasts/file?month=2026-01", "")],
)
def test_a_list_of_the_cockpit_leaves_a_note(plant, browser_of, address, subject):
    planner = given.person(plant, "planner")
    assert browser_of(planner).client.get(address).status_code == 200
    ((noted, _),) = notes_of(plant, planner)
    assert subject in noted
