"""What every table shares: the metadata with its naming convention, and the few column types of the business.

Ids are bigint identities; a document's human number is its prefix and its id (`PR-100042`), so that one key
serves both and no second unique index is paid for. Quantities are whole numbers of a part's base unit within
0..999,999,999, held by a CHECK on each column: an upper bound also keeps NaN and overflow out.

Set-based statements take their rows as arrays, one a column, and say what each is: CAST(:parts AS bigint[]).
"""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

import psycopg
from psycopg.types.array import ListDumper
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Enum,
    Identity,
    MetaData,
    String,
    TextualSelect,
    column,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

from inventory.errors import NotFound

QUANTITY_MAX = 999_999_999

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
DocumentId = Annotated[int, mapped_column(BigInteger, Identity(start=100_001), primary_key=True)]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Code = Annotated[str, mapped_column(String(40))]
Name = Annotated[str, mapped_column(String(200))]
Reason = Annotated[str, mapped_column(String(200))]
Quantity = Annotated[int, mapped_column(BigInteger)]
Big = Annotated[int, mapped_column(BigInteger)]


class Array(ListDumper):
    """A list as it travels to the database: as text of which the statement says what it is.

    psycopg would name the smallest type that holds the numbers of each list, so that one statement became dozens that
    are parsed, planned and kept apart.
    """

    def get_key(self, obj: list[Any], format: Any) -> type:
        """All lists are alike."""
        return self.cls

    def upgrade(self, obj: list[Any], format: Any) -> "Array":
        """Whatever the list holds, this writes it."""
        return self

    def dump(self, obj: list[Any]) -> Any:
        """Write whole numbers without asking what each is; the rest as psycopg does."""
        if all(item is None or type(item) is int for item in obj):
            return "{{{}}}".format(",".join("NULL" if item is None else str(item) for item in obj)).encode()
        return super().dump(obj)


psycopg.adapters.register_dumper(list, Array)


class Base(DeclarativeBase):
    """The one registry of tables."""

    metadata = metadata


class Numbered:
    """A document with a human number made of its prefix and its id."""

    prefix: ClassVar[str]
    id: Any

    @property
    def number(self) -> str:
        """The number people read and type, such as `PR-100042`."""
        return f"{self.prefix}-{self.id}"

    @classmethod
    def id_of(cls, number: str) -> int:
        """The id behind a number as typed or scanned; letters in either case.

        Raises: NotFound when the text is no number of this kind of document.
        """
        prefix, _, digits = number.strip().upper().partition("-")
        if prefix != cls.prefix or not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
            raise NotFound(document=number[:40])
        return int(digits)


def words(enum: type[StrEnum], name: str) -> Enum:
    """The column type of an enum stored as its lowercase word, held by a named CHECK."""
    return Enum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )


def whole(column: str, *, at_least: int = 0) -> CheckConstraint:
    """A quantity stays a whole number within its bounds."""
    return CheckConstraint(f"{column} BETWEEN {at_least} AND {QUANTITY_MAX}", name=f"{column}_range")


def returning(names: str, statement: str) -> TextualSelect:
    """A statement on a hot path, with the names of the columns that it gives, in their order.

    SQLAlchemy then works out once what a row looks like; otherwise it does so at every call, from what came back. The
    statement is laid in one line without its comments: psycopg reads one anew at every call that has 4,096 letters.
    """
    line = " ".join(re.sub(r"--.*", "", statement).split())
    return text(line).columns(*(column(name) for name in names.split()))


def database_now(session: Session) -> datetime:
    """The instant of the transaction, read from the database: the one clock of the business."""
    at: datetime = session.execute(text("SELECT now()")).scalar_one()
    return at
