"""What the catalogue refuses."""

from inventory.errors import Conflict, RuleBroken


class SupersessionExists(Conflict):
    """The new part is already linked to the old one."""

    code = "supersession_exists"


class SupersessionCircle(RuleBroken):
    """A part would be replaced by itself in the end."""

    code = "supersession_circle"


class FamilyTooLarge(RuleBroken):
    """More parts would hang together by supersession than any real family has."""

    code = "family_too_large"


class ValidityEmpty(RuleBroken):
    """A link has to end after it begins."""

    code = "validity_empty"
