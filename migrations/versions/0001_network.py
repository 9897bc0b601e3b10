"""The places: regions, stock owners, warehouses, zones and bins."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "province",
                "prefecture",
                "county",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), server_default="", nullable=False),
        sa.Column("name_pinyin", sa.String(length=200), server_default="", nullable=False),
        sa.Column("parent_code", sa.String(length=6), nullable=True),
        sa.Column("city_code", sa.String(length=6), nullable=False),
        sa.Column("province_code", sa.String(length=6), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["parent_code"], ["region.code"], name=op.f("fk_region_parent_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
        sa.UniqueConstraint("code", "city_code", "province_code", name=op.f("uq_region_code_city_code_province_code")),
    )
    op.create_table(
        "stock_owner",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_owner")),
        sa.UniqueConstraint("code", name=op.f("uq_stock_owner_code")),
    )
    op.create_index(
        "uq_stock_owner_default",
        "stock_owner",
        ["is_default"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "warehouse",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), server_default="", nullable=False),
        sa.Column("name_pinyin", sa.String(length=200), server_default="", nullable=False),
        sa.Column(
            "tier",
            sa.Enum(
                "central",
                "distribution",
                "repair",
                name="tier",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("region_code", sa.String(length=6), nullable=False),
        sa.Column("city_code", sa.String(length=6), nullable=False),
        sa.Column("province_code", sa.String(length=6), nullable=False),
        sa.Column("address", sa.String(length=200), server_default="", nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("gln", sa.String(length=13), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("(tier = 'central') = (parent_id IS NULL)", name=op.f("ck_warehouse_central_has_no_parent")),
        sa.CheckConstraint("parent_id IS DISTINCT FROM id", name=op.f("ck_warehouse_not_own_parent")),
        sa.ForeignKeyConstraint(["parent_id"], ["warehouse.id"], name=op.f("fk_warehouse_parent_id")),
        sa.ForeignKeyConstraint(
            ["region_code", "city_code", "province_code"],
            ["region.code", "region.city_code", "region.province_code"],
            name=op.f("fk_warehouse_region_code_city_code_province_code"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warehouse")),
        sa.UniqueConstraint("code", name=op.f("uq_warehouse_code")),
        sa.UniqueConstraint("gln", name=op.f("uq_warehouse_gln")),
    )
    op.create_index(
        "ix_warehouse_upper_tiers", "warehouse", ["id"], unique=False, postgresql_where=sa.text("tier <> 'repair'")
    )
    op.create_index("ix_warehouse_city_code", "warehouse", ["city_code"], unique=False)
    op.create_index("ix_warehouse_parent_id", "warehouse", ["parent_id"], unique=False)
    op.create_table(
        "zone",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=200), server_default="", nullable=False),
        sa.Column("name_en", sa.String(length=200), server_default="", nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "shelf",
                "high_bay",
                "dock",
                "staging",
                "quarantine",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_zone_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
        sa.UniqueConstraint("warehouse_id", "code", name=op.f("uq_zone_warehouse_id_code")),
    )
    op.create_table(
        "bin",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("zone_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("pick_sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_bin_warehouse_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_bin_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bin")),
        sa.UniqueConstraint("id", "warehouse_id", name=op.f("uq_bin_id_warehouse_id")),
        sa.UniqueConstraint("warehouse_id", "code", name=op.f("uq_bin_warehouse_id_code")),
    )
    op.create_index("ix_bin_zone_id", "bin", ["zone_id"], unique=False)


def downgrade() -> None:
    op.drop_table("bin")
    op.drop_table("zone")
    op.drop_table("warehouse")
    op.drop_table("stock_owner")
    op.drop_table("region")
