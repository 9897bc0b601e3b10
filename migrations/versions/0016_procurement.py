"""Suppliers, their parts and prices, contracts, exchange rates, purchase orders and who approves them.

An announcement of goods carries the tolerance that was agreed with the supplier: so much more may be taken in without
a reason. Lines that stand have none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KINDS = [
    "request_line",
    "pick_task",
    "handling_unit",
    "shipment",
    "work_order",
    "expected_receipt",
    "receipt",
    "stock_check",
    "import",
]
OPEN = ("sent", "confirmed", "part_received")
STEPS = [
    ("new", "draft"),
    ("draft", "draft"),
    ("draft", "awaiting_approval"),
    ("draft", "approved"),
    ("draft", "cancelled"),
    ("awaiting_approval", "awaiting_approval"),
    ("awaiting_approval", "approved"),
    ("awaiting_approval", "draft"),
    ("awaiting_approval", "cancelled"),
    ("approved", "sent"),
    ("approved", "draft"),
    ("approved", "cancelled"),
    *[(status, status) for status in (*OPEN, "received", "cancelled")],
    *[(status, ended) for status in OPEN for ended in ("received", "cancelled")],
    ("sent", "confirmed"),
    ("sent", "part_received"),
    ("confirmed", "part_received"),
]
CURRENCIES = (
    ("CNY", "人民币", "Chinese yuan", 2, True),
    ("USD", "美元", "US dollar", 2, False),
    ("EUR", "欧元", "Euro", 2, False),
    ("JPY", "日元", "Japanese yen", 0, False),
    ("HKD", "港元", "Hong Kong dollar", 2, False),
    ("KRW", "韩元", "Korean won", 0, False),
)
# One pair of eyes more for every order, two above half a million; nobody's limit is set before somebody sets it.
APPROVALS = ((0, 1), (500000, 2))


def upgrade() -> None:
    op.create_table(
        "approval_step",
        sa.Column("amount_from", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("approvals", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("amount_from BETWEEN 0 AND 99999999999", name=op.f("ck_approval_step_amount_from_range")),
        sa.CheckConstraint("approvals BETWEEN 0 AND 5", name=op.f("ck_approval_step_approvals_range")),
        sa.PrimaryKeyConstraint("amount_from", name=op.f("pk_approval_step")),
    )
    op.create_table(
        "currency",
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("decimals", sa.SmallInteger(), server_default="2", nullable=False),
        sa.Column("is_base", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("code ~ '^[A-Z]{3}$'", name=op.f("ck_currency_code_letters")),
        sa.CheckConstraint("decimals BETWEEN 0 AND 4", name=op.f("ck_currency_decimals_range")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_currency")),
    )
    op.create_index("uq_currency_base", "currency", ["is_base"], unique=True, postgresql_where=sa.text("is_base"))
    op.create_table(
        "approval_limit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("amount_max", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.CheckConstraint("amount_max BETWEEN 0 AND 99999999999", name=op.f("ck_approval_limit_amount_max_range")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_approval_limit_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_limit")),
        sa.UniqueConstraint("person_id", name=op.f("uq_approval_limit_person_id"), postgresql_nulls_not_distinct=True),
    )
    op.create_table(
        "exchange_rate",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.CheckConstraint("rate > 0 AND rate < 1000000", name=op.f("ck_exchange_rate_rate_range")),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_exchange_rate_currency")),
        sa.PrimaryKeyConstraint("currency", "valid_from", name=op.f("pk_exchange_rate")),
    )
    op.create_table(
        "supplier",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), server_default="", nullable=False),
        sa.Column("contact", sa.String(length=200), server_default="", nullable=False),
        sa.Column("email", sa.String(length=200), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=200), server_default="", nullable=False),
        sa.Column("address", sa.String(length=200), server_default="", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minimum_order_value", sa.Numeric(precision=18, scale=4), server_default="0", nullable=False),
        sa.Column("payment_terms", sa.String(length=200), server_default="", nullable=False),
        sa.Column("over_tolerance_percent", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("under_tolerance_percent", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "minimum_order_value BETWEEN 0 AND 99999999999", name=op.f("ck_supplier_minimum_order_value_range")
        ),
        sa.CheckConstraint(
            "over_tolerance_percent BETWEEN 0 AND 100", name=op.f("ck_supplier_over_tolerance_percent_range")
        ),
        sa.CheckConstraint(
            "under_tolerance_percent BETWEEN 0 AND 100", name=op.f("ck_supplier_under_tolerance_percent_range")
        ),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_supplier_currency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
        sa.UniqueConstraint("code", name=op.f("uq_supplier_code")),
    )
    op.create_table(
        "supplier_part",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("supplier_part_number", sa.String(length=200), server_default="", nullable=False),
        sa.Column("moq", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("pack_size", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("lead_time_days", sa.SmallInteger(), nullable=False),
        sa.Column("learned_days_mean", sa.Double(), nullable=True),
        sa.Column("learned_days_sd", sa.Double(), nullable=True),
        sa.Column("learned_receipts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint(
            "(learned_receipts = 0) = (learned_days_mean IS NULL) AND (learned_days_mean IS NULL) = (learned_days_sd IS NULL)",
            name=op.f("ck_supplier_part_learned_together"),
        ),
        sa.CheckConstraint("lead_time_days BETWEEN 0 AND 999", name=op.f("ck_supplier_part_lead_time_days_range")),
        sa.CheckConstraint(
            "learned_days_mean BETWEEN 0 AND 9999", name=op.f("ck_supplier_part_learned_days_mean_range")
        ),
        sa.CheckConstraint("learned_days_sd BETWEEN 0 AND 9999", name=op.f("ck_supplier_part_learned_days_sd_range")),
        sa.CheckConstraint("moq BETWEEN 1 AND 999999999", name=op.f("ck_supplier_part_moq_range")),
        sa.CheckConstraint("pack_size BETWEEN 1 AND 999999999", name=op.f("ck_supplier_part_pack_size_range")),
        sa.CheckConstraint("priority BETWEEN 1 AND 9", name=op.f("ck_supplier_part_priority_range")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_supplier_part_part_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_supplier_part_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_part")),
        sa.UniqueConstraint("id", "supplier_id", name=op.f("uq_supplier_part_id_supplier_id")),
        sa.UniqueConstraint("part_id", "supplier_id", name=op.f("uq_supplier_part_part_id_supplier_id")),
    )
    op.create_index("ix_supplier_part_supplier_id", "supplier_part", ["supplier_id", "part_id"], unique=False)
    op.create_table(
        "supply_contract",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=100001), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=200), server_default="", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_supply_contract_validity")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_supply_contract_created_by_id")),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_supply_contract_currency")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_supply_contract_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_contract")),
        sa.UniqueConstraint("id", "supplier_id", name=op.f("uq_supply_contract_id_supplier_id")),
    )
    op.create_index("ix_supply_contract_supplier_id", "supply_contract", ["supplier_id", "valid_to"], unique=False)
    op.create_table(
        "contract_price",
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_part_id", sa.BigInteger(), nullable=False),
        sa.Column("from_quantity", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.CheckConstraint("from_quantity BETWEEN 1 AND 999999999", name=op.f("ck_contract_price_from_quantity_range")),
        sa.CheckConstraint("price BETWEEN 0 AND 99999999999", name=op.f("ck_contract_price_price_range")),
        sa.ForeignKeyConstraint(
            ["contract_id", "supplier_id"],
            ["supply_contract.id", "supply_contract.supplier_id"],
            name=op.f("fk_contract_price_contract_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["supplier_part_id", "supplier_id"],
            ["supplier_part.id", "supplier_part.supplier_id"],
            name=op.f("fk_contract_price_supplier_part_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("contract_id", "supplier_part_id", "from_quantity", name=op.f("pk_contract_price")),
    )
    op.create_index("ix_contract_price_supplier_part_id", "contract_price", ["supplier_part_id"], unique=False)
    op.create_table(
        "list_price",
        sa.Column("supplier_part_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("from_quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint("from_quantity BETWEEN 1 AND 999999999", name=op.f("ck_list_price_from_quantity_range")),
        sa.CheckConstraint("price BETWEEN 0 AND 99999999999", name=op.f("ck_list_price_price_range")),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_list_price_currency")),
        sa.ForeignKeyConstraint(
            ["supplier_part_id"], ["supplier_part.id"], name=op.f("fk_list_price_supplier_part_id")
        ),
        sa.PrimaryKeyConstraint("supplier_part_id", "valid_from", "from_quantity", name=op.f("pk_list_price")),
    )
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=100001), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "awaiting_approval",
                "approved",
                "sent",
                "confirmed",
                "part_received",
                "received",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("round", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("supplier_reference", sa.String(length=200), server_default="", nullable=False),
        sa.Column("note", sa.String(length=200), server_default="", nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chase_on", sa.Date(), nullable=True),
        sa.Column("expected_receipt_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN status IN ('draft', 'awaiting_approval', 'approved') THEN sent_at IS NULL WHEN status = 'cancelled' THEN true ELSE sent_at IS NOT NULL AND expected_receipt_id IS NOT NULL END",
            name=op.f("ck_purchase_order_sent_tells_the_status"),
        ),
        sa.CheckConstraint("rate > 0 AND rate < 1000000", name=op.f("ck_purchase_order_rate_range")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_purchase_order_created_by_id")),
        sa.ForeignKeyConstraint(["currency"], ["currency.code"], name=op.f("fk_purchase_order_currency")),
        sa.ForeignKeyConstraint(
            ["expected_receipt_id"], ["expected_receipt.id"], name=op.f("fk_purchase_order_expected_receipt_id")
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_purchase_order_supplier_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_purchase_order_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("expected_receipt_id", name=op.f("uq_purchase_order_expected_receipt_id")),
        sa.UniqueConstraint("id", "created_by_id", name=op.f("uq_purchase_order_id_created_by_id")),
    )
    op.create_index(
        "ix_purchase_order_open",
        "purchase_order",
        ["status", "id"],
        unique=False,
        postgresql_where=sa.text("status NOT IN ('received', 'cancelled')"),
    )
    op.create_index("ix_purchase_order_supplier_id", "purchase_order", ["supplier_id", "id"], unique=False)
    op.create_index("ix_purchase_order_warehouse_id", "purchase_order", ["warehouse_id", "id"], unique=False)
    op.create_table(
        "purchase_approval",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("approved_by_id <> created_by_id", name=op.f("ck_purchase_approval_four_eyes")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name=op.f("fk_purchase_approval_approved_by_id")),
        sa.ForeignKeyConstraint(
            ["order_id", "created_by_id"],
            ["purchase_order.id", "purchase_order.created_by_id"],
            name=op.f("fk_purchase_approval_order_id_created_by_id"),
        ),
        sa.PrimaryKeyConstraint("order_id", "round", "approved_by_id", name=op.f("pk_purchase_approval")),
    )
    op.create_table(
        "purchase_order_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_part_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column(
            "price_origin",
            sa.Enum(
                "contract", "list", "agreed", name="price_origin", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("wanted_on", sa.Date(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("expected", sa.BigInteger(), nullable=False),
        sa.Column("announced", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rejected", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "(price_origin = 'contract') = (contract_id IS NOT NULL)",
            name=op.f("ck_purchase_order_line_contract_of_its_price"),
        ),
        sa.CheckConstraint("announced BETWEEN 0 AND 999999999", name=op.f("ck_purchase_order_line_announced_range")),
        sa.CheckConstraint("expected BETWEEN 0 AND 999999999", name=op.f("ck_purchase_order_line_expected_range")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_purchase_order_line_position_range")),
        sa.CheckConstraint("price BETWEEN 0 AND 99999999999", name=op.f("ck_purchase_order_line_price_range")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999999999", name=op.f("ck_purchase_order_line_quantity_range")),
        sa.CheckConstraint("received BETWEEN 0 AND 999999999", name=op.f("ck_purchase_order_line_received_range")),
        sa.CheckConstraint("rejected <= received", name=op.f("ck_purchase_order_line_rejected_of_received")),
        sa.CheckConstraint("rejected BETWEEN 0 AND 999999999", name=op.f("ck_purchase_order_line_rejected_range")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["supply_contract.id"], name=op.f("fk_purchase_order_line_contract_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_purchase_order_line_order_id")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_purchase_order_line_part_id")),
        sa.ForeignKeyConstraint(
            ["supplier_part_id"], ["supplier_part.id"], name=op.f("fk_purchase_order_line_supplier_part_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order_line")),
        sa.UniqueConstraint("order_id", "part_id", name=op.f("uq_purchase_order_line_order_id_part_id")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_purchase_order_line_order_id_position")),
    )
    op.create_index("ix_purchase_order_line_part_id", "purchase_order_line", ["part_id"], unique=False)
    op.create_table(
        "purchase_receipt",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999999999", name=op.f("ck_purchase_receipt_quantity_range")),
        sa.CheckConstraint("rejected <= quantity", name=op.f("ck_purchase_receipt_rejected_of_quantity")),
        sa.CheckConstraint("rejected BETWEEN 0 AND 999999999", name=op.f("ck_purchase_receipt_rejected_range")),
        sa.ForeignKeyConstraint(["line_id"], ["purchase_order_line.id"], name=op.f("fk_purchase_receipt_line_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_purchase_receipt_receipt_id")),
        sa.PrimaryKeyConstraint("line_id", "receipt_id", name=op.f("pk_purchase_receipt")),
    )
    op.create_index("ix_purchase_receipt_receipt_id", "purchase_receipt", ["receipt_id"], unique=False)

    op.add_column("expected_receipt_line", sa.Column("tolerance", sa.BigInteger(), server_default="0", nullable=False))
    op.create_check_constraint(
        op.f("ck_expected_receipt_line_tolerance_range"),
        "expected_receipt_line",
        "tolerance BETWEEN 0 AND 999999999",
    )
    # Whoever goes through this a second time finds the kinds of later revisions, whose steps are never taken back.
    standing = op.get_bind().scalars(sa.text("SELECT DISTINCT document_kind FROM status_transition")).all()
    kinds = ", ".join(f"'{kind}'" for kind in sorted({*KINDS, *standing, "purchase_order"}))
    op.drop_constraint(op.f("ck_status_transition_kind"), "status_transition")
    op.create_check_constraint(op.f("ck_status_transition_kind"), "status_transition", f"document_kind IN ({kinds})")
    _write_reference_rows()


def _write_reference_rows() -> None:
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "INSERT INTO status_transition (document_kind, from_status, to_status) "
            "VALUES ('purchase_order', :before, :after) ON CONFLICT DO NOTHING"
        ),
        [{"before": before, "after": after} for before, after in STEPS],
    )
    connection.execute(
        sa.text(
            "INSERT INTO currency (code, name_zh, name_en, decimals, is_base) "
            "VALUES (:code, :name_zh, :name_en, :decimals, :is_base)"
        ),
        [dict(zip(("code", "name_zh", "name_en", "decimals", "is_base"), row, strict=True)) for row in CURRENCIES],
    )
    connection.execute(
        sa.text("INSERT INTO approval_step (amount_from, approvals) VALUES (:amount_from, :approvals)"),
        [{"amount_from": amount_from, "approvals": approvals} for amount_from, approvals in APPROVALS],
    )
    op.execute("INSERT INTO approval_limit (person_id, amount_max) VALUES (NULL, NULL)")


def downgrade() -> None:
    """Without the permitted steps and the kind of document: events may refer to them, and they are never removed."""
    op.drop_constraint(op.f("ck_expected_receipt_line_tolerance_range"), "expected_receipt_line")
    op.drop_column("expected_receipt_line", "tolerance")
    op.drop_table("purchase_receipt")
    op.drop_table("purchase_order_line")
    op.drop_table("purchase_approval")
    op.drop_table("purchase_order")
    op.drop_table("list_price")
    op.drop_table("contract_price")
    op.drop_table("supply_contract")
    op.drop_table("supplier_part")
    op.drop_table("supplier")
    op.drop_table("exchange_rate")
    op.drop_table("approval_limit")
    op.drop_table("currency")
    op.drop_table("approval_step")
