"""Places to test with: regions by their real codes, warehouses with their zones and bins, stock owners."""

import csv
from functools import lru_cache
from itertools import count
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.network.models import Bin, Region, RegionLevel, StockOwner, Tier, Warehouse, Zone, ZoneKind
from inventory.pinyin import pinyin

PUBLISHED = Path(__file__).parents[2] / "web" / "data" / "china_regions.csv"
QINGDAO, JINAN, BEIJING, SHANGHAI = "370200", "370100", "110000", "310000"
ABOVE = {Tier.DISTRIBUTION: Tier.CENTRAL, Tier.REPAIR: Tier.DISTRIBUTION}
STANDARD = (
    (ZoneKind.DOCK, "DOCK", "DOCK-01"),
    (ZoneKind.STAGING, "STAGE", "STAGE-01"),
    (ZoneKind.QUARANTINE, "QUAR", "QUAR-01"),
)
_numbers = count(1)


@lru_cache
def published_regions() -> dict[str, dict[str, str]]:
    """The 3,211 divisions that the product brings along, by code."""
    with PUBLISHED.open(encoding="utf-8") as file:
        return {row["adcode"]: row for row in csv.DictReader(file)}


def region(session: Session, code: str = QINGDAO) -> Region:
    """A real division by its code, with those above it; once in the database it is found again."""
    known = session.get(Region, code)
    if known is not None:
        return known
    row = published_regions()[code]
    parent = region(session, row["parent_adcode"]) if row["parent_adcode"] else None
    directly_under_province = parent is not None and parent.level == RegionLevel.PROVINCE
    if row["level"] == "county" and directly_under_province:
        city_code = code if code[2:4] == "90" else code[:2] + "0000"
    else:
        city_code = parent.code if row["level"] == "county" and parent else code
    made = Region(
        code=code,
        level=RegionLevel(row["level"]),
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        name_pinyin=row["name_pinyin"],
        parent_code=row["parent_adcode"] or None,
        city_code=city_code,
        province_code=code[:2] + "0000",
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
    )
    session.add(made)
    session.flush()
    return made


def warehouse(
    session: Session,
    *,
    tier: Tier | str = Tier.REPAIR,
    city: Region | str = QINGDAO,
    parent: Warehouse | None = None,
    code: str | None = None,
    name_zh: str | None = None,
    name_en: str = "",
    active: bool = True,
) -> Warehouse:
    """A warehouse with dock, staging, quarantine (one bin each) and an empty shelf zone.

    Without a parent it gets the oldest warehouse of the tier above, which is made in the same city if there is none.
    """
    tier, number, place = Tier(tier), next(_numbers), _place(session, city)
    if parent is None and tier in ABOVE:
        parent = _oldest(session, ABOVE[tier]) or warehouse(session, tier=ABOVE[tier], city=place)
    name = name_zh or f"{place.name_zh}库房{number}"
    made = Warehouse(
        code=code or f"W{number:05}",
        name_zh=name,
        name_en=name_en,
        name_pinyin=pinyin(name).full[:200],
        tier=tier,
        parent_id=parent.id if parent else None,
        region_code=place.code,
        city_code=place.city_code,
        province_code=place.province_code,
        latitude=place.latitude,
        longitude=place.longitude,
        active=active,
    )
    session.add(made)
    session.flush()
    for kind, zone_code, bin_code in STANDARD:
        bin(session, made, code=bin_code, zone=zone(session, made, kind=kind, code=zone_code), pick_sequence=0)
    zone(session, made)
    return made


def zone(session: Session, warehouse: Warehouse, *, kind: ZoneKind | str = ZoneKind.SHELF, code: str = "SHELF") -> Zone:
    """A zone of the warehouse; once there it is found again by its code."""
    known = session.scalar(select(Zone).where(Zone.warehouse_id == warehouse.id, Zone.code == code))
    if known is not None:
        return known
    made = Zone(warehouse_id=warehouse.id, code=code, kind=ZoneKind(kind))
    session.add(made)
    session.flush()
    return made


def bin(
    session: Session,
    warehouse: Warehouse,
    *,
    code: str | None = None,
    zone: Zone | None = None,
    pick_sequence: int | None = None,
    active: bool = True,
) -> Bin:
    """A bin of the warehouse, by default the next shelf on the walk."""
    number = next(_numbers)
    made = Bin(
        warehouse_id=warehouse.id,
        zone_id=(zone or shelf_zone(session, warehouse)).id,
        code=code or f"A-{number:05}",
        pick_sequence=number if pick_sequence is None else pick_sequence,
        active=active,
    )
    session.add(made)
    session.flush()
    return made


def shelf_zone(session: Session, warehouse: Warehouse) -> Zone:
    """The zone of a warehouse's ordinary shelves."""
    return zone(session, warehouse)


def dock(session: Session, warehouse: Warehouse) -> Bin:
    """The bin where goods come in."""
    return _bin_of(session, warehouse, ZoneKind.DOCK)


def staging(session: Session, warehouse: Warehouse) -> Bin:
    """The bin where picked goods wait to be packed and shipped."""
    return _bin_of(session, warehouse, ZoneKind.STAGING)


def quarantine(session: Session, warehouse: Warehouse) -> Bin:
    """The bin of goods that nobody may use yet."""
    return _bin_of(session, warehouse, ZoneKind.QUARANTINE)


def owner(session: Session, code: str | None = None) -> StockOwner:
    """The maker, who owns stock by default; with a code another owner, made if need be."""
    if code is None:
        return session.scalars(select(StockOwner).where(StockOwner.is_default)).one()
    known = session.scalar(select(StockOwner).where(StockOwner.code == code))
    if known is not None:
        return known
    made = StockOwner(code=code, name=code)
    session.add(made)
    session.flush()
    return made


def _place(session: Session, city: Region | str) -> Region:
    return city if isinstance(city, Region) else region(session, city)


def _oldest(session: Session, tier: Tier) -> Warehouse | None:
    return session.scalar(select(Warehouse).where(Warehouse.tier == tier).order_by(Warehouse.id).limit(1))


def _bin_of(session: Session, warehouse: Warehouse, kind: ZoneKind) -> Bin:
    query = select(Bin).join(Zone, Zone.id == Bin.zone_id)
    query = query.where(Bin.warehouse_id == warehouse.id, Zone.kind == kind).order_by(Bin.id).limit(1)
    return session.scalars(query).one()
