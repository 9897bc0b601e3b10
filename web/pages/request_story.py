"""What the screens of a part request and of a transfer order share: the story of its lines, and lines given up."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from flask import request

from inventory.errors import RuleBroken
from inventory.sourcing import HistoryStep, RequestHistory, RequestView
from web.forms import typed
from web.requests import told_facts

SHARES_SHOWN = 8
LINES_OFFERED = 12
"""Tabs in which a line's own story is offered; beyond it the list of lines leads there."""


class ReasonNeeded(RuleBroken):
    """Who withdraws a request says why."""

    code = "cancel_reason_needed"


class NothingChosen(RuleBroken):
    """No line was chosen to be withdrawn."""

    code = "no_line_chosen"


def story_of(view: RequestView, history: RequestHistory) -> dict[str, Any]:
    """What the page of a request tells: its lines, what happened to all of them or to the one chosen, what is left.

    `cancellable` are the lines of which something was not shipped.
    """
    positions = {str(line.position): line.id for line, _ in view.lines}
    shown = positions.get(request.args.get("line", ""))
    return {
        "view": view,
        "history": history,
        "sources": {one.code: one for one in history.warehouses.values()},
        "acts": _steps_by_act([step for step in history.steps if shown is None or step.line_id in (None, shown)]),
        "shown": shown,
        "facts_of": partial(_facts_of_step, history),
        "lines": {line.id: (line, part) for line, part in view.lines},
        "cancellable": [line.id for line, _ in view.lines if line.back_ordered + line.reserved + line.released > 0],
        "shares_shown": SHARES_SHOWN,
        "lines_offered": LINES_OFFERED,
    }


def _facts_of_step(history: RequestHistory, step: HistoryStep) -> dict[str, Any]:
    """The facts of a step, with instants as such."""
    facts = told_facts(history, step.facts)
    for one in (facts, *facts.get("shares", ())):
        for name in ("promised_at", "occurred_at"):
            if name in one:
                one[name] = datetime.fromisoformat(one[name])
    return facts


def _steps_by_act(steps: Sequence[HistoryStep]) -> list[list[HistoryStep]]:
    """Steps that one command took stand together: one person, one instant."""
    # What a carrier tells is by no command of ours and stands alone.
    return [list(act) for _, act in groupby(steps, key=lambda one: one.command_id or -one.place)]


def given_up() -> tuple[list[int], str]:
    """The lines that a form gives up, and why, in words chosen or typed. Raises: ReasonNeeded; NothingChosen."""
    reason = typed("remark") or typed("reason")
    if not reason:
        raise ReasonNeeded()
    chosen = [int(one) for one in request.form.getlist("line") if one.isascii() and one.isdigit() and len(one) <= 18]
    if not chosen:
        raise NothingChosen()
    return chosen, reason
