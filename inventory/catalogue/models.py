"""Rows of the catalogue: divisions, parts, supersession, product models and their bills of material."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Base, Code, Id, Name, Quantity, whole, words


class BaseUnit(StrEnum):
    """The unit in which a part's whole quantities are counted."""

    PIECE = "piece"
    GRAM = "g"
    MILLIMETRE = "mm"


class Division(Base):
    """A product division of the maker; it owns parts."""

    __tablename__ = "division"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name_zh: Mapped[Name]
    name_en: Mapped[Name] = mapped_column(server_default="")


class Part(Base):
    """What is stocked. Pinyin columns serve search and order; price is informative until settlement comes."""

    __tablename__ = "part"
    __table_args__ = (
        CheckConstraint("price BETWEEN 0 AND 99999999999", name="price_range"),
        CheckConstraint("(price IS NULL) = (currency IS NULL)", name="price_has_currency"),
        CheckConstraint("gtin ~ '^[0-9]{14}$'", name="gtin_digits"),
        Index("ix_part_pinyin_initials", "pinyin_initials"),
    )

    id: Mapped[Id]
    number: Mapped[Code] = mapped_column(unique=True)
    name_zh: Mapped[Name]
    name_en: Mapped[Name] = mapped_column(server_default="")
    name_pinyin: Mapped[str] = mapped_column(String(400), server_default="")
    pinyin_initials: Mapped[Name] = mapped_column(server_default="")
    division_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("division.id"))
    gtin: Mapped[str | None] = mapped_column(String(14), unique=True)
    base_unit: Mapped[BaseUnit] = mapped_column(words(BaseUnit, "base_unit"), server_default="piece")
    serial_tracked: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    weight_g: Mapped[int | None] = mapped_column(BigInteger)
    price: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    currency: Mapped[str | None] = mapped_column(String(3))
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))


class Supersession(Base):
    """A link from an old part number to the new one that replaces it.

    The new number always serves demand for the old one. `interchangeable`: the old one serves demand for the new
    one too. `consume_old_first`: where both could serve, the old one goes first. `ratio`: how many new ones
    replace one old; links with a ratio other than 1 are offered to people but never substituted unasked.
    The link holds from `valid_from` until the day before `valid_to`.
    """

    __tablename__ = "supersession"
    __table_args__ = (
        UniqueConstraint("old_part_id", "new_part_id"),
        CheckConstraint("old_part_id <> new_part_id", name="two_parts"),
        CheckConstraint("valid_to > valid_from", name="validity"),
        whole("ratio", at_least=1),
        Index("ix_supersession_new_part_id", "new_part_id"),
    )

    id: Mapped[Id]
    old_part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    new_part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    ratio: Mapped[Quantity] = mapped_column(server_default="1")
    interchangeable: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    consume_old_first: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))


class UsablePart(Base):
    """Which part may serve demand for which other, all supersession links followed; kept by `supersession.py`.

    A row holds from `valid_from` until the day before `valid_to`: while every link of the way between the two parts
    is valid. The rows of two parts never overlap, so on any day there is at most one.
    `preference` orders the choice: below 0 goes before the asked part itself (an older one to be used up),
    above 0 after it. The asked part itself has no row and counts as 0.
    """

    __tablename__ = "usable_part"
    __table_args__ = (
        CheckConstraint("asked_part_id <> usable_part_id", name="two_parts"),
        CheckConstraint("valid_to > valid_from", name="validity"),
        Index("ix_usable_part_usable_part_id", "usable_part_id"),
    )

    asked_part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"), primary_key=True)
    usable_part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    preference: Mapped[int] = mapped_column(SmallInteger)
    valid_to: Mapped[date | None] = mapped_column(Date)


class ProductModel(Base):
    """A model of an appliance as customers own it."""

    __tablename__ = "product_model"

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name_zh: Mapped[Name]
    name_en: Mapped[Name] = mapped_column(server_default="")
    name_pinyin: Mapped[str] = mapped_column(String(400), server_default="")
    pinyin_initials: Mapped[Name] = mapped_column(server_default="")
    division_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("division.id"))


class ModelPart(Base):
    """A line of a model's bill of material: this part fits this model, so many of it."""

    __tablename__ = "model_part"
    __table_args__ = (Index("ix_model_part_part_id", "part_id"), whole("quantity", at_least=1))

    model_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("product_model.id"), primary_key=True)
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"), primary_key=True)
    quantity: Mapped[Quantity] = mapped_column(server_default="1")
