"""The part of the demo that is shown at work: a few distribution centres with some repair centres under each."""

from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from inventory.network import Warehouse

SHOWN_CENTRES = ("370200", "310000", "440100", "510100", "420100")
"""The cities of those distribution centres: Qingdao, where the people with log-ins are, Shanghai, Guangzhou, Chengdu,
and Wuhan."""

STATIONS_OF_EACH_KIND = 2  # in the city of their distribution centre, and outside


@dataclass(frozen=True, slots=True)
class ShownStation:
    """A repair centre at work, with its distribution centre; whether both are in one city."""

    warehouse: Warehouse
    centre: Warehouse
    in_city: bool


_STATIONS = text("""
    SELECT id, centre_id, in_city FROM (
        SELECT s.id, c.id AS centre_id, s.city_code = c.city_code AS in_city, c.city_code AS city,
               row_number() OVER (PARTITION BY c.id, s.city_code = c.city_code ORDER BY s.id) AS turn
        FROM warehouse s JOIN warehouse c ON c.id = s.parent_id
        WHERE s.tier = 'repair' AND c.city_code = ANY(CAST(:cities AS text[]))
    ) AS station
    WHERE turn <= :most
    ORDER BY array_position(CAST(:cities AS text[]), CAST(city AS text)), NOT in_city, id
""")


def list_shown_stations(session: Session) -> list[ShownStation]:
    """The repair centres at work, those of the first distribution centre first, there those in its city first."""
    rows = session.execute(_STATIONS, {"cities": list(SHOWN_CENTRES), "most": STATIONS_OF_EACH_KIND}).all()
    ids = {row.id for row in rows} | {row.centre_id for row in rows}
    warehouses = {one.id: one for one in session.scalars(select(Warehouse).where(Warehouse.id.in_(ids)))}
    return [ShownStation(warehouses[row.id], warehouses[row.centre_id], row.in_city) for row in rows]
