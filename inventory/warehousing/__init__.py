"""The warehouse floor: goods received and put away, lots released to pick tasks, picked, checked.

Words. A *pick task* is one allocation of the ledger as work for a person: this quantity of this lot out of this bin. A
*wave* is what was released together in a warehouse, by a *trigger*: an urgent line by itself, the job, the lead. An
*expected receipt* announces goods, a *receipt* takes them in at the *dock*; *putting away* brings them to a shelf. A
*stock check* is what somebody found in a bin: a count, damage, doubt, or the end of a doubt.

Promises. While a task is wanted its quantity is that of its allocation; before the pick that lies in the task's bin,
after it in staging. A task is picked by one scan of the right bin and the right part, by one person, once. What is
missing or damaged leaves good stock and is announced (`PickFailed`) in the same transaction. Every step of a document
is an event.

Decisions.
- Locks: `hold_task` takes the balance row under a task before the task, then reads it again; a cancellation that came
  first is seen, one that comes later waits. Claiming touches no stock and may skip rows that are held.
- Who allocates decides who may release: `hand_to_floor` takes lots that sourcing got from the ledger, in one statement
  for a line and for a thousand, and makes a wave for each warehouse.
- A task is picked as a whole; of less, the rest is reported short or damaged with the scan. So one row is one pick, and
  a cancelled task tells by `picked` alone whether its stock lies on the shelf or in staging.
- Pieces with serial numbers of one lot are as good as each other: the piece really scanned is the one that is booked,
  and if another task was to pick it, that task picks the piece of this one. FIFO chose the lot: it needs no reason.
- A cancelled task that is packed already stays marked with its handling unit until it is taken out: the books do not
  say that a box is right which is not.
- More than was announced is received only with a reason, or within the tolerance that the announcement carries because
  it was agreed with the supplier; there is no silent one. Goods without an expected
  receipt name supplier and reference. Received stock belongs to the default owner.
- A put-away is a move of the document that brought the goods; it needs no document of its own.
- A count is of one lot in one bin and posts at once. Four eyes above a limit are not built yet.
"""

from inventory.warehousing.announcements import (
    AnnouncedGoodsReceived,
    PickFailed,
    PickFailure,
    ReceiptClosedShort,
    ReceivedPart,
)
from inventory.warehousing.check_history import CheckLine, list_checks
from inventory.warehousing.checking import (
    CheckScan,
    check_bin,
    quarantine,
    release_from_quarantine,
    report_damage,
)
from inventory.warehousing.claiming import claim_next, claim_task, unclaim_task
from inventory.warehousing.errors import (
    BinUnknown,
    BinUnsuitable,
    CodeUnusable,
    CountStale,
    ExpectedReceiptClosed,
    LotNeeded,
    MoreThanTask,
    NothingReceived,
    NotInBin,
    OriginMissing,
    OverReceipt,
    PartNotExpected,
    PartRepeated,
    PartUnknown,
    PickIncomplete,
    QuantityTooSmall,
    ReasonMissing,
    SerialNeeded,
    SerialsMissing,
    SerialsUnexpected,
    TaskClaimed,
    TaskNotOpen,
    WrongBin,
    WrongLot,
    WrongPart,
)
from inventory.warehousing.expecting import (
    ExpectedLine,
    ExpectedLineWish,
    ExpectedReceiptWish,
    announce_receipt,
    close_short,
    get_expected_receipt,
    list_expected_receipts,
    revise_receipt,
)
from inventory.warehousing.handing_over import put_in_handling_unit, send_off, take_out_of_handling_unit
from inventory.warehousing.importing import STOCK, check_stock, import_stock
from inventory.warehousing.models import (
    CheckKind,
    ExpectedReceipt,
    ExpectedReceiptLine,
    ExpectedReceiptStatus,
    PickTask,
    Receipt,
    ReceiptLine,
    StockCheck,
    TaskStatus,
    Trigger,
    Wave,
)
from inventory.warehousing.picking import PickScan, Shortfall, confirm_pick, report_exception
from inventory.warehousing.putting_away import PutAway, PutAwayScan, ToPutAway, list_to_put_away, put_away
from inventory.warehousing.receiving import (
    ReceiptLineView,
    ReceiptWish,
    ReceivedGoods,
    get_receipt,
    list_receipts,
    receive,
)
from inventory.warehousing.recognising import RecognisedBin, RecognisedPart, recognise
from inventory.warehousing.releasing import FloorWork, hand_to_floor
from inventory.warehousing.scanning import find_scanned_bin, find_scanned_part, names_part
from inventory.warehousing.tasks import (
    TO_PICK,
    TaskLine,
    TriggerShare,
    allocations_were_freed,
    get_task,
    list_tasks,
    list_tasks_in_handling_unit,
    list_tasks_of_lines,
    locked_tasks,
    share_by_trigger,
)

__all__ = [
    "STOCK",
    "TO_PICK",
    "AnnouncedGoodsReceived",
    "BinUnknown",
    "BinUnsuitable",
    "CheckKind",
    "CheckLine",
    "CheckScan",
    "CodeUnusable",
    "CountStale",
    "ExpectedLine",
    "ExpectedLineWish",
    "ExpectedReceipt",
    "ExpectedReceiptClosed",
    "ExpectedReceiptLine",
    "ExpectedReceiptStatus",
    "ExpectedReceiptWish",
    "FloorWork",
    "LotNeeded",
    "MoreThanTask",
    "NotInBin",
    "NothingReceived",
    "OriginMissing",
    "OverReceipt",
    "PartNotExpected",
    "PartRepeated",
    "PartUnknown",
    "PickFailed",
    "PickFailure",
    "PickIncomplete",
    "PickScan",
    "PickTask",
    "PutAway",
    "PutAwayScan",
    "QuantityTooSmall",
    "ReasonMissing",
    "Receipt",
    "ReceiptClosedShort",
    "ReceiptLine",
    "ReceiptLineView",
    "ReceiptWish",
    "ReceivedGoods",
    "ReceivedPart",
    "RecognisedBin",
    "RecognisedPart",
    "SerialNeeded",
    "SerialsMissing",
    "SerialsUnexpected",
    "Shortfall",
    "StockCheck",
    "TaskClaimed",
    "TaskLine",
    "TaskNotOpen",
    "TaskStatus",
    "ToPutAway",
    "Trigger",
    "TriggerShare",
    "Wave",
    "WrongBin",
    "WrongLot",
    "WrongPart",
    "allocations_were_freed",
    "announce_receipt",
    "check_bin",
    "check_stock",
    "claim_next",
    "claim_task",
    "close_short",
    "confirm_pick",
    "find_scanned_bin",
    "find_scanned_part",
    "get_expected_receipt",
    "get_receipt",
    "get_task",
    "hand_to_floor",
    "import_stock",
    "list_checks",
    "list_expected_receipts",
    "list_receipts",
    "list_tasks",
    "list_tasks_in_handling_unit",
    "list_tasks_of_lines",
    "list_to_put_away",
    "locked_tasks",
    "names_part",
    "put_away",
    "put_in_handling_unit",
    "quarantine",
    "receive",
    "recognise",
    "release_from_quarantine",
    "report_damage",
    "report_exception",
    "revise_receipt",
    "send_off",
    "share_by_trigger",
    "take_out_of_handling_unit",
    "unclaim_task",
]
