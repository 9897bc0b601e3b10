"""A refused form stays as it was filled in; what is not permitted, or of a thing that is not there, is no such form."""

from sqlalchemy import select

from inventory.audit import AuditEntry
from tests import given


def test_what_is_not_permitted_is_noted_though_its_form_keeps_what_was_typed(plant, browser_of):
    planner = given.person(plant, "planner", given.warehouse(plant))
    browser = browser_of(planner)
    before = "/planning/settings"
    refused = browser.post("/planning/lead-times/tiers", page=before, to_tier="repair", days="2", sd_days="1")
    assert (refused.status_code, refused.location) == (303, before)
    noted = plant.scalars(select(AuditEntry.subject).where(AuditEntry.actor_id == planner.id)).all()
    assert noted == ["lead_times.state_tiers"]


def test_a_form_of_a_thing_that_is_not_there_says_so_once(plant, browser_of):
    browser = browser_of(given.person(plant, "planner", locale="en"))
    gone = browser.post("/planning/parts/NO-SUCH-PART", page="/planning/policies", criticality="vital", reason="why")
    assert gone.status_code == 303
    told = browser.get(gone.location).text
    assert told.count('class="alert alert-danger') == 1


def test_a_form_that_is_refused_stays_filled_in(plant, browser_of):
    part = given.part(plant)
    browser = browser_of(given.person(plant, "planner", locale="en"))
    refused = browser.post(f"/planning/parts/{part.number}", criticality="vital", pack_size="7", reason="")
    assert (refused.status_code, 'value="7"' in refused.text) == (422, True)
