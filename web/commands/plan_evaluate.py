"""Judge every forecast method, and what the product would choose, on a file of monthly demand."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from inventory.errors import Refusal
from inventory.planning.forecasting import Question, evaluate, left_out
from web.connectors.files import refusal_of
from web.connectors.monthly_demand import MonthlyDemand, read_monthly_demand
from web.languages import read_translations


@click.command("evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--test-months", type=click.IntRange(1, 600), default=12, show_default=True, help="Months judged.")
@click.option("--lead-months", type=click.IntRange(1, 60), default=2, show_default=True, help="Months to a delivery.")
@click.option("--fill", type=click.FloatRange(0.01, 0.999), default=0.90, show_default=True, help="Lines met at once.")
@click.option("--price-column", help="Column of unit prices; without it every unit counts 1.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of what is drawn by chance.")
def command(file: Path, test_months: int, lead_months: int, fill: float, price_column: str | None, seed: int) -> None:
    """Print one JSON line a method for FILE, the product's own choice last.

    FILE is CSV or a workbook: first column the part, a column a month, empty is unknown, other columns are ignored.
    What of it is not judged, and what is odd about it, is said in one line on stderr.

    \b
    rmsse, mase         one step ahead, scaled by the naive forecast before the test; left out where that never erred
    bias                forecast over demand, less one, all parts together
    sql90 sql95 sql99   scaled pinball loss of the quantiles
    fill                lines (a part's demand of a month) met in full at once
    stock_months        mean stock over mean demand a month, in units
    stock_value         mean stock in money
    """
    try:
        read = read_monthly_demand(file, price_column)
        if odd := "; ".join(_odd(read, test_months)):
            click.echo(odd, err=True)
        for verdict in evaluate(read.demand, Question(test_months, lead_months, fill, seed), read.price):
            click.echo(json.dumps({name: _rounded(value) for name, value in verdict._asdict().items()}))
    except Refusal as refusal:
        raise click.ClickException(refusal_of(refusal, read_translations("en"))) from refusal


def _odd(read: MonthlyDemand, test_months: int) -> Iterator[str]:
    """What of the file is not judged, and what may be a mistake in it."""
    if read.demand.shape[1] > test_months:
        out = left_out(read.demand, test_months)
        if out.not_asked:
            yield f"left out: {out.not_asked} series not asked for before the test"
        if out.unknown:
            yield f"left out: {out.unknown} series unknown in all of the test"
        if out.unscaled:
            yield f"judged by fill and stock alone: {out.unscaled} series that never changed before the test"
    if nameless := sum(not part for part in read.parts):
        yield f"without a part's name: {nameless} rows"
    named = [part for part in read.parts if part]
    if twice := len(named) - len(set(named)):
        yield f"of a part that was there before: {twice} rows, each judged as a series of its own"
    if gaps := sum(not month for month in read.months):
        yield f"without a column: {gaps} months between the first and the last, taken as unknown"


def _rounded(value: str | float | None) -> str | float | None:
    return round(value, 6) if isinstance(value, float) else value
