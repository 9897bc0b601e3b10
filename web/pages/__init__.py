"""Screens: a module per context, each with a `blueprint`, and where it has them its `NAVIGATION` and its `CARDS`.

`init_pages` finds the modules, registers them, and gives every template the words it needs: the navigation of whoever
is asking, the warehouse he works at, the languages, times, hidden fields.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, g, request, url_for
from sqlalchemy.orm import Session

from inventory.actor import Actor
from inventory.identity import Access, Permission
from web.api import modules_of
from web.command import command_field
from web.icons import icon
from web.languages import LANGUAGES, current_language
from web.showing import init_showing
from web.wire import require_readable_form
from web.workplace import chosen_workplace

Count = Callable[[Session, Actor, int | None, datetime], int]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the navigation: where it leads, what it is called, who sees it, where it stands.

    Entries of the same ten stand together: 10 repairs, 20 the floor, 30 requests and their clocks, 60 what is told
    of stock, 90 keeping the system.
    """

    endpoint: str
    label: str
    permission: Permission
    order: int = 50
    icon: str = "circle"


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the home page: how many things wait on a list, for who may do something about them.

    `count(session, by, warehouse_id, at)` counts within the actor's reach, at one warehouse when one is chosen.
    `urgent` cards stand first and in red when they are not empty.
    """

    endpoint: str
    label: str
    permission: Permission
    count: Count
    order: int = 50
    icon: str = "list-task"
    urgent: bool = False


class Screens(Blueprint):
    """A blueprint of screens: forms that are sent to it are checked for unreadable text."""

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        super().__init__(name, import_name, **options)
        self.before_request(require_readable_form)


def init_pages(app: Flask) -> None:
    """Register every module of screens, and what all templates share."""
    modules = modules_of("web.pages")
    for module in modules:
        app.register_blueprint(module.blueprint)
    app.extensions["navigation"] = _sorted(entry for module in modules for entry in getattr(module, "NAVIGATION", ()))
    app.extensions["cards"] = _sorted(card for module in modules for card in getattr(module, "CARDS", ()))
    app.extensions["first_steps"] = {"session.show_password", "session.change_password", "session.log_out", "static"}
    init_showing(app)
    app.jinja_env.globals.update(
        here=here,
        entry_of_page=entry_of_page,
        icon=icon,
        command_field=command_field,
        LANGUAGES=LANGUAGES,
        Permission=Permission,
    )

    @app.context_processor
    def share() -> dict[str, Any]:
        access: Access | None = g.get("access")
        return {
            "access": access,
            "by": access.actor if access else None,
            "language": current_language(),
            "navigation": [entry for entry in app.extensions["navigation"] if _sees(access, entry)],
            "workplace": chosen_workplace() if access else None,
        }


def here(**changed: str | None) -> str:
    """The address of this page with some of its arguments changed; None removes one."""
    arguments = {**request.args.to_dict(flat=False), **changed}
    told = urlencode({name: value for name, value in arguments.items() if value is not None}, doseq=True)
    page = url_for(request.endpoint or "", **(request.view_args or {}))
    return f"{page}?{told}" if told else page


def entry_of_page(entries: Sequence[Entry]) -> Entry | None:
    """The entry this page lies behind: of several the one whose address says most of the page's."""
    addresses = [(url_for(entry.endpoint), entry) for entry in entries]
    behind = [(len(address), entry) for address, entry in addresses if (request.path + "/").startswith(address + "/")]
    return max(behind, key=lambda one: one[0])[1] if behind else None


def _sees(access: Access | None, entry: Entry) -> bool:
    return access is not None and not access.must_change_password and access.actor.may(entry.permission)


def _sorted(entries: Any) -> list[Any]:
    return sorted(entries, key=lambda one: (one.order, one.endpoint))
