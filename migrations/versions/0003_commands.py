"""What every context shares: command keys, job slots, timelines, the audit trail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "command",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("principal_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer_status", sa.SmallInteger(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["principal_id"], ["person.id"], name=op.f("fk_command_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command")),
        sa.UniqueConstraint("key", name=op.f("uq_command_key")),
    )
    op.create_table(
        "job_run",
        sa.Column("job", sa.String(length=60), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("job", "slot", name=op.f("pk_job_run")),
    )
    op.create_table(
        "status_transition",
        sa.Column(
            "document_kind",
            sa.Enum(
                "request_line",
                "pick_task",
                "handling_unit",
                "shipment",
                "work_order",
                "expected_receipt",
                "receipt",
                "stock_check",
                "import",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("from_status", sa.String(length=24), nullable=False),
        sa.Column("to_status", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("document_kind", "from_status", "to_status", name=op.f("pk_status_transition")),
    )
    op.create_table(
        "document_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document_kind", sa.String(length=24), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("happening", sa.String(length=40), nullable=False),
        sa.Column("from_status", sa.String(length=24), nullable=False),
        sa.Column("to_status", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("command_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_document_event_actor_id")),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name=op.f("fk_document_event_command_id")),
        sa.ForeignKeyConstraint(
            ["document_kind", "from_status", "to_status"],
            [
                "status_transition.document_kind",
                "status_transition.from_status",
                "status_transition.to_status",
            ],
            name=op.f("fk_document_event_document_kind_from_status_to_status"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_event")),
    )
    op.create_index(
        "ix_document_event_document", "document_event", ["document_id", "document_kind", "id"], unique=False
    )
    op.create_index(
        "ix_document_event_imports",
        "document_event",
        ["id"],
        unique=False,
        postgresql_where=sa.text("document_kind = 'import'"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), server_default="", nullable=False),
        sa.Column("address", sa.String(length=60), server_default="", nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_audit_entry_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_recorded_at", "audit_entry", ["recorded_at"], unique=False)


def downgrade() -> None:
    op.drop_table("audit_entry")
    op.drop_table("document_event")
    op.drop_table("status_transition")
    op.drop_table("job_run")
    op.drop_table("command")
