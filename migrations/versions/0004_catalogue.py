"""The catalogue: divisions, parts, supersession, product models, bills of material."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "division",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_division")),
        sa.UniqueConstraint("code", name=op.f("uq_division_code")),
    )
    op.create_table(
        "part",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), server_default="", nullable=False),
        sa.Column("name_pinyin", sa.String(length=400), server_default="", nullable=False),
        sa.Column("pinyin_initials", sa.String(length=200), server_default="", nullable=False),
        sa.Column("division_id", sa.BigInteger(), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column(
            "base_unit",
            sa.Enum("piece", "g", "mm", name="base_unit", native_enum=False, create_constraint=True, length=24),
            server_default="piece",
            nullable=False,
        ),
        sa.Column("serial_tracked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=True),
        sa.Column("price", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("gtin ~ '^[0-9]{14}$'", name=op.f("ck_part_gtin_digits")),
        sa.CheckConstraint("(price IS NULL) = (currency IS NULL)", name=op.f("ck_part_price_has_currency")),
        sa.CheckConstraint("price BETWEEN 0 AND 99999999999", name=op.f("ck_part_price_range")),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"], name=op.f("fk_part_division_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part")),
        sa.UniqueConstraint("gtin", name=op.f("uq_part_gtin")),
        sa.UniqueConstraint("number", name=op.f("uq_part_number")),
    )
    op.create_index("ix_part_pinyin_initials", "part", ["pinyin_initials"], unique=False)
    op.create_table(
        "supersession",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("old_part_id", sa.BigInteger(), nullable=False),
        sa.Column("new_part_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("ratio", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("interchangeable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("consume_old_first", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("old_part_id <> new_part_id", name=op.f("ck_supersession_two_parts")),
        sa.CheckConstraint("ratio BETWEEN 1 AND 999999999", name=op.f("ck_supersession_ratio_range")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_supersession_validity")),
        sa.ForeignKeyConstraint(["new_part_id"], ["part.id"], name=op.f("fk_supersession_new_part_id")),
        sa.ForeignKeyConstraint(["old_part_id"], ["part.id"], name=op.f("fk_supersession_old_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supersession")),
        sa.UniqueConstraint("old_part_id", "new_part_id", name=op.f("uq_supersession_old_part_id_new_part_id")),
    )
    op.create_index("ix_supersession_new_part_id", "supersession", ["new_part_id"], unique=False)
    op.create_table(
        "usable_part",
        sa.Column("asked_part_id", sa.BigInteger(), nullable=False),
        sa.Column("usable_part_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("preference", sa.SmallInteger(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("asked_part_id <> usable_part_id", name=op.f("ck_usable_part_two_parts")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_usable_part_validity")),
        sa.ForeignKeyConstraint(["asked_part_id"], ["part.id"], name=op.f("fk_usable_part_asked_part_id")),
        sa.ForeignKeyConstraint(["usable_part_id"], ["part.id"], name=op.f("fk_usable_part_usable_part_id")),
        sa.PrimaryKeyConstraint("asked_part_id", "usable_part_id", "valid_from", name=op.f("pk_usable_part")),
    )
    op.create_table(
        "product_model",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), server_default="", nullable=False),
        sa.Column("name_pinyin", sa.String(length=400), server_default="", nullable=False),
        sa.Column("pinyin_initials", sa.String(length=200), server_default="", nullable=False),
        sa.Column("division_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"], name=op.f("fk_product_model_division_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_model")),
        sa.UniqueConstraint("code", name=op.f("uq_product_model_code")),
    )
    op.create_table(
        "model_part",
        sa.Column("model_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999999999", name=op.f("ck_model_part_quantity_range")),
        sa.ForeignKeyConstraint(["model_id"], ["product_model.id"], name=op.f("fk_model_part_model_id")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_model_part_part_id")),
        sa.PrimaryKeyConstraint("model_id", "part_id", name=op.f("pk_model_part")),
    )
    op.create_index("ix_model_part_part_id", "model_part", ["part_id"], unique=False)


def downgrade() -> None:
    op.drop_table("model_part")
    op.drop_table("product_model")
    op.drop_table("usable_part")
    op.drop_table("supersession")
    op.drop_table("part")
    op.drop_table("division")
