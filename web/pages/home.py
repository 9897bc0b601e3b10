"""The home page: what waits for whoever looks at it, as cards that lead to lists."""

from http import HTTPStatus

from flask import current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from inventory.db import database_now
from web.auth import current_actor, public, signed_in
from web.db import reading
from web.pages import Screens
from web.workplace import chosen_workplace

blueprint = Screens("home", __name__)


@blueprint.get("/favicon.ico")
@public
def show_icon() -> AnyResponse:
    """The mark for browsers that look for it here, the API's page among them."""
    return redirect(url_for("static", filename="icon.svg"), HTTPStatus.MOVED_PERMANENTLY)


@blueprint.get("/")
@signed_in
def show_home() -> str:
    """The cards of the person's role: what waits first, the urgent before the rest; what waits for nobody below."""
    by, place = current_actor(), chosen_workplace()
    cards = [card for card in current_app.extensions["cards"] if by.may(card.permission)]
    with reading() as session:
        at = database_now(session)
        counted = [(card, card.count(session, by, place.id if place else None, at)) for card in cards]
    waiting = sorted((pair for pair in counted if pair[1]), key=lambda pair: not pair[0].urgent)
    return render_template("home.html", waiting=waiting, quiet=[card for card, count in counted if not count])
