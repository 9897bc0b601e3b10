"""Every two ways in which people want the same stock, at once: the end is that of one after the other."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from inventory import events, subscriptions
from inventory.transport import BoxScan, PieceScan, RestMissing
from inventory.warehousing import PickFailure
from tests.invariants.demand import (
    Asked,
    Chain,
    Stocked,
    asking,
    calling_off,
    cancelling,
    cancelling_the_work_order,
    chain,
    drawing,
    failing,
    fitting,
    freeing,
    giving_back,
    goods_coming,
    losing,
    moving,
    picking,
    receiving,
    releasing_a_wave,
    require_true_books,
    reviewing,
    shipping,
    tell,
)
from tests.invariants.racing import Story, check_story


@pytest.fixture(autouse=True)
def everybody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The contexts are connected as in the program."""
    monkeypatch.setattr(events, "_listeners", defaultdict(list))
    subscriptions.connect()


@pytest.fixture(scope="module", autouse=True)
def true_books_at_the_end(arena: Engine) -> Iterator[None]:
    yield
    with Session(arena) as session:
        require_true_books(session)


HUB, CENTRE, STATION = Stocked(hub=[3, 2]), Stocked(centre=[3, 2]), Stocked(station=[3, 2])
NOTHING = Stocked()
A, B = Asked("a", 3), Asked("b", 3)


def at(stage: str, quantity: int = 3, label: str = "a") -> Asked:
    return Asked(label, quantity, stage)


def moved(stage: str, quantity: int) -> Asked:
    return Asked("a", quantity, stage, moved=True)


