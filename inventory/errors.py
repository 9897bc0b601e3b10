"""Refusals: what the domain says no to. Each carries a stable code and the facts a person needs to go on.

The edge maps the four families to HTTP and translates the code; anything else that is raised is a bug and stays a 500.
"""

from typing import Any, ClassVar


class Refusal(Exception):
    """A request that the rules do not allow. `code` is stable; `facts` name the things concerned."""

    code: ClassVar[str] = "refused"

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code, facts)
        self.facts = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}({facts})"


class NotFound(Refusal):
    """The thing named does not exist, or the actor may not know that it does: both answer alike."""

    code = "not_found"


class NotPermitted(Refusal):
    """The actor may see the thing but not do this to it."""

    code = "not_permitted"


class Conflict(Refusal):
    """True a moment ago, or elsewhere: somebody else was first, or the thing is no longer in that state."""

    code = "conflict"


class RuleBroken(Refusal):
    """The request is well formed but the business does not allow it."""

    code = "rule_broken"
