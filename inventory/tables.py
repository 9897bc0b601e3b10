"""Every table of the product, for migrations and grants; nothing else imports this module."""

from inventory import audit, commands, slots, timeline
from inventory.catalogue import models as catalogue
from inventory.db import metadata
from inventory.identity import models as identity
from inventory.ledger import models as ledger
from inventory.network import models as network
from inventory.planning.demand import models as demand
from inventory.planning.policies import models as policies
from inventory.planning.replenishment import models as replenishment
from inventory.procurement import models as procurement
from inventory.reporting import planning_figures_models as planning_figures
from inventory.sourcing import models as sourcing
from inventory.transport import models as transport
from inventory.warehousing import models as warehousing
from inventory.workorders import models as workorders

APPEND_ONLY: tuple[str, ...] = ("move", "document_event", "audit_entry", "promise", "tracking_event")
"""Tables whose rows are never changed or removed: triggers refuse it, and the application's role has no right to it."""

__all__ = [
    "APPEND_ONLY",
    "audit",
    "catalogue",
    "commands",
    "demand",
    "identity",
    "ledger",
    "metadata",
    "network",
    "planning_figures",
    "policies",
    "procurement",
    "replenishment",
    "slots",
    "sourcing",
    "timeline",
    "transport",
    "warehousing",
    "workorders",
]
