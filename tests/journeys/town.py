"""A town to work in: a distribution centre, a repair centre in its city, the people of both, and their stock."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from inventory.catalogue import Part
from inventory.catalogue.models import ProductModel
from inventory.identity import Person
from inventory.network import Warehouse
from inventory.transport import Carrier
from tests import given
from tests.given.network import JINAN, SHANGHAI

NAMES = {
    "engineer": "工程师甲",
    "station_manager": "站长乙",
    "warehouse_operator": "库管丙",
    "warehouse_lead": "主管丁",
    "procurement": "采购戊",
    "planner": "计划己",
    "administrator": "管理员庚",
    "integration": "呼叫中心",
}


@dataclass
class Town:
    """The centre has four pumps of two lots in B-02-03, five hoses in B-02-04; boards nobody has; all fit the model."""

    plant: Session
    centre: Warehouse
    station: Warehouse
    elsewhere: Warehouse
    pump: Part
    hose: Part
    board: Part
    model: ProductModel
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, role: str) -> Person:
        """The one who has this role, in the place where it belongs."""
        if role not in self.people:
            at = {
                "engineer": [self.station],
                "station_manager": [self.station],
                "warehouse_operator": [self.centre],
                "warehouse_lead": [self.centre],
            }.get(role, [])
            self.people[role] = given.person(self.plant, role, *at, name=NAMES[role], locale="zh")
            self.plant.commit()
        return self.people[role]

    def label(self, part: Part, lot: str | None = None) -> str:
        """What the label of a part says to a scanner."""
        return label_of(part.number, lot)

    @property
    def call(self) -> dict[str, str]:
        """What the caller says, as the form of a new work order asks for it."""
        return {
            "name": "王女士",
            "phone": "13800001111",
            "address": "经十路 1 号",
            "model": self.model.code,
            "serial": f"SN{self.station.id:05}",
            "purchased_on": "2025-05-01",
            "symptom": "洗完不排水",
            "engineer": self.person("engineer").login,
        }


def label_of(number: str, lot: str | None = None) -> str:
    """What the label of a part number says to a scanner, with its lot or without."""
    return f"(91){number}" + (f"(92){lot}" if lot else "")


def town(plant: Session) -> Town:
    """Build it anew: no journey meets another."""
    centre = given.warehouse(plant, tier="distribution", city=JINAN, name_zh="济南配送中心")
    station = given.warehouse(plant, tier="repair", city=JINAN, parent=centre, name_zh="历下网点")
    elsewhere = given.warehouse(plant, tier="repair", city=SHANGHAI, name_zh="浦东网点")
    shelf, other_shelf = (given.bin(plant, centre, code=f"B-02-0{turn}", pick_sequence=turn) for turn in (3, 4))
    given.bin(plant, station, code="S-01", pick_sequence=10)
    pump, hose, board = (given.part(plant, name_zh=name) for name in ("排水泵", "进水管", "电脑板"))
    model = given.model(plant, name_zh="滚筒洗衣机", parts=[pump, hose, board])
    now = datetime.now(UTC)
    given.stock(plant, centre, pump, 3, lot="OLD", bin=shelf, received_at=now - timedelta(days=30))
    given.stock(plant, centre, pump, 1, lot="NEW", bin=shelf, received_at=now - timedelta(days=3))
    given.stock(plant, centre, hose, 5, lot="H1", bin=other_shelf, received_at=now - timedelta(days=9))
    plant.add(Carrier(code=f"C{centre.id}", name_zh="顺丰"))
    plant.commit()
    return Town(plant, centre, station, elsewhere, pump, hose, board, model)
