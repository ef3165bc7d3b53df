"""joining

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")


def upgrade() -> None:
    op.add_column("person", sa.Column("joined_to", NUMBER, nullable=True))
    op.add_column("person", sa.Column("joined_until", MOMENT, nullable=True))
    op.add_column("identity", sa.Column("joining_id", NUMBER, nullable=True))
    op.add_column("link_code", sa.Column("identity_id", NUMBER, nullable=True))
    op.add_column("link_code", sa.Column("name", sa.String(), nullable=True))
    op.create_table(
        "link_try",
        sa.Column("person_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_link_try_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_link_try")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "joining",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("other_id", NUMBER, nullable=True),
        sa.Column("state", sa.String(), server_default="entered", nullable=False),
        sa.Column("identity_id", NUMBER, nullable=True),
        sa.Column("other_identity_id", NUMBER, nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("other_name", sa.String(), nullable=True),
        sa.Column("kept", NUMBER, nullable=True),
        sa.Column("moved", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("before", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("after", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("left_out", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("said", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("joined_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('entered', 'asked', 'joined', 'settled', 'declined', 'expired', 'undone')",
            name=op.f("ck_joining_state"),
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["person.id"], name=op.f("fk_joining_other_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_joining_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_joining_person_id"), "joining", ["person_id"])
    op.create_index(op.f("ix_joining_other_id"), "joining", ["other_id"])


def downgrade() -> None:
    op.drop_table("joining")
    op.drop_table("link_try")
    op.drop_column("link_code", "name")
    op.drop_column("link_code", "identity_id")
    op.drop_column("identity", "joining_id")
    op.drop_column("person", "joined_until")
    op.drop_column("person", "joined_to")
