"""Rows of procurement: suppliers and what they sell, prices, contracts, exchange rates, purchase orders, approvals."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from inventory.db import Base, Code, DocumentId, Id, Instant, Name, Numbered, Quantity, whole, words

AMOUNT_MAX = 99_999_999_999


def priced(column: str = "price") -> CheckConstraint:
    """An amount of money is not negative and within its bounds, which keeps NaN out."""
    return CheckConstraint(f"{column} BETWEEN 0 AND {AMOUNT_MAX}", name=f"{column}_range")


class OrderStatus(StrEnum):
    """The life of a purchase order. What was sent is on order until it is received or no longer expected."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    SENT = "sent"
    CONFIRMED = "confirmed"
    PART_RECEIVED = "part_received"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class PriceOrigin(StrEnum):
    """Where the price of an order line comes from; `agreed`: the buyer wrote it down for this order."""

    CONTRACT = "contract"
    LIST = "list"
    AGREED = "agreed"


class Currency(Base):
    """A currency in which somebody sells; one of them is the company's own, in which amounts are compared."""

    __tablename__ = "currency"
    __table_args__ = (
        CheckConstraint("code ~ '^[A-Z]{3}$'", name="code_letters"),
        CheckConstraint("decimals BETWEEN 0 AND 4", name="decimals_range"),
        Index("uq_currency_base", "is_base", unique=True, postgresql_where=text("is_base")),
    )

    code: Mapped[str] = mapped_column(String(3), primary_key=True)
    name_zh: Mapped[Name]
    name_en: Mapped[Name]
    decimals: Mapped[int] = mapped_column(SmallInteger, server_default="2")
    is_base: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class ExchangeRate(Base):
    """What one unit of a currency is worth in the company's own from a day on, until the next row's day."""

    __tablename__ = "exchange_rate"
    __table_args__ = (CheckConstraint("rate > 0 AND rate < 1000000", name="rate_range"),)

    currency: Mapped[str] = mapped_column(String(3), ForeignKey("currency.code"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    rate: Mapped[Decimal] = mapped_column(Numeric(18, 8))


class Supplier(Base):
    """Who sells parts to the maker. Tolerances are what may come too much or too little of a line without a word."""

    __tablename__ = "supplier"
    __table_args__ = (
        priced("minimum_order_value"),
        CheckConstraint("over_tolerance_percent BETWEEN 0 AND 100", name="over_tolerance_percent_range"),
        CheckConstraint("under_tolerance_percent BETWEEN 0 AND 100", name="under_tolerance_percent_range"),
    )

    id: Mapped[Id]
    code: Mapped[Code] = mapped_column(unique=True)
    name_zh: Mapped[Name]
    name_en: Mapped[Name] = mapped_column(server_default="")
    contact: Mapped[Name] = mapped_column(server_default="")
    email: Mapped[Name] = mapped_column(server_default="")
    phone: Mapped[Name] = mapped_column(server_default="")
    address: Mapped[Name] = mapped_column(server_default="")
    currency: Mapped[str] = mapped_column(String(3), ForeignKey("currency.code"))
    minimum_order_value: Mapped[Decimal] = mapped_column(Numeric(18, 4), server_default="0")
    payment_terms: Mapped[Name] = mapped_column(server_default="")
    over_tolerance_percent: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    under_tolerance_percent: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))


class SupplierPart(Base):
    """A part as a supplier sells it: in which packs, from how many on, how fast. Priority 1 is asked first.

    The lead time is stated by the supplier; mean and spread of the real one are learned from receipts.
    """

    __tablename__ = "supplier_part"
    __table_args__ = (
        UniqueConstraint("part_id", "supplier_id"),
        UniqueConstraint("id", "supplier_id"),
        CheckConstraint("priority BETWEEN 1 AND 9", name="priority_range"),
        CheckConstraint("lead_time_days BETWEEN 0 AND 999", name="lead_time_days_range"),
        CheckConstraint(
            "(learned_receipts = 0) = (learned_days_mean IS NULL) AND (learned_days_mean IS NULL) = "
            "(learned_days_sd IS NULL)",
            name="learned_together",
        ),
        CheckConstraint("learned_days_mean BETWEEN 0 AND 9999", name="learned_days_mean_range"),
        CheckConstraint("learned_days_sd BETWEEN 0 AND 9999", name="learned_days_sd_range"),
        whole("moq", at_least=1),
        whole("pack_size", at_least=1),
        Index("ix_supplier_part_supplier_id", "supplier_id", "part_id"),
    )

    id: Mapped[Id]
    supplier_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("supplier.id"))
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    supplier_part_number: Mapped[Name] = mapped_column(server_default="")
    moq: Mapped[Quantity] = mapped_column(server_default="1")
    pack_size: Mapped[Quantity] = mapped_column(server_default="1")
    lead_time_days: Mapped[int] = mapped_column(SmallInteger)
    learned_days_mean: Mapped[float | None] = mapped_column(Double)
    learned_days_sd: Mapped[float | None] = mapped_column(Double)
    learned_receipts: Mapped[int] = mapped_column(Integer, server_default="0")
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))