STORIES: dict[str, Story[Chain]] = {
    # Requests for the same stock.
    "request x request, on the floor at once": Story(chain(CENTRE), [asking("x", 4), asking("y", 3)], tell),
    "request x request, for a wave": Story(chain(HUB), [asking("x", 4), asking("y", 3)], tell),
    "request x request, on the own shelf": Story(chain(STATION), [asking("x", 4), asking("y", 3)], tell),
    "request x request x request": Story(chain(CENTRE), [asking("x", 2), asking("y", 2), asking("z", 2)], tell),
    "request x request over two warehouses": Story(
        chain(Stocked(centre=[2], hub=[2])), [asking("x", 3), asking("y", 3)], tell
    ),
    "urgent request x patient request": Story(chain(HUB), [asking("x", 4, 1), asking("y", 4, 9)], tell),
    # Requests and what makes stock less or more.
    "request x loss": Story(chain(CENTRE), [asking("x", 4), losing(3)], tell),
    "request x loss of what others were promised": Story(chain(HUB, A), [asking("x", 2), losing(3, "hub")], tell),
    "request x cancellation": Story(chain(HUB, A), [asking("x", 5), cancelling("a")], tell),
    "request x cancellation on the floor": Story(
        chain(CENTRE, at("released")), [asking("x", 5), cancelling("a")], tell
    ),
    "request x goods coming": Story(chain(Stocked(centre=[1])), [asking("x", 3), goods_coming(2)], tell),
    "request x goods coming for a back-order": Story(chain(NOTHING, A), [asking("x", 3), goods_coming(4)], tell),
    "request x wave": Story(chain(HUB, A), [asking("x", 2), releasing_a_wave()], tell),
    "request x short pick": Story(chain(CENTRE, at("released")), [asking("x", 2), failing("a", 2)], tell),
    "request x damaged pick": Story(
        chain(CENTRE, at("released")), [asking("x", 2), failing("a", 2, PickFailure.DAMAGED)], tell
    ),
    "request x shipping": Story(chain(CENTRE, at("packed")), [asking("x", 2), shipping("a")], tell),
    "request x receipt with loss": Story(
        chain(CENTRE, at("under_way")), [asking("x", 2), receiving("a", PieceScan("", 1, 1, 1))], tell
    ),
    "request x draw": Story(chain(STATION, at("arrived")), [asking("x", 2), drawing("a", 3)], tell),
    "request x freed earmark": Story(chain(STATION, at("arrived", 5)), [asking("x", 2), freeing("a", 5)], tell),
    "request x giving back": Story(chain(STATION, at("drawn", 5)), [asking("x", 2), giving_back("a", 2)], tell),
    "request x end of the work order": Story(chain(HUB), [asking("x", 2), cancelling_the_work_order], tell),
    "request x review": Story(chain(NOTHING, A), [asking("x", 2), reviewing], tell),
    # Back-orders.
    "goods x goods for one back-order": Story(chain(NOTHING, A), [goods_coming(2), goods_coming(2)], tell),
    "goods here x goods there for one back-order": Story(
        chain(NOTHING, A), [goods_coming(2), goods_coming(3, "hub")], tell
    ),
    "goods x cancellation of the back-order": Story(chain(NOTHING, A, B), [goods_coming(3), cancelling("a")], tell),
    "goods x review": Story(chain(NOTHING, A), [goods_coming(3), reviewing], tell),
    "goods x end of the work order": Story(chain(NOTHING, A), [goods_coming(3), cancelling_the_work_order], tell),
    "review x cancellation": Story(chain(NOTHING, A), [reviewing, cancelling("a")], tell),
    "loss x cancellation that fills the back-order": Story(
        chain(Stocked(centre=[3]), A, B), [losing(1), cancelling("a")], tell
    ),
    "freed earmark x goods for a back-order": Story(
        chain(Stocked(station=[3]), at("arrived"), B), [freeing("a", 3), goods_coming(2)], tell
    ),
    "giving back x goods for a back-order": Story(
        chain(Stocked(station=[3]), at("drawn"), B), [giving_back("a", 3), goods_coming(2)], tell
    ),
    # Displacement.
    "loss x loss in two warehouses": Story(
        chain(Stocked(centre=[2], hub=[2]), Asked("a", 4)), [losing(2), losing(2, "hub")], tell
    ),
    "loss x loss, each sourced anew from the other": Story(
        chain(Stocked(centre=[3], hub=[5]), A, Asked("b", 2)), [losing(2), losing(2, "hub")], tell
    ),
    "loss x wave": Story(chain(HUB, A), [losing(2, "hub"), releasing_a_wave()], tell),
    "loss x pick": Story(chain(CENTRE, at("released")), [losing(2), picking("a")], tell),
    "loss x cancellation": Story(chain(HUB, A, Asked("b", 2)), [losing(2, "hub"), cancelling("a")], tell),
    "loss x goods coming": Story(chain(CENTRE, Asked("a", 5)), [losing(3), goods_coming(2)], tell),
    # The floor.
    "wave x wave": Story(chain(HUB, A, Asked("b", 2)), [releasing_a_wave(), releasing_a_wave()], tell),
    "wave x urgent request": Story(chain(HUB, A), [releasing_a_wave(), asking("x", 2, 1)], tell),
    "wave x cancellation": Story(chain(HUB, A), [releasing_a_wave(), cancelling("a")], tell),
    "pick x pick of one task": Story(chain(CENTRE, at("released", 2)), [picking("a"), picking("a")], tell),
    "pick x cancellation": Story(chain(CENTRE, at("released", 2)), [picking("a"), cancelling("a")], tell),
    "pick x short pick": Story(chain(CENTRE, at("released", 2)), [picking("a"), failing("a", 1)], tell),
    "short pick x cancellation": Story(chain(CENTRE, at("released", 2)), [failing("a", 1), cancelling("a")], tell),
    "short pick x short pick of two lines": Story(
        chain(Stocked(centre=[5]), at("released", 2), at("released", 2, "b")), [failing("a", 2), failing("b", 2)], tell
    ),
    "short pick x goods for the same line": Story(
        chain(Stocked(centre=[2]), Asked("a", 4, "released")), [failing("a", 2), goods_coming(3)], tell
    ),
    "pick x end of the work order": Story(
        chain(CENTRE, at("released", 2)), [picking("a"), cancelling_the_work_order], tell
    ),
    # The road.
    "ship x cancellation": Story(chain(CENTRE, at("packed")), [shipping("a"), cancelling("a")], tell),
    "ship x ship": Story(chain(CENTRE, at("packed")), [shipping("a"), shipping("a")], tell),
    "ship x end of the work order": Story(
        chain(CENTRE, at("packed")), [shipping("a"), cancelling_the_work_order], tell
    ),
    "receipt x receipt": Story(
        chain(CENTRE, at("under_way")), [receiving("a", BoxScan("")), receiving("a", PieceScan("", 2))], tell
    ),
    "receipt with loss x goods coming": Story(
        chain(CENTRE, at("under_way")), [receiving("a", PieceScan("", 1), RestMissing()), goods_coming(2, "hub")], tell
    ),
    "receipt x cancellation of the rest": Story(
        chain(Stocked(centre=[3]), Asked("a", 5, "under_way")),
        [receiving("a", PieceScan("", 2), RestMissing()), cancelling("a")],
        tell,
    ),
    "receipt x end of the work order": Story(
        chain(CENTRE, at("under_way")), [receiving("a", BoxScan("")), cancelling_the_work_order], tell
    ),
    "receipt x receipt of two shares of a line": Story(
        chain(Stocked(centre=[2, 2]), Asked("a", 2, "under_way"), Asked("b", 2, "under_way")),
        [receiving("a", PieceScan("", 1), RestMissing()), receiving("b", PieceScan("", 1), RestMissing())],
        tell,
    ),
    # Transfers from the hub, to which repairs at the station go before.
    "transfer x transfer": Story(chain(HUB), [moving("x", 4), moving("y", 3)], tell),
    "transfer x request": Story(chain(HUB), [moving("x", 4), asking("y", 3)], tell),
    "transfer x goods coming": Story(chain(NOTHING), [moving("x", 3), goods_coming(2, "hub")], tell),
    "transfer x goods coming for a back-order": Story(
        chain(NOTHING, A), [moving("x", 3), goods_coming(4, "hub")], tell
    ),
    "transfer x request that waits x goods coming": Story(
        chain(NOTHING), [moving("x", 3), asking("y", 2), goods_coming(3, "hub")], tell
    ),
    "transfer x loss": Story(chain(HUB), [moving("x", 4), losing(3, "hub")], tell),
    "transfer x cancellation": Story(chain(HUB, A), [moving("x", 4), cancelling("a")], tell),
    "request x wave of a transfer": Story(chain(HUB, moved("asked", 5)), [asking("x", 2), releasing_a_wave()], tell),
    "request x calling off a transfer": Story(chain(HUB, moved("asked", 5)), [asking("x", 3), calling_off("a")], tell),
    "request x calling off on the floor": Story(
        chain(HUB, moved("released", 5)), [asking("x", 3), calling_off("a")], tell
    ),
    "request x request for what is to be moved": Story(
        chain(HUB, moved("asked", 5)), [asking("x", 3), asking("y", 4)], tell
    ),
    "request x loss of what is to be moved": Story(
        chain(HUB, moved("asked", 5)), [asking("x", 3), losing(3, "hub")], tell
    ),
    "request x receipt of a transfer": Story(
        chain(HUB, moved("under_way", 5)), [asking("x", 2), receiving("a", BoxScan(""))], tell
    ),
    "receipt of a transfer x cancellation of the back-order": Story(
        chain(HUB, moved("under_way", 5), Asked("b", 3)), [receiving("a", BoxScan("")), cancelling("b")], tell
    ),
    "receipt of a transfer with loss x calling off": Story(
        chain(HUB, moved("under_way", 5)),
        [receiving("a", PieceScan("", 2, 1), RestMissing()), calling_off("a")],
        tell,
    ),
    "short pick of a transfer x calling off": Story(
        chain(HUB, moved("released", 3)), [failing("a", 1), calling_off("a")], tell
    ),
    "ship a transfer x calling off": Story(chain(HUB, moved("packed", 3)), [shipping("a"), calling_off("a")], tell),
    "review x transfer": Story(chain(HUB, moved("released", 5), Asked("b", 3)), [reviewing, moving("x", 2)], tell),
    # The station.
    "draw x draw": Story(chain(STATION, at("arrived")), [drawing("a", 3), drawing("a", 3)], tell),
    "draw x freed earmark": Story(chain(STATION, at("arrived")), [drawing("a", 3), freeing("a", 2)], tell),
    "draw x loss on the shelf": Story(chain(STATION, at("arrived", 5)), [drawing("a", 5), losing(2, "station")], tell),
    "freed earmark x freed earmark": Story(chain(STATION, at("arrived")), [freeing("a", 2), freeing("a", 2)], tell),
    "freed earmark x loss on the shelf": Story(
        chain(STATION, at("arrived", 5)), [freeing("a", 2), losing(2, "station")], tell
    ),
    "fit x give back": Story(chain(STATION, at("drawn", 1)), [fitting("a"), giving_back("a")], tell),
    "fit x end of the work order": Story(
        chain(STATION, at("drawn", 1)), [fitting("a"), cancelling_the_work_order], tell
    ),
    "draw x end of the work order": Story(
        chain(STATION, at("arrived")), [drawing("a", 3), cancelling_the_work_order], tell
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_the_end_is_that_of_one_after_the_other(arena: Engine, races: int, name: str) -> None:
    check_story(arena, STORIES[name], times=races)
