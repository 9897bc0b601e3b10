"""What a token of an account can be limited to, and how long it may live."""

from collections.abc import Sequence

from inventory.identity import ROLE_PERMISSIONS, Permission, PersonView

TOKEN_DAYS = (30, 90, 180, 365)


def scope_of(view: PersonView) -> Sequence[Permission]:
    """All that the account's roles allow, in the order in which permissions are told."""
    held = frozenset[Permission]().union(*(ROLE_PERMISSIONS[one.role] for one in view.roles))
    return [permission for permission in Permission if permission in held]
