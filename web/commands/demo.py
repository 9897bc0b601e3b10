"""Load the demo network into an empty database."""

import time
from concurrent.futures import ThreadPoolExecutor

import click
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from inventory import subscriptions
from inventory.db import database_now
from inventory.identity import COSTS, PasswordKeeper
from web.cluster import reachable_database
from web.demo.buying import buy
from web.demo.living import live
from web.demo.loading import NetworkNotEmpty, Wish, load
from web.demo.people import make_passwords, open_log_ins
from web.demo.planning import plan_demo
from web.demo.scales import SCALES
from web.migrating import migrate
from web.settings import Settings
from web.workorders import rules_of

SEED = 20_260_101
LOG_INS = "logins.txt"


@click.command("demo")
@click.option("--scale", type=click.Choice(list(SCALES)), default="small", show_default=True, help="How large it is.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="The same seed makes the same network.")
def command(scale: str, seed: int) -> None:
    """Load the demo network into an empty database: warehouses, parts, a year of stock, work under way, log-ins."""
    started = time.monotonic()
    with reachable_database(Settings.from_environment()) as settings:
        migrate(settings.migration_database_url, settings.database_url)
        engine = create_engine(settings.migration_database_url, poolclass=NullPool)
        wish = Wish(SCALES[scale], seed, settings.gs1_prefix, settings.gln_reference_first)
        try:
            _load(engine, wish, settings)
        except NetworkNotEmpty as refusal:
            raise click.ClickException("There are warehouses already; the demo wants an empty network.") from refusal
        finally:
            engine.dispose()
    click.echo(f"The demo network ({scale}) is loaded; it took {time.monotonic() - started:.0f} s.")
    click.echo(f"Log-ins: {settings.var / LOG_INS}")


def _load(engine: Engine, wish: Wish, settings: Settings) -> None:
    """Load everything or nothing."""
    subscriptions.connect()
    keeper = PasswordKeeper(COSTS[settings.password_cost])
    with ThreadPoolExecutor(max_workers=1) as pool, Session(engine) as session, session.begin():
        passwords = make_passwords(keeper, pool)
        at = database_now(session)
        load(session, wish, at=at)
        live(session, rules_of(settings), company_prefix=settings.gs1_prefix, seed=wish.seed, at=at)
        buy(session, at=at)
        plan_demo(session, at=at, zone=settings.timezone)
        open_log_ins(session, passwords, settings.var / LOG_INS, at=at)
