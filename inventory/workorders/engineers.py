"""The engineers of a repair centre: who holds the role there, by a binding to it or to a warehouse above it."""

from collections.abc import Sequence

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from inventory.identity.models import Person, Role, RoleBinding
from inventory.network.models import Warehouse
from inventory.workorders.errors import NotAnEngineerHere


def list_engineers(session: Session, warehouse_id: int) -> Sequence[Person]:
    """The engineers whom work orders of the repair centre can be given to, by name."""
    return session.scalars(_engineers(warehouse_id).order_by(Person.name, Person.id)).all()


def get_engineer(session: Session, warehouse_id: int, login: str) -> Person:
    """The engineer of the repair centre with this log-in name.

    Raises: NotAnEngineerHere, whether the name is unknown or its holder works elsewhere.
    """
    engineer = session.scalar(_engineers(warehouse_id).where(Person.login == login))
    if engineer is None:
        raise NotAnEngineerHere(engineer=login)
    return engineer


def _engineers(warehouse_id: int) -> Select[Person]:
    line = select(Warehouse.id, Warehouse.parent_id).where(Warehouse.id == warehouse_id).cte("above", recursive=True)
    above = line.union(select(Warehouse.id, Warehouse.parent_id).join(line, Warehouse.id == line.c.parent_id))
    bound = select(RoleBinding.person_id).where(
        RoleBinding.role == Role.ENGINEER,
        or_(
            RoleBinding.warehouse_id.is_(None),
            RoleBinding.warehouse_id == warehouse_id,
            and_(RoleBinding.with_descendants, RoleBinding.warehouse_id.in_(select(above.c.id))),
        ),
    )
    return select(Person).where(Person.id.in_(bound), Person.disabled_at.is_(None))
