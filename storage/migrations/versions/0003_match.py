"""match

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mentoring_round",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("organisation", sa.String(), nullable=True),
        sa.Column("trigger", sa.String(), server_default="staff", nullable=False),
        sa.Column("unattended", sa.Integer(), server_default="0", nullable=False),
        sa.Column("requests", sa.Integer(), server_default="0", nullable=False),
        sa.Column("places", sa.Integer(), server_default="0", nullable=False),
        sa.Column("proposed", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "score",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column(
            "bound",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_round")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mentor_offer",
        sa.Column(
            "person_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("status", sa.String(), server_default="active", nullable=False),
        sa.Column("capacity", sa.Integer(), server_default="2", nullable=False),
        sa.Column("skills", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("topics", sa.String(), server_default="", nullable=False),
        sa.Column("languages", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("mode", sa.String(), server_default="both", nullable=False),
        sa.Column("hours", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("break_until", sa.Date(), nullable=True),
        sa.Column("break_reason", sa.String(), nullable=True),
        sa.Column("source", sa.String(), server_default="person", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=False,
        ),
        sa.CheckConstraint("status IN ('active', 'off')", name=op.f("ck_mentor_offer_status")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_mentor_offer_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mentor_offer")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mentoring_block",
        sa.Column(
            "person_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "other_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("by", sa.String(), server_default="person", nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["person.id"],
            name=op.f("fk_mentoring_block_other_id_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_mentoring_block_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "other_id", name=op.f("pk_mentoring_block")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_mentoring_block_other_id"), "mentoring_block", ["other_id"], unique=False
    )
    op.create_table(
        "mentoring_request",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("status", sa.String(), server_default="open", nullable=False),
        sa.Column("goal", sa.String(), server_default="", nullable=False),
        sa.Column("skills", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("languages", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("mode", sa.String(), server_default="both", nullable=False),
        sa.Column("urgency", sa.String(), nullable=True),
        sa.Column("rhythm", sa.String(), nullable=True),
        sa.Column("hours", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column(
            "waiting_since",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=False,
        ),
        sa.Column("passed_over", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ahead", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "entered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "closed_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'matched', 'closed')", name=op.f("ck_mentoring_request_status")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_mentoring_request_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_request")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_mentoring_request_open",
        "mentoring_request",
        ["id"],
        unique=False,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_mentoring_request_person_id", "mentoring_request", ["person_id"], unique=False
    )
    op.create_index(
        "ux_mentoring_request_person",
        "mentoring_request",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("status <> 'closed'"),
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_table(
        "mentoring_match",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("mentee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("mentor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("organisation", sa.String(), nullable=True),
        sa.Column("mentor_organisation", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="proposed", nullable=False),
        sa.Column("score", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reasons", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("alternatives", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "approved_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "deadline",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "mentor_asked_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "mentor_said_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "mentee_asked_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "mentee_said_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "introduced_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column("mentor_contact", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("mentee_contact", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column(
            "suggested_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column("suggested_by", sa.String(), nullable=True),
        sa.Column(
            "meeting_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("meetings", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "mentor_seen_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "mentee_seen_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'asked_mentor', 'asked_mentee', 'introduced', 'met', 'done', 'declined', 'lapsed', 'withdrawn', 'dropped', 'ended')",
            name=op.f("ck_mentoring_match_state"),
        ),
        sa.ForeignKeyConstraint(
            ["mentee_id"],
            ["person.id"],
            name=op.f("fk_mentoring_match_mentee_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"],
            ["person.id"],
            name=op.f("fk_mentoring_match_mentor_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["mentoring_request.id"],
            name=op.f("fk_mentoring_match_request_id_mentoring_request"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_match")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_mentoring_match_mentee_id", "mentoring_match", ["mentee_id", "state"], unique=False
    )
    op.create_index(
        "ix_mentoring_match_mentor_id", "mentoring_match", ["mentor_id", "state"], unique=False
    )
    op.create_index(
        "ix_mentoring_match_request_id", "mentoring_match", ["request_id"], unique=False
    )
    op.create_index("ix_mentoring_match_state", "mentoring_match", ["state", "id"], unique=False)
    op.create_index(
        "ux_mentoring_match_request",
        "mentoring_match",
        ["request_id"],
        unique=True,
        sqlite_where=sa.text(
            "state IN ('proposed', 'asked_mentor', 'asked_mentee', 'introduced', 'met')"
        ),
        postgresql_where=sa.text(
            "state IN ('proposed', 'asked_mentor', 'asked_mentee', 'introduced', 'met')"
        ),
    )
    op.create_table(
        "mentoring_log",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("match_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"), nullable=False
        ),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"],
            ["mentoring_match.id"],
            name=op.f("fk_mentoring_log_match_id_mentoring_match"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_log")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mentoring_log_match_id"), "mentoring_log", ["match_id"], unique=False)
    op.create_table(
        "mentoring_meeting",
        sa.Column(
            "match_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "planned_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "held_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "mentor_said_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "mentee_said_at",
            sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite"),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["match_id"],
            ["mentoring_match.id"],
            name=op.f("fk_mentoring_meeting_match_id_mentoring_match"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("match_id", "number", name=op.f("pk_mentoring_meeting")),
        sqlite_with_rowid=False,
    )
    op.add_column(
        "delivery",
        sa.Column("match_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )
    op.add_column(
        "delivery",
        sa.Column(
            "request_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
    )
    op.create_index(
        "ux_delivery_match",
        "delivery",
        ["match_id", "kind", "variant", "person_id"],
        unique=True,
        sqlite_where=sa.text("match_id IS NOT NULL"),
        postgresql_where=sa.text("match_id IS NOT NULL"),
    )
    op.create_index(
        "ux_delivery_request",
        "delivery",
        ["request_id", "kind", "variant", "person_id"],
        unique=True,
        sqlite_where=sa.text("request_id IS NOT NULL"),
        postgresql_where=sa.text("request_id IS NOT NULL"),
    )
    op.create_index("ix_task_subject", "task", ["subject"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_task_subject", table_name="task")
    op.drop_index(
        "ux_delivery_request",
        table_name="delivery",
        sqlite_where=sa.text("request_id IS NOT NULL"),
        postgresql_where=sa.text("request_id IS NOT NULL"),
    )
    op.drop_index(
        "ux_delivery_match",
        table_name="delivery",
        sqlite_where=sa.text("match_id IS NOT NULL"),
        postgresql_where=sa.text("match_id IS NOT NULL"),
    )
    op.drop_column("delivery", "request_id")
    op.drop_column("delivery", "match_id")
    op.drop_table("mentoring_meeting")
    op.drop_index(op.f("ix_mentoring_log_match_id"), table_name="mentoring_log")
    op.drop_table("mentoring_log")
    op.drop_index(
        "ux_mentoring_match_request",
        table_name="mentoring_match",
        sqlite_where=sa.text(
            "state IN ('proposed', 'asked_mentor', 'asked_mentee', 'introduced', 'met')"
        ),
        postgresql_where=sa.text(
            "state IN ('proposed', 'asked_mentor', 'asked_mentee', 'introduced', 'met')"
        ),
    )
    op.drop_index("ix_mentoring_match_state", table_name="mentoring_match")
    op.drop_index("ix_mentoring_match_request_id", table_name="mentoring_match")
    op.drop_index("ix_mentoring_match_mentor_id", table_name="mentoring_match")
    op.drop_index("ix_mentoring_match_mentee_id", table_name="mentoring_match")
    op.drop_table("mentoring_match")
    op.drop_index(
        "ux_mentoring_request_person",
        table_name="mentoring_request",
        sqlite_where=sa.text("status <> 'closed'"),
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.drop_index("ix_mentoring_request_person_id", table_name="mentoring_request")
    op.drop_index(
        "ix_mentoring_request_open",
        table_name="mentoring_request",
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.drop_table("mentoring_request")
    op.drop_index(op.f("ix_mentoring_block_other_id"), table_name="mentoring_block")
    op.drop_table("mentoring_block")
    op.drop_table("mentor_offer")
    op.drop_table("mentoring_round")
