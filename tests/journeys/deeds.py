"""What the others do meanwhile, by the same screens: a station opens a repair, the centre picks, packs and sends."""

import re

from tests.journeys.town import Town, label_of
from tests.journeys.visitor import Visitor

TASK = re.compile(r".*\b(?P<part>P\d+) .*? 批次 (?P<lot>\S+) .*扫描货位 (?P<bin>\S+)")


def open_repair(manager: Visitor, place: Town, **said: str) -> str:
    """Take a call down at the station; tell the work order's number."""
    call = place.call | said
    manager.follows("工单").follows("新建工单").sends("建立工单", **call).is_told("已建立。")
    return number_in(manager, "WO")


def pick_everything(operator: Visitor) -> int:
    """Walk from bin to bin until nothing is left; tell how many tasks that were."""
    operator.follows("拣货").sends("开始拣货")
    picked = 0
    while operator.page.address != "/picking/done":
        task = TASK.search(operator.page.text)
        assert task is not None, operator.page.text
        operator.scans(task["bin"], into="bin").scans(label_of(task["part"], task["lot"]), into="part")
        picked += 1
    return picked


def pack_and_send(operator: Visitor, place: Town) -> str:
    """Put all that waits into one box, close it, hand it to the carrier; tell its SSCC."""
    operator.follows("装箱").sends("开新箱").sends("全部装入").sends("封箱").is_told("已封箱")
    sscc = re.search(r"\b[0-9]{18}\b", operator.page.text)
    assert sscc is not None
    operator.follows("2. 发运").sends("发运所选箱", carrier=f"C{place.centre.id}").is_told("已发运")
    return sscc[0]


def number_in(visitor: Visitor, prefix: str) -> str:
    """The first document number of a kind that the page tells."""
    found = re.search(rf"\b{prefix}-\d+", visitor.page.text)
    assert found is not None, visitor.page.text
    return found[0]
