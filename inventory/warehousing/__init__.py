"""The warehouse floor: goods received and put away, lots released to pick tasks, picked, checked."""

from inventory.warehousing.announcements import PickFailed, PickFailure
from inventory.warehousing.claiming import claim_next, claim_task, unclaim_task
from inventory.warehousing.models import Trigger
from inventory.warehousing.picking import PickScan, Shortfall, confirm_pick, report_exception
from inventory.warehousing.releasing import FloorWork, hand_to_floor
from inventory.warehousing.tasks import allocations_were_freed, get_task, list_tasks, share_by_trigger

__all__ = [
    "FloorWork",
    "PickFailed",
    "PickFailure",
    "PickScan",
    "Shortfall",
    "Trigger",
    "allocations_were_freed",
    "claim_next",
    "claim_task",
    "confirm_pick",
    "get_task",
    "hand_to_floor",
    "list_tasks",
    "report_exception",
    "share_by_trigger",
    "unclaim_task",
]
