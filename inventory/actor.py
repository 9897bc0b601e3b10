"""Who acts: a person or a system account, what they may do and where, and the command they act under."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from inventory.errors import NotFound, NotPermitted

Reach = frozenset[int] | None
"""The warehouses a permission covers: their ids, or None for the whole network."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with a name, their permissions with the warehouses each covers, and the command at work.

    `reach` lists only what is granted: a permission that is missing is denied everywhere.
    """

    person_id: int
    name: str
    reach: Mapping[str, Reach] = field(default_factory=dict)
    command_id: int = 0

    def under(self, command_id: int) -> "Actor":
        """The same actor, working under a command."""
        return replace(self, command_id=command_id)

    def may(self, permission: str, *warehouse_ids: int) -> bool:
        """Whether the permission covers at least one of the warehouses; without one, whether it is held at all."""
        if permission not in self.reach:
            return False
        covered = self.reach[permission]
        return covered is None or not warehouse_ids or any(one in covered for one in warehouse_ids)

    def require(self, permission: str, *warehouse_ids: int) -> None:
        """Refuse what the actor may not do. A foreign warehouse's thing answers like a missing one.

        Raises: NotPermitted when the permission is held nowhere; NotFound when it does not cover the warehouses.
        """
        if permission not in self.reach:
            raise NotPermitted(permission=permission)
        if not self.may(permission, *warehouse_ids):
            raise NotFound()

    def require_any(self, permissions: Collection[str], *warehouse_ids: int) -> None:
        """Refuse who may do none of several things there; a foreign warehouse's thing answers like a missing one.

        Raises: NotPermitted when none of the permissions is held; NotFound when none covers the warehouses.
        """
        if any(self.may(permission, *warehouse_ids) for permission in permissions):
            return
        if not any(permission in self.reach for permission in permissions):
            raise NotPermitted(permission=next(iter(permissions)))
        raise NotFound()
