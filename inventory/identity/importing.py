"""People and their roles from files: a row for each role a person holds at a place.

Every row goes through the use cases of a single account: the same rules, the same trail. Nobody loses a role by being
left out of a file. A role that holds everywhere says so with a * for the warehouse; it is never assumed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.identity.models import Role
from inventory.identity.people import LOGIN, SYSTEM_LOGIN, bind_role, create_person
from inventory.sheets import (
    Column,
    Findings,
    Row,
    Sheet,
    Unreadable,
    code,
    name_column,
    word_column,
    yes_no_column,
)
from inventory.staging import note_import, require_clean, require_importer, stage

ROLES = {
    **{role.value: role.value for role in Role},
    "工程师": "engineer",
    "网点经理": "station_manager",
    "库房操作员": "warehouse_operator",
    "库房主管": "warehouse_lead",
    "采购": "procurement",
    "计划员": "planner",
    "管理员": "administrator",
    "接口": "integration",
}
EVERYWHERE = "*"
_EVERYWHERE = frozenset({EVERYWHERE, "everywhere", "全网"})
_READ_CODE = code()


def read_login(text: str) -> str:
    """A log-in name, in small letters."""
    login = text.lower()
    if not LOGIN.fullmatch(login) or login == SYSTEM_LOGIN:
        raise Unreadable("login_unreadable")
    return login


def read_place(text: str) -> str:
    """A warehouse's code, or a * for the whole network."""
    return EVERYWHERE if text.lower() in _EVERYWHERE else _READ_CODE(text)


USERS = Sheet(
    name="users",
    columns=(
        Column("login", read_login, required=True, identifier=True),
        name_column("name", required=True),
        word_column("role", ROLES, default=""),
        Column("warehouse", read_place, identifier=True),
        yes_no_column("with_descendants", default="false"),
    ),
    key=("login", "role", "warehouse"),
    current=f"""
        SELECT person.login, person.name, coalesce(binding.role, '') AS role,
               CASE WHEN binding.id IS NULL THEN '' ELSE coalesce(warehouse.code, '{EVERYWHERE}') END AS warehouse,
               coalesce(binding.with_descendants, false) AS with_descendants
        FROM person
        LEFT JOIN role_binding AS binding ON binding.person_id = person.id
        LEFT JOIN warehouse ON warehouse.id = binding.warehouse_id
        WHERE person.login <> '{SYSTEM_LOGIN}'
    """,  # noqa: S608 -- a constant
)

_CHECKS = (
    """
    SELECT line, 'warehouse', 'unknown_warehouse', warehouse FROM staged_users
    WHERE warehouse NOT IN ('', '*') AND warehouse NOT IN (SELECT code FROM warehouse) ORDER BY line
    """,
    """
    SELECT line, 'with_descendants', 'descendants_need_a_warehouse', '' FROM staged_users
    WHERE with_descendants AND warehouse IN ('', '*') ORDER BY line
    """,
    """
    SELECT line, CASE WHEN role = '' THEN 'role' ELSE 'warehouse' END, 'missing', ''
    FROM staged_users WHERE (role = '') <> (warehouse = '') ORDER BY line
    """,
    """
    SELECT line, 'name', 'person_differs', CAST(first AS text)
    FROM (SELECT line, name, first_value(line) OVER of_person AS first, first_value(name) OVER of_person AS first_name
          FROM staged_users WHERE NOT bad WINDOW of_person AS (PARTITION BY login ORDER BY line)) AS row
    WHERE name <> first_name ORDER BY line
    """,
)
# Somebody who is there with this name, and a row that gives no role: nothing to do, whatever roles are held.
_DROP_STANDING = text("""
    DELETE FROM staged_users AS staged USING person
    WHERE person.login = staged.login AND person.name = staged.name AND staged.role = '' AND NOT staged.bad
""")
_NEW_LOGINS = text("""
    SELECT login, min(name) AS name FROM staged_users AS staged
    WHERE NOT EXISTS (SELECT FROM person WHERE person.login = staged.login) GROUP BY login ORDER BY login
""")
_RENAME = text("""
    UPDATE person SET name = staged.name
    FROM (SELECT DISTINCT login, name FROM staged_users) AS staged
    WHERE staged.login = person.login AND staged.name <> person.name
""")
_ROLES = text("""
    SELECT person.id AS person_id, staged.role, warehouse.id AS warehouse_id, staged.with_descendants
    FROM staged_users AS staged JOIN person ON person.login = staged.login
    LEFT JOIN warehouse ON warehouse.code = staged.warehouse
    WHERE staged.role <> '' ORDER BY staged.line
""")


@dataclass(frozen=True, slots=True)
class PeopleFindings(Findings):
    """What a file of people did, and who is new: they have no password yet."""

    new_person_ids: tuple[int, ...] = ()


def check_users(session: Session, rows: Iterable[Row]) -> Findings:
    """Say what a file of people would do. A person has a row for each role; without one he can do nothing yet."""
    staged = stage(session, USERS, rows)
    for check in _CHECKS:
        staged.refuse(check)
    if staged.problems:
        return staged.compare()
    standing = session.connection().execute(_DROP_STANDING).rowcount
    findings = staged.compare()
    return replace(findings, unchanged=findings.unchanged + standing)


def import_users(session: Session, rows: Iterable[Row], *, by: Actor, at: datetime) -> PeopleFindings:
    """Make the people of a file and give them their roles: all of it or nothing.

    Raises: NotPermitted, GrantAboveOwn; ImportRefused.
    """
    require_importer(session, USERS, by)
    findings = check_users(session, rows)
    require_clean(findings)
    session.execute(_RENAME)
    new = [
        create_person(session, login=row.login, name=row.name, by=by, at=at).id
        for row in session.execute(_NEW_LOGINS).all()
    ]
    for row in session.execute(_ROLES).all():
        bind_role(
            session,
            row.person_id,
            Role(row.role),
            warehouse_id=row.warehouse_id,
            with_descendants=row.with_descendants,
            by=by,
            at=at,
        )
    note_import(session, USERS, findings, by=by, at=at)
    return PeopleFindings(
        **{one.name: getattr(findings, one.name) for one in fields(Findings)}, new_person_ids=tuple(new)
    )
