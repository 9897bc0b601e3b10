"""Who may do what, and where: people, roles, permissions, log-ins, sessions, tokens.

Words: a **person** acts (a system account is a person without a password); a **role binding** is a role held at a
warehouse, with or without all below it, or everywhere; a **permission** is one thing a role allows; the **reach** of an
actor says for each permission which warehouses it covers.

Promises:
- Deny by default: `permissions.ROLE_PERMISSIONS` lists what is allowed, nothing else is.
- `covers(by, permission, *columns)` is the one condition that scopes rows; a foreign row looks like a missing one.
- A credential is checked against the database at every request: disabling, revoking and changing a password work at
  once. Only hashes of secrets are stored.

Decisions:
- One statement brings person, roles and warehouses expanded to those below (`access.py`); no cache, because a
  person who was sent away must be out at the next request, and the statement costs less than a cache would be worth.
- Own session rows instead of Flask-Login: the secret is random, hashed, limited by role, and ends on the server.
- Log-ins are slowed down by rows in the database, so that every worker counts together. An address from which the
  account has logged in before is counted by itself: a stranger cannot lock a person out.
"""

from inventory.identity.access import (
    Access,
    find_access_by_session,
    find_access_by_token,
    hash_secret,
    note_session_use,
    note_token_use,
    reach_of,
)
from inventory.identity.directory import (
    HeldRole,
    PeopleFilter,
    PersonView,
    Standing,
    get_place,
    grantable_roles,
    grants_everywhere,
    list_people,
    list_places,
    view_person,
)
from inventory.identity.employing import Employed, PersonWish, employ, end_sessions_of, give_first_password
from inventory.identity.errors import (
    GrantAboveOwn,
    LoginTaken,
    LoginUnreadable,
    OwnAccount,
    PasswordGuessable,
    PasswordTooLong,
    PasswordTooShort,
    PasswordUnreadable,
    PasswordWrong,
    PlaceUnclear,
    PlaceUnknown,
    ScopeUnknown,
    TokenLifeTooLong,
    TooManyAttempts,
)
from inventory.identity.importing import USERS, PeopleFindings, check_users, import_users
from inventory.identity.logins import OpenedSession, log_in, log_out
from inventory.identity.models import Person, Role, RoleBinding
from inventory.identity.passwords import COSTS, LOW, PasswordKeeper, new_password, require_good
from inventory.identity.people import (
    RoleReason,
    bind_role,
    change_password,
    create_person,
    disable_person,
    enable_person,
    get_person,
    get_system_actor,
    list_bindings,
    set_locale,
    unbind_role,
)
from inventory.identity.permissions import ROLE_PERMISSIONS, Permission
from inventory.identity.scope import covered, covers, reach_parameter
from inventory.identity.sessions import end_all_sessions, end_session, limits_of, list_sessions
from inventory.identity.tokens import SECRET_LENGTH_MAX, NewToken, list_tokens, make_token, revoke_token

__all__ = [
    "COSTS",
    "LOW",
    "ROLE_PERMISSIONS",
    "SECRET_LENGTH_MAX",
    "USERS",
    "Access",
    "Employed",
    "GrantAboveOwn",
    "HeldRole",
    "LoginTaken",
    "LoginUnreadable",
    "NewToken",
    "OpenedSession",
    "OwnAccount",
    "PasswordGuessable",
    "PasswordKeeper",
    "PasswordTooLong",
    "PasswordTooShort",
    "PasswordUnreadable",
    "PasswordWrong",
    "PeopleFilter",
    "PeopleFindings",
    "Permission",
    "Person",
    "PersonView",
    "PersonWish",
    "PlaceUnclear",
    "PlaceUnknown",
    "Role",
    "RoleBinding",
    "RoleReason",
    "ScopeUnknown",
    "Standing",
    "TokenLifeTooLong",
    "TooManyAttempts",
    "bind_role",
    "change_password",
    "check_users",
    "covered",
    "covers",
    "create_person",
    "disable_person",
    "employ",
    "enable_person",
    "end_all_sessions",
    "end_session",
    "end_sessions_of",
    "find_access_by_session",
    "find_access_by_token",
    "get_person",
    "get_place",
    "get_system_actor",
    "give_first_password",
    "grantable_roles",
    "grants_everywhere",
    "hash_secret",
    "import_users",
    "limits_of",
    "list_bindings",
    "list_people",
    "list_places",
    "list_sessions",
    "list_tokens",
    "log_in",
    "log_out",
    "make_token",
    "new_password",
    "note_session_use",
    "note_token_use",
    "reach_of",
    "reach_parameter",
    "require_good",
    "revoke_token",
    "set_locale",
    "unbind_role",
    "view_person",
]
