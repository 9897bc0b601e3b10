"""Rows of the network: regions, stock owners, warehouses with their zones and bins."""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Base, Code, Id, Name, words


class Tier(StrEnum):
    """The level of a warehouse: parts flow from central over distribution to repair centres."""

    CENTRAL = "central"
    DISTRIBUTION = "distribution"
    REPAIR = "repair"


class RegionLevel(StrEnum):
    """The level of an administrative division."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"


class ZoneKind(StrEnum):
    """What a zone of a warehouse is for. Dock and staging hold goods on the move; they are bins like others."""

    SHELF = "shelf"
    HIGH_BAY = "high_bay"
    DOCK = "dock"
    STAGING = "staging"
    QUARANTINE = "quarantine"


class Region(Base):
    """An administrative division under GB/T 2260, with the city and the province it counts as for delivery.

    A municipality counts as one city; a county directly under a province is its own city.
    """

    __tablename__ = "region"
    __table_args__ = (UniqueConstraint("code", "city_code", "province_code"),)

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    level: Mapped[RegionLevel] = mapped_column(words(RegionLevel, "level"))
    name_zh: Mapped[Name]
    name_en: Mapped[Name] = mapped_column(server_default="")
    name_pinyin: Mapped[Name] = mapped_column(server_default="")
    parent_code: Mapped[str | None] = mapped_column(String(6), ForeignKey("region.code"))
    city_code: Mapped[str] = mapped_column(String(6))
    province_code: Mapped[str] = mapped_column(String(6))
    latitude: Mapped[float] = mapped_column(Float)
    longitude: Mapped[float] = mapped_column(Float)


class StockOwner(Base):
    """Whose stock it is: the maker's by default; stations, other brands and suppliers may own stock too."""

    __tablename__ = "stock_owner"
    __table_args__ = (Index("uq_stock_owner_default", "is_default", unique=True, postgresql_where=text("is_default")),)

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    is_default: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class Warehouse(Base):
    """A stocking point of the network: central warehouse, distribution centre or repair centre."""

    __tablename__ = "warehouse"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_code", "city_code", "province_code"],
            ["region.code", "region.city_code", "region.province_code"],
            onupdate="CASCADE",  # a county that changes its city takes its warehouses along
        ),
        CheckConstraint("parent_id IS DISTINCT FROM id", name="not_own_parent"),
        CheckConstraint("(tier = 'central') = (parent_id IS NULL)", name="central_has_no_parent"),
        Index("ix_warehouse_city_code", "city_code"),
        Index("ix_warehouse_upper_tiers", "id", postgresql_where=text("tier <> 'repair'")),
        Index("ix_warehouse_parent_id", "parent_id"),
    )

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name_zh: Mapped[Name]
    name_en: Mapped[Name] = mapped_column(server_default="")
    name_pinyin: Mapped[Name] = mapped_column(server_default="")
    tier: Mapped[Tier] = mapped_column(words(Tier, "tier"))
    parent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    region_code: Mapped[str] = mapped_column(String(6))
    city_code: Mapped[str] = mapped_column(String(6))
    province_code: Mapped[str] = mapped_column(String(6))
    address: Mapped[Name] = mapped_column(server_default="")
    latitude: Mapped[float] = mapped_column(Float)
    longitude: Mapped[float] = mapped_column(Float)
    gln: Mapped[str | None] = mapped_column(String(13), unique=True)
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))


class Zone(Base):
    """A part of a warehouse with one use."""

    __tablename__ = "zone"
    __table_args__ = (UniqueConstraint("warehouse_id", "code"),)

    id: Mapped[Id]
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    code: Mapped[Code]
    name_zh: Mapped[Name] = mapped_column(server_default="")
    name_en: Mapped[Name] = mapped_column(server_default="")
    kind: Mapped[ZoneKind] = mapped_column(words(ZoneKind, "kind"))


class Bin(Base):
    """A place in a warehouse where stock lies; `pick_sequence` is its turn on the walk through the aisles."""

    __tablename__ = "bin"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "code"),
        UniqueConstraint("id", "warehouse_id"),
        Index("ix_bin_zone_id", "zone_id"),
    )

    id: Mapped[Id]
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    zone_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("zone.id"))
    code: Mapped[Code]
    pick_sequence: Mapped[int] = mapped_column(Integer, server_default="0")
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
