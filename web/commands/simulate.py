"""Try the planning policies on last year's demand, or on demand drawn from the forecasts, before they are trusted."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path

import click

from inventory.planning import simulation
from inventory.planning.days import Demand, from_own_shelf, upwards
from inventory.planning.policies import read_policy_book
from inventory.planning.replenishment.positions import Positions
from inventory.planning.simulation import Figures, Scene, Trial
from web.acting import at_work
from web.commands.import_ import SHOWN_MAX, NothingTaken, take
from web.connectors.files import KINDS, sentence_of
from web.crew import PATIENT
from web.db import Work
from web.languages import read_translations
from web.settings import Settings

ROUTING = {"up": upwards, "own": from_own_shelf}
STANDING, TRIED = "standing", "tried"
SAID_EVERY = 10
"""Where nobody watches, progress is told every so many per cent."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for on the command line."""

    days: int
    drawn: bool
    standing_stock: bool
    parts: int
    seed: int
    overrides: Path | None


@dataclass(frozen=True, slots=True)
class Known:
    """What the database told: the scene as the policies stand and, with a file of overrides, as they would then.

    Both have the same part-places, so that they are asked for the same.
    """

    standing: Scene
    tried: Scene | None
    asked: Demand
    positions: Positions | None


class NothingKept(Exception):
    """The transaction is undone: it was only read from."""


@click.command("simulate")
@click.option("--days", type=click.IntRange(1, 3_660), default=180, show_default=True, help="Days simulated.")
@click.option("--warm-up", type=click.IntRange(0), default=30, show_default=True, help="First days not counted.")
@click.option(
    "--demand",
    type=click.Choice(["history", "drawn"]),
    default="history",
    show_default=True,
    help="What was asked for in the last days; or drawn from today's forecasts.",
)
@click.option("--parts", type=click.IntRange(0), default=300, show_default=True, help="How many; 0 for all.")
@click.option("--target", type=click.FloatRange(0, 1, min_open=True, max_open=True), help="Try this fill rate.")
@click.option(
    "--overrides",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Try this file of overrides, as `beijian import policies` would take it.",
)
@click.option("--review-days", type=click.IntRange(1, 365), help="Try lots of so many days' demand.")
@click.option("--replan-days", type=click.IntRange(1), help="Nights from levels to levels; else once a month.")
@click.option(
    "--stock",
    type=click.Choice(["full", "standing"]),
    default="full",
    show_default=True,
    help="Begin with every place full up to its level, or with what lies there today.",
)
@click.option(
    "--served",
    type=click.Choice(list(ROUTING)),
    default="up",
    show_default=True,
    help="From the own shelf, then up the tree; or from the own shelf alone, as levels are worked out.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of what is drawn by chance.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a group, instead of a table.")
def command(
    days: int,
    warm_up: int,
    demand: str,
    parts: int,
    target: float | None,
    overrides: Path | None,
    review_days: int | None,
    replan_days: int | None,
    stock: str,
    served: str,
    seed: int,
    as_json: bool,
) -> None:
    """Let days pass as the policies would have it; nothing is written.

    Every night needs are worked out as the nightly run does it, by the same code, and ordered at once; when a month has
    ended forecasts and levels too, from what had been asked for by then. With something to try, the policies as they
    stand are simulated beside it.

    \b
    lines       what a place asks of a part on a day
    fill        lines met in full at once by the place meant to serve: itself, or the one that stocks the part for it;
                same day: by it and places further up together
    target, expected    what the policies ask for, and what the levels were worked out to give
    wait        days until all of a line is there: mean, what 95 of 100 lines do not exceed, and the longest; of lines
                that still wait at the end (waiting) the days so far
    stock, on the way    mean of the days' ends, in the company's currency
    transfers, orders    lines, and what they are worth; "alone": the share that no person would have to approve

    With --json units too, of classes whose parts are all counted in one.
    """
    if warm_up >= days:
        raise click.UsageError("nothing is left to count: --warm-up takes all the --days")
    question = Question(days, demand == "drawn", stock == "standing", parts, seed, overrides)
    known = _read(question)
    trial = Trial(days, warm_up, replan_days, seed, ROUTING[served])
    _tell_what(known.standing, question, trial, as_json=as_json)
    for name, scene in _trials(known, target, review_days):
        with _progress(name, days) as passed:
            figures = simulation.try_out(scene, known.asked, trial, positions=known.positions, passed=passed)
        lines = _json_lines(name, figures) if as_json else _table(name, figures, scene.book.settings.currency)
        for line in lines:
            click.echo(line)


def _read(question: Question) -> Known:
    """Read everything there is to know, in one transaction that leaves nothing behind."""
    with suppress(NothingKept), at_work("simulate") as (work, settings):
        known = _read_with(question, work, settings)
        raise NothingKept
    return known


