"""Start everything: database, migrations, server, jobs."""

import signal

import click

from web.cluster import reachable_database
from web.run import load_demo_into_empty, prepare, require_free_port, supervise
from web.settings import Settings


@click.command("run")
@click.option("--empty", is_flag=True, help="Leave an empty network empty, instead of loading the demo.")
def command(empty: bool) -> None:
    """Start everything: database, migrations, the demo when the network is empty, server, jobs."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    settings = Settings.from_environment()
    require_free_port(settings)
    try:
        with reachable_database(settings) as reached:
            prepare(reached)
            if not empty:
                load_demo_into_empty(reached)
            supervise(reached)
    except KeyboardInterrupt:
        click.echo("Ended.")
