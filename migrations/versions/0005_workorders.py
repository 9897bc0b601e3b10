"""Customers, appliances, work orders."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.String(length=400), server_default="", nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("phone_hash", "name", name=op.f("uq_customer_phone_hash_name")),
    )
    op.create_table(
        "appliance",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("model_id", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("purchased_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_appliance_customer_id")),
        sa.ForeignKeyConstraint(["model_id"], ["product_model.id"], name=op.f("fk_appliance_model_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appliance")),
        sa.UniqueConstraint("model_id", "serial", name=op.f("uq_appliance_model_id_serial")),
    )
    op.create_table(
        "work_order",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=100001), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("engineer_id", sa.BigInteger(), nullable=False),
        sa.Column("appliance_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("symptom", sa.String(length=400), nullable=False),
        sa.Column("reference", sa.String(length=200), server_default="", nullable=False),
        sa.Column("repeats_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "completed",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default="open",
            nullable=False,
        ),
        sa.Column("opened_by_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'open') = (closed_at IS NULL)", name=op.f("ck_work_order_closed_when_not_open")),
        sa.ForeignKeyConstraint(["appliance_id"], ["appliance.id"], name=op.f("fk_work_order_appliance_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_work_order_customer_id")),
        sa.ForeignKeyConstraint(["engineer_id"], ["person.id"], name=op.f("fk_work_order_engineer_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_work_order_opened_by_id")),
        sa.ForeignKeyConstraint(["repeats_id"], ["work_order.id"], name=op.f("fk_work_order_repeats_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_work_order_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
    )
    op.create_index("ix_work_order_appliance_id", "work_order", ["appliance_id"], unique=False)
    op.create_index("ix_work_order_engineer_id", "work_order", ["engineer_id", "status"], unique=False)
    op.create_index("ix_work_order_warehouse_id", "work_order", ["warehouse_id", "status", "id"], unique=False)
    op.create_index(
        "uq_work_order_reference",
        "work_order",
        ["warehouse_id", "reference"],
        unique=True,
        postgresql_where=sa.text("reference <> ''"),
    )


def downgrade() -> None:
    op.drop_table("work_order")
    op.drop_table("appliance")
    op.drop_table("customer")