class ListPrice(Base):
    """A supplier's price of one base unit when so many or more are ordered, from a day on.

    The rows of one part and one day are its scale; a scale holds until the next day that has one.
    """

    __tablename__ = "list_price"
    __table_args__ = (priced(), whole("from_quantity", at_least=1))

    supplier_part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("supplier_part.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    from_quantity: Mapped[Quantity] = mapped_column(primary_key=True)
    price: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    currency: Mapped[str] = mapped_column(String(3), ForeignKey("currency.code"))


class SupplyContract(Base, Numbered):
    """What was agreed with a supplier for a time: its prices win over the list from `valid_from` to `valid_to`."""

    __tablename__ = "supply_contract"
    __table_args__ = (
        UniqueConstraint("id", "supplier_id"),
        CheckConstraint("valid_to >= valid_from", name="validity"),
        Index("ix_supply_contract_supplier_id", "supplier_id", "valid_to"),
    )
    prefix = "CT"

    id: Mapped[DocumentId]
    supplier_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("supplier.id"))
    reference: Mapped[Name] = mapped_column(server_default="")
    currency: Mapped[str] = mapped_column(String(3), ForeignKey("currency.code"))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)
    created_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    created_at: Mapped[Instant]


class ContractPrice(Base):
    """The price of one base unit under a contract when so many or more are ordered."""

    __tablename__ = "contract_price"
    __table_args__ = (
        ForeignKeyConstraint(["contract_id", "supplier_id"], ["supply_contract.id", "supply_contract.supplier_id"]),
        ForeignKeyConstraint(["supplier_part_id", "supplier_id"], ["supplier_part.id", "supplier_part.supplier_id"]),
        priced(),
        whole("from_quantity", at_least=1),
        Index("ix_contract_price_supplier_part_id", "supplier_part_id"),
    )

    contract_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    supplier_part_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    from_quantity: Mapped[Quantity] = mapped_column(primary_key=True)
    supplier_id: Mapped[int] = mapped_column(BigInteger)
    price: Mapped[Decimal] = mapped_column(Numeric(18, 4))


class ApprovalStep(Base):
    """How many people have to approve an order of at least this amount, none of whom wrote any of it."""

    __tablename__ = "approval_step"
    __table_args__ = (priced("amount_from"), CheckConstraint("approvals BETWEEN 0 AND 5", name="approvals_range"))

    amount_from: Mapped[Decimal] = mapped_column(Numeric(18, 4), primary_key=True)
    approvals: Mapped[int] = mapped_column(SmallInteger)


class ApprovalLimit(Base):
    """Up to which amount somebody may approve, in the company's currency; without an amount: any.

    The row without a person holds for everybody who may approve and has no row of his own.
    """

    __tablename__ = "approval_limit"
    __table_args__ = (UniqueConstraint("person_id", postgresql_nulls_not_distinct=True), priced("amount_max"))

    id: Mapped[Id]
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    amount_max: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))


