"""What replenishment refuses."""

from inventory.errors import Conflict, RuleBroken


class ProposalDecided(Conflict):
    """It was released, rejected or withdrawn meanwhile. Facts: proposal, status."""

    code = "proposal_decided"


class NothingProposed(RuleBroken):
    """No proposal was named, or nothing of what was named can be ordered now."""

    code = "nothing_proposed"


class ReasonNeeded(RuleBroken):
    """Turning a proposal down needs a reason."""

    code = "proposal_reason_needed"


class QuantityOutOfBounds(RuleBroken):
    """A quantity is a whole number of base units, in whole packs where it is bought. Facts: least, most, pack."""

    code = "proposal_quantity_out_of_bounds"


class NobodySellsIt(RuleBroken):
    """Nobody is known who sells the part. Facts: proposal, part."""

    code = "proposal_nobody_sells"


class NotSoldBy(RuleBroken):
    """That supplier does not sell the part, or what is moved is not bought. Facts: proposal, supplier."""

    code = "proposal_not_sold_by"


class RunUnderWay(Conflict):
    """Another run is at work; its proposals come in a moment."""

    code = "planning_run_under_way"