def _read_with(question: Question, work: Work, settings: Settings) -> Known:
    session = work.session
    session.execute(PATIENT)
    today = work.at.astimezone(settings.timezone).date()
    days = timedelta(days=question.days)
    start = today if question.drawn else today - days
    book = read_policy_book(session, on=today)
    if question.overrides is not None:
        _take_overrides(question.overrides, work, settings)
    parts_max = question.parts or None
    scene = simulation.read_scene(session, start=start, until=start + days, on=today, parts_max=parts_max)
    standing = replace(scene, book=book)
    positions = simulation.read_positions(session, scene, on=today) if question.standing_stock else None
    asked = simulation.draw_from(standing, seed=question.seed) if question.drawn else scene.asked
    return Known(standing, scene if question.overrides else None, asked, positions)


def _take_overrides(file: Path, work: Work, settings: Settings) -> None:
    """Let a file of overrides hold within this transaction. Raises: click.ClickException when it cannot be taken."""
    words = read_translations("en")
    try:
        take(KINDS["policies"], file, work, settings, only_check=False, words=words)
    except NothingTaken as refused:
        said = "\n".join(sentence_of(one, "en", words) for one in refused.findings.problems[:SHOWN_MAX])
        raise click.ClickException(f"{file}:\n{said}") from refused


def _trials(known: Known, target: float | None, review_days: int | None) -> Iterator[tuple[str, Scene]]:
    """The policies as they stand, and with what is to be tried."""
    yield STANDING, known.standing
    tried = known.tried or known.standing
    tried = tried if target is None else simulation.aiming_at(tried, target)
    tried = tried if review_days is None else simulation.reviewed_every(tried, review_days)
    if tried is not known.standing:
        yield TRIED, tried


@contextmanager
def _progress(name: str, days: int) -> Iterator[Callable[[int], None]]:
    """Tell on the terminal how far it is: a bar where somebody looks, else a line now and then."""
    if sys.stderr.isatty():
        with click.progressbar(length=days, label=name, file=sys.stderr) as bar:
            yield lambda _day: bar.update(1)
        return

    def say(day: int) -> None:
        before, now = (100 * one // days // SAID_EVERY for one in (day, day + 1))
        if now > before:
            click.echo(f"{name}: {day + 1} of {days} days", err=True)

    yield say


def _tell_what(scene: Scene, question: Question, trial: Trial, *, as_json: bool) -> None:
    about = {
        "from": scene.start.isoformat(),
        "days": trial.days,
        "warm_up": trial.warm_up,
        "demand": "drawn" if question.drawn else "history",
        "stock": "standing" if question.standing_stock else "full",
        "parts": len(scene.part_ids),
        "places": len(scene.layout),
        "replan_days": trial.replanned,
        "seed": trial.seed,
    }
    told = [f"{name} {value}" for name, value in about.items() if value is not None]
    click.echo(json.dumps(about) if as_json else ", ".join(told))


def _json_lines(name: str, figures: Sequence[Figures]) -> Iterator[str]:
    for one in figures:
        told = {("class" if key == "abc" else key): _rounded(value) for key, value in asdict(one).items()}
        yield json.dumps({"policy": name, **told})


def _rounded(value: str | float | None) -> str | float | None:
    return round(value, 6) if isinstance(value, float) else value


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f}%"


def _days(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _whole(value: int | None) -> str:
    return "" if value is None else f"{value}"


def _table(name: str, figures: Sequence[Figures], currency: str) -> Iterator[str]:
    """A table to read: a line a class, a line a tier, a line for all."""
    rows = [tuple(_COLUMNS), *(tuple(cell(one) for cell in _COLUMNS.values()) for one in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    yield f"\nPolicies: {name}. Money in {currency}."
    for row in rows:
        yield "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()


_COLUMNS: dict[str, Callable[[Figures], str]] = {
    "tier": lambda one: one.tier or "all",
    "class": lambda one: one.abc or ("" if one.tier is None else "all"),
    "places": lambda one: f"{one.places}",
    "lines": lambda one: f"{one.lines}",
    "fill": lambda one: _share(one.fill),
    "target": lambda one: _share(one.target),
    "expected": lambda one: _share(one.expected_fill),
    "same day": lambda one: _share(one.same_day),
    "wait": lambda one: _days(one.wait_mean),
    "95 %": lambda one: _whole(one.wait_95),
    "longest": lambda one: _whole(one.wait_longest),
    "waiting": lambda one: f"{one.waiting}",
    "stock": lambda one: f"{one.stock_value:,.0f}",
    "on the way": lambda one: f"{one.coming_value:,.0f}",
    "transfers": lambda one: f"{one.transfers}",
    "worth": lambda one: f"{one.transfer_value:,.0f}",
    "alone": lambda one: _share(one.went_by_itself),
    "orders": lambda one: f"{one.orders}",
    "ordered": lambda one: f"{one.order_value:,.0f}",
}
