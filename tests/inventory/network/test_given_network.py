"""The builders that every other test stands on."""

from sqlalchemy.orm import Session

from inventory.network.models import Tier, ZoneKind
from tests import given


def test_a_repair_centre_comes_with_the_warehouses_above_it(session: Session) -> None:
    centre = given.warehouse(session)
    assert centre.tier == Tier.REPAIR
    assert centre.parent_id is not None


def test_warehouses_of_one_tier_share_a_parent_unless_told_otherwise(session: Session) -> None:
    assert given.warehouse(session).parent_id == given.warehouse(session).parent_id


def test_a_warehouse_has_a_dock_and_a_staging_bin(session: Session) -> None:
    centre = given.warehouse(session)
    assert given.dock(session, centre).code == "DOCK-01"
    assert given.staging(session, centre).code == "STAGE-01"
    assert given.quarantine(session, centre).code == "QUAR-01"


def test_bins_have_their_own_turn_on_the_walk(session: Session) -> None:
    centre = given.warehouse(session)
    assert given.bin(session, centre).pick_sequence < given.bin(session, centre).pick_sequence
    assert given.shelf_zone(session, centre).kind == ZoneKind.SHELF


def test_parts_have_numbers_of_their_own(session: Session) -> None:
    assert given.part(session).number != given.part(session).number


def test_a_model_lists_its_parts(session: Session) -> None:
    assert given.model(session, parts=[given.part(session)]).id
