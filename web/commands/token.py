"""Make and revoke tokens of the API."""

from datetime import timedelta

import click

from inventory import identity
from inventory.identity import Permission
from web.acting import at_work


@click.group("token")
def command() -> None:
    """Make and revoke tokens of the API. Acts as the system's account."""


@command.command("create")
@click.argument("login")
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True, help="How long it lives.")
@click.option(
    "--permission",
    "permissions",
    multiple=True,
    type=click.Choice([permission.value for permission in Permission]),
    help="What it is limited to; may be said several times. Without it: all that LOGIN may do.",
)
def create(login: str, name: str, days: int, permissions: tuple[str, ...]) -> None:
    """Make a token that acts as LOGIN; NAME says what it is for. It is printed once and kept as a hash."""
    with at_work("token_create") as (work, _):
        made = identity.make_token(
            work.session,
            identity.get_person(work.session, login).id,
            name=name,
            permissions=[Permission(one) for one in permissions] or None,
            life=timedelta(days=days),
            by=work.by,
            at=work.at,
        )
        click.echo(made.text)


@command.command("list")
@click.argument("login")
def list_(login: str) -> None:
    """List the tokens of LOGIN: prefix, name, end, last use."""
    with at_work("token_list") as (work, _):
        person = identity.get_person(work.session, login)
        for token in identity.list_tokens(work.session, person.id):
            ends = token.revoked_at or token.expires_at
            used = token.last_used_at.isoformat(timespec="minutes") if token.last_used_at else "-"
            click.echo(f"{token.prefix}\t{token.name}\t{ends.isoformat(timespec='minutes')}\t{used}")


@command.command("revoke")
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """End the token bj_PREFIX_... at once."""
    with at_work("token_revoke") as (work, _):
        identity.revoke_token(work.session, prefix, by=work.by, at=work.at)
