"""A network that asks for one part month after month, and what a run makes of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.catalogue.models import Division
from inventory.network.models import Warehouse
from inventory.planning.replenishment import PlanningRun, Proposal, ProposalStatus, StockLevel
from tests import given
from tests.given.ledger import Stock
from tests.given.planning import Pieces, asked_monthly, plan, three_tiers
from tests.given.policies import rule
from tests.given.procurement import sold, supplier


class Town:
    """A central warehouse, a distribution centre, two repair centres that ask for a part every month."""

    def __init__(self, session: Session) -> None:
        self.session = session
        network = three_tiers(session, 2)
        self.central, self.centre, self.stations = network.central, network.centre, network.stations
        self.places = network.places
        self.part = given.part(session)
        self.seller = sold(session, supplier(session), self.part, (1, "12.50"), moq=10, pack_size=5)
        asked_monthly(session, self.stations, self.part)

    def lies(self, warehouse: Warehouse, quantity: int) -> Stock:
        return given.stock(self.session, warehouse=warehouse, part=self.part, quantity=quantity)

    def buys_for_half_a_year(self) -> None:
        """At the top, which is more than the supplier's minimum; else it is for a week."""
        division = self.session.get_one(Division, self.part.division_id)
        rule(self.session, "central", division=division.code, review_days=180)

    def plan(self, *, pieces: Pieces = lambda ids: [ids]) -> PlanningRun:
        return plan(self.session, pieces=pieces)

    def proposals(self, **wanted) -> list[Proposal]:
        query = select(Proposal).where(Proposal.status == ProposalStatus.OPEN).filter_by(**wanted).order_by(Proposal.id)
        return list(self.session.scalars(query))

    def level(self, warehouse: Warehouse) -> StockLevel | None:
        return self.session.get(StockLevel, (self.part.id, warehouse.id))
