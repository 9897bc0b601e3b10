"""Finding warehouses, and what a new one has and where it lies."""

import pytest
from sqlalchemy import literal, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from inventory import network
from inventory.errors import NotFound
from inventory.network import Tier, Warehouse
from inventory.network.models import Bin, Zone
from tests import given
from tests.given import NOON


def opened(session: Session, **facts: str) -> Warehouse:
    """A central warehouse as a file brings it."""
    given.region(session, "370202")
    row = {"code": "C-1", "name_zh": "长治路维修中心", "tier": "central", "region": "370202", **facts}
    rows = given.sheet_rows(network.WAREHOUSES, row)
    network.import_warehouses(session, rows, by=given.acting(session), at=NOON)
    return network.get_warehouse(session, row["code"])


def test_a_warehouse_is_got_by_its_code(session: Session) -> None:
    warehouse = given.warehouse(session, code="QD-01")
    assert network.get_warehouse(session, "QD-01") is warehouse


def test_a_missing_warehouse_answers_like_a_foreign_one(session: Session) -> None:
    foreign = given.warehouse(session)
    visitor = given.acting(session, "engineer", given.warehouse(session))
    with pytest.raises(NotFound) as missing:
        network.get_warehouse(session, "NOWHERE")
    with pytest.raises(NotFound) as hidden:
        visitor.require("see_stock", foreign.id)
    assert (missing.value.code, missing.value.facts) == (hidden.value.code, hidden.value.facts)


def test_descendants_are_all_below_and_the_warehouse_itself(session: Session) -> None:
    central = given.warehouse(session, tier="central")
    distribution = given.warehouse(session, tier="distribution", parent=central)
    centre = given.warehouse(session, parent=distribution)
    given.warehouse(session, tier="central")
    assert network.descendants(session, [central.id]) == sorted([central.id, distribution.id, centre.id])
    assert network.descendants(session, [centre.id]) == [centre.id]


def test_neighbours_are_the_other_repair_centres_of_the_city(session: Session) -> None:
    centre = given.warehouse(session, city="370202")
    beside = given.warehouse(session, city="370203")
    given.warehouse(session, city="370100")
    given.warehouse(session, city="370202", active=False)
    given.warehouse(session, city="370202", tier="distribution")
    assert network.neighbours(session, centre) == [beside]


def test_warehouses_are_listed_by_code_and_tier(session: Session) -> None:
    given.warehouse(session, code="B"), given.warehouse(session, code="A")
    assert [one.code for one in network.list_warehouses(session, tier=Tier.REPAIR)] == ["A", "B"]


def test_a_new_warehouse_has_dock_staging_quarantine_and_shelves(session: Session) -> None:
    central = opened(session)
    assert network.dock_of(session, central.id).code == "DOCK-01"
    assert session.scalar(select(Bin.code).where(Bin.id == network.staging_bin_of(literal(central.id)))) == "STAGE-01"
    assert network.quarantine_of(session, central.id).code == "QUAR-01"
    shelves = session.scalars(
        select(Bin.code).join(Zone).where(Bin.warehouse_id == central.id, Zone.kind == "shelf").order_by(
            Bin.pick_sequence
        )
    ).all()  # fmt: skip
    assert (shelves[0], shelves[-1], len(shelves)) == ("A-01-1", "A-05-4", 20)


def test_a_new_warehouse_lies_in_its_regions_city_and_at_its_seat(session: Session) -> None:
    central = opened(session)
    region = given.region(session, "370202")
    assert (central.city_code, central.province_code) == ("370200", "370000")
    assert (central.latitude, central.longitude) == (region.latitude, region.longitude)
    assert central.name_pinyin == "changzhiluweixiuzhongxin"


def test_a_repair_centre_may_hang_on_a_central_warehouse(session: Session) -> None:
    central = given.warehouse(session, tier="central", code="CEN")
    assert opened(session, code="NEW", tier="repair", parent="CEN").parent_id == central.id


def test_a_region_that_changes_its_city_takes_its_warehouses_along(session: Session) -> None:
    centre = given.warehouse(session, city="370202")
    session.execute(text("UPDATE region SET city_code = '370100' WHERE code = '370202'"))
    session.refresh(centre)
    assert centre.city_code == "370100"


def test_the_database_refuses_a_city_that_is_not_the_regions(session: Session) -> None:
    centre = given.warehouse(session)
    with pytest.raises(IntegrityError):
        session.execute(text("UPDATE warehouse SET city_code = '370100' WHERE id = :id"), {"id": centre.id})


def test_the_maker_owns_stock_unless_somebody_else_is_named(session: Session) -> None:
    assert network.default_owner(session).code == "MAKER"


def test_the_first_dock_in_use_on_the_walk_is_the_dock(session: Session) -> None:
    centre = given.warehouse(session)
    zone = given.zone(session, centre, kind="dock", code="DOCK")
    given.dock(session, centre).active = False
    second = given.bin(session, centre, code="DOCK-02", zone=zone, pick_sequence=5)
    given.bin(session, centre, code="DOCK-03", zone=zone, pick_sequence=9)
    session.flush()
    assert network.dock_of(session, centre.id) is second
