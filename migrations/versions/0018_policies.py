"""Planning policies: classes of parts, rules by class, lead times of lanes, overrides of single places.

With the rows every installation starts with: figures that hold for all planning, a rule for each tier that states every
value and a few for classes that differ from it, and how long replenishment takes between tiers until lanes tell better.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STATED = {
    "central": ("0.95", 7, 12, 1, 0, False, 0, 0, "people_buy"),
    "distribution": ("0.95", 1, 12, 2, 0, False, 20_000, 500, "starting_rule"),
    "repair": ("0.90", 1, 12, 3, 1, False, 2_000, 50, "starting_rule"),
}
"""Of each tier: fill rate, review days, window and hits of the stocking rule, urgent, limits of release, reason."""

LATER = {"window_months": 12, "stock_hits": 4, "drop_hits": 1}
DIFFERENT: tuple[tuple[str, dict[str, object]], ...] = (
    *((tier, {"criticality": "vital", "target": "0.98", "urgent": True, "reason": "stands_still"}) for tier in STATED),
    *((tier, {"criticality": "desirable", "target": "0.85", "reason": "works_without"}) for tier in STATED),
    ("repair", {"abc": "a", "xyz": "x", "target": "0.95", "reason": "steady_demand"}),
    ("repair", {"abc": "c", "xyz": "z", "target": "0.85", "reason": "erratic_demand", **LATER}),
)
RULE = ("criticality", "abc", "xyz", "target", "review_days", "window_months", "stock_hits", "drop_hits", "urgent")
LIMITS = ("release_value_max", "release_quantity_max", "reason")
LEAD_TIMES: tuple[tuple[str | None, str, str, str], ...] = (
    *((None, tier, "45", "12") for tier in ("central", "distribution", "repair")),
    ("central", "central", "5", "2"),
    ("central", "distribution", "3", "1"),
    ("central", "repair", "4", "1.5"),
    ("distribution", "central", "4", "1.5"),
    ("distribution", "distribution", "3", "1"),
    ("distribution", "repair", "1", "0.5"),
    ("repair", "central", "5", "2"),
    ("repair", "distribution", "2", "1"),
    ("repair", "repair", "1.5", "0.75"),
)
SEEDED = "(SELECT id FROM person WHERE login = 'system'), '2000-01-01 00:00Z'"


def upgrade() -> None:
    op.create_table(
        "planning_setting",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("holding_rate_per_year", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("a_share", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("b_share", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("x_variation", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("y_variation", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("band", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("class_months", sa.SmallInteger(), nullable=False),
        sa.Column("lane_days", sa.SmallInteger(), nullable=False),
        sa.Column("lane_shipments_min", sa.SmallInteger(), nullable=False),
        sa.Column("override_days_max", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "a_share > 0 AND a_share < b_share AND b_share < 1", name=op.f("ck_planning_setting_abc_shares")
        ),
        sa.CheckConstraint("band >= 0 AND band < 0.5", name=op.f("ck_planning_setting_band_range")),
        sa.CheckConstraint("class_months BETWEEN 3 AND 60", name=op.f("ck_planning_setting_class_months_range")),
        sa.CheckConstraint(
            "holding_rate_per_year > 0 AND holding_rate_per_year <= 5",
            name=op.f("ck_planning_setting_holding_rate_range"),
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_planning_setting_one_row")),
        sa.CheckConstraint("lane_days BETWEEN 7 AND 1000", name=op.f("ck_planning_setting_lane_days_range")),
        sa.CheckConstraint(
            "lane_shipments_min BETWEEN 2 AND 1000", name=op.f("ck_planning_setting_lane_shipments_min_range")
        ),
        sa.CheckConstraint(
            "x_variation > 0 AND x_variation < y_variation", name=op.f("ck_planning_setting_xyz_variations")
        ),
        sa.CheckConstraint(
            "override_days_max BETWEEN 1 AND 3660", name=op.f("ck_planning_setting_override_days_max_range")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_setting")),
    )
    op.create_table(
        "planning_policy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "tier",
            sa.Enum(
                "central", "distribution", "repair", name="tier", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("division_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "criticality",
            sa.Enum(
                "vital",
                "essential",
                "desirable",
                name="criticality",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "abc",
            sa.Enum("a", "b", "c", name="abc", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column(
            "xyz",
            sa.Enum("x", "y", "z", name="xyz", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column(
            "measure",
            sa.Enum(
                "fill_rate",
                "wait",
                "shortage_cost",
                name="measure",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("target", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("review_days", sa.SmallInteger(), nullable=True),
        sa.Column("window_months", sa.SmallInteger(), nullable=True),
        sa.Column("stock_hits", sa.Integer(), nullable=True),
        sa.Column("drop_hits", sa.Integer(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=True),
        sa.Column("release_value_max", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("release_quantity_max", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("set_by_id", sa.BigInteger(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "CASE measure WHEN 'fill_rate' THEN target > 0 AND target < 1 WHEN 'wait' THEN target > 0 AND target <= 365 WHEN 'shortage_cost' THEN target > 0 AND target <= 99999999 ELSE true END",
            name=op.f("ck_planning_policy_target_range"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_planning_policy_ended_by_somebody")
        ),
        sa.CheckConstraint("(measure IS NULL) = (target IS NULL)", name=op.f("ck_planning_policy_measure_has_target")),
        sa.CheckConstraint(
            "(release_value_max IS NULL) = (release_quantity_max IS NULL)",
            name=op.f("ck_planning_policy_release_limits_both"),
        ),
        sa.CheckConstraint(
            "drop_hits >= 0 AND drop_hits < stock_hits AND stock_hits <= 10000",
            name=op.f("ck_planning_policy_hits_apart"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(measure, review_days, window_months, urgent, release_value_max) >= CASE WHEN num_nonnulls(division_id, criticality, abc, xyz) = 0 THEN 5 ELSE 1 END",
            name=op.f("ck_planning_policy_states_enough"),
        ),
        sa.CheckConstraint(
            "num_nulls(window_months, stock_hits, drop_hits) IN (0, 3)",
            name=op.f("ck_planning_policy_stocking_rule_whole"),
        ),
        sa.CheckConstraint(
            "release_quantity_max BETWEEN 0 AND 999999999", name=op.f("ck_planning_policy_release_quantity_max_range")
        ),
        sa.CheckConstraint(
            "release_value_max BETWEEN 0 AND 99999999999", name=op.f("ck_planning_policy_release_value_max_range")
        ),
        sa.CheckConstraint("review_days BETWEEN 1 AND 365", name=op.f("ck_planning_policy_review_days_range")),
        sa.CheckConstraint("window_months BETWEEN 1 AND 60", name=op.f("ck_planning_policy_window_months_range")),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"], name=op.f("fk_planning_policy_division_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_planning_policy_ended_by_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_planning_policy_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_policy")),
    )
    op.create_index(
        "uq_planning_policy_in_force",
        "planning_policy",
        ["tier", "division_id", "criticality", "abc", "xyz"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "tier_lead_time",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "from_tier",
            sa.Enum(
                "central",
                "distribution",
                "repair",
                name="from_tier",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_tier",
            sa.Enum(
                "central",
                "distribution",
                "repair",
                name="to_tier",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("days", sa.Numeric(precision=9, scale=3), nullable=False),
        sa.Column("sd_days", sa.Numeric(precision=9, scale=3), nullable=False),
        sa.Column("set_by_id", sa.BigInteger(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("days > 0 AND days <= 1000", name=op.f("ck_tier_lead_time_days_range")),
        sa.CheckConstraint("sd_days >= 0 AND sd_days <= 1000", name=op.f("ck_tier_lead_time_sd_days_range")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_tier_lead_time_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_lead_time")),
        sa.UniqueConstraint(
            "from_tier", "to_tier", name=op.f("uq_tier_lead_time_from_tier_to_tier"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "lane_lead_time",
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("destination_id", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("sd_days", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("set_by_id", sa.BigInteger(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("learned_days", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("learned_sd_days", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipments", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("days > 0 AND days <= 1000", name=op.f("ck_lane_lead_time_days_range")),
        sa.CheckConstraint("learned_days >= 0", name=op.f("ck_lane_lead_time_learned_days_range")),
        sa.CheckConstraint("learned_sd_days >= 0", name=op.f("ck_lane_lead_time_learned_sd_days_range")),
        sa.CheckConstraint(
            "num_nulls(days, sd_days, set_by_id, set_at) IN (0, 4)", name=op.f("ck_lane_lead_time_stated_whole")
        ),
        sa.CheckConstraint(
            "num_nulls(learned_days, learned_sd_days, learned_at) IN (0, 3)",
            name=op.f("ck_lane_lead_time_learned_whole"),
        ),
        sa.CheckConstraint("sd_days >= 0 AND sd_days <= 1000", name=op.f("ck_lane_lead_time_sd_days_range")),
        sa.CheckConstraint("shipments >= 0", name=op.f("ck_lane_lead_time_shipments_range")),
        sa.CheckConstraint("source_id <> destination_id", name=op.f("ck_lane_lead_time_two_warehouses")),
        sa.ForeignKeyConstraint(["destination_id"], ["warehouse.id"], name=op.f("fk_lane_lead_time_destination_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_lane_lead_time_set_by_id")),
        sa.ForeignKeyConstraint(["source_id"], ["warehouse.id"], name=op.f("fk_lane_lead_time_source_id")),
        sa.PrimaryKeyConstraint("source_id", "destination_id", name=op.f("pk_lane_lead_time")),
    )
    op.create_index("ix_lane_lead_time_destination_id", "lane_lead_time", ["destination_id"], unique=False)
    op.create_table(
        "part_plan",
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "criticality",
            sa.Enum(
                "vital",
                "essential",
                "desirable",
                name="criticality",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default="essential",
            nullable=False,
        ),
        sa.Column(
            "phase",
            sa.Enum(
                "new",
                "mature",
                "phase_out",
                "last_time_buy",
                name="phase",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default="mature",
            nullable=False,
        ),
        sa.Column("supported_until_on", sa.Date(), nullable=True),
        sa.Column("pack_size", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column(
            "abc",
            sa.Enum("a", "b", "c", name="abc", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column(
            "xyz",
            sa.Enum("x", "y", "z", name="xyz", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("classed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("set_by_id", sa.BigInteger(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "phase <> 'last_time_buy' OR supported_until_on IS NOT NULL", name=op.f("ck_part_plan_last_buy_has_an_end")
        ),
        sa.CheckConstraint("(abc IS NULL) = (classed_at IS NULL)", name=op.f("ck_part_plan_classed_at_an_instant")),
        sa.CheckConstraint("(abc IS NULL) = (xyz IS NULL)", name=op.f("ck_part_plan_classed_both_ways")),
        sa.CheckConstraint("(set_by_id IS NULL) = (set_at IS NULL)", name=op.f("ck_part_plan_set_by_somebody")),
        sa.CheckConstraint("pack_size BETWEEN 1 AND 999999999", name=op.f("ck_part_plan_pack_size_range")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_part_plan_part_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_part_plan_set_by_id")),
        sa.PrimaryKeyConstraint("part_id", name=op.f("pk_part_plan")),
    )
    op.create_table(
        "place_override",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("stocked", sa.Boolean(), nullable=True),
        sa.Column("minimum", sa.BigInteger(), nullable=True),
        sa.Column("maximum", sa.BigInteger(), nullable=True),
        sa.Column("safety_stock", sa.BigInteger(), nullable=True),
        sa.Column(
            "measure",
            sa.Enum(
                "fill_rate",
                "wait",
                "shortage_cost",
                name="measure",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("target", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("lead_time_days", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("lead_time_sd_days", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("set_by_id", sa.BigInteger(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lift_reason", sa.String(length=200), server_default="", nullable=False),
        sa.CheckConstraint(
            "CASE measure WHEN 'fill_rate' THEN target > 0 AND target < 1 WHEN 'wait' THEN target > 0 AND target <= 365 WHEN 'shortage_cost' THEN target > 0 AND target <= 99999999 ELSE true END",
            name=op.f("ck_place_override_target_range"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_place_override_has_a_reason")),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL)", name=op.f("ck_place_override_lifted_by_somebody")
        ),
        sa.CheckConstraint("(measure IS NULL) = (target IS NULL)", name=op.f("ck_place_override_measure_has_target")),
        sa.CheckConstraint(
            "lead_time_days > 0 AND lead_time_days <= 1000", name=op.f("ck_place_override_lead_time_days_range")
        ),
        sa.CheckConstraint(
            "lead_time_sd_days >= 0 AND lead_time_sd_days <= 1000",
            name=op.f("ck_place_override_lead_time_sd_days_range"),
        ),
        sa.CheckConstraint("maximum BETWEEN 0 AND 999999999", name=op.f("ck_place_override_maximum_range")),
        sa.CheckConstraint("minimum <= maximum", name=op.f("ck_place_override_minimum_within_maximum")),
        sa.CheckConstraint("minimum BETWEEN 0 AND 999999999", name=op.f("ck_place_override_minimum_range")),
        sa.CheckConstraint(
            "num_nonnulls(stocked, minimum, maximum, safety_stock, measure, lead_time_days, lead_time_sd_days) > 0",
            name=op.f("ck_place_override_states_something"),
        ),
        sa.CheckConstraint("safety_stock BETWEEN 0 AND 999999999", name=op.f("ck_place_override_safety_stock_range")),
        sa.CheckConstraint(
            "stocked OR coalesce(minimum, 0) + coalesce(safety_stock, 0) = 0",
            name=op.f("ck_place_override_nothing_kept_unstocked"),
        ),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["person.id"], name=op.f("fk_place_override_lifted_by_id")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_place_override_part_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_place_override_set_by_id")),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.id"], name=op.f("fk_place_override_warehouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_override")),
    )
    op.create_index("ix_place_override_warehouse_id", "place_override", ["warehouse_id", "part_id"], unique=False)
    op.create_index(
        "uq_place_override_open",
        "place_override",
        ["part_id", "warehouse_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    _seed()


def _seed() -> None:
    connection = op.get_bind()
    op.execute(
        "INSERT INTO planning_setting (id, holding_rate_per_year, a_share, b_share, x_variation, y_variation, "
        "band, class_months, lane_days, lane_shipments_min, override_days_max) "
        "VALUES (1, 0.20, 0.80, 0.95, 0.5, 1.0, 0.05, 12, 180, 10, 366)"
    )
    columns = (*RULE, *LIMITS)
    wide = [(tier, dict(zip(columns[3:], stated, strict=True))) for tier, stated in STATED.items()]
    connection.execute(
        sa.text(
            f"INSERT INTO planning_policy (tier, measure, {', '.join(columns)}, set_by_id, set_at) "
            f"VALUES (:tier, 'fill_rate', {', '.join(':' + name for name in columns)}, {SEEDED})"
        ),
        [{"tier": tier, **dict.fromkeys(columns), **stated} for tier, stated in (*wide, *DIFFERENT)],
    )
    connection.execute(
        sa.text(
            "INSERT INTO tier_lead_time (from_tier, to_tier, days, sd_days, set_by_id, set_at) "
            f"VALUES (:from_tier, :to_tier, :days, :sd_days, {SEEDED})"
        ),
        [dict(zip(("from_tier", "to_tier", "days", "sd_days"), row, strict=True)) for row in LEAD_TIMES],
    )


def downgrade() -> None:
    op.drop_table("place_override")
    op.drop_table("part_plan")
    op.drop_table("lane_lead_time")
    op.drop_table("tier_lead_time")
    op.drop_table("planning_policy")
    op.drop_table("planning_setting")
