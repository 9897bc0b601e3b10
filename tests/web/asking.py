"""A corner of the network that asks and supplies: a station, the distribution centre of its city, one far away."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from inventory.catalogue import Part
from inventory.identity import Person
from inventory.network import Warehouse
from tests import given
from tests.given.network import BEIJING, QINGDAO


@dataclass(frozen=True)
class Corner:
    """The places, with an engineer and a manager of the station, the leads of both suppliers, and a stranger."""

    station: Warehouse
    city: Warehouse
    far: Warehouse
    engineer: Person
    manager: Person
    lead: Person
    stranger: Person


def corner(session: Session) -> Corner:
    far = given.warehouse(session, tier="central", city=BEIJING, name_zh="北京中央库", name_en="Beijing central")
    city = given.warehouse(session, tier="distribution", city=QINGDAO, parent=far, name_zh="青岛配送中心")
    station = given.warehouse(session, tier="repair", city=QINGDAO, parent=city, name_zh="市南网点")
    elsewhere = given.warehouse(session, tier="repair", city=BEIJING, parent=far)
    made = Corner(
        station=station,
        city=city,
        far=far,
        engineer=given.person(session, "engineer", station, name="工程师甲"),
        manager=given.person(session, "station_manager", station, name="站长乙"),
        lead=given.person(session, "warehouse_lead", city, far, name="主管丙"),
        stranger=given.person(session, "station_manager", elsewhere, name="外站丁"),
    )
    session.commit()
    return made


def wish(place: Corner, *lines: tuple[Part, int], **more: object) -> dict[str, object]:
    """The body of a part request of the station."""
    asked = [{"part": part.number, "quantity": quantity} for part, quantity in lines]
    return {"warehouse": place.station.code, "lines": asked, **more}
