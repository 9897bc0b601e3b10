"""Rows of identity: people, the roles they hold and where, sessions, tokens, log-in attempts."""

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Base, Id, Instant, Name, words


class Role(StrEnum):
    """What a person is to the network. What each role may do stands in `permissions.py`."""

    ENGINEER = "engineer"
    STATION_MANAGER = "station_manager"
    WAREHOUSE_OPERATOR = "warehouse_operator"
    WAREHOUSE_LEAD = "warehouse_lead"
    PROCUREMENT = "procurement"
    PLANNER = "planner"
    ADMINISTRATOR = "administrator"
    INTEGRATION = "integration"


class Person(Base):
    """Somebody who acts: a person, or an account of the system itself. Without a password nobody can log in as it."""

    __tablename__ = "person"

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[Name]
    locale: Mapped[str | None] = mapped_column(String(8))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    password_expires_at: Mapped[Instant | None]
    disabled_at: Mapped[Instant | None]
    created_at: Mapped[Instant] = mapped_column(server_default=text("now()"))


class RoleBinding(Base):
    """A role somebody holds at a warehouse and, where `with_descendants`, all below it; without one, everywhere."""

    __tablename__ = "role_binding"
    __table_args__ = (UniqueConstraint("person_id", "role", "warehouse_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    warehouse_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    with_descendants: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class WebSession(Base):
    """A log-in of a browser. The cookie holds a random secret; only its hash is stored."""

    __tablename__ = "web_session"
    __table_args__ = (Index("ix_web_session_person_id", "person_id"),)

    id: Mapped[Id]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    user_agent: Mapped[Name] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(String(60), server_default="")
    created_at: Mapped[Instant]
    last_seen_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]


class ApiToken(Base):
    """A token of an outside system or a script: shown once, stored hashed, limited in scope and time."""

    __tablename__ = "api_token"
    __table_args__ = (Index("ix_api_token_person_id", "person_id"),)

    id: Mapped[Id]
    prefix: Mapped[str] = mapped_column(String(12), unique=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    name: Mapped[Name]
    permissions: Mapped[Any | None] = mapped_column(ARRAY(String(40)))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    last_used_at: Mapped[Instant | None]
    revoked_at: Mapped[Instant | None]


class LoginAttempt(Base):
    """A log-in that failed, counted by account and by address to slow guessing down."""

    __tablename__ = "login_attempt"
    __table_args__ = (
        Index("ix_login_attempt_login", "login", "at"),
        Index("ix_login_attempt_address", "address", "at"),
    )

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(60))
    at: Mapped[Instant]
