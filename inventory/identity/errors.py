"""What identity refuses."""

from inventory.errors import Conflict, NotPermitted, RuleBroken


class PasswordTooShort(RuleBroken):
    """The password has fewer characters than one without a second factor needs."""

    code = "password_too_short"


class PasswordTooLong(RuleBroken):
    """The password is longer than anybody types; hashing it would only cost time."""

    code = "password_too_long"


class PasswordGuessable(RuleBroken):
    """The password is on the list of common ones, follows a pattern, or holds a word anybody would try first."""

    code = "password_guessable"


class PasswordUnreadable(RuleBroken):
    """The password holds a character that cannot be stored or typed again, such as NUL."""

    code = "password_unreadable"


class PasswordWrong(RuleBroken):
    """The present password, asked for before a change, is not right."""

    code = "password_wrong"


class TooManyAttempts(Conflict):
    """Too many log-ins failed for this account or from this address; `retry_after_seconds` says how long to wait."""

    code = "too_many_attempts"


class LoginTaken(Conflict):
    """Somebody has this log-in name already."""

    code = "login_taken"


class LoginUnreadable(RuleBroken):
    """A log-in name is 2 to 80 letters, digits and . _ - @."""

    code = "login_unreadable"


class GrantAboveOwn(NotPermitted):
    """Nobody grants a role, or a reach, beyond what he may hand out himself."""

    code = "grant_above_own"


class ScopeUnknown(RuleBroken):
    """A token is limited to permissions that its person holds."""

    code = "token_scope_unknown"


class TokenLifeTooLong(RuleBroken):
    """A token lives from one day to a year."""

    code = "token_life_out_of_bounds"


class OwnAccount(RuleBroken):
    """Nobody closes his own account, takes a role from himself, or gives himself a password without the present one."""

    code = "own_account"


class PlaceUnknown(RuleBroken):
    """No warehouse within one's reach has this code or name."""

    code = "place_unknown"


class PlaceUnclear(RuleBroken):
    """Several warehouses are called so; the code tells which is meant."""

    code = "place_unclear"
