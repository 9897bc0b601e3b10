"""The kinds of tables that come by file: which context takes them, and what people call their columns.

A column goes by its name, by its Chinese name, or by one of a few others that files of its kind use.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from inventory import catalogue, identity, network, procurement, warehousing
from inventory.actor import Actor
from inventory.planning import demand, policies
from inventory.sheets import Findings, Row, Sheet
from web.connectors.files.reading import SheetFile, fold, read_table, recognise


class Import(Protocol):
    """A use case that takes a whole file or refuses it."""

    def __call__(self, session: Session, rows: Iterable[Row], *, by: Actor, at: datetime) -> Findings: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of table: its sheet, what checks and what takes it, and other names of its columns."""

    sheet: Sheet
    check: Callable[[Session, Iterable[Row]], Findings]
    take: Import
    other_names: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The word for it on the command line and in addresses."""
        return self.sheet.name

    def open(self, path: Path) -> SheetFile:
        """Open a file as this kind of table. Raises: the kinds of FileUnreadable."""
        names = {name: name for name in self.sheet.names}
        names |= {fold(CHINESE[name]): name for name in self.sheet.names}
        return recognise(read_table(path), self.sheet, names | dict(self.other_names), self.ignored)


CHINESE = {
    "active": "启用",
    "address": "地址",
    "asked_on": "需求日期",
    "base_unit": "基本单位",
    "bin": "货位",
    "code": "编码",
    "condition": "状态",
    "consume_old_first": "先用旧件",
    "contact": "联系人",
    "contract": "合同",
    "counted_on": "统计日期",
    "currency": "币种",
    "division": "事业部",
    "division_en": "事业部英文名称",
    "division_zh": "事业部名称",
    "email": "电子邮箱",
    "expires_on": "有效至",
    "from_quantity": "起订数量",
    "gln": "GLN",
    "gtin": "GTIN",
    "interchangeable": "可互换",
    "latitude": "纬度",
    "lead_time_days": "提前期天数",
    "lead_time_sd_days": "提前期波动天数",
    "level": "级别",
    "login": "登录名",
    "longitude": "经度",
    "lot": "批次",
    "maximum": "最高库存",
    "measure": "服务指标",
    "minimum": "最低库存",
    "minimum_order_value": "起订金额",
    "model": "产品型号",
    "moq": "最小订量",
    "name": "姓名",
    "name_en": "英文名称",
    "name_pinyin": "拼音",
    "name_zh": "名称",
    "new": "新专用号",
    "number": "专用号",
    "old": "旧专用号",
    "over_tolerance_percent": "超交允差%",
    "owner": "货主",
    "pack_size": "包装量",
    "parent": "上级库",
    "parent_code": "上级编码",
    "part": "备件",
    "payment_terms": "付款条件",
    "phone": "电话",
    "pick_sequence": "拣货顺序",
    "price": "价格",
    "priority": "优先级",
    "quantity": "数量",
    "ratio": "替代比例",
    "reason": "原因",
    "received_on": "入库日期",
    "region": "地区编码",
    "role": "角色",
    "safety_stock": "安全库存",
    "serial": "序列号",
    "serial_tracked": "序列号管理",
    "source": "供应库房",
    "stocked": "是否存放",
    "supplier": "供应商",
    "supplier_part_number": "供应商料号",
    "target": "目标值",
    "tier": "库房级别",
    "under_tolerance_percent": "短交允差%",
    "units": "在用台数",
    "valid_from": "生效日期",
    "valid_to": "失效日期",
    "warehouse": "库房",
    "weight_g": "重量克",
    "with_descendants": "含下级库",
    "zone": "库区",
    "zone_kind": "库区类型",
}


def column_name(name: str, language: str) -> str:
    """What a column is called in a language; its name where it has no other."""
    return CHINESE.get(name, name) if language == "zh" else name


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            network.REGIONS,
            network.check_regions,
            network.import_regions,
            other_names={"adcode": "code", "parent_adcode": "parent_code"},
            ignored=frozenset({"coord_source"}),
        ),
        Kind(network.WAREHOUSES, network.check_warehouses, network.import_warehouses),
        Kind(network.BINS, network.check_bins, network.import_bins),
        Kind(catalogue.PARTS, catalogue.check_parts, catalogue.import_parts),
        Kind(catalogue.SUPERSESSIONS, catalogue.check_supersessions, catalogue.import_supersessions),
        Kind(catalogue.MODELS, catalogue.check_models, catalogue.import_models),
        Kind(warehousing.STOCK, warehousing.check_stock, warehousing.import_stock),
        Kind(policies.POLICIES, policies.check_policies, policies.import_policies),
        Kind(identity.USERS, identity.check_users, identity.import_users),
        Kind(
            demand.DEMAND,
            demand.check_demand,
            demand.import_demand,
            other_names={"month": "asked_on", "date": "asked_on", "月份": "asked_on", "日期": "asked_on"},
        ),
        Kind(
            demand.INSTALLED_BASE,
            demand.check_installed_base,
            demand.import_installed_base,
            other_names={"month": "counted_on", "date": "counted_on", "月份": "counted_on", "日期": "counted_on"},
        ),
        Kind(procurement.SUPPLIERS, procurement.check_suppliers, procurement.import_suppliers),
        Kind(procurement.SUPPLIER_PARTS, procurement.check_supplier_parts, procurement.import_supplier_parts),
    )
}
