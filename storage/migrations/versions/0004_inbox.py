"""The inbox: what the bot had asked, whom it was told, and what staff answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(27), "sqlite")
JSON = sa.Text()


def upgrade() -> None:
    op.add_column("inbox", sa.Column("organisation", sa.String(), nullable=True))
    op.add_column(
        "inbox", sa.Column("about", JSON, server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column("inbox", sa.Column("told_at", MOMENT, nullable=True))
    open_ = sa.text("state = 'open'")
    op.create_index(
        "ix_inbox_open", "inbox", ["id"], sqlite_where=open_, postgresql_where=open_
    )
    op.create_table(
        "inbox_reply",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("inbox_id", NUMBER, nullable=False),
        sa.Column("person_id", NUMBER, nullable=True),
        sa.Column("staff_id", NUMBER, nullable=True),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("delivery_id", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["inbox_id"], ["inbox.id"], name=op.f("fk_inbox_reply_inbox_id_inbox"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_inbox_reply_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_reply")),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index(op.f("ix_inbox_reply_inbox_id"), "inbox_reply", ["inbox_id"])
    op.create_index(op.f("ix_inbox_reply_person_id"), "inbox_reply", ["person_id"])


def downgrade() -> None:
    op.drop_table("inbox_reply")
    open_ = sa.text("state = 'open'")
    op.drop_index("ix_inbox_open", table_name="inbox", sqlite_where=open_, postgresql_where=open_)
    for column in ("told_at", "about", "organisation"):
        op.drop_column("inbox", column)
