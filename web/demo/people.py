"""The demo's people: a lead and an operator at every warehouse, a manager and engineers at every repair centre.

All of them act in the history; only a few can log in, a few of every role. Their passwords are made at random when the
demo is loaded and stand in one file that only its owner can read; nowhere is a password known beforehand.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.copying import Cursor, copy_rows
from inventory.identity import PasswordKeeper, Person, Role, RoleBinding, new_password
from inventory.network import Tier, Warehouse
from inventory.pinyin import spelling
from web.demo.places import Site
from web.demo.shown import SHOWN_CENTRES, list_shown_stations
from web.demo.vocabulary import GIVEN_NAMES, SURNAMES

LOG_INS_MAX = 20
TOKEN_LIFE = timedelta(days=366)
OFFICE = (
    ("admin", Role.ADMINISTRATOR),
    ("planner", Role.PLANNER),
    ("buyer", Role.PROCUREMENT),
    ("buyer2", Role.PROCUREMENT),
    ("callcentre", Role.INTEGRATION),
)


@dataclass(frozen=True, slots=True)
class Post:
    """Who does what where; without a warehouse: everywhere."""

    login: str
    role: Role
    warehouse_id: int | None


def posts(sites: Sequence[Site], engineers_per_station: int) -> Iterator[Post]:
    """Everybody, the office first."""
    yield from (Post(login, role, None) for login, role in OFFICE)
    for site in sites:
        code = site.code.lower()
        if site.tier is Tier.REPAIR:
            yield Post(f"{code}.manager", Role.STATION_MANAGER, site.id)
            for number in range(1, engineers_per_station + 1):
                yield Post(f"{code}.e{number}", Role.ENGINEER, site.id)
        else:
            yield Post(f"{code}.lead", Role.WAREHOUSE_LEAD, site.id)
            yield Post(f"{code}.op", Role.WAREHOUSE_OPERATOR, site.id)


def copy_people(cursor: Cursor, everybody: Sequence[Post], *, at: datetime, rng: np.random.Generator) -> None:
    """Write the people and their roles, none of them with a password."""
    row = cursor.execute("SELECT max(id) FROM person").fetchone()
    assert row is not None
    first = int(str(row[0])) + 1
    names = [full_name(rng) for _ in everybody]
    copy_rows(
        cursor,
        "person",
        ("id", "login", "name", "created_at"),
        ((first + n, post.login, name, at) for n, (post, name) in enumerate(zip(everybody, names, strict=True))),
    )
    copy_rows(
        cursor,
        "role_binding",
        ("person_id", "role", "warehouse_id"),
        ((first + n, post.role.value, post.warehouse_id) for n, post in enumerate(everybody)),
    )


def full_name(rng: np.random.Generator) -> str:
    """A name in characters and in pinyin: 王建国 Wang Jianguo."""
    family, given = SURNAMES[rng.integers(len(SURNAMES))], GIVEN_NAMES[rng.integers(len(GIVEN_NAMES))]
    spelt = spelling(given).replace(" ", "").capitalize()
    return f"{family}{given} {spelling(family).capitalize()} {spelt}"


@dataclass(frozen=True, slots=True)
class Password:
    """A password made at random, and what is stored of it."""

    text: str
    hash: str


def make_passwords(keeper: PasswordKeeper, pool: Executor) -> Iterator[Password]:
    """Make enough passwords, in the background: hashing is slow on purpose, and lets go of the interpreter."""
    texts = [new_password() for _ in range(LOG_INS_MAX)]
    return map(Password, texts, pool.map(keeper.hash, texts))


def open_log_ins(session: Session, passwords: Iterator[Password], file: Path, *, at: datetime) -> None:
    """Let a few people of every role log in, and write down how.

    They are the office, everybody around the first of the shown centres with its parent, and one station far away, so
    that the whole way of a part can be walked and what is hidden from others can be seen. Outside systems get a token.
    A password is a person's own from the start: whoever reads the file is meant to work with it.
    """
    lines = []
    for holder in _list_shown(session):
        if holder.role is Role.INTEGRATION:
            secret = _give_token(session, holder.person, at=at)
        else:
            password = next(passwords)
            secret, holder.person.password_hash = password.text, password.hash
        lines.append(holder.line(secret))
    session.flush()
    write_private(file, HEADING + "".join(lines))


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who gets a log-in."""

    person: Person
    role: Role
    warehouse: Warehouse | None

    def line(self, secret: str) -> str:
        """How the log-in is written down."""
        place = "全网 whole network"
        if self.warehouse is not None:
            place = f"{self.warehouse.code} {self.warehouse.name_zh} {self.warehouse.name_en}"
        return f"{self.role.value:<20}{self.person.login:<16}{secret:<62}{self.person.name}  |  {place}\n"


def _list_shown(session: Session) -> list[Holder]:
    """The office first, then from the top of the network to the bottom; of engineers the first of a station."""
    stations = list_shown_stations(session)
    home = [station for station in stations if station.centre.city_code == SHOWN_CENTRES[0]]
    far = next(station for station in stations if station.centre.city_code == SHOWN_CENTRES[1])
    centre = home[0].centre
    places = [centre.parent_id, centre.id, *(station.warehouse.id for station in (*home, far))]
    rows = session.execute(
        select(Person, RoleBinding.role, Warehouse)
        .join(RoleBinding, RoleBinding.person_id == Person.id)
        .outerjoin(Warehouse, Warehouse.id == RoleBinding.warehouse_id)
        .where(or_(RoleBinding.warehouse_id.is_(None), RoleBinding.warehouse_id.in_(places)))
        .order_by(Person.id)
    )
    holders = [Holder(*row) for row in rows]
    second_engineers = {one.person.login for one in holders if one.person.login.endswith(".e2")}
    kept = {f"{home[0].warehouse.code.lower()}.e2"}  # two at the first, to see that each has work orders of his own
    return [one for one in holders if one.person.login not in second_engineers - kept]


HEADING = """\
演示账号：每次装载时随机生成，请勿外传。接口（integration）一行为令牌，用法 Authorization: Bearer <令牌>。
Log-ins of the demo, made at random when it was loaded: keep them to yourself. The line of the integration role is
a token, to be sent as Authorization: Bearer <token>.

角色 role           账号 log-in     密码 password / 令牌 token  ...  姓名 name  |  库房 warehouse
"""


def _give_token(session: Session, person: Person, *, at: datetime) -> str:
    by = identity.get_system_actor(session)
    token = identity.make_token(
        session, person.id, name="demo call centre", permissions=None, life=TOKEN_LIFE, by=by, at=at
    )
    return token.text


def write_private(file: Path, content: str) -> None:
    """Write a file that only its owner can read; one that is there already is replaced, whatever its mode was."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        opened.write(content)
    draft.replace(file)
