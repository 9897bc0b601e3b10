"""Plan all parts now, or judge forecasts and trees of stock on data of your own."""

import click

from web.cli import CommandsByFile


@click.command("plan", cls=CommandsByFile, begins="plan_")
def command() -> None:
    """Plan the stock. `evaluate` and `tree` need no database: judge the planner on data of your own."""