class PurchaseOrder(Base, Numbered):
    """Parts ordered from one supplier for one warehouse in one currency.

    `rate` is what the currency was worth when the order was last submitted. `round` counts how often it was submitted:
    an approval holds for its round only. `chase_on` is the day somebody wants to ask the supplier again.
    """

    __tablename__ = "purchase_order"
    __table_args__ = (
        UniqueConstraint("id", "created_by_id"),
        CheckConstraint("rate > 0 AND rate < 1000000", name="rate_range"),
        CheckConstraint(
            "CASE WHEN status IN ('draft', 'awaiting_approval', 'approved') THEN sent_at IS NULL "
            "WHEN status = 'cancelled' THEN true ELSE sent_at IS NOT NULL AND expected_receipt_id IS NOT NULL END",
            name="sent_tells_the_status",
        ),
        Index("ix_purchase_order_supplier_id", "supplier_id", "id"),
        Index("ix_purchase_order_warehouse_id", "warehouse_id", "id"),
        Index(
            "ix_purchase_order_open",
            "status",
            "id",
            postgresql_where=text("status NOT IN ('received', 'cancelled')"),
        ),
    )
    prefix = "PO"

    id: Mapped[DocumentId]
    supplier_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("supplier.id"))
    warehouse_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("warehouse.id"))
    currency: Mapped[str] = mapped_column(String(3), ForeignKey("currency.code"))
    rate: Mapped[Decimal] = mapped_column(Numeric(18, 8))
    status: Mapped[OrderStatus] = mapped_column(words(OrderStatus, "status"))
    round: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    supplier_reference: Mapped[Name] = mapped_column(server_default="")
    note: Mapped[Name] = mapped_column(server_default="")
    created_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    created_at: Mapped[Instant]
    sent_at: Mapped[Instant | None]
    confirmed_at: Mapped[Instant | None]
    chased_at: Mapped[Instant | None]
    chase_on: Mapped[date | None] = mapped_column(Date)
    expected_receipt_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("expected_receipt.id"), unique=True)


class PurchaseOrderLine(Base):
    """A part on an order; each part stands there once.

    `quantity` is what was ordered, `expected` what is believed to come in all, `announced` what the supplier says has
    left. `wanted_on` is the day asked for, `promised_on` the first day the supplier named, `due_on` the day that holds.
    """

    __tablename__ = "purchase_order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "part_id"),
        UniqueConstraint("order_id", "position"),
        CheckConstraint("position >= 1", name="position_range"),
        CheckConstraint("rejected <= received", name="rejected_of_received"),
        CheckConstraint("(price_origin = 'contract') = (contract_id IS NOT NULL)", name="contract_of_its_price"),
        priced(),
        whole("quantity", at_least=1),
        whole("expected"),
        whole("announced"),
        whole("received"),
        whole("rejected"),
        Index("ix_purchase_order_line_part_id", "part_id"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("purchase_order.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("part.id"))
    supplier_part_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("supplier_part.id"))
    quantity: Mapped[Quantity]
    price: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    price_origin: Mapped[PriceOrigin] = mapped_column(words(PriceOrigin, "price_origin"))
    contract_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("supply_contract.id"))
    wanted_on: Mapped[date] = mapped_column(Date)
    promised_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    expected: Mapped[Quantity]
    announced: Mapped[Quantity] = mapped_column(server_default="0")
    received: Mapped[Quantity] = mapped_column(server_default="0")
    rejected: Mapped[Quantity] = mapped_column(server_default="0")

    @property
    def outstanding(self) -> int:
        """How much is still to come."""
        return max(self.expected - self.received, 0)


class PurchaseApproval(Base):
    """Somebody approved an order in a round; whoever drew it up cannot (and neither can who changed it: a rule)."""

    __tablename__ = "purchase_approval"
    __table_args__ = (
        ForeignKeyConstraint(["order_id", "created_by_id"], ["purchase_order.id", "purchase_order.created_by_id"]),
        CheckConstraint("approved_by_id <> created_by_id", name="four_eyes"),
    )

    order_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    round: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    approved_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"), primary_key=True)
    created_by_id: Mapped[int] = mapped_column(BigInteger)
    approved_at: Mapped[Instant]


class PurchaseReceipt(Base):
    """What a receipt brought of an order line; `rejected` of it was not good when it came."""

    __tablename__ = "purchase_receipt"
    __table_args__ = (
        whole("quantity", at_least=1),
        whole("rejected"),
        CheckConstraint("rejected <= quantity", name="rejected_of_quantity"),
        Index("ix_purchase_receipt_receipt_id", "receipt_id"),
    )

    line_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("purchase_order_line.id"), primary_key=True)
    receipt_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("receipt.id"), primary_key=True)
    quantity: Mapped[Quantity]
    rejected: Mapped[Quantity] = mapped_column(server_default="0")
    received_at: Mapped[Instant]
