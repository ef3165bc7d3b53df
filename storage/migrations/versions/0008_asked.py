"""What somebody was asked unasked, and when; the days on which people are next at home by an index.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
NEXT_HOME = sa.text("question = 'next_home'")


def upgrade() -> None:
    op.create_table(
        "asked",
        sa.Column("person_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_asked_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "about", name=op.f("pk_asked")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_answer_next_home", "answer", ["value", "person_id"],
        sqlite_where=NEXT_HOME, postgresql_where=NEXT_HOME,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_answer_next_home", "answer")
    op.drop_table("asked")
