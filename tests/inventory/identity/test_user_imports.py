"""People and their roles from files."""

from collections.abc import Mapping

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inventory import identity
from inventory.actor import Actor
from inventory.errors import NotPermitted
from inventory.identity import USERS, PeopleFindings, Person, RoleBinding
from inventory.identity.errors import GrantAboveOwn
from inventory.identity.permissions import Permission
from inventory.sheets import ImportRefused, Row
from inventory.staging import export_rows
from tests import given
from tests.given import NOON

Cells = Mapping[str, str]
LI = {"login": "Li.Wei", "name": "李伟", "role": "工程师", "warehouse": "R1"}
WANG = {"login": "wang", "name": "王芳", "role": "warehouse_lead", "warehouse": "C1", "with_descendants": "是"}
ZHAO = {"login": "zhao", "name": "赵磊", "role": "planner", "warehouse": "*"}


@pytest.fixture
def by(session: Session) -> Actor:
    central = given.warehouse(session, tier="central", code="C1")
    given.warehouse(session, code="R1", parent=given.warehouse(session, tier="distribution", parent=central))
    return given.acting(session)


def take(session: Session, by: Actor, *records: Cells) -> PeopleFindings:
    rows = given.sheet_rows(USERS, *records)
    return identity.import_users(session, rows, by=given.under_new_command(session, by), at=NOON)


def counts(findings: PeopleFindings) -> tuple[int, int, int]:
    return findings.new, findings.changed, findings.unchanged


def problems(session: Session, *records: Cells) -> list[tuple[int, str, str]]:
    findings = identity.check_users(session, given.sheet_rows(USERS, *records))
    return [(one.line, one.column, one.code) for one in findings.problems]


def people(session: Session) -> int:
    return (
        session.scalar(select(func.count()).select_from(Person).where(Person.login.in_(("li.wei", "wang", "zhao"))))
        or 0
    )


def test_people_come_with_their_roles_and_without_a_password(session: Session, by: Actor) -> None:
    found = take(session, by, LI, WANG, {**LI, "role": "station_manager"}, ZHAO)
    assert (counts(found), len(found.new_person_ids)) == ((4, 0, 0), 3)
    li = session.scalars(select(Person).where(Person.login == "li.wei")).one()
    assert (li.name, li.password_hash) == ("李伟", None)
    assert {one.role for one in identity.list_bindings(session, li.id)} == {"engineer", "station_manager"}
    (zhao,) = session.scalars(select(RoleBinding).where(RoleBinding.role == "planner"))
    assert (zhao.warehouse_id, zhao.with_descendants) == (None, False)


def test_a_file_sent_again_changes_nothing(session: Session, by: Actor) -> None:
    bare = {"login": "chen", "name": "陈静"}
    take(session, by, LI, WANG, ZHAO, bare)
    again = take(session, by, LI, WANG, ZHAO, bare)
    assert (counts(again), again.new_person_ids) == ((0, 0, 4), ())


def test_what_was_exported_comes_back_as_unchanged(session: Session, by: Actor) -> None:
    take(session, by, LI, WANG, ZHAO)
    rows = [Row(line, [str(value).lower() if isinstance(value, bool) else value for value in row])
            for line, row in enumerate(export_rows(session, USERS), start=2)]  # fmt: skip
    found = identity.check_users(session, rows)
    assert (found.new, found.changed, found.problems) == (0, 0, [])
    assert found.unchanged >= 3


def test_a_name_and_a_depth_may_change(session: Session, by: Actor) -> None:
    take(session, by, LI, WANG)
    found = take(session, by, {**LI, "name": "李伟强"}, {**WANG, "with_descendants": "否"})
    assert (counts(found), found.new_person_ids) == ((0, 2, 0), ())
    assert session.scalar(select(Person.name).where(Person.login == "li.wei")) == "李伟强"


def test_a_role_that_is_not_in_the_file_is_kept(session: Session, by: Actor) -> None:
    take(session, by, LI)
    take(session, by, {**LI, "role": "station_manager"})
    assert session.scalar(select(func.count()).select_from(RoleBinding).where(RoleBinding.role == "engineer")) == 1


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({**LI, "login": "李伟"}, ("login", "login_unreadable")),
        ({**LI, "login": "system"}, ("login", "login_unreadable")),
        ({**LI, "login": "x"}, ("login", "login_unreadable")),
        ({**LI, "name": ""}, ("name", "missing")),
        ({**LI, "role": "god"}, ("role", "not_one_of")),
        ({**LI, "role": ""}, ("role", "missing")),
        ({**LI, "warehouse": ""}, ("warehouse", "missing")),
        ({**LI, "warehouse": "R9"}, ("warehouse", "unknown_warehouse")),
        ({**ZHAO, "with_descendants": "是"}, ("with_descendants", "descendants_need_a_warehouse")),
    ],
)
def test_a_person_that_cannot_be_is_told_by_line_and_column(
    session: Session, by: Actor, record: Cells, problem: tuple[str, str]
) -> None:
    assert problems(session, record) == [(2, *problem)]


def test_a_person_has_one_name_in_a_file(session: Session, by: Actor) -> None:
    assert problems(session, LI, {**LI, "role": "station_manager", "name": "李威"}) == [(3, "name", "person_differs")]


def test_one_bad_row_keeps_everybody_out(session: Session, by: Actor) -> None:
    with pytest.raises(ImportRefused):
        take(session, by, LI, {**WANG, "warehouse": "R9"})
    assert people(session) == 0


def test_nobody_grants_beyond_himself_by_a_file(session: Session, by: Actor) -> None:
    clerk = Actor(by.person_id, by.name, {Permission.IMPORT: None, Permission.MANAGE_ENGINEERS: None})
    with pytest.raises(GrantAboveOwn):
        take(session, clerk, {**LI, "role": "administrator"})
    with pytest.raises(NotPermitted):
        take(session, Actor(by.person_id, by.name, {Permission.MANAGE_PEOPLE: None}), LI)
