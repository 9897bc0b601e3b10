"""What demand history refuses."""

from inventory.errors import Conflict, RuleBroken


class MonthMarked(Conflict):
    """The month is marked already; that mark is undone first."""

    code = "month_marked"


class MonthNotOver(RuleBroken):
    """A month that is not over cannot be judged."""

    code = "month_not_over"


class MarkUndone(Conflict):
    """The mark was undone before."""

    code = "mark_undone"
