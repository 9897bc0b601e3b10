"""Make accounts, give and take roles, reset passwords, close accounts."""

import click

from inventory import identity, network
from inventory.identity import Role
from inventory.network import Warehouse
from web.acting import at_work
from web.db import Work
from web.settings import Settings

ROLE = click.Choice([role.value for role in Role])


@click.group("user")
def command() -> None:
    """Make accounts, give and take roles, reset passwords, close accounts.

    A fresh installation has no account that can log in: make the first one here.
    """


@command.command("create")
@click.argument("login")
@click.argument("name")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Of the screens; else the browser's.")
def create(login: str, name: str, language: str | None) -> None:
    """Make an account for NAME with a first password, printed once; it has to be changed within a week."""
    with at_work("user_create") as (work, settings):
        person = identity.create_person(work.session, login=login, name=name, locale=language, by=work.by, at=work.at)
        password = give_first_password(work, settings, person.id)
        click.echo(f"{person.login}\t{password}")


@command.command("bind")
@click.argument("login")
@click.argument("role", type=ROLE)
@click.argument("warehouse", required=False)
@click.option("--with-descendants", is_flag=True, help="At all warehouses below it, too.")
@click.option("--everywhere", is_flag=True, help="In the whole network, instead of at a warehouse.")
def bind(login: str, role: str, warehouse: str | None, with_descendants: bool, everywhere: bool) -> None:
    """Give LOGIN a ROLE at WAREHOUSE."""
    require_one_place(warehouse, everywhere=everywhere)
    with at_work("user_bind") as (work, _):
        identity.bind_role(
            work.session,
            identity.get_person(work.session, login).id,
            Role(role),
            warehouse_id=place_of(work, warehouse),
            with_descendants=with_descendants,
            by=work.by,
            at=work.at,
        )


@command.command("unbind")
@click.argument("login")
@click.argument("role", type=ROLE)
@click.argument("warehouse", required=False)
@click.option("--everywhere", is_flag=True, help="The role that holds in the whole network.")
def unbind(login: str, role: str, warehouse: str | None, everywhere: bool) -> None:
    """Take a ROLE at WAREHOUSE away from LOGIN."""
    require_one_place(warehouse, everywhere=everywhere)
    with at_work("user_unbind") as (work, _):
        identity.unbind_role(
            work.session,
            identity.get_person(work.session, login).id,
            Role(role),
            warehouse_id=place_of(work, warehouse),
            by=work.by,
            at=work.at,
        )


@command.command("password")
@click.argument("login")
def password(login: str) -> None:
    """Give LOGIN a new first password, printed once; sessions end."""
    with at_work("user_password") as (work, settings):
        person = identity.get_person(work.session, login)
        click.echo(f"{person.login}\t{give_first_password(work, settings, person.id)}")


@command.command("disable")
@click.argument("login")
def disable(login: str) -> None:
    """Close the account LOGIN: sessions and tokens end at once."""
    with at_work("user_disable") as (work, _):
        person = identity.get_person(work.session, login)
        identity.disable_person(work.session, person.id, by=work.by, at=work.at)


@command.command("enable")
@click.argument("login")
def enable(login: str) -> None:
    """Open the account LOGIN again."""
    with at_work("user_enable") as (work, _):
        person = identity.get_person(work.session, login)
        identity.enable_person(work.session, person.id, by=work.by, at=work.at)


def give_first_password(work: Work, settings: Settings, person_id: int) -> str:
    """Set a random first password and return it."""
    keeper = identity.PasswordKeeper(identity.COSTS[settings.password_cost])
    return identity.give_first_password(work.session, keeper, person_id, by=work.by, at=work.at)


def require_one_place(warehouse: str | None, *, everywhere: bool) -> None:
    """Refuse a role at no place, or at two: everywhere is said, never assumed."""
    if (warehouse is None) != everywhere:
        raise click.UsageError("name a WAREHOUSE or say --everywhere")


def place_of(work: Work, code: str | None) -> int | None:
    """The warehouse of a code; None is everywhere."""
    if code is None:
        return None
    warehouse: Warehouse = network.get_warehouse(work.session, code)
    return warehouse.id
